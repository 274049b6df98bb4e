/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_SAMPLE_H
#define TM_CORE_SAMPLE_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/taskmonitor.h>

#include "calc.h"

struct cred;
struct pid_namespace;
struct task_struct;

/**
 * struct tm_view - for whom a sample is taken, and when
 * @ns: PID namespace in which numbers are shown
 * @time_ns: CLOCK_MONOTONIC; one stamp may serve many targets
 * @kind: what the sample is going to be, enum tm_kind
 * @cpus: how memory is added up: over the CPUs 0 to @cpus - 1, which are all;
 *	TM_ALL_CPUS; or 0, not at all, and it is coarse
 * @blank: the window's part of the record is zero already
 */
struct tm_view {
	struct pid_namespace *ns;
	u64 time_ns;
	u8 kind;
	bool blank;
	int cpus;
};

#define TM_ALL_CPUS (-1)

/**
 * struct task_monitor - a target: the process or thread that is monitored
 * @pid: pinned for the target's life, but see @former; never the task itself, which would keep
 *	a whole dead process in memory
 * @type: PIDTYPE_TGID for a process, PIDTYPE_PID for one thread
 * @ns: PID namespace of the session's records, and so of the numbers in @last
 * @nr: the target's number in it
 * @task: of a thread, which task that is, set when it is watched: to be compared,
 *	never followed. Its number may come to be another's
 * @former: the number of a thread that has taken another by its exec; whoever
 *	read @pid before may still look at it
 * @off: the tick passes it over: it has exited, or is no target any more
 * @shown: the CPU time last shown, behind which no later figure goes. Written
 *	under @lock, read without: see tm_shown()
 * @run_delay_shown: likewise, but only ever raised, by tm_raise()
 * @peak_shown: likewise, of the peak of the resident set, pages
 * @lock: protects what follows it. Taken in probes: raw, interrupts off.
 * @run_delay_dead: waiting time of threads that were released while watched
 * @exited: the exit was seen; @last holds what is known of it
 * @final: the totals in @last are final
 * @unwaited: its parent lets the kernel reap it and hears no totals
 * @exit_rtime: run time accounted when it was seen to exit
 * @denied: it runs a program that may not be looked into
 * @last: filled at the exit, completed when the task is released
 */
struct task_monitor {
	struct pid *pid;
	enum pid_type type;
	pid_t nr;
	struct pid_namespace *ns;
	const void *task;
	struct pid *former;

	struct tm_cputime shown;
	u64 run_delay_shown;
	u64 peak_shown;

	bool off;
	raw_spinlock_t lock;
	bool exited;
	bool final;
	bool denied;
	bool unwaited;
	u64 run_delay_dead;
	u64 exit_rtime;
	struct task_sample last;
};

/**
 * tm_task_alive - does the target still run?
 * @task: its leader, or the thread itself
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * A process does for as long as one of its threads has not begun its exit,
 * also after its leader has. A zombie does not.
 */
static __always_inline bool tm_task_alive(struct task_struct *task, enum pid_type type)
{
	if (type == PIDTYPE_PID)
		return !(READ_ONCE(task->flags) & PF_EXITING);
	return atomic_read(&task->signal->live) > 0;
}

/* Up to so many CPUs are added up in every sample of a tick too. */
#define TM_CPUS_IN_TICK 8

extern int tm_dense_cpus;

/* tm_view.cpus of somebody who asked. */
static inline int tm_cpus_on_demand(void)
{
	return tm_dense_cpus;
}

/* tm_view.cpus of a tick. */
static inline int tm_cpus_in_tick(void)
{
	return tm_dense_cpus <= TM_CPUS_IN_TICK ? max(tm_dense_cpus, 0) : 0;
}

void tm_sample_init(void);
void tm_monitor_init(struct task_monitor *tm, struct pid *pid, enum pid_type type,
		     struct pid_namespace *ns);
bool get_sample(struct task_monitor *tm, const struct tm_view *view, struct task_sample *sample);
bool get_times(struct task_monitor *tm, struct tm_cputime *times);
pid_t tm_monitor_nr(const struct task_monitor *tm, const struct pid_namespace *ns);

/* For the probes: atomic context, @task cannot go away meanwhile. */
void tm_sample_fork(struct task_monitor *tm, struct task_struct *child, struct task_sample *sample);
void tm_sample_exec(struct task_monitor *tm, struct task_sample *sample);
void tm_sample_exit(struct task_monitor *tm, struct task_struct *task, struct task_sample *sample);
void tm_sample_final(struct task_monitor *tm, struct task_struct *task);
void tm_sample_thread_released(struct task_monitor *tm, struct task_struct *task);

/* Process context. */
bool tm_sample_zombie(struct task_monitor *tm);

#endif /* TM_CORE_SAMPLE_H */
