// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <time.h>

#include "clock.h"
#include "error.h"
#include "top.h"

static uint64_t own_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * NSEC_PER_SEC + (uint64_t)used.tv_nsec;
}

int top_sample(struct top *top)
{
	struct summary *summary = &top->summary;
	int err = source_screen(&top->source, &top->procs);
	uint64_t used_ns;

	if (err)
		return err;
	machine_read(&top->machine);
	used_ns = own_cpu_ns() + top->source.cost_ns;
	*summary = (struct summary){
		.procs = &top->procs,
		.source = &top->source,
		.machine = &top->machine,
		.style = &top->style,
		.delay_ns = top->delay_ns,
		.realtime_ns = clock_realtime_ns(),
		.boot_ns = top->procs.time_ns + top->procs.ahead_ns,
		.cost_known = top->used_ns,
		.cost_ns = used_ns - top->used_ns,
	};
	top->used_ns = used_ns;
	return 0;
}

int top_failed(const struct top *top, int err)
{
	char object[128];

	snprintf(object, sizeof(object), "top: %s", top->opts->device);
	return fail_errno(object, err);
}
