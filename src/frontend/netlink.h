/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the generic netlink family: netlink.c has the family and its
 * requests, netlink_events.c what is sent unasked, netlink_put.c how samples and
 * states become attributes.
 */
#ifndef TM_FRONTEND_NETLINK_H
#define TM_FRONTEND_NETLINK_H

#include <linux/taskmonitor.h>
#include <linux/taskmonitor_netlink.h>
#include <net/genetlink.h>

/* Multicast groups, by their place in the family's table. */
enum {
	TM_GROUP_EVENTS,
};

extern struct genl_family tm_family;

/**
 * struct tm_sent - what has been sent to the group
 * @number: of the newest event
 * @sent: up to which they have been sent
 * @lost: how many were lost on their way there
 */
struct tm_sent {
	u64 number;
	u64 sent;
	u64 lost;
};

#define TM_EVENTS 1024	/* may wait to be sent; a power of two */

int tm_events_init(void);
void tm_events_listen(void);
void tm_events_deafen(void);
void tm_events_exit(void);
void tm_events_status(struct tm_sent *status);

int tm_put_sample(struct sk_buff *skb, int attr, const struct task_sample *sample);
int tm_put_state(struct sk_buff *skb, const struct tm_state *state);

#endif /* TM_FRONTEND_NETLINK_H */
