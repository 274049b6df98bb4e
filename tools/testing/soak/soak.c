// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: soak SECONDS SEED [PLANT]
 *
 * So many seconds of the guest's time, in 24 rows. The default session ticks
 * once a second, a private one ten times, one of the whole system every ten
 * seconds; a witness hears of every process that is born; and others come and
 * go (churn.c). At the end of each row all but these four has been given back,
 * and what is left is weighed.
 *
 * PLANT, to see that it would be noticed: "leak" keeps a session in each row,
 * "birth" has a process that nobody has counted, "grid" moves a grid.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

#include "soak.h"

#define STAYERS 4
#define FORKS 90	/* in a minute */
#define FIXED 4		/* sessions that stay, the default one included */

static struct child stayers[STAYERS];
static pid_t pids[STAYERS];
static struct grid slow, fast;
static struct tally witness, everybody;
static struct memory rows[ROWS];
static const char *plant = "";

static void sleep_until(long long ns)
{
	struct timespec t = { .tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		;
}

static int session(unsigned int scope, unsigned int kinds, unsigned long long interval_ns,
		   unsigned int records, unsigned long long flags)
{
	struct tm_session_attr attr = {
		.flags = flags,
		.interval_ns = interval_ns,
		.scope = scope,
		.ring_records = records,
		.kinds = kinds,
	};

	return session_make(&attr);
}

static void begin(void)
{
	unsigned int i;
	int fd;

	for (i = 0; i < STAYERS; i++) {
		child_start(&stayers[i]);
		pids[i] = stayers[i].pid;
	}
	module_need("interval_ms=1000 history=4096 log=N");
	fd = session(TM_SCOPE_TREE, 1 << TM_KIND_FORK | 1 << TM_KIND_EXITING | 1 << TM_KIND_EXIT,
		     TM_INTERVAL_MAX_NS, 4096, 0);
	tally_begin(&witness, fd);
	if (session_add(fd, getpid()))
		tap_bail("we cannot be watched");
	fd = session(TM_SCOPE_SYSTEM, 0, 10 * NSEC_PER_SEC, 16384, 0);
	tally_begin(&everybody, fd);

	fd = dev_open();
	if (session_add(fd, pids[0]))
		tap_bail("the default session takes nobody");
	grid_begin(&slow, "default session, 1 s", fd, 1, NSEC_PER_SEC);
	fd = session(TM_SCOPE_LIST, 1 << TM_KIND_PERIODIC, 100 * NSEC_PER_MSEC, 4096,
		     TM_SESSION_STOPPED);
	for (i = 0; i < 3; i++) {
		if (session_add(fd, pids[i]))
			tap_bail("a private session takes nobody");
	}
	grid_begin(&fast, "private session, 100 ms", fd, 3, 100 * NSEC_PER_MSEC);
}

static void plant_something(void)
{
	unsigned long long ns = 100 * NSEC_PER_MSEC;

	if (!strcmp(plant, "leak"))
		session_open(TM_SCOPE_LIST);
	if (!strcmp(plant, "birth"))
		passer_by();
	if (!strcmp(plant, "grid"))
		session_interval(fast.fd, ns);
}

/* A minute, or what is left of the row. */
static void minute(long long until)
{
	churn_minute(FORKS);
	grid_read(&slow);
	grid_read(&fast);
	tally_read(&witness);
	tally_read(&everybody);
	sleep_until(until);
}

static void show_head(void)
{
	tap_diag("%6s %9s %9s %8s %9s %9s %8s %6s %7s %7s %7s %8s", "time", "ticks", "ticks",
		 "late", "processes", "exits", "sessions", "slab", "unrecl", "vmalloc", "percpu",
		 "used");
	tap_diag("%6s %9s %9s %8s %9s %9s %8s %6s %7s %7s %7s %8s", "h", "1 s", "100 ms", "us",
		 "", "", "", "KiB", "KiB", "KiB", "KiB", "KiB");
}

static void show_row(double hours, const struct memory *m)
{
	unsigned long long late = fast.late_ns > slow.late_ns ? fast.late_ns : slow.late_ns;

	tap_diag("%6.2f %9llu %9llu %8llu %9llu %9llu %8llu %6lld %7lld %7lld %7lld %8lld", hours,
		 slow.ticks, fast.ticks, late / 1000, churned.processes,
		 witness.kinds[TM_KIND_EXIT], churned.sessions, m->slab, m->unreclaimable,
		 m->vmalloc, m->percpu, m->used);
	fast.late_ns = slow.late_ns = 0;
}

/* Every process that was born has left its records, and nothing else has. */
static bool births_are_right(void)
{
	struct tm_state state;
	unsigned int kind;
	bool right;

	right = eventually((tally_read(&witness),
			    witness.kinds[TM_KIND_EXIT] >= churned.processes));
	for (kind = TM_KIND_FORK; kind <= TM_KIND_EXIT; kind++) {
		if (kind != TM_KIND_EXEC)
			right &= witness.kinds[kind] == churned.processes;
	}
	session_state(witness.fd, &state);
	return right && !witness.lost && !witness.gaps && !state.dropped;
}

static int wrong_births, wrong_grids, wrong_sessions;

static void row(int i, long long begun, long long until, long long step)
{
	long long next;

	for (next = begun; next < until;) {
		next = next + step < until ? next + step : until;
		minute(next);
	}
	plant_something();
	churn_rest();
	wrong_sessions += wait_sessions(FIXED) != FIXED;
	wrong_births += !births_are_right();
	/* Between two ticks, and the grace periods are over. */
	sleep_until(until + 5 * NSEC_PER_SEC + 50 * NSEC_PER_MSEC);
	wrong_grids += !grid_is_right(&slow) + !grid_is_right(&fast);
	memory_read(&rows[i]);
}

static void end(void)
{
	struct tm_state state;
	unsigned int i;

	tap_is(wrong_births, 0, "every process that was born has left three records");
	tap_is(wrong_grids, 0, "every tick is where the grid has it, none is missed");
	tap_is(wrong_sessions, 0, "no session is left at the end of a row");
	tap_is((long long)churned.wrong, 0, "%llu requests, %llu sessions: no wrong answer",
	       churned.requests, churned.sessions);
	tap_diag("%llu records read of them, %llu lost, and told of", churned.records,
		 churned.lost);
	tap_ok(tally_adds_up(&witness), "the records of lives add up");
	session_state(everybody.fd, &state);
	tap_is((long long)state.missed_ticks, 0, "the whole system: no tick is missed");
	dev_ioctl(everybody.fd, TM_STOP, NULL);
	tap_ok(tally_adds_up(&everybody), "the records of the whole system add up");
	memory_is_flat(rows, ROWS);
	dev_ioctl(slow.fd, TM_STOP, NULL);
	close(slow.fd);
	close(fast.fd);
	close(witness.fd);
	close(everybody.fd);
	race_leaves_nothing("the soak");
	for (i = 0; i < STAYERS; i++)
		child_end(&stayers[i]);
}

int main(int argc, char **argv)
{
	long long seconds = argc > 2 ? atoll(argv[1]) : 0, begun, length, step;
	int i;

	if (seconds < ROWS * 30) {
		fprintf(stderr, "usage: soak SECONDS SEED [leak|birth|grid] (at least %d seconds)\n",
			ROWS * 30);
		return 2;
	}
	plant = argc > 3 ? argv[3] : "";
	begin();
	churn_begin((unsigned int)atoi(argv[2]), pids, STAYERS);
	length = seconds * NSEC_PER_SEC / ROWS;
	step = length < 60 * NSEC_PER_SEC ? length : 60 * NSEC_PER_SEC;
	show_head();
	begun = now_ns();
	for (i = 0; i < ROWS; i++) {
		row(i, begun + i * length, begun + (i + 1) * length - 10 * NSEC_PER_SEC, step);
		sleep_until(begun + (i + 1) * length);
		show_row((double)(i + 1) * (double)length / 3600e9, &rows[i]);
	}
	end();
	return tap_done();
}
