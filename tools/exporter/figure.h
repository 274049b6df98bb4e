/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process uses, as counters: one table for adding them up and for showing them. */
#ifndef TMCTL_EXPORTER_FIGURE_H
#define TMCTL_EXPORTER_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

enum figure {
	FIGURE_UTIME,
	FIGURE_STIME,
	FIGURE_RUN_DELAY,
	FIGURE_MIN_FLT,
	FIGURE_MAJ_FLT,
	FIGURE_NVCSW,
	FIGURE_NIVCSW,
	FIGURE_READ,
	FIGURE_WRITE,
	FIGURE_RCHAR,
	FIGURE_WCHAR,
	FIGURES
};

/**
 * struct figures - one value of each
 * @value: nanoseconds, bytes or how many
 * @known: bit i: @value[i] is known
 */
struct figures {
	uint64_t value[FIGURES];
	uint32_t known;
};

static inline bool figure_known(const struct figures *figures, enum figure i)
{
	return figures->known & (1u << i);
}

/**
 * figures_advance() - take in what a process has used by now
 * @sum: increased by what has come since @last
 * @last: brought up to @sample; all zeroes: nothing was counted yet
 * @sample: the process
 *
 * A figure that is less than it was counts for nothing: records of fork and exec
 * may be a tick behind a sample that was taken before.
 */
void figures_advance(struct figures *sum, struct figures *last, const struct task_sample *sample);

#endif /* TMCTL_EXPORTER_FIGURE_H */
