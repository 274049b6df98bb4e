// SPDX-License-Identifier: GPL-2.0-only
/* tmctl get: one sample of the first target. */
#include <errno.h>
#include <stdio.h>

#include "columns.h"
#include "error.h"
#include "request.h"
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

static int get_fields(const struct options *opts, struct tm_device *dev)
{
	struct task_sample sample;
	struct row row;

	if (tm_get(dev, &sample))
		return request_failed(opts, dev, errno);
	row_fill(&row, &sample);
	if (opts->json)
		columns_print_json(&row, VIEW_GET);
	else
		columns_print_lines(&row, VIEW_GET);
	return STATUS_DONE;
}

static bool all;

static int cmd_get(const struct options *opts, int argc, char **argv)
{
	struct tm_device *dev;
	int status;

	if (argc)
		return fail_excess("get", argv[0]);
	dev = request_open(opts, &status);
	if (!dev)
		return status;
	if (opts->json || all)
		status = get_fields(opts, dev);
	else
		status = get_line(opts, dev);
	tm_close(dev);
	return status;
}

static const struct opt get_opts[] = {
	OPT_FLAG('a', "all", &all, "every figure, one a line"),
	OPT_FLAG('v', "verbose", &all, "the same"),
	OPT_END
};

const struct command command_get = {
	.name = "get",
	.run = cmd_get,
	.opts = get_opts,
	.usage = "[--all]",
	.help = "sample the target now",
};
