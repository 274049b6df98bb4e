/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions and configurations, and only here.
 * The sources read as if written for the newest kernel supported.
 */
#ifndef TM_COMPAT_H
#define TM_COMPAT_H

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "taskmonitor needs Linux 6.1 or newer"
#endif

#ifndef CONFIG_TRACEPOINTS
#error "taskmonitor needs CONFIG_TRACEPOINTS (exit, fork and exec are heard of through them)"
#endif

/*
 * Can a running task's current slice be added from outside? Only where the
 * scheduler's own clock for tasks is the CPU's clock, that is where no time is
 * subtracted from it for interrupts or for a hypervisor.
 */
#if defined(CONFIG_IRQ_TIME_ACCOUNTING) || defined(CONFIG_PARAVIRT_TIME_ACCOUNTING)
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
	((struct tm_cputime){ READ_ONCE((p)->prev_cputime.utime),                                  \
			      READ_ONCE((p)->prev_cputime.stime) })
#endif

#ifdef CONFIG_SCHED_INFO
#define TM_HAS_RUN_DELAY 1
#define tm_run_delay(t) READ_ONCE((t)->sched_info.run_delay)
#else
#define TM_HAS_RUN_DELAY 0
#define tm_run_delay(t) 0ULL
#endif

#ifdef CONFIG_TASK_IO_ACCOUNTING
#define TM_HAS_IO_BYTES 1
#define tm_read_bytes(p) READ_ONCE((p)->ioac.read_bytes)
#define tm_write_bytes(p) READ_ONCE((p)->ioac.write_bytes)
#else
#define TM_HAS_IO_BYTES 0
#define tm_read_bytes(p) 0ULL
#define tm_write_bytes(p) 0ULL
#endif

#ifdef CONFIG_TASK_XACCT
#define TM_HAS_IO_CHARS 1
#define tm_rchar(p) READ_ONCE((p)->ioac.rchar)
#define tm_wchar(p) READ_ONCE((p)->ioac.wchar)
#else
#define TM_HAS_IO_CHARS 0
#define tm_rchar(p) 0ULL
#define tm_wchar(p) 0ULL
#endif

/*
 * 6.16 (commit "exit: change the sched_process_exit tracepoint") gave the exit
 * tracepoint a second argument, whether the whole group is dead. We ask
 * signal->live instead, which says the same on every kernel.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define TM_PROBE_EXIT_ARGS void *data, struct task_struct *task, bool group_dead
#else
#define TM_PROBE_EXIT_ARGS void *data, struct task_struct *task
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

#endif /* TM_COMPAT_H */
