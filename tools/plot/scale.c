// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic and text alone: no input, no output. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "scale.h"
#include "status.h"

#define MINUTE	(60 * NSEC_PER_SEC)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define USEC	UINT64_C(1000)

/* Percent of one CPU up to here, CPUs above. */
#define PERCENT_MAX	4.0

/* --- values -------------------------------------------------------------- */

double scale_step(double span, unsigned int most)
{
	static const double steps[] = { 1, 2, 5, 10 };
	double power = pow(10, floor(log10(span / most)));
	size_t i;

	/* A little more than there are: a quotient may be off by its last digit. */
	for (i = 0; i < ARRAY_SIZE(steps) - 1; i++) {
		if (span / (steps[i] * power) <= most + 1e-9)
			break;
	}
	return steps[i] * power;
}

static void set_steps(struct scale *scale, double max, unsigned int most)
{
	double digits;

	scale->top = max / scale->unit_size;
	scale->step = scale_step(scale->top, most);
	digits = ceil(-log10(scale->step) - 1e-9);
	scale->decimals = digits > 0 ? (int)digits : 0;
}

void scale_cpu(struct scale *scale, double max, unsigned int most)
{
	if (!(max > 0))
		max = 1;
	scale->unit = max <= PERCENT_MAX ? "%" : "";
	scale->unit_size = max <= PERCENT_MAX ? 0.01 : 1;
	set_steps(scale, max, most);
}

static const char *const byte_units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };

static size_t byte_unit(double bytes)
{
	size_t unit = 0;

	for (; bytes >= 1024 && unit < ARRAY_SIZE(byte_units) - 1; unit++)
		bytes /= 1024;
	return unit;
}

void scale_bytes(struct scale *scale, double max, unsigned int most)
{
	size_t unit;

	if (!(max > 0))
		max = 1024;
	unit = byte_unit(max);
	scale->unit = byte_units[unit];
	scale->unit_size = (double)(UINT64_C(1) << (10 * unit));
	set_steps(scale, max, most);
}

double scale_tick(const struct scale *scale, unsigned int i)
{
	return i * scale->step;
}

void scale_label(const struct scale *scale, unsigned int i, char *buf)
{
	const char *blank = *scale->unit && *scale->unit != '%' ? " " : "";

	/* Nothing is nothing, whatever is counted. */
	if (!i)
		strcpy(buf, "0");
	else
		snprintf(buf, SCALE_LABEL_MAX, "%.*f%s%s", scale->decimals, scale_tick(scale, i),
			 blank, scale->unit);
}

/* --- time ---------------------------------------------------------------- */

static uint64_t time_step(uint64_t span_ns, unsigned int most)
{
	static const uint64_t steps[] = {
		NSEC_PER_SEC, 2 * NSEC_PER_SEC, 5 * NSEC_PER_SEC, 10 * NSEC_PER_SEC,
		15 * NSEC_PER_SEC, 30 * NSEC_PER_SEC, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
		15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
	};
	double step = scale_step((double)span_ns, most);
	size_t i;

	if (step < (double)NSEC_PER_SEC)
		return step < 1 ? 1 : (uint64_t)(step + 0.5);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (span_ns / steps[i] <= most)
			return steps[i];
	}
	step = scale_step((double)span_ns / (double)DAY, most);
	return (uint64_t)(step < 1 ? 1 : step + 0.5) * DAY;
}

static uint64_t next_multiple(uint64_t at, uint64_t step)
{
	return at % step ? at + (step - at % step) : at;
}

void time_scale_init(struct time_scale *scale, uint64_t begin_ns, uint64_t end_ns,
		     unsigned int most)
{
	scale->step_ns = time_step(end_ns - begin_ns, most);
	scale->first_ns = next_multiple(begin_ns, scale->step_ns);
	scale->end_ns = end_ns;
	scale->clock_ns = 0;
	scale->clock = false;
}

void time_scale_clock(struct time_scale *scale, uint64_t begin_ns, uint64_t end_ns,
		      uint64_t clock_ns, unsigned int most)
{
	time_scale_init(scale, begin_ns, end_ns, most);
	scale->first_ns = next_multiple(clock_ns + begin_ns, scale->step_ns) - clock_ns;
	scale->clock_ns = clock_ns;
	scale->clock = true;
}

/* Digits behind the point of a second that steps of @step_ns need. */
static int second_decimals(uint64_t step_ns)
{
	int decimals = 9;

	for (; decimals && !(step_ns % 10); step_ns /= 10)
		decimals--;
	return decimals;
}

/* ns below a second, ".25"; nothing where no decimals are needed. */
static void put_fraction(uint64_t ns, int decimals, char *buf)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%09" PRIu64, ns % NSEC_PER_SEC);
	snprintf(buf, 16, decimals ? ".%.*s" : "", decimals, digits);
}

