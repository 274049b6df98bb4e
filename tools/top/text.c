// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <wchar.h>

#include "clock.h"
#include "text.h"
#include "utf8.h"

#define KIB	1024ULL
#define WHOLE	10000	/* from here on the next unit is taken */

size_t text_put(char *buf, const char *s)
{
	size_t length = strlen(s);

	memcpy(buf, s, length + 1);
	return length;
}

size_t text_uint(char *buf, uint64_t value)
{
	char digits[20], *digit = digits;
	size_t length, i;

	do {
		*digit++ = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	length = (size_t)(digit - digits);
	for (i = 0; i < length; i++)
		buf[i] = *--digit;
	buf[length] = '\0';
	return length;
}

static size_t put_char(char *buf, char c)
{
	buf[0] = c;
	buf[1] = '\0';
	return 1;
}

size_t text_tenths(char *buf, uint64_t tenths)
{
	size_t length = text_uint(buf, tenths / 10);

	buf[length++] = '.';
	return length + put_char(buf + length, (char)('0' + tenths % 10));
}

size_t text_size(char *buf, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	uint64_t kib = bytes / KIB, unit = 1;
	size_t length, i = 0;

	while (kib / unit >= WHOLE && i + 1 < sizeof(units) - 1) {
		unit *= KIB;
		i++;
	}
	/* From gigabytes on a whole number would say too little. */
	if (i >= 2 && kib / unit < 1000)
		length = text_tenths(buf, kib * 10 / unit);
	else
		length = text_uint(buf, kib / unit);
	return length + put_char(buf + length, units[i]);
}

static size_t two_digits(char *buf, uint64_t value)
{
	buf[0] = (char)('0' + value / 10 % 10);
	return 1 + put_char(buf + 1, (char)('0' + value % 10));
}

size_t text_cpu_time(char *buf, uint64_t ns)
{
	uint64_t seconds = ns / NSEC_PER_SEC, minutes = seconds / 60;
	size_t length;

	if (minutes >= 1000) {
		length = text_uint(buf, minutes / 60);
		buf[length++] = 'h';
		return length + two_digits(buf + length, minutes % 60);
	}
	length = text_uint(buf, minutes);
	buf[length++] = ':';
	length += two_digits(buf + length, seconds % 60);
	buf[length++] = '.';
	return length + two_digits(buf + length, ns / (NSEC_PER_SEC / 100) % 100);
}

/* A character's bytes, and its columns; 0 columns: it is none that may be shown. */
static size_t next_char(const char *s, size_t length, bool utf8, int *columns)
{
	unsigned char first = (unsigned char)*s;
	uint32_t code = 0;
	size_t bytes;
	int width;

	if (first < 0x80) {
		*columns = first >= 0x20 && first != 0x7f;
		return 1;
	}
	bytes = utf8 ? utf8_decode(s, length, &code) : 0;
	width = bytes ? wcwidth((wchar_t)code) : 0;
	*columns = width > 0 ? width : 0;
	return bytes ? bytes : 1;
}

size_t text_name(char *buf, const char *name, int columns, bool utf8, int *used)
{
	size_t left = strlen(name), length = 0, bytes;
	int width;

	for (*used = 0; left; name += bytes, left -= bytes) {
		bytes = next_char(name, left, utf8, &width);
		if (*used + (width ? width : 1) > columns || length + bytes >= TEXT_MAX)
			break;
		if (width) {
			memcpy(buf + length, name, bytes);
			length += bytes;
			*used += width;
		} else {
			buf[length++] = '?';
			++*used;
		}
	}
	buf[length] = '\0';
	return length;
}

size_t text_columns(const char *s, int columns, int *used)
{
	size_t left = strlen(s), length = 0, bytes;
	int width;

	for (*used = 0; left; length += bytes, left -= bytes) {
		bytes = next_char(s + length, left, true, &width);
		if (*used + width > columns)
			break;
		*used += width;
	}
	return length;
}
