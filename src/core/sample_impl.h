/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of a sample, for the two files that fill them: sample.c (of the
 * living, and on demand) and sample_life.c (in the probes). Inline: a sample is
 * some two hundred instructions in all, and calls would be a third of that.
 *
 * A process's figures are its threads': those of the dead, which the kernel
 * keeps summed in signal_struct, and those of the living, which are added up
 * here. sig->stats_lock keeps a thread that is just being released from being
 * counted twice or not at all.
 */
#ifndef TM_CORE_SAMPLE_IMPL_H
#define TM_CORE_SAMPLE_IMPL_H

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>

#include "../compat.h"
#include "sample_cpu.h"

#define TM_ATOMIC_TRIES 64	/* a thread is being released meanwhile: try again */

#define TM_VALID_ALWAYS                                                                            \
	(TM_VALID_CPU | TM_VALID_PEAK_RSS | TM_VALID_FAULTS | TM_VALID_SWITCHES |                  \
	 TM_VALID_IDENTITY | (TM_HAS_RUN_DELAY ? TM_VALID_RUN_DELAY : 0) |                         \
	 (TM_HAS_IO_BYTES ? TM_VALID_IO_BYTES : 0) | (TM_HAS_IO_CHARS ? TM_VALID_IO_CHARS : 0))

#define TM_VALID_IDENTITY (IS_ENABLED(CONFIG_CGROUPS) ? TM_VALID_CGROUP : 0)

/* The dead threads of a process. */
static __always_inline void tm_sum_signal(struct tm_run *run, struct task_sample *s,
					  const struct signal_struct *sig)
{
	*run = tm_run_of_dead(sig);
	s->run_delay_ns = 0;	/* the kernel keeps no sum of theirs */
	s->min_flt = tm_peek(sig->min_flt);
	s->maj_flt = tm_peek(sig->maj_flt);
	s->nvcsw = tm_peek(sig->nvcsw);
	s->nivcsw = tm_peek(sig->nivcsw);
	s->read_bytes = tm_read_bytes(sig);
	s->write_bytes = tm_write_bytes(sig);
	s->rchar_bytes = tm_rchar(sig);
	s->wchar_bytes = tm_wchar(sig);
}

/* A thread more. */
static __always_inline void tm_sum_thread(struct tm_run *run, struct task_sample *s,
					  struct task_struct *t, bool with_slice)
{
	tm_run_add(run, t, with_slice);
	s->run_delay_ns += tm_run_delay(t);
	s->min_flt += tm_peek(t->min_flt);
	s->maj_flt += tm_peek(t->maj_flt);
	s->nvcsw += tm_peek(t->nvcsw);
	s->nivcsw += tm_peek(t->nivcsw);
	s->read_bytes += tm_read_bytes(t);
	s->write_bytes += tm_write_bytes(t);
	s->rchar_bytes += tm_rchar(t);
	s->wchar_bytes += tm_wchar(t);
}

/*
 * The dead and the one that lives, most processes' case: the two functions above
 * in one, which spares a store and a load a figure.
 */
static __always_inline void tm_sum_single(struct tm_run *run, struct task_sample *s,
					  const struct signal_struct *sig, struct task_struct *t,
					  bool with_slice)
{
	*run = tm_run_of_dead(sig);
	tm_run_add(run, t, with_slice);
	s->run_delay_ns = tm_run_delay(t);
	s->min_flt = tm_peek(sig->min_flt) + tm_peek(t->min_flt);
	s->maj_flt = tm_peek(sig->maj_flt) + tm_peek(t->maj_flt);
	s->nvcsw = tm_peek(sig->nvcsw) + tm_peek(t->nvcsw);
	s->nivcsw = tm_peek(sig->nivcsw) + tm_peek(t->nivcsw);
	s->read_bytes = tm_read_bytes(sig) + tm_read_bytes(t);
	s->write_bytes = tm_write_bytes(sig) + tm_write_bytes(t);
	s->rchar_bytes = tm_rchar(sig) + tm_rchar(t);
	s->wchar_bytes = tm_wchar(sig) + tm_wchar(t);
}

static noinline __maybe_unused void tm_sum_many(struct tm_run *run, struct task_sample *s,
						struct task_struct *task, bool with_slice)
{
	struct task_struct *t;

	tm_sum_signal(run, s, task->signal);
	tm_for_each_thread(task, t)
		tm_sum_thread(run, s, t, with_slice);
}

