// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "report_columns.h"
#include "report_rows.h"

const char *const sort_names[SORT_COUNT] = { "cpu", "rss", "io", "start", "pid" };

/* --- making them ------------------------------------------------------------------ */

struct making {
	struct report_rows *rows;
	const struct reader *reader;
	struct usage *usages;
};

static bool take(size_t process, const struct task_sample *sample, void *arg)
{
	struct making *making = arg;

	usage_add(&making->usages[process], sample);
	return true;
}

static void fill_identity(struct report_row *row, const struct process *p, const struct meta *meta)
{
	row->process = p;
	row->pid = p->pid;
	row->ppid = p->ppid;
	row->uid = p->uid;
	row->exit_code = p->exit_code;
	row->start_time_ns = p->start_time_ns;
	row->thread = p->thread;
	row->final = p->final;
	memcpy(row->comm, p->comm, sizeof(row->comm));
	row->start_offset_ns = p->start_ns - (int64_t)meta->begin_ns;
	row->start_realtime_ns = meta->begin_realtime_ns + (uint64_t)row->start_offset_ns;
	if (p->uid_known)
		row->known |= KNOWN_UID;
	if (meta->begin_realtime_ns)
		row->known |= KNOWN_REALTIME;
}

static void fill_usage(struct report_row *row, const struct usage *usage)
{
	uint32_t cpu = 1u << FIGURE_UTIME | 1u << FIGURE_STIME;
	uint32_t io = 1u << FIGURE_READ | 1u << FIGURE_WRITE;

	row->elapsed_ns = window_ns(&usage->window);
	memcpy(row->used, usage->used, sizeof(row->used));
	row->cpu_ns = usage->used[FIGURE_UTIME] + usage->used[FIGURE_STIME];
	row->peak_rss_bytes = usage->peak_rss_bytes;
	row->tree_cpu_ns = row->cpu_ns;
	row->tree_io_bytes = usage->used[FIGURE_READ] + usage->used[FIGURE_WRITE];
	row->tree_processes = 1;
	row->known |= usage->known;
	if ((usage->known & cpu) == cpu)
		row->known |= KNOWN_CPU | KNOWN_TREE_CPU;
	if ((usage->known & io) == io)
		row->known |= KNOWN_TREE_IO;
	if (row->known & KNOWN_CPU && row->elapsed_ns) {
		row->known |= KNOWN_PERCENT;
		row->cpu_percent = 100.0 * (double)row->cpu_ns / (double)row->elapsed_ns;
	}
}

static bool lived(const struct usage *usage)
{
	return usage->window.to_ns >= usage->window.from_ns;
}

static void add_row(struct making *making, size_t i, const struct window *window)
{
	struct report_row *row = &making->rows->rows[making->rows->count++];
	const struct process *p = &making->reader->processes[i];

	fill_identity(row, p, &making->reader->meta);
	fill_usage(row, &making->usages[i]);
	if (p->exit_known && p->exit_time_ns <= window->to_ns)
		row->known |= KNOWN_EXIT;
}

static struct report_row *row_of(const struct report_rows *rows, const struct process *p)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->rows[middle].process == p)
			return &rows->rows[middle];
		if (rows->rows[middle].process < p)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Who is older; no two are equally old. */
