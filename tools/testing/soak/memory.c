// SPDX-License-Identifier: GPL-2.0-only
/*
 * What memory is in use, row by row, and whether it grows.
 *
 * The measure is the noise itself: how far the rows of the first half, the
 * first of all left out, lie apart. By no more than that may the last quarter be
 * above them. What leaks once a session or once a process goes through this at
 * once, for there are thousands in a row: the plant (soak.c) shows it.
 */
#include "soak.h"

#define SETTLED 2	/* rows until caches have what they want */

static const struct figure {
	const char *name;
	size_t at;
	long long grain;	/* what the kernel takes at once, KiB: less is no growth */
} figures[] = {
#define FIGURE(field, grain) { #field, offsetof(struct memory, field), grain }
	FIGURE(used, 1024), FIGURE(slab, 128), FIGURE(unreclaimable, 128), FIGURE(vmalloc, 64),
	FIGURE(percpu, 64), FIGURE(stacks, 64), FIGURE(locked, 0),
};

static long long value(const struct memory *m, const struct figure *f)
{
	long long v;

	memcpy(&v, (const char *)m + f->at, sizeof(v));
	return v;
}

static long long meminfo(const char *key)
{
	char buf[4096];
	const char *s;

	if (file_read("/proc/meminfo", buf, sizeof(buf)) <= 0)
		tap_bail("no meminfo");
	s = strstr(buf, key);
	if (!s)
		tap_bail("meminfo has no %s", key);
	return atoll(s + strlen(key));
}

void memory_read(struct memory *m)
{
	m->slab = meminfo("\nSlab:");
	m->unreclaimable = meminfo("\nSUnreclaim:");
	m->used = meminfo("MemTotal:") - meminfo("\nMemAvailable:");
	m->vmalloc = meminfo("\nVmallocUsed:");
	m->percpu = meminfo("\nPercpu:");
	m->stacks = meminfo("\nKernelStack:");
	m->locked = proc_value(getpid(), "status", "VmLck");
}

static long long mean(const struct memory *rows, int from, int to, const struct figure *f)
{
	long long sum = 0;
	int i;

	for (i = from; i < to; i++)
		sum += value(&rows[i], f);
	return sum / (to - from);
}

static long long spread(const struct memory *rows, int from, int to, const struct figure *f)
{
	long long low = value(&rows[from], f), high = low;
	int i;

	for (i = from; i < to; i++) {
		long long v = value(&rows[i], f);

		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	return high - low;
}

void memory_is_flat(const struct memory *rows, int n)
{
	long long noise, growth;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		const struct figure *f = &figures[i];

		noise = spread(rows, SETTLED, n / 2, f);
		growth = mean(rows, n - n / 4, n, f) - mean(rows, SETTLED, n / 2, f);
		tap_ok(growth <= (noise > f->grain ? noise : f->grain),
		       "%s does not grow: %+lld KiB, noise %lld KiB", f->name, growth, noise);
	}
}
