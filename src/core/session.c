// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: made, started, stopped, closed; the default session among them.
 * session_impl.h has their inside, and the locks.
 */
#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../compat.h"
#include "session_impl.h"

/* What may be told as it happens. */
#define TM_KINDS_TOLD (TM_KINDS_ALL & ~TM_KINDS_SAMPLED)

static struct tm_session tm_the_default;

static DEFINE_MUTEX(tm_sessions_lock);
static LIST_HEAD(tm_sessions);	/* protected by tm_sessions_lock, as the next two */
static unsigned int tm_sessions_n;
static u64 tm_last_id;

/*
 * Closed sessions are taken down here, behind the last probe that may know them.
 * NULL: there can be no sessions.
 */
static struct workqueue_struct *tm_closer;

struct tm_session *tm_default_session(void)
{
	return &tm_the_default;
}

/* What every session begins with, the default one too. */
static void tm_session_setup(struct tm_session *s)
{
	mutex_init(&s->control);
	mutex_init(&s->batch_lock);
	rt_mutex_init(&s->lock);
	raw_spin_lock_init(&s->pool_lock);
	init_llist_head(&s->pool);
	init_llist_head(&s->incoming);
	INIT_HLIST_NODE(&s->all.node);
	INIT_LIST_HEAD(&s->node);
	init_waitqueue_head(&s->wait);
	init_irq_work(&s->wake, tm_session_wake_work);
	tm_tick_init(&s->tick, tm_session_tick);
	tm_tick_init(&s->house, tm_house_tick);
}

static void tm_session_enter(struct tm_session *s)
{
	mutex_lock(&tm_sessions_lock);
	if (s != &tm_the_default)
		s->id = ++tm_last_id;
	list_add_tail(&s->node, &tm_sessions);
	tm_sessions_n++;
	mutex_unlock(&tm_sessions_lock);
}

static void tm_session_leave(struct tm_session *s)
{
	mutex_lock(&tm_sessions_lock);
	list_del(&s->node);
	tm_sessions_n--;
	mutex_unlock(&tm_sessions_lock);
}

static void tm_closer_destroy(void)
{
	destroy_workqueue(tm_closer);
	tm_closer = NULL;
}

/**
 * tm_sessions_init - set up the default session, idle
 * @interval_ns: of the default session
 * @records: of its history
 *
 * Return: 0; -EINVAL where a value is out of its range; -ENOMEM.
 */
int __init tm_sessions_init(u64 interval_ns, unsigned int records)
{
	struct tm_session *s = &tm_the_default;
	int err;

	if (interval_ns < TM_INTERVAL_MIN_NS || interval_ns > TM_INTERVAL_MAX_NS ||
	    records < TM_RING_RECORDS_MIN || records > TM_RING_RECORDS_MAX)
		return -EINVAL;
	tm_sample_init();
	tm_closer = alloc_workqueue("taskmonitor", WQ_UNBOUND, 0);
	if (!tm_closer)
		return -ENOMEM;
	tm_session_setup(s);
	s->ns = &init_pid_ns;
	/* The rights to it are settled by whoever lets somebody use it. */
	s->rights.everyone = true;
	s->kinds = TM_KINDS_ALL;
	s->tells = TM_KINDS_TOLD;
	s->watermark = 1;
	s->interval_ns = interval_ns;
	err = tm_ring_create(&s->ring, roundup_pow_of_two(records));
	if (err) {
		tm_closer_destroy();
		return err;
	}
	tm_session_enter(s);
	return 0;
}

/**
 * tm_sessions_are_up - may front ends of other modules make sessions?
 *
 * Not where this one is built into the kernel and did not come up.
 */
bool tm_sessions_are_up(void)
{
	return tm_closer;
}
TM_EXPORT(tm_sessions_are_up);

/** tm_sessions_exit - nobody can reach any session any more: take them all down */
void tm_sessions_exit(void)
{
	struct tm_session *s = &tm_the_default;

	tm_session_stop(s);
	tm_session_leave(s);
	tm_session_clear(s);
	/* Closed sessions: their grace period, their work, and what that released. */
	rcu_barrier();
	tm_closer_destroy();
	rcu_barrier();
	tm_lifecycle_exit();
	tm_tick_stop(&s->house);
	irq_work_sync(&s->wake);
	tm_ring_destroy(&s->ring);
	kvfree(s->batch);
}

