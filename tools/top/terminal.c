// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

/* curses has macros of these names */
#undef lines
#undef columns

#include "clock.h"
#include "error.h"
#include "status.h"
#include "terminal.h"
#include "text.h"

#define EMPTY_MOST	10	/* keys that are none, before we believe that nobody is there */
#define ESCAPE_MS	25	/* how long the rest of a key's sequence may take */

/* As they look without colour; with it, the pair of their number is added. */
static const struct {
	attr_t attributes;
	short color;	/* -1: the terminal's own */
} inks[INK_COUNT] = {
	[INK_PLAIN] = { A_NORMAL, -1 },
	[INK_TITLE] = { A_BOLD, -1 },
	[INK_HEADING] = { A_REVERSE, COLOR_GREEN },
	[INK_SORTED] = { A_REVERSE | A_BOLD | A_UNDERLINE, COLOR_CYAN },
	[INK_SELECTED] = { A_REVERSE, COLOR_CYAN },
	[INK_TAGGED] = { A_BOLD, COLOR_YELLOW },
	[INK_BORN] = { A_NORMAL, COLOR_GREEN },
	[INK_ENDED] = { A_DIM, -1 },
	[INK_THREAD] = { A_NORMAL, COLOR_CYAN },
	[INK_KEY] = { A_BOLD, -1 },
	[INK_LABEL] = { A_REVERSE, COLOR_CYAN },
	[INK_ALERT] = { A_BOLD, COLOR_RED },
};

/**
 * struct terminal - the one we have
 * @screen: ncurses' own
 * @signals: a signalfd
 * @old_mask: signals that were blocked before
 * @has_color: whether pairs of colours have been made
 * @cursor_y: where the cursor is; negative: nowhere
 * @cursor_x: likewise
 * @empty: how often it could be read from and there was no key, in a row
 * @drawn: the lines as they are on the terminal; NULL: not known
 * @drawn_count: how many
 */
static struct terminal {
	SCREEN *screen;
	int signals;
	sigset_t old_mask;
	bool has_color;
	int cursor_y;
	int cursor_x;
	int empty;
	char **drawn;
	int drawn_count;
} term;

static void forget_lines(void)
{
	int i;

	for (i = 0; i < term.drawn_count; i++)
		free(term.drawn[i]);
	free(term.drawn);
	term.drawn_count = LINES;
	term.drawn = calloc((size_t)term.drawn_count + 1, sizeof(*term.drawn));
	if (!term.drawn)
		term.drawn_count = 0;
}

static int no_terminal(void)
{
	const char *name = getenv("TERM");

	return fail(STATUS_FAILED, "top: terminal '%s': no full screen can be drawn on it "
		    "(try: tmctl top -b, or another TERM)", name ? name : "");
}

static void make_colors(bool color)
{
	short i;

	term.has_color = color && has_colors() && start_color() == OK;
	if (!term.has_color)
		return;
	use_default_colors();
	for (i = 1; i < INK_COUNT; i++)
		init_pair(i, inks[i].color, -1);
}

/* Told by descriptor, so that nothing happens while ncurses is at work. */
static int catch_signals(void)
{
	static const int caught[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT,
	};
	sigset_t mask;
	size_t i;

	sigemptyset(&mask);
	for (i = 0; i < ARRAY_SIZE(caught); i++)
		sigaddset(&mask, caught[i]);
	sigprocmask(SIG_BLOCK, &mask, &term.old_mask);
	term.signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return term.signals < 0 ? -1 : 0;
}

int term_open(bool color)
{
	int err;

	/* setupterm() says what newterm() would end the program for. */
	if (setupterm(NULL, STDOUT_FILENO, &err) != OK || !cursor_address || !clear_screen)
		return no_terminal();
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen)
		return no_terminal();
	if (catch_signals()) {
		err = errno;
		endwin();
		return fail_errno("top: signals", err);
	}
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	make_colors(color);
	term.cursor_y = -1;
	curs_set(0);
	forget_lines();
	return STATUS_DONE;
}

