// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records: how they get into a session's history, and out of it.
 */
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "../compat.h"
#include "session_impl.h"
#include "trace.h"

static const struct tm_listener __rcu *tm_listener;

/** tm_session_wake_work - wake the readers. @work: the session's; runs in a context where that may be done */
void tm_session_wake_work(struct irq_work *work)
{
	wake_up_all(&container_of(work, struct tm_session, wake)->wait);
}

/* Wake whoever waits, if there is as much as was asked for. From any context. */
static void tm_session_wake(struct tm_session *s, u64 head)
{
	/* The record, or the end, before the look at who waits: pairs with poll_wait(). */
	if (!wq_has_sleeper(&s->wait))
		return;
	if (head - READ_ONCE(s->woken_at) < s->watermark && !atomic_read(&s->blocked))
		return;
	WRITE_ONCE(s->woken_at, head);
	irq_work_queue(&s->wake);
}

/** tm_session_show_alive - the number of living targets has changed: tell who maps the history */
void tm_session_show_alive(struct tm_session *s)
{
	int alive;

	/* Two may come at once, and the older number be written last: look again. */
	do {
		alive = atomic_read(&s->alive);
		WRITE_ONCE(s->ring.header->targets_alive, alive);
		smp_mb();	/* our number before we look whether it is still right */
	} while (alive != atomic_read(&s->alive));
}

/** tm_session_wake_all - whoever waits must look again: at the end, or at what was crossed */
void tm_session_wake_all(struct tm_session *s)
{
	if (wq_has_sleeper(&s->wait))
		irq_work_queue(&s->wake);
}

/** tm_session_drop - a process could not be watched: count it, and show the count. @s: the session */
void tm_session_drop(struct tm_session *s)
{
	u64 dropped;

	atomic64_inc(&s->dropped);
	do {
		dropped = atomic64_read(&s->dropped);
		WRITE_ONCE(s->ring.header->dropped, dropped);
		smp_mb();	/* as above */
	} while (dropped != (u64)atomic64_read(&s->dropped));
}

/**
 * tm_sessions_listen - tell this one what happens, and nobody else
 * @listener: whom; NULL: nobody
 *
 * May sleep. Whoever was told before is not, and is not being told either, once
 * this returns.
 */
void tm_sessions_listen(const struct tm_listener *listener)
{
	rcu_assign_pointer(tm_listener, listener);
	synchronize_rcu();
}

static void tm_session_tell(struct tm_session *s, const struct task_sample *samples, unsigned int n)
{
	const struct tm_listener *listener;

	rcu_read_lock();
	listener = rcu_dereference(tm_listener);
	for (; listener && n; n--, samples++)
		listener->happened(s->id, samples);
	rcu_read_unlock();
}

/**
 * tm_session_record - append records to the history, if the session wants them
 * @s: the session
 * @samples: of one kind; their seq is set
 * @n: how many
 *
 * From any context.
 */
void tm_session_record(struct tm_session *s, struct task_sample *samples, unsigned int n)
{
	unsigned int i;

	if (!n || !READ_ONCE(s->running) || !(s->kinds & BIT(samples->kind)))
		return;
	tm_session_wake(s, tm_ring_write(&s->ring, samples, n));
	if (s->tells & BIT(samples->kind))
		tm_session_tell(s, samples, n);
	if (trace_task_sample_enabled()) {
		for (i = 0; i < n; i++)
			trace_task_sample(s->id, &samples[i]);
	}
}

/* There is a record of a threshold: several may come at once, and the older one last. */
static void tm_session_urge(struct tm_session *s, u64 seq)
{
	u64 old = READ_ONCE(s->urgent);

	while (old < seq && !try_cmpxchg(&s->urgent, &old, seq))
		;
}

/**
 * tm_session_alert - append the record of a threshold, and wake who waits, whatever the watermark
 * @s: the session; its kinds have it
 * @record: its seq is set
 *
 * Where the watermark counts from is left alone: who is woken by this and waits for
 * that has not been served. From any context.
 */
void tm_session_alert(struct tm_session *s, struct task_sample *record)
{
	if (!READ_ONCE(s->running))
		return;
	tm_session_urge(s, tm_ring_write(&s->ring, record, 1));
	/* The number, too, before the look at who waits. */
	tm_session_wake_all(s);
	if (s->tells & BIT(record->kind))
		tm_session_tell(s, record, 1);
	trace_task_sample(s->id, record);
}

static void tm_window_show(const struct tm_window *w, struct task_sample *sample)
{
	sample->window_samples = w->samples;
	/* One sample is no step: no CPU use is known between two. */
	sample->cpu_min_ppm = w->cpu_min_ppm == U32_MAX ? 0 : w->cpu_min_ppm;
	sample->cpu_avg_ppm = tm_window_cpu_avg_ppm(w);
	sample->cpu_max_ppm = w->cpu_max_ppm;
	sample->rss_min_bytes = w->rss_samples ? w->rss_min : 0;
	sample->rss_avg_bytes = tm_window_rss_avg(w);
	sample->rss_max_bytes = w->rss_max;
	sample->valid |= TM_VALID_WINDOW;
}

