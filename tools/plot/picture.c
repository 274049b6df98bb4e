// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "error.h"
#include "label.h"
#include "picture.h"
#include "status.h"

#define TITLE_TEXT	16
#define HEADING		24	/* above a panel, for what it shows */
#define LANE		18	/* for exits, below the last panel */
#define AXIS		36	/* for times, and what they count */
#define PANEL_MIN	56	/* below this nothing is to be seen */
#define CELL_PIXELS	2
#define LABEL_GAP	18	/* between two times, at least */

size_t picture_cells(double width)
{
	return (size_t)(width / CELL_PIXELS);
}

struct canvas_text picture_text(uint32_t colour, enum canvas_anchor anchor)
{
	return (struct canvas_text){ .colour = colour, .size = PICTURE_TEXT, .anchor = anchor };
}

double picture_x(const struct picture *picture, uint64_t at_ns)
{
	const struct grid *grid = picture->set->grid;
	double part = ((double)at_ns - (double)grid->begin_ns) /
		      (double)(grid->end_ns - grid->begin_ns);

	return picture->left + part * (picture->right - picture->left);
}

uint32_t picture_colour(const struct picture *picture, size_t series)
{
	if (!picture->set->list[series].first)
		return picture->theme->rest;
	return theme_colour(picture->theme, series);
}

/* --- time ------------------------------------------------------------------ */

/* Local time as if it were UTC: what gmtime() makes of it is on the wall. */
static uint64_t local_ns(uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return realtime_ns;
	return realtime_ns + (uint64_t)tm.tm_gmtoff * NSEC_PER_SEC;
}

static void try_times(const struct picture *p, struct time_scale *time, unsigned int most)
{
	const struct grid *grid = p->set->grid;
	uint64_t begin = grid->begin_ns - p->rec->begin_ns, end = grid->end_ns - p->rec->begin_ns;

	if (p->clock)
		time_scale_clock(time, begin, end, local_ns(p->rec->begin_realtime_ns), most);
	else
		time_scale_init(time, begin, end, most);
}

static double label_room(const struct time_scale *time)
{
	struct canvas_text how = picture_text(0, ANCHOR_MIDDLE);
	char label[SCALE_LABEL_MAX];

	time_scale_label(time, time->end_ns / time->step_ns * time->step_ns, label);
	return canvas_text_width(&how, label) + LABEL_GAP;
}

/* As many times as have room for what stands below them. */
static void choose_times(const struct picture *p, struct time_scale *time)
{
	uint64_t span = p->set->grid->end_ns - p->set->grid->begin_ns;
	unsigned int most = (unsigned int)((p->right - p->left) / 50);

	for (; most > 1; most--) {
		try_times(p, time, most);
		if ((double)time->step_ns / (double)span * (p->right - p->left) >=
		    label_room(time))
			return;
	}
	try_times(p, time, 1);
}

static void draw_times(const struct picture *p, const struct time_scale *time, double top)
{
	struct canvas_text how = picture_text(p->theme->dim, ANCHOR_MIDDLE);
	char label[SCALE_LABEL_MAX], title[64];
	uint64_t at;

	for (at = time->first_ns; at <= time->end_ns; at += time->step_ns) {
		double x = picture_x(p, p->rec->begin_ns + at);

		time_scale_label(time, at, label);
		if (x + canvas_text_width(&how, label) / 2 <= p->canvas->width - 4)
			canvas_write(p->canvas, x, top + 13, &how, label);
	}
	snprintf(title, sizeof(title), "%s (%s)", time->clock ? "Time of day" : "Time",
		 time_scale_unit(time));
	canvas_write(p->canvas, (p->left + p->right) / 2, top + 29, &how, title);
}

/* --- places ---------------------------------------------------------------- */

static size_t panel_count(const struct picture *p)
{
	return p->what == (WHAT_CPU | WHAT_RSS) ? 2 : 1;
}

