// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "figures.h"

/**
 * struct figure - a cell of a series
 * @series: number of the series, from 1
 * @offset_ns: when the cell begins, since the recording began
 * @duration_ns: how long it is
 * @cpu_ns: CPU time in it
 * @rss_bytes: what was resident, on average
 * @processes: that the series stands for
 * @start_time_ns: with @pid: who it is, or is named after
 * @pid: likewise
 * @comm: its name
 */
struct figure {
	uint64_t series;
	uint64_t offset_ns;
	uint64_t duration_ns;
	uint64_t cpu_ns;
	uint64_t rss_bytes;
	uint64_t processes;
	uint64_t start_time_ns;
	int32_t pid;
	char comm[PROCESS_COMM_MAX];
};

/* What may be unknown. */
enum {
	KNOWN_CPU = 1 << 0,
	KNOWN_RSS = 1 << 1,
	KNOWN_ONE = 1 << 2,	/* it is one process */
	KNOWN_NAME = 1 << 3,
};

#define COLUMN(key_, type_, member, needs_) \
	{ .field = { .key = key_, .heading = key_, .type = &(type_), \
		     FIELD_AT(struct figure, member), .needs = needs_ } }

static const struct table_column columns[] = {
	COLUMN("series", field_number, series, 0),
	COLUMN("offset_ns", field_number, offset_ns, 0),
	COLUMN("duration_ns", field_number, duration_ns, 0),
	COLUMN("cpu_ns", field_number, cpu_ns, KNOWN_CPU),
	COLUMN("rss_bytes", field_number, rss_bytes, KNOWN_RSS),
	COLUMN("processes", field_number, processes, 0),
	COLUMN("pid", field_signed, pid, KNOWN_ONE),
	COLUMN("start_time_ns", field_number, start_time_ns, KNOWN_ONE),
	COLUMN("comm", field_name, comm, KNOWN_NAME),
};

static const struct table table = {
	.schema = "taskmonitor.plot/1",
	.csv_unknown = "",
	.columns = columns,
	.n = ARRAY_SIZE(columns),
};

static uint64_t describe(struct figure *figure, const struct series *series, enum group_by by)
{
	const struct process *first = series->first;

	figure->processes = series->processes;
	if (!first)
		return 0;
	figure->pid = first->pid;
	figure->start_time_ns = first->start_time_ns;
	memcpy(figure->comm, first->comm, sizeof(figure->comm));
	return by == GROUP_COMMAND && series->processes > 1 ? KNOWN_NAME : KNOWN_NAME | KNOWN_ONE;
}

static void print_cell(FILE *out, struct figure *figure, const struct cell *cell, uint64_t known,
		       enum table_format format)
{
	figure->cpu_ns = cell->cpu_ns;
	figure->rss_bytes = (uint64_t)(cell->rss_byte_ns / (double)figure->duration_ns + 0.5);
	known |= cell->cpu_known ? KNOWN_CPU : 0;
	known |= cell->rss_known ? KNOWN_RSS : 0;
	if (known & (KNOWN_CPU | KNOWN_RSS))
		table_print_row(out, &table, format, figure, known);
}

void figures_print(FILE *out, const struct series_set *set, const struct recording *rec,
		   enum group_by by, enum table_format format)
{
	size_t series, i;

	table_print_header(out, &table, format);
	for (series = 0; series < set->n; series++) {
		struct figure figure = { .series = series + 1 };
		uint64_t known = describe(&figure, &set->list[series], by);

		for (i = 0; i < set->grid->n; i++) {
			figure.offset_ns = grid_begin(set->grid, i) - rec->begin_ns;
			figure.duration_ns = grid_length(set->grid, i);
			print_cell(out, &figure, &set->list[series].cells[i], known, format);
		}
	}
}
