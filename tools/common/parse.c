// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <linux/taskmonitor.h>

#include "parse.h"
#include "status.h"

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

int parse_duration(const char *s, uint64_t min, uint64_t max, uint64_t *ns)
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
	    total < min || total > max)
		return -ERANGE;
	*ns = total;
	return 0;
}

int parse_interval(const char *s, uint64_t *ns)
{
	return parse_duration(s, TM_INTERVAL_MIN_NS, TM_INTERVAL_MAX_NS, ns);
}

/* The binary digits of a unit of size, or -1 if there is no such unit. */
static int unit_shift(const char *unit)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (!*unit)
		return 0;
	letter = strchr(letters, *unit == 'k' ? 'K' : *unit);
	if (!letter || (unit[1] && strcmp(unit + 1, "iB")))
		return -1;
	return 10 * (int)(letter - letters + 1);
}

/*
 * A decimal number, its fraction in millionths, which is finer than anybody
 * asks; what is behind it in @rest. -EINVAL, or -ERANGE with @rest set too.
 */
static int take_decimal(const char *s, uint64_t *whole, uint64_t *millionths, const char **rest)
{
	const char *start = s;
	bool fits = take_digits(&s, whole), digits;
	uint64_t place = 100000;

	while (is_digit(*s))
		s++;
	digits = s > start;
	*millionths = 0;
	if (*s == '.') {
		for (s++; is_digit(*s); s++, place /= 10) {
			*millionths += (uint64_t)(*s - '0') * place;
			digits = true;
		}
	}
	*rest = s;
	if (!digits)
		return -EINVAL;
	return fits ? 0 : -ERANGE;
}

int parse_size(const char *s, uint64_t *bytes)
{
	uint64_t whole, millionths, total;
	int err, shift;

	err = take_decimal(s, &whole, &millionths, &s);
	if (err == -EINVAL)
		return err;
	shift = unit_shift(s);
	if (shift < 0)
		return -EINVAL;
	/* A terabyte's millionths fit by far: 2^40 * 10^6 < 2^60. */
	if (err || __builtin_mul_overflow(whole, 1ULL << shift, &total) ||
	    __builtin_add_overflow(total, (millionths << shift) / 1000000, &total))
		return -ERANGE;
	*bytes = total;
	return 0;
}

int parse_percent(const char *s, double *percent)
{
	uint64_t whole, millionths;
	int err;

	err = take_decimal(s, &whole, &millionths, &s);
	if (err == -EINVAL || (*s && strcmp(s, "%")))
		return -EINVAL;
	if (err || whole > 1000000)
		return -ERANGE;
	*percent = (double)whole + (double)millionths / 1e6;
	return 0;
}
