/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lives of a tree's processes, from the records of a session of scope tree.
 *
 * A life is named by PID and start time, so a PID that comes again is another
 * one. Each record is merged into what is known of its life: a figure that the
 * record lacks stays as it was. Nothing here asks the kernel or prints.
 *
 * What is resident in all of the tree is the sum of the living processes' last
 * known resident sets, looked at when a tick has served the last of them: then
 * all of them are of that tick. A tick is over when a process is sampled that
 * has been sampled in it, or when the sampler has paused for half an interval.
 */
#ifndef TMCTL_RUN_TREE_H
#define TMCTL_RUN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

#include "identity.h"
#include "timeline.h"

enum life_stage {
	LIFE_ALIVE,
	LIFE_EXITING,	/* its totals have still to come */
	LIFE_GONE,	/* its totals are final */
	LIFE_DENIED,	/* it runs a program that we may not look into */
};

/**
 * struct life - one process
 * @last: each group of figures as it was last known, with its bit in valid
 * @start_ns: when it began, since the run did
 * @end_ns: when it exited; 0: not known to have
 * @seen_ns: when its CPU time was last seen
 * @rss_bytes: what it counts for in what is resident now
 * @peak_rss_bytes: the most, by the kernel's own mark or by a sample
 * @tick: the last tick that sampled it
 * @stage: how far it has come
 */
struct life {
	struct task_sample last;
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t seen_ns;
	uint64_t rss_bytes;
	uint64_t peak_rss_bytes;
	uint64_t tick;
	enum life_stage stage;
};

/**
 * struct tree - all of them
 * @lives: in the order in which they were first heard of
 * @count: how many
 * @unsettled: how many are LIFE_EXITING
 * @rss_known: whether a tick has sampled any
 * @rss_peak_bytes: the most that was resident at one tick
 * @rss_peak_at_ns: when that was, since the run began
 * @timeline: CPU and resident set over time
 *
 * The rest is tree.c's own.
 */
struct tree {
	struct life *lives;
	size_t count;
	size_t unsettled;
	bool rss_known;
	uint64_t rss_peak_bytes;
	uint64_t rss_peak_at_ns;
	struct timeline timeline;

	size_t room;
	struct identities identities;
	uint64_t begin_ns;
	uint64_t suspended_ns;
	uint64_t interval_ns;
	uint64_t rss_now;
	uint64_t tick;
	uint64_t tick_ns;
	uint64_t tick_rss;
};

/**
 * struct tree_sums - what all lives come to
 * @total: the figures of the sum, with a bit in valid for those that any life had
 * @largest: the process with the greatest peak; NULL: none is known
 * @alive: how many live, or have no totals for another reason
 * @denied: how many are LIFE_DENIED
 * @end_ns: when the last that is known to have exited did, since the run began
 */
struct tree_sums {
	struct task_sample total;
	const struct life *largest;
	uint64_t alive;
	uint64_t denied;
	uint64_t end_ns;
};

/**
 * tree_init() - begin
 * @tree: what to fill
 * @begin_ns: when the run began, CLOCK_MONOTONIC
 * @suspended_ns: by how much CLOCK_BOOTTIME is ahead of that
 * @interval_ns: of the sampling
 */
void tree_init(struct tree *tree, uint64_t begin_ns, uint64_t suspended_ns, uint64_t interval_ns);

void tree_free(struct tree *tree);

/* Take in the next record, in the order of the history. Return: 0, or -ENOMEM. */
int tree_add(struct tree *tree, const struct task_sample *record);

/* No record comes any more: close the last tick. */
void tree_end(struct tree *tree);

/* The life of a PID: the latest one, where it was used again; or NULL. */
const struct life *tree_find(const struct tree *tree, int32_t pid);

struct tree_sums tree_sum(const struct tree *tree);

/* The lives by CPU time, greatest first; to be freed. NULL: no memory. */
const struct life **tree_by_cpu(const struct tree *tree);

static inline uint64_t life_cpu_ns(const struct life *life)
{
	return life->last.utime + life->last.stime;
}

#endif /* TMCTL_RUN_TREE_H */
