// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two sockets, for between the events an answer would be hard to find: one that
 * listens, and one that asks.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <sys/socket.h>

#include <linux/taskmonitor_netlink.h>

#include "error.h"
#include "listener.h"
#include "status.h"

struct listener {
	struct nl_sock *events;
	struct nl_sock *asks;
	int family;
	bool gone;	/* the family is */
	event_fn fn;
	void *arg;
};

/* An attribute of a sample: where it goes, and what is known by it. */
struct figure {
	uint16_t offset;
	uint16_t size;
	uint64_t known;
};

#define FIGURE(attr, field, bit) \
	[TASKMONITOR_A_SAMPLE_##attr] = { \
		offsetof(struct task_sample, field), sizeof(((struct task_sample *)0)->field), bit }

static const struct figure figures[] = {
	FIGURE(PID, pid, 0),
	FIGURE(FLAGS, flags, 0),
	FIGURE(SEQ, seq, 0),
	FIGURE(TIME_NS, time_ns, 0),
	FIGURE(START_TIME_NS, start_time_ns, EVENT_HAS_TASK),
	FIGURE(TGID, tgid, 0),
	FIGURE(PPID, ppid, 0),
	FIGURE(UID, uid, EVENT_HAS_TASK),
	FIGURE(STATE, state, 0),
	FIGURE(THREADS, threads, EVENT_HAS_TASK),
	FIGURE(CPU, cpu, EVENT_HAS_TASK),
	FIGURE(UTIME_NS, utime, TM_VALID_CPU),
	FIGURE(STIME_NS, stime, TM_VALID_CPU),
	FIGURE(VSIZE_BYTES, vsize_bytes, TM_VALID_MEM),
	FIGURE(RSS_BYTES, rss_bytes, TM_VALID_MEM),
	FIGURE(PEAK_RSS_BYTES, peak_rss_bytes, TM_VALID_PEAK_RSS),
	FIGURE(SWAP_BYTES, swap_bytes, TM_VALID_MEM),
	FIGURE(MIN_FLT, min_flt, TM_VALID_FAULTS),
	FIGURE(MAJ_FLT, maj_flt, TM_VALID_FAULTS),
	FIGURE(NVCSW, nvcsw, TM_VALID_SWITCHES),
	FIGURE(NIVCSW, nivcsw, TM_VALID_SWITCHES),
	FIGURE(RUN_DELAY_NS, run_delay_ns, TM_VALID_RUN_DELAY),
	FIGURE(READ_BYTES, read_bytes, TM_VALID_IO_BYTES),
	FIGURE(WRITE_BYTES, write_bytes, TM_VALID_IO_BYTES),
	FIGURE(RCHAR_BYTES, rchar_bytes, TM_VALID_IO_CHARS),
	FIGURE(WCHAR_BYTES, wchar_bytes, TM_VALID_IO_CHARS),
	FIGURE(CGROUP_ID, cgroup_id, TM_VALID_CGROUP),
	FIGURE(EXIT_CODE, exit_code, TM_VALID_EXIT),
	FIGURE(EXIT_TIME_NS, exit_time_ns, TM_VALID_EXIT),
	FIGURE(THRESHOLD_ID, threshold_id, TM_VALID_THRESHOLD),
	FIGURE(THRESHOLD_WHAT, threshold_what, TM_VALID_THRESHOLD),
	FIGURE(THRESHOLD_VALUE, threshold_value, TM_VALID_THRESHOLD),
	FIGURE(THRESHOLD_BOUND, threshold_bound, TM_VALID_THRESHOLD),
	FIGURE(THRESHOLD_SINCE_NS, threshold_since_ns, TM_VALID_THRESHOLD),
};

/* --- taking messages apart ------------------------------------------------------------ */

static uint64_t number_of(const struct nlattr *attr)
{
	switch (nla_len(attr)) {
	case sizeof(uint64_t):
		return nla_get_u64(attr);
	case sizeof(uint32_t):
		return nla_get_u32(attr);
	case sizeof(uint8_t):
		return nla_get_u8(attr);
	}
	return 0;
}

