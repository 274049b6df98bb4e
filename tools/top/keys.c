// SPDX-License-Identifier: GPL-2.0-only
/* What the keys do. They are htop's, as far as there is the same thing to do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "parse.h"
#include "terminal.h"
#include "ui.h"

#define KEY_CTRL_L	12

/* --- typing ----------------------------------------------------------------------------------- */

static void begin_typing(struct ui *ui, enum mode mode, const char *text)
{
	snprintf(ui->input, sizeof(ui->input), "%s", text);
	ui->mode = mode;
}

static void follow(struct ui *ui)
{
	const struct row *row = ui_row(ui);

	ui->follow = row && !ui->follow;
	if (!ui->follow)
		return;
	ui->followed = ui_name(row->proc);
	ui->followed_thread = row->thread;
}

static void search(struct ui *ui, size_t from)
{
	size_t found;

	if (!*ui->search)
		return;
	/* Rows that are out of view are in no order yet. */
	if (view_build(&ui->top->view, &ui->top->procs, SIZE_MAX))
		return;
	if (ui->top->view.threads)
		view_add_threads(&ui->top->view, &ui->top->procs, &ui->top->threads.procs);
	found = view_search(&ui->top->view, ui->search, from);
	ui->follow = false;
	if (found == SIZE_MAX) {
		snprintf(ui->message, sizeof(ui->message), "Nobody is called so");
		return;
	}
	/* What was looked for is not lost again by the next screen. */
	ui->selected = found;
	follow(ui);
}

static void set_delay(struct ui *ui)
{
	if (parse_duration(ui->input, DELAY_LEAST_NS, DELAY_MOST_NS, &ui->top->delay_ns))
		snprintf(ui->message, sizeof(ui->message),
			 "No delay between 50ms and 1h (such as 0.5 or 200ms)");
}

/* What is typed takes effect at once, but for a delay. */
static void typed(struct ui *ui)
{
	if (ui->mode == MODE_FILTER)
		strcpy(ui->top->view.filter, ui->input);
	if (ui->mode != MODE_SEARCH)
		return;
	strcpy(ui->search, ui->input);
	search(ui, ui->selected);
}

static void erase_char(char *s)
{
	size_t length = strlen(s);

	while (length && ((unsigned char)s[--length] & 0xc0) == 0x80)
		;
	s[length] = '\0';
}

void ui_key_typing(struct ui *ui, int key)
{
	size_t length = strlen(ui->input);

	switch (key) {
	case '\n':
	case '\r':
	case KEY_ENTER:
		if (ui->mode == MODE_DELAY)
			set_delay(ui);
		ui->mode = MODE_TABLE;
		break;
	case UI_ESCAPE:
		ui->input[0] = '\0';
		if (ui->mode == MODE_FILTER)
			typed(ui);
		ui->mode = MODE_TABLE;
		break;
	case KEY_F(3):
		if (ui->mode == MODE_SEARCH)
			search(ui, ui->selected + 1);
		break;
	case '\b':
	case UI_DELETE:
	case KEY_BACKSPACE:
		erase_char(ui->input);
		typed(ui);
		break;
	default:
		if (key < ' ' || key > 0xff || length + 1 >= sizeof(ui->input))
			break;
		ui->input[length] = (char)key;
		ui->input[length + 1] = '\0';
		typed(ui);
	}
}

/* --- the table ------------------------------------------------------------------------------ */

static void move_bar(struct ui *ui, long by)
{
	long to = (long)ui->selected + by, last = (long)ui->top->view.count - 1;

	ui->follow = false;
	ui->selected = (size_t)(to > last ? last < 0 ? 0 : last : to < 0 ? 0 : to);
}

static void sort_by(struct ui *ui, const char *name)
{
	ui->top->view.sort = column_find(name);
	ui->top->view.inverted = false;
}

static void tag(struct ui *ui)
{
	const struct row *row = ui_row(ui);

	if (row && !row->thread)
		row->proc->tagged = !row->proc->tagged;
	move_bar(ui, 1);
}

