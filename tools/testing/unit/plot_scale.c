// SPDX-License-Identifier: GPL-2.0-only
/* Axes: round ticks, and what stands beside them. */
#include <math.h>
#include <stdlib.h>

#include "../../plot/label.h"
#include "../../plot/scale.h"
#include "tap.h"

#define S	UINT64_C(1000000000)
#define MIN	(60 * S)
#define H	(60 * MIN)

static void steps(void)
{
	bool round = true, few = true, many = true;
	double span;

	CHECK(scale_step(10, 10) == 1 && scale_step(10, 5) == 2 && scale_step(10, 4) == 5,
	      "1, 2, 5");
	CHECK(fabs(scale_step(0.3, 6) - 0.05) < 1e-12, "below 1");
	for (span = 1e-9; span < 1e15; span *= 1.037) {
		double step = scale_step(span, 7);
		double digit = step / pow(10, floor(log10(step) + 1e-9));

		round &= fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 || fabs(digit - 5) < 1e-6;
		few &= span / step <= 7 + 1e-6;
		many &= span / step >= 2.5;
	}
	CHECK(round, "every step is 1, 2 or 5 times a power of ten");
	CHECK(few, "there are no more than are asked for");
	CHECK(many, "nor much fewer");
}

/* All labels, a blank between. */
static const char *labels(const struct scale *scale)
{
	static char text[512];
	char label[SCALE_LABEL_MAX];
	unsigned int i;

	*text = '\0';
	for (i = 0; scale_tick(scale, i) <= scale->top; i++) {
		scale_label(scale, i, label);
		strcat(text, i ? " | " : "");
		strcat(text, label);
	}
	return text;
}

static void values(void)
{
	struct scale scale;

	scale_cpu(&scale, 2.1, 5);
	CHECK_STR(labels(&scale), "0 | 50% | 100% | 150% | 200%", "two CPUs, in percent");
	scale_cpu(&scale, 0.013, 3);
	CHECK_STR(labels(&scale), "0 | 0.5% | 1.0%", "next to nothing");
	scale_cpu(&scale, 64, 4);
	CHECK_STR(labels(&scale), "0 | 20 | 40 | 60", "many CPUs");
	scale_cpu(&scale, 0, 2);
	CHECK_STR(labels(&scale), "0 | 50% | 100%", "nothing at all");
	scale_bytes(&scale, 300.0 * 1024 * 1024, 3);
	CHECK_STR(labels(&scale), "0 | 100 MiB | 200 MiB | 300 MiB", "MiB");
	scale_bytes(&scale, 1.6 * 1024 * 1024 * 1024, 4);
	CHECK_STR(labels(&scale), "0 | 0.5 GiB | 1.0 GiB | 1.5 GiB", "GiB");
	scale_bytes(&scale, 1000.0 * 1024, 2);
	CHECK_STR(labels(&scale), "0 | 500 KiB | 1000 KiB", "KiB");
	scale_bytes(&scale, 1e18, 2);
	CHECK_STR(labels(&scale), "0 | 500 PiB", "and beyond");
}

static const char *times(const struct time_scale *scale)
{
	static char text[512];
	char label[SCALE_LABEL_MAX];
	uint64_t at;

	*text = '\0';
	for (at = scale->first_ns; at <= scale->end_ns; at += scale->step_ns) {
		time_scale_label(scale, at, label);
		strcat(text, *text ? " | " : "");
		strcat(text, label);
	}
	strcat(text, " | ");
	strcat(text, time_scale_unit(scale));
	return text;
}

static const char *offsets(uint64_t begin, uint64_t end, unsigned int most)
{
	static struct time_scale scale;

	time_scale_init(&scale, begin, end, most);
	return times(&scale);
}

static void time_axis(void)
{
	CHECK_STR(offsets(0, 24 * S, 6), "0 | 5 | 10 | 15 | 20 | s", "seconds");
	CHECK_STR(offsets(0, S, 5), "0.0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 | s", "tenths");
	CHECK_STR(offsets(0, S / 50, 5), "0 | 5 | 10 | 15 | 20 | ms", "milliseconds");
	CHECK_STR(offsets(0, 1500, 3), "0.0 | 0.5 | 1.0 | 1.5 | \u00b5s", "microseconds");
	CHECK_STR(offsets(0, 90 * S, 7), "0 | 15 | 30 | 45 | 60 | 75 | 90 | s",
		  "a quarter of a minute");
	CHECK_STR(offsets(0, 2 * MIN, 4), "0:00 | 0:30 | 1:00 | 1:30 | 2:00 | min:s", "minutes");
	CHECK_STR(offsets(3 * MIN, 5 * MIN, 2), "3:00 | 4:00 | 5:00 | min:s", "a part of it");
	CHECK_STR(offsets(61 * S, 61 * S + S / 2, 3), "61.0 | 61.2 | 61.4 | s",
		  "a short part of it begins at a round time");
	CHECK_STR(offsets(0, 12 * H, 4), "0:00 | 3:00 | 6:00 | 9:00 | 12:00 | h:min", "hours");
	CHECK_STR(offsets(5 * H, 5 * H + 40 * S, 2),
		  "5:00:00 | 5:00:15 | 5:00:30 | h:min:s", "seconds after hours");
	CHECK_STR(offsets(0, 240 * H, 5), "0:00 | 48:00 | 96:00 | 144:00 | 192:00 | 240:00 | h:min",
		  "days");
	CHECK_STR(offsets(1, 2, 1), "0.001 | 0.002 | \u00b5s", "a nanosecond");
}

