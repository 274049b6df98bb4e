// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the netlink family sends unasked: lives, told to everybody who listens,
 * in order, without a gap that is not counted; also when somebody never reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "named.h"
#include "netlink.h"
#include "session.h"

#define PASSERS_BY	150
#define SESSIONS	2500	/* as many events at a time: more than the queue holds, */
#define ENOUGH		2000	/* and more than are sent meanwhile */
#define HISTORY		100000

/* What a listener has been told. */
struct ear {
	struct nl nl;
	struct note {
		long long number, session, seq, exit_code, threshold, value;
		pid_t pid;
		unsigned int kind, lost;
	} *notes;
	int n;
	bool overrun;		/* ENOBUFS */
};

static void ear_open(struct ear *ear, int buffer)
{
	nl_need(&ear->nl);
	ear->notes = calloc(HISTORY, sizeof(*ear->notes));
	ear->n = 0;
	ear->overrun = false;
	if (buffer)
		setsockopt(ear->nl.fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	if (nl_join(&ear->nl))
		tap_bail("cannot join");
}

static void ear_close(struct ear *ear)
{
	nl_close(&ear->nl);
	free(ear->notes);
}

static void note(struct ear *ear, const struct nl_message *m)
{
	const struct nlattr *s = nl_attr(m, TASKMONITOR_A_EVENT_SAMPLE);

	if (m->g->cmd != TASKMONITOR_CMD_EVENT_NTF || ear->n == HISTORY)
		tap_bail("not an event, or too many");
	ear->notes[ear->n++] = (struct note){
		.number = nl_number(nl_attr(m, TASKMONITOR_A_EVENT_NUMBER)),
		.session = nl_number(nl_attr(m, TASKMONITOR_A_EVENT_SESSION)),
		.kind = (unsigned int)nl_number(nl_attr(m, TASKMONITOR_A_EVENT_KIND)),
		.lost = (unsigned int)nl_number(nl_attr(m, TASKMONITOR_A_EVENT_LOST)),
		.pid = (pid_t)nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_PID)),
		.seq = nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_SEQ)),
		.exit_code = nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_EXIT_CODE)),
		.threshold = nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_THRESHOLD_ID)),
		.value = nl_number(nl_nested(s, TASKMONITOR_A_SAMPLE_THRESHOLD_VALUE)),
	};
}

/* Whatever has come. Return: whether there was something. */
static bool listen_once(struct ear *ear, int timeout_ms)
{
	struct nl_received got;
	struct nl_message m;
	int err = nl_receive(&ear->nl, &got, timeout_ms);

	if (err == -ENOBUFS)
		ear->overrun = true;
	else if (err <= 0)
		return false;
	while (nl_next(&got, &m))
		note(ear, &m);
	return true;
}

static const struct note *find_note(const struct ear *ear, pid_t pid, unsigned int kind)
{
	int i;

	for (i = 0; i < ear->n; i++) {
		if (ear->notes[i].kind == kind && (!pid || ear->notes[i].pid == pid))
			return &ear->notes[i];
	}
	return NULL;
}

static const struct note *await_note(struct ear *ear, pid_t pid, unsigned int kind)
{
	long long give_up = now_ns() + PATIENCE_NS;

	while (!find_note(ear, pid, kind) && now_ns() < give_up)
		listen_once(ear, 100);
	return find_note(ear, pid, kind);
}

static int count_notes(const struct ear *ear, unsigned int kind)
{
	int i, n = 0;

	for (i = 0; i < ear->n; i++)
		n += ear->notes[i].kind == kind;
	return n;
}

/* Every number is that of an event, or counted by a lost one. */
static bool is_whole(const struct ear *ear)
{
	int i;

	for (i = 1; i < ear->n; i++) {
		const struct note *note = &ear->notes[i];
		unsigned int step = note->kind == TASKMONITOR_KIND_LOST ? note->lost : 1;

		if (note->number != note[-1].number + step) {
			tap_diag("after number %lld comes %lld, kind %u, lost %u", note[-1].number,
				 note->number, note->kind, note->lost);
			return false;
		}
	}
	return true;
}

static long long status(int attr)
{
	struct nl_received got;
	struct nl_message m;
	struct nl_request r;
	struct nl nl;

	nl_need(&nl);
	r = nl_request(&nl, TASKMONITOR_CMD_STATUS_GET, 0);
	if (nl_ask(&nl, &r, &got, &m))
		tap_bail("no status");
	nl_close(&nl);
	return nl_number(nl_attr(&m, attr));
}

