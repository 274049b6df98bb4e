// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

enum table_format table_format(bool json, bool csv)
{
	return json ? TABLE_JSON : csv ? TABLE_CSV : TABLE_TEXT;
}

static void print_cell(FILE *out, const struct table_column *column, const char *text)
{
	if (column->width)
		fprintf(out, "%s%*s", column->width < 0 ? "  " : "", column->width, text);
}

static void print_csv_header(FILE *out, const struct table *table)
{
	struct json json;
	size_t i;

	csv_begin(&json, out, table->csv_unknown);
	for (i = 0; i < table->n; i++)
		csv_heading(&json, table->columns[i].field.key);
	csv_end(&json);
}

void table_print_header(FILE *out, const struct table *table, enum table_format format)
{
	size_t i;

	if (format == TABLE_CSV)
		print_csv_header(out, table);
	if (format != TABLE_TEXT)
		return;
	for (i = 0; i < table->n; i++)
		print_cell(out, &table->columns[i], table->columns[i].field.heading);
	fputc('\n', out);
}

static void print_text(FILE *out, const struct table *table, const void *record, uint64_t known)
{
	char text[FIELD_TEXT_MAX];
	size_t i;

	for (i = 0; i < table->n; i++) {
		if (!table->columns[i].width)
			continue;
		field_to_text(&table->columns[i].field, record, known, text);
		print_cell(out, &table->columns[i], text);
	}
	fputc('\n', out);
}

static void put_fields(struct json *json, const struct table *table, const void *record,
		       uint64_t known)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		field_to_json(&table->columns[i].field, record, known, json);
}

void table_print_row(FILE *out, const struct table *table, enum table_format format,
		     const void *record, uint64_t known)
{
	struct json json;

	switch (format) {
	case TABLE_TEXT:
		print_text(out, table, record, known);
		break;
	case TABLE_JSON:
		json_begin(&json, out, table->schema);
		put_fields(&json, table, record, known);
		json_end(&json);
		break;
	case TABLE_CSV:
		csv_begin(&json, out, table->csv_unknown);
		put_fields(&json, table, record, known);
		csv_end(&json);
		break;
	}
}