void tm_session_observe(struct tm_session *s, const struct tm_observer *observer)
{
	s->observer = observer;
}

/** tm_session_watch - hold the lifecycle probes. @s: control is held. Return: 0, or why they fail. */
int tm_session_watch(struct tm_session *s)
{
	int err;

	lockdep_assert_held(&s->control);
	if (s->watching)
		return 0;
	err = tm_lifecycle_get();
	s->watching = !err;
	return err;
}

/** tm_session_unwatch - no longer hold them. @s: control is held */
void tm_session_unwatch(struct tm_session *s)
{
	lockdep_assert_held(&s->control);
	if (!s->watching)
		return;
	s->watching = false;
	tm_lifecycle_put();
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
			tm_thresholds_restart(s);
			if (tm_session_samples(s))
				tm_tick_start(&s->tick, READ_ONCE(s->interval_ns));
			/* What the probes saw meanwhile. */
			tm_tick_arm(&s->house, 0);
		}
	}
	mutex_unlock(&s->control);
	return err;
}
TM_EXPORT(tm_session_start);

/** tm_session_stop - no longer sample; done already: nothing happens. @s: the session. Return: 0. */
int tm_session_stop(struct tm_session *s)
{
	mutex_lock(&s->control);
	if (s->running) {
		/* First, so that each tick that is counted has recorded what it saw. */
		tm_tick_stop(&s->tick);
		WRITE_ONCE(s->running, false);
		if (s->observer)
			s->observer->stopped();
		tm_tick_stop(&s->house);
		tm_sampler_put();
	}
	mutex_unlock(&s->control);
	return 0;
}
TM_EXPORT(tm_session_stop);

/**
 * tm_session_set_interval - from the next deadline on
 * @s: the session
 * @interval_ns: TM_INTERVAL_MIN_NS to TM_INTERVAL_MAX_NS, and not longer than a window
 *
 * Return: 0, or -EINVAL where it is out of range.
 */
int tm_session_set_interval(struct tm_session *s, u64 interval_ns)
{
	if (interval_ns < TM_INTERVAL_MIN_NS || interval_ns > TM_INTERVAL_MAX_NS ||
	    (s->window_ns && interval_ns > s->window_ns))
		return -EINVAL;
	rt_mutex_lock(&s->lock);
	WRITE_ONCE(s->interval_ns, interval_ns);
	tm_tick_set_interval(&s->tick, interval_ns);
	rt_mutex_unlock(&s->lock);
	return 0;
}
TM_EXPORT(tm_session_set_interval);

static int tm_check_attr(const struct tm_session_attr *attr)
{
	if (attr->flags & ~TM_SESSION_FLAGS || attr->reserved || attr->scope > TM_SCOPE_SYSTEM ||
	    attr->kinds & ~TM_KINDS_ALL)
		return -EINVAL;
	if (attr->interval_ns < TM_INTERVAL_MIN_NS || attr->interval_ns > TM_INTERVAL_MAX_NS)
		return -EINVAL;
	if (attr->window_ns &&
	    (attr->window_ns < attr->interval_ns || attr->window_ns > TM_INTERVAL_MAX_NS))
		return -EINVAL;
	if (attr->ring_records &&
	    (attr->ring_records < TM_RING_RECORDS_MIN || attr->ring_records > TM_RING_RECORDS_MAX))
		return -EINVAL;
	if (attr->scope != TM_SCOPE_CGROUP && attr->cgroup_fd > 0)
		return -EINVAL;
	return 0;
}

/* The history is memory that the system cannot take back: it counts as locked. */
static int tm_charge_ring(struct tm_session *s, u32 capacity)
{
	int err = account_locked_vm(current->mm, tm_ring_bytes(capacity) >> PAGE_SHIFT, true);

	if (err)
		return err;
	err = tm_ring_create(&s->ring, capacity);
	if (err) {
		account_locked_vm(current->mm, tm_ring_bytes(capacity) >> PAGE_SHIFT, false);
		return err;
	}
	s->locked_mm = current->mm;
	mmgrab(s->locked_mm);
	return 0;
}

