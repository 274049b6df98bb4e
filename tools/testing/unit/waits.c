// SPDX-License-Identifier: GPL-2.0-only
/* What tmctl wait takes for the event it waits for. */
#include <stdint.h>

#include "../../tmctl/wait_event.h"
#include "tap.h"

static bool happens(const struct condition *what, uint8_t kind, uint16_t flags)
{
	struct task_sample r = { .kind = kind, .flags = flags, .pid = 7, .start_time_ns = 5 };

	return has_happened(what, &r);
}

static void exits(void)
{
	const struct condition what = { .threshold.what = TM_THRESHOLD_EXIT };

	CHECK(!happens(&what, TM_KIND_EXEC, 0) && !happens(&what, TM_KIND_PERIODIC, 0), "not yet");
	CHECK(!happens(&what, TM_KIND_EXITING, TM_SAMPLE_EXITED), "exiting is not final");
	CHECK(!happens(&what, TM_KIND_THRESHOLD, 0), "nor is a threshold");
	CHECK(happens(&what, TM_KIND_EXIT, TM_SAMPLE_EXITED), "exit is");
}

static void figures(void)
{
	const struct condition what = { .threshold.what = TM_THRESHOLD_RSS };

	CHECK(!happens(&what, TM_KIND_PERIODIC, 0), "a sample is not it");
	CHECK(!happens(&what, TM_KIND_EXIT, TM_SAMPLE_EXITED), "an exit is not it");
	CHECK(!happens(&what, TM_KIND_THRESHOLD, TM_SAMPLE_BELOW), "coming back is not it");
	CHECK(happens(&what, TM_KIND_THRESHOLD, 0), "crossing is");
}

int main(void)
{
	exits();
	figures();
	return tap_end();
}