/* Sessions that tell, and not. */
/* Of lives alone: the first sample, which comes when the sampler does, would be counted too. */
static int session_of(unsigned int scope, unsigned long long flags)
{
	struct tm_session_attr attr = session_attr(scope);

	attr.flags = flags;
	attr.kinds = TM_KINDS_ALL & ~(1U << TM_KIND_PERIODIC | 1U << TM_KIND_WINDOW);
	attr.ring_records = TM_RING_RECORDS_MIN;
	return session_make(&attr);
}

static long long session_id(int fd)
{
	struct tm_state state;

	session_state(fd, &state);
	return (long long)state.id;
}

static int leaves(void *arg)
{
	return *(const int *)arg;
}

/* --- what is told --------------------------------------------------------------- */

static void test_default(void)
{
	int fd = dev_open();
	struct ear ear;
	struct child c;
	const struct note *n;

	file_write(PROC_FILE, "start");
	child_start(&c);
	session_add(fd, c.pid);
	ear_open(&ear, 0);
	child_do(&c, CHILD_EXEC, 0);
	n = await_note(&ear, c.pid, TASKMONITOR_KIND_EXEC);
	tap_ok(n, "the default session tells of an exec");
	tap_is(n ? n->session : -1, 0, "as its own");
	child_exit(&c, 7);
	tap_ok(await_note(&ear, c.pid, TASKMONITOR_KIND_EXITING), "of an exit");
	waitpid(c.pid, NULL, 0);
	n = await_note(&ear, c.pid, TASKMONITOR_KIND_EXIT);
	tap_is(n ? n->exit_code : -1, 7 << 8, "and of its end, with the exit code");
	tap_ok(n && n->seq > 0, "by the number of the record");
	tap_is(ear.n, 3, "and of nothing else");
	tap_ok(is_whole(&ear), "one number after the other");
	ear_close(&ear);
	file_write(PROC_FILE, "clear");
	file_write(PROC_FILE, "stop");
	close(fd);
}

static void test_private(void)
{
	int silent = session_of(TM_SCOPE_TREE, 0);
	int telling = session_of(TM_SCOPE_TREE, TM_SESSION_EVENTS);
	long long id = session_id(telling);
	int status = 3, i, of_it = 0;
	struct ear ear;
	pid_t pid;

	ear_open(&ear, 0);
	session_add(silent, getpid());
	session_add(telling, getpid());
	pid = run_start(leaves, &status);
	run_end(pid);
	tap_ok(await_note(&ear, pid, TASKMONITOR_KIND_EXIT), "a session that is to tell does");
	tap_ok(find_note(&ear, pid, TASKMONITOR_KIND_FORK), "of births too");
	for (i = 0; i < ear.n; i++)
		of_it += ear.notes[i].session == id;
	tap_is(of_it, ear.n, "and no other one");
	close(telling);
	wait_sessions(2);
	ear.n = 0;
	run_end(run_start(leaves, &status));
	tap_ok(!listen_once(&ear, 300), "once it is closed nothing is told");
	ear_close(&ear);
	close(silent);
}

/* From a shell one would do the same. */
static void test_named(void)
{
	char self[16];
	int status = 0;
	struct ear ear;
	pid_t pid;

	if (!named_possible("a named session tells"))
		return;
	named_need();
	snprintf(self, sizeof(self), "%d", getpid());
	tap_ok(!named_make("web") && named_put("web", "scope", "tree") > 0 &&
	       named_put("web", "targets", self) > 0 && named_put("web", "run", "start") > 0,
	       "a named session");
	ear_open(&ear, 0);
	pid = run_start(leaves, &status);
	run_end(pid);
	tap_ok(await_note(&ear, pid, TASKMONITOR_KIND_EXIT), "tells, of exits");
	tap_ok(find_note(&ear, pid, TASKMONITOR_KIND_FORK), "and of births");
	tap_errno(named_end("web"), 0, "it ends");
	ear.n = 0;
	run_end(run_start(leaves, &status));
	tap_ok(!listen_once(&ear, 300), "and tells nothing any more");
	ear_close(&ear);
	tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
}

static void test_kinds(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	int status = 0, fd;
	struct ear ear;
	pid_t pid;

	attr.flags = TM_SESSION_EVENTS;
	attr.kinds = 1U << TM_KIND_EXIT | 1U << TM_KIND_PERIODIC;
	attr.interval_ns = NSEC_PER_MSEC;
	fd = session_make(&attr);
	ear_open(&ear, 0);
	session_add(fd, getpid());
	pid = run_start(leaves, &status);
	run_end(pid);
	tap_ok(await_note(&ear, pid, TASKMONITOR_KIND_EXIT), "a session that records exits alone");
	tap_is(ear.n, 1, "tells of exits alone, and of no sample");
	ear_close(&ear);
	close(fd);
}

