// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: every request, right and wrong. Written without a library,
 * which would not send what is malformed.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "netlink.h"
#include "session.h"

#define MANY 300	/* targets: a dump of several messages */

static struct nl nl;

/* --- right ones --------------------------------------------------------------- */

static void test_family(void)
{
	tap_ok(nl.family >= NLMSG_MIN_TYPE, "the family has a number");
	tap_ok(nl.group, "and a group \"%s\"", TASKMONITOR_MCGRP_EVENTS);
}

static void test_sample(void)
{
	struct nl_received got;
	const struct nlattr *s = NULL, *comm;
	struct proc_stat st;
	struct child c;

	child_start(&c);
	child_do(&c, CHILD_BURN, 20 * NSEC_PER_MSEC);
	child_do(&c, CHILD_TOUCH, 500);
	child_do(&c, CHILD_THREADS, 2);
	proc_settle(c.pid);
	if (!tap_errno(nl_sample(&nl, c.pid, &got, &s), 0, "a sample of a process"))
		tap_bail("no sample");
	proc_stat(c.pid, &st);
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_PID)), c.pid, "its PID");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_TGID)), c.pid, "its TGID");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_PPID)), getpid(), "its parent");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_UID)), 0, "its user, 0, is told");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_KIND)), TASKMONITOR_KIND_READ, "its kind");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_THREADS)), st.threads, "its threads");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_STATE)), st.state, "its state");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_VSIZE_BYTES)), st.vsize, "its size");
	tap_is(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_MIN_FLT)), st.min_flt, "its page faults");
	tap_between(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_RSS_BYTES)), 500 * PAGE,
		    nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_VSIZE_BYTES)), "its memory");
	tap_ok(nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_UTIME_NS)) +
	       nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_STIME_NS)) >= 20 * NSEC_PER_MSEC,
	       "its CPU time");
	comm = nl_nested(s, TASKMONITOR_A_SAMPLE_COMM);
	tap_ok(comm && nl_len(comm) == strlen(program_invocation_short_name) &&
	       !memcmp(nl_data(comm), program_invocation_short_name, nl_len(comm)),
	       "its name, without a NUL");
	tap_ok(nl_nested(s, TASKMONITOR_A_SAMPLE_CGROUP_ID) &&
	       nl_nested(s, TASKMONITOR_A_SAMPLE_START_TIME_NS) &&
	       nl_nested(s, TASKMONITOR_A_SAMPLE_TIME_NS), "its cgroup, its start, the time");
	tap_ok(!nl_nested(s, TASKMONITOR_A_SAMPLE_EXIT_CODE) &&
	       !nl_nested(s, TASKMONITOR_A_SAMPLE_EXIT_TIME_NS) &&
	       !nl_nested(s, TASKMONITOR_A_SAMPLE_WINDOW_SAMPLES) &&
	       !nl_nested(s, TASKMONITOR_A_SAMPLE_SEQ), "what it does not have is left out");
	child_end(&c);
}

static int kernel_thread_is(const struct nlattr *s)
{
	return !nl_nested(s, TASKMONITOR_A_SAMPLE_RSS_BYTES) &&
	       nl_nested(s, TASKMONITOR_A_SAMPLE_UTIME_NS);
}

static void test_others(void)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);
	struct nl_received got;
	const struct nlattr *s = NULL;
	struct nl_message m;

	tap_errno(nl_sample(&nl, 2, &got, &s), 0, "a kernel thread");
	tap_ok(s && kernel_thread_is(s), "which has CPU time, and no memory: none is told");
	nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, (uint32_t)getpid());
	nl_put(&r, TASKMONITOR_A_PROCESS_THREAD, NULL, 0);
	tap_errno(nl_ask(&nl, &r, &got, &m), 0, "a thread");
	tap_ok(m.h && nl_number(nl_nested(nl_attr(&m, TASKMONITOR_A_PROCESS_SAMPLE),
					  TASKMONITOR_A_SAMPLE_FLAGS)) &
	       TASKMONITOR_SAMPLE_FLAG_THREAD, "which is said to be one");
}

