// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task read into one sample: all that depends on the insides of the
 * scheduler and of mm.
 *
 * A process's figures are its threads': those of the dead, which the kernel
 * keeps summed in signal_struct, and those of the living, which are added up
 * here. sig->stats_lock keeps a thread that is just being released from being
 * counted twice or not at all. Tasks are looked at under RCU alone, no
 * reference is taken; task_lock() pins the mm for as long as its counters are
 * read, so that the target's mm is never ours to free.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/clock.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>

#include "../compat.h"
#include "sample.h"

#define TM_SLICE_TRIES	4	/* the target's CPU switches meanwhile: try again */
#define TM_ATOMIC_TRIES 64	/* a thread is being released meanwhile: try again */

#define TM_VALID_ALWAYS                                                                            \
	(TM_VALID_CPU | TM_VALID_PEAK_RSS | TM_VALID_FAULTS | TM_VALID_SWITCHES |                  \
	 (TM_HAS_RUN_DELAY ? TM_VALID_RUN_DELAY : 0) |                                             \
	 (TM_HAS_IO_BYTES ? TM_VALID_IO_BYTES : 0) | (TM_HAS_IO_CHARS ? TM_VALID_IO_CHARS : 0))

/*
 * What is added up over the threads of a target. @ticks is utime and stime as
 * the ticks saw them, @rtime the run time, exact; the rest as in task_sample.
 */
struct tm_sums {
	struct tm_cputime ticks;
	u64 rtime;
	u64 run_delay;
	u64 min_flt;
	u64 maj_flt;
	u64 nvcsw;
	u64 nivcsw;
	u64 read_bytes;
	u64 write_bytes;
	u64 rchar_bytes;
	u64 wchar_bytes;
};