static void test_threshold(void)
{
	struct tm_threshold t = { .what = TM_THRESHOLD_THREADS, .above = 2 };
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	const struct note *n;
	struct child c;
	struct ear ear;
	int fd;

	attr.flags = TM_SESSION_EVENTS;
	attr.interval_ns = 10 * NSEC_PER_MSEC;
	fd = session_make(&attr);
	child_start(&c);
	session_add(fd, c.pid);
	tap_errno(dev_ioctl(fd, TM_THRESHOLD_ADD, &t), 0, "a threshold");
	ear_open(&ear, 0);
	child_do(&c, CHILD_THREADS, 4);
	n = await_note(&ear, c.pid, TASKMONITOR_KIND_THRESHOLD);
	tap_ok(n && n->threshold == t.id && n->value > 2, "that is crossed is told of, with its number");
	ear_close(&ear);
	child_end(&c);
	close(fd);
}

/* So many more children come and go, and every record of theirs has been made. */
static void pass_by(int fd, int n)
{
	struct tm_state state;
	long long want;
	int code = 0, i;

	session_state(fd, &state);
	want = (long long)state.samples + 3LL * n;
	for (i = 0; i < n; i++)
		run_end(run_start(leaves, &code));
	if (!eventually((session_state(fd, &state), (long long)state.samples == want)))
		tap_bail("not all records of %d lives: %lld of %lld", n, (long long)state.samples,
			 want);
}

static void test_nobody(void)
{
	int fd = session_of(TM_SCOPE_TREE, TM_SESSION_EVENTS);
	long long before = status(TASKMONITOR_A_STATUS_NUMBER);
	struct ear ear;

	session_add(fd, getpid());
	pass_by(fd, 20);
	tap_is(status(TASKMONITOR_A_STATUS_NUMBER), before, "while nobody listens there is no event");
	ear_open(&ear, 0);
	tap_ok(!listen_once(&ear, 100), "and who begins to listen hears nothing of it");
	nl_leave(&ear.nl);
	pass_by(fd, 20);
	tap_ok(!listen_once(&ear, 100), "nor who has left");
	tap_is(status(TASKMONITOR_A_STATUS_NUMBER), before, "and again there is none");
	ear_close(&ear);
	close(fd);
}

/* --- who may listen ----------------------------------------------------------------- */

static int listen_as_alice(void *arg)
{
	struct nl nl;

	(void)arg;
	become(ALICE);
	return nl_open(&nl) ? 255 : -nl_join(&nl);
}

/* As itself there, it may join any group; nothing is sent to it. */
static int listen_elsewhere(void *arg)
{
	struct nl *nl = arg, there;
	struct nl_received got;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return 77;
	if (nl_open(&there) != -ENOENT)
		return 1;
	there.group = nl->group;
	(void)nl_join(&there);
	if (write(nl->fd, "", 1) != 1)	/* the pipe to whoever waits for us */
		return 2;
	return nl_receive(&there, &got, 500) ? 3 : 0;
}

static void test_who(void)
{
	int pipefd[2], code = 0, result, fd = session_of(TM_SCOPE_TREE, TM_SESSION_EVENTS);
	struct nl nl, there;
	char byte;
	pid_t pid;

	tap_is(run(listen_as_alice, NULL), EPERM, "a user may not listen");
	nl_need(&nl);
	if (pipe2(pipefd, O_CLOEXEC))
		tap_bail("no pipe");
	there = (struct nl){ .fd = pipefd[1], .group = nl.group };
	pid = run_start(listen_elsewhere, &there);
	close(pipefd[1]);
	session_add(fd, getpid());
	if (read(pipefd[0], &byte, 1) == 1)
		run_end(run_start(leaves, &code));
	result = run_end(pid);
	if (result == 77)
		tap_skip("no user namespaces", "who is root elsewhere hears nothing");
	else
		tap_is(result, 0, "who is root elsewhere hears nothing");
	close(pipefd[0]);
	nl_close(&nl);
	close(fd);
}

/* --- loss ------------------------------------------------------------------------ */

