// SPDX-License-Identifier: GPL-2.0-only
#include <cairo/cairo.h>
#include <string.h>

#include "canvas.h"
#include "label.h"

#define TEXT_MAX	1024	/* bytes that can be cut short */
#define HATCH_STEP	6	/* between two slanting lines */

struct canvas *canvas_new(enum canvas_format format, double width, double height,
			  const char *title)
{
	if (format == CANVAS_SVG)
		return canvas_svg_new(width, height, title);
	return canvas_cairo_new(format, width, height, title);
}

void canvas_free(struct canvas *canvas)
{
	if (canvas)
		canvas->ops->free(canvas);
}

/* A surface to measure on, made once: it goes with the program. */
static cairo_t *ruler(void)
{
	static cairo_t *cr;

	if (!cr) {
		cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);

		cr = cairo_create(surface);
		cairo_surface_destroy(surface);
	}
	return cr;
}

double canvas_text_width(const struct canvas_text *how, const char *s)
{
	cairo_text_extents_t extents = { 0 };

	cairo_select_font_face(ruler(), CANVAS_FONT, CAIRO_FONT_SLANT_NORMAL,
			       how->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(ruler(), how->size);
	cairo_text_extents(ruler(), s, &extents);
	return extents.x_advance;
}

void canvas_box(struct canvas *canvas, double x, double y, double width, double height,
		uint32_t colour, const char *tip)
{
	const struct canvas_point corners[] = {
		{ x, y }, { x + width, y }, { x + width, y + height }, { x, y + height },
	};

	canvas->ops->area(canvas, corners, 4, colour, tip);
}

void canvas_stroke(struct canvas *canvas, double x1, double y1, double x2, double y2,
		   const struct canvas_line *line)
{
	const struct canvas_point ends[] = { { x1, y1 }, { x2, y2 } };

	canvas->ops->line(canvas, ends, 2, line, NULL);
}

void canvas_write(struct canvas *canvas, double x, double y, const struct canvas_text *how,
		  const char *s)
{
	canvas->ops->text(canvas, (struct canvas_point){ x, y }, how, s);
}

void canvas_write_within(struct canvas *canvas, double x, double y, double width,
			 const struct canvas_text *how, const char *s)
{
	char text[TEXT_MAX];

	label_clean(s, text, sizeof(text));
	while (canvas_text_width(how, text) > width && label_shorten(text, sizeof(text)))
		;
	canvas_write(canvas, x, y, how, text);
}

/* Each line is the part of x + y = c that lies in the rectangle. */
void canvas_hatch(struct canvas *canvas, double x, double y, double width, double height,
		  const struct canvas_line *line)
{
	double first = x + y, last = x + width + y + height, c;

	for (c = first + HATCH_STEP / 2.0; c < last; c += HATCH_STEP) {
		double left = c - (y + height) > x ? c - (y + height) : x;
		double right = c - y < x + width ? c - y : x + width;

		canvas_stroke(canvas, left, c - left, right, c - right, line);
	}
}
