/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes (or threads) of a system, from one screen to the next.
 *
 * A screen is made of a batch, one sample of everybody, and of the records of
 * those that have exited since the batch before. A process is named by its number
 * and its start, so a number that comes again is another one. Samples stay where
 * the caller has put them and are not copied: two batches, the latest and the one
 * before, are kept by the caller while they are referred to.
 *
 *	procs_begin()		a new screen: what was said of the last is forgotten
 *	procs_add()		for each sample of its batch
 *	procs_sweep()		who is not among them is no more
 *	procs_exit()		for each record of an exit
 *	procs_settle()		the sums
 *
 * From procs_settle() to the next procs_begin() no entry goes away. Nothing here
 * asks the kernel or prints.
 */
#ifndef TMCTL_TOP_PROCS_H
#define TMCTL_TOP_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

#define PROC_HISTORY	16	/* screens that are remembered, a power of two */
#define PROC_HEIGHT	8	/* of a bar in the history: a CPU, or more */
#define GONE_NAMES	32	/* that are told apart */

enum proc_stage {
	PROC_ALIVE,
	PROC_ENDED,	/* shown for a while yet */
};

/**
 * struct proc - one process
 * @next: behind it in its slot, or among the free ones
 * @now: its latest sample
 * @before: what to compare it with: the sample before; that of nothing at all
 *	where it has been born since; NULL: not known
 * @last: of one that has ended, its final figures, to which @now points
 * @pid: its number
 * @start_time_ns: and start, its name
 * @screen: the last one that it was seen on
 * @elapsed_ns: between @before and @now; 0: not known
 * @cpu_ns: CPU time in between, where @cpu_known
 * @ended_ns: when it was first shown as ended (the screen's time), 0: not yet
 * @stage: whether it lives
 * @cpu_known: whether @cpu_ns is
 * @born: since the last screen
 * @tagged: by the user
 * @folded: by the user: who descends from it is not shown in a tree
 * @heights: of its CPU use on the last screens
 * @unfolded: its threads are shown; threads.c's own
 * @bars: how many of these are filled
 * @newest: where the latest stands
 * @child: its first child in a tree
 * @sibling: the next one with the same parent, or of the same process
 * @threads: its first thread
 * @shown: number of the view that it is in
 *
 * The last four are the view's.
 */
struct proc {
	struct proc *next;
	const struct task_sample *now;
	const struct task_sample *before;
	struct task_sample last;
	int32_t pid;
	uint64_t start_time_ns;
	uint64_t screen;
	uint64_t elapsed_ns;
	uint64_t cpu_ns;
	uint64_t ended_ns;
	enum proc_stage stage;
	bool cpu_known;
	bool born;
	bool tagged;
	bool folded;
	bool unfolded;
	uint8_t bars;
	uint8_t newest;
	uint8_t heights[PROC_HISTORY];
	struct proc *child;
	struct proc *sibling;
	struct proc *threads;
	uint64_t shown;
};

/**
 * struct gone_name - those of one name that have gone
 * @comm: the name
 * @count: how many
 */
struct gone_name {
	char comm[TM_COMM_LEN];
	uint64_t count;
};

/**
 * struct proc_sums - what a screen comes to
 * @processes: that live
 * @threads: of theirs
 * @running: processes in state R
 * @born: that have come since the screen before, as far as they are seen here
 * @gone: that have gone
 * @gone_cpu_ns: what those used since the screen before
 * @utime_ns: CPU time in user mode of all, also of those
 * @stime_ns: in kernel mode
 * @wait_ns: time spent waiting for a CPU
 * @known: whether the last three are
 * @names: of those that have gone, the most frequent first once settled
 * @name_count: how many there are
 */
struct proc_sums {
	uint64_t processes;
	uint64_t threads;
	uint64_t running;
	uint64_t born;
	uint64_t gone;
	uint64_t gone_cpu_ns;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t wait_ns;
	bool known;
	struct gone_name names[GONE_NAMES];
	size_t name_count;
};

/**
 * struct procs - all of them
 * @all: in no order
 * @count: how many
 * @screen: number of the screen, from 1; 0: there is none yet
 * @time_ns: when it was taken, CLOCK_MONOTONIC
 * @elapsed_ns: since the one before; 0: it is the first
 * @sums: what it comes to
 *
 * The rest is procs.c's own.
 */
struct procs {
	struct proc **all;
	size_t count;
	uint64_t screen;
	uint64_t time_ns;
	uint64_t elapsed_ns;
	struct proc_sums sums;

	size_t room;
	struct proc **slots;
	size_t slot_count;
	struct proc *free;
	struct proc_block *blocks;
	uint64_t linger_ns;
	uint64_t ahead_ns;
};

/**
 * procs_init() - begin with none
 * @procs: what to fill
 * @linger_ns: for how long those that have ended are kept; they are on one screen
 *	at least
 */
void procs_init(struct procs *procs, uint64_t linger_ns);

void procs_free(struct procs *procs);

/**
 * procs_begin() - a new screen
 * @procs: the processes
 * @time_ns: of its batch, CLOCK_MONOTONIC
 * @ahead_ns: by how much CLOCK_BOOTTIME, in which starts are told, is ahead of that
 */
void procs_begin(struct procs *procs, uint64_t time_ns, uint64_t ahead_ns);

/* @sample must stay where it is until the batch after next. Return: 0, or -ENOMEM. */
int procs_add(struct procs *procs, const struct task_sample *sample);

/* The batch is complete. */
void procs_sweep(struct procs *procs);

/**
 * procs_exit() - a process has exited since the batch before
 * @procs: the processes, swept
 * @record: its last record
 * @show: keep it for a while, even where it was in no batch
 *
 * One that was in no batch and began before the last of them has used nobody
 * knows what, and is counted alone.
 *
 * Return: 0, or -ENOMEM: it is counted, and not shown.
 */
int procs_exit(struct procs *procs, const struct task_sample *record, bool show);

void procs_settle(struct procs *procs);

/* The one of that name, or NULL. */
struct proc *procs_find(const struct procs *procs, int32_t pid, uint64_t start_time_ns);

/* The one that has this number now, or NULL. */
struct proc *procs_alive(const struct procs *procs, int32_t pid);

/* What a figure (a __u64 of the sample) has gained; false: not known. @needs: TM_VALID_* */
bool proc_gained(const struct proc *proc, uint64_t needs, size_t offset, uint64_t *gained);

#define PROC_GAINED(proc, needs, member, gained) \
	proc_gained(proc, needs, offsetof(struct task_sample, member), gained)

/* The height of its bar @ago screens ago; -1: none was drawn. */
int proc_height(const struct proc *proc, unsigned int ago);

/* A kernel thread has no memory, and never had. */
static inline bool proc_is_kernel(const struct proc *proc)
{
	return proc->stage == PROC_ALIVE &&
	       !(proc->now->valid & (TM_VALID_MEM | TM_VALID_PEAK_RSS | TM_VALID_EXIT));
}

#endif /* TMCTL_TOP_PROCS_H */
