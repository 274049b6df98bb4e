// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "picture.h"

#define TICK_PIXELS	28	/* from one value tick to the next, at least */
#define HEADROOM	1.06
#define LIMIT_NEAR	0.6	/* of the machine's CPUs in use: they are drawn as a limit */

/* --- values ---------------------------------------------------------------- */

/* Of a cell of a series; false: unknown. */
static bool cell_value(const struct panel *panel, size_t series, size_t i, double *value)
{
	const struct series_set *set = panel->picture->set;
	const struct cell *cell = &set->list[series].cells[i];
	double ns = (double)grid_length(set->grid, i);

	*value = (panel->what == WHAT_CPU ? (double)cell->cpu_ns : cell->rss_byte_ns) / ns;
	return panel->what == WHAT_CPU ? cell->cpu_known : cell->rss_known;
}

/* Of the first @n series. */
static double cell_sum(const struct panel *panel, size_t n, size_t i)
{
	double sum = 0, value;
	size_t series;

	for (series = 0; series < n; series++) {
		if (cell_value(panel, series, i, &value))
			sum += value;
	}
	return sum;
}

static double greatest(const struct panel *panel)
{
	const struct series_set *set = panel->picture->set;
	double most = 0, value;
	size_t series, i;

	for (i = 0; i < set->grid->n; i++) {
		value = cell_sum(panel, set->n, i);
		if (!panel->picture->lines && value > most)
			most = value;
		for (series = 0; panel->picture->lines && series < set->n; series++) {
			if (cell_value(panel, series, i, &value) && value > most)
				most = value;
		}
	}
	return most;
}

void panel_init(struct panel *panel, const struct picture *picture, enum what what,
		double height)
{
	unsigned int ticks = height > 2 * TICK_PIXELS ? (unsigned int)(height / TICK_PIXELS) : 2;
	double cpus = (double)picture->rec->cpus, most;

	panel->picture = picture;
	panel->what = what;
	panel->limit = 0;
	most = greatest(panel);
	if (what == WHAT_CPU && !picture->lines && cpus > 0 && most > LIMIT_NEAR * cpus) {
		panel->limit = cpus;
		if (most < cpus)
			most = cpus;
	}
	if (what == WHAT_CPU)
		scale_cpu(&panel->scale, most * HEADROOM, ticks);
	else
		scale_bytes(&panel->scale, most * HEADROOM, ticks);
}

double panel_y(const struct panel *panel, double value)
{
	double part = value / panel->scale.unit_size / panel->scale.top;

	return panel->bottom - part * (panel->bottom - panel->top);
}

bool panel_find(const struct panel *panel, size_t series, uint64_t at_ns, double *y)
{
	const struct series_set *set = panel->picture->set;
	size_t i = grid_cell(set->grid, at_ns);
	double value = 0, below;

	/* An end on an edge is the end of the cell before. */
	if (i && grid_begin(set->grid, i) == at_ns)
		i--;
	while (!(cell_value(panel, series, i, &value) && value > 0)) {
		if (!i--)
			return false;
	}
	below = panel->picture->lines ? value / 2 : cell_sum(panel, series, i);
	*y = panel_y(panel, below + value / 2);
	return true;
}

/* --- axes -------------------------------------------------------------------- */

double panel_label_width(const struct panel *panel)
{
	struct canvas_text how = picture_text(0, ANCHOR_END);
	char label[SCALE_LABEL_MAX];
	double most = 0, width;
	unsigned int i;

	for (i = 0; scale_tick(&panel->scale, i) <= panel->scale.top; i++) {
		scale_label(&panel->scale, i, label);
		width = canvas_text_width(&how, label);
		if (width > most)
			most = width;
	}
	return most;
}

static void draw_values(const struct panel *panel)
{
	const struct picture *p = panel->picture;
	struct canvas_text how = picture_text(p->theme->dim, ANCHOR_END);
	struct canvas_line line = { .colour = p->theme->grid, .width = 1 };
	char label[SCALE_LABEL_MAX];
	unsigned int i;

	for (i = 0; scale_tick(&panel->scale, i) <= panel->scale.top; i++) {
		double y = panel_y(panel, scale_tick(&panel->scale, i) * panel->scale.unit_size);
		/* In the middle of a pixel a line of one pixel is sharp. */
		double sharp = (int)y + 0.5;

		canvas_stroke(p->canvas, p->left, sharp, p->right, sharp, &line);
		scale_label(&panel->scale, i, label);
		canvas_write(p->canvas, p->left - 8, y + PICTURE_TEXT * 0.36, &how, label);
	}
}

static void draw_times(const struct panel *panel, const struct time_scale *time)
{
	const struct picture *p = panel->picture;
	struct canvas_line line = { .colour = p->theme->grid, .width = 1 };
	uint64_t at;

	for (at = time->first_ns; at <= time->end_ns; at += time->step_ns) {
		double x = (int)picture_x(p, p->rec->begin_ns + at) + 0.5;

		canvas_stroke(p->canvas, x, panel->top, x, panel->bottom, &line);
	}
}

