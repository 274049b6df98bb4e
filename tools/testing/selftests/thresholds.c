// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thresholds: each figure crosses and comes back, once each time; poll() tells
 * of it whatever the watermark; those who join later are judged too; and what
 * is refused. A crossing is awaited, never slept for; that there is none is
 * known when the sampler has come by some more times.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define INTERVAL_NS (10 * NSEC_PER_MSEC)
#define MIB	    (1LL << 20)
#define PPM	    1000000
#define RECORDS	    1024
#define WAIT_MS	    (int)(PATIENCE_NS / NSEC_PER_MSEC)
#define ADD_OF(size) _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC, 0xAD, size)

/* What poll() is to the kernel. */
#ifdef SYS_poll
#define POLL_NR SYS_poll
#else
#define POLL_NR SYS_ppoll
#endif

/* --- what the tests below share -------------------------------------------------- */

/* Nothing but records of thresholds, and a watermark that they never reach. */
static struct tm_session_attr quiet_attr(unsigned int scope)
{
	return (struct tm_session_attr){
		.interval_ns = INTERVAL_NS,
		.scope = scope,
		.ring_records = RECORDS,
		.watermark = RECORDS / 2,
		.kinds = 1U << TM_KIND_THRESHOLD,
	};
}

static int quiet_session(unsigned int scope)
{
	struct tm_session_attr attr = quiet_attr(scope);
	int fd = session_make(&attr);

	session_nonblock(fd);
	return fd;
}

static int try_threshold(int fd, struct tm_threshold *t)
{
	return dev_ioctl(fd, TM_THRESHOLD_ADD, t);
}

/* Its number. */
static unsigned int add_threshold(int fd, struct tm_threshold t)
{
	int err = try_threshold(fd, &t);

	if (err)
		tap_bail("TM_THRESHOLD_ADD of %u: %s", t.what, errno_name(err));
	return t.id;
}

static int del_threshold(int fd, unsigned int id)
{
	return dev_ioctl(fd, TM_THRESHOLD_DEL, &id);
}

static int list_thresholds(int fd, struct tm_threshold *thresholds, unsigned int capacity,
			   unsigned int *total)
{
	struct tm_threshold_list list = {
		.thresholds = (uintptr_t)thresholds,
		.capacity = capacity,
		.threshold_size = sizeof(*thresholds),
	};
	int err = dev_ioctl(fd, TM_THRESHOLDS, &list);

	if (total)
		*total = list.total;
	return err ?: (int)list.count;
}

static struct tm_threshold look_up(int fd, unsigned int id)
{
	struct tm_threshold all[TM_THRESHOLDS_MAX];
	int i, n = list_thresholds(fd, all, ARRAY_SIZE(all), NULL);

	for (i = 0; i < n; i++) {
		if (all[i].id == id)
			return all[i];
	}
	return (struct tm_threshold){};
}

static short events_of(int fd, short asked, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = asked };

	return poll(&p, 1, timeout_ms) < 0 ? -1 : p.revents;
}

/* The next record of a threshold; others are passed over. */
static bool next_crossing(int fd, struct task_sample *s)
{
	memset(s, 0, sizeof(*s));
	while (events_of(fd, POLLPRI, WAIT_MS) & POLLPRI) {
		while (read(fd, s, sizeof(*s)) == sizeof(*s)) {
			if (s->kind == TM_KIND_THRESHOLD)
				return true;
		}
	}
	return false;
}

/* So often has everybody been judged since. */
static void some_ticks(int fd, int n)
{
	struct tm_state before, now;

	session_state(fd, &before);
	if (!eventually((session_state(fd, &now), now.ticks >= before.ticks + n)))
		tap_bail("the sampler does not come by");
}

static bool is_silent(int fd)
{
	struct task_sample s;

	some_ticks(fd, 5);
	return events_of(fd, POLLPRI, 0) == 0 && read(fd, &s, sizeof(s)) < 0 && errno == EAGAIN;
}

static void check_record(const struct task_sample *s, unsigned int id, pid_t pid, bool below,
			 const char *what)
{
	tap_ok(s->kind == TM_KIND_THRESHOLD && s->threshold_id == id && s->pid == pid &&
	       !!(s->flags & TM_SAMPLE_BELOW) == below, "%s: the record", what);
	tap_ok(s->valid & TM_VALID_THRESHOLD && !(s->valid & TM_VALID_WINDOW) && s->seq &&
	       s->start_time_ns && s->time_ns >= s->threshold_since_ns && s->threshold_since_ns &&
	       !s->cpu_avg_ppm && !s->cpu_max_ppm, "%s: is whole", what);
	if (below)
		tap_ok(s->threshold_value <= s->threshold_bound, "%s: %llu is no more than %llu",
		       what, (unsigned long long)s->threshold_value,
		       (unsigned long long)s->threshold_bound);
	else
		tap_ok(s->threshold_value > s->threshold_bound, "%s: %llu is more than %llu", what,
		       (unsigned long long)s->threshold_value,
		       (unsigned long long)s->threshold_bound);
}

