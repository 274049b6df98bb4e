// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <linux/taskmonitor.h>

#include "parse.h"
#include "tmctl.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits up to the first other character; false if they overflow. */
static bool take_digits(const char **s, uint64_t *value)
{
	*value = 0;
	for (; is_digit(**s); (*s)++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, **s - '0', value))
			return false;
	}
	return true;
}

static bool all_digits(const char *s)
{
	if (!*s)
		return false;
	while (is_digit(*s))
		s++;
	return !*s;
}

int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t number;

	if (!all_digits(s))
		return -EINVAL;
	if (!take_digits(&s, &number) || number < min || number > max)
		return -ERANGE;
	*value = number;
	return 0;
}

int parse_pid(const char *s, pid_t *pid)
{
	uint64_t number;
	int err = parse_uint(s, 1, INT_MAX, &number);

	if (!err)
		*pid = (pid_t)number;
	return err;
}

/* The nanoseconds of a unit, or 0 if there is no such unit. */
static uint64_t unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000ULL },
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000ULL },
		{ "m", 60000000000ULL },
		{ "h", 3600000000000ULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	}
	return 0;
}

/* The digits behind the point, in nanoseconds of a unit. */
static uint64_t fraction_ns(const char *digits, uint64_t unit)
{
	uint64_t ns = 0;

	for (; is_digit(*digits) && unit; digits++) {
		/* Each unit is at most 3.6e12: nine times it fits by far. */
		ns += (uint64_t)(*digits - '0') * unit / 10;
		unit /= 10;
	}
	return ns;
}

int parse_interval(const char *s, uint64_t *ns)
{
	const char *start = s, *fraction = "";
	uint64_t whole, unit, total;
	bool fits, digits;

	fits = take_digits(&s, &whole);
	while (is_digit(*s))
		s++;
	digits = s > start;
	if (*s == '.') {
		fraction = ++s;
		while (is_digit(*s))
			s++;
		digits |= s > fraction;
	}
	unit = unit_ns(s);
	if (!digits || !unit)
		return -EINVAL;
	if (!fits || __builtin_mul_overflow(whole, unit, &total) ||
	    __builtin_add_overflow(total, fraction_ns(fraction, unit), &total) ||
	    total < TM_INTERVAL_MIN_NS || total > TM_INTERVAL_MAX_NS)
		return -ERANGE;
	*ns = total;
	return 0;
}
