// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thresholds: each figure crosses and comes back, once each time; the time that
 * it must have been above; those who join later are judged too.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "threshold.h"

/* --- the figures -------------------------------------------------------------------- */

/* Above, in between (nothing), below, above again. */
static void check_rss(void)
{
	struct child big, small = {};
	int fd = quiet_session(TM_SCOPE_LIST);
	struct task_sample s;
	long long rss;
	unsigned int id;

	child_start(&big);
	child_start(&small);
	rss = proc_value(big.pid, "status", "VmRSS:") * 1024;
	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_RSS,
		.above = rss + 8 * MIB, .below = rss + 3 * MIB });
	if (session_add(fd, big.pid) || session_add(fd, small.pid))
		tap_bail("no target");
	tap_ok(is_silent(fd), "RSS: nothing of who is not above");

	child_do(&big, CHILD_TOUCH, 16 * MIB / PAGE);
	expect(fd, id, big.pid, false, "RSS above", &s);
	tap_ok(s.threshold_what == TM_THRESHOLD_RSS && s.threshold_value == s.rss_bytes &&
	       (long long)s.threshold_bound == rss + 8 * MIB && s.threshold_since_ns == s.time_ns,
	       "RSS: the sample is the one that crossed");
	child_do(&small, CHILD_BURN, NSEC_PER_MSEC);
	tap_ok(is_silent(fd), "RSS: once, while it stays above");

	child_do(&big, CHILD_UNTOUCH, 0);
	expect(fd, id, big.pid, true, "RSS below", &s);
	tap_ok((long long)s.threshold_bound == rss + 3 * MIB, "RSS: what it came back to");
	child_do(&big, CHILD_TOUCH, 6 * MIB / PAGE);
	tap_ok(is_silent(fd), "RSS: in between on the way up it has not crossed");
	child_do(&big, CHILD_TOUCH, 6 * MIB / PAGE);
	expect(fd, id, big.pid, false, "RSS above again", &s);
	child_do(&big, CHILD_UNTOUCH, 0);
	tap_ok(is_silent(fd), "RSS: in between on the way down it has not come back");
	counts(fd, id, 2, 1);
	child_end(&big);
	child_end(&small);
	close(fd);
}

static void check_cpu(void)
{
	struct child c;
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_CPU,
		.above = PPM / 4, .below = PPM / 50 });
	struct tm_threshold t;
	struct task_sample s;

	child_start(&c);
	proc_settle(c.pid);
	if (session_add(fd, c.pid))
		tap_bail("no target");
	tap_ok(is_silent(fd), "CPU: nothing of who sleeps");
	child_do(&c, CHILD_SPIN, 0);
	expect(fd, id, c.pid, false, "CPU above", &s);
	tap_ok(s.threshold_what == TM_THRESHOLD_CPU && s.threshold_since_ns < s.time_ns,
	       "CPU: since the sample before");
	kill(c.pid, SIGSTOP);
	expect(fd, id, c.pid, true, "CPU below", &s);
	kill(c.pid, SIGCONT);
	expect(fd, id, c.pid, false, "CPU above again", &s);
	/* On a machine that is shared it may have lost its CPU meanwhile, and more than once. */
	t = look_up(fd, id);
	tap_ok(t.crossed >= 2 && t.crossed - t.returned <= 1 && !t.unjudged,
	       "counted in turn: %llu crossed, %llu returned", (unsigned long long)t.crossed,
	       (unsigned long long)t.returned);
	child_end(&c);
	close(fd);
}

