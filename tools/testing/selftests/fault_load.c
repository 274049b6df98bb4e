// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of the kernel on the way through insmod fails in turn: the
 * module's own and those of the kernel for it. Nothing may be left of a module
 * that did not load, and the next try loads it.
 */
#include "fault.h"

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

static const struct fault_op ops[] = {
	/* The module's own come last, after those for its code; nothing is there to be compared. */
	{ "insmod with a target", none_there, load_with_target, is_loaded, unload,
	  .in_parts = true, .last = 150 },
};

int main(void)
{
	size_t i;

	if (!fault_possible("faults while loading"))
		return tap_done();
	child_start(&target);
	snprintf(with_target, sizeof(with_target), "target=%d log=N", target.pid);
	fault_begin();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fault_each(&ops[i]);
	child_end(&target);
	return tap_done();
}
