// SPDX-License-Identifier: GPL-2.0-only
/*
 * A target exits while others read it without a pause. What they are shown of
 * its last moments may not be more than its parent hears in the end: figures
 * do not go backwards, so the final totals could not be wait4's any more.
 */
#include <linux/taskmonitor.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

#define EXITS	rounds(300)
#define READERS	2

static int dev;

static int read_on_and_on(void *unused)
{
	struct task_sample s;
	int err;

	(void)unused;
	do {
		err = dev_ioctl(dev, TM_GET, &s);
	} while (!err || err == -ESRCH);
	return 1;
}

static long long wait4_ns(const struct rusage *ru)
{
	return (ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * NSEC_PER_SEC +
	       (ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) * 1000LL;
}

/* By how much the final totals differ from wait4's, which are cut to microseconds. */
static long long one_exit(void)
{
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
	return row_value(row, "usr") + row_value(row, "sys") - wait4_ns(&ru);
}

int main(void)
{
	long long off, worst = 0;
	pid_t readers[READERS];
	int i, bad = 0;

	module_need("interval_ms=3600000 log=N");
	dev = dev_open();
	for (i = 0; i < READERS; i++)
		readers[i] = run_start(read_on_and_on, NULL);
	for (i = 0; i < EXITS; i++) {
		off = one_exit();
		bad += off < 0 || off > 2000;
		if (off > worst)
			worst = off;
	}
	for (i = 0; i < READERS; i++) {
		kill(readers[i], SIGKILL);
		tap_is(run_end(readers[i]), -1, "reader %d got no other error", i);
	}
	tap_is(bad, 0, "%d exits under their eyes: the totals are wait4's", EXITS);
	tap_diag("worst: off by %lld ns", worst);
	close(dev);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
