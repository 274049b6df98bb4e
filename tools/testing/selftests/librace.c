// SPDX-License-Identifier: GPL-2.0-only
/* Races: see race.h. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "race.h"

#define DELAY_BITS 14	/* of turns of an empty loop */
#define YIELD_AFTER 1000

struct lane {
	pthread_t thread;
	const struct racer *racer;
	struct start *start;
	unsigned int seed;
	long misdeed;
	int misdeed_round;
};

/* @round: the one that is on; -1: go home. @ready: how many have been so far, of all rounds. */
struct start {
	unsigned int racers;
	pthread_barrier_t set, finish;
	int round;
	unsigned int ready;
};

static void spin(unsigned int turns)
{
	for (volatile unsigned int i = 0; i < turns; i++)
		;
}

/* A barrier lets go of one after the other; this, of all at once, if there are CPUs enough. */
static void wait_for_all(struct start *start, unsigned int round)
{
	unsigned int wanted = (round + 1) * start->racers, turns = 0;

	__atomic_add_fetch(&start->ready, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&start->ready, __ATOMIC_ACQUIRE) < wanted) {
		if (++turns > YIELD_AFTER)
			sched_yield();
	}
}

static bool is_allowed(const struct racer *racer, long result)
{
	const int *allowed = racer->allowed;

	if (result >= 0)
		return true;
	while (*allowed && *allowed != -result)
		allowed++;
	return *allowed;
}

static void *run_lane(void *arg)
{
	struct lane *lane = arg;
	long result;
	int round;

	for (;;) {
		pthread_barrier_wait(&lane->start->set);
		round = lane->start->round;
		if (round < 0)
			return NULL;
		wait_for_all(lane->start, (unsigned int)round);
		/* Long delays and short ones, equally many of each order. */
		spin((unsigned int)rand_r(&lane->seed) %
		     (1U << (unsigned int)rand_r(&lane->seed) % DELAY_BITS));
		result = lane->racer->run(lane->racer->arg, round);
		if (!is_allowed(lane->racer, result) && !lane->misdeed) {
			lane->misdeed = result;
			lane->misdeed_round = round;
		}
		pthread_barrier_wait(&lane->start->finish);
	}
}

static void set_off(struct start *start, int round)
{
	start->round = round;
	pthread_barrier_wait(&start->set);
}

/* Return: the first round that came out wrong, or -1. */
static int run_rounds(const struct race *race, struct start *start)
{
	int round, n = rounds(race->rounds), wrong = -1;

	for (round = 0; round < n; round++) {
		if (race->before)
			race->before(round);
		set_off(start, round);
		pthread_barrier_wait(&start->finish);
		if (race->after && !race->after(round) && wrong < 0)
			wrong = round;
	}
	set_off(start, -1);
	return wrong;
}

static bool report(const struct lane *lanes, unsigned int n, int wrong)
{
	bool good = wrong < 0;
	unsigned int i;

	if (!good)
		tap_diag("round %d came out wrong", wrong);
	for (i = 0; i < n; i++) {
		if (!lanes[i].misdeed)
			continue;
		good = false;
		tap_diag("%s gave %s in round %d", lanes[i].racer->what,
			 errno_name(lanes[i].misdeed), lanes[i].misdeed_round);
	}
	return good;
}

void race_run(const struct race *race)
{
	struct lane lanes[RACERS_MAX] = {};
	struct start start = {};
	unsigned int i;
	int wrong;

	while (start.racers < RACERS_MAX && race->racers[start.racers].run)
		start.racers++;
	pthread_barrier_init(&start.set, NULL, start.racers + 1);
	pthread_barrier_init(&start.finish, NULL, start.racers + 1);
	for (i = 0; i < start.racers; i++) {
		lanes[i] = (struct lane){ .racer = &race->racers[i], .start = &start,
					  .seed = i + 1 };
		if (pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]))
			tap_bail("no thread");
	}
	wrong = run_rounds(race, &start);
	for (i = 0; i < start.racers; i++)
		pthread_join(lanes[i].thread, NULL);
	pthread_barrier_destroy(&start.set);
	pthread_barrier_destroy(&start.finish);
	tap_ok(report(lanes, start.racers, wrong), "%s (%d rounds)", race->name,
	       rounds(race->rounds));
}

/* For racers: all of the file that @path names. */
long race_read_file(void *path, int round)
{
	char buf[8192];

	(void)round;
	return file_read(path, buf, sizeof(buf));
}

long race_forks(int n, void (*child)(void))
{
	int status;
	pid_t pid;

	while (n--) {
		pid = fork();
		if (!pid) {
			if (child)
				child();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			return -ECHILD;
	}
	return 0;
}

/* For racers: so many sessions of the whole system are made and closed. */
long race_sessions(void *times, int round)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_SYSTEM);
	int fd;
	size_t i;

	(void)round;
	attr.interval_ns = NSEC_PER_MSEC;
	for (i = 0; i < (size_t)times; i++) {
		fd = session_try(&attr);
		if (fd < 0)
			return fd;
		close(fd);
	}
	return 0;
}

void tally_begin(struct tally *t, int fd)
{
	memset(t, 0, sizeof(*t));
	t->fd = fd;
	session_nonblock(fd);
}

/* All that is there by now. */
void tally_read(struct tally *t)
{
	struct task_sample buf[64];
	ssize_t len;
	size_t i;

	while ((len = read(t->fd, buf, sizeof(buf))) > 0) {
		for (i = 0; i < (size_t)len / sizeof(buf[0]); i++) {
			bool lost = buf[i].kind == TM_KIND_LOST;
			unsigned long long n = lost ? buf[i].lost_records : 1;

			t->gaps += buf[i].seq != t->last + n;
			t->last = buf[i].seq;
			*(lost ? &t->lost : &t->received) += n;
			t->kinds[buf[i].kind & TM_KIND_LOST]++;
			t->last_of[buf[i].kind & TM_KIND_LOST] = buf[i];
		}
	}
	if (len < 0 && errno != EAGAIN)
		tap_bail("read: %s", strerror(errno));
}

/* Of a session that makes no more records: received and lost are what was produced. */
bool tally_adds_up(struct tally *t)
{
	struct tm_state state;

	tally_read(t);
	session_state(t->fd, &state);
	if (!t->gaps && t->received + t->lost == state.samples && t->last == state.samples)
		return true;
	tap_diag("%llu received, %llu lost, %llu gaps, of %llu", t->received, t->lost, t->gaps,
		 (unsigned long long)state.samples);
	return false;
}

void race_leaves_nothing(const char *what)
{
	tap_is(wait_sessions(1), 1, "after %s: no session is left", what);
	tap_is(wait_sampler_threads(0), 0, "after %s: no sampler", what);
	tap_errno(module_unload_patiently(), 0, "after %s: rmmod", what);
}