static void test_sluggard(void)
{
	int fd = session_of(TM_SCOPE_TREE, TM_SESSION_EVENTS), code = 0, i, missing = 0;
	int passers_by = rounds(PASSERS_BY);
	struct ear ear, sluggard;
	pid_t pid[PASSERS_BY];

	ear_open(&ear, 64 << 20);
	ear_open(&sluggard, 8 << 10);
	session_add(fd, getpid());
	for (i = 0; i < passers_by; i++) {
		pid[i] = run_start(leaves, &code);
		run_end(pid[i]);
	}
	for (i = 0; i < passers_by; i++) {
		if (!await_note(&ear, pid[i], TASKMONITOR_KIND_EXIT))
			missing++;
	}
	tap_is(missing, 0, "somebody never reads, and who does hears of every end");
	tap_is(count_notes(&ear, TASKMONITOR_KIND_FORK), passers_by, "and of every birth");
	tap_ok(is_whole(&ear) && !ear.overrun, "without a gap");
	tap_is(count_notes(&ear, TASKMONITOR_KIND_LOST), 0, "and nothing was lost on the way");
	close(fd);
	while (listen_once(&sluggard, 0))
		;
	tap_ok(sluggard.overrun, "who did not read is told so by ENOBUFS");
	tap_between(sluggard.n, 1, ear.n - 1, "has heard a part");
	tap_ok(sluggard.n && sluggard.notes[sluggard.n - 1].number < ear.notes[ear.n - 1].number,
	       "and can tell by the numbers how much was the rest");
	ear_close(&sluggard);
	ear_close(&ear);
}

/* So that nothing is sent meanwhile: nobody else gets that CPU. */
static int keeps_busy(void *arg)
{
	struct sched_param first = { .sched_priority = 1 };

	cpu_pin(0, *(const int *)arg);
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		return 1;
	for (;;)
		;
}

static bool is_kept_busy(pid_t pid)
{
	return sched_getscheduler(pid) == SCHED_FIFO;
}

/*
 * One process in so many sessions: its exit is as many events, at one stroke, on
 * the first of two CPUs. The other one is kept from sending them.
 */
static void exit_unsent(struct child *c)
{
	int second = 1;
	cpu_set_t all;
	pid_t busy;

	sched_getaffinity(0, sizeof(all), &all);
	cpu_pin(c->pid, 0);
	cpu_pin(0, 0);
	busy = run_start(keeps_busy, &second);
	if (!eventually(is_kept_busy(busy)))
		tap_bail("the second CPU is not kept busy");
	child_exit(c, 0);
	waitpid(c->pid, NULL, 0);
	kill(busy, SIGKILL);
	waitpid(busy, NULL, 0);
	sched_setaffinity(0, sizeof(all), &all);
}

static void test_burst(void)
{
	struct rlimit files = { SESSIONS + 100, SESSIONS + 100 };
	static int fd[SESSIONS];
	long long lost = status(TASKMONITOR_A_STATUS_LOST);
	unsigned long long told = 0;
	struct child c;
	struct ear ear;
	int i, sessions = rounds(SESSIONS);

	setrlimit(RLIMIT_NOFILE, &files);
	child_start(&c);
	ear_open(&ear, 256 << 20);
	for (i = 0; i < sessions; i++) {
		fd[i] = session_of(TM_SCOPE_LIST, TM_SESSION_EVENTS);
		session_add(fd[i], c.pid);
	}
	exit_unsent(&c);
	while (listen_once(&ear, 2000))
		;
	for (i = 0; i < ear.n; i++)
		told += ear.notes[i].kind == TASKMONITOR_KIND_LOST ? ear.notes[i].lost : 1;
	tap_ok(is_whole(&ear) && !ear.overrun, "a burst: what was lost is counted in its place");
	tap_is((long long)told, 2LL * sessions, "told and lost are all");
	if (sessions < ENOUGH)
		tap_skip("a slow kernel", "and some were lost");
	else
		tap_ok(count_notes(&ear, TASKMONITOR_KIND_LOST) > 0, "and some were lost");
	lost = status(TASKMONITOR_A_STATUS_LOST) - lost;
	tap_is((long long)told - (ear.n - count_notes(&ear, TASKMONITOR_KIND_LOST)), lost,
	       "the status counts the same");
	tap_is(status(TASKMONITOR_A_STATUS_SENT), status(TASKMONITOR_A_STATUS_NUMBER),
	       "and nothing waits any more");
	for (i = 0; i < sessions; i++)
		close(fd[i]);
	ear_close(&ear);
	wait_sessions(1);
}

/* --- unloading -------------------------------------------------------------------- */

static volatile int *stop;	/* shared */

