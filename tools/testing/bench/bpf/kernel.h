/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs know of the kernel: those fields alone that they read. Where
 * each of them is in the kernel that runs, libbpf finds out when it loads them
 * (CO-RE). A name with ___ is another kernel's version of the struct.
 */
#ifndef BENCH_BPF_KERNEL_H
#define BENCH_BPF_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct sched_entity {
	__u64 sum_exec_runtime;
};

struct sched_info {
	unsigned long long run_delay;
};

struct task_io_accounting {
	__u64 rchar, wchar, read_bytes, write_bytes;
};

struct prev_cputime {
	__u64 utime, stime;
};

struct signal_struct {
	int nr_threads;
	__u64 utime, stime;
	unsigned long long sum_sched_runtime;
	struct prev_cputime prev_cputime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt, maxrss;
	struct task_io_accounting ioac;
};

struct percpu_counter {
	__s64 count;
};

struct mm_struct {
	unsigned long total_vm, hiwater_rss;
	struct percpu_counter rss_stat[4];	/* file, anonymous, swap, shared */
};

/* Before 6.2. */
typedef struct {
	long counter;
} atomic_long_t;

struct mm_rss_stat {
	atomic_long_t count[4];
};

struct mm_struct___old {
	struct mm_rss_stat rss_stat;
};

typedef struct {
	__u32 val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct thread_info {
	__u32 cpu;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state, flags;
	struct sched_entity se;
	struct sched_info sched_info;
	struct mm_struct *mm;
	int exit_state, pid, tgid;
	struct task_struct *real_parent;
	__u64 utime, stime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	__u64 start_boottime;
	const struct cred *real_cred;
	char comm[16];
	struct signal_struct *signal;
	struct task_io_accounting ioac;
	struct css_set *cgroups;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#endif
