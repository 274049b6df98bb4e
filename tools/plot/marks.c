// SPDX-License-Identifier: GPL-2.0-only
/* Exits and loss. */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "picture.h"

#define RADIUS		3.2
#define LANE_RADIUS	2.4
#define LANE_STEP	2	/* two marks of a kind and colour are not nearer than this */
#define TICK_HEIGHT	3	/* of a mark where samples are missing */

enum end {
	END_DONE,	/* exit code 0 */
	END_FAILED,	/* another one */
	END_SIGNAL,	/* a signal ended it */
	END_UNKNOWN,
	ENDS
};

static enum end end_of(const struct process *p)
{
	if (!p->exit_known)
		return END_UNKNOWN;
	if (WTERMSIG(p->exit_code))
		return END_SIGNAL;
	return WEXITSTATUS(p->exit_code) ? END_FAILED : END_DONE;
}

static bool in_time(const struct picture *picture, const struct process *p)
{
	const struct grid *grid = picture->set->grid;

	return p->exited && p->exit_time_ns >= grid->begin_ns && p->exit_time_ns <= grid->end_ns;
}

/* --- shapes ---------------------------------------------------------------- */

static void draw_diamond(const struct picture *p, double x, double y, double r, uint32_t colour)
{
	const struct canvas_point corners[] = {
		{ x, y - r }, { x + r, y }, { x, y + r }, { x - r, y }, { x, y - r },
	};
	struct canvas_line rim = { .colour = p->theme->background, .width = 1 };

	p->canvas->ops->area(p->canvas, corners, 4, colour, NULL);
	p->canvas->ops->line(p->canvas, corners, 5, &rim, NULL);
}

static void draw_cross(const struct picture *p, double x, double y, double r, uint32_t colour)
{
	struct canvas_line rim = { .colour = p->theme->background, .width = 4.2 };
	struct canvas_line line = { .colour = colour, .width = 2 };

	canvas_stroke(p->canvas, x - r, y - r, x + r, y + r, &rim);
	canvas_stroke(p->canvas, x - r, y + r, x + r, y - r, &rim);
	canvas_stroke(p->canvas, x - r, y - r, x + r, y + r, &line);
	canvas_stroke(p->canvas, x - r, y + r, x + r, y - r, &line);
}

static void draw_end(const struct picture *p, enum end end, double x, double y, double r,
		     uint32_t colour)
{
	switch (end) {
	case END_SIGNAL:
		draw_cross(p, x, y, r, colour);
		break;
	case END_FAILED:
		draw_diamond(p, x, y, r * 1.5, colour);
		break;
	case END_DONE:
		p->canvas->ops->disc(p->canvas, (struct canvas_point){ x, y }, r, colour,
				     p->theme->background);
		break;
	default:
		p->canvas->ops->disc(p->canvas, (struct canvas_point){ x, y }, r,
				     p->theme->background, colour);
	}
}

/* --- exits ----------------------------------------------------------------- */

void marks_draw_in(const struct panel *panel)
{
	const struct picture *p = panel->picture;
	size_t series;
	double y;

	for (series = 0; series < p->set->n; series++) {
		const struct series *s = &p->set->list[series];

		if (s->processes != 1 || !s->first || !in_time(p, s->first))
			continue;
		/* Not in the colour of the area: nothing would be seen of it. */
		if (panel_find(panel, series, s->first->exit_time_ns, &y))
			draw_end(p, end_of(s->first), picture_x(p, s->first->exit_time_ns), y,
				 RADIUS, p->lines ? picture_colour(p, series) : p->theme->text);
	}
}

/**
 * struct lane - the marks of a lane that are there already
 * @places: a bit for each series, of each place and kind of end
 * @n: places
 */
struct lane {
	uint32_t *places;
	size_t n;
};

static bool is_new(struct lane *lane, double x, enum end end, size_t series)
{
	size_t place = (size_t)(x / LANE_STEP) * ENDS + end;
	uint32_t bit = UINT32_C(1) << series;

	if (place >= lane->n || lane->places[place] & bit)
		return false;
	lane->places[place] |= bit;
	return true;
}

