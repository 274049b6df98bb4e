// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <cairo/cairo-pdf.h>
#include <cairo/cairo.h>
#include <math.h>
#include <stdlib.h>

#include "canvas.h"

/**
 * struct cairo_canvas - a PNG or a PDF
 * @canvas: what every kind begins with
 * @format: which of both
 * @cr: draws
 * @surface: is drawn on
 * @pages: what a PDF has written so far
 * @bytes: what that is made of
 * @size: of @bytes
 */
struct cairo_canvas {
	struct canvas canvas;
	enum canvas_format format;
	cairo_t *cr;
	cairo_surface_t *surface;
	FILE *pages;
	char *bytes;
	size_t size;
};

static struct cairo_canvas *of(struct canvas *canvas)
{
	return (struct cairo_canvas *)canvas;
}

static void set_colour(struct cairo_canvas *c, uint32_t colour)
{
	cairo_set_source_rgb(c->cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
			     (colour & 0xff) / 255.0);
}

static void follow(struct cairo_canvas *c, const struct canvas_point *points, size_t n)
{
	size_t i;

	cairo_new_path(c->cr);
	for (i = 0; i < n; i++)
		cairo_line_to(c->cr, points[i].x, points[i].y);
}

static void area(struct canvas *canvas, const struct canvas_point *points, size_t n,
		 uint32_t colour, const char *tip)
{
	struct cairo_canvas *c = of(canvas);

	(void)tip;
	follow(c, points, n);
	cairo_close_path(c->cr);
	set_colour(c, colour);
	cairo_fill(c->cr);
}

static void line(struct canvas *canvas, const struct canvas_point *points, size_t n,
		 const struct canvas_line *how, const char *tip)
{
	static const double dashes[] = { 4, 3 };
	struct cairo_canvas *c = of(canvas);

	(void)tip;
	follow(c, points, n);
	set_colour(c, how->colour);
	cairo_set_line_width(c->cr, how->width);
	cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_dash(c->cr, dashes, how->dashed ? 2 : 0, 0);
	cairo_stroke(c->cr);
}

static void disc(struct canvas *canvas, struct canvas_point at, double radius, uint32_t colour,
		 uint32_t rim)
{
	struct cairo_canvas *c = of(canvas);

	cairo_new_path(c->cr);
	cairo_arc(c->cr, at.x, at.y, radius, 0, 2 * M_PI);
	set_colour(c, colour);
	cairo_fill_preserve(c->cr);
	set_colour(c, rim);
	cairo_set_line_width(c->cr, 1);
	cairo_set_dash(c->cr, NULL, 0, 0);
	cairo_stroke(c->cr);
}

static void text(struct canvas *canvas, struct canvas_point at, const struct canvas_text *how,
		 const char *s)
{
	struct cairo_canvas *c = of(canvas);
	double width = how->anchor == ANCHOR_START ? 0 : canvas_text_width(how, s);

	cairo_select_font_face(c->cr, CANVAS_FONT, CAIRO_FONT_SLANT_NORMAL,
			       how->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c->cr, how->size);
	set_colour(c, how->colour);
	cairo_move_to(c->cr, at.x - (how->anchor == ANCHOR_MIDDLE ? width / 2 : width), at.y);
	cairo_show_text(c->cr, s);
}

static cairo_status_t put(void *closure, const unsigned char *bytes, unsigned int n)
{
	return fwrite(bytes, 1, n, closure) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static int error_of(cairo_status_t status)
{
	switch (status) {
	case CAIRO_STATUS_SUCCESS:
		return 0;
	case CAIRO_STATUS_NO_MEMORY:
		return ENOMEM;
	case CAIRO_STATUS_WRITE_ERROR:
		return errno ? errno : EIO;
	default:
		return EIO;
	}
}

static int finish(struct canvas *canvas, FILE *out)
{
	struct cairo_canvas *c = of(canvas);
	cairo_status_t status = cairo_status(c->cr);

	errno = 0;
	if (status)
		return error_of(status);
	if (c->format == CANVAS_PNG)
		return error_of(cairo_surface_write_to_png_stream(c->surface, put, out));
	cairo_surface_finish(c->surface);
	status = cairo_surface_status(c->surface);
	if (!status && (fflush(c->pages) || fwrite(c->bytes, 1, c->size, out) != c->size))
		status = CAIRO_STATUS_WRITE_ERROR;
	return error_of(status);
}

static void forget(struct canvas *canvas)
{
	struct cairo_canvas *c = of(canvas);

	cairo_destroy(c->cr);
	cairo_surface_destroy(c->surface);
	if (c->pages)
		fclose(c->pages);
	free(c->bytes);
	free(c);
}

static const struct canvas_ops cairo_ops = { area, line, disc, text, finish, forget };

static cairo_surface_t *new_surface(struct cairo_canvas *c, const char *title)
{
	cairo_surface_t *surface;

	if (c->format == CANVAS_PNG)
		return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)c->canvas.width,
						  (int)c->canvas.height);
	surface = cairo_pdf_surface_create_for_stream(put, c->pages, c->canvas.width,
						      c->canvas.height);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	return surface;
}

struct canvas *canvas_cairo_new(enum canvas_format format, double width, double height,
				const char *title)
{
	struct cairo_canvas *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->canvas = (struct canvas){ &cairo_ops, width, height };
	c->format = format;
	c->pages = format == CANVAS_PDF ? open_memstream(&c->bytes, &c->size) : NULL;
	if (format == CANVAS_PDF && !c->pages) {
		free(c);
		return NULL;
	}
	c->surface = new_surface(c, title);
	c->cr = cairo_create(c->surface);
	if (cairo_status(c->cr)) {
		forget(&c->canvas);
		errno = ENOMEM;
		return NULL;
	}
	return &c->canvas;
}
