/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl record says: while it goes on, and at the end. */
#ifndef TMCTL_RECORD_LIVE_H
#define TMCTL_RECORD_LIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct progress - how far it has come
 * @path: the file
 * @duration_ns: for how long it has gone on
 * @records: records taken in
 * @processes: processes and threads that they are of
 * @alive: how many of them have not exited
 * @lost_records: records overwritten before they were read
 * @dropped: processes that could not be watched
 * @missed_ticks: samples that were due and not taken
 * @evicted_samples: samples that went for the file's bound
 * @size_bytes: of the file, with its log
 * @complete: it ended in order
 */
struct progress {
	const char *path;
	uint64_t duration_ns;
	uint64_t records;
	uint64_t processes;
	uint64_t alive;
	uint64_t lost_records;
	uint64_t dropped;
	uint64_t missed_ticks;
	uint64_t evicted_samples;
	uint64_t size_bytes;
	bool complete;
};

/* One line on a terminal, over the one before. */
void live_show(const struct progress *progress);

/* Take that line away. */
void live_clear(void);

/* The end, for people or as an object. */
void progress_print(FILE *out, const struct progress *progress, bool json);

#endif /* TMCTL_RECORD_LIVE_H */
