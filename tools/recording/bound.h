/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How large a recording may become.
 *
 * When its share of the bound is nearly used up, the oldest samples go: all up
 * to a moment at which a transaction ended, so that what is left is whole from
 * there on. Their pages are used again; the file itself does not grow.
 */
#ifndef TMCTL_RECORDING_BOUND_H
#define TMCTL_RECORDING_BOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#define BOUND_MIN_BYTES	(UINT64_C(1) << 20)

/* A commit: the last record in it, and when that was. */
struct mark {
	uint64_t seq;
	uint64_t time_ns;
};

/**
 * struct bound - the bound of one recording
 * @db_pages: most pages of the database in use; 0: no bound
 * @log_pages: the log is emptied when it has so many
 * @marks: the commits whose samples are there, the oldest first
 * @first: the first of them in @marks
 * @count: how many
 * @room: how many fit
 * @evicted: samples that have gone
 * @evicted_ns: there are none from before this moment
 */
struct bound {
	uint64_t db_pages;
	uint32_t log_pages;
	struct mark *marks;
	size_t first;
	size_t count;
	size_t room;
	uint64_t evicted;
	uint64_t evicted_ns;
};

/* @max_bytes: of the file with its log; 0: no bound. Return: 0 or SQLite's code. */
int bound_init(struct bound *bound, sqlite3 *db, uint64_t max_bytes);
void bound_free(struct bound *bound);

/* A transaction ends with this record. */
int bound_mark(struct bound *bound, uint64_t seq, uint64_t time_ns);

/**
 * bound_evict() - let the oldest samples go, if it is time
 * @bound: the bound
 * @db: the database, in a transaction
 * @cut_seq: the last record that may be gone now; left alone if none is
 *
 * Return: 0 or SQLite's code.
 */
int bound_evict(struct bound *bound, sqlite3 *db, uint64_t *cut_seq);

#endif /* TMCTL_RECORDING_BOUND_H */
