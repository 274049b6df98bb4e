// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "open.h"

#define PAGE_BYTES		4096	/* SQLite's default, which we leave */
#define LOG_PAGES		1000	/* likewise */
#define LOG_PAGES_MIN		32
#define EVICTION_BYTES		(UINT64_C(32) << 20)
#define LOG_FRAME_BYTES		(PAGE_BYTES + 24)

#define READER_WAIT_MS		200
#define BUSY_MS			10000	/* as writer.c has it */

/*
 * Behind each commit. While somebody reads the recording the log can be copied to
 * the file but not begun anew, and would grow: so wait for him, but not for long,
 * for records wait too.
 */
static int after_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	const struct bound *bound = arg;
	int err;

	if (pages < (int)bound->log_pages)
		return SQLITE_OK;
	sqlite3_busy_timeout(db, READER_WAIT_MS);
	err = sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	sqlite3_busy_timeout(db, BUSY_MS);
	return (err & 0xff) == SQLITE_BUSY ? SQLITE_OK : err;
}

/*
 * A transaction is begun before the log is full, and may take as much again.
 * One that evicts may change a page of each process: there is room for all pages
 * of a small database, and for EVICTION_BYTES of a large one.
 */
int bound_init(struct bound *bound, sqlite3 *db, uint64_t max_bytes)
{
	uint64_t log = max_bytes / LOG_FRAME_BYTES / 8, share;

	*bound = (struct bound){ .log_pages = LOG_PAGES };
	if (!max_bytes)
		return SQLITE_OK;
	if (log < LOG_PAGES)
		bound->log_pages = log > LOG_PAGES_MIN ? (uint32_t)log : LOG_PAGES_MIN;
	share = max_bytes > 2 * EVICTION_BYTES ? max_bytes - EVICTION_BYTES : max_bytes / 2;
	bound->db_pages = (share - 2 * (uint64_t)bound->log_pages * LOG_FRAME_BYTES) / PAGE_BYTES;
	sqlite3_wal_hook(db, after_commit, bound);
	return SQLITE_OK;
}

void bound_free(struct bound *bound)
{
	free(bound->marks);
}

/* Marks that have gone make room in front. */
static bool make_room(struct bound *bound)
{
	struct mark *marks;

	if (bound->first + bound->count < bound->room)
		return true;
	if (bound->first > bound->room / 2) {
		memmove(bound->marks, bound->marks + bound->first,
			bound->count * sizeof(*bound->marks));
		bound->first = 0;
		return true;
	}
	marks = realloc(bound->marks, (2 * bound->room + 64) * sizeof(*marks));
	if (!marks)
		return false;
	bound->marks = marks;
	bound->room = 2 * bound->room + 64;
	return true;
}

int bound_mark(struct bound *bound, uint64_t seq, uint64_t time_ns)
{
	if (!bound->db_pages)
		return SQLITE_OK;
	if (!make_room(bound))
		return SQLITE_NOMEM;
	bound->marks[bound->first + bound->count++] = (struct mark){ seq, time_ns };
	return SQLITE_OK;
}

static int pages_used(sqlite3 *db, uint64_t *pages)
{
	uint64_t all = 0, free_pages = 0;
	int err = recording_db_number(db, "PRAGMA page_count", &all);

	if (!err)
		err = recording_db_number(db, "PRAGMA freelist_count", &free_pages);
	*pages = all - free_pages;
	return err;
}

/* Of each process, its first samples: that is a short way in the table. */
static int delete_samples(struct bound *bound, sqlite3 *db, uint64_t seq)
{
	sqlite3_stmt *each, *cut = NULL;
	int err;

	err = sqlite3_prepare_v2(db, "SELECT id FROM process", -1, &each, NULL);
	if (!err)
		err = sqlite3_prepare_v2(db, "DELETE FROM sample WHERE process = ?1 AND seq <= ?2",
					 -1, &cut, NULL);
	while (!err && (err = sqlite3_step(each)) == SQLITE_ROW) {
		sqlite3_bind_int64(cut, 1, sqlite3_column_int64(each, 0));
		sqlite3_bind_int64(cut, 2, (sqlite3_int64)seq);
		err = sqlite3_step(cut) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(db);
		bound->evicted += (uint64_t)sqlite3_changes(db);
		sqlite3_reset(cut);
	}
	sqlite3_finalize(cut);
	sqlite3_finalize(each);
	return err == SQLITE_DONE ? SQLITE_OK : err;
}

/* Who had exited by then, and has no sample left, has been in what is gone alone. */
static int delete_processes(sqlite3 *db, uint64_t time_ns)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "DELETE FROM loss WHERE time_ns <= %llu;"
		 "DELETE FROM process WHERE exit_time_ns IS NOT NULL AND last_ns <= %llu AND NOT "
		 "EXISTS"
		 " (SELECT 1 FROM sample WHERE sample.process = process.id);"
		 "UPDATE process SET parent = NULL"
		 " WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM process)",
		 (unsigned long long)time_ns, (unsigned long long)time_ns);
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int bound_evict(struct bound *bound, sqlite3 *db, uint64_t *cut_seq)
{
	uint64_t used, target = bound->db_pages / 4 * 3;
	int err = SQLITE_OK;

	if (!bound->db_pages)
		return SQLITE_OK;
	err = pages_used(db, &used);
	if (err || used < bound->db_pages / 16 * 15)
		return err;
	while (!err && used > target && bound->count) {
		size_t n = (size_t)((double)bound->count * (double)(used - target) / (double)used);
		struct mark cut = bound->marks[bound->first + (n < bound->count ? n : 0)];

		err = delete_samples(bound, db, cut.seq);
		if (!err)
			err = delete_processes(db, cut.time_ns);
		bound->first += n + 1;
		bound->count -= n + 1;
		bound->evicted_ns = cut.time_ns;
		*cut_seq = cut.seq;
		if (!err)
			err = pages_used(db, &used);
	}
	return err;
}
