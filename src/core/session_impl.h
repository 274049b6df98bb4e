/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inside of a session, for the files of the core that make it up:
 *
 *   session.c   life and run state; the default session
 *   members.c   how a process becomes a target, and how it ends being one
 *   scope.c     the scopes that find their targets themselves, and the
 *               housekeeping that follows what the probes saw
 *   life.c      what is done in the probes: fork, exec, exit, release
 *   tick.c      samples every target at the interval
 *   threshold.c tells of targets that cross a threshold
 *   history.c   records, windows, their readers
 *   query.c     samples on demand: first target, rows, batch; states
 *
 * Locks, outermost first:
 *   tm_sessions_lock  protects the list of sessions.
 *   session.control   serialises start, stop, and what adds and removes targets
 *                     by hand, for the lifecycle probes are held while there
 *                     are any. The sampler's thread is created and ended under
 *                     it, and ticks are waited for: a tick never takes it.
 *   session.batch_lock protects the buffer of the batch.
 *   session.lock      protects targets, and what is marked with it below. A
 *                     tick holds it for all of its round; nobody holds it
 *                     across anything that can wait for user space. An
 *                     rt_mutex, so that a reader of low priority who is
 *                     preempted while holding it is lifted to the sampler's.
 *   session.pool_lock protects the pool, and makes "look whether it is a target,
 *                     then watch it" one step. Raw, interrupts off: probes.
 *   task_monitor.lock, ring.lock, the table of watches, the sampler's queue:
 *                     raw leaves.
 */
#ifndef TM_CORE_SESSION_IMPL_H
#define TM_CORE_SESSION_IMPL_H

#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "access.h"
#include "lifecycle.h"
#include "ring.h"
#include "sampler.h"
#include "session.h"
#include "target.h"
#include "threshold.h"

struct cgroup;
struct mm_struct;

/**
 * struct tm_session - see above for the locks
 * @control: see above
 * @batch_lock: see above
 * @lock: see above
 * @id: its number; 0 is the default session
 * @name: of a named session; "" of the others
 * @node: in the list of sessions
 * @owner: who made it; NULL for the default session and named ones
 * @ns: PID namespace of its records
 * @rights: its maker's; rights.cred is the session's own reference
 * @scope: whom it watches; never changes, as the next five
 * @kinds: mask of what is recorded
 * @tells: mask of what of it the listener is told
 * @watermark: records that poll() waits for
 * @window_ns: 0: none
 * @cgroup: of TM_SCOPE_CGROUP
 * @inspects: a tick's samples are looked at one by one: there are windows, or
 *	thresholds of figures; protected by @lock
 * @thresholds: see threshold.h
 * @interval_ns: written under @lock, read anywhere
 * @running: written under @control, read anywhere
 * @watching: it holds the lifecycle probes; protected by @control
 * @closing: no target may join any more
 * @tick: samples
 * @house: keeps house, a one-shot: see scope.c
 * @targets: protected by @lock
 * @request: counts what adds targets: who came by one that fails goes again;
 *	changed under @control
 * @incoming: targets that the fork probe made, on their way into @targets
 * @pool_lock: see above
 * @pool: targets in waiting, for the fork probe cannot allocate
 * @pool_n: how many
 * @all: hears of every fork (scopes cgroup and system)
 * @rescan: somebody changed cgroups; a word, for it is exchanged (see struct tm_target)
 * @alive: targets that have not exited
 * @unsettled: targets of which more is to be told: none left means the end
 * @dropped: processes that could not be watched
 * @had_targets: there was one
 * @ring: history
 * @wait: readers
 * @wake: wakes them, from the probes too: wake_up() takes a lock that sleeps on
 *	PREEMPT_RT
 * @woken_at: head when they were last woken, or where the reader stands
 * @blocked: readers that wait for any record, whatever the watermark
 * @urgent: the newest record of a threshold: who has not read that is told of it
 * @locked_mm: against whose RLIMIT_MEMLOCK the ring counts; NULL: nobody's
 * @batch: buffer, @batch_capacity records; protected by @batch_lock
 * @batch_capacity: see @batch
 * @observer: set once
 * @close: second half of tm_session_close()
 */
