// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what happens to targets, sent to a multicast group as it happens.
 *
 * The probes that see it can send nothing: they may neither allocate nor take a
 * lock that sleeps. They leave it in a queue of fixed size and wake a work item,
 * which sends it. The queue is of all sessions, and beside their histories: in
 * those the periodic samples would push out what is to be sent, and a session
 * may go while somebody reads its.
 *
 * Every event that enters the queue has a number. What the queue overwrites
 * before it is sent becomes an event of its own, a count; what a listener's
 * socket has no room for netlink drops, and tells that listener by ENOBUFS.
 * Either way the numbers that it has not seen are those it has missed. Nobody
 * waits for a listener.
 *
 * While nobody listens nothing enters the queue, so that who begins to listen is
 * told nothing that is over.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "../compat.h"
#include "../core/session.h"
#include "netlink.h"

#define TM_RETRY_DELAY (HZ / 10)	/* where there is no memory to send it in */

struct tm_event {
	u64 number;
	u64 session;
	struct task_sample sample;
};

/*
 * @lock is raw, interrupts off: probes. It protects the rest, but for @in_hand,
 * which is the work's own.
 */
static struct {
	raw_spinlock_t lock;
	struct tm_event *slot;
	u64 number;		/* of the newest */
	u64 sent;		/* this one, and all before it, need not be sent any more */
	u64 lost;
	struct tm_event in_hand;
	struct irq_work wake;
	struct delayed_work send;
	struct workqueue_struct *sender;
} tm_events = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(tm_events.lock),
};

static bool tm_somebody_listens(void)
{
	return genl_has_listeners(&tm_family, &init_net, TM_GROUP_EVENTS);
}

/* A probe's, most often. */
static void tm_events_happened(u64 session, const struct task_sample *sample)
{
	struct tm_event *event;
	unsigned long flags;

	if (!tm_somebody_listens())
		return;
	raw_spin_lock_irqsave(&tm_events.lock, flags);
	event = &tm_events.slot[tm_events.number++ & (TM_EVENTS - 1)];
	event->number = tm_events.number;
	event->session = session;
	event->sample = *sample;
	raw_spin_unlock_irqrestore(&tm_events.lock, flags);
	irq_work_queue(&tm_events.wake);
}

static void tm_events_wake(struct irq_work *work)
{
	queue_delayed_work(tm_events.sender, &tm_events.send, 0);
}

/* The next one to be sent, which may be word of some that were overwritten. */
static bool tm_events_look(struct tm_event *event)
{
	unsigned long flags;
	u64 waiting, over;

	raw_spin_lock_irqsave(&tm_events.lock, flags);
	waiting = tm_events.number - tm_events.sent;
	if (waiting > TM_EVENTS) {
		over = waiting - TM_EVENTS;
		event->number = tm_events.sent + over;
		event->sample.kind = TM_KIND_LOST;
		event->sample.lost_records = over;
	} else if (waiting) {
		*event = tm_events.slot[tm_events.sent & (TM_EVENTS - 1)];
	}
	raw_spin_unlock_irqrestore(&tm_events.lock, flags);
	return waiting;
}

/* It is in a message. */
static void tm_events_done(const struct tm_event *event)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_events.lock, flags);
	tm_events.sent = event->number;
	if (event->sample.kind == TM_KIND_LOST)
		tm_events.lost += event->sample.lost_records;
	raw_spin_unlock_irqrestore(&tm_events.lock, flags);
}

static void tm_events_forget(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_events.lock, flags);
	tm_events.sent = tm_events.number;
	raw_spin_unlock_irqrestore(&tm_events.lock, flags);
}

static int tm_put_number(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, TASKMONITOR_A_EVENT_PAD);
}

static int tm_put_what(struct sk_buff *skb, const struct tm_event *event)
{
	if (event->sample.kind == TM_KIND_LOST)
		return tm_put_number(skb, TASKMONITOR_A_EVENT_LOST, event->sample.lost_records);
	return tm_put_number(skb, TASKMONITOR_A_EVENT_SESSION, event->session) ?:
	       tm_put_sample(skb, TASKMONITOR_A_EVENT_SAMPLE, &event->sample);
}

