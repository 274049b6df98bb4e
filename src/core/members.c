// SPDX-License-Identifier: GPL-2.0-only
/*
 * Membership: how a process becomes a target, and how it ends being one.
 *
 * The fork probe can neither allocate nor take the session's lock. It takes a
 * target from a pool, watches the child with it, and hangs it on a list; the
 * next tick or the housekeeping (scope.c) moves it into the table.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../compat.h"
#include "session_impl.h"

#define TM_POOL_FULL 1024
#define TM_POOL_LOW 512

/* Exits that pile up before the table is swept, and how long they may lie there. */
#define TM_SWEEP_NS (100 * NSEC_PER_MSEC)

/** tm_is_of_session - for tm_watch_find(): is this watch a target of that session? */
bool tm_is_of_session(const struct tm_watch *watch, const void *session)
{
	return container_of(watch, struct tm_target, watch)->session == session;
}

/**
 * tm_target_enlist - watch a process for its session, and count it
 * @target: initialised
 * @task: the process's leader or the thread, in this RCU read section
 * @unique: not if the session watches it already
 *
 * From any context. Return: 0, -EEXIST.
 */
int tm_target_enlist(struct tm_target *target, struct task_struct *task, bool unique)
{
	const void *key = tm_watch_key(task, target->monitor.type);
	struct tm_session *s = target->session;
	unsigned long flags;
	int err = 0;

	target->monitor.task = task;
	raw_spin_lock_irqsave(&s->pool_lock, flags);
	if (unique && tm_watch_find(key, &tm_life_ops, tm_is_of_session, s))
		err = -EEXIST;
	else
		tm_watch(&target->watch, key);
	if (!err) {
		atomic_inc(&s->alive);
		atomic_inc(&s->unsettled);
		WRITE_ONCE(s->had_targets, true);
	}
	raw_spin_unlock_irqrestore(&s->pool_lock, flags);
	if (!err)
		tm_session_show_alive(s);
	return err;
}

/** tm_target_depart - it lives no longer, or is none of ours. A second time does nothing. */
void tm_target_depart(struct tm_target *target)
{
	if (test_and_set_bit(TM_TARGET_DEPARTED, &target->marks))
		return;
	WRITE_ONCE(target->monitor.off, true);
	atomic_dec(&target->session->alive);
	tm_session_show_alive(target->session);
}

/**
 * tm_target_discharge - it is no business of the session's any longer
 * @target: enlisted; a second time does nothing
 *
 * It stays in the table: of a list, to be read; otherwise until it is swept
 * out. From any context.
 */
void tm_target_discharge(struct tm_target *target)
{
	struct tm_session *s = target->session;

	if (test_and_set_bit(TM_TARGET_GONE, &target->marks))
		return;
	tm_unwatch(&target->watch);
	tm_target_depart(target);
	if (atomic_dec_and_test(&s->unsettled))
		tm_session_wake_all(s);
	if (tm_scope_is_auto(s))
		tm_tick_arm(&s->house, TM_SWEEP_NS);
}

/** tm_pool_take - a target for the fork probe. Return: NULL where there is none left. */
struct tm_target *tm_pool_take(struct tm_session *s)
{
	struct llist_node *node;
	unsigned long flags;
	bool low;

	raw_spin_lock_irqsave(&s->pool_lock, flags);
	node = llist_del_first(&s->pool);
	if (node)
		s->pool_n--;
	low = s->pool_n < TM_POOL_LOW;
	raw_spin_unlock_irqrestore(&s->pool_lock, flags);
	if (low)
		tm_tick_arm(&s->house, 0);
	return node ? llist_entry(node, struct tm_target, incoming) : NULL;
}

/** tm_pool_fill - may sleep; without memory it stays low */
void tm_pool_fill(struct tm_session *s)
{
	struct tm_target *target;
	unsigned long flags;

	if (!tm_scope_is_auto(s))
		return;
	while (READ_ONCE(s->pool_n) < TM_POOL_FULL) {
		/* The sampler's thread: all sessions wait while it looks for memory. */
		target = tm_target_alloc(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN);
		if (!target)
			return;
		raw_spin_lock_irqsave(&s->pool_lock, flags);
		llist_add(&target->incoming, &s->pool);
		s->pool_n++;
		raw_spin_unlock_irqrestore(&s->pool_lock, flags);
	}
}

/** tm_pool_drain - nobody takes from it any more */
void tm_pool_drain(struct tm_session *s)
{
	struct tm_target *target, *next;

	llist_for_each_entry_safe(target, next, llist_del_all(&s->pool), incoming)
		kfree(target);
	s->pool_n = 0;
}

/**
 * tm_members_join - take into the table who was born meanwhile
 * @s: the session; its lock is held
 *
 * In the order of their birth. Without memory they go on waiting: they are
 * watched, and only not sampled.
 */