static void put_number(void *to, size_t size, uint64_t value)
{
	uint32_t u32 = (uint32_t)value;
	uint16_t u16 = (uint16_t)value;
	uint8_t u8 = (uint8_t)value;

	switch (size) {
	case sizeof(value):
		memcpy(to, &value, size);
		break;
	case sizeof(u32):
		memcpy(to, &u32, size);
		break;
	case sizeof(u16):
		memcpy(to, &u16, size);
		break;
	default:
		memcpy(to, &u8, size);
	}
}

/* A later module may send more than we know, and is welcome to. */
static void take_sample(struct event *event, struct nlattr *nest)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_nested(attr, nest, rest) {
		size_t type = (size_t)nla_type(attr), length = (size_t)nla_len(attr);

		if (type == TASKMONITOR_A_SAMPLE_COMM) {
			if (length >= sizeof(event->sample.comm))
				length = sizeof(event->sample.comm) - 1;
			memcpy(event->sample.comm, nla_data(attr), length);
		} else if (type < ARRAY_SIZE(figures) && figures[type].size) {
			put_number((char *)&event->sample + figures[type].offset,
				   figures[type].size, number_of(attr));
			event->known |= figures[type].known;
		}
	}
}

/* The kernel tells of families that go. */
static bool is_our_end(const struct listener *listener, struct nlmsghdr *header)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	return genlmsg_hdr(header)->cmd == CTRL_CMD_DELFAMILY &&
	       !genlmsg_parse(header, 0, attrs, CTRL_ATTR_MAX, NULL) &&
	       attrs[CTRL_ATTR_FAMILY_ID] &&
	       nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]) == listener->family;
}

static int take_event(struct nl_msg *message, void *arg)
{
	struct nlattr *attrs[TASKMONITOR_A_EVENT_MAX + 1];
	struct listener *listener = arg;
	struct event event = { .number = 0 };
	struct nlmsghdr *header = nlmsg_hdr(message);

	if (header->nlmsg_type == GENL_ID_CTRL && is_our_end(listener, header))
		listener->gone = true;
	if (header->nlmsg_type != listener->family ||
	    genlmsg_hdr(header)->cmd != TASKMONITOR_CMD_EVENT_NTF ||
	    genlmsg_parse(header, 0, attrs, TASKMONITOR_A_EVENT_MAX, NULL) ||
	    !attrs[TASKMONITOR_A_EVENT_NUMBER] || !attrs[TASKMONITOR_A_EVENT_KIND])
		return NL_SKIP;
	event.number = number_of(attrs[TASKMONITOR_A_EVENT_NUMBER]);
	if (attrs[TASKMONITOR_A_EVENT_SESSION])
		event.session = number_of(attrs[TASKMONITOR_A_EVENT_SESSION]);
	if (attrs[TASKMONITOR_A_EVENT_LOST])
		event.lost = number_of(attrs[TASKMONITOR_A_EVENT_LOST]);
	if (attrs[TASKMONITOR_A_EVENT_SAMPLE])
		take_sample(&event, attrs[TASKMONITOR_A_EVENT_SAMPLE]);
	event.sample.kind = (uint8_t)number_of(attrs[TASKMONITOR_A_EVENT_KIND]);
	listener->fn(&event, listener->arg);
	return NL_OK;
}

int listener_read(struct listener *listener, event_fn fn, void *arg)
{
	int err;

	listener->fn = fn;
	listener->arg = arg;
	err = nl_recvmsgs_default(listener->events);
	if (listener->gone)
		return -ENODEV;
	switch (-err) {
	case NLE_SUCCESS:
	case NLE_AGAIN:
	case NLE_INTR:
		return 0;
	case NLE_NOMEM:	/* libnl's word for ENOBUFS, too */
		return -ENOBUFS;
	}
	return err < 0 ? -EIO : 0;
}

/* --- asking --------------------------------------------------------------------------- */