static int asks(void *arg)
{
	struct nl_received got;
	const struct nlattr *s;
	unsigned int asked = 0;
	struct nl nl;

	(void)arg;
	while (!*stop) {
		struct nl_request r;

		if (nl_open(&nl)) {
			nl_close(&nl);
			continue;
		}
		(void)nl_join(&nl);
		(void)nl_sample(&nl, getpid(), &got, &s);
		/* A dump that is not read to its end pins the module: now and then. */
		r = nl_request(&nl, TASKMONITOR_CMD_SESSION_GET, NLM_F_DUMP);
		if (++asked % 16 == 0)
			(void)nl_send(&nl, &r, r.h.nlmsg_len);
		(void)nl_receive(&nl, &got, 0);
		nl_close(&nl);
	}
	return 0;
}

static int passes_by(void *arg)
{
	int code = 0;

	(void)arg;
	while (!*stop)
		run_end(run_start(leaves, &code));
	return 0;
}

#define GROUPS_MAX	1024

/* Bytes between a parent and the child: it is as far as it was to come; it may go on. */
static int reached[2], go_on[2];

/*
 * Without any right, joins all groups that there are or will be, as far as it is let.
 * Return: 0 if it was told nothing; 1 if it was; 2 if it had not joined ours at all.
 */
static int squats(void *arg)
{
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	bool joined[GROUPS_MAX] = { false };
	int group, fd, told = 0;
	struct nl_received got;
	struct nl_message m;
	struct nl nl, mine;
	char c = 0;

	(void)arg;
	become(1000);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)))
		return 2;
	for (group = 1; group < GROUPS_MAX; group++)
		joined[group] = !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
					    sizeof(group));
	(void)!write(reached[1], &c, 1);
	(void)!read(go_on[0], &c, 1);
	if (nl_open(&nl) || nl.group >= GROUPS_MAX || !joined[nl.group])
		return 2;
	mine = nl;
	mine.fd = fd;
	while (nl_receive(&mine, &got, 0) > 0) {
		while (nl_next(&got, &m))
			told |= m.h->nlmsg_type == nl.family;
	}
	return told;
}

/* Who joins the group before it is there is not asked for any right by the kernel. */
static void test_squatter(void)
{
	struct child c;
	struct ear ear;
	pid_t squatter;
	int fd, status;
	char byte = 0;

	tap_errno(module_unload_patiently(), 0, "rmmod");
	if (pipe(reached) || pipe(go_on))
		tap_bail("pipe: %s", strerror(errno));
	squatter = run_start(squats, NULL);
	(void)!read(reached[0], &byte, 1);
	module_need("log=N");
	ear_open(&ear, 0);
	fd = session_of(TM_SCOPE_LIST, TM_SESSION_EVENTS);
	session_child(fd, &c);
	child_end(&c);
	tap_ok(await_note(&ear, c.pid, TM_KIND_EXIT), "who may listen is told");
	(void)!write(go_on[1], &byte, 1);
	waitpid(squatter, &status, 0);
	tap_is(status, 0, "who joined the group before it was there is told nothing");
	close(fd);
	ear_close(&ear);
	close(reached[0]);
	close(reached[1]);
	close(go_on[0]);
	close(go_on[1]);
}

static void test_unload(void)
{
	struct nl_received got;
	pid_t busy[4];
	struct nl nl;
	int i, fd, unloaded = 0;

	stop = shared_memory(sizeof(*stop));
	nl_need(&nl);
	nl_join(&nl);
	tap_errno(module_unload_patiently(), 0, "rmmod goes while somebody listens");
	for (i = 0; i < 4; i++)
		busy[i] = run_start(i ? asks : passes_by, NULL);
	for (i = 0; i < rounds(3); i++) {
		module_need("log=N");
		fd = session_of(TM_SCOPE_SYSTEM, TM_SESSION_EVENTS);
		usleep(20000);
		close(fd);
		unloaded += !module_unload_patiently();
	}
	tap_is(unloaded, rounds(3), "and while others ask, listen, and are told");
	*stop = 1;
	for (i = 0; i < 4; i++)
		run_end(busy[i]);
	module_need("log=N");
	tap_ok(!nl_receive(&nl, &got, 0), "who listened to the former family hears of no other");
	nl_close(&nl);
}

int main(int argc, char **argv)
{
	child_main(argc, argv);
	module_need("log=N");
	test_default();
	test_private();
	test_named();
	test_kinds();
	test_threshold();
	test_nobody();
	test_who();
	test_sluggard();
	test_burst();
	test_squatter();
	test_unload();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
