// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact life records: short processes, each one's exit record held against what
 * its parent's wait4() said.
 *
 * wait4() gives microseconds, cut off, of user and of system time each; cut the
 * same way our nanoseconds must be equal. The sampler never comes by: what is
 * here was seen by the probes alone.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/taskmonitor.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "harness.h"

#define CHILDREN rounds(1000)
#define MANY	 rounds(20000)
#define PIDS	 65536

static struct {
	long long cpu_us;
	long maxrss_kb;
	int status;
	int forks, exitings, exits;
	bool wrong;
} seen[PIDS];

static int session(unsigned int scope, unsigned int records, unsigned int kinds)
{
	struct tm_session_attr attr = {
		.interval_ns = TM_INTERVAL_MAX_NS,
		.scope = scope,
		.ring_records = records,
		.kinds = kinds,
	};
	struct tm_target_spec self = { .pid = getpid() };
	int fd = dev_open();

	if (fd < 0 || dev_ioctl(fd, TM_SESSION, &attr))
		tap_bail("no session");
	if (scope == TM_SCOPE_TREE && dev_ioctl(fd, TM_ADD, &self))
		tap_bail("cannot watch myself");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void make_children(int n, long long burn)
{
	struct rusage ru;
	int i, status;
	pid_t pid;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < n; i++) {
		pid = fork();
		if (!pid) {
			while (cpu_ns() < burn)
				;
			_exit(i % 256);
		}
		if (pid < 0 || pid >= PIDS || wait4(pid, &status, 0, &ru) != pid)
			tap_bail("fork or wait4 does not work");
		seen[pid].cpu_us = ru.ru_utime.tv_sec * 1000000LL + ru.ru_utime.tv_usec +
				   ru.ru_stime.tv_sec * 1000000LL + ru.ru_stime.tv_usec;
		seen[pid].maxrss_kb = ru.ru_maxrss;
		seen[pid].status = status;
	}
}

static void take_exit(const struct task_sample *s)
{
	long long us = (long long)(s->utime / 1000 + s->stime / 1000);

	seen[s->pid].exits++;
	/* The halves may be cut where the sum is not: a microsecond either way. */
	if (us < seen[s->pid].cpu_us - 1 || us > seen[s->pid].cpu_us + 1) {
		seen[s->pid].wrong = true;
		tap_diag("pid %d: %lld us, wait4 says %lld", s->pid, us, seen[s->pid].cpu_us);
	}
	if (s->exit_code != seen[s->pid].status ||
	    (long)(s->peak_rss_bytes / 1024) != seen[s->pid].maxrss_kb) {
		seen[s->pid].wrong = true;
		tap_diag("pid %d: status %x for %x, peak %llu for %ld kB", s->pid, s->exit_code,
			 seen[s->pid].status, s->peak_rss_bytes / 1024, seen[s->pid].maxrss_kb);
	}
	if ((s->valid & (TM_VALID_CPU | TM_VALID_EXIT)) != (TM_VALID_CPU | TM_VALID_EXIT) ||
	    s->valid & TM_VALID_MEM || !(s->flags & TM_SAMPLE_EXITED) || s->ppid != getpid())
		seen[s->pid].wrong = true;
}

/* Records come while the last task is still waiting for its grace period. */
static int take_records(int fd, int *exits)
{
	struct task_sample s;

	while (read(fd, &s, sizeof(s)) == sizeof(s)) {
		if (s.kind == TM_KIND_LOST)
			tap_diag("%llu records lost", s.lost_records);
		if (s.pid <= 0 || s.pid >= PIDS || !seen[s.pid].maxrss_kb)
			continue;
		seen[s.pid].forks += s.kind == TM_KIND_FORK;
		seen[s.pid].exitings += s.kind == TM_KIND_EXITING;
		if (s.kind == TM_KIND_EXIT) {
			take_exit(&s);
			++*exits;
		}
	}
	return *exits;
}

