/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_TARGET_H
#define TM_CORE_TARGET_H

#include <linux/rcupdate.h>

#include "lifecycle.h"
#include "sample.h"

/**
 * struct tm_target - a target as a member of a session
 * @monitor: what is read
 * @watch: hears of its end
 * @rcu: frees it behind the last probe that may have found it
 */
struct tm_target {
	struct task_monitor monitor;
	struct tm_watch watch;
	struct rcu_head rcu;
};

/**
 * struct tm_targets - the targets of a session, in the order of their adding
 * @slot: the first @n of @capacity hold one each
 *
 * Protected by the session's lock.
 */
struct tm_targets {
	struct tm_target **slot;
	unsigned int n;
	unsigned int capacity;
};

#define TM_TARGETS_MAX 65536

struct tm_target *tm_target_create(struct pid *pid, enum pid_type type);
void tm_target_release(struct tm_target *target);

int tm_targets_reserve(struct tm_targets *targets);
void tm_targets_append(struct tm_targets *targets, struct tm_target *target);
struct tm_target *tm_targets_find(const struct tm_targets *targets, const struct pid *pid);
void tm_targets_remove(struct tm_targets *targets, struct tm_target *target);
void tm_targets_clear(struct tm_targets *targets);
unsigned int tm_targets_alive(const struct tm_targets *targets);

#endif /* TM_CORE_TARGET_H */
