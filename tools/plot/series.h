/* SPDX-License-Identifier: GPL-2.0-only */
/* What the picture is made of: the groups that matter most, the rest in one, in cells of time. */
#ifndef PLOT_SERIES_H
#define PLOT_SERIES_H

#include "grid.h"
#include "process.h"

#define SERIES_MAX	24	/* colours that can be told apart, and lines of a legend */

/* What is drawn. */
enum what {
	WHAT_CPU = 1 << 0,
	WHAT_RSS = 1 << 1,
};

/**
 * struct series - one colour of the picture
 * @first: the process that names it; NULL: the rest
 * @processes: how many it stands for
 * @cpu_ns: CPU time in the picture
 * @peak_rss_bytes: the most that was resident up to the picture's end: the
 *	greatest peak of one, or mean of a cell of all
 * @cpu_known: whether @cpu_ns is
 * @peak_known: whether @peak_rss_bytes is
 * @cells: as many as the grid has
 */
struct series {
	const struct process *first;
	size_t processes;
	uint64_t cpu_ns;
	uint64_t peak_rss_bytes;
	bool cpu_known;
	bool peak_known;
	struct cell *cells;
};

/**
 * struct series_set - all of them
 * @grid: their cells
 * @list: the one that matters most first, the rest last
 * @n: how many
 * @place: which one each process is in; PROCESS_NONE: it is not in the picture
 * @first_ns: the earliest sample that the recording still has; UINT64_MAX: none
 */
struct series_set {
	const struct grid *grid;
	struct series list[SERIES_MAX + 1];
	size_t n;
	size_t *place;
	uint64_t first_ns;
};

/**
 * series_make() - read the samples
 * @set: what to fill; series_free() it whatever is returned
 * @rec: the recording
 * @all: its processes, grouped; what they used in @grid is set
 * @grid: the picture's time; must live as long as @set
 * @what: mask of enum what; by what a group matters
 * @top: how many groups have a series of their own, SERIES_MAX at most
 *
 * A group matters by its share of the CPU time, or of the memory over time, or
 * by the sum of both. The samples are read twice, a process at a time: the
 * memory that it takes depends on how many processes there are alone.
 *
 * Return: a status; what is wrong has been said.
 */
int series_make(struct series_set *set, const struct recording *rec, struct processes *all,
		const struct grid *grid, unsigned int what, size_t top);

void series_free(struct series_set *set);

#endif /* PLOT_SERIES_H */