static const char *clock_times(uint64_t clock, uint64_t begin, uint64_t end, unsigned int most)
{
	static struct time_scale scale;

	time_scale_clock(&scale, begin, end, clock, most);
	return times(&scale);
}

static void time_of_day(void)
{
	/* 2025-01-01 00:00:00 */
	const uint64_t day = 1735689600 * S;

	CHECK_STR(clock_times(day + 13 * S, 0, 60 * S, 3), "00:00:30 | 00:01:00 | h:min:s",
		  "at round times of day");
	CHECK_STR(clock_times(day + 23 * H, 0, 2 * H, 2), "23:00 | 00:00 | 01:00 | h:min",
		  "over midnight");
	CHECK_STR(clock_times(day, 250 * S / 1000, 350 * S / 1000, 2),
		  "00:00:00.25 | 00:00:00.30 | 00:00:00.35 | h:min:s", "parts of a second");
	CHECK_STR(clock_times(day, 0, 96 * H, 4),
		  "01-01 | 01-02 | 01-03 | 01-04 | 01-05 | month-day", "days");
}

static void amounts(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} spans[] = {
		{ 0, "0 s" }, { 999, "1.00 \u00b5s" }, { 1500000, "1.50 ms" },
		{ 123456789, "123 ms" }, { 12345678901, "12.3 s" }, { 599 * S, "599 s" },
		{ 754 * S, "12:34 min" }, { 2 * H + 5 * MIN, "2:05 h" },
	};
	char text[SCALE_LABEL_MAX];
	size_t i;

	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		amount_ns(spans[i].ns, text);
		CHECK_STR(text, spans[i].text, "%llu ns", (unsigned long long)spans[i].ns);
	}
	amount_bytes(0, text);
	CHECK_STR(text, "0 B", "no bytes");
	amount_bytes(1536, text);
	CHECK_STR(text, "1.50 KiB", "some");
	amount_bytes(UINT64_MAX, text);
	CHECK_STR(text, "16384 PiB", "all that can be counted");
}

static void clean(const char *dirty, const char *wanted, const char *what)
{
	char text[64];

	label_clean(dirty, text, sizeof(text));
	CHECK_STR(text, wanted, "%s", what);
}

static void label_text(void)
{
	char text[32] = "na\u00efve";
	char small[4];

	clean("cc1", "cc1", "a name");
	clean("\033[31mred\a", "?[31mred?", "control characters");
	clean("\xff<b>\xc3", "?<b>?", "no UTF-8");
	clean("a\u202egpj.exe", "a?gpj.exe", "text that would run backwards");
	clean("a\u2066b\u200fc\u2028d", "a?b?c?d", "others that would");
	clean("\xef\xbf\xbe\xef\xbf\xbf\xef\xb7\x90", "???", "what is no character");
	clean("\U0001fffe\U0001f600", "?\U0001f600", "nor on other planes; what is one stays");
	label_clean("\u20ac\u20ac", small, sizeof(small));
	CHECK_STR(small, "\u20ac", "cut between characters");
	CHECK(label_shorten(text, sizeof(text)), "one less");
	CHECK_STR(text, "na\u00efv\u2026", "with an ellipsis");
	CHECK(label_shorten(text, sizeof(text)) && label_shorten(text, sizeof(text)), "three less");
	CHECK_STR(text, "na\u2026", "of two bytes at once");
	label_shorten(text, sizeof(text));
	CHECK(label_shorten(text, sizeof(text)), "nothing but the ellipsis");
	CHECK_STR(text, "\u2026", "is left");
	CHECK(!label_shorten(text, sizeof(text)), "and stays");
}

int main(void)
{
	steps();
	values();
	time_axis();
	time_of_day();
	amounts();
	label_text();
	return tap_end();
}
