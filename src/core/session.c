// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session: targets, an interval and a run state.
 *
 * Locks, outermost first:
 *   session.control   serialises start, stop and what else must not happen
 *                     while one of them is under way. The sampler's thread is
 *                     created and ended under it, and ticks are waited for: a
 *                     tick never takes it.
 *   session.lock      protects targets and interval_ns. A tick holds it for
 *                     all of its round; nobody else holds it across anything
 *                     that can wait for user space. An rt_mutex, so that a
 *                     reader of low priority who is preempted while holding it
 *                     is lifted to the sampler's.
 *   task_monitor.lock, the table of watches, the sampler's queue: leaves.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/rtmutex.h>
#include <linux/sched.h>

#include "access.h"
#include "sampler.h"
#include "session.h"
#include "target.h"

/* Targets served before the RCU section ends and others get the CPU. */
#define TM_CHUNK 32

/**
 * struct tm_session
 * @control: see above
 * @lock: see above
 * @tick: its entry in the sampler's queue
 * @targets: protected by @lock
 * @interval_ns: written under @lock, read anywhere
 * @running: written under @control, read anywhere
 * @samples: records produced; written under @lock
 * @observer: set once
 */
struct tm_session {
	struct mutex control;
	struct rt_mutex lock;
	struct tm_tick tick;
	struct tm_targets targets;
	u64 interval_ns;
	bool running;
	u64 samples;
	const struct tm_observer *observer;
};

static struct tm_session tm_the_default;

struct tm_session *tm_default_session(void)
{
	return &tm_the_default;
}

static void tm_session_tick(struct tm_tick *tick, u64 now_ns)
{
	struct tm_session *s = container_of(tick, struct tm_session, tick);
	struct tm_view view = {
		.ns = &init_pid_ns,
		.time_ns = now_ns,
		.kind = TM_KIND_PERIODIC,
	};
	unsigned int i, position = 0;
	struct task_sample sample;

	rt_mutex_lock(&s->lock);
	for (i = 0; i < s->targets.n; i++) {
		struct task_monitor *tm = &s->targets.slot[i]->monitor;

		if (READ_ONCE(tm->exited) || !get_sample(tm, &view, &sample))
			continue;
		s->samples++;
		if (s->observer)
			s->observer->sampled(&sample, position++);
		if (i % TM_CHUNK == TM_CHUNK - 1) {
			cond_resched();
			view.time_ns = ktime_get_ns();
		}
	}
	rt_mutex_unlock(&s->lock);
}

/**
 * tm_session_init - set up the default session, idle
 * @interval_ns: within TM_INTERVAL_MIN_NS and TM_INTERVAL_MAX_NS
 */
int tm_session_init(u64 interval_ns)
{
	struct tm_session *s = &tm_the_default;

	if (interval_ns < TM_INTERVAL_MIN_NS || interval_ns > TM_INTERVAL_MAX_NS)
		return -EINVAL;
	mutex_init(&s->control);
	rt_mutex_init(&s->lock);
	tm_tick_init(&s->tick, tm_session_tick);
	s->interval_ns = interval_ns;
	return 0;
}

/** tm_session_exit - nobody can reach the default session any more: take it down */
void tm_session_exit(void)
{
	struct tm_session *s = &tm_the_default;

	tm_session_stop(s);
	rt_mutex_lock(&s->lock);
	tm_targets_clear(&s->targets);
	rt_mutex_unlock(&s->lock);
	rcu_barrier();	/* tm_target_free() is the module's text */
}

void tm_session_observe(struct tm_session *s, const struct tm_observer *observer)
{
	s->observer = observer;
}

/**
 * tm_session_start - begin to sample; done already: nothing happens
 * @s: the session
 *
 * Return: 0, or why the sampler cannot run: -ENOMEM, -EINTR.
 */
