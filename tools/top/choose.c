// SPDX-License-Identifier: GPL-2.0-only
/* Lists to choose from: help, columns, users, signals; and what a choice does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "send.h"
#include "ui.h"
#include "users.h"

static const char *const help[] = {
	"Up Down PgUp PgDn Home End   move the bar",
	"Space   tag the process, U untag all",
	"F1 h ?  this help",
	"F3 /    search a name; F3 or n: the next one",
	"F4 \\    show only names that have a text in them; empty: all",
	"F5 t    as a tree; - + fold and unfold what is below a process",
	"F6 > <  choose what to sort by; P M T N: CPU, memory, time, PID",
	"I       the other way round",
	"F       the bar follows the process",
	"H       threads of the processes in view",
	"K       hide kernel threads",
	"u       processes of one user",
	"F9 k    send a signal to the process, or to those that are tagged",
	"d s     the delay between two screens",
	"z       freeze; again: go on",
	"Ctrl-L  draw again",
	"F10 q   quit",
	"",
	"+ born since the last screen    x ended, with its exit status    * tagged",
	"%CPU, %usr, %sys, %wait: share of one CPU since the last screen; wait: runnable",
	"without a CPU. HISTORY: %CPU of the last screens; a full bar is one CPU.",
	"- is a figure that is not known.",
};

/* --- opening one ----------------------------------------------------------------------- */

void ui_open_help(struct ui *ui)
{
	size_t i;

	menu_begin(&ui->menu, "tmctl top: keys");
	ui->menu.fixed = true;
	for (i = 0; i < ARRAY_SIZE(help); i++)
		menu_add(&ui->menu, help[i], 0, false);
	ui->mode = MODE_HELP;
}

void ui_open_sort(struct ui *ui)
{
	char label[MENU_LABEL];
	size_t i;

	menu_begin(&ui->menu, "Sort by");
	for (i = 0; i < column_count; i++) {
		if (!columns[i].sort)
			continue;
		snprintf(label, sizeof(label), "%-10s %s", columns[i].sort,
			 columns[i].field.heading ? columns[i].field.heading : "");
		menu_add(&ui->menu, label, i, &columns[i] == ui->top->view.sort);
	}
	ui->mode = MODE_SORT;
	menu_move(&ui->menu, 0, ui_menu_rows());
}

static bool is_in_menu(const struct menu *menu, uint64_t value)
{
	size_t i;

	for (i = 0; i < menu->count; i++) {
		if (menu->items[i].value == value)
			return true;
	}
	return false;
}

/* Value 0 stands for all users, any other for the one before it. */
void ui_open_user(struct ui *ui)
{
	const struct procs *procs = &ui->top->procs;
	const struct view *view = &ui->top->view;
	char name[TEXT_MAX];
	size_t i;
	int used;

	menu_begin(&ui->menu, "Processes of");
	menu_add(&ui->menu, "(all users)", 0, true);
	for (i = 0; i < procs->count; i++) {
		uint32_t uid = procs->all[i]->now->uid;

		if (is_in_menu(&ui->menu, uid + 1ULL))
			continue;
		text_name(name, user_name(uid), MENU_LABEL / 4, ui->top->style.utf8, &used);
		menu_add(&ui->menu, name, uid + 1ULL, view->by_user && view->uid == uid);
	}
	ui->mode = MODE_USER;
	menu_move(&ui->menu, 0, ui_menu_rows());
}

/* --- signals ------------------------------------------------------------------------------ */

struct named ui_name(const struct proc *proc)
{
	struct named named = { .pid = proc->pid, .start_time_ns = proc->start_time_ns };

	memcpy(named.comm, proc->now->comm, sizeof(named.comm));
	return named;
}

/* A thread stands for its process. */
static const struct proc *victim_of(const struct ui *ui, const struct row *row)
{
	const struct proc *proc = row ? row->proc : NULL;

	if (row && row->thread)
		proc = procs_alive(&ui->top->procs, proc->now->tgid);
	return proc && proc->stage == PROC_ALIVE ? proc : NULL;
}

