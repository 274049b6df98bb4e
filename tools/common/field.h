/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A field: one figure of a record, described once for every way to show it.
 *
 * The record is any structure; a table of fields says where in it each figure
 * stands, what it is called, and when it is known. Text for people and JSON
 * for machines are made from the same line of the table.
 */
#ifndef TMCTL_FIELD_H
#define TMCTL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

#define FIELD_TEXT_MAX	96	/* bytes of a field's text, NUL included */

struct field;

/**
 * struct field_type - how a figure is written
 * @text: for people, into FIELD_TEXT_MAX bytes
 * @json: for machines, under the field's key
 *
 * Both are called for known figures only, with the record the field is of.
 */
struct field_type {
	void (*text)(const struct field *field, const void *record, char *buf);
	void (*json)(const struct field *field, const void *record, struct json *json);
};

extern const struct field_type field_number;	/* unsigned */
extern const struct field_type field_signed;
extern const struct field_type field_bytes;	/* bytes; KiB for people */
extern const struct field_type field_seconds;	/* nanoseconds; s.nnnnnnnnn for people */
extern const struct field_type field_micros;	/* nanoseconds; s.uuuuuu for people */
extern const struct field_type field_span;	/* nanoseconds; 1.5 ms for people */
extern const struct field_type field_percent;	/* double */
extern const struct field_type field_rate_bytes;	/* double, bytes a second; KiB for people */
extern const struct field_type field_ppm;	/* millionths; percent for people */
extern const struct field_type field_version;	/* major << 16 | minor << 8 | patch */
extern const struct field_type field_flag;	/* a bit of an unsigned, .mask */
extern const struct field_type field_name;	/* char[.size], terminated, any bytes */
extern const struct field_type field_string;	/* const char * */
extern const struct field_type field_letter;	/* one ASCII letter */
extern const struct field_type field_wallclock;	/* nanoseconds since 1970 */

/**
 * struct field - one figure of a record
 * @key: its name in JSON, with its unit; never changed once released
 * @heading: its name for people
 * @unit: what people read behind it where there is no heading, or NULL
 * @type: how it is written
 * @offset: where it stands in the record
 * @size: its size there
 * @needs: bits that must all be set in the record's mask for it to be known
 * @mask: the bit, of a flag
 * @zero_unknown: 0 means that it is not known
 * @shows: whatever the table's owner uses to choose among fields
 */
struct field {
	const char *key;
	const char *heading;
	const char *unit;
	const struct field_type *type;
	size_t offset;
	size_t size;
	uint64_t needs;
	uint32_t mask;
	bool zero_unknown;
	unsigned int shows;
};

/* Where a field stands, for its table. */
#define FIELD_AT(record, member) \
	.offset = offsetof(record, member), .size = sizeof(((record *)0)->member)

/* @known: the mask that @needs is held against. */
void field_to_text(const struct field *field, const void *record, uint64_t known, char *buf);
void field_to_json(const struct field *field, const void *record, uint64_t known, struct json *json);

/* An object of all @n fields. */
void fields_print_json(FILE *out, const char *schema, const struct field *fields, size_t n,
		       const void *record, uint64_t known);

/* A line for people: the heading, the figure, its unit. */
void field_fprint_line(FILE *out, const struct field *field, const void *record, uint64_t known);

/* The same to stdout. */
void field_print_line(const struct field *field, const void *record, uint64_t known);

#endif /* TMCTL_FIELD_H */
