// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults in those who are watched: each place of a fork, an exec and an exit
 * fails in turn while a tree session listens. What is not recorded is counted,
 * and a watched program never sees an error of ours.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "fault.h"
#include "session.h"

#define PLACES_AT_MOST	3000

/* What the watched process does; each returns 0 or a negative errno. */
static int forks(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

static int execs(void)
{
	execl("/bin/true", "true", NULL);
	return -errno;
}

static int exits(void)
{
	_exit(0);
}

struct result {
	bool fired, returned;
	int err;
};

static struct result *result;	/* shared with the watched process */

/* In a process of its own: @act with the @nth place failing. */
static void act_with_fault(int (*act)(void), unsigned int nth)
{
	fault_begin();
	fault_arm(nth);
	result->err = act();
	result->fired = fault_disarm();
	result->returned = true;
	_exit(0);
}

struct tally {
	int tries, bad;
	struct diary diary;
	unsigned int first;		/* of the diary's records, in this try */
	unsigned long long dropped;	/* before this try */
};

static void bad(struct tally *t, unsigned int nth, const char *what, long detail)
{
	t->bad++;
	tap_diag("place %u: %s (%ld)", nth, what, detail);
}

/* A process that waits until the other end of *@gate is closed, then acts. */
static pid_t watched_start(int (*act)(void), unsigned int nth, int *gate)
{
	int ends[2];
	pid_t pid;
	char c;

	if (pipe2(ends, O_CLOEXEC))
		tap_bail("pipe2: %s", strerror(errno));
	memset(result, 0, sizeof(*result));
	pid = fork();
	if (!pid) {
		close(ends[1]);
		(void)!read(ends[0], &c, 1);
		act_with_fault(act, nth);
	}
	close(ends[0]);
	*gate = ends[1];
	return pid;
}

/* Not of others' children: the end of one from a try before may come late. */
static unsigned int records_of_children(const struct tally *t, pid_t pid)
{
	unsigned int i, n = 0;

	for (i = t->first; i < t->diary.n; i++)
		n += t->diary.records[i].ppid == pid;
	return n;
}

/* Each process that went was seen to go, or was counted as dropped. */
static void judge(int (*act)(void), unsigned int nth, struct tally *t, pid_t pid)
{
	struct diary *d = &t->diary;
	struct tm_state state;

	(void)eventually((session_state(d->fd, &state), state.dropped > t->dropped) ||
			 diary_find(d, pid, TM_KIND_EXIT));
	session_state(d->fd, &state);
	diary_read(d);
	if (state.dropped == t->dropped && !diary_find(d, pid, TM_KIND_EXIT))
		bad(t, nth, "its exit was not recorded, nor counted as dropped", d->n);
	if (act == forks && result->returned && !result->err && state.dropped == t->dropped &&
	    !records_of_children(t, pid))
		bad(t, nth, "nothing of its child, nor was it counted as dropped", d->n);
	t->dropped = state.dropped;
}

static void one_try(int (*act)(void), unsigned int nth, struct tally *t)
{
	int gate, status;
	pid_t pid = watched_start(act, nth, &gate);
	long err;

	diary_read(&t->diary);
	t->first = t->diary.n;
	if (session_add(t->diary.fd, pid))
		tap_bail("%d is not added", pid);
	close(gate);
	waitpid(pid, &status, 0);
	t->tries++;
	/* Past a certain point exec can only kill; and a page of its own may fail it. */
	if (!WIFEXITED(status) && act != execs && WTERMSIG(status) != SIGSEGV)
		bad(t, nth, "it was killed", status);
	err = result->returned ? result->err : 0;
	if (err && err != -ENOMEM && err != -EFAULT && err != -EAGAIN && err != -E2BIG &&
	    err != -ENOEXEC)
		bad(t, nth, "an error of another kind", err);
	judge(act, nth, t, pid);
}

static void each_place(const char *name, int (*act)(void), unsigned int tries)
{
	struct tally t = {};
	unsigned int nth;

	diary_begin(&t.diary, session_open(TM_SCOPE_TREE));
	if (dev_ioctl(t.diary.fd, TM_START, NULL))
		tap_bail("TM_START: %s", strerror(errno));
	for (nth = 1; nth <= tries && t.bad < 5; nth++) {
		one_try(act, nth, &t);
		/* An exec or exit that worked says nothing more: then all are tried. */
		if (result->returned && !result->fired)
			break;
	}
	tap_is(t.bad, 0, "%s under watch, each place failed in turn", name);
	tap_diag("%d tries: %u records, %llu counted as dropped", t.tries, t.diary.n, t.dropped);
	diary_end(&t.diary);
}

int main(void)
{
	if (!fault_possible("faults in watched processes"))
		return tap_done();
	result = shared_memory(sizeof(*result));
	module_need("log=N");
	each_place("fork", forks, PLACES_AT_MOST);
	each_place("exec", execs, 150);
	each_place("exit", exits, 30);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
