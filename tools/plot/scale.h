/* SPDX-License-Identifier: GPL-2.0-only */
/* Where an axis has its ticks, in which unit, and what stands beside them. */
#ifndef PLOT_SCALE_H
#define PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCALE_LABEL_MAX	32	/* bytes of a label, NUL included */

/**
 * struct scale - an axis of values, from 0 upwards
 * @unit: what its labels count
 * @unit_size: how much of the value that is
 * @top: where the axis ends, in units
 * @step: between two ticks, in units: 1, 2 or 5 times a power of ten
 * @decimals: that its labels need
 */
struct scale {
	const char *unit;
	double unit_size;
	double top;
	double step;
	int decimals;
};

/* The least of 1, 2, 5 times a power of ten of which @span has at most @most. */
double scale_step(double span, unsigned int most);

/*
 * Axes for values of up to @max: of nanoseconds of CPU time per nanosecond, in
 * percent of one CPU or in CPUs; of bytes. With @most ticks above 0 or fewer.
 */
void scale_cpu(struct scale *scale, double max, unsigned int most);
void scale_bytes(struct scale *scale, double max, unsigned int most);

/* Tick @i, in units; the label beside it. Ticks go on while they are not above @top. */
double scale_tick(const struct scale *scale, unsigned int i);
void scale_label(const struct scale *scale, unsigned int i, char *buf);

/**
 * struct time_scale - an axis of time
 * @step_ns: between two ticks
 * @first_ns: the first one, as an offset
 * @end_ns: where the axis ends, as an offset
 * @clock_ns: the time of day at offset 0, local, ns since 1970; with @clock
 * @clock: whether the labels are times of day
 */
struct time_scale {
	uint64_t step_ns;
	uint64_t first_ns;
	uint64_t end_ns;
	uint64_t clock_ns;
	bool clock;
};

/**
 * time_scale_init() - an axis of offsets
 * @scale: what to set
 * @begin_ns: where it begins
 * @end_ns: where it ends
 * @most: ticks
 */
void time_scale_init(struct time_scale *scale, uint64_t begin_ns, uint64_t end_ns,
		     unsigned int most);

/* The same with times of day, at round ones. */
void time_scale_clock(struct time_scale *scale, uint64_t begin_ns, uint64_t end_ns,
		      uint64_t clock_ns, unsigned int most);

/* What stands beside a tick, and how the labels are to be read: "s", "h:min". */
void time_scale_label(const struct time_scale *scale, uint64_t at_ns, char *buf);
const char *time_scale_unit(const struct time_scale *scale);

/* An amount for people: "1.25 s", "3:05 min"; "12.3 MiB". */
void amount_ns(uint64_t ns, char *buf);
void amount_bytes(uint64_t bytes, char *buf);

#endif /* PLOT_SCALE_H */