/* Two that want the same CPU wait for each other. */
static void check_run_delay(void)
{
	struct child c[2];
	int i, fd = quiet_session(TM_SCOPE_LIST);
	struct tm_threshold t = { .what = TM_THRESHOLD_RUN_DELAY, .above = PPM / 10 };
	struct task_sample s;
	unsigned int id;
	int err = try_threshold(fd, &t);

	if (err == -EOPNOTSUPP) {
		tap_skip("a kernel without CONFIG_SCHED_INFO", "waiting for a CPU");
		close(fd);
		return;
	}
	tap_errno(err, 0, "a threshold of the waiting for a CPU");
	id = t.id;
	for (i = 0; i < 2; i++) {
		child_start(&c[i]);
		cpu_pin(c[i].pid, 0);
	}
	proc_settle(c[0].pid);
	if (session_add(fd, c[0].pid))
		tap_bail("no target");
	tap_ok(is_silent(fd), "waiting: nothing of who sleeps");
	child_do(&c[1], CHILD_SPIN, 0);
	child_do(&c[0], CHILD_SPIN, 0);
	expect(fd, id, c[0].pid, false, "waiting above", &s);
	tap_ok(s.threshold_what == TM_THRESHOLD_RUN_DELAY && s.threshold_since_ns < s.time_ns,
	       "waiting: since the sample before");
	kill(c[0].pid, SIGSTOP);
	expect(fd, id, c[0].pid, true, "waiting below", &s);
	child_end(&c[0]);
	child_end(&c[1]);
	close(fd);
}

static void check_threads(void)
{
	struct child c;
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS,
		.above = 4 });
	struct task_sample s;

	session_child(fd, &c);
	child_do(&c, CHILD_THREADS, 3);
	tap_ok(is_silent(fd), "threads: four are not above four");
	child_do(&c, CHILD_THREADS, 1);
	expect(fd, id, c.pid, false, "threads above", &s);
	tap_ok(s.threshold_value == 5 && s.threads == 5, "threads: five of them");
	child_do(&c, CHILD_THREADS_END, 1);
	expect(fd, id, c.pid, true, "threads below", &s);
	tap_is(s.threshold_value, 4, "threads: at the bound it has come back");
	tap_is(look_up(fd, id).below, 4, "below 0 has become what above is");
	child_end(&c);
	close(fd);
}

/* No tick comes by in an hour: it is told by the exit itself. */
static void check_exit(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	struct child c;
	struct task_sample s;
	unsigned int id;
	int fd;

	attr.interval_ns = TM_INTERVAL_MAX_NS;
	fd = quiet_session_of(&attr);
	session_child(fd, &c);
	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT });
	child_exit(&c, 3);
	if (tap_ok(next_crossing(fd, &s), "exit: is told of"))
		tap_ok(s.threshold_id == id && s.threshold_what == TM_THRESHOLD_EXIT &&
		       s.pid == c.pid && s.valid & TM_VALID_THRESHOLD && s.valid & TM_VALID_EXIT &&
		       s.flags & TM_SAMPLE_EXITED && WEXITSTATUS(s.exit_code) == 3 &&
		       s.threshold_value == (unsigned int)s.exit_code && !s.threshold_bound &&
		       s.threshold_since_ns == s.exit_time_ns, "exit: with its code and time");
	counts(fd, id, 1, 0);
	close(fd);
}

/* A target that is one thread, and none of its process's others. */
static void check_thread_exit(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	struct task_sample s;
	struct child c;
	unsigned int id;
	int fd;

	attr.interval_ns = TM_INTERVAL_MAX_NS;
	fd = quiet_session_of(&attr);
	child_start(&c);
	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT });
	if (session_add_flags(fd, c.pid, TM_TARGET_THREAD))
		tap_bail("no target");
	child_do(&c, CHILD_LEADER_EXIT, 0);
	if (tap_ok(next_crossing(fd, &s), "exit of a thread: is told of"))
		tap_ok(s.threshold_id == id && s.flags & TM_SAMPLE_THREAD && s.tgid == c.pid,
		       "exit of a thread: it is that");
	child_end(&c);
	counts(fd, id, 1, 0);
	close(fd);
}

/* --- times ------------------------------------------------------------------------------ */

static void check_for(void)
{
	struct child c;
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int soon, never;
	long long before;
	struct task_sample s;

	session_child(fd, &c);
	soon = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1,
		.for_ns = 8 * INTERVAL_NS });
	never = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1,
		.for_ns = UINT64_MAX });
	before = now_ns();
	child_do(&c, CHILD_THREADS, 1);
	expect(fd, soon, c.pid, false, "for a time", &s);
	tap_ok((long long)s.time_ns - before >= 8 * INTERVAL_NS &&
	       s.time_ns - s.threshold_since_ns >= 8 * INTERVAL_NS &&
	       (long long)s.threshold_since_ns >= before, "not before the time is over");
	tap_ok(is_silent(fd), "for ever: not yet");
	counts(fd, never, 0, 0);
	child_end(&c);
	close(fd);
}

