/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process has used in a stretch of time, from its samples.
 *
 * Counters are totals so far: what was used is what they have gained, between
 * two samples in proportion to the time. A process that began in the recording
 * began with 0; of another its first sample is where counting begins. Memory is
 * held from a sample to the next one; the process's own mark of the most that
 * was ever resident counts where it has risen inside of the stretch.
 *
 *	utime is 2 s at 10.0 s and 3 s at 12.0 s: between 11.5 s and 20 s 0.25 s
 *	were used, if the process lived on and had no later sample.
 *
 * The figures of a process's end are those of the moment it exited, whenever
 * they were told.
 */
#ifndef TMCTL_RECORDING_USAGE_H
#define TMCTL_RECORDING_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "format.h"
#include "reader.h"

/* From a moment to another, CLOCK_MONOTONIC. */
struct window {
	uint64_t from_ns;
	uint64_t to_ns;
};

/**
 * struct usage - of one process
 * @window: the part of the window that it lived in; of no length: it did not
 * @used: what was used, of each counter
 * @known: which of these are known, a bit for each
 * @peak_rss_bytes: the most that was resident; 0: not known
 *
 * The rest is usage.c's own: the last value of each figure, and
 * of when it is.
 */
struct usage {
	struct window window;
	uint64_t used[FIGURE_COUNT];
	uint32_t known;
	uint64_t peak_rss_bytes;

	uint64_t exit_ns;
	uint64_t value[FIGURE_COUNT];
	uint64_t at_ns[FIGURE_COUNT];
	uint32_t have;
	uint32_t told;
};

/* The last moment at which a process is known to have lived. */
uint64_t process_end_ns(const struct process *process, const struct meta *meta);

/* Whether it began while it was recorded. */
bool process_is_new(const struct process *process, const struct meta *meta);

void usage_begin(struct usage *usage, const struct process *process, const struct meta *meta,
		 const struct window *window);

/* Its samples, in the order of the history. */
void usage_add(struct usage *usage, const struct task_sample *sample);

/* There are no more. */
void usage_end(struct usage *usage);

static inline bool usage_knows(const struct usage *usage, enum figure_number number)
{
	return usage->known & 1u << number;
}

static inline uint64_t window_ns(const struct window *window)
{
	return window->to_ns > window->from_ns ? window->to_ns - window->from_ns : 0;
}

#endif /* TMCTL_RECORDING_USAGE_H */
