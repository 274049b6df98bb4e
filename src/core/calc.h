/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic alone: no task, no lock, no allocation. Compiled into the module
 * and, with __KERNEL__ unset, into the host's unit tests.
 */
#ifndef TM_CORE_CALC_H
#define TM_CORE_CALC_H

#ifdef __KERNEL__
#include <linux/math64.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint64_t u64;
typedef uint32_t u32;

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((unsigned __int128)a * b / c);
}
#endif

/**
 * struct tm_cputime - a CPU time, split into its two halves
 * @utime: in user mode, ns
 * @stime: in kernel mode, ns
 */
struct tm_cputime {
	u64 utime;
	u64 stime;
};

/**
 * struct tm_window - what is kept of a target's samples while a window is open
 * @begin_ns: time of the sample that opened it; 0: none did yet
 * @begin_cpu_ns: CPU time then
 * @last_ns: time of the latest sample
 * @last_cpu_ns: CPU time then
 * @rss_sum: of @samples resident sets, in KiB: 2^54 samples of 1 TiB would fit
 * @rss_min: bytes
 * @rss_max: bytes
 * @samples: how many samples
 * @rss_samples: how many of them knew the resident set
 * @cpu_min_ppm: least CPU use between two samples
 * @cpu_max_ppm: greatest
 */
struct tm_window {
	u64 begin_ns;
	u64 begin_cpu_ns;
	u64 last_ns;
	u64 last_cpu_ns;
	u64 rss_sum;
	u64 rss_min;
	u64 rss_max;
	u32 samples;
	u32 rss_samples;
	u32 cpu_min_ppm;
	u32 cpu_max_ppm;
};

void tm_window_add(struct tm_window *w, u64 time_ns, u64 cpu_ns, bool rss_known, u64 rss_bytes);
void tm_window_open(struct tm_window *w, u64 time_ns, u64 cpu_ns);
u32 tm_window_cpu_avg_ppm(const struct tm_window *w);
u64 tm_window_rss_avg(const struct tm_window *w);

/**
 * tm_cputime_adopt - start from the split that the kernel has already shown
 * @prev: our last split of this target
 * @kernel: the kernel's last split of it (prev_cputime)
 *
 * The kernel remembers the split it gave to the last reader of /proc, wait4()
 * or getrusage(), and never goes behind it. By adopting it we agree with those
 * to the nanosecond; but only where it is not behind what we have shown
 * ourselves, for our figures do not go backwards either.
 */
static inline void tm_cputime_adopt(struct tm_cputime *prev, struct tm_cputime kernel)
{
	if (kernel.utime >= prev->utime && kernel.stime >= prev->stime)
		*prev = kernel;
}

/**
 * tm_cputime_split - split exact run time into user and kernel mode
 * @prev: the last split of this target; updated to the new one
 * @rtime: run time the scheduler accounted, ns, exact
 * @ticks: what the ticks saw: right in proportion at best, never in sum
 *
 * stime = rtime * ticks.stime / (ticks.stime + ticks.utime), utime the rest,
 * both held from going backwards: the formula of cputime_adjust() in
 * kernel/sched/cputime.c. Two examples:
 *
 *   ran 10 ms, seen by 3 user ticks and 1 kernel tick: 7.5 ms and 2.5 ms;
 *   ran 10 ms between the ticks, seen by none: 10 ms and 0.
 */
static inline void tm_cputime_split(struct tm_cputime *prev, u64 rtime, struct tm_cputime ticks)
{
	u64 utime, stime;

	if (prev->utime + prev->stime >= rtime)
		return;

	if (!ticks.stime)
		stime = 0;
	else if (!ticks.utime)
		stime = rtime;
	else
		stime = mul_u64_u64_div_u64(ticks.stime, rtime, ticks.stime + ticks.utime);

	/* The product is approximate on some machines. */
	if (stime > rtime)
		stime = rtime;
	if (stime < prev->stime)
		stime = prev->stime;
	utime = rtime - stime;
	if (utime < prev->utime) {
		utime = prev->utime;
		stime = rtime - utime;
	}
	prev->utime = utime;
	prev->stime = stime;
}

/**
 * struct tm_level - what a figure is compared with
 * @above: it is above where it is greater
 * @below: it has come back where it is this or less
 * @for_ns: how long it must have been above before that counts
 */
struct tm_level {
	u64 above;
	u64 below;
	u64 for_ns;
};

/**
 * struct tm_reading - a figure, once
 * @known: there is one
 * @value: it
 * @from_ns: the beginning of the time that it is about; of a momentary one the end too
 * @time_ns: the end
 */
struct tm_reading {
	bool known;
	u64 value;
	u64 from_ns;
	u64 time_ns;
};

/* What a reading has brought about. */
enum tm_step {
	TM_STEP_NONE,
	TM_STEP_CROSSED,
	TM_STEP_RETURNED,
};

/**
 * tm_level_step - one reading more
 * @level: what it is compared with
 * @crossed: it was crossed, and has not come back
 * @since_ns: since when it has been above; 0: it is not. Kept by the caller, and set to 0
 *	where this returns TM_STEP_RETURNED
 * @reading: the figure
 *
 * What is not known is not above: "for 10 s" asks for 10 s of readings that all
 * were. But nobody has come back by that.
 *
 * With above 100, below 80 and no time, of 90 101 90 101 80 101 the second reading
 * crosses, the fifth comes back, the last crosses again.
 */
static inline enum tm_step tm_level_step(const struct tm_level *level, bool crossed, u64 *since_ns,
					 const struct tm_reading *reading)
{
	if (crossed)
		return reading->known && reading->value <= level->below ? TM_STEP_RETURNED :
									  TM_STEP_NONE;
	if (!reading->known || reading->value <= level->above) {
		*since_ns = 0;
		return TM_STEP_NONE;
	}
	if (!*since_ns)
		*since_ns = reading->from_ns;
	return reading->time_ns - *since_ns >= level->for_ns ? TM_STEP_CROSSED : TM_STEP_NONE;
}

/* A duration as text: 20 digits, the longest unit, the NUL. */
#define TM_DURATION_SIZE 24

u32 tm_ppm(u64 part, u64 whole);
int tm_parse_duration_ns(const char *text, u64 *ns);
int tm_format_duration(char *buf, size_t size, u64 ns);

#endif /* TM_CORE_CALC_H */