/* One message. Return: 0, -EMSGSIZE where it does not fit any more. */
static int tm_put_event(struct sk_buff *skb, const struct tm_event *event)
{
	void *header = genlmsg_put(skb, 0, 0, &tm_family, 0, TASKMONITOR_CMD_EVENT_NTF);

	if (!header || tm_put_number(skb, TASKMONITOR_A_EVENT_NUMBER, event->number) ||
	    nla_put_u32(skb, TASKMONITOR_A_EVENT_KIND, event->sample.kind) ||
	    tm_put_what(skb, event)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* As many messages as there are and fit: of some 700 bytes at most, a page holds one. */
static void tm_events_fill(struct sk_buff *skb)
{
	struct tm_event *event = &tm_events.in_hand;

	while (tm_events_look(event) && !tm_put_event(skb, event))
		tm_events_done(event);
}

/*
 * The kernel asks who joins a group of a family's, but not who joins one that is
 * nobody's yet, and that is what ours is before we come. So we ask. A member's
 * file is there: a socket leaves its groups before it loses that.
 */
static int tm_events_keep_from(struct sock *sk, struct sk_buff *skb, void *data)
{
	return !file_ns_capable(sk->sk_socket->file, &init_user_ns, CAP_SYS_ADMIN);
}

static void tm_events_send(struct work_struct *work)
{
	struct sk_buff *skb;

	while (tm_events_look(&tm_events.in_hand)) {
		if (!tm_somebody_listens()) {
			tm_events_forget();
			continue;
		}
		skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
		if (!skb) {
			/* What comes meanwhile has its place in the queue, or is counted. */
			queue_delayed_work(tm_events.sender, &tm_events.send, TM_RETRY_DELAY);
			return;
		}
		tm_events_fill(skb);
		/* It may fail. ESRCH: they have just gone. ENOBUFS: netlink has told who it was. */
		tm_multicast(&tm_family, skb, TM_GROUP_EVENTS, tm_events_keep_from);
		cond_resched();
	}
}

void tm_events_status(struct tm_sent *status)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_events.lock, flags);
	status->number = tm_events.number;
	status->sent = tm_events.sent;
	status->lost = tm_events.lost;
	raw_spin_unlock_irqrestore(&tm_events.lock, flags);
}

static const struct tm_listener tm_events_listener = {
	.happened = tm_events_happened,
};

/** tm_events_init - before the family is there. Return: 0, -ENOMEM. */
int tm_events_init(void)
{
	BUILD_BUG_ON_NOT_POWER_OF_2(TM_EVENTS);
	tm_events.slot = kvcalloc(TM_EVENTS, sizeof(*tm_events.slot), GFP_KERNEL);
	if (!tm_events.slot)
		return -ENOMEM;
	/* Of high priority, and on any CPU: bursts must not outrun it on a busy machine. */
	tm_events.sender = alloc_workqueue("taskmonitor_nl", WQ_UNBOUND | WQ_HIGHPRI, 1);
	if (!tm_events.sender) {
		kvfree(tm_events.slot);
		return -ENOMEM;
	}
	init_irq_work(&tm_events.wake, tm_events_wake);
	INIT_DELAYED_WORK(&tm_events.send, tm_events_send);
	return 0;
}

/** tm_events_listen - the family is there: events may be sent */
void tm_events_listen(void)
{
	tm_sessions_listen(&tm_events_listener);
}

/** tm_events_deafen - nothing is sent any more once this returns: the family may go */
void tm_events_deafen(void)
{
	tm_sessions_listen(NULL);
	irq_work_sync(&tm_events.wake);
	cancel_delayed_work_sync(&tm_events.send);
}

/** tm_events_exit - nobody asks how much was sent any more */
void tm_events_exit(void)
{
	destroy_workqueue(tm_events.sender);
	kvfree(tm_events.slot);
}
