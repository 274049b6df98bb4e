// SPDX-License-Identifier: GPL-2.0-only
/*
 * All threads of a process end at once, and more than one of them may take
 * itself for the last: its exit is told once all the same.
 */
#include <pthread.h>

#include "session.h"

#define PROCESSES	300
#define THREADS		8

static void *spin(void *unused)
{
	(void)unused;
	for (;;)
		burn_ns(NSEC_PER_MSEC);
	return NULL;
}

/* Running on every CPU: so that they come to their ends side by side. */
static int many_threads(void *unused)
{
	pthread_t thread;
	int i;

	(void)unused;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, spin, NULL))
			_exit(1);
	_exit(0);
}

int main(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	int i, fd, told, again = 0, never = 0, failed = 0;
	struct diary d;

	module_need("log=N");
	fd = session_make(&attr);
	if (session_add(fd, getpid()))
		tap_bail("a session cannot have this process");
	diary_begin(&d, fd);
	for (i = 0; i < PROCESSES; i++) {
		pid_t pid = run_start(many_threads, NULL);

		failed += run_end(pid) != 0;
		if (!diary_await(&d, pid, TM_KIND_EXIT)) {
			never++;
			continue;
		}
		told = diary_count(&d, pid, TM_KIND_EXITING);
		never += !told;
		again += told > 1;
		d.n = 0;
	}
	tap_is(failed, 0, "%d processes of %d threads have exited", PROCESSES, THREADS + 1);
	tap_is(never, 0, "each exit was told");
	tap_is(again, 0, "and none twice");
	diary_end(&d);
	tap_is(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