struct tm_session {
	struct mutex control;
	struct mutex batch_lock;
	struct rt_mutex lock;

	u64 id;
	char name[TM_NAME_LEN];
	struct list_head node;
	struct pid *owner;
	struct pid_namespace *ns;
	struct tm_rights rights;
	enum tm_scope scope;
	u32 kinds;
	u32 tells;
	u32 watermark;
	u64 window_ns;
	struct cgroup *cgroup;
	bool inspects;
	struct tm_thresholds thresholds;

	u64 interval_ns;
	bool running;
	bool watching;
	bool closing;
	struct tm_tick tick;
	struct tm_tick house;

	struct tm_targets targets;
	unsigned long request;
	struct llist_head incoming;
	raw_spinlock_t pool_lock;
	struct llist_head pool;
	unsigned int pool_n;
	struct tm_watch all;
	int rescan;
	atomic_t alive;
	atomic_t unsettled;
	atomic64_t dropped;
	bool had_targets;

	struct tm_ring ring;
	wait_queue_head_t wait;
	struct irq_work wake;
	u64 woken_at;
	atomic_t blocked;
	u64 urgent;
	struct mm_struct *locked_mm;

	struct task_sample *batch;
	unsigned int batch_capacity;

	const struct tm_observer *observer;
	struct rcu_work close;
};

/* Whole processes come and go by themselves; who has gone is removed. */
static inline bool tm_scope_is_auto(const struct tm_session *s)
{
	return s->scope != TM_SCOPE_LIST;
}

#define TM_KINDS_SAMPLED (BIT(TM_KIND_PERIODIC) | BIT(TM_KIND_WINDOW))

/* Is there anything that a tick would be for? Control is held. */
static inline bool tm_session_samples(const struct tm_session *s)
{
	return s->kinds & TM_KINDS_SAMPLED || s->thresholds.figures;
}

/* Must a tick look at each sample? Session.lock is held, or nobody else has it yet. */
static inline void tm_session_inspect(struct tm_session *s)
{
	s->inspects = s->window_ns || s->thresholds.figures;
}

/* life.c */
extern const struct tm_watch_ops tm_life_ops;
extern const struct tm_watch_ops tm_everybody_ops;
void tm_life_settle_zombies(struct tm_session *s);

/* members.c */
bool tm_is_of_session(const struct tm_watch *watch, const void *session);
int tm_target_enlist(struct tm_target *target, struct task_struct *task, bool unique);
void tm_target_depart(struct tm_target *target);
void tm_target_discharge(struct tm_target *target);
struct tm_target *tm_pool_take(struct tm_session *s);
void tm_pool_fill(struct tm_session *s);
void tm_pool_drain(struct tm_session *s);
void tm_members_join(struct tm_session *s);
struct tm_target *tm_member_create(struct tm_session *s, struct pid *pid, enum pid_type type,
				   bool unique);
int tm_member_append(struct tm_session *s, struct tm_target *target);

/* scope.c */
bool tm_in_scope(const struct tm_session *s, struct task_struct *task);
int tm_scan(struct tm_session *s, struct pid *root);
void tm_house_tick(struct tm_tick *tick, u64 now_ns);
int tm_members_begin(struct tm_session *s);
void tm_members_end(struct tm_session *s);

/* history.c */
void tm_session_record(struct tm_session *s, struct task_sample *samples, unsigned int n);
void tm_session_alert(struct tm_session *s, struct task_sample *record);
bool tm_window_collect(struct tm_session *s, struct tm_target *target, struct task_sample *sample);
void tm_window_close(struct tm_target *target, struct task_sample *sample);
void tm_session_wake_work(struct irq_work *work);
void tm_session_show_alive(struct tm_session *s);
void tm_session_drop(struct tm_session *s);
void tm_session_wake_all(struct tm_session *s);

/* tick.c */
void tm_session_tick(struct tm_tick *tick, u64 now_ns);

/* session.c */
int tm_session_watch(struct tm_session *s);
void tm_session_unwatch(struct tm_session *s);

#endif /* TM_CORE_SESSION_IMPL_H */
