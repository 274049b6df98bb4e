// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine is suspended, as far as the kernel's own test of it goes, and the
 * time of day jumps: nothing of the module's holds the suspend up, readers go on
 * waiting, and the deadlines stay on their grid, without a burst behind the gap.
 *
 * The sampler is not frozen, as no kernel thread is that has not asked for it.
 * CLOCK_MONOTONIC stands still while the machine sleeps, so nothing is missed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "race.h"

#define STATE "/sys/power/state"
#define LEVEL "/sys/power/pm_test"
#define DELAY "/sys/module/suspend/parameters/pm_test_delay"
#define INTERVAL (10 * NSEC_PER_MSEC)
#define DAY 86400

static int session;

static bool wait_ticks(unsigned int n)
{
	struct tm_state state;
	unsigned long long until;

	session_state(session, &state);
	until = state.ticks + n;
	return eventually((session_state(session, &state), state.ticks >= until));
}

static long suspend(void *arg, int round)
{
	int err = file_write(LEVEL, arg);

	(void)round;
	return err < 0 ? err : file_write(STATE, "mem");
}

static long start_and_stop(void *arg, int round)
{
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < 10; i++) {
		file_write(LAB_FILE, "start");
		file_write(LAB_FILE, "stop");
	}
	return 0;
}

static bool ticks_go_on(int round)
{
	(void)round;
	return wait_ticks(5);
}

static const struct race races[] = {
	{ "the freezer against sessions made and closed", 3, NULL, ticks_go_on,
	  { { "suspend", suspend, "freezer", {} }, { "TM_SESSION", race_sessions, (void *)10, {} } } },
	{ "the freezer against start and stop", 3, NULL, ticks_go_on,
	  { { "suspend", suspend, "freezer", {} }, { "start", start_and_stop, NULL, {} } } },
};

static int wait_for_record(void *arg)
{
	struct task_sample s;

	return read(*(int *)arg, &s, sizeof(s)) != sizeof(s);
}

/* Who waits is frozen and thawed, and does not notice. */
static void reader_waits_on(void *level)
{
	int fd = session_open(TM_SCOPE_TREE);
	pid_t pid = run_start(wait_for_record, &fd);

	tap_ok(eventually(is_blocked_in(pid, SYS_read)), "a reader waits");
	tap_errno(suspend(level, 0), 0, "suspend as far as: %s", (char *)level);
	tap_ok(eventually(is_blocked_in(pid, SYS_read)), "it waits on");
	if (session_add(fd, getpid()))
		tap_bail("we cannot be added");
	passer_by();
	tap_is(run_end(pid), 0, "and gets what comes then");
	close(fd);
}

static void jump(void *seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += *(long *)seconds;
	if (clock_settime(CLOCK_REALTIME, &now))
		tap_bail("the clock cannot be set");
}

static void suspend_once(void *level)
{
	tap_errno(suspend(level, 0), 0, "suspend as far as: %s", (char *)level);
}

/* Served deadlines, by the time stamps of our own samples. */
struct grid {
	unsigned long long n, first, last;
};

static struct grid read_grid(void)
{
	struct grid g = {};
	struct task_sample s;

	while (read(session, &s, sizeof(s)) == sizeof(s)) {
		if (s.kind == TM_KIND_LOST)
			tap_bail("the history of this test is too small");
		if (!g.n++)
			g.first = s.time_ns;
		g.last = s.time_ns;
	}
	return g;
}

/*
 * From a moment before to one after: every point of the grid is served or missed,
 * once. A burst would be more than there are points.
 */
static void keeps_the_grid(const char *what, void (*happens)(void *arg), void *arg)
{
	struct tm_state before, after;
	unsigned long long points;
	struct grid g;

	(void)wait_ticks(3);
	read_grid();
	session_state(session, &before);
	(void)wait_ticks(3);
	happens(arg);
	tap_ok(wait_ticks(10), "%s: ticks go on", what);
	dev_ioctl(session, TM_STOP, NULL);
	g = read_grid();
	session_state(session, &after);
	points = (g.last - g.first + INTERVAL / 2) / INTERVAL + 1;
	/* The ends are as late as they are. */
	tap_between((long long)(g.n + after.missed_ticks - before.missed_ticks),
		    (long long)points - 2, (long long)(points + 2 + after.lateness_max_ns / INTERVAL),
		    "%s: each deadline served or missed, once", what);
	tap_diag("%llu served, %llu missed, of %llu", g.n,
		 (unsigned long long)(after.missed_ticks - before.missed_ticks), points);
	dev_ioctl(session, TM_START, NULL);
}

static void ticking_begin(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);

	attr.kinds = 1 << TM_KIND_PERIODIC;
	attr.interval_ns = INTERVAL;
	attr.ring_records = 65536;
	session = session_make(&attr);
	session_nonblock(session);
	if (session_add(session, getpid()))
		tap_bail("we cannot be added");
}

/* Without firmware's help the CPUs stay: the kernel refuses to try more. */
static bool has_deep_sleep(void)
{
	char states[64];

	return file_read("/sys/power/mem_sleep", states, sizeof(states)) > 0 &&
	       (strstr(states, "deep") || strstr(states, "shallow"));
}

static void suspends(void)
{
	static const char * const levels[] = { "freezer", "devices", "processors", "core" };
	size_t i, n = has_deep_sleep() ? ARRAY_SIZE(levels) : 2;

	if (file_write(DELAY, "1") < 0 || file_write(LEVEL, "freezer") < 0) {
		tap_skip("no CONFIG_PM_DEBUG", "suspend");
		return;
	}
	for (i = 0; i < n; i++)
		keeps_the_grid(levels[i], suspend_once, (void *)levels[i]);
	if (n < ARRAY_SIZE(levels))
		tap_skip("no state but s2idle", "suspend as far as: %s", levels[n]);
	file_write(DELAY, "0");
	reader_waits_on((void *)levels[n - 1]);
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	file_write(LEVEL, "none");
}

int main(void)
{
	long forth = DAY, back = -2 * DAY;

	module_need("log=N max_cpu_pct=90");
	ticking_begin();
	keeps_the_grid("the time of day jumps a day ahead", jump, &forth);
	keeps_the_grid("and two days back", jump, &back);
	jump(&forth);
	suspends();
	close(session);
	race_leaves_nothing("all of it");
	return tap_done();
}