static void clock_label(const struct time_scale *scale, uint64_t at_ns, char *buf)
{
	uint64_t ns = scale->clock_ns + at_ns;
	time_t seconds = (time_t)(ns / NSEC_PER_SEC);
	char fraction[16], text[SCALE_LABEL_MAX / 2];
	struct tm tm;

	/* It is local already. */
	if (!gmtime_r(&seconds, &tm))
		tm = (struct tm){ 0 };
	put_fraction(ns, second_decimals(scale->step_ns), fraction);
	strftime(text, sizeof(text), scale->step_ns >= DAY ? "%m-%d" :
		 scale->step_ns >= MINUTE ? "%H:%M" : "%H:%M:%S", &tm);
	snprintf(buf, SCALE_LABEL_MAX, "%s%s", text, fraction);
}

/* As many parts of a time as the axis has: all labels of one axis are alike. */
static void hours_label(const struct time_scale *scale, uint64_t at_ns, char *buf)
{
	uint64_t seconds = at_ns / NSEC_PER_SEC, minutes = seconds / 60;
	char fraction[16];

	put_fraction(at_ns, second_decimals(scale->step_ns), fraction);
	if (scale->end_ns < 2 * HOUR)
		snprintf(buf, SCALE_LABEL_MAX, "%" PRIu64 ":%02" PRIu64 "%s", minutes, seconds % 60,
			 fraction);
	else if (scale->step_ns >= MINUTE)
		snprintf(buf, SCALE_LABEL_MAX, "%" PRIu64 ":%02" PRIu64, minutes / 60,
			 minutes % 60);
	else
		snprintf(buf, SCALE_LABEL_MAX, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 "%s",
			 minutes / 60, minutes % 60, seconds % 60, fraction);
}

/* Below two minutes: the unit of decimal labels. */
static uint64_t decimal_unit(const struct time_scale *scale)
{
	if (scale->end_ns >= NSEC_PER_SEC)
		return NSEC_PER_SEC;
	return scale->end_ns >= NSEC_PER_MSEC ? NSEC_PER_MSEC : USEC;
}

void time_scale_label(const struct time_scale *scale, uint64_t at_ns, char *buf)
{
	uint64_t unit = decimal_unit(scale), step = scale->step_ns;
	int decimals = 0;

	if (scale->clock) {
		clock_label(scale, at_ns, buf);
		return;
	}
	if (scale->end_ns >= 2 * MINUTE) {
		hours_label(scale, at_ns, buf);
		return;
	}
	for (; step % unit; step *= 10)
		decimals++;
	snprintf(buf, SCALE_LABEL_MAX, "%.*f", decimals, (double)at_ns / (double)unit);
}

const char *time_scale_unit(const struct time_scale *scale)
{
	if (scale->clock)
		return scale->step_ns >= DAY ? "month-day" :
		       scale->step_ns >= MINUTE ? "h:min" : "h:min:s";
	if (scale->end_ns >= 2 * HOUR)
		return scale->step_ns >= MINUTE ? "h:min" : "h:min:s";
	if (scale->end_ns >= 2 * MINUTE)
		return "min:s";
	switch (decimal_unit(scale)) {
	case NSEC_PER_SEC:
		return "s";
	case NSEC_PER_MSEC:
		return "ms";
	default:
		return "\u00b5s";
	}
}

/* --- amounts -------------------------------------------------------------- */

/* Three digits, which is what an eye takes in. */
static int three_digits(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

void amount_ns(uint64_t ns, char *buf)
{
	double s = (double)ns / (double)NSEC_PER_SEC, ms = (double)ns / (double)NSEC_PER_MSEC;
	uint64_t whole = ns / NSEC_PER_SEC;

	if (ns >= HOUR)
		snprintf(buf, SCALE_LABEL_MAX, "%" PRIu64 ":%02" PRIu64 " h", ns / HOUR,
			 ns % HOUR / MINUTE);
	else if (ns >= 10 * MINUTE)
		snprintf(buf, SCALE_LABEL_MAX, "%" PRIu64 ":%02" PRIu64 " min", whole / 60,
			 whole % 60);
	else if (ns >= NSEC_PER_SEC)
		snprintf(buf, SCALE_LABEL_MAX, "%.*f s", three_digits(s), s);
	else if (ns >= NSEC_PER_MSEC)
		snprintf(buf, SCALE_LABEL_MAX, "%.*f ms", three_digits(ms), ms);
	else if (ns)
		snprintf(buf, SCALE_LABEL_MAX, "%.*f \u00b5s", three_digits(ms * 1000), ms * 1000);
	else
		snprintf(buf, SCALE_LABEL_MAX, "0 s");
}

void amount_bytes(uint64_t bytes, char *buf)
{
	size_t unit = byte_unit((double)bytes);
	double value = (double)bytes / (double)(UINT64_C(1) << (10 * unit));

	snprintf(buf, SCALE_LABEL_MAX, "%.*f %s", unit ? three_digits(value) : 0, value,
		 byte_units[unit]);
}