/** tm_window_close - the target has exited: what its open window held goes into its last record */
void tm_window_close(struct tm_target *target, struct task_sample *sample)
{
	struct task_monitor *tm = &target->monitor;
	unsigned long flags;

	if (!target->session->window_ns)
		return;
	raw_spin_lock_irqsave(&tm->lock, flags);
	if (target->window.samples)
		tm_window_show(&target->window, sample);
	raw_spin_unlock_irqrestore(&tm->lock, flags);
}

/**
 * tm_window_collect - a sample that a tick took, of a session that has windows
 * @s: the session
 * @target: whose
 * @sample: the sample
 *
 * Return: true if it ended a window, and is its record now.
 */
bool tm_window_collect(struct tm_session *s, struct tm_target *target, struct task_sample *sample)
{
	struct tm_window *w = &target->window;
	u64 cpu_ns = sample->utime + sample->stime;
	unsigned long flags;
	bool ended;

	raw_spin_lock_irqsave(&target->monitor.lock, flags);
	tm_window_add(w, sample->time_ns, cpu_ns, sample->valid & TM_VALID_MEM,
		      sample->rss_bytes);
	/* A tick that is a little early or late belongs to the window it was meant for. */
	ended = sample->time_ns + READ_ONCE(s->interval_ns) / 2 >= w->begin_ns + s->window_ns;
	if (ended) {
		sample->kind = TM_KIND_WINDOW;
		tm_window_show(w, sample);
		tm_window_open(w, sample->time_ns, cpu_ns);
	}
	raw_spin_unlock_irqrestore(&target->monitor.lock, flags);
	return ended;
}

/** tm_session_has_ended - nobody is left who could make a record. @s: the session */
bool tm_session_has_ended(struct tm_session *s)
{
	return s->scope <= TM_SCOPE_TREE && READ_ONCE(s->had_targets) && !atomic_read(&s->unsettled);
}

static void tm_show_lost(struct task_sample *sample, u64 last, u64 lost)
{
	memset(sample, 0, sizeof(*sample));
	sample->kind = TM_KIND_LOST;
	sample->state = '-';
	sample->time_ns = ktime_get_ns();
	sample->seq = last;
	sample->lost_records = lost;
}

/**
 * tm_session_next_record - what a reader has not seen yet
 * @s: the session
 * @cursor: the last record it has seen, 0 at first; moved on
 * @sample: filled where true is returned: a record, or word of those lost
 *
 * A cursor's records and the lost ones told of make up all, exactly.
 *
 * Return: false where there is nothing new.
 */
bool tm_session_next_record(struct tm_session *s, u64 *cursor, struct task_sample *sample)
{
	u64 head, oldest;

	switch (tm_ring_read(&s->ring, *cursor + 1, sample)) {
	case TM_RING_READ:
		++*cursor;
		return true;
	case TM_RING_EMPTY:
		return false;
	case TM_RING_LOST:
		break;
	}
	/* At least that one; the writer may be at work on it and head not have moved. */
	head = tm_ring_head(&s->ring);
	oldest = max(*cursor + 2, head - min_t(u64, head, tm_ring_capacity(&s->ring)) + 1);
	tm_show_lost(sample, oldest - 1, oldest - 1 - *cursor);
	*cursor = oldest - 1;
	return true;
}
TM_EXPORT(tm_session_next_record);

/** tm_session_read_to - the reader has come to @cursor: the watermark counts from there */
void tm_session_read_to(struct tm_session *s, u64 cursor)
{
	WRITE_ONCE(s->woken_at, cursor);
}

/**
 * tm_session_wait_record - sleep until there is a record behind @cursor, or the end
 * @s: the session
 * @cursor: the last record seen
 *
 * Return: 1; 0 if there is none and will be none; -ERESTARTSYS.
 */
int tm_session_wait_record(struct tm_session *s, u64 cursor)
{
	int err;

	atomic_inc(&s->blocked);
	err = wait_event_interruptible(s->wait, tm_ring_head(&s->ring) > cursor ||
							tm_session_has_ended(s));
	atomic_dec(&s->blocked);
	if (err)
		return err;
	return tm_ring_head(&s->ring) > cursor;
}

/**
 * tm_session_poll - for poll()
 * @s: the session
 * @file: the file
 * @wait: as given to poll()
 * @cursor: the last record seen
 *
 * Return: EPOLLIN at the watermark, or when the end has come and records are
 * left; EPOLLPRI where a record of a threshold is among those not seen; EPOLLHUP
 * when every target has exited.
 */
__poll_t tm_session_poll(struct tm_session *s, struct file *file,
			 struct poll_table_struct *wait, u64 cursor)
{
	__poll_t events = 0;
	bool ended;
	u64 ready;

	poll_wait(file, &s->wait, wait);
	ended = tm_session_has_ended(s);
	ready = tm_ring_head(&s->ring);
	/* A cursor from before the file had this session may be ahead of it. */
	ready -= min(ready, cursor);
	if (ready >= s->watermark || (ended && ready))
		events |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(s->urgent) > cursor)
		events |= EPOLLPRI;
	if (ended)
		events |= EPOLLHUP;
	return events;
}

/** tm_session_mmap - the history, for reading. Errors as tm_ring_mmap(). */
int tm_session_mmap(struct tm_session *s, struct vm_area_struct *vma)
{
	return tm_ring_mmap(&s->ring, vma);
}
