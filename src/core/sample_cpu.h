/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU time of a target: what it ran, to the nanosecond, how that is split into
 * user and system, and how what is shown never goes backwards. For the files
 * that fill samples; see sample_impl.h.
 */
#ifndef TM_CORE_SAMPLE_CPU_H
#define TM_CORE_SAMPLE_CPU_H

#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>

#include "../compat.h"
#include "sample.h"

#define TM_SLICE_TRIES	4	/* the target's CPU switches meanwhile: try again */

/*
 * CPU time as it is added up over threads.
 *
 * @rtime: what the scheduler accounted, exact
 * @halves: of one where accounting is native: user and system, exact. Of none
 *	else, and no stores for it: what the ticks saw of either is asked for only
 *	when there is something to split
 */
struct tm_run {
	u64 rtime;
	struct tm_cputime halves[TM_CPUTIME_IS_NATIVE];
};

/*
 * A running task's sum_exec_runtime was brought up to date at the last tick or
 * switch; what ran since is the CPU's clock less exec_start. update_curr()
 * writes exec_start first and the sum behind it: read both again and take only
 * a pair that stood still. A task that has left the run queue but not yet its
 * CPU was settled by the switch that is under way.
 *
 * update_curr() has no barrier between its two writes. Where CPUs may show
 * them in the other order (arm64), that lasts less than reading the clock takes,
 * which stands between our two readings.
 *
 * A switch that is under way on the task's CPU has read the clock before us and
 * settles the slice behind our back: then we are ahead of it by what lies between,
 * some 100 ns, or as long as a host keeps a virtual CPU from running. The run
 * queue's lock, which would close the gap, is not for modules.
 *
 * cpu_clock(), for sched_clock_cpu() is exported only where the clocks of CPUs
 * may differ (x86).
 */
static noinline __maybe_unused u64 tm_running_rtime(struct task_struct *t)
{
	u64 sum = tm_peek(t->se.sum_exec_runtime);
	int tries = TM_SLICE_TRIES;
	u64 start, now;

	while (tries--) {
		start = tm_peek(t->se.exec_start);
		smp_rmb();	/* exec_start before the sum: see above */
		sum = tm_peek(t->se.sum_exec_runtime);
		if (!tm_is_on_cpu(t) || !tm_peek(t->on_rq))
			break;
		now = cpu_clock(task_cpu(t));
		smp_rmb();	/* the pair before its second reading */
		if (start != tm_peek(t->se.exec_start) ||
		    sum != tm_peek(t->se.sum_exec_runtime))
			continue;
		if ((s64)(now - start) > 0)
			sum += now - start;
		break;
	}
	return sum;
}

static __always_inline u64 tm_task_rtime(struct task_struct *t, bool with_slice)
{
	/* Of an exiting task the parent may be told without its last slice: see tm_final_rtime(). */
	if (TM_CAN_READ_SLICE && with_slice && unlikely(tm_is_on_cpu(t)) &&
	    !(tm_peek(t->flags) & PF_EXITING))
		return tm_running_rtime(t);
	return tm_peek(t->se.sum_exec_runtime);
}

static __always_inline struct tm_run tm_run_of_dead(const struct signal_struct *sig)
{
	struct tm_run run = { .rtime = tm_peek(sig->sum_sched_runtime) };

	if (TM_CPUTIME_IS_NATIVE) {
		run.halves->utime = tm_peek(sig->utime);
		run.halves->stime = tm_peek(sig->stime);
	}
	return run;
}

static __always_inline void tm_run_add(struct tm_run *run, struct task_struct *t, bool with_slice)
{
	run->rtime += tm_task_rtime(t, with_slice);
	if (TM_CPUTIME_IS_NATIVE) {
		run->halves->utime += tm_peek(t->utime);
		run->halves->stime += tm_peek(t->stime);
	}
}

static inline struct tm_run tm_run_of_threads(struct task_struct *task)
{
	struct tm_run run = tm_run_of_dead(task->signal);
	struct task_struct *t;

	tm_for_each_thread(task, t)
		tm_run_add(&run, t, true);
	return run;
}

/* A process's CPU time and nothing else. Process context: see tm_sum_group(). */
static inline struct tm_run tm_run_of_group(struct task_struct *task)
{
	seqlock_t *lock = &task->signal->stats_lock;
	unsigned int seq = read_seqbegin(lock);
	struct tm_run run = tm_run_of_threads(task);
	unsigned long flags;

	if (unlikely(read_seqretry(lock, seq))) {
		read_seqlock_excl_irqsave(lock, flags);
		run = tm_run_of_threads(task);
		read_sequnlock_excl_irqrestore(lock, flags);
	}
	return run;
}