static void check_lives(unsigned int scope, const char *name, int n, long long burn)
{
	int fd = session(scope, 8 * n, 0);
	int pid, exits = 0, right = 0, whole = 0;

	make_children(n, burn);
	eventually(take_records(fd, &exits) >= n);
	for (pid = 0; pid < PIDS; pid++) {
		right += seen[pid].exits == 1 && !seen[pid].wrong;
		whole += seen[pid].forks == 1 && seen[pid].exitings == 1;
	}
	tap_is(exits, n, "%s: every child leaves an exit record", name);
	tap_is(right, n, "%s: each one's CPU time, status and peak as wait4 has them", name);
	tap_is(whole, n, "%s: each is told of at its fork and when it begins to exit", name);
	close(fd);
}

static int do_nothing(void *arg)
{
	(void)arg;
	syscall(SYS_exit, 0);
	return 0;
}

static unsigned long long produced(int fd)
{
	struct tm_state state;

	if (dev_ioctl(fd, TM_STATE, &state))
		tap_bail("TM_STATE does not work");
	return state.samples;
}

static unsigned long long dropped(int fd)
{
	struct tm_state state;

	dev_ioctl(fd, TM_STATE, &state);
	return state.dropped;
}

/* As fast as the kernel makes them: they share the memory, and we wait for their exit alone. */
static void make_many(int n)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;

	while (n--) {
		pid = clone(do_nothing, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			    NULL);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			tap_bail("clone or waitpid does not work");
	}
}

static void check_many(void)
{
	int fd = session(TM_SCOPE_SYSTEM, 131072, 1 << TM_KIND_EXIT);
	struct task_sample s;
	int exits = 0;

	make_many(MANY);
	/* Nobody has read meanwhile. */
	eventually(produced(fd) >= (unsigned int)MANY);
	while (read(fd, &s, sizeof(s)) == sizeof(s))
		exits += s.kind == TM_KIND_EXIT && s.ppid == getpid();
	tap_is(exits, MANY, "whole system: an exit record of each of %d processes", MANY);
	tap_is(dropped(fd), 0, "none could not be watched");
	close(fd);
}

static void check_loss(void)
{
	int fd = session(TM_SCOPE_SYSTEM, 1000, 0);
	unsigned long long received = 0, lost = 0, last = 0;
	struct task_sample s;
	bool grows = true;

	make_many(MANY > 4000 ? MANY / 4 : 1000);
	/* Nothing more is made from here on, so that the sums can be compared. */
	if (dev_ioctl(fd, TM_STOP, NULL))
		tap_bail("TM_STOP does not work");
	while (read(fd, &s, sizeof(s)) == sizeof(s)) {
		grows = grows && s.seq > last;
		last = s.seq;
		if (s.kind == TM_KIND_LOST)
			lost += s.lost_records;
		else
			received++;
	}
	tap_ok(lost > 0, "a history of 1024 records overflows");
	tap_is(received + lost, produced(fd), "what was read and what was lost is what was made");
	tap_ok(grows, "numbers only grow");
	tap_is(last, produced(fd), "up to the last one");
	close(fd);
}

/* An unknown scope would make a session that watches nobody: the checks can fail. */
static void check_sceptic(void)
{
	int fd = session(TM_SCOPE_LIST, 64, 0);
	int exits = 0;

	make_children(2, 0);
	take_records(fd, &exits);
	tap_is(exits, 0, "an empty list hears of nobody");
	close(fd);
}

int main(void)
{
	module_need(" ");
	check_sceptic();
	check_lives(TM_SCOPE_TREE, "1 ms", CHILDREN, NSEC_PER_MSEC);
	check_lives(TM_SCOPE_TREE, "0.2 ms", CHILDREN, NSEC_PER_MSEC / 5);
	check_lives(TM_SCOPE_TREE, "3 ms", CHILDREN, 3 * NSEC_PER_MSEC);
	check_lives(TM_SCOPE_SYSTEM, "whole system", CHILDREN / 4, 0);
	check_many();
	check_loss();
	tap_is(module_unload(), 0, "unloads");
	return tap_done();
}
