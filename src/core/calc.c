// SPDX-License-Identifier: GPL-2.0-only
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../compat.h"
#else
#include <errno.h>
#include <stdio.h>
#include <string.h>
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#define TM_EXPORT(symbol) extern typeof(symbol) symbol
#endif

#include "calc.h"

/**
 * tm_ppm - a share in millionths
 * @part: ns of CPU
 * @whole: ns of time
 *
 * Return: part / whole * 10^6, cut at U32_MAX; 0 where no time has passed.
 */
u32 tm_ppm(u64 part, u64 whole)
{
	u64 ppm;

	if (!whole)
		return 0;
	if (part / 4294 > whole)
		return U32_MAX;
	ppm = mul_u64_u64_div_u64(part, 1000000, whole);
	return ppm > U32_MAX ? U32_MAX : (u32)ppm;
}

/**
 * tm_window_open - begin a window at a sample that belongs to the one before
 * @w: forgets all else
 * @time_ns: when that sample was taken
 * @cpu_ns: the CPU time in it
 */
void tm_window_open(struct tm_window *w, u64 time_ns, u64 cpu_ns)
{
	memset(w, 0, sizeof(*w));
	w->begin_ns = time_ns;
	w->begin_cpu_ns = cpu_ns;
	w->last_ns = time_ns;
	w->last_cpu_ns = cpu_ns;
	w->cpu_min_ppm = U32_MAX;
	w->rss_min = U64_MAX;
}

/**
 * tm_window_add - one sample more
 * @w: the window; the first sample that it ever sees opens it
 * @time_ns: when it was taken; one that is not behind the last is passed over
 * @cpu_ns: its CPU time
 * @rss_known: whether it knew the resident set
 * @rss_bytes: which was this
 *
 * CPU use is that between two samples: n samples behind the opening one are n
 * steps. A window of 1 s with 1 ms inside that ran 20 ms flat out and then
 * slept has a maximum of 1000000 ppm, an average of 20000, a minimum of 0.
 */
void tm_window_add(struct tm_window *w, u64 time_ns, u64 cpu_ns, bool rss_known, u64 rss_bytes)
{
	u32 ppm;

	if (!w->begin_ns) {
		tm_window_open(w, time_ns, cpu_ns);
	} else if (time_ns > w->last_ns) {
		ppm = tm_ppm(cpu_ns - w->last_cpu_ns, time_ns - w->last_ns);
		if (ppm < w->cpu_min_ppm)
			w->cpu_min_ppm = ppm;
		if (ppm > w->cpu_max_ppm)
			w->cpu_max_ppm = ppm;
		w->last_ns = time_ns;
		w->last_cpu_ns = cpu_ns;
	} else {
		return;
	}
	w->samples++;
	if (!rss_known)
		return;
	w->rss_samples++;
	w->rss_sum += rss_bytes >> 10;
	if (rss_bytes < w->rss_min)
		w->rss_min = rss_bytes;
	if (rss_bytes > w->rss_max)
		w->rss_max = rss_bytes;
}

/* tm_window_cpu_avg_ppm - CPU use from the opening sample to the last; 0 if it is the only one */
u32 tm_window_cpu_avg_ppm(const struct tm_window *w)
{
	return tm_ppm(w->last_cpu_ns - w->begin_cpu_ns, w->last_ns - w->begin_ns);
}

/* tm_window_rss_avg - average resident set of the samples that knew it, bytes; 0 if none did */
u64 tm_window_rss_avg(const struct tm_window *w)
{
	return w->rss_samples ? (w->rss_sum / w->rss_samples) << 10 : 0;
}

static const struct {
	const char *name;
	u64 ns;
} tm_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000ULL },
	{ "m", 60000000000ULL },
	{ "h", 3600000000000ULL },
};

/**
 * tm_parse_duration_ns - "100ms", "1s", "250us" to nanoseconds
 * @text: a whole number and a unit, nothing before, between or behind; a
 *	number without a unit is refused, for nobody can know what was meant
 * @ns: where the result goes; untouched on error
 *
 * Return: 0, -EINVAL, or -ERANGE where it does not fit into 64 bits.
 */
int tm_parse_duration_ns(const char *text, u64 *ns)
{
	u64 value = 0;
	size_t i;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		u64 digit = (u64)(*text - '0');

		if (value > (U64_MAX - digit) / 10)
			return -ERANGE;
		value = value * 10 + digit;
	}
	for (i = 0; i < sizeof(tm_units) / sizeof(tm_units[0]); i++) {
		if (strcmp(text, tm_units[i].name))
			continue;
		if (value > U64_MAX / tm_units[i].ns)
			return -ERANGE;
		*ns = value * tm_units[i].ns;
		return 0;
	}
	return -EINVAL;
}
TM_EXPORT(tm_parse_duration_ns);

/**
 * tm_format_duration - nanoseconds as tm_parse_duration_ns() takes them
 * @buf: where the text goes, NUL-terminated
 * @size: of @buf; TM_DURATION_SIZE is enough for any
 * @ns: the duration; in the largest unit of which it is a whole number
 *
 * Return: the length of the text.
 */
int tm_format_duration(char *buf, size_t size, u64 ns)
{
	size_t i = sizeof(tm_units) / sizeof(tm_units[0]) - 1;

	while (i && ns % tm_units[i].ns)
		i--;
	return snprintf(buf, size, "%llu%s", (unsigned long long)(ns / tm_units[i].ns),
			tm_units[i].name);
}
TM_EXPORT(tm_format_duration);
