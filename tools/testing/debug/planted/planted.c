// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module of bugs, called taskmonitor in the guest: detectors.t proves with it
 * that the debug kernels find what they are there to find. Each bug does no
 * other harm.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timer.h>

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "the one to plant");

static noinline void planted_leak(void)
{
	void *p;
	int i;

	/* What a register happens to hold on to is not found: hence many. */
	for (i = 0; i < 32; i++) {
		p = kmalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static noinline void planted_use_after_free(void)
{
	int *p = kmalloc(100, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
}

static noinline void planted_out_of_bounds(void)
{
	char *p = kmalloc(100, GFP_KERNEL);
	int last = 100;

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(last);
	WRITE_ONCE(p[last], 1);
	kfree(p);
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static noinline void planted_inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static noinline void planted_sleep(void)
{
	preempt_disable();
	mutex_lock(&first);
	mutex_unlock(&first);
	preempt_enable();
}

static int number;
static int __rcu *pointer = (int __rcu *)&number;

static noinline void planted_rcu(void)
{
	WRITE_ONCE(number, *rcu_dereference(pointer));
}

static noinline void planted_shift(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	WRITE_ONCE(number, 1 << by);
}

static noinline void planted_list(void)
{
	struct list_head item, list, other;

	INIT_LIST_HEAD(&list);
	INIT_LIST_HEAD(&other);
	list_add(&item, &list);
	list.next = &other;	/* as after an unlocked change */
	list_del(&item);
}

static void never(struct timer_list *unused)
{
}

/* On the mend the kernel's object debugging stops the timer. */
static noinline void planted_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + 100 * HZ);
	kfree(timer);
}

static noinline void planted_processor(void)
{
	WRITE_ONCE(number, smp_processor_id());
}

static noinline void planted_race_step(void)
{
	number++;
}

static int race_fn(void *unused)
{
	while (!kthread_should_stop()) {
		planted_race_step();
		cond_resched();
	}
	return 0;
}

static noinline void planted_race(void)
{
	struct task_struct *thread = kthread_run(race_fn, NULL, "planted");
	unsigned long end = jiffies + 5 * HZ;

	if (IS_ERR(thread))
		return;
	while (time_before(jiffies, end)) {
		planted_race_step();
		cond_resched();
	}
	kthread_stop(thread);
}

static const struct {
	const char *name;
	void (*plant)(void);
} bugs[] = {
	{ "leak", planted_leak },
	{ "use_after_free", planted_use_after_free },
	{ "out_of_bounds", planted_out_of_bounds },
	{ "inversion", planted_inversion },
	{ "sleep", planted_sleep },
	{ "rcu", planted_rcu },
	{ "shift", planted_shift },
	{ "list", planted_list },
	{ "timer", planted_timer },
	{ "processor", planted_processor },
	{ "race", planted_race },
};

static int __init planted_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].plant();
			return 0;
		}
	}
	return strcmp(bug, "none") ? -EINVAL : 0;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs for the debug kernels to find");
MODULE_LICENSE("GPL");
