/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures of a sample: one table for the text, JSON and CSV of get, list and watch. */
#ifndef TMCTL_COLUMNS_H
#define TMCTL_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/taskmonitor.h>

#include "rates.h"
#include "table.h"

#define COLUMNS_MAX	64

/**
 * struct row - a sample, and what is known beside it
 * @sample: the sample
 * @rates: what happened since the sample before it; all zeroes: unknown
 * @realtime_ns: when it was taken, CLOCK_REALTIME
 * @rows: of an average: how many rows it sums up
 * @mem_known: whether @mem_percent is
 * @mem_percent: its resident set, percent of the machine's memory
 */
struct row {
	struct task_sample sample;
	struct rates rates;
	uint64_t realtime_ns;
	uint64_t rows;
	bool mem_known;
	double mem_percent;
};

/* What is being printed; each column says in which of these it takes part. */
enum view {
	VIEW_GET = 1 << 0,	/* get, text and JSON */
	VIEW_WATCH = 1 << 1,	/* watch, JSON, a row */
	VIEW_AVERAGE = 1 << 2,	/* watch, JSON, the summary */
	/* tables for people, as pidstat's -u -r -d -w -t */
	VIEW_CPU = 1 << 3,
	VIEW_MEMORY = 1 << 4,
	VIEW_IO = 1 << 5,
	VIEW_SWITCHES = 1 << 6,
	VIEW_THREADS = 1 << 7,
	VIEW_LIST = 1 << 8,
};

/**
 * struct column_set - some of the columns
 * @columns: they
 * @table: a table of them
 */
struct column_set {
	struct table_column columns[COLUMNS_MAX];
	struct table table;
};

/**
 * columns_of_view() - the columns of some views
 * @set: what to fill; it must not move afterwards
 * @views: mask of enum view
 * @machine: whose schema a row has in JSON: VIEW_GET, VIEW_WATCH or VIEW_AVERAGE
 */
void columns_of_view(struct column_set *set, unsigned int views, enum view machine);

/**
 * columns_of_keys() - the columns that somebody named
 * @set: what to fill; it must not move afterwards
 * @keys: their keys, separated by commas
 * @machine: as above
 * @wrong: set to what is no key
 * @wrong_length: and its length
 *
 * Return: 0, or -EINVAL.
 */
int columns_of_keys(struct column_set *set, const char *keys, enum view machine,
		    const char **wrong, size_t *wrong_length);

/* All keys, for the help. */
void columns_print_keys(void);

void columns_print(const struct column_set *set, enum table_format format, const struct row *row);

/* The view's columns, one a line, each with its heading. */
void columns_print_lines(const struct row *row, enum view view);

#endif /* TMCTL_COLUMNS_H */
