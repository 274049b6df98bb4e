// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink without a library: see netlink.h. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>

#include "netlink.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

const void *nl_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

size_t nl_len(const struct nlattr *attr)
{
	return attr->nla_len - (size_t)NLA_HDRLEN;
}

static const struct nlattr *find(const void *bytes, size_t len, int type)
{
	const struct nlattr *attr = bytes;

	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN && attr->nla_len <= len) {
		size_t step = NLA_ALIGN(attr->nla_len);

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (step >= len)
			break;
		len -= step;
		attr = (const void *)((const char *)attr + step);
	}
	return NULL;
}

const struct nlattr *nl_attr(const struct nl_message *m, int type)
{
	return find((const char *)m->g + GENL_HDRLEN,
		    m->h->nlmsg_len - NLMSG_HDRLEN - (size_t)GENL_HDRLEN, type);
}

const struct nlattr *nl_nested(const struct nlattr *nest, int type)
{
	return nest ? find(nl_data(nest), nl_len(nest), type) : NULL;
}

long long nl_number(const struct nlattr *attr)
{
	uint64_t u64;
	uint32_t u32;

	if (!attr)
		return -1;
	switch (nl_len(attr)) {
	case 8:
		memcpy(&u64, nl_data(attr), 8);
		return (long long)u64;
	case 4:
		memcpy(&u32, nl_data(attr), 4);
		return u32;
	case 1:
		return *(const unsigned char *)nl_data(attr);
	}
	return -1;
}

struct nl_request nl_request(const struct nl *nl, int cmd, int flags)
{
	return (struct nl_request){
		.h = {
			.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
			.nlmsg_type = nl->family,
			.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags),
		},
		.g = { .cmd = (unsigned char)cmd, .version = TASKMONITOR_FAMILY_VERSION },
	};
}

void nl_put(struct nl_request *r, int type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)((char *)r + r->h.nlmsg_len);

	attr->nla_type = (unsigned short)type;
	attr->nla_len = (unsigned short)(NLA_HDRLEN + len);
	memcpy((char *)attr + NLA_HDRLEN, data, len);
	r->h.nlmsg_len += NLA_ALIGN(NLA_HDRLEN + len);
}

void nl_put_u32(struct nl_request *r, int type, uint32_t value)
{
	nl_put(r, type, &value, sizeof(value));
}

void nl_put_u64(struct nl_request *r, int type, uint64_t value)
{
	nl_put(r, type, &value, sizeof(value));
}

/* With an address, as libraries do: it is then that the kernel's own check asks the sender alone. */
int nl_send(struct nl *nl, const void *bytes, size_t len)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(nl->fd, bytes, len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0 ?
	       -errno : 0;
}

int nl_receive(struct nl *nl, struct nl_received *got, int timeout_ms)
{
	struct pollfd p = { .fd = nl->fd, .events = POLLIN };
	int n = poll(&p, 1, timeout_ms);

	got->at = 0;
	got->len = 0;
	if (n <= 0)
		return n < 0 ? -errno : 0;
	got->len = recv(nl->fd, got->bytes, sizeof(got->bytes), 0);
	if (got->len >= 0)
		return (int)got->len;
	n = -errno;
	got->len = 0;
	return n;
}

bool nl_next(struct nl_received *got, struct nl_message *m)
{
	m->h = (const void *)(got->bytes + got->at);
	if (!NLMSG_OK(m->h, (unsigned int)(got->len - (ssize_t)got->at)))
		return false;
	m->g = NLMSG_DATA(m->h);
	got->at += NLMSG_ALIGN(m->h->nlmsg_len);
	return true;
}

/* What stands behind the error: why. */
static void take_reason(struct nl *nl, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t skip = NLMSG_HDRLEN + sizeof(*e);
	const struct nlattr *attr;

	nl->text[0] = '\0';
	nl->bad_offset = nl->missing = -1;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	attr = find((const char *)h + skip, h->nlmsg_len - skip, NLMSGERR_ATTR_MSG);
	if (attr)
		snprintf(nl->text, sizeof(nl->text), "%.*s", (int)nl_len(attr),
			 (const char *)nl_data(attr));
	attr = find((const char *)h + skip, h->nlmsg_len - skip, NLMSGERR_ATTR_OFFS);
	if (attr)
		nl->bad_offset = (int)nl_number(attr);
	attr = find((const char *)h + skip, h->nlmsg_len - skip, NLMSGERR_ATTR_MISS_TYPE);
	if (attr)
		nl->missing = (int)nl_number(attr);
}

