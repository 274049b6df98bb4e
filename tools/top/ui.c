// SPDX-License-Identifier: GPL-2.0-only
/* tmctl top with a terminal: when a screen is made, and what is in view of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "rates.h"
#include "terminal.h"
#include "ui.h"

/* The first screen has nothing to compare with, so the second follows soon. */
#define SECOND_NS	(250 * NSEC_PER_MSEC)

static bool is_followed(const struct ui *ui, const struct row *row)
{
	return row->thread == ui->followed_thread && row->proc->pid == ui->followed.pid &&
	       row->proc->start_time_ns == ui->followed.start_time_ns;
}

static void find_followed(struct ui *ui)
{
	const struct view *view = &ui->top->view;
	size_t i;

	for (i = 0; i < view->count; i++) {
		if (is_followed(ui, &view->rows[i])) {
			ui->selected = i;
			return;
		}
	}
	ui->follow = false;
}

/* The bar is on a row that is there, and in view. */
static void keep_in_view(struct ui *ui)
{
	size_t rows = ui_table_rows(), count = ui->top->view.count;

	if (ui->selected >= count)
		ui->selected = count ? count - 1 : 0;
	if (ui->selected < ui->offset)
		ui->offset = ui->selected;
	if (ui->selected >= ui->offset + rows)
		ui->offset = ui->selected - rows + 1;
	if (ui->offset + rows > count)
		ui->offset = count > rows ? count - rows : 0;
}

/* Without memory there is less to see. */
static void build(struct ui *ui, size_t want)
{
	struct top *top = ui->top;

	view_build(&top->view, &top->procs, ui->follow ? SIZE_MAX : want);
	if (top->view.threads)
		view_add_threads(&top->view, &top->procs, &top->threads.procs);
}

static void count_above(struct ui *ui)
{
	size_t i;

	ui->above = 0;
	for (i = 0; i < ui->offset && i < ui->top->view.count; i++)
		ui->above += !ui->top->view.rows[i].thread;
}

void ui_arrange(struct ui *ui)
{
	size_t rows = ui_table_rows(), sorted;

	keep_in_view(ui);
	sorted = ui->offset + rows;
	build(ui, sorted);
	if (ui->follow)
		find_followed(ui);
	keep_in_view(ui);
	if (ui->offset + rows > sorted)
		build(ui, ui->offset + rows);
	count_above(ui);
}

/* The process above the first row in view may be the one whose threads are there. */
int ui_sample_threads(struct ui *ui)
{
	struct top *top = ui->top;
	size_t first = ui->above ? ui->above - 1 : 0, rows = ui_table_rows() + 1;

	if (!top->view.threads)
		return 0;
	if (view_build(&top->view, &top->procs, ui->follow ? SIZE_MAX : first + rows))
		return ENOMEM;
	if (first > top->view.count)
		first = top->view.count;
	if (rows > top->view.count - first)
		rows = top->view.count - first;
	return threads_screen(&top->threads, top->view.rows + first, rows, &top->procs);
}

static int make_screen(struct ui *ui)
{
	int err = top_sample(ui->top);

	if (!err)
		err = ui_sample_threads(ui);
	if (!err)
		ui_arrange(ui);
	return err;
}

static void take_key(struct ui *ui, int key)
{
	ui->message[0] = '\0';
	if (ui_is_typing(ui))
		ui_key_typing(ui, key);
	else if (ui_has_menu(ui))
		ui_key_menu(ui, key);
	else
		ui_key_table(ui, key);
	ui_arrange(ui);
}

/**
 * struct beat - when screens are due
 * @deadline_ns: the next one
 * @left: how many are still to come; 0: without end
 */
struct beat {
	uint64_t deadline_ns;
	uint64_t left;
};

static int make_due_screen(struct ui *ui, struct beat *beat)
{
	uint64_t now = clock_monotonic_ns();
	int err;

	source_drain(&ui->top->source);
	if (ui->paused || now < beat->deadline_ns)
		return 0;
	err = make_screen(ui);
	beat->deadline_ns = next_deadline(beat->deadline_ns, ui->top->delay_ns, now);
	if (beat->left && !--beat->left)
		ui->ending = true;
	return err;
}

/* A delay that was made shorter counts from now on; so does the end of a pause. */
static void keep_beat(struct ui *ui, struct beat *beat, bool was_paused)
{
	uint64_t now = clock_monotonic_ns();

	if (beat->deadline_ns > now + ui->top->delay_ns || (was_paused && !ui->paused))
		beat->deadline_ns = was_paused ? now : now + ui->top->delay_ns;
}

/* Wait for something, and do what it asks for. Return: 0, or what errno was. */
static int next_event(struct ui *ui, struct beat *beat)
{
	uint64_t now = clock_monotonic_ns(), until = now + DRAIN_NS;
	bool was_paused = ui->paused;
	int key;

	if (!ui->paused && beat->deadline_ns < until)
		until = beat->deadline_ns;
	switch (term_wait(until, &key)) {
	case EVENT_TIME:
		return make_due_screen(ui, beat);
	case EVENT_KEY:
		take_key(ui, key);
		keep_beat(ui, beat, was_paused);
		return 0;
	case EVENT_RESIZE:
		/* How many rows there are is known when the summary has been drawn. */
		ui_draw(ui);
		ui_arrange(ui);
		return 0;
	default:
		ui->ending = true;
		return 0;
	}
}

static int run_screens(struct ui *ui)
{
	struct beat beat = { .left = ui->top->screens };
	int err = make_screen(ui);

	if (err)
		return err;
	beat.deadline_ns = clock_monotonic_ns();
	beat.deadline_ns += ui->top->delay_ns < SECOND_NS ? ui->top->delay_ns : SECOND_NS;
	ui_draw(ui);
	ui_arrange(ui);
	while (!err && !ui->ending) {
		ui_draw(ui);
		err = next_event(ui, &beat);
	}
	return err;
}

int ui_run(struct top *top)
{
	struct ui ui = { .top = top };
	int status = term_open(top->color != COLOR_NEVER), err;

	if (status)
		return status;
	err = run_screens(&ui);
	term_close();
	menu_free(&ui.menu);
	free(ui.victims);
	return err ? top_failed(top, err) : STATUS_DONE;
}
