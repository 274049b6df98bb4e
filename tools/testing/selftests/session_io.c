// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history of a private session by read(), poll() and epoll: what is
 * refused, who is woken when, and how it ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define RECORD sizeof(struct task_sample)

/* A thread that calls read() or poll() once, and what came of it. */
struct call {
	int fd;
	bool poll;
	pthread_t thread;
	volatile pid_t tid;
	ssize_t result;	/* bytes, or poll()'s events; or a negative errno */
	struct task_sample sample;
};

static void *do_call(void *arg)
{
	struct call *c = arg;
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	c->tid = (pid_t)syscall(SYS_gettid);
	if (c->poll)
		c->result = poll(&p, 1, -1) < 0 ? -errno : p.revents;
	else
		c->result = read(c->fd, &c->sample, sizeof(c->sample));
	if (c->result < 0 && !c->poll)
		c->result = -errno;
	return NULL;
}

/* Newer architectures have no poll of their own: the C library calls the other. */
#ifndef SYS_poll
#define SYS_poll SYS_ppoll
#endif

static bool is_asleep(const struct call *c)
{
	return c->tid && is_blocked_in(c->tid, c->poll ? SYS_poll : SYS_read);
}

/* When this returns it sleeps. */
static void call_begin(struct call *c, int fd, bool poll)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->poll = poll;
	pthread_create(&c->thread, NULL, do_call, c);
	if (!eventually(is_asleep(c)))
		tap_bail("a thread does not come to wait in %s", poll ? "poll" : "read");
}

static ssize_t call_end(struct call *c)
{
	pthread_join(c->thread, NULL);
	return c->result;
}

static int events(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

static ssize_t take(int fd, void *buf, size_t size)
{
	ssize_t len = read(fd, buf, size);

	return len < 0 ? -errno : len;
}

/* A session that hears of the forks of this process's, and nothing else. */
static int forks_alone(unsigned int watermark)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	int fd;

	attr.kinds = 1U << TM_KIND_FORK;
	attr.watermark = watermark;
	fd = session_make(&attr);
	if (session_add(fd, getpid()))
		tap_bail("cannot watch myself");
	return fd;
}

static void reads(void)
{
	struct task_sample buf[4];
	int fd = forks_alone(0);
	pid_t a, b;

	session_nonblock(fd);
	tap_errno(take(fd, buf, RECORD), EAGAIN, "read: no record, O_NONBLOCK");
	tap_errno(take(fd, buf, RECORD - 1), EINVAL, "read: too small, no record");
	a = passer_by();
	b = passer_by();
	tap_errno(take(fd, buf, RECORD - 1), EINVAL, "read: too small");
	tap_errno(take(fd, buf, 1), EINVAL, "read: one byte");
	tap_errno(take(fd, NULL, RECORD), EFAULT, "read: to nowhere");
	tap_errno(take(fd, (void *)-4096L, RECORD), EFAULT, "read: into the kernel");
	tap_is(take(fd, buf, RECORD + 100), RECORD, "read: whole records alone");
	tap_ok(buf[0].seq == 1 && buf[0].pid == a && buf[0].kind == TM_KIND_FORK,
	       "the first: refused reads have taken nothing");
	tap_is(take(fd, buf, sizeof(buf)), RECORD, "read: as many as there are");
	tap_ok(buf[0].seq == 2 && buf[0].pid == b, "the second");
	tap_errno(take(fd, buf, RECORD), EAGAIN, "read: and no more");
	passer_by();
	passer_by();
	passer_by();
	tap_is(take(fd, buf, 2 * RECORD), 2 * RECORD, "read: as many as fit");
	tap_ok(buf[0].seq == 3 && buf[1].seq == 4, "in their order");
	tap_errno(write(fd, buf, RECORD) < 0 ? -errno : 0, EINVAL, "write");
	tap_errno(lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0, ESPIPE, "lseek");
	close(fd);
}

/* The second record has no room in the caller's memory: it is kept. */
static void read_into_hole(void)
{
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct task_sample sample;
	int fd = forks_alone(0);

	munmap(pages + PAGE, PAGE);
	session_nonblock(fd);
	passer_by();
	passer_by();
	tap_is(take(fd, pages + PAGE - RECORD - 8, 2 * RECORD), RECORD,
	       "read: half of it in a hole");
	tap_errno(take(fd, pages + PAGE - 8, RECORD), EFAULT, "read: all but in a hole");
	tap_ok(take(fd, &sample, RECORD) == RECORD && sample.seq == 2, "the second is not lost");
	munmap(pages, PAGE);
	close(fd);
}

