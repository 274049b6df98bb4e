/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_TARGET_H
#define TM_CORE_TARGET_H

#include <linux/llist.h>
#include <linux/rcupdate.h>

#include "calc.h"
#include "lifecycle.h"
#include "sample.h"
#include "threshold.h"

struct tm_session;

/**
 * enum tm_target_mark - what has happened to a target
 * @TM_TARGET_EXITING: its exit has been told
 * @TM_TARGET_REPORTED: its exit record has been made
 * @TM_TARGET_DEPARTED: not counted as living any more
 * @TM_TARGET_GONE: no longer the session's business, and to be removed from its table
 */
enum tm_target_mark {
	TM_TARGET_EXITING,
	TM_TARGET_REPORTED,
	TM_TARGET_DEPARTED,
	TM_TARGET_GONE,
};

/* Above the marks: the number of the request that it came by; a child's is its parent's. */
#define TM_TARGET_CAME_BY 8

/**
 * struct tm_target - a target as a member of a session
 * @monitor: what is read
 * @watch: hears of its life
 * @session: whose it is; outlives the watch by an RCU grace period
 * @incoming: in the pool, or on its way into the session's table
 * @rcu: frees it behind the last probe that may have found it; in @incoming's place,
 *	for who is released is on no list any more
 * @stand: where it stands with the session's thresholds; NULL until it has been
 *	sampled for one. Protected by the session's lock
 * @window: samples of the window that is open; protected by monitor.lock
 * @marks: bits of enum tm_target_mark, each set once, by whoever comes first; and
 *	from TM_TARGET_CAME_BY on a number that stays
 */
struct tm_target {
	struct task_monitor monitor;
	struct tm_watch watch;
	struct tm_session *session;
	union {
		struct llist_node incoming;
		struct rcu_head rcu;
	};
	struct tm_stand *stand;
	struct tm_window window;
	unsigned long marks;
};

static inline unsigned long tm_target_came_by(const struct tm_target *target)
{
	return READ_ONCE(target->marks) >> TM_TARGET_CAME_BY;
}

static inline bool tm_target_is_gone(const struct tm_target *target)
{
	return test_bit(TM_TARGET_GONE, &target->marks);
}

/**
 * struct tm_targets - the targets of a session, in the order of their adding
 * @slot: the first @n of @capacity hold one each
 * @n: how many there are
 * @capacity: how many there is room for
 * @first: what is in the first slot, for readers under RCU alone; NULL where there
 *	is nothing, or it is just being changed
 *
 * Protected by the session's lock.
 */
struct tm_targets {
	struct tm_target **slot;
	struct tm_target __rcu *first;
	unsigned int n;
	unsigned int capacity;
};

/* Of a list. The other scopes are bounded by the number of processes. */
#define TM_TARGETS_MAX 65536

struct tm_target *tm_target_alloc(gfp_t gfp);
void tm_target_init(struct tm_target *target, struct tm_session *session, struct pid *pid,
		    enum pid_type type);
void tm_target_release(struct tm_target *target);

int tm_targets_reserve(struct tm_targets *targets);
void tm_targets_append(struct tm_targets *targets, struct tm_target *target);
void tm_targets_remove(struct tm_targets *targets, unsigned int i);
void tm_targets_sweep(struct tm_targets *targets);
void tm_targets_clear(struct tm_targets *targets);
void tm_targets_swap(struct tm_targets *a, struct tm_targets *b);

#endif /* TM_CORE_TARGET_H */
