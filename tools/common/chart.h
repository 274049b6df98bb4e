/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of a chart in text: a letter a value, eight heights. */
#ifndef TMCTL_CHART_H
#define TMCTL_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHART_COLUMNS	60
#define CHART_BYTES	(CHART_COLUMNS * 3 + 1)	/* UTF-8, NUL included */

#define CHART_UNKNOWN	UINT64_MAX

/**
 * chart_line() - draw it
 * @values: from left to right
 * @count: how many, CHART_COLUMNS at most
 * @utf8: with blocks; otherwise with ASCII
 * @buf: CHART_BYTES for the line
 *
 * The greatest value has the greatest height, 0 none (a blank), all others one
 * at least. An unknown one is drawn as '?' where nothing before it is known,
 * otherwise like its neighbour.
 *
 * Return: the greatest value; CHART_UNKNOWN: none is known.
 */
uint64_t chart_line(const uint64_t *values, size_t count, bool utf8, char *buf);

#define CHART_HEIGHTS	8

/* A bar of that height (0: a blank) as a string, one column wide; above the greatest: that. */
const char *chart_bar(unsigned int height, bool utf8);

/* Whether the terminal takes UTF-8, as the environment says (LC_ALL, LC_CTYPE, LANG). */
bool chart_utf8(void);

#endif /* TMCTL_CHART_H */
