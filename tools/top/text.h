/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures as text, without printf: a screen has thousands of them. Each writes
 * what it says into @buf, terminated, and returns its bytes, fewer than TEXT_MAX.
 */
#ifndef TMCTL_TOP_TEXT_H
#define TMCTL_TOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX	160

size_t text_put(char *buf, const char *s);
size_t text_uint(char *buf, uint64_t value);
size_t text_tenths(char *buf, uint64_t tenths);	/* 12.3 */
size_t text_size(char *buf, uint64_t bytes);	/* 9999K, 9999M, 12.3G: six columns */
size_t text_cpu_time(char *buf, uint64_t ns);	/* minutes:seconds.hundredths, 23h59 */

/**
 * text_name() - a name that a process or a user has chosen, fit for a terminal
 * @buf: where to put it
 * @name: any bytes, terminated
 * @columns: the most that it may take there
 * @utf8: whether the terminal and the locale are for UTF-8
 * @used: set to how many columns it takes
 *
 * Whatever is no printable character with a width of its own becomes '?'.
 *
 * Return: its bytes.
 */
size_t text_name(char *buf, const char *name, int columns, bool utf8, int *used);

/**
 * text_columns() - how much of a line fits
 * @s: the line, as the functions above make it
 * @columns: what there is room for
 * @used: set to the columns that the part takes
 *
 * Return: the bytes of that part.
 */
size_t text_columns(const char *s, int columns, int *used);

#endif /* TMCTL_TOP_TEXT_H */