static void untag_all(struct ui *ui)
{
	size_t i;

	for (i = 0; i < ui->top->procs.count; i++)
		ui->top->procs.all[i]->tagged = false;
}

static void fold(struct ui *ui, bool folded)
{
	const struct row *row = ui_row(ui);

	if (row && !row->thread && ui->top->view.tree)
		row->proc->folded = folded;
}

static void toggle_threads(struct ui *ui)
{
	struct top *top = ui->top;
	int err;

	top->view.threads = !top->view.threads;
	if (!top->view.threads) {
		view_build(&top->view, &top->procs, 0);	/* forget them before they go */
		threads_close(&top->threads);
		return;
	}
	err = ui_sample_threads(ui);
	if (!err)
		return;
	top->view.threads = false;
	snprintf(ui->message, sizeof(ui->message), "Threads: %s", strerror(err));
}

static void begin_delay(struct ui *ui)
{
	char text[FILTER_MAX];

	snprintf(text, sizeof(text), "%g", (double)ui->top->delay_ns / 1e9);
	begin_typing(ui, MODE_DELAY, text);
}

/* Keys that move the bar. False: it is none. */
static bool key_moves(struct ui *ui, int key)
{
	long page = (long)ui_table_rows();

	switch (key) {
	case KEY_UP:
		move_bar(ui, -1);
		return true;
	case KEY_DOWN:
		move_bar(ui, 1);
		return true;
	case KEY_PPAGE:
		move_bar(ui, -page);
		return true;
	case KEY_NPAGE:
		move_bar(ui, page);
		return true;
	case KEY_HOME:
		move_bar(ui, -(long)ui->selected);
		return true;
	case KEY_END:
		move_bar(ui, (long)ui->top->view.count);
		return true;
	default:
		return false;
	}
}

/* Keys that choose what the table shows. False: it is none. */
static bool key_chooses(struct ui *ui, int key)
{
	struct view *view = &ui->top->view;

	switch (key) {
	case 'P':
		sort_by(ui, "cpu");
		return true;
	case 'M':
		sort_by(ui, "mem");
		return true;
	case 'T':
		sort_by(ui, "time");
		return true;
	case 'N':
		sort_by(ui, "pid");
		return true;
	case 'I':
		view->inverted = !view->inverted;
		return true;
	case 't':
	case KEY_F(5):
		view->tree = !view->tree;
		return true;
	case '+':
	case '=':
		fold(ui, false);
		return true;
	case '-':
		fold(ui, true);
		return true;
	case 'H':
		toggle_threads(ui);
		return true;
	case 'K':
		view->no_kernel = !view->no_kernel;
		return true;
	case 'F':
		follow(ui);
		return true;
	case ' ':
		tag(ui);
		return true;
	case 'U':
		untag_all(ui);
		return true;
	default:
		return false;
	}
}

void ui_key_table(struct ui *ui, int key)
{
	if (key_moves(ui, key) || key_chooses(ui, key))
		return;
	switch (key) {
	case KEY_F(1):
	case 'h':
	case '?':
		ui_open_help(ui);
		break;
	case KEY_F(3):
	case '/':
		begin_typing(ui, MODE_SEARCH, "");
		break;
	case 'n':
		search(ui, ui->selected + 1);
		break;
	case KEY_F(4):
	case '\\':
		begin_typing(ui, MODE_FILTER, ui->top->view.filter);
		break;
	case KEY_F(6):
	case '>':
	case '<':
		ui_open_sort(ui);
		break;
	case 'u':
		ui_open_user(ui);
		break;
	case KEY_F(9):
	case 'k':
		ui_open_signal(ui);
		break;
	case 'd':
	case 's':
		begin_delay(ui);
		break;
	case 'z':
		ui->paused = !ui->paused;
		break;
	case KEY_CTRL_L:
		term_redraw();
		break;
	case KEY_F(10):
	case 'q':
		ui->ending = true;
		break;
	default:
		break;
	}
}
