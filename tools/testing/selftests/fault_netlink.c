// SPDX-License-Identifier: GPL-2.0-only
/* Each place of every request of the netlink family fails in turn. */
#include "fault.h"
#include "netlink.h"
#include "session.h"

static struct nl nl = { .fd = -1 };
static struct nl_received got;
static struct nl_message answer;
static int messages;

/* What a request that failed has left behind goes with its socket. */
static void fresh_socket(void)
{
	if (nl.fd >= 0)
		nl_close(&nl);
	nl_need(&nl);
}

/* netlink has a word of its own for no memory, too. */
static long plainly(long err)
{
	return err == -ENOBUFS ? -ENOMEM : err;
}

static long ask(int cmd, pid_t pid)
{
	struct nl_request r = nl_request(&nl, cmd, 0);

	answer.h = NULL;
	if (pid)
		nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, (uint32_t)pid);
	return plainly(nl_ask(&nl, &r, &got, &answer));
}

static long ask_sample(void) { return ask(TASKMONITOR_CMD_SAMPLE_GET, getpid()); }
static long ask_session(void) { return ask(TASKMONITOR_CMD_SESSION_GET, 0); }
static long ask_status(void) { return ask(TASKMONITOR_CMD_STATUS_GET, 0); }

static bool has_sample(void)
{
	return answer.h && nl_number(nl_nested(nl_attr(&answer, TASKMONITOR_A_PROCESS_SAMPLE),
					       TASKMONITOR_A_SAMPLE_PID)) == getpid();
}

static bool has_session(void)
{
	return answer.h && !nl_number(nl_attr(&answer, TASKMONITOR_A_SESSION_ID));
}

static bool has_status(void)
{
	return answer.h && nl_attr(&answer, TASKMONITOR_A_STATUS_VERSION);
}

static long dump_to_end(int cmd)
{
	struct nl_request r = nl_request(&nl, cmd, NLM_F_DUMP);
	struct nl_message m;
	int err = nl_send(&nl, &r, r.h.nlmsg_len);

	for (messages = 0; !err;) {
		err = nl_receive(&nl, &got, PATIENCE_NS / NSEC_PER_MSEC);
		if (!err)
			return -ETIMEDOUT;
		if (err < 0)
			return err;
		for (err = 0; nl_next(&got, &m); messages++) {
			if (m.h->nlmsg_type == NLMSG_DONE)
				return *(const int *)NLMSG_DATA(m.h);
			if (m.h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(m.h))->error;
		}
	}
	return err;
}

/* One that has failed half way is still under way on its socket. */
static long dump(int cmd)
{
	long err = dump_to_end(cmd);

	if (err)
		fresh_socket();
	return plainly(err);
}

static long dump_samples(void) { return dump(TASKMONITOR_CMD_SAMPLE_GET); }
static long dump_sessions(void) { return dump(TASKMONITOR_CMD_SESSION_GET); }
static bool has_one(void) { return messages == 1; }

static long join(void) { return plainly(nl_join(&nl)); }
static void leave(void) { nl_leave(&nl); }

static const struct fault_op ops[] = {
	{ "sample-get", fresh_socket, ask_sample, has_sample },
	{ "session-get", fresh_socket, ask_session, has_session },
	{ "status-get", fresh_socket, ask_status, has_status },
	{ "a dump of the targets", fresh_socket, dump_samples, has_one },
	{ "a dump of the sessions", fresh_socket, dump_sessions, has_one },
	{ "joining the group", fresh_socket, join, NULL, leave },
};

int main(void)
{
	struct child c;
	size_t i;

	if (!fault_possible("each place of every netlink request"))
		return tap_done();
	child_start(&c);
	module_need("target=%d log=N", c.pid);
	fault_begin();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fault_each(&ops[i]);
	nl_close(&nl);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
