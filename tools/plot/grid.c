// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic alone: no input, no output, no clock. */
#include "grid.h"

#define POWER_MAX	UINT64_C(10000000000000000000)	/* that fits */

/* The least of 1, 2, 5, 10 ... that is not below @least, if it fits. */
static uint64_t round_up(uint64_t least)
{
	static const uint64_t steps[] = { 1, 2, 5 };
	uint64_t power;
	size_t i;

	for (power = 1; power < POWER_MAX; power *= 10) {
		for (i = 0; i < 3; i++) {
			if (steps[i] * power >= least)
				return steps[i] * power;
		}
	}
	return POWER_MAX;
}

static uint64_t quotient_up(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

bool grid_init(struct grid *grid, uint64_t begin_ns, uint64_t end_ns, uint64_t width_ns,
	       size_t most)
{
	uint64_t span = end_ns - begin_ns;
	uint64_t cells;

	grid->begin_ns = begin_ns;
	grid->end_ns = end_ns;
	grid->origin_ns = begin_ns;
	grid->width_ns = width_ns ? width_ns : round_up(quotient_up(span, most));
	cells = quotient_up(span, grid->width_ns);
	grid->n = cells > most ? most : (size_t)cells;
	return cells <= most;
}

void grid_align(struct grid *grid, uint64_t edge_ns)
{
	uint64_t begin = grid->begin_ns % grid->width_ns, edge = edge_ns % grid->width_ns;
	uint64_t before = begin >= edge ? begin - edge : begin + (grid->width_ns - edge);

	if (before > grid->begin_ns)
		return;
	grid->origin_ns = grid->begin_ns - before;
	grid->n = (size_t)quotient_up(grid->end_ns - grid->origin_ns, grid->width_ns);
}

uint64_t grid_begin(const struct grid *grid, size_t i)
{
	return i ? grid->origin_ns + i * grid->width_ns : grid->begin_ns;
}

static uint64_t grid_cell_end(const struct grid *grid, size_t i)
{
	return i + 1 < grid->n ? grid_begin(grid, i + 1) : grid->end_ns;
}

uint64_t grid_length(const struct grid *grid, size_t i)
{
	return grid_cell_end(grid, i) - grid_begin(grid, i);
}

size_t grid_cell(const struct grid *grid, uint64_t at_ns)
{
	uint64_t i = at_ns <= grid->begin_ns ? 0 : (at_ns - grid->origin_ns) / grid->width_ns;

	return i < grid->n ? (size_t)i : grid->n - 1;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * What was used up to @at, of @whole in @span. It never falls as @at grows, and
 * is exact at both ends: so differences of it sum up to @whole, however they
 * are rounded.
 */
static uint64_t used_until(uint64_t whole, uint64_t at, uint64_t span)
{
	uint64_t part;

	if (at >= span)
		return whole;
	part = (uint64_t)((double)whole * ((double)at / (double)span));
	return earlier(part, whole);
}

static bool holds(const struct grid *grid, uint64_t at_ns)
{
	return at_ns >= grid->begin_ns && at_ns <= grid->end_ns;
}

uint64_t grid_overlap(const struct grid *grid, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t begin = later(from_ns, grid->begin_ns), end = earlier(to_ns, grid->end_ns);

	return end > begin ? end - begin : 0;
}

uint64_t grid_cpu_within(const struct grid *grid, uint64_t from_ns, uint64_t to_ns,
			 uint64_t cpu_ns)
{
	uint64_t begin = later(from_ns, grid->begin_ns), end = earlier(to_ns, grid->end_ns);
	uint64_t span = to_ns - from_ns;

	if (to_ns <= from_ns)
		return holds(grid, to_ns) ? cpu_ns : 0;
	if (end <= begin)
		return 0;
	return used_until(cpu_ns, end - from_ns, span) - used_until(cpu_ns, begin - from_ns, span);
}

static void add_moment(const struct grid *grid, struct cell *cells, uint64_t at_ns, uint64_t cpu_ns)
{
	struct cell *cell = &cells[grid_cell(grid, at_ns)];

	if (!holds(grid, at_ns) || !cpu_ns)
		return;
	cell->cpu_ns += cpu_ns;
	cell->cpu_known = true;
}

void grid_add_cpu(const struct grid *grid, struct cell *cells, uint64_t from_ns, uint64_t to_ns,
		  uint64_t cpu_ns)
{
	uint64_t begin = later(from_ns, grid->begin_ns), end = earlier(to_ns, grid->end_ns);
	uint64_t span = to_ns - from_ns, used;
	size_t i;

	if (to_ns <= from_ns) {
		add_moment(grid, cells, to_ns, cpu_ns);
		return;
	}
	if (end <= begin)
		return;
	used = used_until(cpu_ns, begin - from_ns, span);
	for (i = grid_cell(grid, begin); i < grid->n && grid_begin(grid, i) < end; i++) {
		uint64_t edge = earlier(end, grid_cell_end(grid, i));
		uint64_t upto = used_until(cpu_ns, edge - from_ns, span);

		cells[i].cpu_ns += upto - used;
		cells[i].cpu_known = true;
		used = upto;
	}
}

void grid_add_rss(const struct grid *grid, struct cell *cells, uint64_t from_ns, uint64_t to_ns,
		  uint64_t bytes)
{
	uint64_t begin = later(from_ns, grid->begin_ns), end = earlier(to_ns, grid->end_ns);
	size_t i;

	if (end <= begin)
		return;
	for (i = grid_cell(grid, begin); i < grid->n && grid_begin(grid, i) < end; i++) {
		uint64_t first = later(begin, grid_begin(grid, i));
		uint64_t last = earlier(end, grid_cell_end(grid, i));

		cells[i].rss_byte_ns += (double)bytes * (double)(last - first);
		cells[i].rss_known = true;
	}
}
