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

static char *trap = "";
module_param(trap, charp, 0444);
MODULE_PARM_DESC(trap, "die of an int3: real, or stale, as if it were gone from memory");

static int __init planted_init(void)
{
	WARN_ON(warn);
#ifdef CONFIG_X86
	if (!strcmp(trap, "real"))
		asm volatile("int3");
	if (!strcmp(trap, "stale"))
		asm volatile(".byte 0xcd, 0x03");	/* the same by its long name: not a cc */
#endif
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
