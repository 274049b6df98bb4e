// SPDX-License-Identifier: GPL-2.0-only
/* See taskstats.h. */
#include "taskstats.h"
#include "bench.h"
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAYLOAD(attribute) ((void *)((char *)(attribute) + NLA_HDRLEN))

static int fd;
static unsigned short family;
static char answer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));

/* A request with one attribute. */
static void ask(unsigned short type, unsigned char command, unsigned short attribute,
		const void *value, size_t size)
{
	struct {
		struct nlmsghdr head;
		struct genlmsghdr command;
		char attribute[256];
	} message = {
		.head = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST },
		.command = { .cmd = command, .version = 1 },
	};
	struct nlattr *a = (void *)message.attribute;

	a->nla_type = attribute;
	a->nla_len = NLA_HDRLEN + size;
	memcpy(PAYLOAD(a), value, size);
	message.head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(a->nla_len);
	if (send(fd, &message, message.head.nlmsg_len, 0) < 0)
		die("netlink");
}

/* Return: length of the next message, 0 if there is none and @flags says not to wait. */
static ssize_t hear(int flags)
{
	const struct nlmsghdr *head = (void *)answer;
	ssize_t n = recv(fd, answer, sizeof(answer), flags);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		die("netlink");
	if (head->nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(head))->error;
		if (errno)
			die("netlink");
	}
	return n;
}

/* The attribute of @type among those from @a on. */
static struct nlattr *find(struct nlattr *a, const char *end, int type)
{
	while ((char *)a < end) {
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		a = (void *)((char *)a + NLA_ALIGN(a->nla_len));
	}
	errno = ENODATA;
	die("netlink: an attribute");
}

static struct nlattr *first(void)
{
	return (void *)((char *)NLMSG_DATA(answer) + GENL_HDRLEN);
}

void taskstats_open(void)
{
	struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	ssize_t n;

	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof(here)))
		die("netlink");
	ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME,
	    sizeof(TASKSTATS_GENL_NAME));
	n = hear(0);
	memcpy(&family, PAYLOAD(find(first(), answer + n, CTRL_ATTR_FAMILY_ID)), sizeof(family));
}

void taskstats_close(void)
{
	close(fd);
}

/* What is told of a thread or process is inside of one attribute more. */
static void unwrap(struct nlattr *outer, struct taskstats *stats)
{
	struct nlattr *inner = find(PAYLOAD(outer), (char *)outer + outer->nla_len,
				    TASKSTATS_TYPE_STATS);
	size_t size = inner->nla_len - NLA_HDRLEN;

	memcpy(stats, PAYLOAD(inner), size < sizeof(*stats) ? size : sizeof(*stats));
}

void taskstats_get(int attribute, pid_t pid, struct taskstats *stats)
{
	ssize_t n;

	ask(family, TASKSTATS_CMD_GET, attribute, &pid, sizeof(pid));
	n = hear(0);
	unwrap(find(first(), answer + n,
		    attribute == TASKSTATS_CMD_ATTR_PID ? TASKSTATS_TYPE_AGGR_PID :
							  TASKSTATS_TYPE_AGGR_TGID),
	       stats);
}

void taskstats_listen(void)
{
	int room = 64 << 20;
	char cpus[32];

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	snprintf(cpus, sizeof(cpus), "0-%ld", sysconf(_SC_NPROCESSORS_CONF) - 1);
	ask(family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, cpus, strlen(cpus) + 1);
}

int taskstats_exits(struct taskstats *last)
{
	ssize_t n;
	int exits = 0;

	while ((n = hear(MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *head = (void *)answer;

		if (head->nlmsg_type != family)
			continue;
		unwrap(find(first(), answer + n, TASKSTATS_TYPE_AGGR_PID), last);
		exits++;
	}
	return exits;
}
