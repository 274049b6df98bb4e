// SPDX-License-Identifier: GPL-2.0-only
/*
 * All threads of a process end at once, and more than one of them may take
 * itself for the last: its exit is told once all the same, and as it was.
 */
#include <pthread.h>

#include "session.h"

#define PROCESSES	rounds(300)
#define THREADS		8
#define STATUS		3

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
	_exit(STATUS);
}

static bool is_same_end(struct diary *d, pid_t pid)
{
	struct task_sample begun = *diary_find(d, pid, TM_KIND_EXITING);
	struct task_sample ended = *diary_find(d, pid, TM_KIND_EXIT);

	return begun.exit_code == STATUS << 8 && ended.exit_code == STATUS << 8 &&
	       begun.peak_rss_bytes == ended.peak_rss_bytes;
}

int main(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	int i, fd, told, again = 0, never = 0, other = 0, failed = 0;
	struct diary d;

	module_need("log=N");
	fd = session_make(&attr);
	if (session_add(fd, getpid()))
		tap_bail("a session cannot have this process");
	diary_begin(&d, fd);
	for (i = 0; i < PROCESSES; i++) {
		pid_t pid = run_start(many_threads, NULL);

		failed += run_end(pid) != STATUS;
		if (diary_await(&d, pid, TM_KIND_EXIT))
			told = (int)diary_count(&d, pid, TM_KIND_EXITING);
		else
			told = 0;
		never += !told;
		again += told > 1;
		other += told && !is_same_end(&d, pid);
		d.n = 0;
	}
	tap_is(failed, 0, "%d processes of %d threads have exited", PROCESSES, THREADS + 1);
	tap_is(never, 0, "each exit was told");
	tap_is(again, 0, "and none twice");
	tap_is(other, 0, "with its status, and the peak that it has in the end");
	diary_end(&d);
	tap_is(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
