// SPDX-License-Identifier: GPL-2.0-only
/*
 * taskmonitor: processes sampled from inside the kernel.
 *
 * Module parameters, and the table of front ends: brought up in order, taken
 * down in exact reverse, by the same code when init fails half way.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/time64.h>

#include "core/session.h"
#include "frontend/frontends.h"

static int target[256];
static unsigned int targets;
module_param_array(target, int, &targets, 0400);	/* whom others watch is not everybody's */
MODULE_PARM_DESC(target, "PIDs of the processes to monitor from the start, with commas (default none: idle)");

static unsigned int interval_ms = 1000;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "interval of the default session, milliseconds (default 1000)");

static unsigned int history = 1024;
module_param(history, uint, 0444);
MODULE_PARM_DESC(history, "records in the default session's history, rounded up to a power of two (default 1024)");

static int fail_init = -1;
module_param(fail_init, int, 0);
MODULE_PARM_DESC(fail_init, "for tests: fail at this step of the set-up");

/* The targets that the module was loaded with; all of them or the load fails. */
static int tm_targets_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < targets; i++) {
		err = tm_session_add(tm_default_session(), target[i], false);
		/* Named twice is no error: it is monitored. */
		if (err && err != -EEXIST) {
			pr_err("target %d: %pe\n", target[i], ERR_PTR(err));
			return err;
		}
	}
	return targets ? tm_session_start(tm_default_session()) : 0;
}

static void tm_targets_exit(void)
{
	tm_session_stop(tm_default_session());
}

/*
 * A step brings up all of its own or nothing. The targets come before whatever
 * could be used meanwhile, the device last: it is live the moment it registers,
 * and a step that failed behind it would pull the module away under its users.
 * So is netlink, which refuses until then what would outlast it (tm_is_live()).
 */
static const struct {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} tm_steps[] = {
	{ "klog", tm_klog_init, tm_klog_exit },
	{ "targets", tm_targets_init, tm_targets_exit },
	{ "netlink", tm_netlink_init, tm_netlink_exit },
	{ "debugfs", tm_debugfs_init, tm_debugfs_exit },
	{ "sysfs", tm_sysfs_init, tm_sysfs_exit },
	{ "procfs", tm_procfs_init, tm_procfs_exit },
	{ "chardev", tm_chardev_init, tm_chardev_exit },
};

static unsigned int tm_steps_up;

static void tm_steps_exit(void)
{
	while (tm_steps_up)
		tm_steps[--tm_steps_up].exit();
}

static int tm_steps_init(void)
{
	int err = 0;

	while (tm_steps_up < ARRAY_SIZE(tm_steps)) {
		if (fail_init == tm_steps_up)
			err = -ENOMEM;
		else
			err = tm_steps[tm_steps_up].init();
		if (err) {
			pr_err("cannot set up %s: %pe\n", tm_steps[tm_steps_up].name,
			       ERR_PTR(err));
			tm_steps_exit();
			break;
		}
		tm_steps_up++;
	}
	return err;
}

static int __init tm_mod_init(void)
{
	int err = tm_sessions_init((u64)interval_ms * NSEC_PER_MSEC, history);

	if (err) {
		pr_err("interval_ms %u, history %u: %pe\n", interval_ms, history, ERR_PTR(err));
		return err;
	}
	err = tm_steps_init();
	if (err)
		tm_sessions_exit();
	return err;
}

static void __exit tm_mod_exit(void)
{
	tm_steps_exit();
	tm_sessions_exit();
}

module_init(tm_mod_init);
module_exit(tm_mod_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Samples processes from inside the kernel");
MODULE_AUTHOR("The taskmonitor developers");
MODULE_VERSION(TM_VERSION_STRING);