static int compare_age(const void *a, const void *b)
{
	const struct report_row *x = *(struct report_row *const *)a;
	const struct report_row *y = *(struct report_row *const *)b;

	if (x->start_time_ns != y->start_time_ns)
		return x->start_time_ns < y->start_time_ns ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Parents are older than their children: else the file lies, and there might be a circle. */
static void find_parents(struct report_rows *rows, const struct reader *reader)
{
	size_t i;

	for (i = 0; i < rows->count; i++) {
		struct report_row *row = &rows->rows[i], *parent;

		if (row->process->parent < 0)
			continue;
		parent = row_of(rows, &reader->processes[row->process->parent]);
		if (parent && compare_age(&parent, &row) < 0)
			row->parent = parent;
	}
}

/* From the youngest on each has all of its own before it is added to its parent's. */
static void sum_trees(struct report_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		rows->sorted[i] = &rows->rows[i];
	qsort(rows->sorted, rows->count, sizeof(*rows->sorted), compare_age);
	for (i = rows->count; i--;) {
		struct report_row *row = rows->sorted[i], *parent = row->parent;

		if (!parent)
			continue;
		parent->tree_cpu_ns += row->tree_cpu_ns;
		parent->tree_io_bytes += row->tree_io_bytes;
		parent->tree_processes += row->tree_processes;
		parent->known |= row->known & (KNOWN_TREE_CPU | KNOWN_TREE_IO);
	}
	for (i = 0; i < rows->count; i++) {
		struct report_row *row = rows->sorted[i];

		row->depth = row->parent ? row->parent->depth + 1 : 0;
	}
}

static int make_rows(struct making *making, struct reader *reader, const struct window *window)
{
	size_t i;
	int err;

	for (i = 0; i < reader->count; i++)
		usage_begin(&making->usages[i], &reader->processes[i], &reader->meta, window);
	err = reader_each(reader, BY_PROCESS, take, making);
	if (err)
		return err;
	for (i = 0; i < reader->count; i++) {
		usage_end(&making->usages[i]);
		if (lived(&making->usages[i]))
			add_row(making, i, window);
	}
	find_parents(making->rows, reader);
	sum_trees(making->rows);
	return 0;
}

int rows_read(struct report_rows *rows, struct reader *reader, const struct window *window)
{
	struct making making = { .rows = rows, .reader = reader };
	int err = SQLITE_NOMEM;

	*rows = (struct report_rows){
		.rows = calloc(reader->count + 1, sizeof(*rows->rows)),
		.sorted = calloc(reader->count + 1, sizeof(*rows->sorted)),
	};
	making.usages = calloc(reader->count + 1, sizeof(*making.usages));
	if (rows->rows && rows->sorted && making.usages)
		err = make_rows(&making, reader, window);
	free(making.usages);
	return err;
}

void rows_free(struct report_rows *rows)
{
	free(rows->rows);
	free(rows->sorted);
}

/* --- order -------------------------------------------------------------------------- */

static enum sort_key sort_key;
static bool sort_trees;

/* What is greater comes first; of start and PID what is less. */
static uint64_t rank(const struct report_row *row)
{
	switch (sort_key) {
	case SORT_CPU:
		return sort_trees ? row->tree_cpu_ns : row->cpu_ns;
	case SORT_RSS:
		return row->peak_rss_bytes;
	case SORT_IO:
		return sort_trees ? row->tree_io_bytes
				  : row->used[FIGURE_READ] + row->used[FIGURE_WRITE];
	case SORT_PID:
		return UINT64_MAX - (uint64_t)row->pid;
	default:
		return UINT64_MAX - row->start_time_ns;
	}
}

static int compare_rank(const void *a, const void *b)
{
	uint64_t x = rank(*(struct report_row *const *)a), y = rank(*(struct report_row *const *)b);

	if (x != y)
		return x > y ? -1 : 1;
	return compare_age(a, b);
}

void rows_sort(struct report_rows *rows, enum sort_key key)
{
	sort_key = key;
	sort_trees = false;
	qsort(rows->sorted, rows->count, sizeof(*rows->sorted), compare_rank);
}

/* The row behind this one: below it, beside it, or beside an ancestor. */
static struct report_row *next_row(struct report_row *row)
{
	if (row->first_child)
		return row->first_child;
	while (row && !row->next_sibling)
		row = row->parent;
	return row ? row->next_sibling : NULL;
}

void rows_sort_trees(struct report_rows *rows, enum sort_key key)
{
	struct report_row *first = NULL, *row;
	size_t i;

	sort_key = key;
	sort_trees = true;
	qsort(rows->sorted, rows->count, sizeof(*rows->sorted), compare_rank);
	for (i = rows->count; i--;) {
		struct report_row **head;

		row = rows->sorted[i];
		head = row->parent ? &row->parent->first_child : &first;
		row->next_sibling = *head;
		*head = row;
	}
	for (i = 0, row = first; row; row = next_row(row))
		rows->sorted[i++] = row;
}
