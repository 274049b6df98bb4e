/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of tmctl watch as they come, whoever is watched. */
#ifndef TMCTL_WATCH_OUTPUT_H
#define TMCTL_WATCH_OUTPUT_H

#include <stdint.h>

#include "report.h"

/**
 * struct watch_output - what has been printed
 * @report: columns and format
 * @average: the columns of an average
 * @interval_ns: between two rows
 * @printed: rows so far
 * @lines_left: rows until the header comes again; 0: never
 */
struct watch_output {
	struct report report;
	struct report average;
	uint64_t interval_ns;
	uint64_t printed;
	unsigned int lines_left;
};

/* A header, behind an empty line if there was something before. */
void watch_output_header(struct watch_output *out);

/* A row, behind the header where that is due. */
void watch_output_row(struct watch_output *out, const struct row *row);

/* The same where the header is the caller's business. */
void watch_output_plain_row(struct watch_output *out, const struct row *row);

/* Nothing in CSV, whose rows are all of one kind. */
void watch_output_average(struct watch_output *out, const struct row *row);

#endif /* TMCTL_WATCH_OUTPUT_H */