/* What was begun is forgotten: who is above crosses again. */
static void check_restart(void)
{
	struct child c;
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS });
	struct task_sample s;

	session_child(fd, &c);
	expect(fd, id, c.pid, false, "before the stop", &s);
	tap_errno(dev_ioctl(fd, TM_STOP, NULL), 0, "stop");
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "start");
	expect(fd, id, c.pid, false, "after the start", &s);
	counts(fd, id, 2, 0);
	child_end(&c);
	close(fd);
}

static unsigned long long ticks_of(int fd)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.ticks;
}

/* A session that records no samples is sampled as long as a threshold of a figure needs it. */
static void check_ticks(void)
{
	int fd = quiet_session(TM_SCOPE_LIST), other = quiet_session(TM_SCOPE_LIST);
	unsigned int a, b;

	tap_is(ticks_of(fd), 0, "no tick before there is a threshold");
	add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT });
	a = add_threshold(other, (struct tm_threshold){ .what = TM_THRESHOLD_RSS });
	some_ticks(other, 3);
	tap_is(ticks_of(fd), 0, "nor for exits alone");
	a = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_RSS });
	b = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_RSS });
	some_ticks(fd, 3);
	tap_errno(del_threshold(fd, a), 0, "one less");
	some_ticks(fd, 3);
	tap_errno(del_threshold(fd, b), 0, "none left");
	a = (unsigned int)ticks_of(fd);
	some_ticks(other, 3);
	tap_is(ticks_of(fd), a, "no tick any more");
	close(fd);
	close(other);
}

/* --- who is judged ------------------------------------------------------------------------ */

static int big_grandchild(void *arg)
{
	char *pages;
	pid_t pid = fork();

	(void)arg;
	if (pid)
		return waitpid(pid, NULL, 0) != pid;
	pages = mmap(NULL, 32 * MIB, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (pages != MAP_FAILED)
		pause();
	_exit(1);
}

/* Who is born into the session, and who is added when there is a threshold already. */
static void check_joiners(void)
{
	int fd = quiet_session(TM_SCOPE_TREE), i, seen = 0;
	struct task_sample s = {};
	unsigned int id;
	pid_t root;

	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_RSS,
		.above = 24 * MIB });
	if (session_add(fd, getpid()))
		tap_bail("no target");
	for (i = 0; i < 3; i++) {
		root = run_start(big_grandchild, NULL);
		if (!next_crossing(fd, &s))
			tap_bail("nobody has crossed");
		seen += s.threshold_id == id && s.ppid == root;
		kill(s.pid, SIGKILL);
		run_end(root);
	}
	tap_is(seen, 3, "children that were born later have crossed, each for itself");
	counts(fd, id, 3, 0);
	close(fd);
}

/* A target that is removed and added again is a new one; a slot used again is too. */
static void check_anew(void)
{
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS });
	struct task_sample s;
	unsigned int next;
	struct child c;

	session_child(fd, &c);
	expect(fd, id, c.pid, false, "a target", &s);
	if (session_del(fd, c.pid) || session_add(fd, c.pid))
		tap_bail("no target");
	expect(fd, id, c.pid, false, "the same, added again", &s);
	tap_errno(del_threshold(fd, id), 0, "the threshold goes");
	next = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS });
	tap_ok(next > id, "its number is not given again");
	expect(fd, next, c.pid, false, "another in its place", &s);
	tap_errno(del_threshold(fd, id), ENOENT, "the former is gone");
	child_end(&c);
	close(fd);
}

int main(void)
{
	module_need("log=N");
	check_rss();
	check_cpu();
	check_run_delay();
	check_threads();
	check_exit();
	check_thread_exit();
	check_for();
	check_restart();
	check_ticks();
	check_joiners();
	check_anew();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
