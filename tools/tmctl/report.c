// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "report.h"
#include "status.h"

static int set_color(struct report *report, const char *command, const char *when)
{
	const char *none = getenv("NO_COLOR");

	if (!when || !strcmp(when, "auto"))
		report->bold = isatty(STDOUT_FILENO) && !(none && *none);
	else if (!strcmp(when, "always"))
		report->bold = true;
	else if (strcmp(when, "never"))
		return fail_usage("%s: --color='%s': auto, always or never", command, when);
	return STATUS_DONE;
}

static unsigned int views_of(const struct report_args *args, unsigned int otherwise)
{
	unsigned int views = (args->cpu ? VIEW_CPU : 0) | (args->memory ? VIEW_MEMORY : 0) |
			     (args->io ? VIEW_IO : 0) | (args->switches ? VIEW_SWITCHES : 0);

	return views ? views | (otherwise & VIEW_THREADS) : otherwise;
}

int report_begin(struct report *report, const struct report_args *args, const struct options *opts,
		 const char *command, unsigned int views, enum view machine)
{
	const char *wrong;
	size_t length;

	report->format = table_format(opts->json, args->csv);
	report->bold = false;
	if (opts->json && args->csv)
		return fail_usage("%s: --json or --csv, not both", command);
	if (args->keys && columns_of_keys(&report->set, args->keys, machine, &wrong, &length))
		return fail_usage("%s: no column '%.*s' (see: tmctl help %s)", command,
				  (int)length, wrong, command);
	if (!args->keys)
		columns_of_view(&report->set,
				report->format == TABLE_TEXT ? views_of(args, views) : machine,
				machine);
	return set_color(report, command, args->color);
}

static void print_first(const struct report *report, const char *first)
{
	if (first && report->format == TABLE_TEXT)
		printf("%-12s", first);
}

void report_header(const struct report *report, const char *first)
{
	bool bold = report->bold && report->format == TABLE_TEXT;

	if (bold)
		fputs("\033[1m", stdout);
	print_first(report, first);
	table_print_header(stdout, &report->set.table, report->format);
	if (bold)
		fputs("\033[0m", stdout);
}

void report_row(const struct report *report, const char *first, const struct row *row)
{
	print_first(report, first);
	columns_print(&report->set, report->format, row);
}
