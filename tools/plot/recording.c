// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "recording.h"
#include "status.h"

#define BUSY_MS	5000	/* a writer commits in far less */

bool column_uint(sqlite3_stmt *row, int column, uint64_t *value)
{
	sqlite3_int64 number = sqlite3_column_int64(row, column);

	if (sqlite3_column_type(row, column) != SQLITE_INTEGER || number < 0)
		return false;
	*value = (uint64_t)number;
	return true;
}

void column_copy(sqlite3_stmt *row, int column, char *buf, size_t size)
{
	const void *bytes = sqlite3_column_blob(row, column);
	size_t length = (size_t)sqlite3_column_bytes(row, column);

	if (!bytes)
		length = 0;
	if (length >= size)
		length = size - 1;
	if (length)
		memcpy(buf, bytes, length);
	buf[length] = '\0';
}

int recording_fail(const struct recording *rec)
{
	int err = sqlite3_errcode(rec->db);

	switch (err) {
	case SQLITE_NOTADB:
		return fail(STATUS_FAILED, "plot: %s: not a recording (tmctl record makes them)",
			    rec->path);
	case SQLITE_CORRUPT:
		return fail(STATUS_FAILED, "plot: %s: damaged (what can be read of it: "
			    "sqlite3 FILE .recover | sqlite3 NEW)", rec->path);
	case SQLITE_BUSY:
		return fail(STATUS_FAILED, "plot: %s: another program has locked it (try again)",
			    rec->path);
	default:
		return fail(STATUS_FAILED, "plot: %s: %s", rec->path, sqlite3_errmsg(rec->db));
	}
}

sqlite3_stmt *recording_prepare(const struct recording *rec, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(rec->db, sql, -1, &statement, NULL) != SQLITE_OK)
		recording_fail(rec);
	return statement;
}

/* --- opening ------------------------------------------------------------- */

