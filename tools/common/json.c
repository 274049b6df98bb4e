// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

static void put_char(FILE *out, uint32_t code, const char *bytes, size_t length)
{
	if (code == '"' || code == '\\')
		fprintf(out, "\\%c", (int)code);
	else if (code == '\n')
		fputs("\\n", out);
	else if (code == '\t')
		fputs("\\t", out);
	else if (code < 0x20 || code == 0x7f)
		fprintf(out, "\\u%04" PRIx32, code);
	else
		fwrite(bytes, 1, length, out);
}

void json_quote(FILE *out, const char *s, size_t length)
{
	putc('"', out);
	while (length) {
		uint32_t code = 0;
		size_t bytes = utf8_decode(s, length, &code);

		if (bytes) {
			put_char(out, code, s, bytes);
		} else {
			fputs("\\ufffd", out);
			bytes = 1;
		}
		s += bytes;
		length -= bytes;
	}
	putc('"', out);
}

/* Keys are our own and need no escaping. */
static FILE *put_key(struct json *json, const char *key)
{
	if (!json->csv)
		fprintf(json->out, ",\"%s\":", key);
	else if (!json->first)
		putc(',', json->out);
	json->first = false;
	return json->out;
}

/* Names are short; what is longer than a cell is cut. */
static void put_cell(FILE *out, const char *s, size_t length)
{
	char name[256], text[sizeof(name)];
	const char *c;

	snprintf(name, sizeof(name), "%.*s", (int)(length < sizeof(name) ? length : sizeof(name)),
		 s);
	utf8_printable(name, text, sizeof(text));
	putc('"', out);
	for (c = text; *c; c++) {
		if (*c == '"')
			putc('"', out);
		putc(*c, out);
	}
	putc('"', out);
}

void json_begin(struct json *json, FILE *out, const char *schema)
{
	*json = (struct json){ .out = out };
	fprintf(out, "{\"schema\":\"%s\"", schema);
}

void json_end(struct json *json)
{
	fputs("}\n", json->out);
}

void json_uint(struct json *json, const char *key, uint64_t value)
{
	fprintf(put_key(json, key), "%" PRIu64, value);
}

void json_int(struct json *json, const char *key, int64_t value)
{
	fprintf(put_key(json, key), "%" PRId64, value);
}

void json_real(struct json *json, const char *key, double value)
{
	if (isfinite(value))
		fprintf(put_key(json, key), "%.4f", value);
	else
		json_null(json, key);
}

void json_bool(struct json *json, const char *key, bool value)
{
	fputs(value ? "true" : "false", put_key(json, key));
}

void json_null(struct json *json, const char *key)
{
	fputs(json->csv ? json->csv : "null", put_key(json, key));
}

void json_string(struct json *json, const char *key, const char *s, size_t length)
{
	if (json->csv)
		put_cell(put_key(json, key), s, length);
	else
		json_quote(put_key(json, key), s, length);
}

void csv_begin(struct json *json, FILE *out, const char *unknown)
{
	*json = (struct json){ .out = out, .csv = unknown, .first = true };
}

void csv_end(struct json *json)
{
	putc('\n', json->out);
}

void csv_heading(struct json *json, const char *key)
{
	fputs(key, put_key(json, key));
}