static void blocking(void)
{
	int fd = forks_alone(8);
	struct call a, b;
	pid_t pid;

	call_begin(&a, fd, false);
	pid = passer_by();
	tap_is(call_end(&a), RECORD, "a sleeping read wakes up, whatever the watermark");
	tap_ok(a.sample.pid == pid && a.sample.seq == 1, "with the record");

	call_begin(&a, fd, false);
	call_begin(&b, fd, false);
	passer_by();
	passer_by();
	tap_ok(call_end(&a) == RECORD && call_end(&b) == RECORD, "two sleep: both wake up");
	tap_is(a.sample.seq + b.sample.seq, 2 + 3, "each with a record of its own");
	close(fd);
}

static void on_signal(int unused)
{
	(void)unused;
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	int fd = forks_alone(0);
	struct call c;

	sigaction(SIGUSR1, &action, NULL);
	call_begin(&c, fd, false);
	pthread_kill(c.thread, SIGUSR1);
	tap_errno(call_end(&c), EINTR, "a signal interrupts read");
	call_begin(&c, fd, true);
	pthread_kill(c.thread, SIGUSR1);
	tap_errno(call_end(&c), EINTR, "and poll");

	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	call_begin(&c, fd, false);
	pthread_kill(c.thread, SIGUSR1);
	tap_ok(eventually(is_asleep(&c)), "SA_RESTART: read sleeps on");
	passer_by();
	tap_is(call_end(&c), RECORD, "until there is a record");
	signal(SIGUSR1, SIG_DFL);
	close(fd);
}

static void watermark(void)
{
	int fd = forks_alone(4), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	struct task_sample buf[8];
	struct tm_state state;
	struct call c;

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	tap_is(events(fd), 0, "poll: nothing at first");
	passer_by();
	passer_by();
	passer_by();
	tap_is(events(fd), 0, "poll: three records are below a watermark of four");
	tap_is(epoll_wait(epoll, &event, 1, 0), 0, "epoll: likewise");
	call_begin(&c, fd, true);
	passer_by();
	tap_is(call_end(&c), POLLIN, "the fourth wakes who sleeps in poll");
	tap_is(epoll_wait(epoll, &event, 1, 0), 1, "epoll tells of it");
	tap_is(event.events, EPOLLIN, "as readable");
	take(fd, buf, RECORD);
	tap_is(events(fd), 0, "one has been read, three are left: nothing");
	tap_is(epoll_wait(epoll, &event, 1, 0), 0, "epoll: likewise");
	passer_by();
	tap_is(events(fd), POLLIN, "four again");
	session_nonblock(fd);
	tap_is(take(fd, buf, sizeof(buf)), 4 * RECORD, "all are read");
	call_begin(&c, fd, true);
	passer_by();
	passer_by();
	passer_by();
	passer_by();
	tap_is(call_end(&c), POLLIN, "and the next four wake poll again");
	session_state(fd, &state);
	tap_is(state.watermark, 4, "TM_STATE has the watermark");
	close(epoll);
	close(fd);
}

static void end_of(struct child *c)
{
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	close(c->to);
	close(c->from);
}

static void hang_up(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct task_sample buf[8];
	struct child a, b;
	struct call c;
	int fd;

	attr.kinds = 1U << TM_KIND_EXIT;
	attr.watermark = 8;
	fd = session_make(&attr);
	tap_is(events(fd), 0, "no target yet: no end");
	child_start(&a);
	child_start(&b);
	session_add(fd, a.pid);
	session_add(fd, b.pid);
	call_begin(&c, fd, false);
	end_of(&a);
	tap_is(call_end(&c), RECORD, "one of two exits: its record");
	tap_is(events(fd), 0, "but no end");
	call_begin(&c, fd, true);
	end_of(&b);
	tap_is(call_end(&c), POLLIN | POLLHUP, "the other: who polls is told of the end");
	tap_is(take(fd, buf, sizeof(buf)), RECORD, "read drains");
	tap_is(buf[0].pid, b.pid, "what was left");
	tap_is(events(fd), POLLHUP, "then the end alone is left");
	tap_is(take(fd, buf, sizeof(buf)), 0, "and read gives 0, asleep it would never wake up");
	session_nonblock(fd);
	tap_is(take(fd, buf, sizeof(buf)), 0, "O_NONBLOCK: likewise");

	child_start(&a);
	session_add(fd, a.pid);
	tap_is(events(fd), 0, "a new target: no end any more");
	tap_errno(take(fd, buf, sizeof(buf)), EAGAIN, "and no record");
	session_del(fd, a.pid);
	tap_is(events(fd), POLLHUP, "removed again: the end");
	child_end(&a);
	close(fd);
}