static __always_inline void tm_sum_all(struct tm_run *run, struct task_sample *s,
				       struct task_struct *task, bool with_slice)
{
	struct signal_struct *sig = task->signal;
	struct list_head *first = tm_peek(sig->thread_head.next);

	/* thread_head is the head of a list that has one entry, this task's. */
	if (likely(first == &task->thread_node && tm_peek(first->next) == &sig->thread_head)) {
		tm_sum_single(run, s, sig, task, with_slice);
	} else {
		/* Not @run: whose address is not taken stays in registers. */
		struct tm_run many;

		tm_sum_many(&many, s, task, with_slice);
		*run = many;
	}
}

static noinline __maybe_unused void tm_sum_locked(struct tm_run *run, struct task_sample *s,
						  struct task_struct *task)
{
	seqlock_t *lock = &task->signal->stats_lock;
	unsigned long flags;

	read_seqlock_excl_irqsave(lock, flags);
	tm_sum_all(run, s, task, true);
	read_sequnlock_excl_irqrestore(lock, flags);
}

/* Process context: falls back to the lock, so that it ends under any churn of threads. */
static __always_inline void tm_sum_group(struct tm_run *run, struct task_sample *s,
					 struct task_struct *task)
{
	seqlock_t *lock = &task->signal->stats_lock;
	unsigned int seq = read_seqbegin(lock);

	tm_sum_all(run, s, task, true);
	if (unlikely(read_seqretry(lock, seq))) {
		struct tm_run locked;

		tm_sum_locked(&locked, s, task);
		*run = locked;
	}
}

/*
 * Probes: stats_lock sleeps on PREEMPT_RT, and there even its read side may
 * take it. Look at the bare counter, and give up rather than spin.
 *
 * No slice either. What a parent hears from wait4() is the sum as the
 * scheduler last left it; an estimate shown at the exit could be ahead of
 * that, and the totals would then have to go back.
 */
static inline bool tm_sum_group_atomic(struct tm_run *run, struct task_sample *s,
				       struct task_struct *task)
{
	const seqcount_t *count = &task->signal->stats_lock.seqcount.seqcount;
	int tries = TM_ATOMIC_TRIES;
	unsigned int seq;

	while (tries--) {
		seq = tm_peek(count->sequence);
		smp_rmb();	/* pairs with smp_wmb() in write_seqcount_begin() */
		if (!(seq & 1)) {
			tm_sum_all(run, s, task, false);
			smp_rmb();	/* pairs with smp_wmb() in write_seqcount_end() */
			if (tm_peek(count->sequence) == seq)
				return true;
		}
		cpu_relax();
	}
	return false;
}

/* A target that is one thread. */
static inline void tm_sum_only(struct tm_run *run, struct task_sample *s, struct task_struct *t,
			       bool with_slice)
{
	static const struct signal_struct none;

	tm_sum_single(run, s, &none, t, with_slice);
}

/* pid_nr_ns(), spelt out for the tick: the function is a call and two checks more. */
static inline pid_t tm_pid_nr(const struct pid *pid, const struct pid_namespace *ns)
{
	const struct upid *upid;

	if (!pid || ns->level > pid->level)
		return 0;
	upid = &pid->numbers[ns->level];
	return upid->ns == ns ? upid->nr : 0;
}

/* Has it a number in @ns? */
static inline bool tm_is_visible(const struct task_monitor *tm, const struct pid_namespace *ns)
{
	return likely(ns == tm->ns) ? READ_ONCE(tm->nr) : tm_pid_nr(READ_ONCE(tm->pid), ns);
}

static __always_inline void tm_show_comm(char *to, const char *from)
{
	BUILD_BUG_ON(TM_COMM_LEN != TASK_COMM_LEN);
	memcpy(to, from, TM_COMM_LEN);
	/* It may be changed meanwhile (prctl, exec): a mixture at worst, never without an end. */
	to[TM_COMM_LEN - 1] = '\0';
}

static inline u64 tm_cgroup_id(struct task_struct *task)
{
#ifdef CONFIG_CGROUPS
	return cgroup_id(task_dfl_cgroup(task));
#else
	return 0;
#endif
}

/* Most sleep; the kernel's own way to say so is a dozen instructions longer. */
static __always_inline char tm_state_char(struct task_struct *task)
{
	if (likely(tm_peek(task->__state) == TASK_INTERRUPTIBLE && !tm_peek(task->exit_state)))
		return 'S';
	return data_race(task_state_to_char(task));
}