static int take_status(struct nl_msg *message, void *arg)
{
	struct nlattr *attrs[TASKMONITOR_A_STATUS_MAX + 1];

	if (!genlmsg_parse(nlmsg_hdr(message), 0, attrs, TASKMONITOR_A_STATUS_MAX, NULL) &&
	    attrs[TASKMONITOR_A_STATUS_NUMBER])
		*(uint64_t *)arg = number_of(attrs[TASKMONITOR_A_STATUS_NUMBER]);
	return NL_OK;
}

int listener_newest(struct listener *listener, uint64_t *number)
{
	int err;

	*number = 0;
	nl_socket_modify_cb(listener->asks, NL_CB_VALID, NL_CB_CUSTOM, take_status, number);
	err = genl_send_simple(listener->asks, listener->family, TASKMONITOR_CMD_STATUS_GET,
			       TASKMONITOR_FAMILY_VERSION, 0);
	if (err >= 0)
		err = nl_recvmsgs_default(listener->asks);	/* the answer */
	if (err >= 0)
		err = nl_wait_for_ack(listener->asks);
	return err < 0 ? -EIO : 0;
}

/* --- beginning and end ------------------------------------------------------------------ */

static int fail_netlink(const char *what, int err)
{
	return fail(STATUS_FAILED, "events: %s: %s", what, nl_geterror(err));
}

static int join(struct listener *listener, size_t buffer_bytes)
{
	int group, bytes = buffer_bytes > INT_MAX ? INT_MAX : (int)buffer_bytes, err;
	int fd = nl_socket_get_fd(listener->events);

	listener->family = genl_ctrl_resolve(listener->asks, TASKMONITOR_FAMILY_NAME);
	if (listener->family < 0)
		return fail(STATUS_NO_MODULE, "events: there is no netlink family '%s' (is the module "
			    "loaded, and is this the initial network namespace?)",
			    TASKMONITOR_FAMILY_NAME);
	group = genl_ctrl_resolve_grp(listener->asks, TASKMONITOR_FAMILY_NAME,
				      TASKMONITOR_MCGRP_EVENTS);
	if (group < 0)
		return fail_netlink("no group '" TASKMONITOR_MCGRP_EVENTS "'", group);
	/* Beyond what the administrator allows to all, where we may. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	/* Joined first, or the family could go unheard. */
	err = genl_ctrl_resolve_grp(listener->asks, "nlctrl", "notify");
	if (err >= 0)
		err = nl_socket_add_membership(listener->events, err);
	if (!err)
		err = nl_socket_add_membership(listener->events, group);
	if (err == -NLE_PERM)
		return fail(STATUS_NOT_PERMITTED,
			    "events: not permitted to listen (it takes CAP_SYS_ADMIN; try as root)");
	return err ? fail_netlink("cannot listen", err) : STATUS_DONE;
}

static int connect_both(struct listener *listener)
{
	int err;

	listener->events = nl_socket_alloc();
	listener->asks = nl_socket_alloc();
	if (!listener->events || !listener->asks)
		return fail(STATUS_FAILED, "events: %s", strerror(ENOMEM));
	/* Nobody asked for events: they answer no request of ours. */
	nl_socket_disable_seq_check(listener->events);
	nl_socket_modify_cb(listener->events, NL_CB_VALID, NL_CB_CUSTOM, take_event, listener);
	err = genl_connect(listener->events);
	if (!err)
		err = genl_connect(listener->asks);
	if (!err)
		err = nl_socket_set_nonblocking(listener->events);
	return err ? fail_netlink("no netlink socket", err) : STATUS_DONE;
}

int listener_open(struct listener **listener, size_t buffer_bytes)
{
	struct listener *new = calloc(1, sizeof(*new));
	int status;

	*listener = NULL;
	if (!new)
		return fail(STATUS_FAILED, "events: %s", strerror(ENOMEM));
	status = connect_both(new);
	if (!status)
		status = join(new, buffer_bytes);
	if (status)
		listener_close(new);
	else
		*listener = new;
	return status;
}

void listener_close(struct listener *listener)
{
	if (!listener)
		return;
	nl_socket_free(listener->events);
	nl_socket_free(listener->asks);
	free(listener);
}

int listener_fd(const struct listener *listener)
{
	return nl_socket_get_fd(listener->events);
}
