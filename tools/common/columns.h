/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures of a sample: one table for the text and the JSON of get and watch. */
#ifndef TMCTL_COLUMNS_H
#define TMCTL_COLUMNS_H

#include <stdint.h>
#include <stdio.h>

#include <linux/taskmonitor.h>

#include "rates.h"

/**
 * struct row - a sample, and what is known beside it
 * @sample: the sample
 * @rates: what happened since the sample before it; all zeroes: unknown
 * @realtime_ns: when it was taken, CLOCK_REALTIME
 * @rows: of an average: how many rows it sums up
 */
struct row {
	struct task_sample sample;
	struct rates rates;
	uint64_t realtime_ns;
	uint64_t rows;
};

/* What is being printed; each column says in which of these it takes part. */
enum view {
	VIEW_GET = 1 << 0,	/* get, text and JSON */
	VIEW_WATCH = 1 << 1,	/* watch, JSON, a row */
	VIEW_AVERAGE = 1 << 2,	/* watch, JSON, the summary */
	VIEW_TABLE = 1 << 3,	/* watch, text */
};

/* One object, on one line, of the view's columns. */
void columns_print_json(const struct row *row, enum view view);

/* The view's columns, one a line, each with its heading. */
void columns_print_lines(const struct row *row, enum view view);

/* The table of watch: its header, and a row that starts with @first. */
void columns_print_header(const char *first);
void columns_print_row(const struct row *row, const char *first);

#endif /* TMCTL_COLUMNS_H */