int tm_session_start(struct tm_session *s)
{
	int err = 0;

	mutex_lock(&s->control);
	if (!s->running) {
		err = tm_sampler_get();
		if (!err) {
			WRITE_ONCE(s->running, true);
			if (s->observer)
				s->observer->started();
			tm_tick_start(&s->tick, READ_ONCE(s->interval_ns));
		}
	}
	mutex_unlock(&s->control);
	return err;
}

/** tm_session_stop - no longer sample; done already: nothing happens. Return: 0. */
int tm_session_stop(struct tm_session *s)
{
	mutex_lock(&s->control);
	if (s->running) {
		WRITE_ONCE(s->running, false);
		if (s->observer)
			s->observer->stopped();
		tm_tick_stop(&s->tick);
		tm_sampler_put();
	}
	mutex_unlock(&s->control);
	return 0;
}

/**
 * tm_session_set_interval - from the next deadline on
 * @s: the session
 * @interval_ns: TM_INTERVAL_MIN_NS to TM_INTERVAL_MAX_NS
 *
 * Return: 0, or -EINVAL where it is out of range.
 */
int tm_session_set_interval(struct tm_session *s, u64 interval_ns)
{
	if (interval_ns < TM_INTERVAL_MIN_NS || interval_ns > TM_INTERVAL_MAX_NS)
		return -EINVAL;
	rt_mutex_lock(&s->lock);
	WRITE_ONCE(s->interval_ns, interval_ns);
	tm_tick_set_interval(&s->tick, interval_ns);
	rt_mutex_unlock(&s->lock);
	return 0;
}

/* The target for a number in the caller's PID namespace. */
static struct tm_target *tm_resolve(pid_t nr)
{
	struct tm_target *target;
	struct pid *pid;

	if (nr <= 0)
		return ERR_PTR(-EINVAL);
	pid = find_get_pid(nr);
	if (!pid)
		return ERR_PTR(-ESRCH);
	target = tm_target_create(pid, PIDTYPE_TGID);
	put_pid(pid);
	return target;
}

/**
 * tm_session_add - one more target
 * @s: the session
 * @nr: a process's number in the caller's PID namespace
 *
 * Return: 0; -EINVAL (not a PID), -ESRCH (no process has it; a zombie and a
 * thread's number are none), -EEXIST (is a target), -ENOSPC, -ENOMEM.
 */
int tm_session_add(struct tm_session *s, pid_t nr)
{
	struct tm_target *target = tm_resolve(nr);
	int err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	rt_mutex_lock(&s->lock);
	if (tm_targets_find(&s->targets, target->monitor.pid))
		err = -EEXIST;
	else
		err = tm_targets_reserve(&s->targets);
	if (!err)
		tm_targets_append(&s->targets, target);
	rt_mutex_unlock(&s->lock);
	if (err)
		tm_target_release(target);
	return err;
}

/**
 * monitor_pid - make one process the only target
 * @s: the session
 * @nr: its number in the caller's PID namespace
 *
 * The old targets stay where this fails. Errors as tm_session_add().
 */
int monitor_pid(struct tm_session *s, pid_t nr)
{
	struct tm_target *target = tm_resolve(nr);
	struct tm_targets old, new = {};
	int err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	err = tm_targets_reserve(&new);
	if (err) {
		tm_target_release(target);
		return err;
	}
	tm_targets_append(&new, target);

	rt_mutex_lock(&s->lock);
	old = s->targets;
	s->targets = new;
	rt_mutex_unlock(&s->lock);
	tm_targets_clear(&old);
	return 0;
}

/**
 * tm_session_del - a target less
 * @s: the session
 * @nr: its number in the caller's PID namespace; also one that has exited
 *
 * Return: 0, -EINVAL (not a PID), -ESRCH (not a target).
 */
int tm_session_del(struct tm_session *s, pid_t nr)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	int err = -ESRCH;
	unsigned int i;

	if (nr <= 0)
		return -EINVAL;
	rt_mutex_lock(&s->lock);
	for (i = 0; i < s->targets.n; i++) {
		struct tm_target *target = s->targets.slot[i];

		if (tm_monitor_nr(&target->monitor, ns) != nr)
			continue;
		tm_targets_remove(&s->targets, target);
		err = 0;
		break;
	}
	rt_mutex_unlock(&s->lock);
	return err;
}

