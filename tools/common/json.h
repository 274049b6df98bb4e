/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One JSON object, on one line, as tmctl prints them: no nesting, numbers as
 * numbers, null for what is not known. The first key is always "schema", which
 * names what the other keys mean; within a schema keys are only ever added.
 */
#ifndef TMCTL_JSON_H
#define TMCTL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	const char *csv;	/* a row of a table is written, with this for what is not known */
	bool first;		/* nothing stands in that row yet */
};

void json_begin(struct json *json, FILE *out, const char *schema);
void json_end(struct json *json);

void json_uint(struct json *json, const char *key, uint64_t value);
void json_int(struct json *json, const char *key, int64_t value);
/* Four digits behind the point; null unless it is finite. */
void json_real(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* Any @length bytes. Those that are not valid UTF-8 become U+FFFD, each. */
void json_string(struct json *json, const char *key, const char *s, size_t length);

/* A string alone, in its quotes, the same way. */
void json_quote(FILE *out, const char *s, size_t length);

/*
 * The same as comma-separated values, RFC 4180 but for its line ends: a row
 * without keys, @unknown for what is not known, strings in quotes, with '?' for
 * what no terminal should see.
 */
void csv_begin(struct json *json, FILE *out, const char *unknown);
void csv_end(struct json *json);

/* A cell of a header. */
void csv_heading(struct json *json, const char *key);

#endif /* TMCTL_JSON_H */
