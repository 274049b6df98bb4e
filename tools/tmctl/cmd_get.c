// SPDX-License-Identifier: GPL-2.0-only
/* tmctl get: a sample of the first target, or of processes one names. */
#include <errno.h>
#include <stdio.h>

#include "error.h"
#include "report.h"
#include "request.h"
#include "sampling.h"
#include "tmctl.h"

/* The line is the module's own, not one that tmctl made to look like it. */
static int get_line(const struct options *opts, struct tm_device *dev)
{
	char text[TM_TEXT_SIZE];

	if (tm_get_text(dev, text, sizeof(text)) < 0)
		return request_failed(opts, dev, errno);
	fputs(text, stdout);
	return STATUS_DONE;
}

static bool all;
static struct report_args shown;
static struct selection_args chosen;

/* Text for people is a block, unless columns were named; the first line is the lab's. */
static void print_sample(const struct report *report, const struct task_sample *sample)
{
	bool in_columns = shown.keys || shown.cpu || shown.memory || shown.io || shown.switches;
	struct row row;

	row_fill(&row, sample);
	if (report->format != TABLE_TEXT || in_columns)
		report_row(report, NULL, &row);
	else if (all)
		columns_print_lines(&row, VIEW_GET);
	else if (sample->valid & TM_VALID_CPU)
		printf("pid %d usr %llu sys %llu\n", (int)sample->pid,
		       (unsigned long long)sample->utime, (unsigned long long)sample->stime);
	else
		printf("pid %d usr - sys -\n", (int)sample->pid);
}

static void print_header(const struct report *report)
{
	if (report->format == TABLE_CSV || shown.keys || shown.cpu || shown.memory || shown.io ||
	    shown.switches)
		report_header(report, NULL);
}

static int get_target(const struct options *opts, const struct report *report)
{
	struct task_sample sample;
	struct tm_device *dev;
	int status;

	dev = request_open(opts, &status);
	if (!dev)
		return status;
	if (report->format == TABLE_TEXT && !all && !shown.keys) {
		status = get_line(opts, dev);
	} else if (tm_get(dev, &sample)) {
		status = request_failed(opts, dev, errno);
	} else {
		print_header(report);
		print_sample(report, &sample);
	}
	tm_close(dev);
	return status;
}

static int get_chosen(const struct options *opts, const struct report *report, int argc,
		      char **argv)
{
	struct sampling sampling;
	size_t i;
	int status = sampling_begin(&sampling, opts, &chosen, "get", argc, argv, false);

	if (!status)
		status = sampling_take(&sampling);
	if (!status) {
		print_header(report);
		for (i = 0; i < sampling.batch.count; i++) {
			if (i && all && report->format == TABLE_TEXT)
				putchar('\n');
			print_sample(report, &sampling.batch.samples[i]);
		}
		status = sampling_missing(&sampling);
	}
	sampling_end(&sampling);
	return status;
}

static int cmd_get(const struct options *opts, int argc, char **argv)
{
	static struct report report;
	int status = report_begin(&report, &shown, opts, "get", VIEW_LIST, VIEW_GET);

	if (status)
		return status;
	if (argc || selection_given(&chosen))
		return get_chosen(opts, &report, argc, argv);
	return get_target(opts, &report);
}

static const struct opt get_opts[] = {
	OPT_FLAG('a', "all", &all, "every figure, one a line"),
	OPT_FLAG('v', "verbose", &all, "the same"),
	SELECTION_OPTS(chosen),
	SELECTION_THREADS(chosen),
	REPORT_OPTS(shown),
	OPT_END
};

const struct command command_get = {
	.name = "get",
	.run = cmd_get,
	.opts = get_opts,
	.usage = "[OPTION]... [PID]...",
	.help = "sample the target, or processes you choose, now",
	.details =
		"Examples:\n"
		"  tmctl get                         the default session's target\n"
		"  tmctl get -j 4711 4712            two processes, all figures\n",
	.more_help = columns_print_keys,
};