static void expect(int fd, unsigned int id, pid_t pid, bool below, const char *what,
		   struct task_sample *s)
{
	if (tap_ok(next_crossing(fd, s), "%s: is told of", what))
		check_record(s, id, pid, below, what);
}

static void counts(int fd, unsigned int id, unsigned int crossed, unsigned int returned)
{
	struct tm_threshold t = look_up(fd, id);

	tap_ok(t.crossed == crossed && t.returned == returned && !t.unjudged,
	       "counted: %llu crossed, %llu returned, %llu not judged",
	       (unsigned long long)t.crossed, (unsigned long long)t.returned,
	       (unsigned long long)t.unjudged);
}

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
	counts(fd, id, 2, 1);
	child_end(&c);
	close(fd);
}

static void pin(pid_t pid)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(pid, sizeof(one), &one))
		tap_bail("sched_setaffinity: %s", strerror(errno));
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
		pin(c[i].pid);
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

	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
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
	fd = session_make(&attr);
	session_nonblock(fd);
	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
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

/* --- times ------------------------------------------------------------------------------ */

static void check_for(void)
{
	struct child c;
	int fd = quiet_session(TM_SCOPE_LIST);
	unsigned int soon, never;
	long long before;
	struct task_sample s;

	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
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

	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
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

/* --- being told ------------------------------------------------------------------------- */

struct waiting {
	int fd;
	pid_t tid;
	short events, got;
};

static void *wait_for_events(void *arg)
{
	struct waiting *w = arg;

	__atomic_store_n(&w->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	w->got = events_of(w->fd, w->events, -1);
	return NULL;
}

static pthread_t start_waiting(struct waiting *w)
{
	pthread_t t;
	pid_t tid;

	if (pthread_create(&t, NULL, wait_for_events, w))
		tap_bail("no thread");
	if (!eventually((tid = __atomic_load_n(&w->tid, __ATOMIC_ACQUIRE)) &&
			is_blocked_in(tid, POLL_NR)))
		tap_bail("it does not wait");
	return t;
}

static void check_poll(void)
{
	struct waiting w = { .events = POLLPRI };
	struct epoll_event event = { .events = EPOLLIN | EPOLLPRI | EPOLLET };
	int fd = quiet_session(TM_SCOPE_LIST), ep = epoll_create1(EPOLL_CLOEXEC);
	struct child c;
	struct task_sample s;
	pthread_t t;

	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
	add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1 });
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
	tap_is(epoll_wait(ep, &event, 1, 0), 0, "epoll: nothing yet");
	w.fd = fd;
	t = start_waiting(&w);
	child_do(&c, CHILD_THREADS, 1);
	pthread_join(t, NULL);
	tap_is(w.got, POLLPRI, "poll: who waits is woken below the watermark");
	tap_is(events_of(fd, POLLIN | POLLPRI, 0), POLLPRI, "poll: the watermark is not reached");
	tap_ok(epoll_wait(ep, &event, 1, WAIT_MS) == 1 && event.events == EPOLLPRI,
	       "epoll: an edge");
	child_do(&c, CHILD_THREADS_END, 1);
	tap_ok(epoll_wait(ep, &event, 1, WAIT_MS) == 1 && event.events == EPOLLPRI,
	       "epoll: another, though nobody has read");
	tap_is(read(fd, &s, sizeof(s)), sizeof(s), "the first is read");
	tap_is(events_of(fd, POLLPRI, 0), POLLPRI, "poll: the second is still to come");
	tap_is(read(fd, &s, sizeof(s)), sizeof(s), "the second is read");
	tap_is(events_of(fd, POLLIN | POLLPRI, 0), 0, "poll: all is quiet");
	child_end(&c);
	close(ep);
	close(fd);
}

