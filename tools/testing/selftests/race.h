/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of races (race_*.c) share. A race is run in rounds: in each,
 * all racers set off at the same moment, each behind a delay of its own that
 * differs from round to round, so that what they do meets at every offset.
 * Nothing is timed: a round is over when all are through.
 */
#ifndef RACE_H
#define RACE_H

#include "session.h"

#define RACERS_MAX 8

/**
 * struct racer - one of those who race
 * @what: what it does, for whoever reads the report
 * @run: does it; a negative errno is a failure unless it is @allowed
 * @arg: for @run
 * @allowed: errnos, positive; a 0 behind the last
 */
struct racer {
	const char *what;
	long (*run)(void *arg, int round);
	void *arg;
	int allowed[8];
};

/**
 * struct race - who races, how often
 * @name: of the subtest
 * @rounds: how many
 * @before: sets the scene of a round; or NULL
 * @after: looks at what came of it, false if that may not be; or NULL
 * @racers: up to the first that has no @run
 */
struct race {
	const char *name;
	int rounds;
	void (*before)(int round);
	bool (*after)(int round);
	struct racer racers[RACERS_MAX];
};

/* One subtest: nobody got an answer that is none, and every round came out right. */
void race_run(const struct race *race);

long race_read_file(void *path, int round);
long race_sessions(void *times, int round);
/* Processes, one after the other, that call @child, if there is one, and exit: 0, -ECHILD. */
long race_forks(int n, void (*child)(void));

/**
 * struct tally - what a reader got of a session, and whether it adds up
 * @fd: the session
 * @received: records
 * @lost: records that it was told are lost
 * @last: number of the last one it has seen or heard of
 * @gaps: numbers that are missing without a word
 * @kinds: records of each kind
 * @last_of: the last record of each kind
 */
struct tally {
	int fd;
	unsigned long long received, lost, last, gaps;
	unsigned long long kinds[TM_KIND_LOST + 1];
	struct task_sample last_of[TM_KIND_LOST + 1];
};

void tally_begin(struct tally *t, int fd);
void tally_read(struct tally *t);
bool tally_adds_up(struct tally *t);

/* Subtests: no session but the default one, no sampler, and the module can be unloaded. */
void race_leaves_nothing(const char *what);

#endif /* RACE_H */