void tm_monitor_init(struct task_monitor *tm, struct pid *pid, enum pid_type type)
{
	memset(tm, 0, sizeof(*tm));
	raw_spin_lock_init(&tm->lock);
	tm->pid = get_pid(pid);
	tm->type = type;
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

/** tm_monitor_nr - the target's number in @ns, 0 where it is not visible */
pid_t tm_monitor_nr(const struct task_monitor *tm, const struct pid_namespace *ns)
{
	return tm_pid_nr(tm->pid, ns);
}

/**
 * tm_task_alive - does the target still run?
 * @task: its leader, or the thread itself
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * A process does for as long as one of its threads has not begun its exit,
 * also after its leader has. A zombie does not.
 */
bool tm_task_alive(struct task_struct *task, enum pid_type type)
{
	if (type == PIDTYPE_PID)
		return !(READ_ONCE(task->flags) & PF_EXITING);
	return atomic_read(&task->signal->live) > 0;
}

/*
 * A running task's sum_exec_runtime was brought up to date at the last tick or
 * switch; what ran since is the CPU's clock less exec_start. update_curr()
 * writes exec_start first and the sum behind it: read both again and take only
 * a pair that stood still. A task that has left the run queue but not yet its
 * CPU was settled by the switch that is under way.
 */
static inline u64 tm_task_rtime(struct task_struct *t, bool with_slice)
{
	u64 sum = READ_ONCE(t->se.sum_exec_runtime);
	int tries = TM_SLICE_TRIES;
	u64 start, now;

	if (!TM_CAN_READ_SLICE || !with_slice || !READ_ONCE(t->on_cpu))
		return sum;

	while (tries--) {
		start = READ_ONCE(t->se.exec_start);
		smp_rmb();	/* exec_start before the sum: see above */
		sum = READ_ONCE(t->se.sum_exec_runtime);
		if (!READ_ONCE(t->on_cpu) || !READ_ONCE(t->on_rq))
			break;
		now = sched_clock_cpu(task_cpu(t));
		smp_rmb();	/* the pair before its second reading */
		if (start != READ_ONCE(t->se.exec_start) ||
		    sum != READ_ONCE(t->se.sum_exec_runtime))
			continue;
		if ((s64)(now - start) > 0)
			sum += now - start;
		break;
	}
	return sum;
}

static __always_inline void tm_sums_from_signal(struct tm_sums *s, const struct signal_struct *sig)
{
	s->ticks.utime = READ_ONCE(sig->utime);
	s->ticks.stime = READ_ONCE(sig->stime);
	s->rtime = READ_ONCE(sig->sum_sched_runtime);
	s->run_delay = 0;	/* the kernel keeps no sum of the dead threads' */
	s->min_flt = READ_ONCE(sig->min_flt);
	s->maj_flt = READ_ONCE(sig->maj_flt);
	s->nvcsw = READ_ONCE(sig->nvcsw);
	s->nivcsw = READ_ONCE(sig->nivcsw);
	s->read_bytes = tm_read_bytes(sig);
	s->write_bytes = tm_write_bytes(sig);
	s->rchar_bytes = tm_rchar(sig);
	s->wchar_bytes = tm_wchar(sig);
}

static __always_inline void tm_sums_add(struct tm_sums *s, struct task_struct *t, bool with_slice)
{
	s->ticks.utime += READ_ONCE(t->utime);
	s->ticks.stime += READ_ONCE(t->stime);
	s->rtime += tm_task_rtime(t, with_slice);
	s->run_delay += tm_run_delay(t);
	s->min_flt += READ_ONCE(t->min_flt);
	s->maj_flt += READ_ONCE(t->maj_flt);
	s->nvcsw += READ_ONCE(t->nvcsw);
	s->nivcsw += READ_ONCE(t->nivcsw);
	s->read_bytes += tm_read_bytes(t);
	s->write_bytes += tm_write_bytes(t);
	s->rchar_bytes += tm_rchar(t);
	s->wchar_bytes += tm_wchar(t);
}

static __always_inline void tm_sum_threads(struct tm_sums *s, struct task_struct *task,
					   bool with_slice)
{
	struct task_struct *t;

	tm_sums_from_signal(s, task->signal);
	for_each_thread(task, t)
		tm_sums_add(s, t, with_slice);
}

/* Process context: falls back to the lock, so that it ends under any churn of threads. */
static void tm_sum_group(struct tm_sums *s, struct task_struct *task)
{
	seqlock_t *lock = &task->signal->stats_lock;
	unsigned long flags;
	unsigned int seq;

	seq = read_seqbegin(lock);
	tm_sum_threads(s, task, true);
	if (likely(!read_seqretry(lock, seq)))
		return;

	read_seqlock_excl_irqsave(lock, flags);
	tm_sum_threads(s, task, true);
	read_sequnlock_excl_irqrestore(lock, flags);
}

/*
 * Probes: stats_lock sleeps on PREEMPT_RT, and there even its read side may
 * take it. Look at the bare counter, and give up rather than spin.
 *
 * No slice either. What a parent hears from wait4() is the sum as the
 * scheduler last left it; an estimate shown at the exit could be ahead of
 * that, and the totals would then have to go back.
 */
static bool tm_sum_group_atomic(struct tm_sums *s, struct task_struct *task)
{
	const seqcount_t *count = &task->signal->stats_lock.seqcount.seqcount;
	int tries = TM_ATOMIC_TRIES;
	unsigned int seq;

	while (tries--) {
		seq = READ_ONCE(count->sequence);
		smp_rmb();	/* pairs with smp_wmb() in write_seqcount_begin() */
		if (!(seq & 1)) {
			tm_sum_threads(s, task, false);
			smp_rmb();	/* pairs with smp_wmb() in write_seqcount_end() */
			if (READ_ONCE(count->sequence) == seq)
				return true;
		}
		cpu_relax();
	}
	return false;
}

static void tm_sum_thread(struct tm_sums *s, struct task_struct *task, bool with_slice)
{
	memset(s, 0, sizeof(*s));
	tm_sums_add(s, task, with_slice);
}

static void tm_show_sums(struct task_monitor *tm, struct task_struct *task,
			 const struct tm_sums *sums, struct task_sample *s)
{
	u64 run_delay = sums->run_delay;
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	if (TM_CPUTIME_IS_NATIVE) {
		tm->shown.utime = max(tm->shown.utime, sums->ticks.utime);
		tm->shown.stime = max(tm->shown.stime, sums->ticks.stime);
	} else {
		if (tm->type == PIDTYPE_TGID)
			tm_cputime_adopt(&tm->shown, tm_kernel_split(task->signal));
		else
			tm_cputime_adopt(&tm->shown, tm_kernel_split(task));
		tm_cputime_split(&tm->shown, sums->rtime, sums->ticks);
	}
	s->utime = tm->shown.utime;
	s->stime = tm->shown.stime;
	run_delay += tm->run_delay_dead;
	if (run_delay < tm->run_delay_shown)
		run_delay = tm->run_delay_shown;
	tm->run_delay_shown = run_delay;
	raw_spin_unlock_irqrestore(&tm->lock, flags);

	s->run_delay_ns = run_delay;
	s->min_flt = sums->min_flt;
	s->maj_flt = sums->maj_flt;
	s->nvcsw = sums->nvcsw;
	s->nivcsw = sums->nivcsw;
	s->read_bytes = sums->read_bytes;
	s->write_bytes = sums->write_bytes;
	s->rchar_bytes = sums->rchar_bytes;
	s->wchar_bytes = sums->wchar_bytes;
}

static inline void tm_show_comm(char *to, const char *from)
{
	BUILD_BUG_ON(TM_COMM_LEN != TASK_COMM_LEN);
	memcpy(to, from, TM_COMM_LEN);
	/* It may be changed meanwhile (prctl, exec): a mixture at worst, never without an end. */
	to[TM_COMM_LEN - 1] = '\0';
}

static u64 tm_cgroup_id(struct task_struct *task)
{
#ifdef CONFIG_CGROUPS
	return cgroup_id(task_dfl_cgroup(task));
#else
	return 0;
#endif
}

/* What the target is, other than its figures. @head stands for the process. */
static void tm_show_identity(struct task_monitor *tm, struct task_struct *task,
			     struct task_struct *head, struct pid_namespace *ns,
			     struct task_sample *s)
{
	struct task_struct *parent = rcu_dereference(task->real_parent);

	s->start_time_ns = task->start_boottime;
	s->pid = tm_pid_nr(tm->pid, ns);
	if (tm->type == PIDTYPE_TGID) {
		s->tgid = s->pid;
	} else {
		s->tgid = tm_pid_nr(task->signal->pids[PIDTYPE_TGID], ns);
		s->flags |= TM_SAMPLE_THREAD;
	}
	s->ppid = tm_pid_nr(parent->signal->pids[PIDTYPE_TGID], ns);
	s->uid = from_kuid_munged(&init_user_ns, task_uid(task));
	s->threads = READ_ONCE(task->signal->nr_threads);
	s->cpu = task_cpu(head);
	s->state = task_state_to_char(head);
	tm_show_comm(s->comm, task->comm);
	s->cgroup_id = tm_cgroup_id(head);
	if (IS_ENABLED(CONFIG_CGROUPS))
		s->valid |= TM_VALID_CGROUP;
}

static void tm_show_peak(struct task_struct *task, unsigned long pages, struct task_sample *s)
{
	/* signal->maxrss: earlier programs of this process, and at its end this one. */
	s->peak_rss_bytes = (u64)max(pages, READ_ONCE(task->signal->maxrss)) << PAGE_SHIFT;
}

static void tm_show_no_memory(struct task_struct *task, struct task_sample *s)
{
	s->vsize_bytes = 0;
	s->rss_bytes = 0;
	s->swap_bytes = 0;
	tm_show_peak(task, 0, s);
}

static void tm_show_memory(struct task_struct *task, struct task_struct *head,
			   struct task_sample *s)
{
	struct mm_struct *mm;

	task_lock(head);
	mm = head->mm;
	if (likely(mm && !(READ_ONCE(head->flags) & PF_KTHREAD))) {
		unsigned long rss = get_mm_rss(mm);

		s->vsize_bytes = (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT;
		s->rss_bytes = (u64)rss << PAGE_SHIFT;
		s->swap_bytes = (u64)get_mm_counter(mm, MM_SWAPENTS) << PAGE_SHIFT;
		tm_show_peak(task, max(rss, READ_ONCE(mm->hiwater_rss)), s);
		s->valid |= TM_VALID_MEM;
	} else {
		tm_show_no_memory(task, s);
		/* A kernel thread has none and never had: nothing was peak. */
		if (READ_ONCE(head->flags) & PF_KTHREAD)
			s->valid &= ~TM_VALID_PEAK_RSS;
	}
	task_unlock(head);
}

static void tm_show_exit_status(struct task_struct *task, enum pid_type type, struct task_sample *s)
{
	struct signal_struct *sig = task->signal;

	s->exit_code = READ_ONCE(task->exit_code);
	if (type == PIDTYPE_TGID && READ_ONCE(sig->flags) & SIGNAL_GROUP_EXIT)
		s->exit_code = READ_ONCE(sig->group_exit_code);
	s->flags |= TM_SAMPLE_EXITED;
	s->valid |= TM_VALID_EXIT;
}

/*
 * The leader of a process stands for it; where the leader has exited before
 * its threads, the first that has not does: it has the memory and a state
 * other than Z.
 */
static struct task_struct *tm_head(struct task_struct *task, enum pid_type type)
{
	struct task_struct *t;

	if (type == PIDTYPE_PID || likely(!(READ_ONCE(task->flags) & PF_EXITING)))
		return task;
	for_each_thread(task, t) {
		if (!(READ_ONCE(t->flags) & PF_EXITING))
			return t;
	}
	return task;
}

static void tm_begin(const struct tm_view *view, struct task_sample *s)
{
	s->valid = TM_VALID_ALWAYS;
	s->time_ns = view->time_ns;
	s->seq = 0;
	s->exit_code = 0;
	s->flags = TM_CAN_READ_SLICE ? 0 : TM_SAMPLE_CPU_AS_OF_TICK;
	s->kind = view->kind;
	s->exit_time_ns = 0;
	s->window_samples = 0;
	s->cpu_min_ppm = 0;
	s->cpu_avg_ppm = 0;
	s->cpu_max_ppm = 0;
	s->rss_min_bytes = 0;
	s->rss_avg_bytes = 0;
	s->rss_max_bytes = 0;
}

static void tm_sample_task(struct task_monitor *tm, struct task_struct *task, bool alive,
			   const struct tm_view *view, struct task_sample *s)
{
	struct task_struct *head = tm_head(task, tm->type);
	struct tm_sums sums;

	tm_begin(view, s);
	if (tm->type == PIDTYPE_TGID)
		tm_sum_group(&sums, task);
	else
		tm_sum_thread(&sums, task, true);
	tm_show_sums(tm, task, &sums, s);
	tm_show_identity(tm, task, head, view->ns, s);
	tm_show_memory(task, head, s);
	if (unlikely(!alive))
		tm_show_exit_status(task, tm->type, s);
}

/* The target is gone: what its exit left with us. */
static void tm_sample_gone(struct task_monitor *tm, const struct tm_view *view,
			   struct task_sample *s)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	*s = tm->last;
	raw_spin_unlock_irqrestore(&tm->lock, flags);

	s->time_ns = view->time_ns;
	s->kind = view->kind;
	s->pid = tm_pid_nr(tm->pid, view->ns);
	if (tm->type == PIDTYPE_TGID)
		s->tgid = s->pid;
}

/**
 * get_sample - read a target now
 * @tm: the target
 * @view: for whom
 * @sample: filled whole, whatever is returned
 *
 * Called by the sampler and by front ends, in process context, from any number
 * of them at once. May be called within an RCU read section.
 *
 * Return: true if the target is alive; false if it has exited, also where it
 * is a zombie. @sample then holds its last figures, TM_SAMPLE_EXITED is set.
 */
bool get_sample(struct task_monitor *tm, const struct tm_view *view, struct task_sample *sample)
{
	struct task_struct *task;
	bool alive = false;

	rcu_read_lock();
	task = pid_task(tm->pid, tm->type);
	if (likely(task)) {
		alive = tm_task_alive(task, tm->type);
		tm_sample_task(tm, task, alive, view, sample);
		if (unlikely(!alive)) {
			sample->exit_time_ns = READ_ONCE(tm->last.exit_time_ns);
			if (!sample->exit_time_ns)
				sample->exit_time_ns = view->time_ns;
		}
	} else {
		tm_sample_gone(tm, view, sample);
	}
	rcu_read_unlock();
	return alive;
}

/**
 * tm_sample_exit - the target is exiting: keep what will soon be unknown
 * @tm: the target
 * @task: its last thread, current
 *
 * From the exit probe. Memory is gone already; of CPU time the last slice is
 * still to come. The parent may be gone by the time of tm_sample_final().
 */
void tm_sample_exit(struct task_monitor *tm, struct task_struct *task)
{
	struct task_struct *head = tm->type == PIDTYPE_TGID ? task->group_leader : task;
	struct tm_view view = {
		.ns = &init_pid_ns,
		.time_ns = ktime_get_ns(),
		.kind = TM_KIND_READ,
	};
	struct task_sample s = {};
	struct tm_sums sums;
	unsigned long flags;
	bool known = true;

	tm_begin(&view, &s);
	if (tm->type == PIDTYPE_TGID)
		known = tm_sum_group_atomic(&sums, head);
	else
		tm_sum_thread(&sums, head, false);
	if (known)
		tm_show_sums(tm, head, &sums, &s);
	else
		s.valid = TM_VALID_PEAK_RSS;
	tm_show_identity(tm, head, head, view.ns, &s);
	tm_show_no_memory(head, &s);
	tm_show_exit_status(task, tm->type, &s);
	s.exit_time_ns = view.time_ns;

	raw_spin_lock_irqsave(&tm->lock, flags);
	tm->last = s;
	tm->exited = true;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
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
	struct task_sample s = {};
	struct tm_sums sums;
	unsigned long flags;

	if (tm->type == PIDTYPE_TGID) {
		tm_sums_from_signal(&sums, task->signal);
		sums.run_delay = tm_run_delay(task);
	} else {
		tm_sum_thread(&sums, task, false);
	}
	tm_show_sums(tm, task, &sums, &s);

	raw_spin_lock_irqsave(&tm->lock, flags);
	tm->last.utime = s.utime;
	tm->last.stime = s.stime;
	tm->last.run_delay_ns = s.run_delay_ns;
	tm->last.min_flt = s.min_flt;
	tm->last.maj_flt = s.maj_flt;
	tm->last.nvcsw = s.nvcsw;
	tm->last.nivcsw = s.nivcsw;
	tm->last.read_bytes = s.read_bytes;
	tm->last.write_bytes = s.write_bytes;
	tm->last.rchar_bytes = s.rchar_bytes;
	tm->last.wchar_bytes = s.wchar_bytes;
	tm->last.valid |= TM_VALID_ALWAYS & ~TM_VALID_PEAK_RSS;
	tm->last.state = 'X';
	tm->last.threads = 0;
	tm->final = true;
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}

/** tm_sample_thread_released - a thread of the target has been released, not its last */
void tm_sample_thread_released(struct task_monitor *tm, struct task_struct *task)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm->lock, flags);
	tm->run_delay_dead += tm_run_delay(task);
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}
