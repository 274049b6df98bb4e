// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module adds to birth, exit and wait of a process, per child.
 *
 *   exit.bare  nobody is watched; a session is there, for its ring lies where
 *              kernel stacks come from, and that alone is felt
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
#define RING_RECORDS 4096
#define TURNS 8
#define CHILDREN 2000	/* a turn */

static int device;
static long got;

/*
 * read(), not the mapping: a process that forks with a ring mapped has a page
 * table more to copy each time, and that would be all that is seen here.
 */
static void fetch(void)
{
	static struct task_sample records[256];
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

static double with_session(unsigned int scope, unsigned int kinds, pid_t target,
			   double (*mean)(int n, void (*fetch)(void)), bool fetched)
{
	double cost;

	device = session(scope, SECOND, RING_RECORDS, kinds, 0);
	fcntl(device, F_SETFL, O_NONBLOCK);
	if (target)
		session_add(device, target);
	got = 0;
	cost = mean(CHILDREN, fetched ? fetch : NULL);
	if (fetched)
		check(CHILDREN / 2);	/* the last have not all been released */
	close(device);
	usleep(LINGER_US);
	return cost;
}

static double nobody(double (*mean)(int n, void (*fetch)(void)))
{
	return with_session(TM_SCOPE_LIST, 0, 0, mean, false);
}

static double listed(pid_t other, double (*mean)(int n, void (*fetch)(void)))
{
	return with_session(TM_SCOPE_LIST, 0, other, mean, false);
}

static double watched(unsigned int kinds)
{
	return with_session(TM_SCOPE_SYSTEM, kinds, 0, mean_exit, true);
}

/* In turns, for what the allocators have at hand drifts: it shall hit all alike. */
static void births(pid_t other, bool small)
{
	double bare = 0, list = 0, ours = 0, life = 0, fork_bare = 0, fork_list = 0;
	int i;

	exit_warm_up();
	for (i = 0; i < TURNS; i++) {
		list += listed(other, mean_exit);
		ours += watched(EXIT);
		if (small)
			continue;
		bare += nobody(mean_exit);
		life += watched(LIFE);
	}
	emit_call("exit.list", "exit", list / TURNS);
	emit_call("exit.ours", "exit", ours / TURNS);
	if (small)
		return;
	emit_call("exit.bare", "exit", bare / TURNS);
	emit_call("exit.life", "exit", life / TURNS);

	mean_fork_exit(CHILDREN, NULL);
	for (i = 0; i < TURNS; i++) {
		fork_bare += nobody(mean_fork_exit);
		fork_list += listed(other, mean_fork_exit);
	}
	emit_call("fork.bare", "exit", fork_bare / TURNS);
	emit_call("fork.list", "exit", fork_list / TURNS);
}

/* --- the end of one ---------------------------------------------------------- */

#define END_TURNS 20
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

/* A round of ENDS: what it takes, each. */
static double end_all(bool listed)
{
	pid_t pids[ENDS];
	long long begin;
	int i;

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
	begin = now_ns() - begin;
	check(listed ? ENDS : 0);
	return (double)begin / ENDS;
}

static void ends(void)
{
	double bare = 0, listed = 0;
	int i;

	device = session(TM_SCOPE_LIST, SECOND, RING_RECORDS, EXIT, 0);
	fcntl(device, F_SETFL, O_NONBLOCK);
	session_add(device, getpid());
	end_all(false);
	for (i = 0; i < END_TURNS; i++) {
		bare += end_all(false) / END_TURNS;
		listed += end_all(true) / END_TURNS;
	}
	close(device);
	usleep(LINGER_US);
	emit_call("end.bare", "exit", bare);
	emit_call("end.ours", "exit", listed);
	emit_call("end.record", "exit", listed - bare);
}

int main(int argc, char **argv)
{
	bool small = argc > 1 && !strcmp(argv[1], "small");
	pid_t other = start_resting(ENDS);

	births(other, small);
	if (!small)
		ends();
	stop(other);
	return 0;
}