/*
 * What the ticks saw of a target, to split its run time by. A thread that is being
 * released meanwhile may be in it twice: that tells a little more of how the
 * target spends its time, and nothing of how much.
 */
static inline struct tm_cputime tm_ticks_of(const struct task_monitor *tm, struct task_struct *task)
{
	struct tm_cputime ticks = {};
	struct task_struct *t;

	if (tm->type == PIDTYPE_PID)
		return (struct tm_cputime){ tm_peek(task->utime), tm_peek(task->stime) };
	ticks.utime = tm_peek(task->signal->utime);
	ticks.stime = tm_peek(task->signal->stime);
	tm_for_each_thread(task, t) {
		ticks.utime += tm_peek(t->utime);
		ticks.stime += tm_peek(t->stime);
	}
	return ticks;
}

/* Has it run since @shown was shown? */
static __always_inline bool tm_has_run(struct tm_cputime shown, const struct tm_run *run)
{
	if (TM_CPUTIME_IS_NATIVE)
		return shown.utime < run->halves->utime || shown.stime < run->halves->stime;
	return shown.utime + shown.stime < run->rtime;
}

/* @tm->lock is held: go on from what was shown last. @ticks: see tm_ticks_of() */
static inline struct tm_cputime tm_advance_locked(struct task_monitor *tm,
						  struct task_struct *task,
						  const struct tm_run *run,
						  struct tm_cputime ticks)
{
	struct tm_cputime shown = tm->shown;

	if (TM_CPUTIME_IS_NATIVE) {
		shown.utime = max(shown.utime, run->halves->utime);
		shown.stime = max(shown.stime, run->halves->stime);
	} else if (tm_has_run(shown, run)) {
		if (likely(tm->type == PIDTYPE_TGID))
			tm_cputime_adopt(&shown, tm_kernel_split(task->signal));
		else
			tm_cputime_adopt(&shown, tm_kernel_split(task));
		tm_cputime_split(&shown, run->rtime, ticks);
	}
	WRITE_ONCE(tm->shown.utime, shown.utime);
	WRITE_ONCE(tm->shown.stime, shown.stime);
	return shown;
}

/*
 * What was read of one that has exited since may be more than its parent is told:
 * its last slice is charged when it leaves its CPU, wherever the parent runs. It
 * stays as it was at the exit until tm_settle(). Were it read before, @exited
 * could not be set here.
 *
 * @run by value: if its address is not taken it stays in registers.
 */
static noinline __maybe_unused struct tm_cputime tm_advance(struct task_monitor *tm,
							    struct task_struct *task,
							    struct tm_run run)
{
	struct tm_cputime ticks = tm_ticks_of(tm, task);
	struct tm_cputime shown;
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	shown = tm->exited ? tm->shown : tm_advance_locked(tm, task, &run, ticks);
	raw_spin_unlock_irqrestore(&tm->lock, flags);
	return shown;
}

/* Several may show one target at once: the greatest stays. */
static noinline __maybe_unused void tm_raise(u64 *shown, u64 to)
{
	u64 old = READ_ONCE(*shown);

	while (old < to && !try_cmpxchg(shown, &old, to))
		;
}

static __always_inline void tm_show_split(struct task_monitor *tm, struct tm_cputime shown,
					  struct task_sample *s)
{
	u64 run_delay = s->run_delay_ns + READ_ONCE(tm->run_delay_dead);
	u64 before = READ_ONCE(tm->run_delay_shown);

	if (run_delay > before)
		tm_raise(&tm->run_delay_shown, run_delay);
	else
		run_delay = before;
	s->run_delay_ns = run_delay;
	s->utime = shown.utime;
	s->stime = shown.stime;
}

/*
 * The CPU time as it is shown. It does not go behind what was shown before.
 *
 * Most processes have not run since, and are shown the same again. One that has
 * goes on from there under @tm->lock: ticks, readers and the probes may show a
 * target at once. Two that split the same time apart, with a tick between them,
 * could each put it on another side, and the greater of both halves would be
 * more than it ever ran. A pair that is read while another writes it is a little
 * less than the newer, never more.
 */
static __always_inline struct tm_cputime tm_shown(struct task_monitor *tm,
						  struct task_struct *task,
						  const struct tm_run *run)
{
	struct tm_cputime shown = { READ_ONCE(tm->shown.utime), READ_ONCE(tm->shown.stime) };

	if (tm_has_run(shown, run))
		shown = tm_advance(tm, task, *run);
	return shown;
}

static __always_inline void tm_show_run(struct task_monitor *tm, struct task_struct *task,
					const struct tm_run *run, struct task_sample *s)
{
	tm_show_split(tm, tm_shown(tm, task, run), s);
}

#endif /* TM_CORE_SAMPLE_CPU_H */
