// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples on demand, and what a session says of itself.
 */
#include <linux/ktime.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../compat.h"
#include "sample_impl.h"
#include "session_impl.h"

/* Targets sampled before others get the CPU. */
#define TM_CHUNK 32

static __always_inline struct tm_view tm_view_now(struct pid_namespace *ns)
{
	return (struct tm_view) {
		.ns = ns,
		.time_ns = ktime_get_ns(),
		.kind = TM_KIND_READ,
		.cpus = tm_cpus_on_demand(),
	};
}

static bool tm_read_row(struct tm_session *s, unsigned int row, struct pid_namespace *ns,
			struct task_sample *sample)
{
	struct tm_view view = tm_view_now(ns);
	bool alive;

	rcu_read_lock();
	alive = get_sample(&s->targets.slot[row]->monitor, &view, sample);
	rcu_read_unlock();
	return alive;
}

/* May @rights see it? NULL: the caller has settled that by a file's mode. */
static bool tm_may_see(const struct task_monitor *tm, const struct tm_rights *rights)
{
	return !rights || rights->everyone || tm_may_monitor(rights, tm->pid, tm->type);
}

/*
 * Of the default session others than its administrators are not told whether it
 * has a target, nor when that exits: whatever is not their own living process
 * gets one and the same answer.
 */
static bool tm_may_know_none(const struct tm_session *s, const struct tm_rights *rights)
{
	return s->id || !rights || rights->everyone || rights->control;
}

/* What a reader is told of the first target: @found: it is there, and visible. */
static __always_inline int tm_verdict(const struct tm_session *s, const struct task_monitor *tm,
				      const struct tm_rights *rights, bool found)
{
	if (likely(found))
		return tm_may_see(tm, rights) ? 0 : -EPERM;
	return tm_may_know_none(s, rights) ? -ESRCH : -EPERM;
}

/*
 * The first target, without the session's lock: RCU holds what it finds. The read
 * section is left for a moment where nothing is found, for there may be one on
 * its way into the table, or the table be in hand.
 */
static struct task_monitor *tm_first(struct tm_session *s)
{
	struct tm_target *target = rcu_dereference(s->targets.first);

	if (unlikely(!target)) {
		rcu_read_unlock();
		rt_mutex_lock(&s->lock);
		tm_members_join(s);
		rt_mutex_unlock(&s->lock);
		rcu_read_lock();
		target = rcu_dereference(s->targets.first);
	}
	return target ? &target->monitor : NULL;
}

/**
 * tm_session_first - sample the first target now
 * @s: the session
 * @rights: the reader's, or NULL
 * @ns: the reader's PID namespace
 * @sample: filled where 0 is returned
 *
 * Return: 0; -ESRCH where there is none, it has exited or @ns does not have
 * it; -EPERM where the reader may not see it, or know that.
 */
int tm_session_first(struct tm_session *s, const struct tm_rights *rights,
		     struct pid_namespace *ns, struct task_sample *sample)
{
	struct tm_view view = tm_view_now(ns);
	struct task_monitor *tm;
	int err;

	rcu_read_lock();
	tm = tm_first(s);
	err = tm_verdict(s, tm, rights, tm && tm_read_sample(tm, &view, sample) && sample->pid);
	rcu_read_unlock();
	return err;
}

/** tm_session_first_times - the first target's CPU time now. @times: as tm_session_first()'s sample */
int tm_session_first_times(struct tm_session *s, const struct tm_rights *rights,
			   struct pid_namespace *ns, struct tm_cputime *times)
{
	struct task_monitor *tm;
	int err;

	rcu_read_lock();
	tm = tm_first(s);
	err = tm_verdict(s, tm, rights, tm && get_times(tm, times) && tm_is_visible(tm, ns));
	rcu_read_unlock();
	return err;
}

/**
 * tm_session_first_pid - the first target's number in @ns
 * @s: the session
 * @rights: the reader's, or NULL
 * @ns: the reader's PID namespace
 *
 * Return: 0 if there is none there; -EPERM where the reader may not know.
 */