/** tm_session_clear - no target at all. Return: 0. */
int tm_session_clear(struct tm_session *s)
{
	struct tm_targets old;

	rt_mutex_lock(&s->lock);
	old = s->targets;
	memset(&s->targets, 0, sizeof(s->targets));
	rt_mutex_unlock(&s->lock);
	tm_targets_clear(&old);
	return 0;
}

static bool tm_read_row(struct tm_session *s, unsigned int row, struct pid_namespace *ns,
			struct task_sample *sample)
{
	struct tm_view view = {
		.ns = ns,
		.time_ns = ktime_get_ns(),
		.kind = TM_KIND_READ,
	};

	return get_sample(&s->targets.slot[row]->monitor, &view, sample);
}

/* May @rights see the first target? NULL: the caller has settled that by a file's mode. */
static bool tm_may_see_first(struct tm_session *s, const struct tm_rights *rights)
{
	struct task_monitor *tm = &s->targets.slot[0]->monitor;

	return !rights || tm_may_monitor(rights, tm->pid, tm->type);
}

/**
 * tm_session_first - sample the first target now
 * @s: the session
 * @rights: the reader's, or NULL
 * @ns: the reader's PID namespace
 * @sample: filled where 0 is returned
 *
 * Return: 0; -ESRCH where there is none, it has exited or @ns does not have
 * it; -EPERM where the reader may not see it.
 */
int tm_session_first(struct tm_session *s, const struct tm_rights *rights,
		     struct pid_namespace *ns, struct task_sample *sample)
{
	int err = -ESRCH;

	rt_mutex_lock(&s->lock);
	if (s->targets.n && tm_read_row(s, 0, ns, sample) && sample->pid)
		err = tm_may_see_first(s, rights) ? 0 : -EPERM;
	rt_mutex_unlock(&s->lock);
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
	int nr = 0;

	rt_mutex_lock(&s->lock);
	if (s->targets.n) {
		nr = tm_monitor_nr(&s->targets.slot[0]->monitor, ns);
		if (nr && !tm_may_see_first(s, rights))
			nr = -EPERM;
	}
	rt_mutex_unlock(&s->lock);
	return nr;
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
	for (; *row < s->targets.n; ++*row) {
		if (!tm_monitor_nr(&s->targets.slot[*row]->monitor, ns))
			continue;
		tm_read_row(s, *row, ns, sample);
		found = true;
		break;
	}
	rt_mutex_unlock(&s->lock);
	return found;
}

/** tm_session_state - what the session is doing */
void tm_session_state(struct tm_session *s, struct tm_state *state)
{
	struct tm_tick_stats stats;

	memset(state, 0, sizeof(*state));
	tm_tick_read_stats(&s->tick, &stats);
	state->version = TM_VERSION_MAJOR << 16 | TM_VERSION_MINOR << 8 | TM_VERSION_PATCH;
	state->ticks = stats.ticks;
	state->missed_ticks = stats.missed;
	state->lateness_max_ns = stats.lateness_max_ns;
	state->cost_ns = stats.cost_ns;

	rt_mutex_lock(&s->lock);
	state->flags = s->running ? TM_STATE_RUNNING : 0;
	state->targets = s->targets.n;
	state->targets_alive = tm_targets_alive(&s->targets);
	state->interval_ns = s->interval_ns;
	state->samples = s->samples;
	rt_mutex_unlock(&s->lock);
}

/** tm_format_line - the lab's line. Return: its length. */
int tm_format_line(char *buf, size_t size, const struct task_sample *sample)
{
	return scnprintf(buf, size, "pid %d usr %llu sys %llu\n", sample->pid, sample->utime,
			 sample->stime);
}
