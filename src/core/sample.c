// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task read into one sample: all that depends on the insides of the
 * scheduler and of mm, with sample_impl.h and sample_life.c.
 *
 * Tasks are looked at under RCU alone, no reference is taken; task_lock() pins
 * the mm for as long as its counters are read, so that the target's mm is never
 * ours to free.
 */
#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "sample_impl.h"

/* How many CPUs there can be, if they are numbered without a hole. */
int tm_dense_cpus __ro_after_init = TM_ALL_CPUS;

/** tm_sample_init - before the first sample */
void __init tm_sample_init(void)
{
	if (cpumask_weight(cpu_possible_mask) == nr_cpu_ids)
		tm_dense_cpus = nr_cpu_ids;
}

void tm_monitor_init(struct task_monitor *tm, struct pid *pid, enum pid_type type,
		     struct pid_namespace *ns)
{
	memset(tm, 0, sizeof(*tm));
	raw_spin_lock_init(&tm->lock);
	tm->pid = get_pid(pid);
	tm->type = type;
	tm->ns = ns;
	tm->nr = tm_pid_nr(pid, ns);
}

/** tm_monitor_nr - the target's number in @ns, 0 where it is not visible */
pid_t tm_monitor_nr(const struct task_monitor *tm, const struct pid_namespace *ns)
{
	return tm_pid_nr(READ_ONCE(tm->pid), ns);
}

/* The target is gone: what its exit left with us. @view by value: see tm_advance(). */
void tm_sample_gone(struct task_monitor *tm, struct tm_view view, struct task_sample *s)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	*s = tm->last;
	/* There is no task any more: a zombie that was settled has been reaped since. */
	if (tm->final && s->state == 'Z')
		s->state = 'X';
	raw_spin_unlock_irqrestore(&tm->lock, flags);

	s->time_ns = view.time_ns;
	s->kind = view.kind;
	s->pid = tm_pid_nr(READ_ONCE(tm->pid), view.ns);
	/* A thread that is in the midst of its exec, between two numbers: all else is unknown. */
	if (!s->state) {
		s->state = '-';
		s->flags = TM_SAMPLE_THREAD;
	}
	if (tm->type == PIDTYPE_TGID)
		s->tgid = s->pid;
	/* Numbers of others were taken down as tm->ns has them. */
	if (view.ns != tm->ns) {
		s->ppid = 0;
		if (tm->type != PIDTYPE_TGID)
			s->tgid = 0;
	}
}

/**
 * get_sample - read a target now
 * @tm: the target
 * @view: for whom
 * @sample: filled whole, whatever is returned
 *
 * Called in process context, in an RCU read section; by several at once, too.
 *
 * Return: true if the target is alive; false if it has exited, also where it
 * is a zombie. @sample then holds its last figures, TM_SAMPLE_EXITED is set.
 */
bool get_sample(struct task_monitor *tm, const struct tm_view *view, struct task_sample *sample)
{
	return tm_read_sample(tm, view, sample);
}

/**
 * get_times - read a target's CPU time now, and nothing else
 * @tm: the target
 * @times: filled where true is returned
 *
 * As get_sample(), for a fraction of its cost. Return: true if the target is alive.
 */
bool get_times(struct task_monitor *tm, struct tm_cputime *times)
{
	struct task_struct *task = tm_pid_task(READ_ONCE(tm->pid), tm->type);
	struct tm_run run;

	if (!task || tm_is_another(tm, task) || READ_ONCE(tm->denied))
		return false;
	if (likely(tm->type == PIDTYPE_TGID)) {
		run = tm_run_of_group(task);
	} else {
		run = (struct tm_run){};
		tm_run_add(&run, task, true);
	}
	*times = tm_shown(tm, task, &run);
	return tm_task_alive(task, tm->type);
}
