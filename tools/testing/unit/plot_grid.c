// SPDX-License-Identifier: GPL-2.0-only
/* The cells of a picture: what is spread over them is there, all of it, where it belongs. */
#include <math.h>
#include <stdlib.h>

#include "../../plot/grid.h"
#include "tap.h"

#define CELLS	100

static struct cell cells[CELLS];

static uint64_t cpu_sum(const struct grid *grid)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < grid->n; i++)
		sum += cells[i].cpu_ns;
	return sum;
}

static void clear(void)
{
	memset(cells, 0, sizeof(cells));
}

static void widths(void)
{
	struct grid grid;

	CHECK(grid_init(&grid, 1000, 2000, 0, 100) && grid.width_ns == 10 && grid.n == 100,
	      "a thousand in a hundred");
	CHECK(grid_init(&grid, 1000, 2001, 0, 100) && grid.width_ns == 20 && grid.n == 51,
	      "one more: the next round width");
	CHECK(grid_length(&grid, 0) == 20 && grid_length(&grid, 50) == 1, "the last one is short");
	CHECK(grid_init(&grid, 0, 3, 0, 100) && grid.width_ns == 1 && grid.n == 3,
	      "no cell is shorter than a nanosecond");
	CHECK(grid_init(&grid, 0, 1, 0, 1) && grid.n == 1, "the least there can be");
	CHECK(grid_init(&grid, 0, UINT64_MAX, 0, 2) && grid.n <= 2, "the most there can be");
	CHECK(grid_init(&grid, 0, 700, 7, 100) && grid.width_ns == 7 && grid.n == 100,
	      "a width that was asked for");
	CHECK(!grid_init(&grid, 0, 701, 7, 100), "and does not fit");
	grid_init(&grid, 100, 200, 10, 100);
	CHECK(!grid_cell(&grid, 100) && !grid_cell(&grid, 109) && grid_cell(&grid, 110) == 1,
	      "a moment on an edge is in the later cell");
	CHECK(grid_cell(&grid, 200) == 9 && grid_cell(&grid, 5000) == 9 && grid_cell(&grid, 3) == 0,
	      "but for the end; what is outside is at that end");
}

static void aligned(void)
{
	struct grid grid;
	uint64_t sum = 0;
	size_t i;

	grid_init(&grid, 1000, 1100, 10, CELLS);
	grid_align(&grid, 53);
	CHECK(grid.n == 11 && grid_begin(&grid, 0) == 1000 && grid_begin(&grid, 1) == 1003,
	      "edges at whole widths from a moment");
	CHECK(grid_length(&grid, 0) == 3 && grid_length(&grid, 1) == 10 &&
	      grid_length(&grid, 10) == 7, "the first and the last one are narrower");
	CHECK(grid_cell(&grid, 1002) == 0 && grid_cell(&grid, 1003) == 1 &&
	      grid_cell(&grid, 1100) == 10, "each moment is in its cell");
	for (i = 0; i < grid.n; i++)
		sum += grid_length(&grid, i);
	CHECK(sum == 100, "they are as long as the whole together");
	clear();
	grid_add_cpu(&grid, cells, 1000, 1100, 1000);
	CHECK(cells[0].cpu_ns == 30 && cells[1].cpu_ns == 100 && cells[10].cpu_ns == 70 &&
	      cpu_sum(&grid) == 1000, "and have what was used in them");
	grid_init(&grid, 1000, 1100, 10, CELLS);
	grid_align(&grid, 70);
	CHECK(grid.n == 10 && grid_begin(&grid, 1) == 1010, "edges that are right stay");
	grid_init(&grid, 3, 100, 10, CELLS);
	grid_align(&grid, 14);
	CHECK(grid_begin(&grid, 1) == 13, "nothing is before 0");
}

