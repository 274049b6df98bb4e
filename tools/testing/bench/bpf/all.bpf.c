// SPDX-License-Identifier: GPL-2.0-only
/*
 * A task iterator that writes a struct task_sample for each process, as fully as
 * a BPF program can:
 *
 *   - the CPU time lacks the slice that runs right now: the clock of the task's
 *     CPU is not to be had;
 *   - it is split into user and system by 64-bit arithmetic, and may go backwards
 *     where the kernel's own does not;
 *   - a thread that is released meanwhile may be counted twice or not at all: the
 *     lock that would tell (stats_lock) is not to be had;
 *   - rss_bytes and swap_bytes are coarse from 6.2 on: the CPUs' parts of the
 *     counters are not to be had;
 *   - the numbers are those of the initial PID namespace.
 *
 * With THREADS it sums up the threads of a process, by an iterator that 6.7
 * brought; without, a process of several threads has its leader's figures and
 * those of the dead.
 */
#include "kernel.h"
#include <linux/bpf.h>
#include <linux/taskmonitor.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define PAGE_SHIFT 12
#define PF_KTHREAD 0x00200000

enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES };

#ifdef THREADS
struct bpf_iter_task {
	__u64 opaque[3];
};

#define OF_ONE_PROCESS 2	/* BPF_TASK_ITER_PROC_THREADS */

int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task,
		      unsigned int flags) __ksym;
struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym;
void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym;
#endif

/* What is summed and not shown as it stands. */
struct run {
	__u64 utime, stime, rtime;
};

static __always_inline void sum_dead(struct run *run, struct task_sample *s,
				     const struct signal_struct *sig)
{
	run->utime = sig->utime;
	run->stime = sig->stime;
	run->rtime = sig->sum_sched_runtime;
	s->min_flt = sig->min_flt;
	s->maj_flt = sig->maj_flt;
	s->nvcsw = sig->nvcsw;
	s->nivcsw = sig->nivcsw;
	s->read_bytes = sig->ioac.read_bytes;
	s->write_bytes = sig->ioac.write_bytes;
	s->rchar_bytes = sig->ioac.rchar;
	s->wchar_bytes = sig->ioac.wchar;
	s->run_delay_ns = 0;
}

static __always_inline void sum_thread(struct run *run, struct task_sample *s,
				       const struct task_struct *t)
{
	run->utime += t->utime;
	run->stime += t->stime;
	run->rtime += t->se.sum_exec_runtime;
	s->min_flt += t->min_flt;
	s->maj_flt += t->maj_flt;
	s->nvcsw += t->nvcsw;
	s->nivcsw += t->nivcsw;
	s->read_bytes += t->ioac.read_bytes;
	s->write_bytes += t->ioac.write_bytes;
	s->rchar_bytes += t->ioac.rchar;
	s->wchar_bytes += t->ioac.wchar;
	s->run_delay_ns += t->sched_info.run_delay;
}

static __always_inline void sum(struct run *run, struct task_sample *s, struct task_struct *task)
{
	const struct signal_struct *sig = task->signal;

	sum_dead(run, s, sig);
#ifdef THREADS
	if (sig->nr_threads > 1) {
		struct bpf_iter_task it;
		struct task_struct *t;

		bpf_iter_task_new(&it, task, OF_ONE_PROCESS);
		while ((t = bpf_iter_task_next(&it)))
			sum_thread(run, s, t);
		bpf_iter_task_destroy(&it);
		return;
	}
#endif
	sum_thread(run, s, task);
}

static __always_inline void show_run(struct task_sample *s, const struct run *run,
				     const struct signal_struct *sig)
{
	__u64 utime = sig->prev_cputime.utime, stime = sig->prev_cputime.stime;

	if (utime + stime < run->rtime) {
		if (!run->stime)
			stime = 0;
		else if (!run->utime)
			stime = run->rtime;
		else	/* bits of precision for not overflowing */
			stime = run->stime * (run->rtime >> 16) /
				(((run->utime + run->stime) >> 16) + 1);
		if (stime > run->rtime)
			stime = run->rtime;
		utime = run->rtime - stime;
	}
	s->utime = utime;
	s->stime = stime;
}

static __always_inline void show_memory(struct task_sample *s, const struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	__u64 rss, peak;

	s->peak_rss_bytes = task->signal->maxrss << PAGE_SHIFT;
	if (!mm || task->flags & PF_KTHREAD) {
		s->vsize_bytes = 0;
		s->rss_bytes = 0;
		s->swap_bytes = 0;
		return;
	}
	if (bpf_core_type_exists(struct mm_rss_stat)) {
		struct mm_struct___old *old = (void *)mm;
		long count[4];

		/* 6.1's verifier does not walk an array of a typedef. */
		bpf_core_read(count, sizeof(count), &old->rss_stat.count);
		rss = count[MM_FILEPAGES] + count[MM_ANONPAGES] + count[MM_SHMEMPAGES];
		s->swap_bytes = count[MM_SWAPENTS] << PAGE_SHIFT;
	} else {
		rss = mm->rss_stat[MM_FILEPAGES].count + mm->rss_stat[MM_ANONPAGES].count +
		      mm->rss_stat[MM_SHMEMPAGES].count;
		s->swap_bytes = mm->rss_stat[MM_SWAPENTS].count << PAGE_SHIFT;
	}
	s->vsize_bytes = mm->total_vm << PAGE_SHIFT;
	s->rss_bytes = rss << PAGE_SHIFT;
	peak = mm->hiwater_rss > rss ? mm->hiwater_rss : rss;
	if (peak << PAGE_SHIFT > s->peak_rss_bytes)
		s->peak_rss_bytes = peak << PAGE_SHIFT;
	s->valid |= TM_VALID_MEM;
}

static __always_inline char letter(const struct task_struct *task)
{
	unsigned int state = task->__state;

	if (task->exit_state)
		return task->exit_state & 0x10 ? 'X' : 'Z';
	if (!state)
		return 'R';
	if (state & 1)
		return 'S';
	if (state & 4)
		return 'T';
	if (state & 8)
		return 't';
	return state & 0x400 ? 'I' : 'D';
}

SEC("iter/task")
int sample(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_sample s = {};
	struct run run;

	if (!task || task->pid != task->tgid)
		return 0;
	sum(&run, &s, task);
	show_run(&s, &run, task->signal);
	s.valid = TM_VALID_CPU | TM_VALID_PEAK_RSS | TM_VALID_FAULTS | TM_VALID_SWITCHES |
		  TM_VALID_RUN_DELAY | TM_VALID_IO_BYTES | TM_VALID_IO_CHARS | TM_VALID_CGROUP;
	s.time_ns = bpf_ktime_get_ns();
	s.start_time_ns = task->start_boottime;
	s.pid = task->pid;
	s.tgid = task->tgid;
	s.ppid = task->real_parent->tgid;
	s.uid = task->real_cred->uid.val;
	s.threads = task->signal->nr_threads;
	s.cpu = task->thread_info.cpu;
	s.flags = TM_SAMPLE_CPU_AS_OF_TICK | TM_SAMPLE_RSS_COARSE;
	s.state = letter(task);
	bpf_probe_read_kernel(s.comm, sizeof(s.comm), task->comm);
	show_memory(&s, task);
	s.cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	bpf_seq_write(ctx->meta->seq, &s, sizeof(s));
	return 0;
}

char _license[] SEC("license") = "GPL";