static void tm_uncharge_ring(struct tm_session *s)
{
	if (!s->locked_mm)
		return;
	account_locked_vm(s->locked_mm,
			  tm_ring_bytes(tm_ring_capacity(&s->ring)) >> PAGE_SHIFT, false);
	mmdrop(s->locked_mm);
}

static int tm_hold_cgroup(struct tm_session *s, int fd)
{
#ifdef CONFIG_CGROUPS
	struct cgroup *cgroup = cgroup_get_from_fd(fd);

	if (IS_ERR(cgroup))
		return PTR_ERR(cgroup);
	s->cgroup = cgroup;
	return 0;
#else
	return -EOPNOTSUPP;
#endif
}

static void tm_put_cgroup(struct tm_session *s)
{
#ifdef CONFIG_CGROUPS
	if (s->cgroup)
		cgroup_put(s->cgroup);
#endif
}

/*
 * No probe can make a target any more. Release those that are left; when that
 * has its grace period behind it, no probe knows the session either, and none
 * can arm its tick or its wake-up.
 */
static void tm_session_close_work(struct work_struct *work)
{
	struct tm_session *s = container_of(to_rcu_work(work), struct tm_session, close);

	/* It may be at work on a scan that was asked for before: no target after the clear. */
	tm_tick_stop(&s->house);
	tm_session_clear(s);
	mutex_lock(&s->control);
	tm_session_unwatch(s);
	mutex_unlock(&s->control);
	synchronize_rcu();
	tm_tick_stop(&s->house);
	irq_work_sync(&s->wake);

	tm_pool_drain(s);
	tm_ring_destroy(&s->ring);
	kvfree(s->batch);
	tm_put_cgroup(s);
	put_pid(s->owner);
	put_pid_ns(s->ns);
	put_cred(s->rights.cred);
	kfree(s);
}

/**
 * tm_session_close - a private or named session ends
 * @s: nobody uses it any more, but the sampler and the probes
 *
 * May sleep, but waits for no grace period.
 */
void tm_session_close(struct tm_session *s)
{
	tm_session_leave(s);
	tm_session_stop(s);
	tm_members_end(s);
	tm_uncharge_ring(s);
	INIT_RCU_WORK(&s->close, tm_session_close_work);
	queue_rcu_work(tm_closer, &s->close);
}
TM_EXPORT(tm_session_close);

static void tm_session_take_attr(struct tm_session *s, const struct tm_session_attr *attr,
				 const struct tm_rights *rights)
{
	s->scope = attr->scope;
	s->kinds = attr->kinds ?: TM_KINDS_ALL;
	s->tells = attr->flags & TM_SESSION_EVENTS ? TM_KINDS_TOLD : 0;
	s->watermark = attr->watermark ?: 1;
	s->interval_ns = attr->interval_ns;
	s->window_ns = attr->window_ns;
	tm_session_inspect(s);
	s->rights = *rights;
	/* Who may watch a cgroup or all may watch everybody in it. */
	s->rights.everyone |= s->scope >= TM_SCOPE_CGROUP;
	get_cred(rights->cred);
}

/* One that belongs to a process. */
static void tm_session_take_owner(struct tm_session *s)
{
	s->ns = get_pid_ns(task_active_pid_ns(current));
	s->owner = get_pid(task_tgid(current));
}

/* One that belongs to none. */
static void tm_session_take_name(struct tm_session *s, const struct tm_named *named)
{
	strscpy(s->name, named->name, sizeof(s->name));
	s->ns = get_pid_ns(named->ns);
#ifdef CONFIG_CGROUPS
	if (named->cgroup)
		cgroup_get(named->cgroup);
	s->cgroup = named->cgroup;
#endif
}

/*
 * All listeners are sent the events of all sessions: who adds to them may push
 * out others', and its records must have the numbers that listeners know.
 */
static bool tm_may_tell(const struct tm_rights *rights, const struct pid_namespace *ns)
{
	return rights->control && ns == &init_pid_ns;
}

