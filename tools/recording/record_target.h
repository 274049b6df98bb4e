/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl record asks the kernel for: a session, its mapped history, all at one moment. */
#ifndef TMCTL_RECORD_TARGET_H
#define TMCTL_RECORD_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include <taskmonitor/taskmonitor.h>

/**
 * struct target - a session, and how it is read
 * @session: the session
 * @ring: its history
 * @cursor: number of the last record dealt with
 * @lost: records overwritten before they were read
 */
struct target {
	struct tm_session *session;
	struct tm_ring *ring;
	uint64_t cursor;
	uint64_t lost;
};

/**
 * target_ring_records() - how long a history there may be
 * @device: the device's file
 * @wanted: how long a one was asked for; 0: as long as is good
 *
 * Its memory counts against RLIMIT_MEMLOCK: where none is asked for it is
 * shortened until it fits.
 *
 * Return: its length; 0: what was asked for is too long.
 */
uint32_t target_ring_records(const char *device, uint32_t wanted);

/* Map the history of @target->session. Return: 0, or -1 and errno. */
int target_map(struct target *target);
void target_close(struct target *target);

#endif /* TMCTL_RECORD_TARGET_H */
