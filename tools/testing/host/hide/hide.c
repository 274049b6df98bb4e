// SPDX-License-Identifier: GPL-2.0-only
/*
 * For hidden.t alone, in a virtual machine: hides a process as kernel malware
 * does, from the task list or from the PID table, until it is unloaded. The
 * process must live as long. Neither lock is exported to modules; they are
 * found by a probe on the function that knows every name.
 */
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "whom to hide");

static char *from = "list";
module_param(from, charp, 0444);
MODULE_PARM_DESC(from, "list or table");

static struct task_struct *task;
static struct pid *number;
static rwlock_t *list_lock;
static spinlock_t *table_lock;

static unsigned long find_symbol(const char *name)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&probe))
		return 0;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	return lookup(name);
}

static void unlist(void)
{
	write_lock_irq(list_lock);
	list_del_rcu(&task->tasks);
	write_unlock_irq(list_lock);
}

static void relist(void)
{
	write_lock_irq(list_lock);
	list_add_tail_rcu(&task->tasks, &init_task.tasks);
	write_unlock_irq(list_lock);
}

static void unnumber(void)
{
	spin_lock_irq(table_lock);
	idr_remove(&init_pid_ns.idr, pid);
	spin_unlock_irq(table_lock);
}

static void renumber(void)
{
	int nr;

	spin_lock_irq(table_lock);
	nr = idr_alloc(&init_pid_ns.idr, number, pid, pid + 1, GFP_ATOMIC);
	spin_unlock_irq(table_lock);
	WARN_ON(nr != pid);
}

static int __init hide_init(void)
{
	list_lock = (rwlock_t *)find_symbol("tasklist_lock");
	table_lock = (spinlock_t *)find_symbol("pidmap_lock");
	if (!list_lock || !table_lock)
		return -ENOENT;
	number = find_get_pid(pid);
	task = get_pid_task(number, PIDTYPE_TGID);
	if (!task) {
		put_pid(number);
		return -ESRCH;
	}
	if (!strcmp(from, "table"))
		unnumber();
	else
		unlist();
	return 0;
}
module_init(hide_init);

static void __exit hide_exit(void)
{
	if (!strcmp(from, "table"))
		renumber();
	else
		relist();
	put_task_struct(task);
	put_pid(number);
}
module_exit(hide_exit);

MODULE_DESCRIPTION("Hides a process, for a test");
MODULE_LICENSE("GPL");