/* The end comes without a record: sleepers must hear of it all the same. */
static void silent_end(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct call reader, poller;
	struct child c;
	int fd;

	attr.kinds = 1U << TM_KIND_FORK;
	fd = session_make(&attr);
	child_start(&c);
	session_add(fd, c.pid);
	call_begin(&reader, fd, false);
	call_begin(&poller, fd, true);
	end_of(&c);
	tap_is(call_end(&reader), 0, "the last target exits without a record: read gives 0");
	tap_is(call_end(&poller), POLLHUP, "and poll the end");

	child_start(&c);
	session_add(fd, c.pid);
	call_begin(&reader, fd, false);
	session_del(fd, c.pid);
	tap_is(call_end(&reader), 0, "the last target is removed: read gives 0");
	child_end(&c);
	close(fd);
}

/* The file is closed while others sleep in it: it lives as long as they do. */
static void closed_under_way(void)
{
	struct call reader, poller;
	int fd = forks_alone(0);

	call_begin(&reader, fd, false);
	call_begin(&poller, fd, true);
	close(fd);
	tap_ok(is_asleep(&reader) && is_asleep(&poller), "closed: who sleeps in it sleeps on");
	passer_by();
	tap_is(call_end(&reader), RECORD, "a record wakes the reader");
	/* poll() looks at the number once more, where there is no file now. */
	tap_is(call_end(&poller), POLLNVAL, "and the poller");
	tap_is(wait_sessions(1), 1, "then the session is gone");

	fd = forks_alone(0);
	call_begin(&reader, fd, false);
	dup2(STDIN_FILENO, fd);
	passer_by();
	tap_is(call_end(&reader), RECORD, "another file in its place: likewise");
	close(fd);
	tap_is(wait_sessions(1), 1, "then that session is gone");
}

static int sleep_in_read(void *arg)
{
	struct task_sample sample;

	return read(*(int *)arg, &sample, sizeof(sample)) == RECORD;
}

/* A reader that is killed in its sleep takes nothing with it. */
static void killed_reader(void)
{
	int fd = session_open(TM_SCOPE_LIST);
	pid_t pid = run_start(sleep_in_read, &fd);

	tap_ok(eventually(is_blocked_in(pid, SYS_read)), "a process sleeps in read");
	kill(pid, SIGKILL);
	tap_is(run_end(pid), -1, "and can be killed");
	close(fd);
	tap_is(wait_sessions(1), 1, "no session is left of it");
}

/*
 * A file becomes a session while somebody reads the default session's history
 * through it: the new history is read from its beginning.
 */
static void session_under_a_reader(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	struct task_sample sample = {};
	int fd = dev_open(), other = dev_open();
	struct call c;

	attr.kinds = 1U << TM_KIND_FORK;
	call_begin(&c, fd, false);
	tap_errno(dev_ioctl(fd, TM_SESSION, &attr), 0,
		  "a session while one reads the default one's");
	session_add(other, getpid());
	session_interval(other, NSEC_PER_MSEC);
	dev_ioctl(other, TM_START, NULL);
	call_end(&c);
	dev_ioctl(other, TM_STOP, NULL);
	session_add(fd, getpid());
	passer_by();
	session_nonblock(fd);
	tap_ok(take(fd, &sample, RECORD) == RECORD && sample.seq == 1,
	       "its first record is there to be read");
	close(fd);
	session_del(other, getpid());
	close(other);
}

/* What a user gets of the default session's history. */
static int default_history(void *arg)
{
	struct task_sample sample;
	int *results = arg, fd;

	become(ALICE);
	fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	results[0] = (int)take(fd, &sample, RECORD);
	results[1] = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -errno : 0;
	results[2] = events(fd);
	return 0;
}

static void default_session(void)
{
	int *results = shared_memory(4096), fd = dev_open();
	const struct tm_ring_header *ring;
	struct task_sample sample;

	chmod(DEVICE, 0666);
	run(default_history, results);
	tap_errno(results[0], EPERM, "alice: reading the default session's history");
	tap_errno(results[1], EPERM, "alice: mapping it");
	tap_is(results[2], POLLERR, "alice: polling it");
	session_nonblock(fd);
	tap_is(events(fd), 0, "root: polling it");
	tap_errno(take(fd, &sample, RECORD), EAGAIN, "root: reading it");
	ring = ring_map(fd);
	if (tap_ok(ring, "root: mapping it"))
		ring_unmap(ring);
	session_add(fd, getpid());
	session_interval(fd, NSEC_PER_MSEC);
	dev_ioctl(fd, TM_START, NULL);
	tap_ok(eventually(take(fd, &sample, RECORD) == RECORD), "root: records come");
	dev_ioctl(fd, TM_STOP, NULL);
	session_del(fd, getpid());
	close(fd);
}

int main(void)
{
	module_need("log=N");
	reads();
	read_into_hole();
	blocking();
	interrupted();
	watermark();
	hang_up();
	silent_end();
	closed_under_way();
	killed_reader();
	session_under_a_reader();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	module_need("log=N"); /* the default session's history is empty again */
	default_session();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