int tm_session_first_pid(struct tm_session *s, const struct tm_rights *rights,
			 struct pid_namespace *ns)
{
	struct task_monitor *tm;
	int nr = 0;

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	if (s->targets.n) {
		tm = &s->targets.slot[0]->monitor;
		nr = tm_monitor_nr(tm, ns);
		if (nr && !tm_may_see(tm, rights))
			nr = -EPERM;
	}
	rt_mutex_unlock(&s->lock);
	return nr || tm_may_know_none(s, rights) ? nr : -EPERM;
}

/**
 * tm_session_row - sample the targets one after the other, the exited too
 * @s: the session
 * @row: where to look; moved on to the row that was found
 * @ns: the reader's PID namespace: who is not in it is passed over
 * @sample: filled where true is returned
 *
 * A reader who adds 1 to @row after each call sees every target that was there
 * all the while once.
 *
 * Return: false where there is no further one.
 */
bool tm_session_row(struct tm_session *s, unsigned int *row, struct pid_namespace *ns,
		    struct task_sample *sample)
{
	bool found = false;

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	for (; *row < s->targets.n; ++*row) {
		if (!tm_is_visible(&s->targets.slot[*row]->monitor, ns))
			continue;
		tm_read_row(s, *row, ns, sample);
		found = true;
		break;
	}
	rt_mutex_unlock(&s->lock);
	return found;
}

static int tm_sample_once(struct task_monitor *tm, const struct tm_view *view,
			  struct task_sample *sample)
{
	bool alive = false;

	rcu_read_lock();
	/* Which task a thread's number is of is noted for targets by the watch. */
	tm->task = pid_task(tm->pid, tm->type);
	if (tm->task)
		alive = get_sample(tm, view, sample);
	rcu_read_unlock();
	return alive ? 0 : -ESRCH;
}

/**
 * tm_process_sample - sample a process that need be nobody's target
 * @nr: its number in the caller's PID namespace
 * @thread: it is one thread's
 * @ns: in which PID namespace numbers are shown
 * @sample: filled where 0 is returned
 *
 * Who may ask that is the caller's to settle. The split of CPU time knows of no
 * former one: of two samples it may go back a little, the sum does not.
 *
 * Return: 0; -ESRCH where there is no such process, or it has exited; -ENOMEM.
 */
int tm_process_sample(pid_t nr, bool thread, struct pid_namespace *ns, struct task_sample *sample)
{
	struct tm_view view = tm_view_now(ns);
	struct task_monitor *tm;
	struct pid *pid = find_get_pid(nr);
	int err;

	if (!pid)
		return -ESRCH;
	tm = kmalloc(sizeof(*tm), GFP_KERNEL_ACCOUNT);
	if (tm) {
		tm_monitor_init(tm, pid, thread ? PIDTYPE_PID : PIDTYPE_TGID, ns);
		err = tm_sample_once(tm, &view, sample);
		put_pid(tm->pid);
		kfree(tm);
	} else {
		err = -ENOMEM;
	}
	put_pid(pid);
	return err;
}

static int tm_batch_reserve(struct tm_session *s, unsigned int n)
{
	struct task_sample *batch;

	lockdep_assert_held(&s->batch_lock);
	if (n <= s->batch_capacity)
		return 0;
	batch = kvmalloc_array(n, sizeof(*batch), GFP_KERNEL_ACCOUNT);
	if (!batch)
		return -ENOMEM;
	kvfree(s->batch);
	s->batch = batch;
	s->batch_capacity = n;
	return 0;
}

/* Fill the batch with the first @n that @batch's reader can see, and count all of them. */
static void tm_batch_fill(struct tm_session *s, struct pid_namespace *ns, unsigned int n,
			  struct tm_batch_view *batch)
{
	struct tm_view view = {
		.ns = ns,
		.time_ns = batch->time_ns,
		.kind = TM_KIND_READ,
		.cpus = tm_cpus_on_demand(),
	};
	struct task_sample *sample = s->batch, *end = sample + n;
	unsigned int i, total = 0;

