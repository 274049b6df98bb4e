/* SPDX-License-Identifier: GPL-2.0-only */
/* How get, list and watch show rows: which columns, in which format, in colour or not. */
#ifndef TMCTL_REPORT_H
#define TMCTL_REPORT_H

#include <stdbool.h>

#include "columns.h"
#include "options.h"

/**
 * struct report_args - the arguments of the options
 * @keys: columns by their keys
 * @color: auto, always or never
 * @csv: comma-separated
 * @cpu: as pidstat -u
 * @memory: as pidstat -r
 * @io: as pidstat -d
 * @switches: as pidstat -w
 */
struct report_args {
	const char *keys;
	const char *color;
	bool csv;
	bool cpu;
	bool memory;
	bool io;
	bool switches;
};

/* For a command's table of options. */
#define REPORT_OPTS(args)									\
	OPT_FLAG('u', "cpu", &(args).cpu, "columns of CPU use"),				\
	OPT_FLAG('r', "memory", &(args).memory, "columns of memory and page faults"),		\
	OPT_FLAG('d', "io", &(args).io, "columns of reading and writing"),			\
	OPT_FLAG('w', "switches", &(args).switches, "columns of context switches"),		\
	OPT_VALUE('o', "output", "KEY[,KEY]", &(args).keys, "these columns"),			\
	OPT_FLAG(0, "csv", &(args).csv, "comma-separated values with a header"),		\
	OPT_VALUE(0, "color", "WHEN", &(args).color,						\
		  "auto (on terminals, the default), always, never;\n"				\
		  "also: environment variable NO_COLOR")

/**
 * struct report - how
 * @format: text, JSON or CSV
 * @set: the columns
 * @bold: headings stand out
 */
struct report {
	enum table_format format;
	struct column_set set;
	bool bold;
};

/**
 * report_begin() - understand the arguments
 * @report: what to fill; it must not move afterwards
 * @args: the arguments
 * @opts: the common options
 * @command: name of the command, for messages
 * @views: mask of the columns in text if none are named
 * @machine: the columns in JSON and CSV if none are named, and the schema
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int report_begin(struct report *report, const struct report_args *args, const struct options *opts,
		 const char *command, unsigned int views, enum view machine);

/* @first: what stands before the first column in text; NULL: nothing */
void report_header(const struct report *report, const char *first);
void report_row(const struct report *report, const char *first, const struct row *row);

#endif /* TMCTL_REPORT_H */
