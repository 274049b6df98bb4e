/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of fields, as a table for people, as CSV, or as JSON: one table of columns for all. */
#ifndef TMCTL_TABLE_H
#define TMCTL_TABLE_H

#include "field.h"
#include "tmctl.h"

/**
 * struct table_column - a field and its place in the table for people
 * @field: the field; its key heads the column of CSV
 * @width: to the right if positive, to the left if negative, 0: not for people
 */
struct table_column {
	struct field field;
	int width;
};

struct table {
	const char *schema;
	const struct table_column *columns;
	size_t n;
};

/* What heads the rows; of JSON nothing does. */
void table_print_header(const struct table *table, const struct options *opts);

/* @known: the mask that fields' needs are held against */
void table_print_row(const struct table *table, const struct options *opts, const void *record,
		     uint64_t known);

#endif /* TMCTL_TABLE_H */
