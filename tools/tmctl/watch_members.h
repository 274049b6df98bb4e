/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes that tmctl watch follows, found by PID and start. */
#ifndef TMCTL_WATCH_MEMBERS_H
#define TMCTL_WATCH_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity.h"
#include "rates.h"

#define MEMBERS_KEPT	16384

/**
 * struct member - one process, or thread
 * @run: what has been seen of it
 * @tick: when it was seen last
 * @shown: a row of it was printed
 */
struct member {
	struct run run;
	uint64_t tick;
	bool shown;
};

/**
 * struct members - all that were ever seen
 * @list: in the order in which they came
 * @count: how many
 *
 * The rest is watch_members.c's own. All zeroes is a set of none.
 */
struct members {
	struct member *list;
	size_t count;
	size_t room;
	struct identities identities;
};

/**
 * members_find() - the member a sample is of
 * @members: all of them
 * @sample: the sample
 * @is_new: set to whether there was none; then its run is to begin
 *
 * Return: it, until another comes in; NULL: no memory.
 */
struct member *members_find(struct members *members, const struct task_sample *sample,
			    bool *is_new);

/**
 * members_forget() - forget those who have gone
 * @members: all of them
 * @tick: who was not seen since has gone
 *
 * Those of whom rows were printed are kept for their averages, until there are
 * MEMBERS_KEPT.
 *
 * Return: how many of these were forgotten.
 */
size_t members_forget(struct members *members, uint64_t tick);

void members_free(struct members *members);

#endif /* TMCTL_WATCH_MEMBERS_H */
