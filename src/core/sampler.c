// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sampler: one kthread that serves every running session at its deadlines.
 * It knows ticks, not sessions.
 *
 * Deadlines are absolute and stand on a grid: start, start + interval, and so
 * on. A tick that comes late does not move those behind it; one that comes
 * later than a whole interval skips what it missed, and counts it. So a series
 * never drifts, and its gaps are known.
 *
 * The thread's share of one CPU is capped: after a round of ticks that took C
 * it rests for at least C * (100 - max_cpu_pct) / max_cpu_pct, whatever is due.
 * Whoever is served less often for that sees it in the missed deadlines.
 *
 * The thread exists while somebody holds it by tm_sampler_get(), and sleeps
 * without a timer while no tick is active. It never exits by itself.
 *
 * Locks:
 *   tm_sampler_mutex   protects the number of holders, and creation and end of
 *                      the thread. Never taken by the thread itself.
 *   tm_queue.lock      protects the queue, every tick's fields, and which one
 *                      is being served. A raw leaf: ticks may be moved from
 *                      atomic context.
 */
#include <linux/bitops.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timerqueue.h>
#include <linux/wait.h>

#include "sampler.h"

static unsigned int tm_max_cpu_pct = 50;

static int tm_set_max_cpu_pct(const char *value, const struct kernel_param *kp)
{
	unsigned int pct;
	int err = kstrtouint(value, 10, &pct);

	if (err)
		return err;
	if (pct < 1 || pct > 100)
		return -EINVAL;
	WRITE_ONCE(tm_max_cpu_pct, pct);
	return 0;
}

static const struct kernel_param_ops tm_max_cpu_pct_ops = {
	.set = tm_set_max_cpu_pct,
	.get = param_get_uint,
};

module_param_cb(max_cpu_pct, &tm_max_cpu_pct_ops, &tm_max_cpu_pct, 0644);
MODULE_PARM_DESC(max_cpu_pct, "most of one CPU that the sampler takes, percent (1-100, default 50)");

static bool tm_realtime = true;
module_param_named(realtime, tm_realtime, bool, 0444);
MODULE_PARM_DESC(realtime, "run the sampler at the lowest real-time priority (default Y)");

static DEFINE_MUTEX(tm_sampler_mutex);
static unsigned int tm_sampler_holders;
static struct task_struct *tm_sampler_thread;	/* written under tm_sampler_mutex */

static struct {
	raw_spinlock_t lock;
	struct timerqueue_head head;
	struct tm_tick *serving;
} tm_queue = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(tm_queue.lock),
	.head = { .rb_root = RB_ROOT_CACHED },
};

/* Woken when a tick has been served: for tm_tick_stop(). */
static DECLARE_WAIT_QUEUE_HEAD(tm_served);

/* Wake the thread to look at its queue again. Holds the thread's existence by RCU. */
static void tm_sampler_kick(void)
{
	struct task_struct *thread;

	rcu_read_lock();
	thread = READ_ONCE(tm_sampler_thread);
	if (thread)
		wake_up_process(thread);
	rcu_read_unlock();
}

static void tm_enqueue(struct tm_tick *tick)
{
	lockdep_assert_held(&tm_queue.lock);
	timerqueue_add(&tm_queue.head, &tick->node);
}

/* The tick that is due at @now, taken from the queue; NULL if none is. */
static struct tm_tick *tm_take_due(u64 now)
{
	struct timerqueue_node *node;
	struct tm_tick *tick = NULL;

	raw_spin_lock_irq(&tm_queue.lock);
	node = timerqueue_getnext(&tm_queue.head);
	if (node && (u64)node->expires <= now) {
		timerqueue_del(&tm_queue.head, node);
		tick = container_of(node, struct tm_tick, node);
		tm_queue.serving = tick;
		/* A one-shot is spent, unless it is armed again meanwhile. */
		if (!tick->interval_ns)
			tick->active = false;
	}
	raw_spin_unlock_irq(&tm_queue.lock);
	return tick;
}

static void tm_account(struct tm_tick *tick, u64 deadline, u64 now, u64 done, bool rested)
{
	struct tm_tick_stats *stats = &tick->stats;
	u64 late = now - deadline;
	int bucket = fls64(div_u64(late, NSEC_PER_USEC));

	stats->ticks++;
	stats->cost_ns += done - now;
	stats->stretched += rested;
	stats->lateness_hist[min(bucket, TM_LATENESS_BUCKETS - 1)]++;
	if (late > stats->lateness_max_ns)
		stats->lateness_max_ns = late;
}

