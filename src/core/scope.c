// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scopes that find their targets themselves: who is wanted, the search
 * through all processes for those that live already, and the housekeeping.
 *
 * The housekeeping is a one-shot tick, armed by the probes when there is
 * something for it to do:
 *
 *   - refill the pool of targets that the fork probe takes from,
 *   - settle exits that nobody reaps (life.c),
 *   - remove who has gone,
 *   - look through all processes again when one has changed its cgroup.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "session_impl.h"

/* A tree is searched again until nobody new is found: who forks meanwhile is caught next time. */
#define TM_SCANS_MAX 64

/** tm_in_scope - is this process one that the session finds by itself? RCU read section. */
bool tm_in_scope(const struct tm_session *s, struct task_struct *task)
{
#ifdef CONFIG_CGROUPS
	if (s->scope == TM_SCOPE_CGROUP)
		return cgroup_is_descendant(task_dfl_cgroup(task), s->cgroup);
#endif
	return s->scope == TM_SCOPE_SYSTEM;
}

static bool tm_descends_from(struct task_struct *task, const struct task_struct *root)
{
	struct task_struct *parent;

	for (; task->pid; task = parent) {
		parent = rcu_dereference(task->real_parent);
		if (parent->signal == root->signal)
			return true;
	}
	return false;
}

/*
 * Is this process one that a search looks for? @root: the descendants of this
 * one, of which some may have been removed from among the targets before: those
 * of other roots are not looked for again.
 */
static bool tm_is_wanted(struct tm_session *s, struct task_struct *task, struct pid *pid,
			 struct pid *root)
{
	struct task_struct *ancestor = root ? pid_task(root, PIDTYPE_TGID) : NULL;
	bool wanted = root ? ancestor && tm_descends_from(task, ancestor) : tm_in_scope(s, task);

	return wanted && !tm_watch_find(task->signal, &tm_life_ops, tm_is_of_session, s) &&
	       tm_task_alive(task, PIDTYPE_TGID) &&
	       tm_may_monitor(&s->rights, pid, PIDTYPE_TGID);
}

/* The next process at or above @nr that is wanted and not yet a target; a reference to its pid. */
static struct pid *tm_next_wanted(struct tm_session *s, struct pid *root, int *nr)
{
	struct task_struct *task;
	struct pid *pid;

	rcu_read_lock();
	while ((pid = find_ge_pid(*nr, &init_pid_ns))) {
		*nr = pid_nr(pid) + 1;
		task = pid_task(pid, PIDTYPE_TGID);
		if (task && tm_is_wanted(s, task, pid, root)) {
			get_pid(pid);
			break;
		}
		/* A hundred thousand processes are no reason to keep RCU waiting. */
		if (*nr % 1024 == 0) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	return pid;
}

/* Return: how many were added, or an error. One that has gone or was caught meanwhile is none. */
static int tm_scan_once(struct tm_session *s, struct pid *root)
{
	struct tm_target *target;
	int nr = 1, added = 0;
	struct pid *pid;
	int err;

	while ((pid = tm_next_wanted(s, root, &nr))) {
		target = tm_member_create(s, pid, PIDTYPE_TGID, true);
		put_pid(pid);
		if (IS_ERR(target)) {
			if (PTR_ERR(target) == -ENOMEM)
				return -ENOMEM;
			continue;
		}
		err = tm_member_append(s, target);
		if (err)
			return err;
		added++;
	}
	return added;
}

/**
 * tm_scan - search for who is wanted until nobody new is found
 * @s: the session
 * @root: whose descendants (scope tree); NULL: all that are in the scope
 *
 * Return: 0, -ENOMEM.
 */
int tm_scan(struct tm_session *s, struct pid *root)
{
	int scans = TM_SCANS_MAX;
	int added;

	do {
		added = tm_scan_once(s, root);
	} while (added > 0 && scans--);
	return added < 0 ? added : 0;
}

/* Who has left the cgroup is no target any more. */
static void tm_drop_strangers(struct tm_session *s)
{
	struct task_struct *task;
	unsigned int i;

	rt_mutex_lock(&s->lock);
	for (i = 0; i < s->targets.n; i++) {
		rcu_read_lock();
		task = pid_task(s->targets.slot[i]->monitor.pid, PIDTYPE_TGID);
		if (task && !READ_ONCE(s->targets.slot[i]->monitor.exited) &&
		    !tm_in_scope(s, task))
			tm_target_discharge(s->targets.slot[i]);
		rcu_read_unlock();
	}
	rt_mutex_unlock(&s->lock);
}

/** tm_house_tick - the housekeeping; by the sampler's thread */
void tm_house_tick(struct tm_tick *tick, u64 now_ns)
{
	struct tm_session *s = container_of(tick, struct tm_session, house);

	if (READ_ONCE(s->closing))
		return;
	tm_pool_fill(s);
	if (xchg(&s->rescan, 0)) {
		tm_drop_strangers(s);
		tm_scan(s, NULL);
	}
	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	tm_life_settle_zombies(s);
	if (tm_scope_is_auto(s))
		tm_targets_sweep(&s->targets);
	rt_mutex_unlock(&s->lock);
}

/**
 * tm_members_begin - let a session of its own find its targets
 * @s: the session
 *
 * The fork probe first, then everybody that lives: so nobody is missed between.
 */
int tm_members_begin(struct tm_session *s)
{
	int err;

	tm_pool_fill(s);
	if (s->scope <= TM_SCOPE_TREE)
		return 0;
	mutex_lock(&s->control);
	err = tm_session_watch(s);
	if (!err) {
		s->all.ops = &tm_everybody_ops;
		tm_watch_all(&s->all);
		err = tm_scan(s, NULL);
	}
	mutex_unlock(&s->control);
	return err;
}

/** tm_members_end - nobody is found any more, an RCU grace period later not even by accident */
void tm_members_end(struct tm_session *s)
{
	WRITE_ONCE(s->closing, true);
	tm_unwatch(&s->all);
}
