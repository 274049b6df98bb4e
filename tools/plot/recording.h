/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording of tmctl record, opened to be read: one moment of it, also while it grows. */
#ifndef PLOT_RECORDING_H
#define PLOT_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#define RECORDING_TEXT_MAX	256	/* bytes of a text that is kept, NUL included */

/**
 * struct recording - an open recording
 * @db: the database, in a transaction that lasts until it is closed
 * @path: as it was given; not ours
 * @begin_ns: when the recording began, CLOCK_MONOTONIC
 * @end_ns: the last moment that it covers; later than @begin_ns
 * @begin_realtime_ns: @begin_ns as CLOCK_REALTIME has it; 0: unknown
 * @interval_ns: between samples; 0: unknown
 * @cpus: of the machine; 0: unknown
 * @evicted: samples that were cut off to keep the file small
 * @lost_records: records that were not read in time, all in all
 * @dropped: processes that could not be watched, all in all
 * @complete: whether it was ended in order
 * @command: what was recorded, for people; raw bytes
 * @hostname: where; raw bytes
 * @kernel: on what; raw bytes
 */
struct recording {
	sqlite3 *db;
	const char *path;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t begin_realtime_ns;
	uint64_t interval_ns;
	uint64_t cpus;
	uint64_t evicted;
	uint64_t lost_records;
	uint64_t dropped;
	bool complete;
	char command[RECORDING_TEXT_MAX];
	char hostname[RECORDING_TEXT_MAX];
	char kernel[RECORDING_TEXT_MAX];
};

/**
 * recording_open() - open it, and see that it is one
 * @rec: what to fill; recording_close() it whatever is returned
 * @path: of the file
 *
 * Return: STATUS_DONE, or another status, and what is wrong has been said.
 */
int recording_open(struct recording *rec, const char *path);

void recording_close(struct recording *rec);

/* When one of its samples was due, for which others are whole intervals away; 0: unknown. */
uint64_t recording_tick(const struct recording *rec);

/* A statement on it; NULL: it was complained of. */
sqlite3_stmt *recording_prepare(const struct recording *rec, const char *sql);

/* What the database's last error was; returns the status. */
int recording_fail(const struct recording *rec);

/* A column's number; false where it holds none, or a negative one. */
bool column_uint(sqlite3_stmt *row, int column, uint64_t *value);

/* A column's text or bytes, cut to @size with the NUL; empty where it holds none. */
void column_copy(sqlite3_stmt *row, int column, char *buf, size_t size);

#endif /* PLOT_RECORDING_H */
