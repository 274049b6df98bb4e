// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "harness.h"

static long long clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

long long now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* What this process has used up, its current slice included. */
long long cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* Use up CPU time of this thread, mostly in user mode. */
void burn_ns(long long ns)
{
	long long end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
		for (volatile int i = 0; i < 10000; i++)
			;
	}
}

/* How often to do what is done over and over: @n times, or a part of that on slow kernels. */
int rounds(int n)
{
	const char *slow = getenv("SLOWNESS");
	int part = slow && atoi(slow) > 1 ? n / atoi(slow) : n;

	return part > 0 ? part : 1;
}
