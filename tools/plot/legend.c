// SPDX-License-Identifier: GPL-2.0-only
/* The legend, and what is said in words. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "label.h"
#include "outcome.h"
#include "picture.h"

#define SWATCH		10
#define GAP		14	/* between two columns of the legend */
#define TABLE_GAP	40	/* between two tables beside each other */
#define NAME_MAX_WIDTH	190
#define COLUMNS		5

static const char *const headings[COLUMNS] = { "command", "PID", "CPU time", "peak RSS", "exit" };

/* --- names ----------------------------------------------------------------- */

void exit_text(const struct process *p, char *buf)
{
	static const struct field field = {
		.key = "exit", .type = &field_outcome, FIELD_AT(struct process, exit_code),
	};

	if (!p->exited || !p->exit_known)
		strcpy(buf, "-");
	else
		field_to_text(&field, p, ~UINT64_C(0), buf);
}

void series_name(const struct series *series, enum group_by by, char *buf, size_t size)
{
	if (!series->first) {
		snprintf(buf, size, "others");
		return;
	}
	label_clean(*series->first->comm ? series->first->comm : "(no name)", buf, size);
	if (by == GROUP_TREE && series->processes > 1 && strlen(buf) + 5 < size)
		strcat(buf, " \u2026");
}

/* Who it is: a PID, or how many. */
static void series_who(const struct series *series, enum group_by by, char *buf, size_t size)
{
	if (series->first && (series->processes == 1 || by == GROUP_TREE))
		snprintf(buf, size, "%d", series->first->pid);
	if (!series->first || (series->processes > 1 && by != GROUP_TREE))
		snprintf(buf, size, "%zu processes", series->processes);
	else if (series->processes > 1)
		snprintf(buf + strlen(buf), size - strlen(buf), " +%zu", series->processes - 1);
}

static void cell_text(const struct series *series, enum group_by by, int column, char *buf,
		      size_t size)
{
	strcpy(buf, "-");
	switch (column) {
	case 0:
		series_name(series, by, buf, size);
		break;
	case 1:
		series_who(series, by, buf, size);
		break;
	case 2:
		if (series->cpu_known)
			amount_ns(series->cpu_ns, buf);
		break;
	case 3:
		if (series->peak_known)
			amount_bytes(series->peak_rss_bytes, buf);
		break;
	default:
		if (!series->first || series->processes > 1)
			strcpy(buf, "");
		else
			exit_text(series->first, buf);
	}
}

void series_tip(const struct series *series, enum group_by by, char *buf, size_t size)
{
	char text[COLUMNS][FIELD_TEXT_MAX + SCALE_LABEL_MAX];
	int i;

	for (i = 0; i < COLUMNS; i++)
		cell_text(series, by, i, text[i], sizeof(text[i]));
	snprintf(buf, size, "%s, %s%s: CPU %s, peak RSS %s%s%s", text[0],
		 series->processes == 1 ? "PID " : "", text[1], text[2], text[3],
		 *text[4] ? ", exit " : "", text[4]);
}

/* --- the legend -------------------------------------------------------------- */

/**
 * struct legend - where its cells are
 * @widths: of its columns
 * @width: of one table
 * @tables: how many stand beside each other
 * @rows: that the first one has
 */
struct legend {
	double widths[COLUMNS];
	double width;
	size_t tables;
	size_t rows;
};

static bool is_empty(const struct picture *p, int column)
{
	char text[FIELD_TEXT_MAX + SCALE_LABEL_MAX];
	size_t i;

	for (i = 0; i < p->set->n; i++) {
		cell_text(&p->set->list[i], p->by, column, text, sizeof(text));
		if (*text)
			return false;
	}
	return true;
}

static double column_width(const struct picture *p, int column)
{
	struct canvas_text how = picture_text(0, ANCHOR_START);
	double most = canvas_text_width(&how, headings[column]), width;
	char text[FIELD_TEXT_MAX + SCALE_LABEL_MAX];
	size_t i;

	if (is_empty(p, column))
		return 0;
	for (i = 0; i < p->set->n; i++) {
		cell_text(&p->set->list[i], p->by, column, text, sizeof(text));
		width = canvas_text_width(&how, text);
		if (width > most)
			most = width;
	}
	return column == 0 && most > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : most;
}

static void plan_legend(const struct picture *p, struct legend *legend)
{
	double room = p->canvas->width - 2 * PICTURE_MARGIN;
	int i;

	legend->width = SWATCH + 6;
	for (i = 0; i < COLUMNS; i++) {
		legend->widths[i] = column_width(p, i);
		if (legend->widths[i] > 0)
			legend->width += legend->widths[i] + (i ? GAP : 0);
	}
	/* Room that is not there is taken from the names. */
	if (legend->width > room && legend->widths[0] - (legend->width - room) > 24) {
		legend->widths[0] -= legend->width - room;
		legend->width = room;
	}
	legend->tables = (size_t)((room + TABLE_GAP) / (legend->width + TABLE_GAP));
	if (legend->tables > p->set->n)
		legend->tables = p->set->n;
	if (!legend->tables)
		legend->tables = 1;
	legend->rows = (p->set->n + legend->tables - 1) / legend->tables;
}

