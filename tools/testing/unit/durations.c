// SPDX-License-Identifier: GPL-2.0-only
/* The module's own arithmetic: durations as text, there and back. */
#include "../../../src/core/calc.c"
#include "tap.h"

static int parses(const char *text, u64 ns)
{
	u64 got = 1;
	int err = tm_parse_duration_ns(text, &got);

	return !err && got == ns;
}

static int fails(const char *text, int err)
{
	u64 got = 1;

	return tm_parse_duration_ns(text, &got) == err && got == 1;
}

static int shows(u64 ns, const char *text)
{
	char buf[TM_DURATION_SIZE];

	return tm_format_duration(buf, sizeof(buf), ns) == (int)strlen(text) && !strcmp(buf, text) &&
	       parses(buf, ns);
}

int main(void)
{
	CHECK(parses("250us", 250000) && parses("0s", 0), "a number and a unit");
	CHECK(parses("18446744073709551615ns", U64_MAX), "the longest");
	CHECK(fails("18446744073709551616ns", -ERANGE) && fails("18446744073709551615us", -ERANGE),
	      "longer than that");
	CHECK(fails("", -EINVAL) && fails("100", -EINVAL) && fails("ms", -EINVAL), "a part of it");
	CHECK(fails(" 1s", -EINVAL) && fails("1 s", -EINVAL) && fails("1s ", -EINVAL) &&
	      fails("-1s", -EINVAL) && fails("1.5s", -EINVAL), "anything beside it");
	CHECK(shows(100000000, "100ms") && shows(1000000000, "1s"), "as it was said");
	CHECK(shows(3600000000000, "1h") && shows(60000000000, "1m"), "the largest unit");
	CHECK(shows(1500000, "1500us") && shows(1000000001, "1000000001ns"), "no fraction");
	CHECK(shows(U64_MAX, "18446744073709551615ns"), "the longest as text");
	return tap_end();
}
