/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions, configurations and architectures,
 * and only here.
 * The sources read as if written for the newest kernel supported.
 */
#ifndef TM_COMPAT_H
#define TM_COMPAT_H

#include <linux/export.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/version.h>
#ifdef CONFIG_NET
#include <net/genetlink.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "taskmonitor needs Linux 6.1 or newer"
#endif

/*
 * Counters of 64 bits are read without their locks, and the kernel's own tear
 * on 32-bit CPUs. 32-bit programs on a 64-bit kernel are welcome.
 */
#ifndef CONFIG_64BIT
#error "taskmonitor needs a 64-bit kernel"
#endif

#ifndef CONFIG_TRACEPOINTS
#error "taskmonitor needs CONFIG_TRACEPOINTS (exit, fork and exec are heard of through them)"
#endif

/*
 * 6.6 and newer: a variable that is filled whole by whoever it is given to need
 * not be filled with zeroes before (CONFIG_INIT_STACK_ALL_ZERO).
 */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized __attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

/*
 * What the core gives to front ends in modules of their own, and how they ask for
 * it. The name of a namespace became a string in 6.13.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define TM_NAMESPACE "TASKMONITOR"
#else
#define TM_NAMESPACE TASKMONITOR
#endif
#define TM_EXPORT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, TM_NAMESPACE)
#define TM_IMPORT() MODULE_IMPORT_NS(TM_NAMESPACE)

/*
 * A field of a task's or its mm's that whoever owns it writes as it likes: any
 * value that it has had will do. KCSAN is told not to mind.
 */
#define tm_peek(field) data_race(READ_ONCE(field))

/* Does it run at this moment? Where there is one CPU, whoever asks has it. */
#ifdef CONFIG_SMP
#define tm_is_on_cpu(t) tm_peek((t)->on_cpu)
#else
#define tm_is_on_cpu(t) ((t) == current)
#endif

/*
 * Can a running task's current slice be added from outside? Only where the
 * scheduler's own clock for tasks is the CPU's clock, that is where no time is
 * subtracted from it for interrupts or for a hypervisor. With native accounting
 * it is not the scheduler's clock that CPU time goes by, see below.
 */
#if defined(CONFIG_IRQ_TIME_ACCOUNTING) || defined(CONFIG_PARAVIRT_TIME_ACCOUNTING) ||             \
	defined(CONFIG_VIRT_CPU_ACCOUNTING_NATIVE)
#define TM_CAN_READ_SLICE 0
#else
#define TM_CAN_READ_SLICE 1
#endif

/*
 * With native accounting (s390, some powerpc) utime and stime are exact as
 * they stand; the kernel neither scales them nor keeps a previous split.
 */
#ifdef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
#define TM_CPUTIME_IS_NATIVE 1
#define tm_kernel_split(p)                                                                         \
	((struct tm_cputime){})
#else
#define TM_CPUTIME_IS_NATIVE 0
#define tm_kernel_split(p)                                                                         \
	((struct tm_cputime){ tm_peek((p)->prev_cputime.utime),                                  \
			      tm_peek((p)->prev_cputime.stime) })
#endif

/*
 * for_each_thread(), within rcu_read_lock(): with PROVE_RCU the kernel's own also
 * asks whether tasklist_lock is held, which modules cannot name.
 */
#define tm_for_each_thread(p, t)                                                                   \
	list_for_each_entry_rcu(t, &(p)->signal->thread_head, thread_node)

#ifdef CONFIG_SCHED_INFO
#define TM_HAS_RUN_DELAY 1
#define tm_run_delay(t) tm_peek((t)->sched_info.run_delay)
#else
#define TM_HAS_RUN_DELAY 0
#define tm_run_delay(t) 0ULL
#endif

#ifdef CONFIG_TASK_IO_ACCOUNTING
#define TM_HAS_IO_BYTES 1
#define tm_read_bytes(p) tm_peek((p)->ioac.read_bytes)
#define tm_write_bytes(p) tm_peek((p)->ioac.write_bytes)
#else
#define TM_HAS_IO_BYTES 0
#define tm_read_bytes(p) 0ULL
#define tm_write_bytes(p) 0ULL
#endif