	rcu_read_lock();
	for (i = 0; i < s->targets.n; i++) {
		struct tm_target *target = s->targets.slot[i];
		struct task_monitor *tm = &target->monitor;

		if (!tm_is_visible(tm, ns) || (tm_scope_is_auto(s) && tm_target_is_gone(target)))
			continue;
		total++;
		if (sample < end)
			tm_read_sample(tm, &view, sample++);
		if (i % TM_CHUNK == TM_CHUNK - 1) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	batch->count = sample - s->batch;
	batch->total = total;
}

/**
 * tm_session_batch - sample all targets now
 * @s: the session
 * @ns: the reader's PID namespace
 * @capacity: the most that are wanted
 * @batch: filled where 0 is returned; tm_session_batch_done() must follow
 *
 * Return: 0, -ENOMEM, -EINTR.
 */
int tm_session_batch(struct tm_session *s, struct pid_namespace *ns, unsigned int capacity,
		     struct tm_batch_view *batch)
{
	unsigned int n;
	int err = mutex_lock_interruptible(&s->batch_lock);

	if (err)
		return err;
	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	n = min(capacity, s->targets.n);
	rt_mutex_unlock(&s->lock);

	/* Whoever joins before the lock is held again is told of in the total. */
	err = tm_batch_reserve(s, n);
	if (err) {
		mutex_unlock(&s->batch_lock);
		return err;
	}
	rt_mutex_lock(&s->lock);
	batch->time_ns = ktime_get_ns();
	batch->samples = s->batch;
	tm_batch_fill(s, ns, n, batch);
	rt_mutex_unlock(&s->lock);
	return 0;
}
TM_EXPORT(tm_session_batch);

/** tm_session_batch_done - the batch has been copied. @s: the session */
void tm_session_batch_done(struct tm_session *s)
{
	mutex_unlock(&s->batch_lock);
}
TM_EXPORT(tm_session_batch_done);

/**
 * tm_session_state - what the session is doing
 * @s: the session
 * @ns: the reader's PID namespace
 * @state: filled whole
 */
void tm_session_state(struct tm_session *s, struct pid_namespace *ns, struct tm_state *state)
{
	struct tm_tick_stats stats;

	memset(state, 0, sizeof(*state));
	tm_tick_read_stats(&s->tick, &stats);
	state->version = TM_VERSION_MAJOR << 16 | TM_VERSION_MINOR << 8 | TM_VERSION_PATCH;
	state->flags = (READ_ONCE(s->running) ? TM_STATE_RUNNING : 0) |
		       (s->name[0] ? TM_STATE_NAMED : s->id ? TM_STATE_PRIVATE : 0);
	memcpy(state->name, s->name, sizeof(state->name));
	state->ticks = stats.ticks;
	state->missed_ticks = stats.missed;
	state->stretched = stats.stretched;
	state->lateness_max_ns = stats.lateness_max_ns;
	state->cost_ns = stats.cost_ns;
	memcpy(state->lateness_hist, stats.lateness_hist, sizeof(state->lateness_hist));
	state->interval_ns = READ_ONCE(s->interval_ns);
	state->samples = tm_ring_head(&s->ring);
	state->id = s->id;
	state->window_ns = s->window_ns;
	state->scope = s->scope;
	/* A number is good for as long as its process is; then it may be another's. */
	rcu_read_lock();
	if (s->owner && pid_task(s->owner, PIDTYPE_TGID))
		state->owner = pid_nr_ns(s->owner, ns);
	rcu_read_unlock();
	state->ring_records = tm_ring_capacity(&s->ring);
	state->watermark = s->watermark;
	state->kinds = s->kinds;
	state->dropped = atomic64_read(&s->dropped);
	state->targets_alive = atomic_read(&s->alive);

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	state->targets = s->targets.n;
	rt_mutex_unlock(&s->lock);
}
TM_EXPORT(tm_session_state);

/** tm_format_line - the lab's line, into @buf of @size bytes, of @sample. Return: its length. */
int tm_format_line(char *buf, size_t size, const struct task_sample *sample)
{
	return scnprintf(buf, size, "pid %d usr %llu sys %llu\n", sample->pid, sample->utime,
			 sample->stime);
}
