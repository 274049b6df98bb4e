/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records into a recording.
 *
 * What is added is in the file for good with the next writer_commit(). Before
 * that, whatever happens to us, the file is as the commit before it left it.
 */
#ifndef TMCTL_RECORDING_WRITER_H
#define TMCTL_RECORDING_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "bound.h"
#include "lives.h"

/* What can be lost, as table loss names it. */
enum loss {
	LOSS_RECORDS,
	LOSS_DROPPED,
	LOSS_TICKS,
	LOSS_COUNT,
};

extern const char *const loss_names[LOSS_COUNT];

/**
 * struct writer - a recording that is being written
 * @db: the database
 * @lives: the processes
 * @records: taken in so far
 * @lost: how much has been lost so far, of each kind
 * @end_ns: the moment up to which the file tells of all, CLOCK_MONOTONIC
 * @bound: how large it may become
 *
 * The rest is writer.c's own.
 */
struct writer {
	sqlite3 *db;
	struct lives lives;
	uint64_t records;
	uint64_t lost[LOSS_COUNT];
	uint64_t end_ns;
	struct bound bound;

	sqlite3_stmt *insert_sample;
	sqlite3_stmt *insert_process;
	sqlite3_stmt *update_process;
	sqlite3_stmt *insert_loss;
	sqlite3_stmt *set_meta;
	int64_t last_id;
	uint64_t last_seq;
	uint64_t newest_ns;
	uint32_t inserted;
	bool in_transaction;
	bool has_log;
};

/*
 * All of these return 0 or a code of SQLite, such as SQLITE_FULL. After a
 * failure the only thing left to do is writer_abandon().
 */

/**
 * writer_create() - make the tables in an empty file, with the first commit
 * @w: what to fill
 * @path: the file; it exists and is empty
 * @max_bytes: how large it may become with all that belongs to it; 0: no bound
 */
int writer_create(struct writer *w, const char *path, uint64_t max_bytes);

/* A line of table meta. */
int writer_meta_text(struct writer *w, const char *key, const char *value);
int writer_meta_int(struct writer *w, const char *key, uint64_t value);

/**
 * writer_add() - take in a record, in the order of the history
 * @w: the recording
 * @record: the record
 *
 * A sample in which nothing has changed is kept back: it is written when the
 * next one differs, or at the end. Until then the process's last_ns tells of it.
 */
int writer_add(struct writer *w, const struct task_sample *record);

/* @count more of @what are lost; it was noticed at @time_ns. */
int writer_add_loss(struct writer *w, uint64_t time_ns, enum loss what, uint64_t count);

/**
 * writer_commit() - put all that has been added into the file for good
 * @w: the recording
 * @end_ns: the moment up to which all has been added
 */
int writer_commit(struct writer *w, uint64_t end_ns);

/* Whether so much waits for a commit that it is better made now. */
bool writer_wants_commit(const struct writer *w);

/* The same, and it is complete: what was kept back is written, too. Closes the file. */
int writer_end(struct writer *w, uint64_t end_ns);

/* Close the file as the last commit left it. */
void writer_abandon(struct writer *w);

/* Bytes of the file, with the log that belongs to it. */
uint64_t writer_size(struct writer *w);

#endif /* TMCTL_RECORDING_WRITER_H */