static void test_session(void)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_SESSION_GET, 0);
	struct nl_received got;
	struct nl_message m;
	struct tm_state state;
	int fd = dev_open();

	session_state(fd, &state);
	close(fd);
	if (!tap_errno(nl_ask(&nl, &r, &got, &m), 0, "the default session's state"))
		tap_bail("no state");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_ID)), 0, "its number");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_INTERVAL_NS)),
	       (long long)state.interval_ns, "its interval");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_RING_RECORDS)), state.ring_records,
	       "its history");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_KINDS)), state.kinds, "its kinds");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_FLAGS)), state.flags, "its flags");
	tap_ok(!nl_attr(&m, TASKMONITOR_A_SESSION_OWNER) &&
	       !nl_attr(&m, TASKMONITOR_A_SESSION_WINDOW_NS), "it has neither maker nor windows");
	nl_put_u64(&r, TASKMONITOR_A_SESSION_ID, 1ULL << 40);
	tap_errno(nl_ask(&nl, &r, NULL, NULL), ENOENT, "a session that is not");
	tap_str(nl.text, "id: no session has that number", "which is said");
	tap_is(nl.bad_offset, NLMSG_HDRLEN + GENL_HDRLEN, "and which attribute it is");
}

static void test_status(void)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_STATUS_GET, 0);
	struct nl_received got;
	struct nl_message m;
	char version[32] = "";

	file_read(ATTRIBUTES "version", version, sizeof(version));
	version[strcspn(version, "\n")] = '\0';
	tap_errno(nl_ask(&nl, &r, &got, &m), 0, "the status");
	tap_str(nl_data(nl_attr(&m, TASKMONITOR_A_STATUS_VERSION)), version, "the version");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_STATUS_NUMBER)), 0, "no event yet");
	tap_is(nl_number(nl_attr(&m, TASKMONITOR_A_STATUS_LOST)), 0, "none lost");
	tap_ok(nl_number(nl_attr(&m, TASKMONITOR_A_STATUS_QUEUE)) >= 256, "room for many");
}

/* --- dumps -------------------------------------------------------------------- */

static int dump_begin(struct nl *n, int cmd)
{
	struct nl_request r = nl_request(n, cmd, NLM_F_DUMP);

	r.h.nlmsg_seq = ++n->seq;
	return nl_send(n, &r, r.h.nlmsg_len);
}

/* Each message to @take, until the end. Return: how many, or a negative errno. */
static int dump_rest(struct nl *n, void (*take)(const struct nl_message *m))
{
	struct nl_received got;
	struct nl_message m;
	int count = 0;

	for (;;) {
		int err = nl_receive(n, &got, PATIENCE_NS / NSEC_PER_MSEC);

		if (err <= 0)
			return err ?: -ETIMEDOUT;
		while (nl_next(&got, &m)) {
			if (m.h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(m.h))->error;
			if (m.h->nlmsg_type == NLMSG_DONE)
				return count;
			take(&m);
			count++;
		}
	}
}

static pid_t many[MANY];
static int seen[MANY];

static void take_sample(const struct nl_message *m)
{
	const struct nlattr *s = nl_attr(m, TASKMONITOR_A_PROCESS_SAMPLE);
	pid_t pid = (pid_t)nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_PID));
	int i;

	for (i = 0; i < MANY; i++)
		seen[i] += many[i] == pid;
}

static int all_seen_once(void)
{
	int i, n = 0;

	for (i = 0; i < MANY; i++)
		n += seen[i] == 1;
	return n;
}

