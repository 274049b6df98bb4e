/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Groups of processes, by their label. There are no more than a limit: what finds
 * no place is in the group "other". A group that has had no process for an hour
 * gives its place up.
 */
#ifndef TMCTL_EXPORTER_GROUP_H
#define TMCTL_EXPORTER_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amount.h"

#define GROUP_OTHER	"other"
/* Longer than any name that a process can have. */
#define GROUP_KERNEL	"(kernel threads)"
#define GROUP_IDLE_NS	(UINT64_C(3600) * 1000000000)

/* How a process ended. */
enum exit_result {
	EXIT_OK,	/* with 0 */
	EXIT_ERROR,	/* with another status */
	EXIT_SIGNAL,	/* by a signal */
	EXIT_RESULTS
};

/**
 * struct group - processes of one label
 * @next: of the same bucket
 * @label: printable UTF-8
 * @sums: what all of them have used, those that are gone included
 * @forks: processes that began in it
 * @execs: programs that began in it
 * @exits: processes that ended in it
 * @members: processes that hold on to it
 * @idle_since_ns: when it had its last process; only with no member
 * @processes: at the last batch
 * @threads: likewise
 * @rss_bytes: likewise, the sum over the processes
 * @swap_bytes: likewise
 * @memory_known: whether these two are
 */
struct group {
	struct group *next;
	char *label;
	struct amounts sums;
	uint64_t forks;
	uint64_t execs;
	uint64_t exits[EXIT_RESULTS];
	size_t members;
	uint64_t idle_since_ns;
	uint64_t processes;
	uint64_t threads;
	uint64_t rss_bytes;
	uint64_t swap_bytes;
	bool memory_known;
};

#define GROUP_BUCKETS	1024

/**
 * struct groups - all of them
 * @buckets: by label
 * @other: those that find no place
 * @kernel: kernel threads
 * @count: how many beside these two
 * @limit: how many there may be
 * @turned_away: processes that came into @other for want of a place
 * @forgotten: groups that gave their place up
 */
struct groups {
	struct group *buckets[GROUP_BUCKETS];
	struct group *other;
	struct group *kernel;
	size_t count;
	size_t limit;
	uint64_t turned_away;
	uint64_t forgotten;
};

/* Return: 0, or -1: no memory. */
int groups_init(struct groups *groups, size_t limit);

void groups_free(struct groups *groups);

/**
 * groups_enter() - a process comes into a group
 * @groups: all groups
 * @label: the group's
 *
 * Return: the group, with a member more; never NULL, for without memory it is "other".
 */
struct group *groups_enter(struct groups *groups, const char *label);

/* A process comes into a group that is there for ever: @other or @kernel. */
struct group *group_enter(struct group *group);

/* A process leaves a group; at @now_ns. */
void group_leave(struct group *group, uint64_t now_ns);

/* A batch begins: nobody is there yet, and idle groups go. */
void groups_begin(struct groups *groups, uint64_t now_ns);

/* The group behind @group; first NULL, and NULL at the end. */
struct group *groups_next(const struct groups *groups, const struct group *group);

#endif /* TMCTL_EXPORTER_GROUP_H */