static void draw_heading(const struct panel *panel)
{
	const struct picture *p = panel->picture;
	struct canvas_text how = picture_text(p->theme->text, ANCHOR_START);
	const char *heading = "Resident memory";

	how.bold = true;
	if (panel->what == WHAT_CPU)
		heading = *panel->scale.unit ? "CPU, % of one CPU" : "CPU, number of CPUs";
	canvas_write(p->canvas, p->left, panel->top - 7, &how, heading);
}

static void draw_limit(const struct panel *panel)
{
	const struct picture *p = panel->picture;
	struct canvas_text how = picture_text(p->theme->dim, ANCHOR_END);
	struct canvas_line line = { .colour = p->theme->axis, .width = 1, .dashed = true };
	double y = (int)panel_y(panel, panel->limit) + 0.5;
	char text[64];

	canvas_stroke(p->canvas, p->left, y, p->right, y, &line);
	snprintf(text, sizeof(text), panel->limit > 1 ? "all %.0f CPUs" : "the only CPU",
		 panel->limit);
	canvas_write(p->canvas, p->right, panel->top - 7, &how, text);
}

/* --- data -------------------------------------------------------------------- */

/**
 * struct outline - the points of a shape
 * @points: room for four a cell and two more
 * @n: how many there are
 */
struct outline {
	struct canvas_point *points;
	size_t n;
};

/* A point on the way straight from the one before to the next is none. */
static void add_point(struct outline *o, double x, double y)
{
	struct canvas_point *last = &o->points[o->n - 1];

	if (o->n >= 2 && last[-1].y == last->y && last->y == y)
		o->n--;
	o->points[o->n++] = (struct canvas_point){ x, y };
}

static double cell_x(const struct panel *panel, size_t i)
{
	const struct grid *grid = panel->picture->set->grid;

	return picture_x(panel->picture, i < grid->n ? grid_begin(grid, i) : grid->end_ns);
}

/*
 * A series of a stack reaches down to 0, behind those below it: between two
 * areas that merely touch there is a hair of background. Where it is nothing
 * it has no area, and no edge that shines through.
 */
static void draw_area(const struct panel *panel, size_t series, struct outline *o)
{
	const struct picture *p = panel->picture;
	size_t n = p->set->grid->n, i;
	bool up = false;
	char tip[512];
	double value;

	o->n = 0;
	for (i = 0; i < n; i++) {
		bool there = cell_value(panel, series, i, &value) && value > 0;
		double y = there ? panel_y(panel, cell_sum(panel, series + 1, i)) : panel->bottom;

		if (there && !up)
			add_point(o, cell_x(panel, i), panel->bottom);
		if (there || up)
			add_point(o, cell_x(panel, i), y);
		if (there)
			add_point(o, cell_x(panel, i + 1), y);
		up = there;
	}
	if (up)
		add_point(o, cell_x(panel, n), panel->bottom);
	if (!o->n)
		return;
	series_tip(&p->set->list[series], p->by, tip, sizeof(tip));
	p->canvas->ops->area(p->canvas, o->points, o->n, picture_colour(p, series), tip);
}

static void draw_line(const struct panel *panel, size_t series, struct outline *o)
{
	const struct picture *p = panel->picture;
	struct canvas_line line = { .colour = picture_colour(p, series), .width = 1.6 };
	size_t n = p->set->grid->n, i;
	char tip[512];
	double value;

	series_tip(&p->set->list[series], p->by, tip, sizeof(tip));
	o->n = 0;
	for (i = 0; i <= n; i++) {
		bool there = i < n && cell_value(panel, series, i, &value);

		if (there) {
			add_point(o, cell_x(panel, i), panel_y(panel, value));
			add_point(o, cell_x(panel, i + 1), panel_y(panel, value));
		} else if (o->n) {
			p->canvas->ops->line(p->canvas, o->points, o->n, &line, tip);
			o->n = 0;
		}
	}
}

static int draw_series(const struct panel *panel)
{
	const struct series_set *set = panel->picture->set;
	struct outline o = { .n = 0 };
	size_t series = set->n;

	o.points = reallocarray(NULL, 4 * set->grid->n + 2, sizeof(*o.points));
	if (!o.points)
		return -ENOMEM;
	while (series--) {
		if (panel->picture->lines)
			draw_line(panel, series, &o);
		else
			draw_area(panel, series, &o);
	}
	free(o.points);
	return 0;
}

int panel_draw(const struct panel *panel, const struct time_scale *time)
{
	const struct picture *p = panel->picture;
	struct canvas_line axis = { .colour = p->theme->axis, .width = 1 };
	double y = (int)panel->bottom + 0.5;
	int err;

	canvas_box(p->canvas, p->left, panel->top, p->right - p->left, panel->bottom - panel->top,
		   p->theme->panel, NULL);
	draw_heading(panel);
	draw_values(panel);
	draw_times(panel, time);
	err = draw_series(panel);
	if (panel->limit > 0)
		draw_limit(panel);
	marks_draw_loss(panel);
	canvas_stroke(p->canvas, p->left, y, p->right, y, &axis);
	marks_draw_in(panel);
	return err;
}
