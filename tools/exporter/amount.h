/* SPDX-License-Identifier: GPL-2.0-only */
/* What has been used: those figures that are counters, added up. */
#ifndef TMCTL_EXPORTER_AMOUNT_H
#define TMCTL_EXPORTER_AMOUNT_H

#include "figure.h"

/**
 * struct amounts - how much of each figure
 * @value: nanoseconds, bytes or how many; of what is no counter 0
 * @known: bit i: @value[i] is known
 */
struct amounts {
	uint64_t value[FIGURE_COUNT];
	uint32_t known;
};

static inline bool amount_known(const struct amounts *amounts, enum figure_number i)
{
	return amounts->known & (1u << i);
}

/**
 * amounts_advance() - take in what a process has used by now
 * @sum: increased by what has come since @last
 * @last: brought up to @sample; all zeroes: nothing was counted yet
 * @sample: the process
 *
 * A figure that is less than it was counts for nothing: records of fork and exec
 * may be a tick behind a sample that was taken before.
 */
void amounts_advance(struct amounts *sum, struct amounts *last, const struct task_sample *sample);

#endif /* TMCTL_EXPORTER_AMOUNT_H */
