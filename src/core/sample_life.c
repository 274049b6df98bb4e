// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples taken in the probes: at fork, exec, exit and release. Atomic context,
 * on PREEMPT_RT too: no lock but raw ones, so no task_lock(), and no memory but
 * current's own.
 */
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>

#include "sample_impl.h"

/* In the probes: the group's sums where they can be had, and who it is. No memory. */
static void tm_sample_atomic(struct task_monitor *tm, struct task_struct *task, u8 kind,
			     struct task_sample *s)
{
	struct tm_view view = {
		.ns = tm->ns,
		.time_ns = ktime_get_ns(),
		.kind = kind,
	};
	struct tm_run run = {};
	bool known = true;

	/* What cannot be known must not be what the stack held: it goes to user space. */
	memset(s, 0, sizeof(*s));
	tm_begin(&view, s);
	if (tm->type == PIDTYPE_TGID)
		known = tm_sum_group_atomic(&run, s, task);
	else
		tm_sum_only(&run, s, task, false);
	if (!known)
		s->valid = TM_VALID_PEAK_RSS | TM_VALID_IDENTITY;
	if (kind == TM_KIND_EXITING)
		tm->exit_rtime = known ? run.rtime : 0;
	tm_show_run(tm, task, &run, s);
	tm_show_identity(tm, task, task, view.ns, s);
	tm_show_no_memory(tm, task, s);
	s->flags |= TM_SAMPLE_CPU_AS_OF_TICK;
	if (tm_peek(task->flags) & PF_KTHREAD)
		s->valid &= ~TM_VALID_PEAK_RSS;
}

/**
 * tm_sample_fork - the target has just been made
 * @tm: the target
 * @child: its leader, which has not run yet
 * @s: filled whole
 */
void tm_sample_fork(struct task_monitor *tm, struct task_struct *child, struct task_sample *s)
{
	tm_sample_atomic(tm, child, TM_KIND_FORK, s);
	s->valid &= ~TM_VALID_PEAK_RSS;
}

/*
 * A thread that was not its process's first has that one's number now. It happens
 * once: from then on it is the first.
 */
static void tm_follow_exec(struct task_monitor *tm)
{
	struct pid *pid = task_pid(current);

	if (tm->type != PIDTYPE_PID || pid == tm->pid)
		return;
	tm->former = tm->pid;
	WRITE_ONCE(tm->nr, tm_pid_nr(pid, tm->ns));
	WRITE_ONCE(tm->pid, get_pid(pid));
}

/**
 * tm_sample_exec - the target, which is current, runs another program
 * @tm: the target
 * @s: filled whole; its own mm stands still for current, no lock is needed
 */
void tm_sample_exec(struct task_monitor *tm, struct task_sample *s)
{
	struct task_struct *task = tm->type == PIDTYPE_TGID ? current->group_leader : current;
	struct mm_struct *mm = current->mm;

	tm_follow_exec(tm);
	tm_sample_atomic(tm, task, TM_KIND_EXEC, s);
	if (mm)
		tm_show_mm(tm, mm, task, tm_cpus_on_demand(), s);
}

/*
 * Does the parent ignore SIGCHLD, so that nobody hears the totals? RCU. A parent
 * that is itself exiting has no handlers any more, and the reaper that comes
 * after it waits.
 */
static bool tm_is_unwaited(struct task_struct *leader)
{
	struct task_struct *parent = rcu_dereference(leader->real_parent);
	struct sighand_struct *sighand = rcu_dereference(parent->sighand);
	const struct k_sigaction *action;

	if (leader->exit_signal != SIGCHLD || !sighand)
		return false;
	action = &sighand->action[SIGCHLD - 1];
	return tm_peek(action->sa.sa_handler) == SIG_IGN ||
	       tm_peek(action->sa.sa_flags) & SA_NOCLDWAIT;
}

/**
 * tm_sample_exit - the target is exiting: keep what will soon be unknown
 * @tm: the target
 * @task: its last thread, current
 * @s: filled whole
 *
 * From the exit probe. Memory is gone already; of CPU time the last slice is
 * still to come. The parent may be gone by the time of tm_sample_final().
 */
void tm_sample_exit(struct task_monitor *tm, struct task_struct *task, struct task_sample *s)
{
	struct task_struct *head = tm->type == PIDTYPE_TGID ? task->group_leader : task;
	unsigned long flags;

	tm_sample_atomic(tm, head, TM_KIND_EXITING, s);
	tm_show_exit_status(head, tm->type, s);
	s->exit_time_ns = s->time_ns;
	tm->unwaited = tm_is_unwaited(head);

	raw_spin_lock_irqsave(&tm->lock, flags);
	/* Somebody may have been shown a little more meanwhile. */
	s->utime = tm->shown.utime;
	s->stime = tm->shown.stime;
	tm->last = *s;
	tm->last.state = 'Z';	/* for those who ask afterwards */
	tm->last.threads = 0;
	tm->exited = true;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}

