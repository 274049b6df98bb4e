// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that is of use: a task iterator that writes nine figures of each
 * process, the thread group's first thread alone looked at.
 */
#include "kernel.h"
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct nine {
	__u64 start_time_ns, utime, stime, runtime_ns, min_flt, maj_flt, vsize_pages;
	__u32 pid, threads;
};

SEC("iter/task")
int sample(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct mm_struct *mm;
	struct nine s;

	if (!task || task->pid != task->tgid)
		return 0;
	mm = task->mm;
	s.start_time_ns = task->start_boottime;
	s.utime = task->utime;
	s.stime = task->stime;
	s.runtime_ns = task->se.sum_exec_runtime;
	s.min_flt = task->min_flt;
	s.maj_flt = task->maj_flt;
	s.vsize_pages = mm ? mm->total_vm : 0;
	s.pid = task->pid;
	s.threads = task->signal->nr_threads;
	bpf_seq_write(ctx->meta->seq, &s, sizeof(s));
	return 0;
}

char _license[] SEC("license") = "GPL";
