// SPDX-License-Identifier: GPL-2.0-only
/* tmctl list: a table of the targets, or of any processes, as they are now. */
#include <stdio.h>

#include "error.h"
#include "report.h"
#include "request.h"
#include "sampling.h"
#include "selection.h"
#include "tmctl.h"

static struct selection_args chosen;
static struct report_args shown;

static void print_rows(const struct report *report, const struct batch *batch)
{
	struct row row;
	size_t i;

	for (i = 0; i < batch->count; i++) {
		row_fill(&row, &batch->samples[i]);
		report_row(report, NULL, &row);
	}
}

static int list(const struct options *opts, struct report *report, int argc, char **argv)
{
	struct sampling sampling;
	int status;

	status = sampling_begin(&sampling, opts, &chosen, "list", argc, argv, false);
	if (!status)
		status = sampling_take(&sampling);
	if (!status) {
		report_header(report, NULL);
		print_rows(report, &sampling.batch);
		if (!sampling.batch.count && report->format == TABLE_TEXT)
			fputs("tmctl: list: no target (add one: tmctl add PID; or see: tmctl list "
			      "--help)\n", stderr);
		status = sampling_missing(&sampling);
	}
	sampling_end(&sampling);
	return status;
}

static int cmd_list(const struct options *opts, int argc, char **argv)
{
	static struct report report;
	int status = report_begin(&report, &shown, opts, "list", VIEW_LIST, VIEW_GET);

	return status ? status : list(opts, &report, argc, argv);
}

static const struct opt list_opts[] = {
	SELECTION_OPTS(chosen),
	SELECTION_THREADS(chosen),
	REPORT_OPTS(shown),
	OPT_END
};

const struct command command_list = {
	.name = "list",
	.run = cmd_list,
	.opts = list_opts,
	.usage = "[OPTION]... [PID]...",
	.help = "the targets, or processes you choose, as they are now",
	.details =
		"Without PIDs and without -p, -C, -U, -G: the default session's targets.\n"
		"\n"
		"Examples:\n"
		"  tmctl list                        what the module's own session watches\n"
		"  tmctl list -U www-data -r         memory of a user's processes\n"
		"  tmctl list -p ALL -o pid,rss_bytes,comm --csv\n",
	.more_help = columns_print_keys,
};
