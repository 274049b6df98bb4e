// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who waits is told of a threshold that was crossed: by poll() and epoll, whatever
 * the watermark; each reader by itself; in the midst of a window.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "threshold.h"

/* What poll() is to the kernel. */
#ifdef SYS_poll
#define POLL_NR SYS_poll
#else
#define POLL_NR SYS_ppoll
#endif

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

	session_child(fd, &c);
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
	w.fd = quiet_session_of(&attr);
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
	fd = quiet_session_of(&attr);
	session_child(fd, &c);
	some_ticks(fd, 3);
	id = add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1 });
	child_do(&c, CHILD_THREADS, 1);
	expect(fd, id, c.pid, false, "in a window", &s);
	some_ticks(fd, 3);
	child_end(&c);
	if (!eventually(read(fd, &s, sizeof(s)) == sizeof(s) && s.kind == TM_KIND_EXIT))
		tap_bail("no exit record");
	tap_ok(s.valid & TM_VALID_WINDOW && !(s.valid & TM_VALID_THRESHOLD) &&
	       s.window_samples >= 5, "the window goes on, and has all of its %u samples", s.window_samples);
	close(fd);
}

int main(void)
{
	module_need("log=N");
	check_poll();
	check_watermark();
	check_default();
	check_window();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
