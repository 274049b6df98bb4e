/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen: what it is in the middle of, and how it looks. ui.c makes it, draw.c
 * draws it; keys.c has what keys do, choose.c the lists to choose from.
 */
#ifndef TMCTL_TOP_UI_H
#define TMCTL_TOP_UI_H

#include "menu.h"
#include "top.h"

#define MESSAGE_MAX	256

/* What keys mean at the moment. */
enum mode {
	MODE_TABLE,
	MODE_SEARCH,	/* a text is typed */
	MODE_FILTER,
	MODE_DELAY,
	MODE_SORT,	/* an item is chosen */
	MODE_USER,
	MODE_SIGNAL,
	MODE_HELP,
};

/* A process by its name, for it may be gone by now. */
struct named {
	int32_t pid;
	uint64_t start_time_ns;
	char comm[TM_COMM_LEN];
};

/**
 * struct ui - the screen
 * @top: what it is about
 * @mode: what keys mean
 * @paused: no screens are made
 * @ending: it is to end
 * @selected: the row that the bar is on
 * @offset: the first row in view
 * @above: rows of processes above that
 * @follow: the bar stays on @followed
 * @followed: a process, or thread
 * @followed_thread: which of the two
 * @input: what is being typed
 * @search: what was looked for last
 * @message: instead of the keys, until the next key; "": none
 * @menu: what is chosen from
 * @victims: whom a signal is for
 * @victim_count: how many they are
 */
struct ui {
	struct top *top;
	enum mode mode;
	bool paused;
	bool ending;
	size_t selected;
	size_t offset;
	size_t above;
	bool follow;
	struct named followed;
	bool followed_thread;
	char input[FILTER_MAX];
	char search[FILTER_MAX];
	char message[MESSAGE_MAX];
	struct menu menu;
	struct named *victims;
	size_t victim_count;
};

static inline bool ui_is_typing(const struct ui *ui)
{
	return ui->mode == MODE_SEARCH || ui->mode == MODE_FILTER || ui->mode == MODE_DELAY;
}

static inline bool ui_has_menu(const struct ui *ui)
{
	return ui->mode >= MODE_SORT;
}

/* The row that the bar is on, or NULL. */
static inline const struct row *ui_row(const struct ui *ui)
{
	const struct view *view = &ui->top->view;

	return ui->selected < view->count ? &view->rows[ui->selected] : NULL;
}

/* Rows that the table, or a menu, has room for. */
size_t ui_table_rows(void);
size_t ui_menu_rows(void);

/* Choose and sort anew, as far as it is in view. */
void ui_arrange(struct ui *ui);

/* The same where the threads of other processes may be in view now. Return: 0, or errno. */
int ui_sample_threads(struct ui *ui);

void ui_draw(struct ui *ui);

/* A process by its name. */
struct named ui_name(const struct proc *proc);

/* Open a list to choose from. */
void ui_open_help(struct ui *ui);
void ui_open_sort(struct ui *ui);
void ui_open_user(struct ui *ui);
void ui_open_signal(struct ui *ui);

/* Keys that ncurses has no name for. */
#define UI_ESCAPE	27
#define UI_DELETE	127

/* What a key does, by mode. */
void ui_key_table(struct ui *ui, int key);
void ui_key_typing(struct ui *ui, int key);
void ui_key_menu(struct ui *ui, int key);

#endif /* TMCTL_TOP_UI_H */