/* The watermark counts from where it did, whatever wakes in between. */
static void check_watermark(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	struct waiting w = { .events = POLLIN };
	struct tm_state state;
	struct child c;
	pthread_t t;

	attr.kinds = 0;
	attr.watermark = 40;
	w.fd = session_make(&attr);
	session_nonblock(w.fd);
	child_start(&c);
	add_threshold(w.fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS });
	if (dev_ioctl(w.fd, TM_STOP, NULL) || session_add(w.fd, c.pid))
		tap_bail("no target");
	t = start_waiting(&w);
	dev_ioctl(w.fd, TM_START, NULL);
	pthread_join(t, NULL);
	session_state(w.fd, &state);
	tap_is(w.got, POLLIN, "poll: who asks for the watermark alone gets it alone");
	tap_ok(state.samples >= 40, "poll: after %llu records", (unsigned long long)state.samples);
	child_end(&c);
	close(w.fd);
}

/* Each open file has its own place, and so its own news. */
static void check_default(void)
{
	int a = dev_open(), b = dev_open();
	struct task_sample s;
	struct child c;
	unsigned int id;

	session_nonblock(a);
	session_nonblock(b);
	child_start(&c);
	if (session_add(a, c.pid) || session_interval(a, INTERVAL_NS) ||
	    dev_ioctl(a, TM_START, NULL))
		tap_bail("the default session does not start");
	id = add_threshold(a, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1 });
	child_do(&c, CHILD_THREADS, 1);
	expect(a, id, c.pid, false, "default session", &s);
	tap_ok(events_of(b, POLLPRI, 0) & POLLPRI, "another reader has yet to hear of it");
	expect(b, id, c.pid, false, "default session, the other reader", &s);
	tap_errno(del_threshold(b, id), 0, "who controls it may remove it");
	tap_is(list_thresholds(a, NULL, 0, &id), 0, "room for none");
	tap_is(id, 0, "none is left");
	if (dev_ioctl(a, TM_STOP, NULL) || session_del(a, c.pid))
		tap_bail("the default session does not stop");
	child_end(&c);
	close(a);
	close(b);
}

/* A crossing in the midst of a window. */
static void check_window(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	struct task_sample s;
	struct child c;
	unsigned int id;
	int fd;

	attr.window_ns = TM_INTERVAL_MAX_NS;
	attr.kinds = 0;
	fd = session_make(&attr);
	session_nonblock(fd);
	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
	some_ticks(fd, 3);
	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1 });
	child_do(&c, CHILD_THREADS, 1);
	expect(fd, id, c.pid, false, "in a window", &s);
	some_ticks(fd, 3);
	child_end(&c);
	if (!eventually(read(fd, &s, sizeof(s)) == sizeof(s) && s.kind == TM_KIND_EXIT))
		tap_bail("no exit record");
	tap_ok(s.valid & TM_VALID_WINDOW && s.window_samples >= 5 && !(s.valid & TM_VALID_THRESHOLD),
	       "the window goes on, and has all of its %u samples", s.window_samples);
	close(fd);
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

	child_start(&c);
	if (session_add(fd, c.pid))
		tap_bail("no target");
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

/* --- what is refused ------------------------------------------------------------------------ */

static unsigned int total_of(int fd)
{
	unsigned int total = 0;

	list_thresholds(fd, NULL, 0, &total);
	return total;
}

static void refused(int fd, struct tm_threshold t, int want, const char *what)
{
	struct tm_threshold copy = t;

	tap_errno(try_threshold(fd, &t), want, "%s", what);
	if (memcmp(&t, &copy, sizeof(t)) || total_of(fd))
		tap_ok(false, "%s: nothing has changed", what);
}

#define REFUSED(...)                                                                               \
	refused(fd, (struct tm_threshold){ __VA_ARGS__ }, EINVAL, #__VA_ARGS__)

static void check_refusals(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	int fd = quiet_session(TM_SCOPE_LIST), other;

	REFUSED(.what = 0);
	REFUSED(.what = TM_THRESHOLD_EXIT + 1);
	REFUSED(.what = UINT32_MAX);
	REFUSED(.what = TM_THRESHOLD_RSS, .above = 1, .below = 2);
	REFUSED(.what = TM_THRESHOLD_RSS, .flags = 1);
	REFUSED(.what = TM_THRESHOLD_RSS, .reserved = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .above = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .above = 1, .below = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .for_ns = 1);
	attr.kinds = 1U << TM_KIND_EXIT | 1U << TM_KIND_PERIODIC;
	other = session_make(&attr);
	refused(other, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT }, EINVAL,
		"a session whose kinds lack them");
	close(other);
	close(fd);
}

