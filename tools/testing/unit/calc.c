// SPDX-License-Identifier: GPL-2.0-only
/* The module's arithmetic, of thresholds and shares. */
#include "../../../src/core/calc.h"
#include "tap.h"

static u64 since_ns;
static bool crossed;

/* A reading of a moment. */
static enum tm_step step(const struct tm_level *level, u64 time_ns, bool known, u64 value)
{
	const struct tm_reading reading = {
		.known = known, .value = value, .from_ns = time_ns, .time_ns = time_ns,
	};
	enum tm_step step = tm_level_step(level, crossed, &since_ns, &reading);

	if (step == TM_STEP_CROSSED) {
		crossed = true;
	} else if (step == TM_STEP_RETURNED) {
		crossed = false;
		since_ns = 0;
	}
	return step;
}

static bool nothing(const struct tm_level *level, u64 time_ns, u64 value)
{
	return step(level, time_ns, true, value) == TM_STEP_NONE;
}

static void begin(void)
{
	crossed = false;
	since_ns = 0;
}

static void at_once(void)
{
	const struct tm_level level = { .above = 100, .below = 80 };

	begin();
	CHECK(nothing(&level, 1, 100), "as much is not above");
	CHECK(step(&level, 2, true, 101) == TM_STEP_CROSSED && since_ns == 2, "more is");
	CHECK(nothing(&level, 3, 500) && since_ns == 2, "once");
	CHECK(nothing(&level, 4, 90) && nothing(&level, 5, 101),
	      "in between nothing has changed");
	CHECK(step(&level, 6, true, 80) == TM_STEP_RETURNED, "at the lower bound it is back");
	CHECK(nothing(&level, 7, 90) && nothing(&level, 8, 0),
	      "back once");
	CHECK(step(&level, 9, true, 101) == TM_STEP_CROSSED && since_ns == 9, "and again");
	CHECK(step(&level, 10, false, 0) == TM_STEP_NONE && crossed, "what is unknown is not back");
}

static void for_a_time(void)
{
	const struct tm_level level = { .above = 100, .below = 100, .for_ns = 10 };

	begin();
	CHECK(nothing(&level, 1, 200) && nothing(&level, 10, 200),
	      "not for long enough");
	CHECK(step(&level, 11, true, 200) == TM_STEP_CROSSED && since_ns == 1, "long enough");
	begin();
	CHECK(nothing(&level, 1, 200) && nothing(&level, 5, 50) && nothing(&level, 11, 200) &&
	      nothing(&level, 20, 200),
	      "a break: from the start");
	CHECK(step(&level, 21, true, 200) == TM_STEP_CROSSED, "and now");
	begin();
	CHECK(nothing(&level, 1, 200) && step(&level, 5, false, 0) == TM_STEP_NONE &&
	      nothing(&level, 11, 200), "what is unknown is a break");
}

/* A share of a time counts from its beginning. */
static void shares(void)
{
	const struct tm_level level = { .above = 100, .below = 100, .for_ns = 10 };
	const struct tm_reading reading = {
		.known = true, .value = 101, .from_ns = 20, .time_ns = 30,
	};

	begin();
	CHECK(tm_level_step(&level, false, &since_ns, &reading) == TM_STEP_CROSSED, "long enough");
	CHECK(since_ns == 20, "above since the reading before");
	CHECK(tm_ppm(1, 0) == 0, "no time, no share");
	CHECK(tm_ppm(1, 4) == 250000 && tm_ppm(8, 4) == 2000000, "shares, also of several CPUs");
	CHECK(tm_ppm(UINT64_MAX, 1) == UINT32_MAX, "cut at what fits");
}

int main(void)
{
	at_once();
	for_a_time();
	shares();
	return tap_end();
}
