/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The soak: a day of a guest's time, cut into rows. Stands on the library of
 * the selftests.
 */
#ifndef SOAK_H
#define SOAK_H

#include "race.h"

#define ROWS 24

/*
 * grid.c: a session whose samples are looked at one by one. Each tick's place on
 * the grid that began with the start is known, so a drift, a gap or a tick too
 * many shows.
 */
struct grid {
	const char *name;
	int fd;
	unsigned int targets;
	unsigned long long interval_ns;
	unsigned long long begun[2];	/* the start lies between these */
	unsigned long long ticks;	/* seen in records */
	unsigned long long records;
	unsigned long long wrong;	/* not where, or when, or of whom they should be */
	unsigned long long lost;
	unsigned long long late_ns;	/* the latest of the row */
};

void grid_begin(struct grid *g, const char *name, int fd, unsigned int targets,
		unsigned long long interval_ns);
void grid_read(struct grid *g);
bool grid_is_right(struct grid *g);

/* churn.c: sessions, targets and processes come and go as a seed has it */
void churn_begin(unsigned int seed, const pid_t *pids, unsigned int n);
void churn_minute(unsigned int forks);
void churn_rest(void);

struct churned {
	unsigned long long processes, sessions, requests, records, lost;
	unsigned long long wrong;	/* answers that are none, records that do not add up */
};

extern struct churned churned;

/* memory.c: what the machine and the module have in use, once all has settled */
struct memory {
	long long used, slab, unreclaimable, vmalloc, percpu, stacks, locked;
};

void memory_read(struct memory *m);
void memory_is_flat(const struct memory *rows, int n);

#endif /* SOAK_H */