static void spread(void)
{
	struct grid grid;

	grid_init(&grid, 1000, 1100, 10, CELLS);
	clear();
	grid_add_cpu(&grid, cells, 1005, 1025, 20);
	CHECK(cells[0].cpu_ns == 5 && cells[1].cpu_ns == 10 && cells[2].cpu_ns == 5, "evenly");
	CHECK(cells[2].cpu_known && !cells[3].cpu_known, "nothing is known beyond");
	clear();
	grid_add_cpu(&grid, cells, 1000, 1030, 0);
	CHECK(cells[2].cpu_known && !cells[3].cpu_known && !cpu_sum(&grid), "0 is known, too");
	clear();
	grid_add_cpu(&grid, cells, 1010, 1010, 7);
	CHECK(cells[1].cpu_ns == 7 && cpu_sum(&grid) == 7, "all at one moment");
	grid_add_cpu(&grid, cells, 1100, 1100, 5);
	CHECK(cells[9].cpu_ns == 5, "at the very end");
	grid_add_cpu(&grid, cells, 1101, 1101, 5);
	grid_add_cpu(&grid, cells, 999, 999, 5);
	CHECK(cpu_sum(&grid) == 12, "not beyond");
	clear();
	grid_add_cpu(&grid, cells, 900, 1200, 300);
	CHECK(cpu_sum(&grid) == 100, "what is outside is left out");
	grid_add_cpu(&grid, cells, 0, 1000, 99);
	grid_add_cpu(&grid, cells, 1100, 2000, 99);
	CHECK(cpu_sum(&grid) == 100, "all of it may be");
	clear();
	grid_add_cpu(&grid, cells, 1000, 1100, 3);
	CHECK(cpu_sum(&grid) == 3, "less than there are cells");
}

/* As exact as a nanosecond, against the quotient that it should be. */
static bool cells_right(const struct grid *grid, uint64_t from, uint64_t to, uint64_t cpu)
{
	size_t i;

	for (i = 0; i < grid->n; i++) {
		long double begin = fmaxl(grid_begin(grid, i), from);
		long double end = fminl(grid_begin(grid, i) + grid_length(grid, i), to);
		long double wanted = end > begin ? (end - begin) * cpu / (to - from) : 0;

		if (fabsl((long double)cells[i].cpu_ns - wanted) > 1)
			return false;
	}
	return true;
}

/* Any amounts, anywhere: the cells hold what grid_cpu_within() says, together. */
static void at_random(void)
{
	bool sums = true, right = true, whole = true;
	struct grid grid;
	int i;

	srand(1);
	for (i = 0; i < 20000; i++) {
		uint64_t begin = 1000000000ULL * ((unsigned int)rand() % 100);
		uint64_t from = begin + (unsigned int)rand() % 2000000;
		uint64_t to = from + 1 + (unsigned int)rand() % 5000000;
		uint64_t cpu = (unsigned int)rand() * ((unsigned int)rand() % 1000ULL);
		uint64_t within;

		grid_init(&grid, begin + 500000, begin + 500001 + (unsigned int)rand() % 4000000, 0,
			  1 + (unsigned int)rand() % CELLS);
		clear();
		grid_add_cpu(&grid, cells, from, to, cpu);
		within = grid_cpu_within(&grid, from, to, cpu);
		sums &= cpu_sum(&grid) == within;
		right &= cells_right(&grid, from, to, cpu);
		if (from >= grid.begin_ns && to <= grid.end_ns)
			whole &= within == cpu;
	}
	CHECK(sums, "the cells and the part within are the same amount");
	CHECK(right, "each cell has its share");
	CHECK(whole, "what lies within is all there");
}

/* A life cut into samples: each stretch is rounded by itself, nothing is lost between. */
static void stretches(void)
{
	uint64_t from = 1000, to, sum = 0;
	struct grid grid;

	grid_init(&grid, 0, 10000000, 0, CELLS);
	clear();
	for (; from < 9000000; from = to) {
		to = from + 1 + (unsigned int)rand() % 30000;
		grid_add_cpu(&grid, cells, from, to, (to - from) * 7 / 13);
		sum += (to - from) * 7 / 13;
	}
	CHECK(cpu_sum(&grid) == sum, "a life in many samples, to the nanosecond");
}

static void memory(void)
{
	struct grid grid;

	grid_init(&grid, 1000, 1100, 10, CELLS);
	clear();
	grid_add_rss(&grid, cells, 1005, 1025, 4096);
	CHECK(cells[0].rss_byte_ns == 5 * 4096.0 && cells[1].rss_byte_ns == 10 * 4096.0,
	      "bytes by the time they were there");
	CHECK(cells[2].rss_known && !cells[3].rss_known, "and unknown beyond");
	grid_add_rss(&grid, cells, 1030, 1030, 4096);
	CHECK(!cells[3].rss_known, "no time at all is nothing");
	grid_add_rss(&grid, cells, 0, 5000, 1);
	CHECK(cells[9].rss_byte_ns == 10, "what is outside is left out");
}

int main(void)
{
	widths();
	aligned();
	spread();
	at_random();
	stretches();
	memory();
	return tap_end();
}
