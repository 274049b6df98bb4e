// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "status.h"
#include "theme.h"

static const struct theme themes[] = {
	{
		.name = "light",
		.background = 0xffffff, .panel = 0xf7f8fa, .grid = 0xe1e4e8, .axis = 0x8a9099,
		.text = 0x1f2430, .dim = 0x667080, .warning = 0xb3261e, .rest = 0xb4b9c1,
	},
	{
		.name = "dark",
		.background = 0x14171c, .panel = 0x1b1f26, .grid = 0x2c323b, .axis = 0x7a828e,
		.text = 0xe6e9ee, .dim = 0x98a1ae, .warning = 0xff8a80, .rest = 0x59616d,
	},
};

/*
 * Okabe and Ito's, the two that look alike to anybody apart; a violet in place
 * of their black, which one of the themes has for its background.
 */
static const uint32_t colours[] = {
	0x0072b2, 0xe69f00, 0x009e73, 0xd55e00, 0x56b4e9, 0xcc79a7, 0xf0e442, 0x7b5bb5,
};

const struct theme *theme_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(themes); i++) {
		if (!strcmp(themes[i].name, name))
			return &themes[i];
	}
	return NULL;
}

/* @parts of 100 of the other colour. */
static uint32_t mixed(uint32_t colour, uint32_t other, uint32_t parts)
{
	uint32_t result = 0;
	unsigned int shift;

	for (shift = 0; shift < 24; shift += 8) {
		uint32_t a = colour >> shift & 0xff, b = other >> shift & 0xff;

		result |= (a * (100 - parts) + b * parts) / 100 << shift;
	}
	return result;
}

uint32_t theme_colour(const struct theme *theme, size_t series)
{
	uint32_t colour = colours[series % ARRAY_SIZE(colours)];

	switch (series / ARRAY_SIZE(colours)) {
	case 0:
		return colour;
	case 1:
		return mixed(colour, theme->text, 45);
	default:
		return mixed(colour, theme->background, 50);
	}
}
