/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the samples of one process say: CPU time used from one moment to
 * another, bytes resident from one moment to another.
 *
 * Counters grow evenly between two samples. What was used before the first one
 * is not known to lie in the recording, and is left out. Memory stays as it was
 * last seen, until the next sample or the end; a sample without it ends what was
 * known.
 *
 * The records of exec and exiting have CPU time as of the last tick or switch,
 * too little by up to a tick: what is used between the samples around them is
 * spread over all the time between those, and never makes more than there are
 * CPUs.
 */
#ifndef PLOT_LIFE_H
#define PLOT_LIFE_H

#include "process.h"

/**
 * struct life - who is told
 * @cpu: so much CPU time between two moments; at one, if they are the same
 * @rss: so many bytes between two moments, the first the earlier one
 * @peak: the most that was ever resident, as of a moment
 * @p: whose life it is, for them
 * @arg: theirs
 */
struct life {
	void (*cpu)(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t cpu_ns);
	void (*rss)(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t bytes);
	void (*peak)(const struct life *life, uint64_t at_ns, uint64_t bytes);
	struct process *p;
	void *arg;
};

/* The samples of a process, for life_walk(); NULL: it was complained of. */
sqlite3_stmt *life_prepare(const struct recording *rec);

/**
 * life_walk() - go through a life
 * @life: whose, and who is told
 * @rec: the recording
 * @samples: of life_prepare()
 *
 * Return: a status; what is wrong has been said.
 */
int life_walk(const struct life *life, const struct recording *rec, sqlite3_stmt *samples);

#endif /* PLOT_LIFE_H */
