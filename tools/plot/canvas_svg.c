// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVG. Coordinates are written in tenths of a pixel, each as the step from the
 * one before as it was written: so the errors do not add up, and what goes
 * straight across or up, as most does, is a letter and a number.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "canvas.h"

/**
 * struct svg_canvas - an SVG
 * @canvas: what every kind begins with
 * @title: what the picture is called
 * @body: where the elements are written
 * @bytes: what that is made of
 * @size: of @bytes
 */
struct svg_canvas {
	struct canvas canvas;
	const char *title;
	FILE *body;
	char *bytes;
	size_t size;
};

static struct svg_canvas *of(struct canvas *canvas)
{
	return (struct svg_canvas *)canvas;
}

static void put_escaped(FILE *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			fputc(*s, out);
		}
	}
}

static long tenths(double x)
{
	return lround(x * 10);
}

/* @lead is a letter, or a blank between two numbers. */
static void put_number(FILE *out, char lead, long number)
{
	long whole = labs(number) / 10, rest = labs(number) % 10;

	fprintf(out, "%c%s%ld", lead, number < 0 ? "-" : "", whole);
	if (rest)
		fprintf(out, ".%ld", rest);
}

static void put_path(FILE *out, const struct canvas_point *points, size_t n)
{
	long x = tenths(points[0].x), y = tenths(points[0].y);
	size_t i;

	put_number(out, 'M', x);
	put_number(out, ' ', y);
	for (i = 1; i < n; i++) {
		long dx = tenths(points[i].x) - x, dy = tenths(points[i].y) - y;

		if (dx && dy) {
			put_number(out, 'l', dx);
			put_number(out, ' ', dy);
		} else if (dx) {
			put_number(out, 'h', dx);
		} else if (dy) {
			put_number(out, 'v', dy);
		}
		x += dx;
		y += dy;
	}
}

static void end_shape(FILE *out, const char *tip)
{
	if (!tip) {
		fputs("/>\n", out);
		return;
	}
	fputs("><title>", out);
	put_escaped(out, tip);
	fputs("</title></path>\n", out);
}

static void area(struct canvas *canvas, const struct canvas_point *points, size_t n,
		 uint32_t colour, const char *tip)
{
	FILE *out = of(canvas)->body;

	fprintf(out, "<path fill=\"#%06x\" d=\"", colour);
	put_path(out, points, n);
	fputs("z\"", out);
	end_shape(out, tip);
}

static void line(struct canvas *canvas, const struct canvas_point *points, size_t n,
		 const struct canvas_line *how, const char *tip)
{
	FILE *out = of(canvas)->body;

	fprintf(out, "<path fill=\"none\" stroke=\"#%06x\" stroke-width=\"%g\"%s d=\"", how->colour,
		how->width, how->dashed ? " stroke-dasharray=\"4 3\"" : "");
	put_path(out, points, n);
	fputc('"', out);
	end_shape(out, tip);
}

static void disc(struct canvas *canvas, struct canvas_point at, double radius, uint32_t colour,
		 uint32_t rim)
{
	FILE *out = of(canvas)->body;

	fprintf(out, "<circle r=\"%g\" fill=\"#%06x\" stroke=\"#%06x\"", radius, colour, rim);
	fputs(" cx=\"", out);
	fprintf(out, "%g\" cy=\"%g\"/>\n", (double)tenths(at.x) / 10, (double)tenths(at.y) / 10);
}

static void text(struct canvas *canvas, struct canvas_point at, const struct canvas_text *how,
		 const char *s)
{
	static const char *const anchors[] = {
		[ANCHOR_START] = "",
		[ANCHOR_MIDDLE] = " text-anchor=\"middle\"",
		[ANCHOR_END] = " text-anchor=\"end\"",
	};
	FILE *out = of(canvas)->body;

	fprintf(out, "<text x=\"%g\" y=\"%g\" font-size=\"%g\" fill=\"#%06x\"%s%s>",
		(double)tenths(at.x) / 10, (double)tenths(at.y) / 10, how->size, how->colour,
		how->bold ? " font-weight=\"bold\"" : "", anchors[how->anchor]);
	put_escaped(out, s);
	fputs("</text>\n", out);
}

static int finish(struct canvas *canvas, FILE *out)
{
	struct svg_canvas *c = of(canvas);

	errno = 0;
	if (fflush(c->body) || ferror(c->body))
		return errno ? errno : ENOMEM;
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
		"viewBox=\"0 0 %g %g\" role=\"img\" "
		"font-family=\"'" CANVAS_FONT "', Verdana, sans-serif\" "
		"stroke-linejoin=\"round\" xml:space=\"preserve\">\n<title>",
		canvas->width, canvas->height, canvas->width, canvas->height);
	put_escaped(out, c->title);
	fputs("</title>\n", out);
	fwrite(c->bytes, 1, c->size, out);
	fputs("</svg>\n", out);
	return ferror(out) ? errno ? errno : EIO : 0;
}

static void forget(struct canvas *canvas)
{
	struct svg_canvas *c = of(canvas);

	fclose(c->body);
	free(c->bytes);
	free(c);
}

static const struct canvas_ops svg_ops = { area, line, disc, text, finish, forget };

struct canvas *canvas_svg_new(double width, double height, const char *title)
{
	struct svg_canvas *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->canvas = (struct canvas){ &svg_ops, width, height };
	c->title = title;
	c->body = open_memstream(&c->bytes, &c->size);
	if (!c->body) {
		free(c);
		return NULL;
	}
	return &c->canvas;
}
