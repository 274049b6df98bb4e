// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frequency of this machine's time stamp counter, in kHz, for an emulated
 * guest, which is shown the same counter. Left to itself the guest measures it
 * against its emulated timers, for some milliseconds while it boots; on a busy host
 * it has been off by a factor of 7, and with it all the guest's clocks.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#if !defined(__x86_64__) && !defined(__i386__)
int main(void)
{
	return 1;
}
#else
#include <x86intrin.h>

#define TRIES	  100
#define APART_NS  100000000L

struct moment {
	int64_t ns;
	uint64_t ticks;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Both clocks at one moment: of some tries the one that took the least time. */
static struct moment look(void)
{
	struct moment best = { 0 };
	int64_t least = INT64_MAX;
	int i;

	for (i = 0; i < TRIES; i++) {
		int64_t before = now_ns();
		uint64_t ticks = __rdtsc();
		int64_t took = now_ns() - before;

		if (took < least) {
			least = took;
			best = (struct moment){ before + took / 2, ticks };
		}
	}
	return best;
}

int main(void)
{
	struct moment begin = look(), end;

	nanosleep(&(struct timespec){ .tv_nsec = APART_NS }, NULL);
	end = look();
	printf("%.0f\n", (double)(end.ticks - begin.ticks) * 1e6 / (double)(end.ns - begin.ns));
	return 0;
}
#endif