/* @named: NULL of a session that belongs to current. */
static struct tm_session *tm_session_make(struct tm_session_attr *attr,
					  const struct tm_rights *rights,
					  const struct tm_named *named)
{
	u32 capacity = roundup_pow_of_two(attr->ring_records ?: TM_RING_RECORDS_DEFAULT);
	int err = tm_check_attr(attr);
	struct tm_session *s;

	if (!err && attr->watermark > capacity / 2)
		err = -EINVAL;
	if (!err && attr->scope >= TM_SCOPE_CGROUP && !rights->system)
		err = -EPERM;
	if (!err && attr->flags & TM_SESSION_EVENTS &&
	    !tm_may_tell(rights, named ? named->ns : task_active_pid_ns(current)))
		err = -EPERM;
	if (err)
		return ERR_PTR(err);

	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return ERR_PTR(-ENOMEM);
	tm_session_setup(s);
	/* A limit is a process's, and a named session outlives whoever made it. */
	err = named ? tm_ring_create(&s->ring, capacity) : tm_charge_ring(s, capacity);
	if (err) {
		kfree(s);
		return ERR_PTR(err);
	}
	tm_session_take_attr(s, attr, rights);
	if (named)
		tm_session_take_name(s, named);
	else
		tm_session_take_owner(s);
	attr->ring_records = capacity;

	/* From here on closing it undoes whatever has been done. */
	tm_session_enter(s);
	if (attr->scope == TM_SCOPE_CGROUP && !named)
		err = tm_hold_cgroup(s, attr->cgroup_fd);
	if (!err)
		err = tm_members_begin(s);
	if (!err && !(attr->flags & TM_SESSION_STOPPED))
		err = tm_session_start(s);
	if (err) {
		tm_session_close(s);
		return ERR_PTR(err);
	}
	return s;
}

/**
 * tm_session_create - a session of its own
 * @attr: what it shall be; ring_records is set to what it has become
 * @rights: of whoever opened the file
 *
 * Return: the session, or an error as TM_SESSION documents them.
 */
struct tm_session *tm_session_create(struct tm_session_attr *attr, const struct tm_rights *rights)
{
	return tm_session_make(attr, rights, NULL);
}

/**
 * tm_session_create_named - a session that belongs to no process
 * @attr: as for tm_session_create(), but for cgroup_fd, which is 0
 * @named: the rest
 *
 * Its history counts against nobody's RLIMIT_MEMLOCK. It lives until
 * tm_session_close().
 *
 * Return: the session; -EINVAL (an attribute out of its range, or a cgroup where
 * the scope has none, or none where it has), -EPERM, -ENOMEM, -EINTR.
 */
struct tm_session *tm_session_create_named(struct tm_session_attr *attr,
					   const struct tm_named *named)
{
	if ((attr->scope == TM_SCOPE_CGROUP) != !!named->cgroup)
		return ERR_PTR(-EINVAL);
	return tm_session_make(attr, named->rights, named);
}
TM_EXPORT(tm_session_create_named);

/**
 * tm_sessions_states - the states of all sessions
 * @ns: the reader's PID namespace
 * @states: where they go
 * @capacity: how many fit
 * @total: out: how many there are
 *
 * Return: how many were filled.
 */
unsigned int tm_sessions_states(struct pid_namespace *ns, struct tm_state *states,
				unsigned int capacity, unsigned int *total)
{
	struct tm_session *s;
	unsigned int n = 0;

	mutex_lock(&tm_sessions_lock);
	list_for_each_entry(s, &tm_sessions, node) {
		if (n == capacity)
			break;
		tm_session_state(s, ns, &states[n++]);
	}
	*total = tm_sessions_n;
	mutex_unlock(&tm_sessions_lock);
	return n;
}

/**
 * tm_sessions_next - the state of the first session from a number on
 * @ns: the reader's PID namespace
 * @id: that number
 * @state: filled where true is returned
 *
 * Return: false where there is none.
 */
bool tm_sessions_next(struct pid_namespace *ns, u64 id, struct tm_state *state)
{
	struct tm_session *s;
	bool found = false;

	mutex_lock(&tm_sessions_lock);
	/* Numbers are given in turn: the list is in their order. */
	list_for_each_entry(s, &tm_sessions, node) {
		if (s->id < id)
			continue;
		tm_session_state(s, ns, state);
		found = true;
		break;
	}
	mutex_unlock(&tm_sessions_lock);
	return found;
}
