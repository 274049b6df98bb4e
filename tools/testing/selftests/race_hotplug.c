// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU goes and comes back while the sampler ticks a thousand times a second,
 * processes live and die on that CPU, sessions are made and closed, and memory
 * is counted of which that CPU holds a part.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>

#include "race.h"

#define CPU 1
#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define FORKS 40
#define PAGES 500

static struct child child;
static struct tally witness;
static int ticking;
static unsigned long long born, rss;

static long away_and_back(void *arg, int round)
{
	int err = file_write(ONLINE, "0");

	(void)arg;
	(void)round;
	return err < 0 ? err : file_write(ONLINE, "1");
}

/* On that CPU while it is there. It may go under them. */
static void go_there(void)
{
	cpu_try(0, CPU);
}

static long forks(void *arg, int round)
{
	long err = race_forks(FORKS, go_there);

	(void)arg;
	(void)round;
	if (!err)
		born += FORKS;
	return err;
}

static long batches(void *arg, int round)
{
	struct task_sample s;
	int i, n;

	(void)arg;
	(void)round;
	for (i = 0; i < 200; i++) {
		n = session_batch(ticking, &s, 1);
		if (n != 1)
			return n < 0 ? n : -EBADMSG;
		if (!(s.valid & TM_VALID_MEM) || s.state == 'X')
			return -EBADMSG;
	}
	return 0;
}

static bool all_is_told(int round)
{
	struct task_sample s;
	struct tm_state state;
	unsigned long long ticks;

	(void)round;
	session_state(ticking, &state);
	ticks = state.ticks;
	if (!eventually((session_state(ticking, &state), state.ticks > ticks))) {
		tap_diag("it ticks no more");
		return false;
	}
	if (session_batch(ticking, &s, 1) != 1 || s.rss_bytes != rss) {
		tap_diag("%llu bytes resident, not %llu", (unsigned long long)s.rss_bytes, rss);
		return false;
	}
	return eventually((tally_read(&witness), witness.kinds[TM_KIND_EXIT] >= born)) &&
	       witness.kinds[TM_KIND_FORK] == born && witness.kinds[TM_KIND_EXIT] == born;
}

#define HOTPLUG { "offline and online", away_and_back, NULL, {} }
#define FORKER { "fork", forks, NULL, {} }

static const struct race races[] = {
	{ "a CPU goes against the tick and exits on it", 3, NULL, all_is_told, { HOTPLUG, FORKER } },
	{ "a CPU goes against sessions made and closed", 3, NULL, all_is_told,
	  { HOTPLUG, { "TM_SESSION", race_sessions, (void *)3, {} } } },
	{ "a CPU goes against batches", 3, NULL, all_is_told,
	  { HOTPLUG, { "TM_BATCH", batches, NULL, {} } } },
};

/* Touched on that CPU, which then holds back what it has not yet added up. */
static void begin(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct task_sample s;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	cpu_try(0, CPU);
	child_start(&child);
	sched_setaffinity(0, sizeof(all), &all);
	child_do(&child, CHILD_TOUCH, PAGES);
	proc_settle(child.pid);
	attr.interval_ns = NSEC_PER_MSEC;
	ticking = session_make(&attr);
	if (session_add(ticking, child.pid) || session_batch(ticking, &s, 1) != 1)
		tap_bail("the child cannot be sampled");
	rss = s.rss_bytes;

	attr = session_attr(TM_SCOPE_TREE);
	attr.kinds = 1 << TM_KIND_FORK | 1 << TM_KIND_EXIT;
	tally_begin(&witness, session_make(&attr));
	if (session_add(witness.fd, getpid()) || session_del(witness.fd, child.pid))
		tap_bail("we cannot be watched");
}

int main(void)
{
	struct tally all;
	size_t i;

	module_need("log=N max_cpu_pct=90");
	if (file_write(ONLINE, "1") < 0) {
		tap_skip("no CPU that can go", "a CPU goes while there is sampling");
	} else if (file_exists("/proc/lockdep") && file_exists("/sys/kernel/debug/kmemleak")) {
		/*
		 * A process that was bound to a CPU which goes: do_set_cpus_allowed()
		 * calls kfree_rcu() under the runqueue's lock, and that kmemleak. The
		 * kernel's own lockdep complains, and looks at nothing from then on.
		 */
		tap_skip("no kernel whose own locks are in order then", "a CPU goes while there is sampling");
	} else {
		begin();
		for (i = 0; i < ARRAY_SIZE(races); i++)
			race_run(&races[i]);
		tap_ok(tally_adds_up(&witness), "the records of lives add up");
		dev_ioctl(ticking, TM_STOP, NULL);
		tally_begin(&all, ticking);
		tap_ok(tally_adds_up(&all), "and the samples, with those that are lost");
		close(ticking);
		close(witness.fd);
		child_end(&child);
	}
	race_leaves_nothing("all of it");
	return tap_done();
}
