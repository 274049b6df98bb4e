/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the netlink family share: a socket, requests built by hand
 * so that they may be wrong, and what comes back taken apart.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskmonitor_netlink.h>

#include "harness.h"

/* A socket. @text, @bad_offset, @missing: what the last refusal said of its reason. */
struct nl {
	int fd;
	unsigned int seq;
	unsigned short family;	/* 0: there is none */
	unsigned int group;
	char text[128];
	int bad_offset, missing;
};

/* A request; its end is where nlmsg_len says. */
struct nl_request {
	struct nlmsghdr h;
	struct genlmsghdr g;
	unsigned char attrs[1024];
};

/* A message that has come: where in its buffer it is. */
struct nl_message {
	const struct nlmsghdr *h;
	const struct genlmsghdr *g;
};

/* What has come by one recv(). */
struct nl_received {
	ssize_t len;
	size_t at;
	_Alignas(NLMSG_ALIGNTO) unsigned char bytes[8192];	/* the kernel never sends more than has been asked for */
};

/* Opens, and looks for the family: 0, -ENOENT, ... */
int nl_open(struct nl *nl);
void nl_need(struct nl *nl);
void nl_close(struct nl *nl);
int nl_find_family(struct nl *nl);
int nl_join(struct nl *nl);
int nl_leave(struct nl *nl);

struct nl_request nl_request(const struct nl *nl, int cmd, int flags);
void nl_put(struct nl_request *r, int type, const void *data, size_t len);
void nl_put_u32(struct nl_request *r, int type, uint32_t value);
void nl_put_u64(struct nl_request *r, int type, uint64_t value);

/* Sends @r, and waits for the verdict: 0 or a negative errno. The answer before it is in @got. */
int nl_ask(struct nl *nl, struct nl_request *r, struct nl_received *got, struct nl_message *answer);
int nl_send(struct nl *nl, const void *bytes, size_t len);
/* A negative errno; 0 at the time-out. */
int nl_receive(struct nl *nl, struct nl_received *got, int timeout_ms);
bool nl_next(struct nl_received *got, struct nl_message *m);

const struct nlattr *nl_attr(const struct nl_message *m, int type);
const struct nlattr *nl_nested(const struct nlattr *nest, int type);
/* Of an attribute that may be absent: -1 then. */
long long nl_number(const struct nlattr *attr);
size_t nl_len(const struct nlattr *attr);
const void *nl_data(const struct nlattr *attr);

/* Asks of a process: 0 and its nest, or a negative errno. */
int nl_sample(struct nl *nl, pid_t pid, struct nl_received *got, const struct nlattr **sample);

#endif /* NETLINK_H */
