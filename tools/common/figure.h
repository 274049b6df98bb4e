/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The figures of a sample that are 64 bits wide: one table for whoever treats them
 * all alike, to add them up, to keep what is known, to store them.
 */
#ifndef TMCTL_FIGURE_H
#define TMCTL_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

/**
 * struct figure - one of them
 * @name: its key for machines, with the unit
 * @offset: where its 64 bits stand in struct task_sample
 * @needs: the bit of task_sample.valid that says it is known
 * @counter: a total so far
 */
struct figure {
	const char *name;
	size_t offset;
	uint64_t needs;
	bool counter;
};

/* A recording has them in this order. */
enum figure_number {
	FIGURE_UTIME,
	FIGURE_STIME,
	FIGURE_RUN_DELAY,
	FIGURE_VSIZE,
	FIGURE_RSS,
	FIGURE_PEAK_RSS,
	FIGURE_SWAP,
	FIGURE_MIN_FLT,
	FIGURE_MAJ_FLT,
	FIGURE_NVCSW,
	FIGURE_NIVCSW,
	FIGURE_READ,
	FIGURE_WRITE,
	FIGURE_RCHAR,
	FIGURE_WCHAR,
	FIGURE_CGROUP,
	FIGURE_COUNT,
};

extern const struct figure figures[FIGURE_COUNT];

static inline uint64_t figure_get(const struct figure *figure, const struct task_sample *sample)
{
	return *(const __u64 *)((const char *)sample + figure->offset);
}

static inline void figure_set(const struct figure *figure, struct task_sample *sample,
			      uint64_t value)
{
	*(__u64 *)((char *)sample + figure->offset) = value;
}

#endif /* TMCTL_FIGURE_H */
