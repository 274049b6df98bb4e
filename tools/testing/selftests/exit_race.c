// SPDX-License-Identifier: GPL-2.0-only
/*
 * A target exits while others read it without a pause. What they are shown of
 * its last moments may not be more than its parent hears in the end: figures
 * do not go backwards, so the final totals could not be wait4's any more.
 *
 * Once it exits, that is. What was shown just before may be more: the parent is
 * told what the scheduler has charged by then, on another CPU perhaps less.
 */
#include <linux/taskmonitor.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

#define EXITS	rounds(300)
#define READERS	2

static int dev;
/* What a reader was last shown of a process before its totals were final. */
struct shown {
	int pid;
	long long total_ns;
	unsigned int reads;	/* that it has come back from, each with the above set */
};
static struct shown *shown;	/* one for each reader */

static int read_on_and_on(void *arg)
{
	struct shown *mine = arg;
	struct task_sample s;
	int err;

	do {
		err = dev_ioctl(dev, TM_GET, &s);
		if (!err && s.state != 'X') {
			__atomic_store_n(&mine->total_ns, (long long)(s.utime + s.stime),
					 __ATOMIC_RELAXED);
			__atomic_store_n(&mine->pid, s.pid, __ATOMIC_RELAXED);
		}
		__atomic_fetch_add(&mine->reads, 1, __ATOMIC_RELEASE);
	} while (!err || err == -ESRCH);
	return 1;
}

/* A reader may be kept from its CPU between a read and taking it down. */
static void readers_took_it_down(void)
{
	unsigned int before;
	int i;

	for (i = 0; i < READERS; i++) {
		before = __atomic_load_n(&shown[i].reads, __ATOMIC_ACQUIRE);
		if (!eventually(__atomic_load_n(&shown[i].reads, __ATOMIC_ACQUIRE) != before))
			tap_bail("reader %d reads no more", i);
	}
}

static bool was_shown(pid_t pid, long long total_ns)
{
	int i;

	for (i = 0; i < READERS; i++) {
		if (__atomic_load_n(&shown[i].pid, __ATOMIC_ACQUIRE) == pid &&
		    shown[i].total_ns == total_ns)
			return true;
	}
	return false;
}

static long long wait4_ns(const struct rusage *ru)
{
	return (ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * NSEC_PER_SEC +
	       (ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) * 1000LL;
}

/*
 * By how much the final totals differ from wait4's, which are cut to microseconds.
 * @early: they are what was shown before it began to exit
 */
static long long one_exit(bool *early)
{
	long long total;
	char row[ROW_SIZE], state[8];
	struct rusage ru;
	struct child c;
	pid_t pid;

	child_start(&c);
	pid = c.pid;
	if (dev_ioctl(dev, TM_PID, &pid))
		tap_bail("TM_PID does not take %d", pid);
	child_exit(&c, 0);
	wait4(c.pid, NULL, 0, &ru);
	if (!eventually(row_read(c.pid, row) && row_word(row, "state", state, sizeof(state)) &&
			*state == 'X'))
		tap_bail("the row of %d is never final", c.pid);
	total = row_value(row, "usr") + row_value(row, "sys");
	readers_took_it_down();
	*early = was_shown(c.pid, total);
	return total - wait4_ns(&ru);
}

int main(void)
{
	long long off, worst = 0;
	pid_t readers[READERS];
	int i, bad = 0, early = 0;
	bool was_early;

	module_need("interval_ms=3600000 log=N");
	dev = dev_open();
	shown = shared_memory(READERS * sizeof(*shown));
	for (i = 0; i < READERS; i++)
		readers[i] = run_start(read_on_and_on, &shown[i]);
	for (i = 0; i < EXITS; i++) {
		off = one_exit(&was_early);
		bad += off < 0 || (off > 2000 && !was_early);
		early += off > 2000 && was_early;
		if (off > worst)
			worst = off;
	}
	for (i = 0; i < READERS; i++) {
		kill(readers[i], SIGKILL);
		tap_is(run_end(readers[i]), -1, "reader %d got no other error", i);
	}
	tap_is(bad, 0, "%d exits under their eyes: the totals are wait4's", EXITS);
	/* Where the slice of a task that exits is shown as well, it is every tenth. */
	tap_between(early, 0, EXITS / 20 + 3, "or what had been shown before, now and then");
	tap_diag("worst: off by %lld ns; %d times since more had been shown before", worst, early);
	close(dev);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
