// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "ui.h"

/* An ink in a line. */
#define INK(ink)	((const char[]){ (char)(ink), '\0' })

/*
 * From above: the summary, the headings, the table, the keys. The less room there
 * is the sooner they go; the table has one row at least.
 */
static size_t summary_rows(void)
{
	int rows = term_rows();

	return rows >= 20 ? SUMMARY_LINES : rows >= 12 ? 3 : rows >= 7 ? 1 : 0;
}

static bool has_headings(void)
{
	return term_rows() >= 3;
}

static bool has_keys(void)
{
	return term_rows() >= 5;
}

/* As many lines as the summary really has. */
static size_t table_top;

size_t ui_table_rows(void)
{
	int rows = term_rows() - (int)table_top - has_headings() - has_keys();

	return rows > 0 ? (size_t)rows : 1;
}

size_t ui_menu_rows(void)
{
	return ui_table_rows();
}

static void draw_summary(struct ui *ui)
{
	static char lines[SUMMARY_LINES][LINE_BYTES];
	char line[LINE_BYTES + 1];
	size_t n, i;

	ui->top->summary.delay_ns = ui->top->delay_ns;
	ui->top->summary.paused = ui->paused;
	n = summary_lines(&ui->top->summary, lines, summary_rows(), term_columns());
	for (i = 0; i < n; i++) {
		line[0] = i ? INK_PLAIN : INK_TITLE;
		text_put(line + 1, lines[i]);
		term_line((int)i, line);
	}
	table_top = n;
}

static void draw_headings(const struct layout *layout, const struct column *sorted)
{
	char text[LINE_BYTES], line[LINE_BYTES + 8];
	struct place place;

	layout_headings(layout, sorted, &place, text);
	if (place.start + place.length > strlen(text))
		place = (struct place){ strlen(text), 0 };
	snprintf(line, sizeof(line), "%s%.*s%s%.*s%s%s", INK(INK_HEADING), (int)place.start, text,
		 INK(INK_SORTED), (int)place.length, text + place.start, INK(INK_HEADING),
		 text + place.start + place.length);
	term_line((int)table_top, line);
}

static enum ink ink_of(const struct row *row, bool selected)
{
	if (selected)
		return INK_SELECTED;
	if (row->proc->tagged)
		return INK_TAGGED;
	if (row->proc->stage == PROC_ENDED)
		return INK_ENDED;
	if (row->thread)
		return INK_THREAD;
	return row->proc->born ? INK_BORN : INK_PLAIN;
}

static void draw_row(const struct ui *ui, const struct layout *layout, size_t i, int y)
{
	const struct row *row = &ui->top->view.rows[i];
	char branch[BRANCH_BYTES], line[LINE_BYTES + 1];

	line[0] = (char)ink_of(row, i == ui->selected);
	view_branch(row, ui->top->style.utf8, branch);
	layout_line(layout, row->proc, branch, &ui->top->style, line + 1);
	term_line(y, line);
}

static void draw_table(struct ui *ui)
{
	const struct view *view = &ui->top->view;
	int y = (int)table_top + has_headings();
	size_t rows = ui_table_rows(), i;
	struct layout layout;

	layout_fit(&layout, term_columns(), view->sort);
	if (has_headings())
		draw_headings(&layout, view->sort);
	for (i = 0; i < rows; i++, y++) {
		if (ui->offset + i < view->count)
			draw_row(ui, &layout, ui->offset + i, y);
		else
			term_line(y, i || view->count ? "" : "(nobody)");
	}
}

static void draw_menu(struct ui *ui)
{
	const struct menu *menu = &ui->menu;
	int y = (int)table_top + has_headings();
	char line[MENU_LABEL + 8];
	size_t rows = ui_menu_rows(), i;

	snprintf(line, sizeof(line), "%s %s", INK(INK_HEADING), menu->title);
	if (has_headings())
		term_line((int)table_top, line);
	for (i = menu->offset; i < menu->offset + rows; i++, y++) {
		bool selected = !menu->fixed && i == menu->selected;

		snprintf(line, sizeof(line), "%s %s", INK(selected ? INK_SELECTED : INK_PLAIN),
			 i < menu->count ? menu->items[i].label : "");
		term_line(y, line);
	}
}

/* The last line: what is typed, what there is to say, or the keys. */

static const char *const table_keys[] = {
	"F1", "Help", "F3", "Search", "F4", "Filter", "F5", "Tree", "F6", "Sort", "F9", "Kill",
	"F10", "Quit", NULL,
};
static const char *const menu_keys[] = { "Enter", "Choose", "Esc", "Cancel", NULL };
static const char *const help_keys[] = { "Esc", "Back", NULL };

static void put_keys(char *line, size_t size, const char *const *keys)
{
	size_t used = 0;

	for (line[0] = '\0'; keys[0] && used < size; keys += 2)
		used += (size_t)snprintf(line + used, size - used, "%s%s%s%s", INK(INK_KEY),
					 keys[0], INK(INK_LABEL), keys[1]);
	if (used < size)
		snprintf(line + used, size - used, "%s", INK(INK_PLAIN));
}

static void put_filter(const struct ui *ui, char *line, size_t size)
{
	char text[TEXT_MAX];
	size_t used = strlen(line);
	int columns_used;

	if (!*ui->top->view.filter)
		return;
	text_name(text, ui->top->view.filter, FILTER_MAX, ui->top->style.utf8, &columns_used);
	snprintf(line + used, size - used, " %sfilter: %s", INK(INK_ALERT), text);
}

static void draw_typing(const struct ui *ui, int y)
{
	static const char *const prompts[] = {
		[MODE_SEARCH] = "Search: ", [MODE_FILTER] = "Filter: ",
		[MODE_DELAY] = "Delay in seconds, or with a unit: ",
	};
	char line[LINE_BYTES], text[TEXT_MAX];
	int used;

	text_name(text, ui->input, FILTER_MAX, ui->top->style.utf8, &used);
	snprintf(line, sizeof(line), "%s%s%s%s", INK(INK_TITLE), prompts[ui->mode],
		 INK(INK_PLAIN), text);
	term_line(y, line);
	term_cursor(y, (int)strlen(prompts[ui->mode]) + used);
}

static void draw_last(struct ui *ui)
{
	int y = term_rows() - 1;
	char line[LINE_BYTES];

	term_cursor(-1, 0);
	if (ui_is_typing(ui)) {
		draw_typing(ui, y);
		return;
	}
	if (*ui->message) {
		snprintf(line, sizeof(line), "%s%s", INK(INK_ALERT), ui->message);
	} else if (!has_keys()) {
		return;
	} else {
		put_keys(line, sizeof(line), ui->mode == MODE_HELP ? help_keys :
			 ui_has_menu(ui) ? menu_keys : table_keys);
		put_filter(ui, line, sizeof(line));
	}
	term_line(y, line);
}

void ui_draw(struct ui *ui)
{
	draw_summary(ui);
	if (ui_has_menu(ui))
		draw_menu(ui);
	else
		draw_table(ui);
	draw_last(ui);
	term_show();
}
