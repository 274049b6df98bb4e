// SPDX-License-Identifier: GPL-2.0-only
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <string.h>
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

static u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((unsigned __int128)a * b / c);
}
#endif

#include "calc.h"

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
void tm_cputime_adopt(struct tm_cputime *prev, struct tm_cputime kernel)
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
void tm_cputime_split(struct tm_cputime *prev, u64 rtime, struct tm_cputime ticks)
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