/* All marks of one kind and of the rest, or not of the rest. */
static void draw_ends(const struct picture *p, struct lane *lane, enum end end, bool rest, double y)
{
	size_t i;

	for (i = 0; i < p->all->n; i++) {
		const struct process *one = &p->all->list[i];
		size_t series = p->set->place[i];
		double x;

		if (series == PROCESS_NONE || !in_time(p, one) || end_of(one) != end ||
		    !p->set->list[series].first != rest)
			continue;
		x = picture_x(p, one->exit_time_ns);
		if (is_new(lane, x, end, series))
			draw_end(p, end, x, y, LANE_RADIUS, picture_colour(p, series));
	}
}

int marks_draw_lane(const struct picture *picture, double top, double height)
{
	const struct picture *p = picture;
	struct canvas_text how = picture_text(p->theme->dim, ANCHOR_END);
	struct lane lane = { .n = ((size_t)p->canvas->width / LANE_STEP + 1) * ENDS };
	double y = top + height / 2 + 2;
	int end;

	lane.places = calloc(lane.n, sizeof(*lane.places));
	if (!lane.places)
		return -ENOMEM;
	canvas_write(p->canvas, p->left - 8, y + PICTURE_TEXT * 0.36, &how, "exits");
	/* What is rare comes last, on top. */
	draw_ends(p, &lane, END_UNKNOWN, true, y);
	for (end = END_DONE; end < END_UNKNOWN; end++)
		draw_ends(p, &lane, (enum end)end, true, y);
	draw_ends(p, &lane, END_UNKNOWN, false, y);
	for (end = END_DONE; end < END_UNKNOWN; end++)
		draw_ends(p, &lane, (enum end)end, false, y);
	free(lane.places);
	return 0;
}

static void count_ends(const struct picture *p, size_t *counts)
{
	size_t i;

	for (i = 0; i < p->all->n; i++) {
		if (p->set->place[i] != PROCESS_NONE && in_time(p, &p->all->list[i]))
			counts[end_of(&p->all->list[i])]++;
	}
}

void marks_draw_key(const struct picture *p, double y)
{
	static const char *const texts[] = {
		[END_DONE] = "exited", [END_FAILED] = "exited with a code other than 0",
		[END_SIGNAL] = "ended by a signal", [END_UNKNOWN] = "ended, unknown how",
	};
	struct canvas_text how = picture_text(p->theme->dim, ANCHOR_START);
	size_t counts[ENDS] = { 0 }, end;
	double x = PICTURE_MARGIN + 5;
	char text[96];

	count_ends(p, counts);
	for (end = 0; end < ENDS; end++) {
		if (!counts[end])
			continue;
		snprintf(text, sizeof(text), "%zu %s", counts[end], texts[end]);
		draw_end(p, (enum end)end, x, y - 4, RADIUS, p->theme->dim);
		canvas_write(p->canvas, x + 9, y, &how, text);
		x += canvas_text_width(&how, text) + 9 + 22;
	}
}

/* --- loss ------------------------------------------------------------------- */

static void draw_run(const struct panel *panel, unsigned char what, size_t from, size_t to)
{
	const struct picture *p = panel->picture;
	const struct grid *grid = p->set->grid;
	struct canvas_line line = { .colour = p->theme->warning, .width = 0.8 };
	double left = picture_x(p, grid_begin(grid, from));
	double right = picture_x(p, to < grid->n ? grid_begin(grid, to) : grid->end_ns);

	if (what == LOSS_RECORDS)
		canvas_hatch(p->canvas, left, panel->top, right - left, panel->bottom - panel->top,
			     &line);
	else
		canvas_box(p->canvas, left, panel->top, right - left, TICK_HEIGHT,
			   p->theme->warning, NULL);
}

static void draw_runs(const struct panel *panel, unsigned char what)
{
	const struct picture *p = panel->picture;
	size_t n = p->set->grid->n, from, to;

	for (from = 0; from < n; from = to + 1) {
		for (to = from; to < n && p->loss->cells[to] & what; to++)
			;
		if (to > from)
			draw_run(panel, what, from, to);
	}
}

void marks_draw_loss(const struct panel *panel)
{
	draw_runs(panel, LOSS_RECORDS);
	draw_runs(panel, LOSS_TICKS);
}