#ifdef CONFIG_TASK_XACCT
#define TM_HAS_IO_CHARS 1
#define tm_rchar(p) tm_peek((p)->ioac.rchar)
#define tm_wchar(p) tm_peek((p)->ioac.wchar)
#else
#define TM_HAS_IO_CHARS 0
#define tm_rchar(p) 0ULL
#define tm_wchar(p) 0ULL
#endif

/*
 * 6.16 gave the exit tracepoint a second argument, whether the whole group is
 * dead. Before that we look ourselves. signal->live alone does not do: a thread
 * counts itself out some way before the tracepoint, so the first to come here
 * may find 0 while another, the last, has yet to leave its status and the peak.
 * Both stand once it has given up its mm, which it does before it comes here.
 * More than one may find it so; at least one does, for each gave up its own
 * mm, with a full barrier, before it looks at the others'.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define TM_PROBE_EXIT_ARGS void *data, struct task_struct *task, bool group_dead
#define tm_exit_is_last(task) (group_dead)
#else
#define TM_PROBE_EXIT_ARGS void *data, struct task_struct *task

/* In an RCU read section. */
static inline bool tm_exit_is_last(struct task_struct *task)
{
	struct task_struct *t;

	if (atomic_read(&task->signal->live))
		return false;
	smp_mb();	/* our mm, given up, before we look at theirs */
	tm_for_each_thread(task, t) {
		if (t != task && tm_peek(t->mm))
			return false;
	}
	return true;
}
#endif

/*
 * Who may join a multicast group: since 6.7, 6.6.7 and 6.1.68 a group may ask for
 * CAP_SYS_ADMIN; before, for CAP_NET_ADMIN alone.
 */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define TM_GROUP_OF_ADMINS GENL_MCAST_CAP_SYS_ADMIN
#else
#define TM_GROUP_OF_ADMINS GENL_UNS_ADMIN_PERM
#endif

/* 6.6 and newer: who sends to a group may keep it from some of its members. */
#define TM_CAN_KEEP_FROM (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0))

#ifdef CONFIG_NET
/**
 * tm_multicast - send to all members of a group, but those whom it is to be kept from
 * @family: which is registered
 * @skb: is freed
 * @group: its place in the family's table
 * @keep_from: given a member's socket, says whether to; not called where !TM_CAN_KEEP_FROM
 */
static inline void tm_multicast(const struct genl_family *family, struct sk_buff *skb,
				unsigned int group,
				int (*keep_from)(struct sock *sk, struct sk_buff *skb, void *data))
{
#if TM_CAN_KEEP_FROM
	unsigned int number = family->mcgrp_offset + group;

	NETLINK_CB(skb).dst_group = number;
	netlink_broadcast_filtered(init_net.genl_sock, skb, 0, number, GFP_KERNEL, keep_from, NULL);
#else
	genlmsg_multicast(family, skb, 0, group, GFP_KERNEL);
#endif
}
#endif

/*
 * A module whose init fails is freed, whatever has pinned it meanwhile: what would
 * pin it has to wait until it is live. What is built in stays.
 */
#ifdef MODULE
#define tm_is_live() (READ_ONCE(THIS_MODULE->state) == MODULE_STATE_LIVE)
#else
#define tm_is_live() true
#endif

/* vm_flags became read-only, with functions to change it, in 6.3. */
static inline void tm_vm_forbid_write(struct vm_area_struct *vma)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, VM_MAYWRITE);
#else
	vma->vm_flags &= ~VM_MAYWRITE;
#endif
}

