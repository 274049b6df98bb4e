/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the figures come from: a private session of the module, of the whole
 * system, with births, programs and ends in its history, and no periodic samples.
 * It may be there or not: the module may come later, go and come back.
 */
#ifndef TMCTL_EXPORTER_SOURCE_H
#define TMCTL_EXPORTER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <taskmonitor/taskmonitor.h>

#include "account.h"
#include "batch.h"

#define RELEASE_NS	(UINT64_C(30) * 1000000000)	/* the most that source_release() lasts */

/**
 * struct source - the session
 * @device: the device's file
 * @session: NULL: there is none
 * @ring: its history
 * @cursor: number of the last record dealt with
 * @batch: samples of everybody
 * @released_ns: until when it keeps away from the module; 0: it does not
 * @version: of the module
 * @sessions: how many there have been
 * @records: records dealt with, of all sessions
 * @lost: records that were overwritten before
 * @unwatched: processes that sessions which are over could not watch
 * @cost_ns: what the sampler has spent on sessions that are over
 */
struct source {
	const char *device;
	struct tm_session *session;
	struct tm_ring *ring;
	uint64_t cursor;
	struct batch batch;
	uint64_t released_ns;
	uint32_t version;
	uint64_t sessions;
	uint64_t records;
	uint64_t lost;
	uint64_t unwatched;
	uint64_t cost_ns;
};

/**
 * source_open() - make the session, unless it is there
 * @source: zeroes but for @device
 *
 * Return: 0, or what errno was; EAGAIN: it keeps away, see source_release().
 */
int source_open(struct source *source);

/* End the session. Its account stays good. */
void source_close(struct source *source);

/*
 * End the session so that the module can be unloaded. It is opened again once the
 * device has been gone and is back, at the latest after RELEASE_NS.
 */
void source_release(struct source *source);

/* Take in the records that there are. Their memory is short: do so often. */
void source_drain(struct source *source, struct account *account);

/**
 * source_batch() - sample everybody
 * @source: the session; there is one
 * @account: what to bring up to date
 *
 * Return: 0, or what errno was.
 */
int source_batch(struct source *source, struct account *account);

/* The same as of now, the session that lasts included. */
uint64_t source_unwatched(const struct source *source);
uint64_t source_cost_ns(const struct source *source);

#endif /* TMCTL_EXPORTER_SOURCE_H */
