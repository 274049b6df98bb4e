/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time of a picture cut into cells, and what was used in each.
 *
 * An amount that was used between two moments is spread over the cells between
 * them, to the nanosecond: whatever the cells' width, they hold together what
 * was added, but for what lies outside of the grid.
 */
#ifndef PLOT_GRID_H
#define PLOT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct grid - a span of time in cells
 * @begin_ns: where the first cell begins
 * @end_ns: where the last one ends
 * @origin_ns: where the first one would begin if it were as wide as the others
 * @width_ns: of each cell; the first and the last one may be narrower
 * @n: how many
 */
struct grid {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t origin_ns;
	uint64_t width_ns;
	size_t n;
};

/**
 * struct cell - what is known of a cell's time
 * @cpu_ns: CPU time used in it
 * @rss_byte_ns: resident bytes times nanoseconds
 * @cpu_known: whether anything is known of CPU time in it
 * @rss_known: whether anything is known of memory in it
 */
struct cell {
	uint64_t cpu_ns;
	double rss_byte_ns;
	bool cpu_known;
	bool rss_known;
};

/**
 * grid_init() - cut a span of time
 * @grid: what to set
 * @begin_ns: its beginning
 * @end_ns: its end, later than @begin_ns
 * @width_ns: of a cell; 0: the least of 1, 2, 5, 10 ... ns that makes @most cells or fewer
 * @most: cells, at least 1
 *
 * Return: whether no more than @most cells are needed.
 */
bool grid_init(struct grid *grid, uint64_t begin_ns, uint64_t end_ns, uint64_t width_ns,
	       size_t most);

/* Move the edges of its cells so that they lie whole widths from a moment: one cell more, maybe. */
void grid_align(struct grid *grid, uint64_t edge_ns);

/* Where a cell begins, and for how long it lasts. */
uint64_t grid_begin(const struct grid *grid, size_t i);
uint64_t grid_length(const struct grid *grid, size_t i);

/* The cell of a moment: one that is on an edge belongs to the later one, but for the last. */
size_t grid_cell(const struct grid *grid, uint64_t at_ns);

/**
 * grid_cpu_within() - the part of an amount that lies in the grid
 * @grid: the grid
 * @from_ns: since when it was used
 * @to_ns: until when; not later than @from_ns: all of it at that moment
 * @cpu_ns: the amount
 */
uint64_t grid_cpu_within(const struct grid *grid, uint64_t from_ns, uint64_t to_ns,
			 uint64_t cpu_ns);

/* The same, spread over the grid's cells. */
void grid_add_cpu(const struct grid *grid, struct cell *cells, uint64_t from_ns, uint64_t to_ns,
		  uint64_t cpu_ns);

/* For how long two moments are in the grid. */
uint64_t grid_overlap(const struct grid *grid, uint64_t from_ns, uint64_t to_ns);

/* So many bytes were resident from one moment to another. */
void grid_add_rss(const struct grid *grid, struct cell *cells, uint64_t from_ns, uint64_t to_ns,
		  uint64_t bytes);

#endif /* PLOT_GRID_H */
