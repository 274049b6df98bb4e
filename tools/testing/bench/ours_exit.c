// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module adds to birth, exit and wait of a process, per child.
 *
 *   exit.bare  nobody watches
 *   exit.list  a session with a list is started; the children are not on it
 *   exit.ours  the whole system is watched, each child leaves one record, its
 *              exact end, and that is fetched by read()
 *   exit.life  likewise with the records of all its life: fork, exit, end
 *   fork.bare, fork.list  the first two with a fork, memory and all
 *
 * And what a watched process's own end takes, alone, nobody having watched its
 * birth: killed and waited for, its record fetched.
 *
 *   end.bare   it is on no list; a session is there
 *   end.ours   it is on a session's list
 *   end.record how much more that is
 *
 * ours_exit small: what make check looks at.
 */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT (1U << TM_KIND_EXIT)
#define LIFE (EXIT | 1U << TM_KIND_FORK | 1U << TM_KIND_EXEC | 1U << TM_KIND_EXITING)
#define LINGER_US 2000000	/* until the probes of the last session have gone */
#define SECOND (1000 * MS)
#define CHILDREN 10000

static int device;
static long got;

/*
 * read(), not the mapping: a process that forks with a ring mapped has a page
 * table more to copy each time, and that would be all that is seen here.
 */
static void fetch(void)
{
	static struct task_sample records[1024];
	ssize_t n;
	size_t i;

	while ((n = read(device, records, sizeof(records))) > 0) {
		for (i = 0; i < n / sizeof(*records); i++)
			got += records[i].kind == TM_KIND_EXIT;
	}
}

static void check(long least)
{
	if (got < least) {
		errno = ENODATA;
		die("records");
	}
}

static double watched(unsigned int kinds)
{
	double cost;

	device = session(TM_SCOPE_SYSTEM, SECOND, 65536, kinds, 0);
	fcntl(device, F_SETFL, O_NONBLOCK);
	got = 0;
	cost = mean_exit(CHILDREN, fetch);
	check(CHILDREN * 9 / 10);	/* the last have not all been released */
	close(device);
	usleep(LINGER_US);
	return cost;
}

/* --- the end of one ---------------------------------------------------------- */

#define FORK_TURNS 5
#define ROUNDS 12
#define ENDS 1000
#define AT_ONCE 50
#define STACK 1024
/*
 * The records of the last few come behind a grace period. To wait for them by
 * asking so many times, whether they are listed or not, keeps the waiting out of
 * the difference.
 */
#define ASKING 60000

static int rest(void *arg)
{
	while (pause())
		;
	return !arg;
}

/* As in mean_exit(): with its parent's memory. */
static pid_t start_resting(int i)
{
	static char stacks[ENDS + 1][STACK] __attribute__((aligned(16)));
	pid_t pid = clone(rest, stacks[i + 1], CLONE_VM | SIGCHLD, NULL);

	if (pid < 0)
		die("clone");
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

static double mean_end(bool listed)
{
	long long sum = 0, begin;
	pid_t pids[ENDS];
	int i, round;

	for (round = 0; round < ROUNDS; round++) {
		got = 0;
		for (i = 0; i < ENDS; i++) {
			pids[i] = start_resting(i);
			if (listed)
				session_add(device, pids[i]);
		}
		usleep(10000);	/* each has come to its rest */
		begin = now_ns();
		for (i = 0; i < ENDS; i++) {
			stop(pids[i]);
			if (i % AT_ONCE == 0)
				fetch();
		}
		for (i = 0; i < ASKING; i++)
			fetch();
		sum += now_ns() - begin;
		check(listed ? ENDS : 0);
	}
	return (double)sum / ROUNDS / ENDS;
}

static void ends(void)
{
	double bare, listed;

	device = session(TM_SCOPE_LIST, SECOND, 4096, EXIT, 0);
	fcntl(device, F_SETFL, O_NONBLOCK);
	session_add(device, getpid());
	bare = mean_end(false);
	listed = mean_end(true);
	close(device);
	usleep(LINGER_US);
	emit_call("end.bare", "exit", bare);
	emit_call("end.ours", "exit", listed);
	emit_call("end.record", "exit", listed - bare);
}

/* In turns: what varies from one to the next shall hit both. */
static void forks(pid_t other)
{
	double bare = 0, list = 0;
	int i, fd;

	mean_fork_exit(1000);
	for (i = 0; i < FORK_TURNS; i++) {
		bare += mean_fork_exit(1000) / FORK_TURNS;
		fd = session(TM_SCOPE_LIST, SECOND, 1024, 0, 0);
		session_add(fd, other);
		list += mean_fork_exit(1000) / FORK_TURNS;
		close(fd);
		usleep(LINGER_US);
	}
	emit_call("fork.bare", "exit", bare);
	emit_call("fork.list", "exit", list);
}

int main(int argc, char **argv)
{
	bool small = argc > 1 && !strcmp(argv[1], "small");
	pid_t other = start_resting(ENDS);
	int fd;

	exit_warm_up();
	fd = session(TM_SCOPE_LIST, SECOND, 1024, 0, 0);
	session_add(fd, other);
	emit_call("exit.list", "exit", mean_exit(CHILDREN, NULL));
	close(fd);
	usleep(LINGER_US);
	emit_call("exit.ours", "exit", watched(EXIT));
	if (!small) {
		emit_call("exit.life", "exit", watched(LIFE));
		emit_call("exit.bare", "exit", mean_exit(CHILDREN, NULL));
		ends();
		forks(other);
	}
	stop(other);
	return 0;
}
