/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Something to draw on: PNG and PDF by cairo, SVG by ourselves.
 *
 * cairo's SVG has the outline of every letter in place of text: nobody can
 * search or copy it, and it is many times as long. Ours has text, and what an
 * area stands for when the pointer rests on it. Text is measured by cairo for
 * all of them.
 *
 * Lengths are pixels, PNG's, or as many points of a PDF; y grows downwards.
 * Colours are 0xRRGGBB. Strings must be fit to be drawn, see label_clean().
 */
#ifndef PLOT_CANVAS_H
#define PLOT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CANVAS_FONT	"DejaVu Sans"

enum canvas_format {
	CANVAS_SVG,
	CANVAS_PNG,
	CANVAS_PDF,
};

enum canvas_anchor {
	ANCHOR_START,
	ANCHOR_MIDDLE,
	ANCHOR_END,
};

struct canvas_point {
	double x;
	double y;
};

/**
 * struct canvas_line - how a line looks
 * @colour: its colour
 * @width: how wide it is
 * @dashed: whether it has gaps
 */
struct canvas_line {
	uint32_t colour;
	double width;
	bool dashed;
};

/**
 * struct canvas_text - how text looks
 * @colour: its colour
 * @size: of the letters
 * @bold: whether they are bold
 * @anchor: what of it stands at the point
 */
struct canvas_text {
	uint32_t colour;
	double size;
	bool bold;
	enum canvas_anchor anchor;
};

struct canvas;

/**
 * struct canvas_ops - a kind of canvas
 * @area: fill a polygon; @tip tells what it is, or is NULL
 * @line: along points; @tip likewise
 * @disc: a filled circle with a rim
 * @text: one line; its baseline is at the point
 * @finish: write all of it to @out; 0, or what errno says
 * @free: forget it
 */
struct canvas_ops {
	void (*area)(struct canvas *canvas, const struct canvas_point *points, size_t n,
		     uint32_t colour, const char *tip);
	void (*line)(struct canvas *canvas, const struct canvas_point *points, size_t n,
		     const struct canvas_line *line, const char *tip);
	void (*disc)(struct canvas *canvas, struct canvas_point at, double radius, uint32_t colour,
		     uint32_t rim);
	void (*text)(struct canvas *canvas, struct canvas_point at, const struct canvas_text *how,
		     const char *s);
	int (*finish)(struct canvas *canvas, FILE *out);
	void (*free)(struct canvas *canvas);
};

/**
 * struct canvas - what every kind begins with
 * @ops: its kind
 * @width: how wide it is
 * @height: how high
 */
struct canvas {
	const struct canvas_ops *ops;
	double width;
	double height;
};

/**
 * canvas_new() - an empty one
 * @format: of the picture
 * @width: of it
 * @height: of it
 * @title: what the picture is called, for who cannot see it; kept by reference
 *
 * Return: it, for canvas_free(); NULL with errno set.
 */
struct canvas *canvas_new(enum canvas_format format, double width, double height,
			  const char *title);
struct canvas *canvas_svg_new(double width, double height, const char *title);
struct canvas *canvas_cairo_new(enum canvas_format format, double width, double height,
				const char *title);
void canvas_free(struct canvas *canvas);

/* How wide a text is drawn. */
double canvas_text_width(const struct canvas_text *how, const char *s);

/* A rectangle; a line between two points; text at a place. */
void canvas_box(struct canvas *canvas, double x, double y, double width, double height,
		uint32_t colour, const char *tip);
void canvas_stroke(struct canvas *canvas, double x1, double y1, double x2, double y2,
		   const struct canvas_line *line);
void canvas_write(struct canvas *canvas, double x, double y, const struct canvas_text *how,
		  const char *s);

/* The same in no more than @width, cut short with an ellipsis if need be. */
void canvas_write_within(struct canvas *canvas, double x, double y, double width,
			 const struct canvas_text *how, const char *s);

/* Slanting lines in a rectangle. */
void canvas_hatch(struct canvas *canvas, double x, double y, double width, double height,
		  const struct canvas_line *line);

#endif /* PLOT_CANVAS_H */