/* The next point of the grid that has not passed. */
static void tm_advance(struct tm_tick *tick, u64 done)
{
	u64 next = (u64)tick->node.expires + tick->interval_ns;

	if (next <= done) {
		u64 missed = div64_u64(done - next, tick->interval_ns) + 1;

		tick->stats.missed += missed;
		next += missed * tick->interval_ns;
	}
	tick->node.expires = (ktime_t)next;
}

static u64 tm_serve(struct tm_tick *tick, u64 now, u64 rested_until)
{
	u64 deadline = (u64)tick->node.expires;
	u64 done;

	tick->fn(tick, now);
	done = ktime_get_ns();

	raw_spin_lock_irq(&tm_queue.lock);
	tm_account(tick, deadline, now, done, deadline < rested_until);
	/* It may have been stopped meanwhile, or a one-shot be done. */
	if (tick->active) {
		if (tick->interval_ns)
			tm_advance(tick, done);
		tm_enqueue(tick);
	}
	tm_queue.serving = NULL;
	raw_spin_unlock_irq(&tm_queue.lock);
	wake_up_all(&tm_served);
	return done;
}

/*
 * Serve what is due, and not what becomes due meanwhile: of many sessions one
 * always would be, and the thread never rest.
 *
 * Return: no earlier than this may the thread serve again.
 */
static u64 tm_serve_due(u64 rested_until)
{
	unsigned int pct = READ_ONCE(tm_max_cpu_pct);
	u64 begin = ktime_get_ns();
	u64 now = begin;
	struct tm_tick *tick;

	while ((tick = tm_take_due(begin))) {
		now = tm_serve(tick, now, rested_until);
		cond_resched();
		if (kthread_should_stop())
			break;
	}
	return now + div_u64((now - begin) * (100 - pct), pct);
}

static ktime_t tm_next_deadline(void)
{
	struct timerqueue_node *node;
	ktime_t next = KTIME_MAX;

	raw_spin_lock_irq(&tm_queue.lock);
	node = timerqueue_getnext(&tm_queue.head);
	if (node)
		next = node->expires;
	raw_spin_unlock_irq(&tm_queue.lock);
	return next;
}

/**
 * monitor_fn - the sampler's thread
 * @arg: unused
 */
static int monitor_fn(void *arg)
{
	u64 rest_until = 0;

	while (!kthread_should_stop()) {
		ktime_t next;

		/* Before the queue is looked at: who adds to it wakes us. */
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		next = tm_next_deadline();
		if (next < (ktime_t)rest_until)
			next = (ktime_t)rest_until;
		if (next > ktime_get()) {
			schedule_hrtimeout(next == KTIME_MAX ? NULL : &next, HRTIMER_MODE_ABS);
			continue;
		}
		__set_current_state(TASK_RUNNING);
		rest_until = tm_serve_due(rest_until);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int tm_sampler_create(void)
{
	struct task_struct *thread = kthread_create(monitor_fn, NULL, "taskmonitor");

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	if (tm_realtime)
		sched_set_fifo_low(thread);
	WRITE_ONCE(tm_sampler_thread, thread);
	wake_up_process(thread);
	return 0;
}

/**
 * tm_sampler_get - have the thread run
 *
 * May sleep, and waits for a new thread: hold no lock that fork can wait for.
 * Return: 0, or why there is none: -ENOMEM, -EINTR (the caller was killed).
 */
int tm_sampler_get(void)
{
	int err = 0;

	mutex_lock(&tm_sampler_mutex);
	if (!tm_sampler_holders)
		err = tm_sampler_create();
	if (!err)
		tm_sampler_holders++;
	mutex_unlock(&tm_sampler_mutex);
	return err;
}

/** tm_sampler_put - no longer in need of it; the last one ends the thread. May sleep. */
void tm_sampler_put(void)
{
	struct task_struct *thread;

	mutex_lock(&tm_sampler_mutex);
	if (!--tm_sampler_holders) {
		thread = tm_sampler_thread;
		WRITE_ONCE(tm_sampler_thread, NULL);
		/*
		 * A kick may hold the pointer: the task_struct outlives its RCU
		 * section, as a dead task is freed a grace period later.
		 */
		kthread_stop(thread);
	}
	mutex_unlock(&tm_sampler_mutex);
}

/** tm_sampler_pid - the thread's number in the initial PID namespace, 0 if there is none */
pid_t tm_sampler_pid(void)
{
	struct task_struct *thread;
	pid_t pid = 0;

	mutex_lock(&tm_sampler_mutex);
	thread = tm_sampler_thread;
	if (thread)
		pid = task_pid_nr(thread);
	mutex_unlock(&tm_sampler_mutex);
	return pid;
}

void tm_tick_init(struct tm_tick *tick, void (*fn)(struct tm_tick *tick, u64 now_ns))
{
	memset(tick, 0, sizeof(*tick));
	timerqueue_init(&tick->node);
	tick->fn = fn;
}

/**
 * tm_tick_start - serve a tick from now on; its first deadline is now
 * @tick: not active
 * @interval_ns: not 0
 *
 * From any context. Without a thread it is served once there is one.
 */
void tm_tick_start(struct tm_tick *tick, u64 interval_ns)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_queue.lock, flags);
	if (!tick->active) {
		tick->active = true;
		tick->interval_ns = interval_ns;
		tick->node.expires = ktime_get();
		/* One that is being served is put back by tm_serve(). */
		if (tm_queue.serving != tick)
			tm_enqueue(tick);
	}
	raw_spin_unlock_irqrestore(&tm_queue.lock, flags);
	tm_sampler_kick();
}

