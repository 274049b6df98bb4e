// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module with planted faults, called taskmonitor in the guest: runner.t
 * proves with it that the test runner notices them.
 */
#include <linux/module.h>

static bool warn;
module_param(warn, bool, 0444);
MODULE_PARM_DESC(warn, "WARN while loading");

static bool stuck;
module_param(stuck, bool, 0444);
MODULE_PARM_DESC(stuck, "refuse to be unloaded");

static int __init planted_init(void)
{
	WARN_ON(warn);
	if (stuck)
		__module_get(THIS_MODULE);
	return 0;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_DESCRIPTION("Faults for the test runner to find");
MODULE_LICENSE("GPL");