static int waits(void *arg)
{
	(void)arg;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

static void test_dump_samples(void)
{
	struct nl second;
	int i, fd = dev_open();

	for (i = 0; i < MANY; i++) {
		many[i] = run_start(waits, NULL);
		if (session_add(fd, many[i]))
			tap_bail("cannot add");
	}
	tap_errno(dump_begin(&nl, TASKMONITOR_CMD_SAMPLE_GET), 0, "a dump of the targets begins");
	/* More than the first buffer is left: it is under way. */
	tap_errno(dump_begin(&nl, TASKMONITOR_CMD_SAMPLE_GET), 0, "a second one on the same socket");
	tap_ok(module_refs() > 1, "a dump pins the module");
	/* Its refusal comes between the other's messages. */
	tap_errno(dump_rest(&nl, take_sample), EBUSY, "is refused");
	tap_ok(dump_rest(&nl, take_sample) > 0 && all_seen_once() == MANY,
	       "while the first goes on to its end");
	memset(seen, 0, sizeof(seen));
	nl_need(&second);
	dump_begin(&second, TASKMONITOR_CMD_SAMPLE_GET);
	tap_is(dump_rest(&second, take_sample), MANY, "a dump has as many as there are");
	tap_is(all_seen_once(), MANY, "each of them once");
	dump_begin(&second, TASKMONITOR_CMD_SAMPLE_GET);
	nl_close(&second);
	tap_ok(eventually(module_refs() == 1), "a dump that is given up lets the module go");

	memset(seen, 0, sizeof(seen));
	dump_begin(&nl, TASKMONITOR_CMD_SAMPLE_GET);
	file_write(PROC_FILE, "clear");
	i = dump_rest(&nl, take_sample);
	tap_between(i, 1, MANY - 1, "targets that go meanwhile are left out");
	for (i = 0; i < MANY; i++) {
		kill(many[i], SIGKILL);
		waitpid(many[i], NULL, 0);
	}
	close(fd);
	dump_begin(&nl, TASKMONITOR_CMD_SAMPLE_GET);
	tap_is(dump_rest(&nl, take_sample), 0, "no target: nothing, without an error");
}

static long long last_id, owned;

static void take_session(const struct nl_message *m)
{
	long long id = nl_number(nl_attr(m, TASKMONITOR_A_SESSION_ID));

	owned += nl_number(nl_attr(m, TASKMONITOR_A_SESSION_OWNER)) == getpid();
	last_id = id > last_id ? id : 1LL << 62;
}

static void test_dump_sessions(void)
{
	int fd[60], i;

	for (i = 0; i < 60; i++)
		fd[i] = session_open(TM_SCOPE_LIST);
	last_id = -1;
	dump_begin(&nl, TASKMONITOR_CMD_SESSION_GET);
	tap_is(dump_rest(&nl, take_session), 61, "a dump has every session");
	tap_ok(last_id < 1LL << 62, "in the order of their numbers");
	tap_is(owned, 60, "and of ours whose they are");
	for (i = 0; i < 60; i++)
		close(fd[i]);
	wait_sessions(1);
}

/* --- wrong ones ----------------------------------------------------------------- */

static void refuse(struct nl_request *r, int want, const char *text, const char *what)
{
	tap_errno(nl_ask(&nl, r, NULL, NULL), want, "%s", what);
	if (text)
		tap_str(nl.text, text, "%s: says so", what);
}

static struct nl_request of(pid_t pid)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);

	nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, (uint32_t)pid);
	return r;
}

static void test_whom(void)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);
	struct child c;
	siginfo_t info;

	refuse(&r, EINVAL, "pid is missing: of whom?", "nobody named");
	tap_is(nl.missing, TASKMONITOR_A_PROCESS_PID, "and which attribute that is");
	r = of(0);
	refuse(&r, ERANGE, NULL, "PID 0");
	tap_is(nl.bad_offset, NLMSG_HDRLEN + GENL_HDRLEN, "and which attribute that is");
	r = of(-1);
	refuse(&r, ESRCH, "pid: no such process, or it has exited", "a number beyond all");
	r = of(unused_pid());
	refuse(&r, ESRCH, "pid: no such process, or it has exited", "a number that nobody has");
	child_start(&c);
	child_exit(&c, 0);
	waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT);
	r = of(c.pid);
	refuse(&r, ESRCH, NULL, "a zombie");
	waitpid(c.pid, NULL, 0);
}

static void test_attributes(void)
{
	unsigned char junk[600] = {};
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);

	nl_put(&r, TASKMONITOR_A_PROCESS_PID, junk, 2);
	refuse(&r, EINVAL, NULL, "a PID of 2 bytes");
	r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);
	nl_put(&r, TASKMONITOR_A_PROCESS_PID, junk, sizeof(junk));
	refuse(&r, EINVAL, NULL, "a PID of 600 bytes");
	r = of(getpid());
	nl_put(&r, TASKMONITOR_A_PROCESS_THREAD, junk, 4);
	refuse(&r, ERANGE, NULL, "a flag with a value");
	r = of(getpid());
	nl_put(&r, TASKMONITOR_A_PROCESS_SAMPLE, junk, 4);
	refuse(&r, EINVAL, NULL, "an attribute that is for answers");
	r = of(getpid());
	nl_put(&r, 1000, junk, 4);
	refuse(&r, EINVAL, NULL, "an attribute that is not");
	r = of(getpid());
	nl_put(&r, 0, junk, 4);
	refuse(&r, EINVAL, NULL, "an attribute of type 0");
	r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, 0);
	nl_put(&r, TASKMONITOR_A_PROCESS_PID | NLA_F_NESTED, junk, 4);
	refuse(&r, EINVAL, NULL, "a PID that is a nest");
	r = of(getpid());
	((struct nlattr *)r.attrs)->nla_len = 200;
	refuse(&r, EINVAL, NULL, "an attribute longer than the message");
	r = of(getpid());
	((struct nlattr *)r.attrs)->nla_len = 3;
	refuse(&r, EINVAL, NULL, "an attribute shorter than its head");
	r = of(getpid());
	r.h.nlmsg_len += 3;
	refuse(&r, EINVAL, NULL, "bytes behind the last attribute");
	r = nl_request(&nl, TASKMONITOR_CMD_SESSION_GET, 0);
	nl_put_u32(&r, TASKMONITOR_A_SESSION_ID, 0);
	refuse(&r, EINVAL, NULL, "a session's number of 4 bytes");
	r = nl_request(&nl, TASKMONITOR_CMD_STATUS_GET, 0);
	nl_put_u32(&r, TASKMONITOR_A_STATUS_NUMBER, 0);
	refuse(&r, EINVAL, NULL, "an attribute where none is taken");
	r = nl_request(&nl, TASKMONITOR_CMD_SAMPLE_GET, NLM_F_DUMP);
	nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, 1);
	refuse(&r, EINVAL, NULL, "a dump of one");
}