/* What is left for the data of one panel. */
static double place(struct picture *p)
{
	char text[512];
	double caption = PICTURE_LINE * (caption_loss(p, text, sizeof(text)) ? 2 : 1) + 2;

	p->top = PICTURE_MARGIN + TITLE_TEXT + PICTURE_LINE + 6;
	p->legend = p->canvas->height - PICTURE_MARGIN / 2.0 - caption - legend_height(p);
	p->bottom = p->legend - 8 - AXIS - LANE;
	p->right = p->canvas->width - PICTURE_MARGIN - 8;
	p->left = PICTURE_MARGIN + 40;
	return (p->bottom - p->top) / (double)panel_count(p) - HEADING;
}

static void place_panels(struct picture *p, struct panel *panels, double height)
{
	double widest = 0;
	size_t n = 0, i;

	if (p->what & WHAT_CPU)
		panel_init(&panels[n++], p, WHAT_CPU, height);
	if (p->what & WHAT_RSS)
		panel_init(&panels[n++], p, WHAT_RSS, height);
	for (i = 0; i < n; i++) {
		panels[i].top = (int)(p->top + (double)(i + 1) * HEADING + (double)i * height);
		panels[i].bottom = (int)(panels[i].top + height);
		if (panel_label_width(&panels[i]) > widest)
			widest = panel_label_width(&panels[i]);
	}
	p->left = (int)(PICTURE_MARGIN + widest + 8);
}

static int no_room(const struct picture *p, double height)
{
	double more = (PANEL_MIN - height) * (double)panel_count(p);

	return fail_usage("plot: no room for all of it in %.0fx%.0f (try --size=%.0fx%.0f, or a "
			  "smaller --top)", p->canvas->width, p->canvas->height, p->canvas->width,
			  p->canvas->height + more + 1);
}

/* --- the whole --------------------------------------------------------------- */

static void draw_titles(const struct picture *p)
{
	struct canvas_text how = picture_text(p->theme->text, ANCHOR_START);
	double width = p->canvas->width - 2 * PICTURE_MARGIN;
	char text[512];

	how.bold = true;
	how.size = TITLE_TEXT;
	canvas_write_within(p->canvas, PICTURE_MARGIN, PICTURE_MARGIN + 13, width, &how, p->title);
	how = picture_text(p->theme->dim, ANCHOR_START);
	caption_subtitle(p, text, sizeof(text));
	canvas_write_within(p->canvas, PICTURE_MARGIN, PICTURE_MARGIN + 31, width, &how, text);
}

static void draw_caption(const struct picture *p)
{
	struct canvas_text how = picture_text(p->theme->warning, ANCHOR_START);
	double y = p->legend + legend_height(p) + 14;
	char text[512];

	marks_draw_key(p, y);
	if (caption_loss(p, text, sizeof(text)))
		canvas_write_within(p->canvas, PICTURE_MARGIN, y + PICTURE_LINE,
				    p->canvas->width - 2 * PICTURE_MARGIN, &how, text);
}

int picture_draw(struct picture *picture)
{
	struct picture *p = picture;
	double height = place(p);
	struct panel panels[2];
	struct time_scale time;
	int err = 0;
	size_t i;

	if (height < PANEL_MIN)
		return no_room(p, height);
	place_panels(p, panels, height);
	choose_times(p, &time);
	canvas_box(p->canvas, 0, 0, p->canvas->width, p->canvas->height, p->theme->background,
		   NULL);
	draw_titles(p);
	for (i = 0; i < panel_count(p) && !err; i++)
		err = panel_draw(&panels[i], &time);
	if (!err)
		err = marks_draw_lane(p, p->bottom, LANE);
	draw_times(p, &time, p->bottom + LANE);
	legend_draw(p);
	draw_caption(p);
	return err ? fail(STATUS_FAILED, "plot: %s", strerror(ENOMEM)) : STATUS_DONE;
}