/**
 * tm_tick_arm - serve a one-shot @delay_ns from now, or earlier if it is armed so
 * @tick: one that is never started
 * @delay_ns: 0 for at once
 *
 * From any context.
 */
void tm_tick_arm(struct tm_tick *tick, u64 delay_ns)
{
	ktime_t deadline = ktime_add_ns(ktime_get(), delay_ns);
	bool earlier, queued;
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_queue.lock, flags);
	earlier = !tick->active || deadline < tick->node.expires;
	if (earlier) {
		/* One that is being served and was armed meanwhile is put back by tm_serve(). */
		queued = tick->active && tm_queue.serving != tick;
		if (queued)
			timerqueue_del(&tm_queue.head, &tick->node);
		tick->active = true;
		tick->node.expires = deadline;
		if (tm_queue.serving != tick)
			tm_enqueue(tick);
	}
	raw_spin_unlock_irqrestore(&tm_queue.lock, flags);
	if (earlier)
		tm_sampler_kick();
}

static bool tm_is_served(struct tm_tick *tick)
{
	bool served;

	raw_spin_lock_irq(&tm_queue.lock);
	served = tm_queue.serving == tick;
	raw_spin_unlock_irq(&tm_queue.lock);
	return served;
}

/**
 * tm_tick_stop - when this returns, @tick is not being served and will not be
 * @tick: active or not
 *
 * May sleep; hold nothing that the tick itself waits for.
 */
void tm_tick_stop(struct tm_tick *tick)
{
	raw_spin_lock_irq(&tm_queue.lock);
	if (tick->active) {
		tick->active = false;
		if (tm_queue.serving != tick)
			timerqueue_del(&tm_queue.head, &tick->node);
	}
	raw_spin_unlock_irq(&tm_queue.lock);
	wait_event(tm_served, !tm_is_served(tick));
}

/** tm_tick_set_interval - the grid begins anew, an interval from now. From any context. */
void tm_tick_set_interval(struct tm_tick *tick, u64 interval_ns)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_queue.lock, flags);
	tick->interval_ns = interval_ns;
	if (tick->active && tm_queue.serving != tick) {
		timerqueue_del(&tm_queue.head, &tick->node);
		tick->node.expires = ktime_add_ns(ktime_get(), interval_ns);
		tm_enqueue(tick);
	}
	raw_spin_unlock_irqrestore(&tm_queue.lock, flags);
	tm_sampler_kick();
}

void tm_tick_read_stats(struct tm_tick *tick, struct tm_tick_stats *stats)
{
	raw_spin_lock_irq(&tm_queue.lock);
	*stats = tick->stats;
	raw_spin_unlock_irq(&tm_queue.lock);
}