void tm_members_join(struct tm_session *s)
{
	struct llist_node *born;
	struct tm_target *target, *next;

	if (llist_empty(&s->incoming))
		return;
	born = llist_reverse_order(llist_del_all(&s->incoming));
	llist_for_each_entry_safe(target, next, born, incoming) {
		if (tm_targets_reserve(&s->targets)) {
			llist_add(&target->incoming, &s->incoming);
			continue;
		}
		tm_targets_append(&s->targets, target);
	}
}

/** tm_member_append - put a new target into the table; takes it over, also on error */
int tm_member_append(struct tm_session *s, struct tm_target *target)
{
	int err;

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	if (s->scope == TM_SCOPE_LIST && s->targets.n >= TM_TARGETS_MAX)
		err = -ENOSPC;
	else
		err = tm_targets_reserve(&s->targets);
	if (!err)
		tm_targets_append(&s->targets, target);
	rt_mutex_unlock(&s->lock);
	if (err) {
		tm_target_discharge(target);
		tm_target_release(target);
	}
	return err;
}

/*
 * A process by its pinned pid. Looks whether it lives only behind the watch:
 * between the two its exit would be missed.
 */
static int tm_member_enlist(struct tm_target *target, bool unique)
{
	struct task_monitor *tm = &target->monitor;
	struct task_struct *task;
	int err = -ESRCH;

	rcu_read_lock();
	task = pid_task(tm->pid, tm->type);
	if (task)
		err = tm_target_enlist(target, task, unique);
	if (!err && !tm_task_alive(task, tm->type)) {
		tm_target_discharge(target);
		err = -ESRCH;
	}
	rcu_read_unlock();
	return err;
}

static bool tm_is_alive(struct pid *pid, enum pid_type type)
{
	struct task_struct *task;
	bool alive;

	rcu_read_lock();
	task = pid_task(pid, type);
	alive = task && tm_task_alive(task, type);
	rcu_read_unlock();
	return alive;
}

/** tm_member_create - a target for a living process that may be monitored; or an error */
struct tm_target *tm_member_create(struct tm_session *s, struct pid *pid,
					  enum pid_type type, bool unique)
{
	struct tm_target *target;
	int err;

	if (!tm_is_alive(pid, type))
		return ERR_PTR(tm_may_know_end(&s->rights, pid, type) ? -ESRCH : -EPERM);
	if (!tm_may_monitor(&s->rights, pid, type))
		return ERR_PTR(-EPERM);
	target = tm_target_alloc(GFP_KERNEL_ACCOUNT);
	if (!target)
		return ERR_PTR(-ENOMEM);
	tm_target_init(target, s, pid, type);
	target->marks = READ_ONCE(s->request) << TM_TARGET_CAME_BY;
	err = tm_member_enlist(target, unique);
	if (err) {
		tm_target_release(target);
		return ERR_PTR(err);
	}
	return target;
}

static int tm_find_member(struct tm_session *s, pid_t nr, enum pid_type type,
			  struct pid_namespace *ns)
{
	unsigned int i;

	for (i = 0; i < s->targets.n; i++) {
		if (s->targets.slot[i]->monitor.type == type &&
		    tm_monitor_nr(&s->targets.slot[i]->monitor, ns) == nr)
			return i;
	}
	return -ESRCH;
}

static struct tm_target *tm_resolve(struct tm_session *s, pid_t nr, enum pid_type type, bool unique)
{
	struct tm_target *target;
	struct pid *pid;
	int err;

	lockdep_assert_held(&s->control);
	WRITE_ONCE(s->request, s->request + 1);
	if (nr <= 0 || s->scope > TM_SCOPE_TREE)
		return ERR_PTR(-EINVAL);
	pid = find_get_pid(nr);
	if (!pid)
		return ERR_PTR(-ESRCH);
	err = tm_session_watch(s);
	target = err ? ERR_PTR(err) : tm_member_create(s, pid, type, unique);
	put_pid(pid);
	return target;
}

/* The last target has been removed: nobody needs to be told of anything. */
static void tm_session_rest(struct tm_session *s)
{
	bool empty;

	rt_mutex_lock(&s->lock);
	empty = !s->targets.n;
	rt_mutex_unlock(&s->lock);
	if (empty && s->scope <= TM_SCOPE_TREE)
		tm_session_unwatch(s);
}

static void tm_discharge_added(struct tm_session *s)
{
	struct tm_target *target;
	unsigned int i;

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	/* Those for whom there was no room in the table. */
	llist_for_each_entry(target, s->incoming.first, incoming) {
		if (tm_target_came_by(target) == s->request)
			tm_target_discharge(target);
	}
	for (i = 0; i < s->targets.n; i++) {
		if (tm_target_came_by(s->targets.slot[i]) == s->request)
			tm_target_discharge(s->targets.slot[i]);
	}
	tm_targets_sweep(&s->targets);
	rt_mutex_unlock(&s->lock);
}

