// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets, and the table a session keeps them in.
 *
 * A target holds a reference to its struct pid, taken by tm_target_init() and
 * put behind tm_target_release(), nowhere else.
 */
#include <linux/pid.h>
#include <linux/slab.h>

#include "session_impl.h"
#include "target.h"

#define TM_TARGETS_FIRST 8

/* What is promised of memory: half a KiB a target, beside the history. */
#if !defined(CONFIG_DEBUG_SPINLOCK) && !defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct tm_target) + sizeof(struct tm_target *) <= 512);
#endif

/** tm_target_alloc - memory for one. @gfp: how. Return: NULL where there is none. */
struct tm_target *tm_target_alloc(gfp_t gfp)
{
	return kmalloc(sizeof(struct tm_target), gfp);
}

/**
 * tm_target_init - make a target of it
 * @target: from tm_target_alloc()
 * @session: whose
 * @pid: borrowed; the target takes its own reference
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * From any context.
 */
void tm_target_init(struct tm_target *target, struct tm_session *session, struct pid *pid,
		    enum pid_type type)
{
	memset(target, 0, sizeof(*target));
	tm_monitor_init(&target->monitor, pid, type, session->ns);
	INIT_HLIST_NODE(&target->watch.node);
	target->watch.ops = &tm_life_ops;
	target->session = session;
}

static void tm_target_free(struct rcu_head *rcu)
{
	struct tm_target *target = container_of(rcu, struct tm_target, rcu);

	put_pid(target->monitor.pid);
	put_pid(target->monitor.former);
	kfree(target->stand);
	kfree(target);
}

/** tm_target_release - the only way for a target to end. From any context. */
void tm_target_release(struct tm_target *target)
{
	tm_unwatch(&target->watch);
	call_rcu(&target->rcu, tm_target_free);
}

/** tm_targets_reserve - make room for one more. Return: 0, -ENOMEM. May sleep. */
int tm_targets_reserve(struct tm_targets *targets)
{
	unsigned int capacity = targets->capacity ? targets->capacity * 2 : TM_TARGETS_FIRST;
	struct tm_target **slot;

	if (targets->n < targets->capacity)
		return 0;
	slot = kvmalloc_array(capacity, sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	if (targets->n)
		memcpy(slot, targets->slot, targets->n * sizeof(*slot));
	kvfree(targets->slot);
	targets->slot = slot;
	targets->capacity = capacity;
	return 0;
}

static void tm_targets_publish(struct tm_targets *targets)
{
	rcu_assign_pointer(targets->first, targets->n ? targets->slot[0] : NULL);
}

/* Before anything is released: who looks from now on does not find it. */
static void tm_targets_hide(struct tm_targets *targets)
{
	RCU_INIT_POINTER(targets->first, NULL);
}

/** tm_targets_append - into room that was reserved */
void tm_targets_append(struct tm_targets *targets, struct tm_target *target)
{
	targets->slot[targets->n++] = target;
	if (targets->n == 1)
		tm_targets_publish(targets);
}

/** tm_targets_remove - take the @i-th out and release it; the others keep their order */
void tm_targets_remove(struct tm_targets *targets, unsigned int i)
{
	struct tm_target *target = targets->slot[i];

	targets->n--;
	memmove(targets->slot + i, targets->slot + i + 1,
		(targets->n - i) * sizeof(*targets->slot));
	tm_targets_publish(targets);
	tm_target_release(target);
}

/** tm_targets_sweep - release those that are gone; the others keep their order */
void tm_targets_sweep(struct tm_targets *targets)
{
	unsigned int from, to = 0;

	tm_targets_hide(targets);
	for (from = 0; from < targets->n; from++) {
		if (tm_target_is_gone(targets->slot[from]))
			tm_target_release(targets->slot[from]);
		else
			targets->slot[to++] = targets->slot[from];
	}
	targets->n = to;
	tm_targets_publish(targets);
}

/** tm_targets_clear - release all of them, and the table */
void tm_targets_clear(struct tm_targets *targets)
{
	tm_targets_hide(targets);
	while (targets->n)
		tm_target_release(targets->slot[--targets->n]);
	kvfree(targets->slot);
	targets->slot = NULL;
	targets->capacity = 0;
}

/** tm_targets_swap - each becomes the other; under the lock of whichever is a session's */
void tm_targets_swap(struct tm_targets *a, struct tm_targets *b)
{
	swap(a->slot, b->slot);
	swap(a->n, b->n);
	swap(a->capacity, b->capacity);
	tm_targets_publish(a);
	tm_targets_publish(b);
}
