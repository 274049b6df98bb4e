// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chart.h"

static const char *const blocks[CHART_HEIGHTS + 1] = {
	" ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588",
};
static const char *const letters[CHART_HEIGHTS + 1] = {
	" ", ".", ":", "-", "=", "+", "*", "#", "@",
};

const char *chart_bar(unsigned int height, bool utf8)
{
	return (utf8 ? blocks : letters)[height < CHART_HEIGHTS ? height : CHART_HEIGHTS];
}

static uint64_t greatest(const uint64_t *values, size_t count)
{
	uint64_t most = CHART_UNKNOWN;
	size_t i;

	for (i = 0; i < count; i++) {
		if (values[i] != CHART_UNKNOWN && (most == CHART_UNKNOWN || values[i] > most))
			most = values[i];
	}
	return most;
}

/* Rounded up: what is there is seen. */
static unsigned int height(uint64_t value, uint64_t most)
{
	double part = (double)value / (double)(most ? most : 1) * CHART_HEIGHTS;
	unsigned int whole = (unsigned int)part;

	return whole + (part > (double)whole && whole < CHART_HEIGHTS);
}

uint64_t chart_line(const uint64_t *values, size_t count, bool utf8, char *buf)
{
	uint64_t most = greatest(values, count);
	const char *sign = "?";
	size_t used = 0, i;

	for (i = 0; i < count && i < CHART_COLUMNS; i++) {
		if (values[i] != CHART_UNKNOWN)
			sign = chart_bar(height(values[i], most), utf8);
		memcpy(buf + used, sign, strlen(sign));
		used += strlen(sign);
	}
	buf[used] = '\0';
	return most;
}

bool chart_utf8(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL, *code;
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (!locale || !*locale)
			locale = getenv(variables[i]);
	}
	code = locale ? strchr(locale, '.') : NULL;
	return code && (!strncasecmp(code, ".UTF-8", 6) || !strncasecmp(code, ".UTF8", 5));
}
