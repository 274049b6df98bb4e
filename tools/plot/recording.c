// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "open.h"
#include "recording.h"
#include "status.h"

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
	return recording_db_failed("plot", rec->path, rec->db, sqlite3_errcode(rec->db));
}

sqlite3_stmt *recording_prepare(const struct recording *rec, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(rec->db, sql, -1, &statement, NULL) != SQLITE_OK)
		recording_fail(rec);
	return statement;
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
	status = recording_db_open("plot", path, &rec->db);
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