/* The reason in the system's words, which SQLite does not have. */
static int look_at_file(const struct recording *rec)
{
	struct stat st;

	if (stat(rec->path, &st))
		return fail(STATUS_FAILED, "plot: %s: %s", rec->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(STATUS_FAILED, "plot: %s: %s", rec->path,
			    S_ISDIR(st.st_mode) ? strerror(EISDIR) : "not a regular file");
	if (access(rec->path, R_OK))
		return fail(errno == EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED,
			    "plot: %s: %s", rec->path, strerror(errno));
	return STATUS_DONE;
}

/* Whether there is something in the log beside the file. */
static bool has_log(const char *path)
{
	char *log = sqlite3_mprintf("%s-wal", path);
	struct stat st;
	bool has = log && !stat(log, &st) && st.st_size;

	sqlite3_free(log);
	return has;
}

/* The path as a URI; what is special in one is written by its number. */
static char *immutable_uri(const char *path)
{
	static const char head[] = "file:", tail[] = "?immutable=1";
	char *uri = malloc(sizeof(head) + 3 * strlen(path) + sizeof(tail));
	char *to = uri;

	if (!uri)
		return NULL;
	to += sprintf(to, "%s", head);
	for (; *path; path++)
		to += sprintf(to, strchr("%?#", *path) ? "%%%02x" : "%c", (unsigned char)*path);
	strcpy(to, tail);
	return uri;
}

/*
 * A file that is not being written may lie where nobody may write: then there
 * is no place for the index of a log, and it needs none.
 */
static int open_immutable(struct recording *rec)
{
	char *uri = immutable_uri(rec->path);
	int err = SQLITE_NOMEM;

	sqlite3_close(rec->db);
	rec->db = NULL;
	if (uri)
		err = sqlite3_open_v2(uri, &rec->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	free(uri);
	return err;
}

/* Nothing that a foreign file may define is called from its schema. */
static int begin(struct recording *rec)
{
	sqlite3_busy_timeout(rec->db, BUSY_MS);
	sqlite3_db_config(rec->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sqlite3_exec(rec->db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
			    "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static int open_database(struct recording *rec)
{
	int err = sqlite3_open_v2(rec->path, &rec->db, SQLITE_OPEN_READONLY, NULL);

	if (err == SQLITE_OK)
		err = begin(rec);
	if ((err == SQLITE_CANTOPEN || err == SQLITE_READONLY) && !has_log(rec->path)) {
		err = open_immutable(rec);
		if (err == SQLITE_OK)
			err = begin(rec);
	}
	return err == SQLITE_OK ? STATUS_DONE : recording_fail(rec);
}

static int pragma(const struct recording *rec, const char *sql, sqlite3_int64 *value)
{
	sqlite3_stmt *row = recording_prepare(rec, sql);

	if (!row)
		return STATUS_FAILED;
	if (sqlite3_step(row) == SQLITE_ROW)
		*value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return STATUS_DONE;
}

static int check_kind(const struct recording *rec)
{
	sqlite3_int64 application = 0, version = 0;

	if (pragma(rec, "PRAGMA application_id", &application) ||
	    pragma(rec, "PRAGMA user_version", &version))
		return STATUS_FAILED;
	if (application != RECORDING_APPLICATION)
		return fail(STATUS_FAILED, "plot: %s: not a recording (tmctl record makes them)",
			    rec->path);
	if (version != RECORDING_VERSION)
		return fail(STATUS_FAILED, "plot: %s: a recording of format %lld, of which this "
			    "tmctl knows %d (a newer tmctl reads it)", rec->path,
			    (long long)version, RECORDING_VERSION);
	return STATUS_DONE;
}

/* --- what it says of itself ------------------------------------------------ */

struct meta_number {
	const char *key;
	uint64_t *value;
};

struct meta_text {
	const char *key;
	char *text;
};

static void take_meta(struct recording *rec, sqlite3_stmt *row)
{
	uint64_t complete = 0;
	const struct meta_number numbers[] = {
		{ "begin_ns", &rec->begin_ns }, { "end_ns", &rec->end_ns },
		{ "begin_realtime_ns", &rec->begin_realtime_ns },
		{ "interval_ns", &rec->interval_ns }, { "cpus", &rec->cpus },
		{ "evicted_samples", &rec->evicted }, { "lost_records", &rec->lost_records },
		{ "dropped", &rec->dropped }, { "complete", &complete },
	};
	const struct meta_text texts[] = {
		{ "command", rec->command }, { "hostname", rec->hostname },
		{ "kernel", rec->kernel },
	};
	const char *key = (const char *)sqlite3_column_text(row, 0);
	size_t i;

	for (i = 0; key && i < ARRAY_SIZE(numbers); i++) {
		if (!strcmp(key, numbers[i].key))
			column_uint(row, 1, numbers[i].value);
	}
	for (i = 0; key && i < ARRAY_SIZE(texts); i++) {
		if (!strcmp(key, texts[i].key))
			column_copy(row, 1, texts[i].text, RECORDING_TEXT_MAX);
	}
	rec->complete |= complete == 1;
}

static int read_meta(struct recording *rec)
{
	sqlite3_stmt *row = recording_prepare(rec, "SELECT key, value FROM meta");
	int err;

	if (!row)
		return STATUS_FAILED;
	while ((err = sqlite3_step(row)) == SQLITE_ROW)
		take_meta(rec, row);
	sqlite3_finalize(row);
	return err == SQLITE_DONE ? STATUS_DONE : recording_fail(rec);
}

/* Where the processes lie, if the recording does not say, or was not told in time. */
static int read_span(struct recording *rec)
{
	sqlite3_stmt *row = recording_prepare(rec, "SELECT min(first_ns), "
					      "max(max(last_ns, ifnull(exit_time_ns, 0))) "
					      "FROM process");
	uint64_t first = 0, last = 0;
	int err;

	if (!row)
		return STATUS_FAILED;
	err = sqlite3_step(row);
	if (err == SQLITE_ROW) {
		column_uint(row, 0, &first);
		column_uint(row, 1, &last);
	}
	sqlite3_finalize(row);
	if (err != SQLITE_ROW)
		return recording_fail(rec);
	if (!rec->begin_ns)
		rec->begin_ns = first;
	if (last > rec->end_ns)
		rec->end_ns = last;
	if (rec->end_ns <= rec->begin_ns)
		return fail(STATUS_FAILED, "plot: %s: empty, nothing has been recorded yet",
			    rec->path);
	return STATUS_DONE;
}

int recording_open(struct recording *rec, const char *path)
{
	int status;

	memset(rec, 0, sizeof(*rec));
	rec->path = path;
	status = look_at_file(rec);
	if (!status)
		status = open_database(rec);
	if (!status)
		status = check_kind(rec);
	if (!status)
		status = read_meta(rec);
	if (!status)
		status = read_span(rec);
	return status;
}

/* Samples may be late, by less than half an interval mostly; the least late one tells. */
uint64_t recording_tick(const struct recording *rec)
{
	uint64_t tick = 0, at, late, interval = rec->interval_ns;
	sqlite3_stmt *row = NULL;

	/* Where that fails there is nothing to complain of yet. */
	sqlite3_prepare_v2(rec->db, "SELECT time_ns FROM sample WHERE kind = 1 LIMIT 1000", -1,
			   &row, NULL);
	while (row && interval && sqlite3_step(row) == SQLITE_ROW) {
		if (!column_uint(row, 0, &at))
			continue;
		if (!tick)
			tick = at;
		/* How late it is beside the one found so far, or how far ahead of the next. */
		late = (at % interval + interval - tick % interval) % interval;
		if (late > interval / 2 && tick > interval - late)
			tick -= interval - late;
	}
	sqlite3_finalize(row);
	return tick;
}

void recording_close(struct recording *rec)
{
	sqlite3_close(rec->db);
	rec->db = NULL;
}
