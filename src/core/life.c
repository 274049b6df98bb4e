// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a session does when one of its targets forks, calls exec, exits or has
 * been released. All of it in the probes: RCU read section, preemption off, no
 * allocation, no lock but raw ones.
 *
 * An exit is told twice: at once, and when its totals are final. That is when
 * the task is released, which a parent that never waits may put off for ever;
 * so the housekeeping settles zombies by itself after a while.
 */
#include <linux/cgroup.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "session_impl.h"

#define TM_SETTLE_NS (300 * NSEC_PER_MSEC)	/* how long a parent may take to reap */

static struct tm_target *tm_target_of(struct tm_watch *watch)
{
	return container_of(watch, struct tm_target, watch);
}

/* A process becomes a target by its birth. @came_by: see struct tm_target */
static void tm_life_adopt(struct tm_session *s, struct task_struct *child, unsigned long came_by)
{
	struct tm_target *target;
	struct task_sample sample;

	if (READ_ONCE(s->closing))
		return;
	target = tm_pool_take(s);
	if (!target) {
		tm_session_drop(s);
		return;
	}
	tm_target_init(target, s, task_tgid(child), PIDTYPE_TGID);
	target->marks = came_by << TM_TARGET_CAME_BY;
	if (tm_target_enlist(target, child, true)) {
		/* A scan of the PID table has found it before we came to it. */
		tm_target_release(target);
		return;
	}
	tm_sample_fork(&target->monitor, child, &sample);
	tm_session_record(s, &sample, 1);
	llist_add(&target->incoming, &s->incoming);
}

static void tm_life_fork(struct tm_watch *watch, struct task_struct *parent,
			 struct task_struct *child)
{
	struct tm_target *target = tm_target_of(watch);

	if (target->session->scope == TM_SCOPE_TREE)
		tm_life_adopt(target->session, child, tm_target_came_by(target));
}

/* The watcher may not look into what the target has become: say so, and no more. */
static void tm_life_deny(struct tm_target *target)
{
	struct task_monitor *tm = &target->monitor;
	struct task_sample sample = {
		.time_ns = ktime_get_ns(),
		.pid = tm_monitor_nr(tm, tm->ns),
		.tgid = tm_monitor_nr(tm, tm->ns),
		.flags = TM_SAMPLE_DENIED,
		.kind = TM_KIND_EXEC,
		.state = '-',
	};
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	WRITE_ONCE(tm->denied, true);
	tm->last = sample;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
	tm_session_record(target->session, &sample, 1);
	tm_target_discharge(target);
}

static void tm_life_exec(struct tm_watch *watch, struct task_struct *task)
{
	struct tm_target *target = tm_target_of(watch);
	struct tm_session *s = target->session;
	struct task_sample sample;

	if (!tm_may_keep_current(&s->rights)) {
		tm_life_deny(target);
		return;
	}
	tm_sample_exec(&target->monitor, &sample);
	tm_session_record(s, &sample, 1);
}

static void tm_life_exit(struct tm_watch *watch, struct task_struct *task, bool last)
{
	struct tm_target *target = tm_target_of(watch);
	struct tm_session *s = target->session;
	struct task_sample sample;

	/* Threads that end side by side may each be the last: see tm_exit_is_last(). */
	if (!last || test_and_set_bit(TM_TARGET_EXITING, &target->marks))
		return;
	tm_sample_exit(&target->monitor, task, &sample);
	tm_session_record(s, &sample, 1);
	if (tm_thresholds_have_exits(&s->thresholds))
		tm_thresholds_exit(s, &sample);
	tm_target_depart(target);
	tm_tick_arm(&s->house, TM_SETTLE_NS);
}

/* The totals are final: make the exit record, once, whoever comes first. */
static void tm_life_report(struct tm_target *target)
{
	struct task_monitor *tm = &target->monitor;
	struct tm_session *s = target->session;
	struct task_sample sample;
	unsigned long flags;
	bool reported;

	raw_spin_lock_irqsave(&tm->lock, flags);
	reported = test_and_set_bit(TM_TARGET_REPORTED, &target->marks);
	sample = tm->last;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
	if (reported)
		return;

	sample.kind = TM_KIND_EXIT;
	sample.time_ns = ktime_get_ns();
	tm_window_close(target, &sample);
	tm_session_record(s, &sample, 1);
	tm_target_discharge(target);
}

static void tm_life_release(struct tm_watch *watch, struct task_struct *task, bool last)
{
	struct tm_target *target = tm_target_of(watch);

	if (!last) {
		tm_sample_thread_released(&target->monitor, task);
		return;
	}
	tm_sample_final(&target->monitor, task);
	tm_unwatch(watch);
	tm_life_report(target);
}

const struct tm_watch_ops tm_life_ops = {
	.fork = tm_life_fork,
	.exec = tm_life_exec,
	.exit = tm_life_exit,
	.release = tm_life_release,
};

static void tm_everybody_fork(struct tm_watch *watch, struct task_struct *parent,
			      struct task_struct *child)
{
	struct tm_session *s = container_of(watch, struct tm_session, all);

	if (tm_in_scope(s, child))
		tm_life_adopt(s, child, 0);
}

static void tm_everybody_moved(struct tm_watch *watch, struct task_struct *task)
{
	struct tm_session *s = container_of(watch, struct tm_session, all);

	if (s->scope != TM_SCOPE_CGROUP)
		return;
	WRITE_ONCE(s->rescan, 1);
	tm_tick_arm(&s->house, 0);
}

const struct tm_watch_ops tm_everybody_ops = {
	.fork = tm_everybody_fork,
	.moved = tm_everybody_moved,
};

/**
 * tm_life_settle_zombies - report exits whose parents do not reap them
 * @s: the session; its lock is held
 *
 * By the housekeeping, which comes again while there are exits not reported.
 */
void tm_life_settle_zombies(struct tm_session *s)
{
	u64 now = ktime_get_ns();
	bool pending = false;
	unsigned int i;

	for (i = 0; i < s->targets.n; i++) {
		struct tm_target *target = s->targets.slot[i];
		struct task_monitor *tm = &target->monitor;

		if (likely(!READ_ONCE(tm->exited)) || tm_target_is_gone(target))
			continue;
		if (now - READ_ONCE(tm->last.exit_time_ns) >= TM_SETTLE_NS && tm_sample_zombie(tm))
			tm_life_report(target);
		else
			pending = true;
	}
	if (pending)
		tm_tick_arm(&s->house, TM_SETTLE_NS);
}
