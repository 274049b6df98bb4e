/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal: lines that are drawn where they have changed, keys and signals.
 *
 * A line is text with inks in it: a byte below 0x20 is the ink (enum ink) of what
 * follows. So what is drawn has to be free of control characters, as text_name()
 * makes it.
 */
#ifndef TMCTL_TOP_TERMINAL_H
#define TMCTL_TOP_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/* What things look like, with and without colour. */
enum ink {
	INK_PLAIN = 1,
	INK_TITLE,
	INK_HEADING,
	INK_SORTED,	/* the heading of the column that is sorted by */
	INK_SELECTED,
	INK_TAGGED,
	INK_BORN,
	INK_ENDED,
	INK_THREAD,
	INK_KEY,
	INK_LABEL,
	INK_ALERT,
	INK_COUNT,
};

/* What term_wait() has to tell. */
enum event {
	EVENT_TIME,	/* the deadline has passed */
	EVENT_KEY,
	EVENT_RESIZE,	/* all has to be drawn again */
	EVENT_END,	/* a signal to end, or the terminal has gone */
};

/**
 * term_open() - take the terminal
 * @color: whether colours may be used where the terminal has them
 *
 * Return: an exit code, having said what went wrong.
 */
int term_open(bool color);

/* Give it back as it was. */
void term_close(void);

int term_rows(void);
int term_columns(void);

/**
 * term_line() - a line, from its first column to the last of the terminal
 * @y: which, from 0; those that the terminal has not are left out
 * @text: what stands there; the last ink goes on to the end
 */
void term_line(int y, const char *text);

/* Where the cursor is to be seen; @y negative: nowhere. */
void term_cursor(int y, int x);

/* Let it be seen. */
void term_show(void);

/* All is to be drawn again, whatever has written on the terminal. */
void term_redraw(void);

/**
 * term_wait() - wait for a key, a signal, or until the time has come
 * @deadline_ns: CLOCK_MONOTONIC
 * @key: set to the key, as ncurses names it
 */
enum event term_wait(uint64_t deadline_ns, int *key);

#endif /* TMCTL_TOP_TERMINAL_H */