static bool choose_victims(struct ui *ui)
{
	const struct procs *procs = &ui->top->procs;
	const struct proc *proc = victim_of(ui, ui_row(ui));
	struct named *victims = realloc(ui->victims, (procs->count + 1) * sizeof(*victims));
	size_t i;

	ui->victim_count = 0;
	if (!victims)
		return false;
	ui->victims = victims;
	for (i = 0; i < procs->count; i++) {
		if (procs->all[i]->tagged && procs->all[i]->stage == PROC_ALIVE)
			victims[ui->victim_count++] = ui_name(procs->all[i]);
	}
	if (!ui->victim_count && proc)
		victims[ui->victim_count++] = ui_name(proc);
	return ui->victim_count;
}

static void printable(const struct ui *ui, const struct named *named, char *name)
{
	int used;

	text_name(name, named->comm, 2 * TM_COMM_LEN, ui->top->style.utf8, &used);
}

void ui_open_signal(struct ui *ui)
{
	char title[MENU_LABEL], name[TEXT_MAX];

	if (!choose_victims(ui)) {
		snprintf(ui->message, sizeof(ui->message), "Nobody to send a signal to");
		return;
	}
	printable(ui, &ui->victims[0], name);
	if (ui->victim_count == 1)
		snprintf(title, sizeof(title), "Send to process %d (%.60s)", ui->victims[0].pid,
			 name);
	else
		snprintf(title, sizeof(title), "Send to %zu tagged processes", ui->victim_count);
	send_menu(&ui->menu, title);
	ui->mode = MODE_SIGNAL;
	menu_move(&ui->menu, 0, ui_menu_rows());
}

static void send(struct ui *ui, int signal)
{
	size_t i, failed = 0;
	char name[TEXT_MAX];
	int err;

	for (i = 0; i < ui->victim_count; i++) {
		const struct named *victim = &ui->victims[i];

		err = send_signal(&ui->top->source, victim->pid, victim->start_time_ns, signal);
		if (!err || failed++)
			continue;
		printable(ui, victim, name);
		snprintf(ui->message, sizeof(ui->message), "%s to process %d (%s): %s",
			 send_name(signal), victim->pid, name, strerror(err));
	}
	if (!failed)
		snprintf(ui->message, sizeof(ui->message), "%s sent to %zu process%s",
			 send_name(signal), i, i == 1 ? "" : "es");
	else if (failed > 1)
		snprintf(ui->message + strlen(ui->message),
			 sizeof(ui->message) - strlen(ui->message), "; and to %zu more not either",
			 failed - 1);
}

static void choose(struct ui *ui)
{
	const struct menu *menu = &ui->menu;
	uint64_t value = menu->selected < menu->count ? menu->items[menu->selected].value : 0;
	struct view *view = &ui->top->view;

	switch (ui->mode) {
	case MODE_SORT:
		view->sort = &columns[value];
		break;
	case MODE_USER:
		view->by_user = value;
		view->uid = (uint32_t)(value - 1);
		break;
	case MODE_SIGNAL:
		send(ui, (int)value);
		break;
	default:
		break;
	}
	ui->mode = MODE_TABLE;
}

void ui_key_menu(struct ui *ui, int key)
{
	size_t rows = ui_menu_rows();

	switch (key) {
	case KEY_UP:
		menu_move(&ui->menu, -1, rows);
		break;
	case KEY_DOWN:
		menu_move(&ui->menu, 1, rows);
		break;
	case KEY_PPAGE:
		menu_move(&ui->menu, -(long)rows, rows);
		break;
	case KEY_NPAGE:
		menu_move(&ui->menu, (long)rows, rows);
		break;
	case KEY_HOME:
		menu_move(&ui->menu, -(long)ui->menu.count, rows);
		break;
	case KEY_END:
		menu_move(&ui->menu, (long)ui->menu.count, rows);
		break;
	case '\n':
	case '\r':
	case KEY_ENTER:
		choose(ui);
		break;
	case UI_ESCAPE:
	case KEY_F(10):
		ui->mode = MODE_TABLE;
		break;
	default:
		if (ui->mode == MODE_HELP)
			ui->mode = MODE_TABLE;
		else if (key > ' ' && key < UI_DELETE)
			menu_jump(&ui->menu, key, rows);
	}
}