/* A tree of which a part could not be added: the rest goes as well, and what it forks meanwhile. */
static void tm_undo_tree(struct tm_session *s)
{
	tm_discharge_added(s);
	synchronize_rcu();	/* for forks that have found a parent still watched */
	tm_discharge_added(s);
}

/* In scope tree: the descendants of a new target, all or none, and then not itself either. */
static int tm_add_descendants(struct tm_session *s, struct pid *root)
{
	int err;

	if (s->scope != TM_SCOPE_TREE)
		return 0;
	err = tm_scan(s, root);
	if (err)
		tm_undo_tree(s);
	return err;
}

/**
 * tm_session_add - one more target, in scope tree with its descendants
 * @s: the session
 * @nr: its number in the caller's PID namespace
 * @thread: it is one thread's
 *
 * Return: 0; -EINVAL (not a PID, or not in this scope), -ESRCH (nothing alive
 * has it; a thread's number is no process's), -EEXIST (is a target), -EPERM,
 * -ENOSPC, -ENOMEM.
 */
int tm_session_add(struct tm_session *s, pid_t nr, bool thread)
{
	struct tm_target *target;
	struct pid *root;
	int err;

	if (thread && s->scope != TM_SCOPE_LIST)
		return -EINVAL;
	mutex_lock(&s->control);
	target = tm_resolve(s, nr, thread ? PIDTYPE_PID : PIDTYPE_TGID, true);
	err = PTR_ERR_OR_ZERO(target);
	/* A tree's root may be gone, table and all, before its descendants are found. */
	root = err ? NULL : get_pid(target->monitor.pid);
	if (!err)
		err = tm_member_append(s, target);
	if (!err)
		err = tm_add_descendants(s, root);
	put_pid(root);
	if (err)
		tm_session_rest(s);
	mutex_unlock(&s->control);
	return err;
}
TM_EXPORT(tm_session_add);

/* @new becomes the table; what was in it, or on its way, is released. */
static void tm_session_replace(struct tm_session *s, struct tm_targets *new)
{
	struct tm_target *target, *next;
	struct llist_node *born;
	unsigned int i;

	rt_mutex_lock(&s->lock);
	born = llist_del_all(&s->incoming);
	tm_targets_swap(&s->targets, new);
	rt_mutex_unlock(&s->lock);

	llist_for_each_entry_safe(target, next, born, incoming) {
		tm_target_discharge(target);
		tm_target_release(target);
	}
	for (i = 0; i < new->n; i++)
		tm_target_discharge(new->slot[i]);
	tm_targets_clear(new);
}

/**
 * monitor_pid - make one process the only target
 * @s: the session
 * @nr: its number in the caller's PID namespace
 *
 * The old targets stay where this fails, except that for want of memory scope tree
 * may be left with none. Errors as tm_session_add(), without -EEXIST: one that is
 * a target already becomes the only one.
 */
int monitor_pid(struct tm_session *s, pid_t nr)
{
	struct tm_targets new = {};
	struct tm_target *target;
	struct pid *root;
	int err = tm_targets_reserve(&new);

	if (err)
		return err;
	mutex_lock(&s->control);
	target = tm_resolve(s, nr, PIDTYPE_TGID, false);
	err = PTR_ERR_OR_ZERO(target);
	if (!err) {
		root = get_pid(target->monitor.pid);
		tm_targets_append(&new, target);
		tm_session_replace(s, &new);
		err = tm_add_descendants(s, root);
		put_pid(root);
	} else {
		tm_targets_clear(&new);
		tm_session_rest(s);
	}
	mutex_unlock(&s->control);
	return err;
}

/**
 * tm_session_del - a target less
 * @s: the session
 * @nr: its number in the caller's PID namespace; also one that has exited
 * @thread: it is one thread's
 *
 * Return: 0, -EINVAL (not a PID, or not in this scope), -ESRCH (not a target).
 */
int tm_session_del(struct tm_session *s, pid_t nr, bool thread)
{
	int i;

	if (nr <= 0 || s->scope > TM_SCOPE_TREE)
		return -EINVAL;
	mutex_lock(&s->control);
	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	i = tm_find_member(s, nr, thread ? PIDTYPE_PID : PIDTYPE_TGID,
			   task_active_pid_ns(current));
	if (i >= 0) {
		tm_target_discharge(s->targets.slot[i]);
		tm_targets_remove(&s->targets, i);
	}
	rt_mutex_unlock(&s->lock);
	tm_session_rest(s);
	mutex_unlock(&s->control);
	return i < 0 ? i : 0;
}
TM_EXPORT(tm_session_del);

/** tm_session_clear - no target at all. @s: the session. Return: 0. */
int tm_session_clear(struct tm_session *s)
{
	struct tm_targets none = {};

	mutex_lock(&s->control);
	tm_session_replace(s, &none);
	tm_session_rest(s);
	mutex_unlock(&s->control);
	return 0;
}