static void test_headers(void)
{
	struct nl_request r = nl_request(&nl, TASKMONITOR_CMD_EVENT_NTF, 0);

	refuse(&r, EOPNOTSUPP, NULL, "an event is no request");
	r = nl_request(&nl, 0, 0);
	refuse(&r, EOPNOTSUPP, NULL, "command 0");
	r = nl_request(&nl, 255, 0);
	refuse(&r, EOPNOTSUPP, NULL, "command 255");
	r = nl_request(&nl, TASKMONITOR_CMD_STATUS_GET, NLM_F_DUMP);
	refuse(&r, EOPNOTSUPP, NULL, "a dump where there is none");
	r = of(getpid());
	r.g.reserved = 1;
	refuse(&r, EINVAL, NULL, "the header's reserved field");
	r = of(getpid());
	r.h.nlmsg_flags |= NLM_F_EXCL;
	refuse(&r, EINVAL, NULL, "a flag that means nothing here");
	r = of(getpid());
	r.h.nlmsg_len = NLMSG_HDRLEN;
	refuse(&r, EINVAL, NULL, "no room for the command");
}

/* Every length that a message can be cut to, and every byte of it another. */
static void test_cut(void)
{
	struct nl_request whole = of(getpid()), r;
	unsigned int len, answered = 0;
	struct nl_received got;
	const struct nlattr *s;

	for (len = NLMSG_HDRLEN; len < whole.h.nlmsg_len; len++) {
		r = whole;
		r.h.nlmsg_len = len;
		answered += !nl_ask(&nl, &r, NULL, NULL);
	}
	tap_is(answered, 0, "no part of a request is one");
	for (len = NLMSG_HDRLEN; len < whole.h.nlmsg_len; len++) {
		int bit;

		for (bit = 0; bit < 8; bit++) {
			r = whole;
			((unsigned char *)&r)[len] ^= (unsigned char)(1 << bit);
			(void)nl_ask(&nl, &r, NULL, NULL);
		}
	}
	tap_errno(nl_sample(&nl, getpid(), &got, &s), 0, "after every bit was wrong once");
}

/* --- elsewhere -------------------------------------------------------------------- */

static int in_network(void *arg)
{
	struct nl there;

	(void)arg;
	return -nl_open(&there) == ENOENT ? 0 : 1;
}

static int in_pids(void *arg)
{
	struct nl_received got;
	const struct nlattr *s;
	struct nl there;

	(void)arg;
	if (nl_open(&there) || nl_sample(&there, 1, &got, &s))
		return 1;
	if (nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_PID)) != 1)
		return 2;
	return nl_nested(s, TASKMONITOR_A_SAMPLE_PPID) ? 3 : 0;
}

static void test_namespaces(void)
{
	tap_is(run_end(run_start_in(CLONE_NEWNET, in_network, NULL)), 0,
	       "another network namespace does not have the family");
	tap_is(run_end(run_start_in(CLONE_NEWPID, in_pids, NULL)), 0,
	       "PIDs are those of the asker's namespace");
}

int main(int argc, char **argv)
{
	child_main(argc, argv);
	module_need("log=N");
	nl_need(&nl);
	test_family();
	test_status();
	test_sample();
	test_others();
	test_session();
	test_whom();
	test_attributes();
	test_headers();
	test_cut();
	test_dump_samples();
	test_dump_sessions();
	test_namespaces();
	nl_close(&nl);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	tap_errno(nl_open(&nl), ENOENT, "and the family is gone");
	return tap_done();
}
