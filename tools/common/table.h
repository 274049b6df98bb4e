/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of fields, as a table for people, as CSV, or as JSON: one table of columns for all. */
#ifndef TMCTL_TABLE_H
#define TMCTL_TABLE_H

#include "field.h"
#include "status.h"

enum table_format {
	TABLE_TEXT,
	TABLE_JSON,
	TABLE_CSV,
};

/**
 * struct table_column - a field and its place in the table for people
 * @field: the field; its key heads the column of CSV
 * @width: to the right of so many places if positive; if negative, to the left of
 *	them, behind two spaces; 0: not for people
 */
struct table_column {
	struct field field;
	int width;
};

/**
 * struct table - what is shown of records of one kind
 * @schema: of a row in JSON
 * @csv_unknown: what CSV has where a figure is not known
 * @columns: the columns
 * @n: how many
 */
struct table {
	const char *schema;
	const char *csv_unknown;
	const struct table_column *columns;
	size_t n;
};

/* As the command line wants it. */
enum table_format table_format(bool json, bool csv);

/* What heads the rows; of JSON nothing does. */
void table_print_header(FILE *out, const struct table *table, enum table_format format);

/* @known: the mask that fields' needs are held against */
void table_print_row(FILE *out, const struct table *table, enum table_format format,
		     const void *record, uint64_t known);

#endif /* TMCTL_TABLE_H */
