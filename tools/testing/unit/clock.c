// SPDX-License-Identifier: GPL-2.0-only
/*
 * The moment that a signal may hit and no timing test finds: after the last
 * look at whether to stop, before the sleep has begun. This clock_nanosleep(),
 * which stands in for libc's, is hit by one right there.
 */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../common/clock.h"
#include "tap.h"

static int signal_next, sleeps;

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
		    struct timespec *remain)
{
	sleeps++;
	if (signal_next) {
		signal_next = 0;
		raise(SIGTERM);
	}
	return syscall(SYS_clock_nanosleep, clock, flags, request, remain) ? EINTR : 0;
}

int main(void)
{
	uint64_t began = clock_monotonic_ns();
	struct sigaction action;

	CHECK(clock_sleep_until(began + 20 * NSEC_PER_MSEC), "slept");
	CHECK(clock_monotonic_ns() >= began + 20 * NSEC_PER_MSEC, "until the deadline");
	CHECK(clock_sleep_until(began), "a deadline in the past is met at once");

	clock_catch_signals();
	CHECK(!clock_stopped(), "not stopped yet");
	signal_next = 1;
	began = clock_monotonic_ns();
	CHECK(!clock_sleep_until(began + 20 * NSEC_PER_SEC), 
	      "a signal just before the sleep stops it");
	CHECK(clock_monotonic_ns() < began + 10 * NSEC_PER_SEC, "at once");
	CHECK(clock_stopped(), "stopped");
	sleeps = 0;
	CHECK(!clock_sleep_until(began + 20 * NSEC_PER_SEC) && !sleeps, "no sleep from then on");
	CHECK(!sigaction(SIGTERM, NULL, &action) && action.sa_handler == SIG_DFL,
	      "a second signal kills");
	return tap_end();
}
