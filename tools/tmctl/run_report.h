/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl run tells at the end: a summary, a chart, a table of the processes. */
#ifndef TMCTL_RUN_REPORT_H
#define TMCTL_RUN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run_tree.h"
#include "table.h"

/**
 * struct run_result - a run that is over
 * @argv: the command
 * @tree: its processes
 * @exit_code: of the command, as wait4(2) gives it
 * @elapsed_ns: how long it ran
 * @interval_ns: between two samples
 * @records: how many records there were
 * @lost: how many of them were overwritten before they were read
 * @dropped: processes that could not be watched
 * @missed_ticks: samples that were due and not taken
 */
struct run_result {
	char *const *argv;
	const struct tree *tree;
	int32_t exit_code;
	uint64_t elapsed_ns;
	uint64_t interval_ns;
	uint64_t records;
	uint64_t lost;
	uint64_t dropped;
	uint64_t missed_ticks;
};

/**
 * run_report() - tell it
 * @out: where to
 * @result: what has happened
 * @format: how; as CSV the table of processes alone
 * @top: no more than so many processes, those with most CPU time
 * @chart: with a chart, as text
 *
 * Return: 0, or -ENOMEM. Whether @out took it is the caller's to see.
 */
int run_report(FILE *out, const struct run_result *result, enum table_format format, size_t top,
	       bool chart);

#endif /* TMCTL_RUN_REPORT_H */
