// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation on the way through the module's init fails in turn, the kernel's
 * on its behalf included. Nothing may be left of a module that did not load, and the
 * next try loads it.
 */
#include "fault.h"

#define SOME 15		/* by which the kernel's places may be fewer next time */
#define ALL  1000	/* of the module's own, some 220 */

static struct child target;
static char with_target[64];

static void none_there(void)
{
	if (!eventually(!strcmp(module_trace(), "nothing")) || wait_sampler_threads(0))
		tap_bail("left of the module: %s", module_trace());
}

static long load_with_target(void)
{
	return module_load("%s", with_target);
}

/* A module whose debugfs or statistics could not be made serves all the same. */
static bool is_loaded(void)
{
	return file_exists(MODULE_DIR) && eventually(file_exists(DEVICE)) &&
	       file_exists(LAB_FILE) && file_exists(PROC_FILE);
}

static void unload(void)
{
	int err = module_unload_patiently();

	if (err)
		tap_bail("the module does not unload: %s", errno_name(err));
}

/* Refused by the module's first instructions: so far the places are those for its code. */
static long load_refused(void)
{
	return module_load("interval_ms=0");
}

/*
 * How many places come before the module's own, or some less: the kernel has a few more or
 * less each time. Its tracing does not take it well when those fail that are before these.
 */
static unsigned int kernels_places(void)
{
	unsigned int places = 0;
	int i;

	/* The first time has places that come once in a machine's life. */
	for (i = 0; i < 2; i++) {
		long ret;

		places = fault_places(load_refused, &ret);
		if (ret != -EINVAL)
			tap_bail("interval_ms=0 with no fault at all: %s", errno_name(ret));
	}
	return places - SOME;
}

int main(void)
{
	/* Nothing is there to be compared. */
	struct fault_op load = {
		"insmod with a target", none_there, load_with_target, is_loaded, unload,
		.in_parts = true, .last = ALL,
	};

	if (!fault_possible("faults while loading"))
		return tap_done();
	fault_on_one_cpu();
	child_start(&target);
	snprintf(with_target, sizeof(with_target), "target=%d log=N", target.pid);
	fault_begin();
	load.skip = kernels_places();
	fault_each(&load);
	child_end(&target);
	return tap_done();
}