/* The totals of @tm are @run and what was summed into @s, and will not change. */
static void tm_settle(struct task_monitor *tm, struct task_struct *task, const struct tm_run *run,
		      struct task_sample *s)
{
	struct tm_cputime ticks = tm_ticks_of(tm, task);
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	tm_show_split(tm, tm_advance_locked(tm, task, run, ticks), s);
	/* Threads that exit at once: the exit may have been told before the peak was taken down. */
	if (tm->last.valid & TM_VALID_PEAK_RSS) {
		tm_show_peak(tm, task, 0, s);
		tm->last.peak_rss_bytes = s->peak_rss_bytes;
	}

	tm->last.utime = s->utime;
	tm->last.stime = s->stime;
	tm->last.run_delay_ns = s->run_delay_ns;
	tm->last.min_flt = s->min_flt;
	tm->last.maj_flt = s->maj_flt;
	tm->last.nvcsw = s->nvcsw;
	tm->last.nivcsw = s->nivcsw;
	tm->last.read_bytes = s->read_bytes;
	tm->last.write_bytes = s->write_bytes;
	tm->last.rchar_bytes = s->rchar_bytes;
	tm->last.wchar_bytes = s->wchar_bytes;
	tm->last.valid |= TM_VALID_ALWAYS & ~TM_VALID_PEAK_RSS;
	tm->last.flags &= ~TM_SAMPLE_CPU_AS_OF_TICK;
	tm->final = true;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}

/*
 * The run time that stands for a process for ever.
 *
 * A parent that waits may be told less than there was in the end: it reads the
 * sum while the child has still to leave its CPU, on another one, and what runs
 * meanwhile is accounted behind its back. It is what it was told that other
 * accounts are made of (its own children's time, time(1), make's), so that is
 * what we say: the kernel's last split, unless nobody waited, or somebody read
 * it last before the end.
 *
 * Where nobody waits, the kernel reaps the task while it still runs, and the
 * sum lacks its last slice; one that never had another thread has it all
 * itself.
 */
static u64 tm_final_rtime(struct task_monitor *tm, struct task_struct *leader,
			  const struct tm_run *run)
{
	struct tm_cputime told = tm_kernel_split(leader->signal);

	if (!tm->unwaited && told.utime + told.stime >= tm->exit_rtime &&
	    told.utime + told.stime)
		return told.utime + told.stime;
	return max(run->rtime, tm_peek(leader->se.sum_exec_runtime));
}

/**
 * tm_sample_final - the target has been released: its totals are final
 * @tm: the target
 * @task: its leader (or the thread itself)
 *
 * From the release probe, an RCU grace period after the task was unhashed:
 * every thread has been added to signal_struct, and where a parent waited, the
 * split that it was told stands in prev_cputime.
 */
void tm_sample_final(struct task_monitor *tm, struct task_struct *task)
{
	struct task_sample s;
	struct tm_run run;

	if (tm->type == PIDTYPE_TGID) {
		tm_sum_signal(&run, &s, task->signal);
		s.run_delay_ns = tm_run_delay(task);
		run.rtime = tm_final_rtime(tm, task, &run);
	} else {
		tm_sum_only(&run, &s, task, false);
	}
	tm_settle(tm, task, &run, &s);
	WRITE_ONCE(tm->last.state, 'X');
}

/* A zombie that has left its CPU for good and is the last of its group. */
static bool tm_is_settled_zombie(struct task_struct *task)
{
	return tm_peek(task->exit_state) == EXIT_ZOMBIE && thread_group_empty(task) &&
	       tm_peek(task->__state) == TASK_DEAD && !tm_is_on_cpu(task);
}

/**
 * tm_sample_zombie - the target has exited, and nobody reaps it
 * @tm: a process
 *
 * Nothing is added to a zombie's counts any more, so they are final as soon as
 * it has left its CPU: those of its threads, and its own which no release has
 * added yet.
 *
 * Return: true if the totals are final now.
 */
bool tm_sample_zombie(struct task_monitor *tm)
{
	struct task_struct *task;
	struct task_sample s;
	struct tm_run run;
	bool settled;

	rcu_read_lock();
	task = pid_task(tm->pid, tm->type);
	settled = task && tm->type == PIDTYPE_TGID && tm_is_settled_zombie(task);
	if (settled) {
		tm_sum_group(&run, &s, task);
		tm_settle(tm, task, &run, &s);
		WRITE_ONCE(tm->last.state, 'Z');
	}
	rcu_read_unlock();
	return settled;
}

/** tm_sample_thread_released - a thread of the target has been released, not its last */
void tm_sample_thread_released(struct task_monitor *tm, struct task_struct *task)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	WRITE_ONCE(tm->run_delay_dead, tm->run_delay_dead + tm_run_delay(task));
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}
