// SPDX-License-Identifier: GPL-2.0-only
/* Numbers from the command line: what is taken, what is not, and why. */
#include <errno.h>
#include <limits.h>

#include "../../common/parse.h"
#include "tap.h"

#define POISON	0xccccccccccccccccULL

static void uints(void)
{
	static const struct {
		const char *s;
		int err;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "7", 0, 7 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, POISON },
		{ "99999999999999999999999", -ERANGE, POISON },
		{ "", -EINVAL, POISON },
		{ " 7", -EINVAL, POISON },
		{ "7 ", -EINVAL, POISON },
		{ "+7", -EINVAL, POISON },
		{ "-7", -EINVAL, POISON },
		{ "0x7", -EINVAL, POISON },
		{ "7x", -EINVAL, POISON },
		{ "7\n", -EINVAL, POISON },
		{ "99999999999999999999999x", -EINVAL, POISON },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t value = POISON;
		int err = parse_uint(cases[i].s, 0, UINT64_MAX, &value);

		if (!CHECK(err == cases[i].err && value == cases[i].value, "uint '%s'",
			   cases[i].s))
			printf("# err %d value %llu\n", err, (unsigned long long)value);
	}
}

static void bounds(void)
{
	uint64_t value;

	CHECK(parse_uint("2", 3, 5, &value) == -ERANGE, "below the least");
	CHECK(parse_uint("3", 3, 5, &value) == 0 && value == 3, "the least");
	CHECK(parse_uint("5", 3, 5, &value) == 0 && value == 5, "the greatest");
	CHECK(parse_uint("6", 3, 5, &value) == -ERANGE, "above the greatest");
}

static void pids(void)
{
	pid_t pid = -77;

	CHECK(parse_pid("0", &pid) == -ERANGE, "pid 0");
	CHECK(parse_pid("-1", &pid) == -EINVAL, "a negative pid");
	CHECK(parse_pid("12x", &pid) == -EINVAL, "pid 12x");
	CHECK(parse_pid("2147483648", &pid) == -ERANGE, "a pid above INT_MAX");
	CHECK(pid == -77, "a bad pid leaves the result alone");
	CHECK(parse_pid("1", &pid) == 0 && pid == 1, "pid 1");
	CHECK(parse_pid("2147483647", &pid) == 0 && pid == INT_MAX, "pid INT_MAX");
}

static void intervals(void)
{
	static const struct {
		const char *s;
		int err;
		uint64_t ns;
	} cases[] = {
		{ "1", 0, 1000000000 },
		{ "0.5", 0, 500000000 },
		{ ".5", 0, 500000000 },
		{ "2.", 0, 2000000000 },
		{ "0.000000001s", -ERANGE, POISON },
		{ "1.000000001", 0, 1000000001 },
		{ "1.0000000019", 0, 1000000001 },
		{ "1s", 0, 1000000000 },
		{ "100ms", 0, 100000000 },
		{ "1.5ms", 0, 1500000 },
		{ "250us", 0, 250000 },
		{ "123456789ns", 0, 123456789 },
		{ "100000.9ns", 0, 100000 },
		{ "1.5m", 0, 90000000000 },
		{ "60m", 0, 3600000000000 },
		{ "1h", 0, 3600000000000 },
		{ "3600", 0, 3600000000000 },
		{ "3600.000000001", -ERANGE, POISON },
		{ "100us", 0, 100000 },
		{ "99999ns", -ERANGE, POISON },
		{ "0", -ERANGE, POISON },
		{ "0.0", -ERANGE, POISON },
		{ "99999999999999999999999", -ERANGE, POISON },
		{ "18446744073709551615h", -ERANGE, POISON },
		{ "", -EINVAL, POISON },
		{ ".", -EINVAL, POISON },
		{ "s", -EINVAL, POISON },
		{ ".s", -EINVAL, POISON },
		{ "-1", -EINVAL, POISON },
		{ "+1", -EINVAL, POISON },
		{ " 1", -EINVAL, POISON },
		{ "1 s", -EINVAL, POISON },
		{ "1S", -EINVAL, POISON },
		{ "1.2.3", -EINVAL, POISON },
		{ "1e3", -EINVAL, POISON },
		{ "1,5", -EINVAL, POISON },
		{ "inf", -EINVAL, POISON },
		{ "1sx", -EINVAL, POISON },
		{ "99999999999999999999999x", -EINVAL, POISON },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t ns = POISON;
		int err = parse_interval(cases[i].s, &ns);

		if (!CHECK(err == cases[i].err && ns == cases[i].ns, "interval '%s'", cases[i].s))
			printf("# err %d ns %llu\n", err, (unsigned long long)ns);
	}
}

static void durations(void)
{
	uint64_t ns = POISON;

	CHECK(!parse_duration("0", 0, UINT64_MAX, &ns) && ns == 0, "no time at all");
	CHECK(!parse_duration("48h", 0, UINT64_MAX, &ns) && ns == 172800000000000, "two days");
	CHECK(parse_duration("3", 0, 2999999999, &ns) == -ERANGE, "above the greatest");
	CHECK(parse_duration("x", 0, UINT64_MAX, &ns) == -EINVAL, "no time");
}

static void sizes(void)
{
	static const struct {
		const char *s;
		int err;
		uint64_t bytes;
	} cases[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "1K", 0, 1024 },
		{ "1k", 0, 1024 },
		{ "500M", 0, 524288000 },
		{ "1.5G", 0, 1610612736 },
		{ ".5M", 0, 524288 },
		{ "2TiB", 0, 2199023255552 },
		{ "0.9", 0, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, POISON },
		{ "16777216T", -ERANGE, POISON },
		{ "", -EINVAL, POISON },
		{ "K", -EINVAL, POISON },
		{ ".", -EINVAL, POISON },
		{ "1KB", -EINVAL, POISON },
		{ "1P", -EINVAL, POISON },
		{ "1 K", -EINVAL, POISON },
		{ "-1", -EINVAL, POISON },
		{ "1KiBx", -EINVAL, POISON },
		{ "99999999999999999999x", -EINVAL, POISON },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t bytes = POISON;
		int err = parse_size(cases[i].s, &bytes);

		if (!CHECK(err == cases[i].err && bytes == cases[i].bytes, "size '%s'",
			   cases[i].s))
			printf("# err %d bytes %llu\n", err, (unsigned long long)bytes);
	}
}

static void percents(void)
{
	double percent = -1;

	CHECK(!parse_percent("0", &percent) && percent == 0, "0 percent");
	CHECK(!parse_percent("12.5", &percent) && percent == 12.5, "a half");
	CHECK(!parse_percent("150%", &percent) && percent == 150, "with its sign");
	CHECK(parse_percent("", &percent) == -EINVAL, "no percentage");
	CHECK(parse_percent("%", &percent) == -EINVAL, "a sign alone");
	CHECK(parse_percent("1%%", &percent) == -EINVAL, "two signs");
	CHECK(parse_percent("-1", &percent) == -EINVAL, "a negative one");
	CHECK(parse_percent("1000001", &percent) == -ERANGE, "more than a million");
	CHECK(parse_percent("99999999999999999999", &percent) == -ERANGE, "far more");
	CHECK(percent == 150, "a bad one leaves the result alone");
}

int main(void)
{
	uints();
	bounds();
	pids();
	intervals();
	durations();
	sizes();
	percents();
	return tap_end();
}
