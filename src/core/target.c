// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets: created, watched, kept in a table, released.
 *
 * A target holds a reference to its struct pid, taken at its creation and put
 * at its release, nowhere else; and one on the lifecycle probes.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "target.h"

#define TM_TARGETS_FIRST 8

static struct tm_target *tm_target_of(struct tm_watch *watch)
{
	return container_of(watch, struct tm_target, watch);
}

static void tm_target_exited(struct tm_watch *watch, struct task_struct *task, bool last)
{
	if (last)
		tm_sample_exit(&tm_target_of(watch)->monitor, task);
}

static void tm_target_released(struct tm_watch *watch, struct task_struct *task, bool last)
{
	struct tm_target *target = tm_target_of(watch);

	if (!last) {
		tm_sample_thread_released(&target->monitor, task);
		return;
	}
	tm_sample_final(&target->monitor, task);
	tm_unwatch(watch);
}

static const struct tm_watch_ops tm_target_watch_ops = {
	.exit = tm_target_exited,
	.release = tm_target_released,
};

/*
 * Return: 0, or -ESRCH where there is no such process any more. Looks whether
 * it lives only behind the watch: between the two its exit would be missed.
 */
static int tm_target_watch(struct tm_target *target)
{
	struct task_monitor *tm = &target->monitor;
	struct task_struct *task;
	int err = -ESRCH;

	rcu_read_lock();
	task = pid_task(tm->pid, tm->type);
	if (task) {
		if (tm->type == PIDTYPE_TGID)
			tm_watch_process(&target->watch, task);
		else
			tm_watch_thread(&target->watch, task);
		if (tm_task_alive(task, tm->type))
			err = 0;
	}
	rcu_read_unlock();
	return err;
}

static void tm_target_free(struct rcu_head *rcu)
{
	struct tm_target *target = container_of(rcu, struct tm_target, rcu);

	put_pid(target->monitor.pid);
	kfree(target);
}

/**
 * tm_target_create - pin a process or thread and watch it
 * @pid: borrowed; the target takes its own reference
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * May sleep. Return: the target, or an error: -ESRCH (nothing alive has that
 * number as that type), -ENOMEM, -EOPNOTSUPP.
 */
struct tm_target *tm_target_create(struct pid *pid, enum pid_type type)
{
	struct tm_target *target;
	int err;

	target = kmalloc(sizeof(*target), GFP_KERNEL_ACCOUNT);
	if (!target)
		return ERR_PTR(-ENOMEM);
	err = tm_lifecycle_get();
	if (err) {
		kfree(target);
		return ERR_PTR(err);
	}
	tm_monitor_init(&target->monitor, pid, type);
	INIT_HLIST_NODE(&target->watch.node);
	target->watch.ops = &tm_target_watch_ops;

	err = tm_target_watch(target);
	if (err) {
		tm_target_release(target);
		return ERR_PTR(err);
	}
	return target;
}

/** tm_target_release - the only way for a target to end. May sleep. */
void tm_target_release(struct tm_target *target)
{
	tm_unwatch(&target->watch);
	tm_lifecycle_put();
	call_rcu(&target->rcu, tm_target_free);
}

/** tm_targets_reserve - make room for one more. Return: 0, -ENOSPC, -ENOMEM. */
int tm_targets_reserve(struct tm_targets *targets)
{
	unsigned int capacity = targets->capacity ? targets->capacity * 2 : TM_TARGETS_FIRST;
	struct tm_target **slot;

	if (targets->n < targets->capacity)
		return 0;
	if (targets->n >= TM_TARGETS_MAX)
		return -ENOSPC;
	slot = kvmalloc_array(capacity, sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	if (targets->n)
		memcpy(slot, targets->slot, targets->n * sizeof(*slot));
	kvfree(targets->slot);
	targets->slot = slot;
	targets->capacity = capacity;
	return 0;
}

/** tm_targets_append - into room that was reserved */
void tm_targets_append(struct tm_targets *targets, struct tm_target *target)
{
	targets->slot[targets->n++] = target;
}

struct tm_target *tm_targets_find(const struct tm_targets *targets, const struct pid *pid)
{
	unsigned int i;

	for (i = 0; i < targets->n; i++) {
		if (targets->slot[i]->monitor.pid == pid)
			return targets->slot[i];
	}
	return NULL;
}

/** tm_targets_remove - take one out and release it; the others keep their order */
void tm_targets_remove(struct tm_targets *targets, struct tm_target *target)
{
	unsigned int i;

	for (i = 0; targets->slot[i] != target; i++)
		;
	targets->n--;
	memmove(targets->slot + i, targets->slot + i + 1,
		(targets->n - i) * sizeof(*targets->slot));
	tm_target_release(target);
}

/** tm_targets_clear - release all of them, and the table */
void tm_targets_clear(struct tm_targets *targets)
{
	while (targets->n)
		tm_target_release(targets->slot[--targets->n]);
	kvfree(targets->slot);
	targets->slot = NULL;
	targets->capacity = 0;
}

/** tm_targets_alive - how many have not exited */
unsigned int tm_targets_alive(const struct tm_targets *targets)
{
	unsigned int i, alive = 0;

	for (i = 0; i < targets->n; i++)
		alive += !READ_ONCE(targets->slot[i]->monitor.exited);
	return alive;
}
