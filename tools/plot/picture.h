/* SPDX-License-Identifier: GPL-2.0-only */
/* The picture: panels over one axis of time, a lane of exits, a legend, a caption. */
#ifndef PLOT_PICTURE_H
#define PLOT_PICTURE_H

#include "canvas.h"
#include "loss.h"
#include "scale.h"
#include "series.h"
#include "theme.h"

#define PICTURE_MARGIN		16
#define PICTURE_TEXT		11	/* size of its letters */
#define PICTURE_LINE		17	/* from one line of text to the next */

/**
 * struct picture - what is drawn, and how
 * @canvas: on what
 * @theme: its colours
 * @rec: the recording
 * @all: its processes
 * @set: its series
 * @loss: what it does not have
 * @title: above it; any bytes
 * @what: mask of enum what
 * @by: what a series is
 * @lines: a line for each series, not areas upon each other
 * @clock: times of day along the axis, not offsets
 * @left: where the data begins
 * @right: where it ends
 * @top: where the first panel begins
 * @bottom: where the last panel ends
 * @legend: where the legend begins
 */
struct picture {
	struct canvas *canvas;
	const struct theme *theme;
	const struct recording *rec;
	const struct processes *all;
	const struct series_set *set;
	const struct loss *loss;
	const char *title;
	unsigned int what;
	enum group_by by;
	bool lines;
	bool clock;
	double left;
	double right;
	double top;
	double bottom;
	double legend;
};

/**
 * picture_cells() - how many cells a picture has room for
 * @width: of the picture
 *
 * A little more than there are pixels is never needed: none is narrower than two.
 */
size_t picture_cells(double width);

/**
 * picture_draw() - draw it
 * @picture: what; its places are set
 *
 * Return: a status; what is wrong has been said.
 */
int picture_draw(struct picture *picture);

/* --- its parts ------------------------------------------------------------- */

/* A kind of text in it. */
struct canvas_text picture_text(uint32_t colour, enum canvas_anchor anchor);

/* Where a moment is. */
double picture_x(const struct picture *picture, uint64_t at_ns);

uint32_t picture_colour(const struct picture *picture, size_t series);

/* What a series is called, fit to be drawn; a line that tells all of it. */
void series_name(const struct series *series, enum group_by by, char *buf, size_t size);
void series_tip(const struct series *series, enum group_by by, char *buf, size_t size);

/* How a process ended, of which that is known. */
void exit_text(const struct process *p, char *buf);

/**
 * struct panel - a panel
 * @picture: which it is in
 * @what: WHAT_CPU or WHAT_RSS
 * @top: where its data begins
 * @bottom: where it ends
 * @scale: of its values
 * @limit: a value to be drawn as a line across it; 0: none
 */
struct panel {
	const struct picture *picture;
	enum what what;
	double top;
	double bottom;
	struct scale scale;
	double limit;
};

/* Choose its scale by what it will show; @height is what it will have. */
void panel_init(struct panel *panel, const struct picture *picture, enum what what,
		double height);
double panel_label_width(const struct panel *panel);
int panel_draw(const struct panel *panel, const struct time_scale *time);

/* The height of a value that belongs to a cell; where a series is there, its middle if stacked. */
double panel_y(const struct panel *panel, double value);
bool panel_find(const struct panel *panel, size_t series, uint64_t at_ns, double *y);

/* Exits: in a panel, at the ends of series that are processes; all of them in a lane. */
void marks_draw_in(const struct panel *panel);
int marks_draw_lane(const struct picture *picture, double top, double height);

/* What the marks mean, at the right end of a line; those alone that there are. */
void marks_draw_key(const struct picture *picture, double y);

/* Loss, over a panel. */
void marks_draw_loss(const struct panel *panel);

double legend_height(const struct picture *picture);
void legend_draw(const struct picture *picture);

/* Lines of text: what was recorded, what is missing. */
void caption_subtitle(const struct picture *picture, char *buf, size_t size);
bool caption_loss(const struct picture *picture, char *buf, size_t size);

#endif /* PLOT_PICTURE_H */
