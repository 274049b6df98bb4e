// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process in a user namespace has all capabilities there. Whoever made the
 * namespace may watch it all the same, as he may trace it; nobody else may.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "session.h"

#define NO_NAMESPACE 77

static int *ready;

static int contained(void *unused)
{
	(void)unused;
	*ready = unshare(CLONE_NEWUSER) ? -1 : 1;
	return pause();
}

/* Made by the process's own parent or not: what TM_ADD gives, as an exit status. */
static int maker(void *unused)
{
	int err;
	pid_t pid;

	(void)unused;
	become(ALICE);
	pid = run_start(contained, NULL);
	(void)eventually(__atomic_load_n(ready, __ATOMIC_ACQUIRE));
	err = *ready > 0 ? -session_add(session_open(TM_SCOPE_LIST), pid) : NO_NAMESPACE;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

static int stranger(void *pid)
{
	become(BOB);
	return -session_add(session_open(TM_SCOPE_LIST), *(pid_t *)pid);
}

/* The same user, but from a namespace beside: what she made elsewhere is no business of his. */
static int neighbour(void *pid)
{
	become(ALICE);
	if (unshare(CLONE_NEWUSER))
		return NO_NAMESPACE;
	return -session_add(session_open(TM_SCOPE_LIST), *(pid_t *)pid);
}

static int contained_alice(void *unused)
{
	become(ALICE);
	return contained(unused);
}

int main(void)
{
	pid_t pid;
	int err;

	ready = shared_memory(sizeof(*ready));
	module_need("log=N");
	if (chmod(DEVICE, 0666))
		tap_bail("chmod: %s", strerror(errno));
	err = run(maker, NULL);
	if (err == NO_NAMESPACE) {
		tap_skip("no user namespaces", "a process in one");
	} else {
		tap_is(err, 0, "in a namespace of the watcher's own making");
		*ready = 0;
		pid = run_start(contained_alice, NULL);
		(void)eventually(__atomic_load_n(ready, __ATOMIC_ACQUIRE));
		tap_is(run(stranger, &pid), EPERM, "another user");
		tap_is(run(neighbour, &pid), EPERM, "the same user in another namespace");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
