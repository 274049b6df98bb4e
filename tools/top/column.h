/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns: one table for the headings, the text, the sorting and the names of
 * it, for JSON and CSV.
 */
#ifndef TMCTL_TOP_COLUMN_H
#define TMCTL_TOP_COLUMN_H

#include <stdio.h>

#include "procs.h"
#include "table.h"
#include "text.h"

/**
 * struct style - how things are written
 * @utf8: the terminal and the locale are for UTF-8
 */
struct style {
	bool utf8;
};

/**
 * struct column - one of them
 * @field: for programs; its heading is for people, too
 * @sort: what the column is called where one sorts by it; NULL: nobody does
 * @width: as in struct table_column: to the right of so many, or if negative
 *	filled up by @text itself; 0: not for people
 * @rank: the greater the sooner it has to go where there is no room; 0: never
 * @key: the greatest comes first; NULL: by @text
 * @text: as of text.h; of an unknown figure nothing is written
 */
struct column {
	struct field field;
	const char *sort;
	int width;
	unsigned int rank;
	uint64_t (*key)(const struct proc *proc);
	size_t (*text)(const struct proc *proc, const struct style *style, char *buf);
};

extern const struct column columns[];
extern const size_t column_count;

/* By the name that one sorts by; NULL: there is none. */
const struct column *column_find(const char *sort);

/* A process for programs. @screen, @realtime_ns: what it is part of */
void record_print_csv_header(FILE *out);
void record_print(FILE *out, const struct proc *proc, bool csv, uint64_t screen,
		       uint64_t realtime_ns);

#endif /* TMCTL_TOP_COLUMN_H */
