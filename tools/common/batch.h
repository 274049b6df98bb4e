/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples of all targets of a session at one moment, in memory that grows with them. */
#ifndef TMCTL_BATCH_H
#define TMCTL_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include <taskmonitor/taskmonitor.h>

/**
 * struct batch - the samples
 * @samples: they
 * @count: how many
 * @room: how many fit
 *
 * All zeroes is a batch of none.
 */
struct batch {
	struct task_sample *samples;
	size_t count;
	size_t room;
};

/**
 * batch_take() - sample every target of a session now
 * @batch: what to fill; what was in it is gone, also on failure
 * @session: the session
 * @time_ns: set to the samples' time, CLOCK_MONOTONIC, unless NULL
 *
 * Return: 0, or what errno was.
 */
int batch_take(struct batch *batch, struct tm_session *session, uint64_t *time_ns);

/* The same of the default session. */
int batch_take_default(struct batch *batch, struct tm_device *dev);

void batch_free(struct batch *batch);

#endif /* TMCTL_BATCH_H */
