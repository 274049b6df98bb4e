// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "field.h"
#include "status.h"
#include "utf8.h"

static const void *at(const struct field *field, const void *record)
{
	return (const char *)record + field->offset;
}

static uint64_t get_unsigned(const struct field *field, const void *record)
{
	const void *p = at(field, record);

	switch (field->size) {
	case 1:
		return *(const uint8_t *)p;
	case 2:
		return *(const uint16_t *)p;
	case 4:
		return *(const uint32_t *)p;
	default:
		assert(field->size == 8);
		return *(const uint64_t *)p;
	}
}

static void number_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64, get_unsigned(field, record));
}

static void number_json(const struct field *field, const void *record, struct json *json)
{
	json_uint(json, field->key, get_unsigned(field, record));
}

const struct field_type field_number = { number_text, number_json };

static int32_t get_signed(const struct field *field, const void *record)
{
	assert(field->size == sizeof(int32_t));
	return *(const int32_t *)at(field, record);
}

static void signed_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%" PRId32, get_signed(field, record));
}

static void signed_json(const struct field *field, const void *record, struct json *json)
{
	json_int(json, field->key, get_signed(field, record));
}

const struct field_type field_signed = { signed_text, signed_json };

static void bytes_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64, get_unsigned(field, record) / 1024);
}

const struct field_type field_bytes = { bytes_text, number_json };

static void seconds_text(const struct field *field, const void *record, char *buf)
{
	uint64_t ns = get_unsigned(field, record);

	snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64 ".%09" PRIu64, ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC);
}

const struct field_type field_seconds = { seconds_text, number_json };

/* Cut, not rounded: no sum of such figures is more than the figure of the sum. */
static void micros_text(const struct field *field, const void *record, char *buf)
{
	uint64_t us = get_unsigned(field, record) / 1000;

	snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

const struct field_type field_micros = { micros_text, number_json };

/* In the largest unit that leaves something before the point. */
static void span_text(const struct field *field, const void *record, char *buf)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 } };
	uint64_t ns = get_unsigned(field, record);
	size_t i = 0;

	while (ns < units[i].ns && i < ARRAY_SIZE(units) - 1)
		i++;
	if (ns % units[i].ns)
		snprintf(buf, FIELD_TEXT_MAX, "%.3f %s", (double)ns / (double)units[i].ns,
			 units[i].name);
	else
		snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64 " %s", ns / units[i].ns, units[i].name);
}

const struct field_type field_span = { span_text, number_json };

static double get_double(const struct field *field, const void *record)
{
	assert(field->size == sizeof(double));
	return *(const double *)at(field, record);
}

static void percent_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%.2f", get_double(field, record));
}

static void percent_json(const struct field *field, const void *record, struct json *json)
{
	json_real(json, field->key, get_double(field, record));
}

const struct field_type field_percent = { percent_text, percent_json };

static void rate_bytes_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%.2f", get_double(field, record) / 1024.0);
}

const struct field_type field_rate_bytes = { rate_bytes_text, percent_json };

static void ppm_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%.2f", (double)get_unsigned(field, record) / 10000.0);
}

const struct field_type field_ppm = { ppm_text, number_json };

static void version_text(const struct field *field, const void *record, char *buf)
{
	uint64_t version = get_unsigned(field, record);

	snprintf(buf, FIELD_TEXT_MAX, "%u.%u.%u", (unsigned int)(version >> 16),
		 (unsigned int)(version >> 8 & 0xff), (unsigned int)(version & 0xff));
}

static void version_json(const struct field *field, const void *record, struct json *json)
{
	char buf[FIELD_TEXT_MAX];

	version_text(field, record, buf);
	json_string(json, field->key, buf, strlen(buf));
}

const struct field_type field_version = { version_text, version_json };

static bool get_flag(const struct field *field, const void *record)
{
	return get_unsigned(field, record) & field->mask;
}

static void flag_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%s", get_flag(field, record) ? "yes" : "no");
}

static void flag_json(const struct field *field, const void *record, struct json *json)
{
	json_bool(json, field->key, get_flag(field, record));
}

const struct field_type field_flag = { flag_text, flag_json };

static void name_text(const struct field *field, const void *record, char *buf)
{
	utf8_printable(at(field, record), buf, FIELD_TEXT_MAX);
}

static void name_json(const struct field *field, const void *record, struct json *json)
{
	const char *name = at(field, record);

	json_string(json, field->key, name, strnlen(name, field->size));
}

const struct field_type field_name = { name_text, name_json };

static const char *get_string(const struct field *field, const void *record)
{
	return *(const char *const *)at(field, record);
}

static void string_text(const struct field *field, const void *record, char *buf)
{
	snprintf(buf, FIELD_TEXT_MAX, "%s", get_string(field, record));
}

static void string_json(const struct field *field, const void *record, struct json *json)
{
	json_string(json, field->key, get_string(field, record), strlen(get_string(field, record)));
}

const struct field_type field_string = { string_text, string_json };

static void letter_text(const struct field *field, const void *record, char *buf)
{
	char letter[2] = { (char)get_unsigned(field, record) };

	utf8_printable(letter, buf, FIELD_TEXT_MAX);
}

static void letter_json(const struct field *field, const void *record, struct json *json)
{
	char letter = (char)get_unsigned(field, record);

	json_string(json, field->key, &letter, 1);
}

const struct field_type field_letter = { letter_text, letter_json };

static void wallclock_text(const struct field *field, const void *record, char *buf)
{
	uint64_t ns = get_unsigned(field, record);
	time_t seconds = (time_t)(ns / NSEC_PER_SEC);
	size_t length;
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	length = strftime(buf, FIELD_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(buf + length, FIELD_TEXT_MAX - length, ".%03u",
		 (unsigned int)(ns % NSEC_PER_SEC / 1000000));
}

const struct field_type field_wallclock = { wallclock_text, number_json };

static bool is_known(const struct field *field, const void *record, uint64_t known)
{
	if ((known & field->needs) != field->needs)
		return false;
	return !field->zero_unknown || get_unsigned(field, record);
}

void field_to_text(const struct field *field, const void *record, uint64_t known, char *buf)
{
	if (is_known(field, record, known))
		field->type->text(field, record, buf);
	else
		memcpy(buf, "-", 2);
}

void field_to_json(const struct field *field, const void *record, uint64_t known, struct json *json)
{
	if (is_known(field, record, known))
		field->type->json(field, record, json);
	else
		json_null(json, field->key);
}

void fields_print_json(FILE *out, const char *schema, const struct field *fields, size_t n,
		       const void *record, uint64_t known)
{
	struct json json;
	size_t i;

	json_begin(&json, out, schema);
	for (i = 0; i < n; i++)
		field_to_json(&fields[i], record, known, &json);
	json_end(&json);
}

void field_fprint_line(FILE *out, const struct field *field, const void *record, uint64_t known)
{
	char text[FIELD_TEXT_MAX];
	bool with_unit;

	field_to_text(field, record, known, text);
	with_unit = field->unit && is_known(field, record, known);
	fprintf(out, "%-16s %s%s%s\n", field->heading, text, with_unit ? " " : "",
		with_unit ? field->unit : "");
}

void field_print_line(const struct field *field, const void *record, uint64_t known)
{
	field_fprint_line(stdout, field, record, known);
}