/* What the target is, other than its figures. @head stands for the process. */
static __always_inline void tm_show_identity(struct task_monitor *tm, struct task_struct *task,
					     struct task_struct *head, struct pid_namespace *ns,
					     struct task_sample *s)
{
	struct task_struct *parent = rcu_dereference(task->real_parent);

	s->start_time_ns = task->start_boottime;
	s->pid = likely(ns == tm->ns) ? READ_ONCE(tm->nr) : tm_pid_nr(READ_ONCE(tm->pid), ns);
	if (likely(tm->type == PIDTYPE_TGID)) {
		s->tgid = s->pid;
	} else {
		s->tgid = tm_pid_nr(task->signal->pids[PIDTYPE_TGID], ns);
		s->flags |= TM_SAMPLE_THREAD;
	}
	s->ppid = likely(ns == &init_pid_ns) ? parent->tgid :
					       tm_pid_nr(parent->signal->pids[PIDTYPE_TGID], ns);
	/* The initial namespace maps every id to itself. */
	s->uid = __kuid_val(__task_cred(task)->uid);
	s->threads = tm_peek(task->signal->nr_threads);
	s->cpu = task_cpu(head);
	s->state = tm_state_char(head);
	tm_show_comm(s->comm, task->comm);
	s->cgroup_id = tm_cgroup_id(head);
}

/*
 * signal->maxrss: earlier programs of this process, and at its end this one. The
 * peak is the kernel's own figure, which ru_maxrss gives at the end, and as
 * coarse as the counters it was taken from: it may be a little below a resident
 * set that was added up to the page. The counters fall behind what they were by
 * what threads (6.1) or CPUs hold back, so it is held from going backwards.
 */
static __always_inline void tm_show_peak(struct task_monitor *tm, struct task_struct *task,
					 unsigned long pages, struct task_sample *s)
{
	u64 shown = READ_ONCE(tm->peak_shown);

	pages = max(pages, tm_peek(task->signal->maxrss));
	if (unlikely(pages > shown))
		tm_raise(&tm->peak_shown, pages);
	else
		pages = shown;
	s->peak_rss_bytes = (u64)pages << PAGE_SHIFT;
}

static inline void tm_show_no_memory(struct task_monitor *tm, struct task_struct *task,
				     struct task_sample *s)
{
	s->vsize_bytes = 0;
	s->rss_bytes = 0;
	s->swap_bytes = 0;
	tm_show_peak(tm, task, 0, s);
}

static __always_inline void tm_show_mm(struct task_monitor *tm, struct mm_struct *mm,
				       struct task_struct *task, int cpus, struct task_sample *s)
{
	unsigned long rss, coarse, swap;

	if (TM_RSS_IS_PERCPU && unlikely(!cpus)) {
		rss = get_mm_rss(mm);
		coarse = rss;
		swap = get_mm_counter(mm, MM_SWAPENTS);
		s->flags |= TM_SAMPLE_RSS_COARSE;
	} else {
		tm_mm_sum(mm, cpus, &rss, &coarse, &swap);
	}
	s->vsize_bytes = (u64)tm_peek(mm->total_vm) << PAGE_SHIFT;
	s->rss_bytes = (u64)rss << PAGE_SHIFT;
	s->swap_bytes = (u64)swap << PAGE_SHIFT;
	tm_show_peak(tm, task, max(coarse, tm_peek(mm->hiwater_rss)), s);
	s->valid |= TM_VALID_MEM;
}

static inline void tm_show_exit_status(struct task_struct *task, enum pid_type type, struct task_sample *s)
{
	struct signal_struct *sig = task->signal;

	s->exit_code = tm_peek(task->exit_code);
	if (type == PIDTYPE_TGID && tm_peek(sig->flags) & SIGNAL_GROUP_EXIT)
		s->exit_code = tm_peek(sig->group_exit_code);
	s->flags |= TM_SAMPLE_EXITED;
	s->valid |= TM_VALID_EXIT;
}

static __always_inline void tm_begin(const struct tm_view *view, struct task_sample *s)
{
	s->valid = TM_VALID_ALWAYS;
	s->time_ns = view->time_ns;
	s->seq = 0;
	s->flags = TM_CAN_READ_SLICE ? 0 : TM_SAMPLE_CPU_AS_OF_TICK;
	s->kind = view->kind;
	if (view->blank)
		return;
	s->exit_code = 0;
	s->exit_time_ns = 0;
	s->window_samples = 0;
	s->cpu_min_ppm = 0;
	s->cpu_avg_ppm = 0;
	s->cpu_max_ppm = 0;
	s->rss_min_bytes = 0;
	s->rss_avg_bytes = 0;
	s->rss_max_bytes = 0;
}

