// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "clock.h"

static volatile sig_atomic_t stopped;

/*
 * A signal may arrive after clock_stopped() was looked at and before the sleep
 * has begun, and would then interrupt nothing. So the handler moves the
 * deadline itself, which the kernel reads only once the sleep has begun, into
 * the past.
 */
static volatile struct timespec deadline;

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_boottime_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t clock_boottime_ahead_ns(void)
{
	uint64_t monotonic_ns = clock_monotonic_ns();

	return clock_boottime_ns() - monotonic_ns;
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
	deadline.tv_sec = 0;
	deadline.tv_nsec = 0;
}

/* Once: whoever asks a second time is in earnest and gets the default, death. */
void clock_catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool clock_stopped(void)
{
	return stopped;
}

bool clock_sleep_until(uint64_t deadline_ns)
{
	int err;

	do {
		deadline.tv_sec = (time_t)(deadline_ns / NSEC_PER_SEC);
		deadline.tv_nsec = (long)(deadline_ns % NSEC_PER_SEC);
		if (stopped)
			return false;
		err = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME,
				      (const struct timespec *)&deadline, NULL);
	} while (err == EINTR && !stopped);
	return !stopped;
}