double legend_height(const struct picture *picture)
{
	struct legend legend;

	plan_legend(picture, &legend);
	return (double)(legend.rows + 1) * PICTURE_LINE;
}

/* The first column stands to the left, all others to the right. */
static void draw_row(const struct picture *p, const struct legend *legend, double x, double y,
		     uint32_t colour, const struct series *series)
{
	char text[FIELD_TEXT_MAX + SCALE_LABEL_MAX];
	int i;

	x += SWATCH + 6;
	for (i = 0; i < COLUMNS; i++) {
		struct canvas_text how = picture_text(colour, i ? ANCHOR_END : ANCHOR_START);

		if (!(legend->widths[i] > 0))
			continue;
		if (i)
			x += GAP + legend->widths[i];
		snprintf(text, sizeof(text), "%s", headings[i]);
		if (series)
			cell_text(series, p->by, i, text, sizeof(text));
		canvas_write_within(p->canvas, x, y, legend->widths[i] + 1, &how, text);
		if (!i)
			x += legend->widths[0];
	}
}

static void draw_swatch(const struct picture *p, double x, double y, size_t series)
{
	canvas_box(p->canvas, x, y - SWATCH + 1, SWATCH, SWATCH, picture_colour(p, series), NULL);
}

void legend_draw(const struct picture *picture)
{
	const struct picture *p = picture;
	struct legend legend;
	size_t i;

	plan_legend(p, &legend);
	for (i = 0; i < p->set->n; i++) {
		double x = PICTURE_MARGIN + (double)(i / legend.rows) * (legend.width + TABLE_GAP);
		double y = p->legend + (double)(i % legend.rows + 1) * PICTURE_LINE + 10;

		if (!(i % legend.rows))
			draw_row(p, &legend, x, p->legend + 10, p->theme->dim, NULL);
		draw_swatch(p, x, y, i);
		draw_row(p, &legend, x, y, p->theme->text, &p->set->list[i]);
	}
}

/* --- words ------------------------------------------------------------------- */

static void append(char *buf, size_t size, const char *text)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", used ? " \u00b7 " : "", text);
}

static void append_date(char *buf, size_t size, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	char text[64];
	struct tm tm;

	if (realtime_ns && localtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm))
		append(buf, size, text);
}

/* All of its digits, of which there are few. */
static void append_interval(char *buf, size_t size, uint64_t ns)
{
	const char *unit = "\u00b5s";
	double number = (double)ns / 1e3;
	char text[64];

	if (ns >= NSEC_PER_SEC) {
		unit = "s";
		number = (double)ns / 1e9;
	} else if (ns >= NSEC_PER_MSEC) {
		unit = "ms";
		number = (double)ns / 1e6;
	}
	snprintf(text, sizeof(text), "a sample each %g %s", number, unit);
	append(buf, size, text);
}

void caption_subtitle(const struct picture *picture, char *buf, size_t size)
{
	const struct recording *rec = picture->rec;
	size_t processes = 0, i;
	char text[RECORDING_TEXT_MAX + 64];

	for (i = 0; i < picture->set->n; i++)
		processes += picture->set->list[i].processes;
	*buf = '\0';
	append_date(buf, size, rec->begin_realtime_ns);
	if (*rec->hostname)
		append(buf, size, rec->hostname);
	if (*rec->kernel) {
		snprintf(text, sizeof(text), "Linux %s", rec->kernel);
		append(buf, size, text);
	}
	snprintf(text, sizeof(text), "%zu process%s", processes, processes == 1 ? "" : "es");
	append(buf, size, text);
	if (rec->interval_ns)
		append_interval(buf, size, rec->interval_ns);
	if (!rec->complete)
		append(buf, size, "not ended in order, or still going on");
}

bool caption_loss(const struct picture *picture, char *buf, size_t size)
{
	const struct loss *loss = picture->loss;
	char text[128];

	*buf = '\0';
	if (loss->lost_records) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " records lost (hatched): too little is shown",
			 loss->lost_records);
		append(buf, size, text);
	}
	if (loss->dropped) {
		snprintf(text, sizeof(text), "%" PRIu64 " processes not watched (hatched)",
			 loss->dropped);
		append(buf, size, text);
	}
	if (loss->evicted)
		append(buf, size, "the beginning was cut off (hatched)");
	if (loss->missed_ticks) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " times of sampling missed (marked at the top)",
			 loss->missed_ticks);
		append(buf, size, text);
	}
	return *buf;
}
