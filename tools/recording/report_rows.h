/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of tmctl report: one for each process, in the order of the table. */
#ifndef TMCTL_REPORT_ROWS_H
#define TMCTL_REPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"
#include "table.h"
#include "usage.h"

enum sort_key {
	SORT_CPU,
	SORT_RSS,
	SORT_IO,
	SORT_START,
	SORT_PID,
	SORT_COUNT,
};

extern const char *const sort_names[SORT_COUNT];

/**
 * struct report_row - a process in a stretch of time
 * @process: who
 * @known: what is known, beside what is known of all
 * @start_offset_ns: when it began, since the recording did; negative: before
 * @start_realtime_ns: the same, CLOCK_REALTIME
 * @elapsed_ns: for how long it lived in that time
 * @used: what it used
 * @cpu_ns: CPU time in user and kernel mode
 * @cpu_percent: per time that it lived
 * @peak_rss_bytes: the most that was resident
 * @tree_cpu_ns: CPU time, its descendants' included
 * @tree_io_bytes: bytes read and written, likewise
 * @tree_processes: it and its descendants
 * @depth: how many of its ancestors are rows
 * @parent: the nearest; NULL: none is
 * @first_child: of a tree
 * @next_sibling: likewise
 */
struct report_row {
	const struct process *process;
	uint64_t known;
	int64_t start_offset_ns;
	uint64_t start_realtime_ns;
	uint64_t elapsed_ns;
	uint64_t used[FIGURE_COUNT];
	uint64_t cpu_ns;
	double cpu_percent;
	uint64_t peak_rss_bytes;
	uint64_t tree_cpu_ns;
	uint64_t tree_io_bytes;
	uint64_t tree_processes;
	uint32_t depth;
	struct report_row *parent;
	struct report_row *first_child;
	struct report_row *next_sibling;

	/* Of the process, where a table can find them. */
	int32_t pid;
	int32_t ppid;
	uint32_t uid;
	int32_t exit_code;
	uint64_t start_time_ns;
	uint32_t thread;
	uint32_t final;
	char comm[TM_COMM_LEN];
};

/**
 * struct report_rows - all of them
 * @rows: in no order
 * @sorted: in the order asked for
 * @count: how many
 */
struct report_rows {
	struct report_row *rows;
	struct report_row **sorted;
	size_t count;
};

/**
 * rows_read() - make the rows of those who lived in a stretch of time
 * @rows: what to fill
 * @reader: the recording
 * @window: the time
 *
 * Return: 0 or SQLite's code.
 */
int rows_read(struct report_rows *rows, struct reader *reader, const struct window *window);
void rows_free(struct report_rows *rows);

/* By @key; as trees, each below its parent, and trees by what is in all of them. */
void rows_sort(struct report_rows *rows, enum sort_key key);
void rows_sort_trees(struct report_rows *rows, enum sort_key key);

/* Of a row: its columns, with and without what its descendants come to. */
extern const struct table report_table;
extern const struct table report_tree_table;

#endif /* TMCTL_REPORT_ROWS_H */