/*
 * Resident and swapped pages. Until 6.1 a process's counters are atomics. From
 * 6.2 on they are per-CPU counters, of which each CPU holds back up to a batch
 * of pages (32, or twice the number of CPUs); /proc adds up the CPUs since 6.16
 * and 6.12.44 or so, and showed the coarse value before. tm_mm_sum() adds them
 * up on every kernel, without the counters' locks: a CPU that folds its batch
 * into the count meanwhile is noticed by the count, and looked at again.
 *
 * @cpus: the possible CPUs are 0 to @cpus - 1; negative where there are holes.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0) && defined(CONFIG_SMP)
#define TM_RSS_IS_PERCPU 1

struct tm_pages {
	s64 rss;
	s64 swap;
};

static __always_inline s64 tm_mm_counts(struct mm_struct *mm)
{
	return tm_peek(mm->rss_stat[MM_FILEPAGES].count) +
	       tm_peek(mm->rss_stat[MM_ANONPAGES].count) +
	       tm_peek(mm->rss_stat[MM_SHMEMPAGES].count);
}

/*
 * Since 6.6 the four are allocated as one, and stand side by side: one address a
 * CPU instead of four.
 */
static __always_inline bool tm_mm_counters_adjoin(struct mm_struct *mm)
{
	return NR_MM_COUNTERS == 4 &&
	       mm->rss_stat[NR_MM_COUNTERS - 1].counters == mm->rss_stat[0].counters + 3;
}

static __always_inline void tm_mm_add_adjoined(struct mm_struct *mm, int cpu,
					       struct tm_pages *pages)
{
	const s32 *counters = per_cpu_ptr(mm->rss_stat[0].counters, cpu);
	s32 file = tm_peek(counters[MM_FILEPAGES]);
	s32 anon = tm_peek(counters[MM_ANONPAGES]);
	s32 shmem = tm_peek(counters[MM_SHMEMPAGES]);

	pages->rss += (s64)file + anon + shmem;
	pages->swap += tm_peek(counters[MM_SWAPENTS]);
}

static noinline __maybe_unused struct tm_pages tm_mm_add_all(struct mm_struct *mm)
{
	struct tm_pages pages;
	int cpu, tries = 4;
	s64 counts;

	do {
		counts = tm_mm_counts(mm);
		pages.rss = counts;
		pages.swap = tm_peek(mm->rss_stat[MM_SWAPENTS].count);
		for_each_possible_cpu(cpu) {
			pages.rss += tm_peek(*per_cpu_ptr(mm->rss_stat[MM_FILEPAGES].counters, cpu)) +
				     tm_peek(*per_cpu_ptr(mm->rss_stat[MM_ANONPAGES].counters, cpu)) +
				     tm_peek(*per_cpu_ptr(mm->rss_stat[MM_SHMEMPAGES].counters, cpu));
			pages.swap += tm_peek(*per_cpu_ptr(mm->rss_stat[MM_SWAPENTS].counters, cpu));
		}
	} while (counts != tm_mm_counts(mm) && --tries);
	return pages;
}

static __always_inline void tm_mm_sum(struct mm_struct *mm, int cpus, unsigned long *rss_pages,
				      unsigned long *coarse_pages, unsigned long *swap_pages)
{
	s64 counts = tm_mm_counts(mm);
	struct tm_pages pages = { counts, tm_peek(mm->rss_stat[MM_SWAPENTS].count) };
	int cpu;

	if (likely(cpus > 0 && tm_mm_counters_adjoin(mm))) {
		tm_mm_add_adjoined(mm, 0, &pages);
		for (cpu = 1; unlikely(cpu < cpus); cpu++)
			tm_mm_add_adjoined(mm, cpu, &pages);
		if (unlikely(counts != tm_mm_counts(mm)))
			pages = tm_mm_add_all(mm);
	} else {
		pages = tm_mm_add_all(mm);
	}
	*rss_pages = pages.rss > 0 ? pages.rss : 0;
	*coarse_pages = counts > 0 ? counts : 0;
	*swap_pages = pages.swap > 0 ? pages.swap : 0;
}
#else
#define TM_RSS_IS_PERCPU 0

static __always_inline void tm_mm_sum(struct mm_struct *mm, int cpus, unsigned long *rss_pages,
				      unsigned long *coarse_pages, unsigned long *swap_pages)
{
	*rss_pages = get_mm_rss(mm);
	*coarse_pages = *rss_pages;
	*swap_pages = get_mm_counter(mm, MM_SWAPENTS);
}
#endif

#endif /* TM_COMPAT_H */
