/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TMCTL_CLOCK_H
#define TMCTL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NSEC_PER_SEC	UINT64_C(1000000000)
#define NSEC_PER_MSEC	UINT64_C(1000000)

uint64_t clock_monotonic_ns(void);
uint64_t clock_realtime_ns(void);
uint64_t clock_boottime_ns(void);

/*
 * By how much CLOCK_BOOTTIME, in which processes' starts are told, is ahead of
 * CLOCK_MONOTONIC, in which all other times are: for how long the machine has been
 * suspended so far.
 */
uint64_t clock_boottime_ahead_ns(void);

/* From here on SIGINT and SIGTERM do not kill but make clock_stopped() true. */
void clock_catch_signals(void);

bool clock_stopped(void);

/* Sleep until then (CLOCK_MONOTONIC), or until stopped: then it returns false. */
bool clock_sleep_until(uint64_t deadline_ns);

#endif /* TMCTL_CLOCK_H */
