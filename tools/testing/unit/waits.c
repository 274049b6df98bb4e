// SPDX-License-Identifier: GPL-2.0-only
/* What tmctl wait takes for the event it waits for. */
#include "../../tmctl/wait_event.h"
#include "tap.h"

#define MS	1000000ULL

static struct waited one;
static double percent;

/* A sample at @at ms. */
static bool sample(const struct condition *what, uint64_t at, uint64_t cpu_ms, uint64_t rss)
{
	struct task_sample r = {
		.kind = TM_KIND_PERIODIC, .pid = 7, .time_ns = at * MS, .utime = cpu_ms * MS,
		.rss_bytes = rss, .valid = TM_VALID_CPU | TM_VALID_MEM, .start_time_ns = 5,
	};

	return waited_add(&one, what, &r, &percent);
}

static bool other(const struct condition *what, uint8_t kind)
{
	struct task_sample r = { .kind = kind, .pid = 7, .start_time_ns = 5 };

	return waited_add(&one, what, &r, &percent);
}

static void exits(void)
{
	const struct condition what = { .event = EVENT_EXIT };

	one = (struct waited){ .pid = 7 };
	CHECK(!other(&what, TM_KIND_EXEC) && !sample(&what, 1, 1, 1), "not yet");
	CHECK(!other(&what, TM_KIND_EXITING), "exiting is not final");
	CHECK(other(&what, TM_KIND_EXIT), "exit is");
}

static void memory(void)
{
	struct condition what = { .event = EVENT_RSS, .rss_bytes = 100 };

	one = (struct waited){ .pid = 7 };
	CHECK(!sample(&what, 1, 0, 100), "as much is not above");
	CHECK(sample(&what, 2, 0, 101), "more is");
	what.hold_ns = 10 * MS;
	one = (struct waited){ .pid = 7 };
	CHECK(!sample(&what, 1, 0, 200) && !sample(&what, 10, 0, 200), "not for long enough");
	CHECK(sample(&what, 11, 0, 200), "long enough");
	one = (struct waited){ .pid = 7 };
	CHECK(!sample(&what, 1, 0, 200) && !sample(&what, 10, 0, 50) &&
	      !sample(&what, 12, 0, 200) && !sample(&what, 21, 0, 200), "a break: from the start");
	CHECK(sample(&what, 22, 0, 200), "and now");
	CHECK(!other(&what, TM_KIND_EXIT), "an exit is not it");
}

static void cpu(void)
{
	struct condition what = { .event = EVENT_CPU, .cpu_percent = 50 };

	one = (struct waited){ .pid = 7 };
	CHECK(!sample(&what, 100, 1000, 0), "the first sample has no percentage");
	CHECK(!sample(&what, 200, 1050, 0), "50 percent is not above");
	CHECK(!other(&what, TM_KIND_EXEC), "an exec is no sample");
	CHECK(sample(&what, 300, 1101, 0) && percent > 50.9 && percent < 51.1, "51 percent is");
	what.hold_ns = 200 * MS;
	one = (struct waited){ .pid = 7 };
	sample(&what, 100, 0, 0);
	CHECK(!sample(&what, 200, 90, 0), "half of the time");
	CHECK(sample(&what, 300, 180, 0), "all of it, from the first sample on");
}

int main(void)
{
	exits();
	memory();
	cpu();
	return tap_end();
}