void term_close(void)
{
	int i;

	curs_set(1);
	endwin();
	delscreen(term.screen);
	for (i = 0; i < term.drawn_count; i++)
		free(term.drawn[i]);
	free(term.drawn);
	close(term.signals);
	sigprocmask(SIG_SETMASK, &term.old_mask, NULL);
	memset(&term, 0, sizeof(term));
}

int term_rows(void)
{
	return LINES;
}

int term_columns(void)
{
	return COLS;
}

/* --- drawing ---------------------------------------------------------------------------- */

static attr_t look_of(enum ink ink)
{
	attr_t look = inks[ink].attributes;

	return term.has_color ? look | (attr_t)COLOR_PAIR(ink) : look;
}

/* A piece of one ink, no further than the terminal goes. Return: the columns it takes. */
static int put_piece(const char *s, size_t length, int room)
{
	char piece[512];
	int used;

	if (length >= sizeof(piece))
		length = sizeof(piece) - 1;
	memcpy(piece, s, length);
	piece[length] = '\0';
	addnstr(piece, (int)text_columns(piece, room, &used));
	return used;
}

static void draw_line(int y, const char *text)
{
	int x = 0, used;

	move(y, 0);
	attrset(look_of(INK_PLAIN));
	while (*text && x < COLS) {
		size_t length = 0;

		if ((unsigned char)*text < INK_COUNT) {
			attrset(look_of((enum ink)*text++));
			continue;
		}
		while (length < 256 && (unsigned char)text[length] >= ' ')
			length++;
		/* No character is cut in two. */
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		if (!length)
			break;
		used = put_piece(text, length, COLS - x);
		x += used;
		text += length;
	}
	if (x < COLS)
		hline(' ' | (chtype)getattrs(stdscr), COLS - x);
}

void term_line(int y, const char *text)
{
	if (y < 0 || y >= LINES || y >= term.drawn_count)
		return;
	if (term.drawn[y] && !strcmp(term.drawn[y], text))
		return;
	free(term.drawn[y]);
	term.drawn[y] = strdup(text);
	draw_line(y, text);
}

void term_cursor(int y, int x)
{
	if ((y < 0) != (term.cursor_y < 0))
		curs_set(y < 0 ? 0 : 1);
	term.cursor_y = y;
	term.cursor_x = x;
}

void term_show(void)
{
	if (term.cursor_y >= 0)
		move(term.cursor_y, term.cursor_x < COLS ? term.cursor_x : COLS - 1);
	refresh();
}

void term_redraw(void)
{
	clearok(curscr, TRUE);
	erase();
	forget_lines();
}

/* --- keys and signals ---------------------------------------------------------------------- */

static void fit_terminal(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	term_redraw();
}

/* Stopped as Ctrl-Z does it, with the terminal as it was. */
static void suspend(void)
{
	endwin();
	raise(SIGSTOP);
	refresh();
	fit_terminal();
}

static enum event take_signal(void)
{
	struct signalfd_siginfo info;

	if (read(term.signals, &info, sizeof(info)) != sizeof(info))
		return EVENT_TIME;
	switch (info.ssi_signo) {
	case SIGTSTP:
		suspend();
		return EVENT_RESIZE;
	case SIGWINCH:
	case SIGCONT:
		fit_terminal();
		return EVENT_RESIZE;
	default:
		return EVENT_END;
	}
}

static int left_ms(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();

	/* Rounded up: not to look again and again in the last millisecond. */
	return deadline_ns > now ? (int)((deadline_ns - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC)
				 : 0;
}

enum event term_wait(uint64_t deadline_ns, int *key)
{
	struct pollfd fds[] = {
		{ .fd = term.signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	/* ncurses may have read ahead. */
	*key = getch();
	if (*key != ERR)
		return EVENT_KEY;
	if (poll(fds, ARRAY_SIZE(fds), left_ms(deadline_ns)) <= 0)
		return EVENT_TIME;
	if (fds[0].revents)
		return take_signal();
	*key = getch();
	if (*key != ERR) {
		term.empty = 0;
		return EVENT_KEY;
	}
	/* Readable, and nothing there, again and again: the other end has gone. */
	if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL) || ++term.empty > EMPTY_MOST)
		return EVENT_END;
	return EVENT_TIME;
}
