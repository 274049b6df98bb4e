// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file thresholds of a named session's directory. One is written at a time, in
 * words:
 *
 *	rss above 1G below 900M for 10s
 *	cpu above 150%
 *	exit
 *	-3
 *
 * and those that there are are read as a line each, in the units of struct
 * tm_threshold.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "../core/calc.h"
#include "../core/session.h"
#include "configfs.h"

#define TM_PPM_PER_PERCENT 10000

static const char *const tm_whats[] = {
	[TM_THRESHOLD_RSS] = "rss",
	[TM_THRESHOLD_CPU] = "cpu",
	[TM_THRESHOLD_RUN_DELAY] = "run_delay",
	[TM_THRESHOLD_THREADS] = "threads",
	[TM_THRESHOLD_EXIT] = "exit",
};

/* NULL: none that is known here. */
const char *tm_threshold_name(unsigned int what)
{
	return what < ARRAY_SIZE(tm_whats) ? tm_whats[what] : NULL;
}

static ssize_t tm_thresholds_show(struct config_item *item, char *page)
{
	struct tm_session *s = tm_dir_session(tm_dir_of(item));
	struct tm_threshold thresholds[TM_THRESHOLDS_MAX], *t;
	unsigned int n = s ? tm_session_thresholds(s, thresholds) : 0;
	int len = 0;

	for (t = thresholds; t < thresholds + n; t++) {
		len += scnprintf(page + len, TM_PAGE_SIZE - len,
				 "id %u what %s above %llu below %llu for_ns %llu ",
				 t->id, tm_whats[t->what], t->above, t->below, t->for_ns);
		len += scnprintf(page + len, TM_PAGE_SIZE - len,
				 "crossed %llu returned %llu unjudged %llu\n",
				 t->crossed, t->returned, t->unjudged);
	}
	return len;
}

/* --- what is written --------------------------------------------------------------- */

/* The unit behind a figure is cut off. Return: how many of the UAPI's it is. */
static u64 tm_cut_unit(u32 what, char *word)
{
	size_t len = strlen(word);
	char unit = len ? word[len - 1] : '\0';
	u64 scale = 1;

	if (what == TM_THRESHOLD_RSS) {
		switch (unit) {
		case 'T':
			scale <<= 10;
			fallthrough;
		case 'G':
			scale <<= 10;
			fallthrough;
		case 'M':
			scale <<= 10;
			fallthrough;
		case 'K':
			scale <<= 10;
		}
	} else if (what != TM_THRESHOLD_THREADS && unit == '%') {
		scale = TM_PPM_PER_PERCENT;
	}
	if (scale > 1)
		word[len - 1] = '\0';
	return scale;
}

static int tm_take_figure(u32 what, char *word, u64 *figure)
{
	u64 scale = tm_cut_unit(what, word);
	int err = kstrtou64(word, 10, figure);

	if (!err && check_mul_overflow(*figure, scale, figure))
		err = -ERANGE;
	return err;
}

/* The words behind the figure's name, each with something behind it, and at most once. */
enum tm_word { TM_WORD_ABOVE, TM_WORD_BELOW, TM_WORD_FOR };

static const char *const tm_words[] = {
	[TM_WORD_ABOVE] = "above",
	[TM_WORD_BELOW] = "below",
	[TM_WORD_FOR] = "for",
};

static int tm_take_word(struct tm_threshold *threshold, enum tm_word word, char *argument)
{
	int err;

	switch (word) {
	case TM_WORD_ABOVE:
		return tm_take_figure(threshold->what, argument, &threshold->above);
	case TM_WORD_BELOW:
		err = tm_take_figure(threshold->what, argument, &threshold->below);
		/* To be at 0 is not what 0 would say: "as above". */
		if (!err && !threshold->below)
			err = -EINVAL;
		return err;
	default:
		return tm_parse_duration_ns(argument, &threshold->for_ns);
	}
}

static int tm_parse_threshold(char *text, struct tm_threshold *threshold)
{
	int what = tm_word_of(tm_whats, ARRAY_SIZE(tm_whats), strsep(&text, " "));
	unsigned long seen = 0;
	int word, err = 0;

	if (what < 0)
		return what;
	memset(threshold, 0, sizeof(*threshold));
	threshold->what = what;
	while (!err && text) {
		word = match_string(tm_words, ARRAY_SIZE(tm_words), strsep(&text, " "));
		if (word < 0 || !text || seen & BIT(word))
			return -EINVAL;
		seen |= BIT(word);
		err = tm_take_word(threshold, word, strsep(&text, " "));
	}
	if (!err && what != TM_THRESHOLD_EXIT && !(seen & BIT(TM_WORD_ABOVE)))
		err = -EINVAL;
	return err;
}

static int tm_add_threshold(struct tm_dir *dir, char *text)
{
	struct tm_threshold threshold;
	struct tm_session *s;
	int err;

	err = tm_parse_threshold(text, &threshold);
	if (err)
		return err;
	s = tm_dir_get_session(dir);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = tm_session_threshold_add(s, &threshold);
	tm_dir_keep_session(dir, s, err);
	return err;
}

static int tm_take_threshold(struct tm_dir *dir, char *text)
{
	u32 id;
	int err;

	if (*text != '-')
		return tm_add_threshold(dir, text);
	err = kstrtou32(text + 1, 10, &id);
	if (err)
		return err;
	return dir->session ? tm_session_threshold_del(dir->session, id) : -ENOENT;
}

static ssize_t tm_thresholds_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_threshold);
}

TM_DIR_ATTR_RW(thresholds);
