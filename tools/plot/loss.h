/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording does not have, and where that was noticed. */
#ifndef PLOT_LOSS_H
#define PLOT_LOSS_H

#include "grid.h"
#include "recording.h"

/* What is missing in a cell. */
enum {
	LOSS_RECORDS = 1 << 0,	/* records or whole processes: sums are too low */
	LOSS_TICKS = 1 << 1,	/* samples that were due: sums are right */
};

/**
 * struct loss - what is missing in a picture
 * @lost_records: records that were overwritten before they were read
 * @dropped: processes that could not be watched
 * @missed_ticks: samples that were due and not taken
 * @evicted: whether the beginning was cut off
 * @cells: LOSS_* of each cell of the grid
 */
struct loss {
	uint64_t lost_records;
	uint64_t dropped;
	uint64_t missed_ticks;
	bool evicted;
	unsigned char *cells;
};

/**
 * loss_read() - what is missing between two moments
 * @loss: what to fill; loss_free() it whatever is returned
 * @rec: the recording
 * @grid: the picture's time
 * @first_ns: the earliest sample there is
 *
 * Loss is noticed after it happened, once a second or each interval if that is
 * longer: so much time before is marked.
 *
 * Return: a status; what is wrong has been said.
 */
int loss_read(struct loss *loss, const struct recording *rec, const struct grid *grid,
	      uint64_t first_ns);

void loss_free(struct loss *loss);

#endif /* PLOT_LOSS_H */