/* What a caller has that was built with another header. */
static void check_sizes(void)
{
	int fd = quiet_session(TM_SCOPE_LIST);
	struct { struct tm_threshold t; unsigned long long more; } longer = {
		.t.what = TM_THRESHOLD_EXIT,
	};
	struct tm_threshold_list list = {};

	tap_errno(dev_ioctl(fd, ADD_OF(TM_THRESHOLD_SIZE_VER0 - 8), &longer), EINVAL, "too short");
	longer.more = 1;
	tap_errno(dev_ioctl(fd, ADD_OF(sizeof(longer)), &longer), E2BIG, "longer, with something");
	tap_is(total_of(fd), 0, "nothing was added");
	longer.more = 0;
	tap_errno(dev_ioctl(fd, ADD_OF(sizeof(longer)), &longer), 0, "longer, with nothing");
	tap_is(longer.t.id, 1, "it is the first");

	memset(&longer, POISON, sizeof(longer));
	list.thresholds = (uintptr_t)&longer;
	list.capacity = 1;
	list.threshold_size = sizeof(longer);
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), 0, "listed to a longer one");
	tap_ok(list.count == 1 && list.total == 1 && longer.t.id == 1 && !longer.more,
	       "with zeroes behind what is known");
	list.threshold_size = TM_THRESHOLD_SIZE_VER0 - 8;
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EINVAL, "listed to a shorter one");
	list.threshold_size = TM_THRESHOLD_SIZE_VER0 + 4;
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EINVAL, "listed to an odd one");
	tap_errno(dev_ioctl(fd, _IOW(TM_IOC_MAGIC, 0xAE, unsigned long long), &longer), EINVAL,
		  "a number that is too long");
	tap_errno(dev_ioctl(fd, _IOW(TM_IOC_MAGIC, 0xAF, struct tm_threshold_list), &list), ENOTTY,
		  "another direction");
	close(fd);
}

static void check_pointers(void)
{
	int fd = quiet_session(TM_SCOPE_LIST);
	struct tm_threshold *fixed = mmap(NULL, (size_t)PAGE, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tm_threshold_list list = { .thresholds = 8, .capacity = 1,
		.threshold_size = sizeof(*fixed) };

	fixed->what = TM_THRESHOLD_EXIT;
	mprotect(fixed, (size_t)PAGE, PROT_READ);
	tap_errno(dev_ioctl(fd, TM_THRESHOLD_ADD, NULL), EFAULT, "no threshold");
	tap_errno(try_threshold(fd, fixed), EFAULT, "one that cannot be given its number");
	tap_is(total_of(fd), 0, "is not there");
	tap_errno(dev_ioctl(fd, TM_THRESHOLD_DEL, NULL), EFAULT, "no number");
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, NULL), EFAULT, "no list");
	add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT });
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EFAULT, "an array that is none");
	munmap(fixed, (size_t)PAGE);
	close(fd);
}

static void check_limit(void)
{
	int fd = quiet_session(TM_SCOPE_LIST), i;
	struct tm_threshold all[TM_THRESHOLDS_MAX + 1], t = { .what = TM_THRESHOLD_CPU };
	unsigned int id = 0, total = 0;

	for (i = 0; i < TM_THRESHOLDS_MAX; i++)
		id = add_threshold(fd, (struct tm_threshold){
			.what = i % 2 ? TM_THRESHOLD_EXIT : TM_THRESHOLD_CPU });
	tap_is(id, TM_THRESHOLDS_MAX, "as many as there may be");
	tap_errno(try_threshold(fd, &t), ENOSPC, "one more");
	tap_is(list_thresholds(fd, all, 3, &total), 3, "three of them are listed");
	tap_is(total, TM_THRESHOLDS_MAX, "out of all");
	tap_is(list_thresholds(fd, all, ARRAY_SIZE(all), NULL), TM_THRESHOLDS_MAX, "all are");
	tap_errno(del_threshold(fd, 0), ENOENT, "there is no number 0");
	tap_errno(del_threshold(fd, TM_THRESHOLDS_MAX + 1), ENOENT, "nor one that was not given");
	tap_errno(del_threshold(fd, 4), 0, "one less");
	tap_errno(del_threshold(fd, 4), ENOENT, "once");
	tap_errno(try_threshold(fd, &t), 0, "there is room again");
	close(fd);
}

int main(void)
{
	module_need("log=N");
	check_refusals();
	check_sizes();
	check_pointers();
	check_limit();
	check_ticks();
	check_rss();
	check_cpu();
	check_run_delay();
	check_threads();
	check_exit();
	check_for();
	check_restart();
	check_poll();
	check_watermark();
	check_default();
	check_window();
	check_joiners();
	check_anew();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