static __always_inline void tm_show_memory(struct task_monitor *tm, struct task_struct *task,
					   struct task_struct *head, int cpus,
					   struct task_sample *s)
{
	struct mm_struct *mm;

	task_lock(head);
	mm = head->mm;
	if (likely(mm && !(tm_peek(head->flags) & PF_KTHREAD))) {
		tm_show_mm(tm, mm, task, cpus, s);
	} else {
		tm_show_no_memory(tm, task, s);
		/* A kernel thread has none and never had: nothing was peak. */
		if (tm_peek(head->flags) & PF_KTHREAD)
			s->valid &= ~TM_VALID_PEAK_RSS;
	}
	task_unlock(head);
}

/*
 * The leader of a process stands for it; where the leader has exited before
 * its threads, the first that has not does: it has the memory and a state
 * other than Z.
 */
static noinline __maybe_unused struct task_struct *tm_living_thread(struct task_struct *task)
{
	struct task_struct *t;

	tm_for_each_thread(task, t) {
		if (!(tm_peek(t->flags) & PF_EXITING))
			return t;
	}
	return task;
}

static __always_inline struct task_struct *tm_head(struct task_struct *task, enum pid_type type)
{
	if (likely(!(tm_peek(task->flags) & PF_EXITING)) || type == PIDTYPE_PID)
		return task;
	return tm_living_thread(task);
}

static __always_inline void tm_sample_task(struct task_monitor *tm, struct task_struct *task,
					   const struct tm_view *view, struct task_sample *s)
{
	struct task_struct *head = tm_head(task, tm->type);
	struct tm_run run;

	tm_begin(view, s);
	if (likely(tm->type == PIDTYPE_TGID))
		tm_sum_group(&run, s, task);
	else
		tm_sum_only(&run, s, task, true);
	tm_show_run(tm, task, &run, s);
	tm_show_identity(tm, task, head, view->ns, s);
	tm_show_memory(tm, task, head, view->cpus, s);
}

/* pid_task(), spelt out. */
static __always_inline struct task_struct *tm_pid_task(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first = rcu_dereference(hlist_first_rcu(&pid->tasks[type]));

	return first ? hlist_entry(first, struct task_struct, pid_links[type]) : NULL;
}

/*
 * A thread that calls exec takes the number of its process's first, which ends.
 * What is found by a thread's number then is not that thread.
 */
static __always_inline bool tm_is_another(const struct task_monitor *tm,
					  const struct task_struct *task)
{
	if (likely(tm->type == PIDTYPE_TGID))
		return false;
	/* Once it has been released its address may be another's, too. */
	return task != tm->task || READ_ONCE(tm->final);
}

void tm_sample_gone(struct task_monitor *tm, struct tm_view view, struct task_sample *s);

/* Of a target that is not denied. */
static __always_inline bool tm_get_sample(struct task_monitor *tm, const struct tm_view *view,
					  struct task_sample *sample)
{
	struct task_struct *task = tm_pid_task(READ_ONCE(tm->pid), tm->type);

	if (unlikely(!task || tm_is_another(tm, task))) {
		tm_sample_gone(tm, *view, sample);
		return false;
	}
	tm_sample_task(tm, task, view, sample);
	if (likely(tm_task_alive(task, tm->type)))
		return true;
	tm_show_exit_status(task, tm->type, sample);
	if (!READ_ONCE(tm->final))
		sample->flags |= TM_SAMPLE_CPU_AS_OF_TICK;
	sample->exit_time_ns = READ_ONCE(tm->last.exit_time_ns) ?: view->time_ns;
	return false;
}

/*
 * get_sample(), inline, for whoever reads many or in a hurry: also of targets that
 * may be denied, which no tick comes across.
 */
static __always_inline bool tm_read_sample(struct task_monitor *tm, const struct tm_view *view,
					   struct task_sample *sample)
{
	if (unlikely(READ_ONCE(tm->denied))) {
		tm_sample_gone(tm, *view, sample);
		return false;
	}
	return tm_get_sample(tm, view, sample);
}

#endif /* TM_CORE_SAMPLE_IMPL_H */
