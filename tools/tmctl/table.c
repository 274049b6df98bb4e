// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static void print_cell(const struct table_column *column, const char *text, bool first)
{
	printf("%s%*s", first ? "" : "  ", column->width, text);
}

static void print_heads(const struct table *table)
{
	bool first = true;
	size_t i;

	for (i = 0; i < table->n; i++) {
		if (!table->columns[i].width)
			continue;
		print_cell(&table->columns[i], table->columns[i].field.heading, first);
		first = false;
	}
}

static void print_keys(const struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		printf("%s%s", i ? "," : "", table->columns[i].field.key);
}

void table_print_header(const struct table *table, const struct options *opts)
{
	if (opts->json)
		return;
	if (opts->csv)
		print_keys(table);
	else
		print_heads(table);
	putchar('\n');
}

static void print_text(const struct table *table, const void *record, uint64_t known)
{
	bool first = true;
	size_t i;

	for (i = 0; i < table->n; i++) {
		char text[FIELD_TEXT_MAX];

		if (!table->columns[i].width)
			continue;
		field_to_text(&table->columns[i].field, record, known, text);
		print_cell(&table->columns[i], text, first);
		first = false;
	}
	putchar('\n');
}

static void print_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

/* Numbers as JSON has them, in the units that the key names; text as people see it, in quotes. */
static void print_csv_cell(const struct field *field, const void *record, uint64_t known)
{
	char text[FIELD_TEXT_MAX], *value = NULL, *colon;
	size_t size;
	struct json json = { .out = open_memstream(&value, &size) };

	if (!json.out)
		return;
	field_to_json(field, record, known, &json);
	fclose(json.out);
	colon = value ? strchr(value, ':') : NULL;
	if (colon && !strcmp(colon, ":null")) {
		putchar('-');
	} else if (colon && colon[1] == '"') {
		field_to_text(field, record, known, text);
		print_quoted(text);
	} else if (colon) {
		fputs(colon + 1, stdout);
	}
	free(value);
}

static void print_csv(const struct table *table, const void *record, uint64_t known)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		if (i)
			putchar(',');
		print_csv_cell(&table->columns[i].field, record, known);
	}
	putchar('\n');
}

void table_print_row(const struct table *table, const struct options *opts, const void *record,
		     uint64_t known)
{
	struct json json;
	size_t i;

	if (opts->csv) {
		print_csv(table, record, known);
	} else if (opts->json) {
		json_begin(&json, stdout, table->schema);
		for (i = 0; i < table->n; i++)
			field_to_json(&table->columns[i].field, record, known, &json);
		json_end(&json);
	} else {
		print_text(table, record, known);
	}
}
