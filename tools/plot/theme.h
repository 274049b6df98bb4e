/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours. */
#ifndef PLOT_THEME_H
#define PLOT_THEME_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct theme - the colours of a picture, 0xRRGGBB
 * @name: what --theme calls it
 * @background: behind all
 * @panel: behind the data
 * @grid: lines at the ticks
 * @axis: the line at 0, and limits
 * @text: what is to be read
 * @dim: what may be read
 * @warning: what must not be missed
 * @rest: the series of all others
 */
struct theme {
	const char *name;
	uint32_t background;
	uint32_t panel;
	uint32_t grid;
	uint32_t axis;
	uint32_t text;
	uint32_t dim;
	uint32_t warning;
	uint32_t rest;
};

/* NULL: there is none of that name. */
const struct theme *theme_find(const char *name);

/*
 * The colour of a series, of SERIES_MAX: eight that people with any kind of
 * colour vision tell apart, then the same nearer to the text, then nearer to
 * the background.
 */
uint32_t theme_colour(const struct theme *theme, size_t series);

#endif /* PLOT_THEME_H */