int nl_ask(struct nl *nl, struct nl_request *r, struct nl_received *got, struct nl_message *answer)
{
	struct nl_received verdict;
	struct nl_message m;
	int err;

	r->h.nlmsg_seq = ++nl->seq;
	r->h.nlmsg_flags |= NLM_F_ACK;
	err = nl_send(nl, r, r->h.nlmsg_len);
	if (err)
		return err;
	if (answer)
		answer->h = NULL;
	for (;;) {
		err = nl_receive(nl, &verdict, PATIENCE_NS / NSEC_PER_MSEC);
		if (err <= 0)
			return err ?: -ETIMEDOUT;
		while (nl_next(&verdict, &m)) {
			if (m.h->nlmsg_seq != nl->seq)
				continue;
			if (m.h->nlmsg_type == NLMSG_ERROR) {
				take_reason(nl, m.h);
				return ((const struct nlmsgerr *)NLMSG_DATA(m.h))->error;
			}
			if (got && !answer->h) {
				memcpy(got, &verdict, sizeof(verdict));
				answer->h = (const void *)(got->bytes +
							   ((const unsigned char *)m.h - verdict.bytes));
				answer->g = NLMSG_DATA(answer->h);
			}
		}
	}
}

int nl_find_family(struct nl *nl)
{
	struct nl_request r;
	struct nl_received got;
	struct nl_message m;
	const struct nlattr *groups, *group;
	int err;

	nl->family = GENL_ID_CTRL;
	r = nl_request(nl, CTRL_CMD_GETFAMILY, 0);
	nl_put(&r, CTRL_ATTR_FAMILY_NAME, TASKMONITOR_FAMILY_NAME, sizeof(TASKMONITOR_FAMILY_NAME));
	err = nl_ask(nl, &r, &got, &m);
	nl->family = 0;
	nl->group = 0;
	if (err)
		return err;
	nl->family = *(const unsigned short *)nl_data(nl_attr(&m, CTRL_ATTR_FAMILY_ID));
	groups = nl_attr(&m, CTRL_ATTR_MCAST_GROUPS);
	group = nl_nested(groups, 1);
	if (group && !strcmp(nl_data(nl_nested(group, CTRL_ATTR_MCAST_GRP_NAME)),
			     TASKMONITOR_MCGRP_EVENTS))
		nl->group = (unsigned int)nl_number(nl_nested(group, CTRL_ATTR_MCAST_GRP_ID));
	return 0;
}

int nl_open(struct nl *nl)
{
	int one = 1;

	*nl = (struct nl){ .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC) };
	if (nl->fd < 0)
		return -errno;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	return nl_find_family(nl);
}

void nl_need(struct nl *nl)
{
	int err = nl_open(nl);

	if (err)
		tap_bail("no family: %s", errno_name(err));
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
}

static int membership(struct nl *nl, int option)
{
	return setsockopt(nl->fd, SOL_NETLINK, option, &nl->group, sizeof(nl->group)) ? -errno : 0;
}

int nl_join(struct nl *nl)
{
	return membership(nl, NETLINK_ADD_MEMBERSHIP);
}

int nl_leave(struct nl *nl)
{
	return membership(nl, NETLINK_DROP_MEMBERSHIP);
}

int nl_sample(struct nl *nl, pid_t pid, struct nl_received *got, const struct nlattr **sample)
{
	struct nl_request r = nl_request(nl, TASKMONITOR_CMD_SAMPLE_GET, 0);
	struct nl_message m;
	int err;

	nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, (uint32_t)pid);
	err = nl_ask(nl, &r, got, &m);
	if (err)
		return err;
	if (!m.h)
		return -ENODATA;
	*sample = nl_attr(&m, TASKMONITOR_A_PROCESS_SAMPLE);
	return *sample ? 0 : -ENODATA;
}
