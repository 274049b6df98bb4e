// SPDX-License-Identifier: GPL-2.0-only
/* The time line, which folds as it grows, and the lines that are drawn of it. */
#include <stdlib.h>

#include "../../common/chart.h"
#include "../../common/timeline.h"
#include "tap.h"

#define MS	1000000ULL

static uint64_t cpu_sum(const struct timeline *line)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < TIMELINE_BINS; i++)
		sum += line->bins[i].cpu_ns;
	return sum;
}

static void spread(void)
{
	struct timeline line;

	timeline_init(&line, 10 * MS);
	CHECK(!line.used, "nothing yet");
	timeline_add_cpu(&line, 5 * MS, 25 * MS, 20 * MS);
	CHECK(line.bins[0].cpu_ns == 5 * MS && line.bins[1].cpu_ns == 10 * MS &&
	      line.bins[2].cpu_ns == 5 * MS, "CPU time is spread evenly");
	CHECK(line.used == 3, "three bins");
	timeline_add_cpu(&line, 10 * MS, 20 * MS, 7);
	CHECK(line.bins[1].cpu_ns == 10 * MS + 7 && line.bins[2].cpu_ns == 5 * MS,
	      "an end on the edge is in the bin before");
	timeline_add_cpu(&line, 30 * MS, 30 * MS, 1);
	CHECK(line.bins[2].cpu_ns == 5 * MS + 1, "no time at all: one bin");
	timeline_add_cpu(&line, 0, 0, 1);
	CHECK(line.bins[0].cpu_ns == 5 * MS + 1, "at the beginning");
	timeline_add_cpu(&line, 1, 1199 * MS, 999999937);
	CHECK(cpu_sum(&line) == 20 * MS + 9 + 999999937, "nothing is lost to rounding");
}

static void folds(void)
{
	struct timeline line;

	timeline_init(&line, 10 * MS);
	timeline_add_cpu(&line, 0, 10 * MS, 3);
	timeline_add_cpu(&line, 10 * MS, 20 * MS, 4);
	timeline_add_rss(&line, 5 * MS, 100);
	timeline_add_rss(&line, 6 * MS, 50);
	CHECK(line.bins[0].rss_bytes == 100 && line.bins[0].rss_known, "the most of a bin");
	CHECK(!line.bins[1].rss_known, "unknown where nobody looked");
	timeline_add_rss(&line, TIMELINE_BINS * 10 * MS, 7);
	CHECK(line.width_ns == 20 * MS, "one bin too many: twice as wide");
	CHECK(line.bins[0].cpu_ns == 7 && line.bins[0].rss_bytes == 100, "two are one");
	CHECK(line.used == TIMELINE_BINS / 2 + 1 && line.bins[TIMELINE_BINS / 2].rss_bytes == 7,
	      "the new one is behind them");
	timeline_add_cpu(&line, 0, 3600000 * MS, 3600000 * MS);
	CHECK(cpu_sum(&line) == 7 + 3600000 * MS && line.used <= TIMELINE_BINS,
	      "an hour, all at once");
}

static void lines(void)
{
	const uint64_t values[] = { 0, 1, 50, 100, CHART_UNKNOWN, 800 };
	const uint64_t late[] = { CHART_UNKNOWN, 5 };
	const uint64_t flat[] = { 0, 0 };
	uint64_t many[CHART_COLUMNS + 5] = { 0 };
	char buf[CHART_BYTES];

	CHECK(chart_line(values, 6, false, buf) == 800, "the greatest");
	CHECK_STR(buf, " ....@", "ASCII: what is there is seen");
	chart_line(values + 1, 3, true, buf);
	CHECK_STR(buf, "\u2581\u2584\u2588", "blocks");
	chart_line(late, 2, false, buf);
	CHECK_STR(buf, "?@", "unknown at the beginning");
	CHECK(chart_line(late, 1, false, buf) == CHART_UNKNOWN, "nothing known at all");
	CHECK(chart_line(flat, 2, false, buf) == 0, "nothing but 0");
	CHECK_STR(buf, "  ", "is blank");
	chart_line(many, CHART_COLUMNS + 5, true, buf);
	CHECK(strlen(buf) == CHART_COLUMNS, "no more than fit");
}

static void locale(const char *all, const char *ctype, const char *lang, bool wanted)
{
	setenv("LC_ALL", all, 1);
	setenv("LC_CTYPE", ctype, 1);
	setenv("LANG", lang, 1);
	CHECK(chart_utf8() == wanted, "LC_ALL=%s LC_CTYPE=%s LANG=%s", all, ctype, lang);
}

static void locales(void)
{
	locale("", "", "", false);
	locale("", "", "C.UTF-8", true);
	locale("", "", "de_DE.utf8@euro", true);
	locale("C", "", "C.UTF-8", false);
	locale("", "POSIX", "C.UTF-8", false);
	locale("", "en_GB.UTF-8", "C", true);
	locale("", "", "de_DE.ISO-8859-1", false);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	unsetenv("LANG");
	CHECK(!chart_utf8(), "no locale at all");
}

int main(void)
{
	spread();
	folds();
	lines();
	locales();
	return tap_end();
}
