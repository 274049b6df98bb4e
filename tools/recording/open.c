// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "format.h"
#include "open.h"
#include "status.h"

#define BUSY_MS	10000	/* a writer commits in far less */

int recording_db_failed(const char *command, const char *path, sqlite3 *db, int err)
{
	const char *reason = db ? sqlite3_errmsg(db) : sqlite3_errstr(err);

	switch (err & 0xff) {
	case SQLITE_NOTADB:
		return fail(STATUS_FAILED, "%s: %s: not a recording (tmctl record makes them)",
			    command, path);
	case SQLITE_CORRUPT:
		return fail(STATUS_FAILED, "%s: %s: damaged: %s (what can be read of it: "
			    "sqlite3 FILE .recover | sqlite3 NEW)", command, path, reason);
	case SQLITE_BUSY:
		return fail(STATUS_FAILED, "%s: %s: another program has locked it (try again)",
			    command, path);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return fail(STATUS_FAILED, "%s: %s: %s (a recording that was cut off is first "
			    "opened by who may write it and its directory)", command, path, reason);
	default:
		return fail(STATUS_FAILED, "%s: %s: %s", command, path, reason);
	}
}

int recording_db_number(sqlite3 *db, const char *sql, uint64_t *number)
{
	sqlite3_stmt *stmt;
	int err = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (err)
		return err;
	err = sqlite3_step(stmt);
	if (err == SQLITE_ROW) {
		*number = (uint64_t)sqlite3_column_int64(stmt, 0);
		err = SQLITE_OK;
	}
	sqlite3_finalize(stmt);
	return err;
}

/* The reason in the system's words, which SQLite does not have. */
static int look_at_file(const char *command, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return fail(STATUS_FAILED, "%s: %s: %s", command, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(STATUS_FAILED, "%s: %s: %s", command, path,
			    S_ISDIR(st.st_mode) ? strerror(EISDIR) : "not a regular file");
	if (access(path, R_OK))
		return fail(errno == EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED,
			    "%s: %s: %s", command, path, strerror(errno));
	if (!st.st_size)
		return fail(STATUS_FAILED, "%s: %s: empty: not a recording, or one that ended "
			    "before it had begun", command, path);
	return STATUS_DONE;
}

/* Some names are none of a file to SQLite. */
static int open_file(const char *path, int how, sqlite3 **db)
{
	char *name = sqlite3_mprintf("%s%s", *path == '/' ? "" : "./", path);
	int err = name ? sqlite3_open_v2(name, db, how, NULL) : SQLITE_NOMEM;

	sqlite3_free(name);
	return err;
}

bool is_recording(const char *path)
{
	uint64_t application = 0;
	sqlite3 *db = NULL;
	int err = open_file(path, SQLITE_OPEN_READONLY, &db);

	if (!err)
		err = recording_db_number(db, "PRAGMA application_id", &application);
	sqlite3_close(db);
	return !err && application == RECORDING_APPLICATION_ID;
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
static int open_immutable(const char *path, sqlite3 **db)
{
	char *uri = immutable_uri(path);
	int err = SQLITE_NOMEM;

	if (uri)
		err = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	free(uri);
	return err;
}

static int open_to_recover(const char *path, sqlite3 **db)
{
	int err = open_file(path, SQLITE_OPEN_READWRITE, db);

	if (!err)
		sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return err;
}

/* Nothing that a foreign file may define is called from its schema. */
static int begin(sqlite3 *db)
{
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sqlite3_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
			    "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static int open_database(const char *path, sqlite3 **db)
{
	int err = open_file(path, SQLITE_OPEN_READONLY, db);

	if (!err)
		err = begin(*db);
	if ((err & 0xff) != SQLITE_CANTOPEN && (err & 0xff) != SQLITE_READONLY)
		return err;
	sqlite3_close(*db);
	*db = NULL;
	err = has_log(path) ? open_to_recover(path, db) : open_immutable(path, db);
	return err ? err : begin(*db);
}

static int check_format(const char *command, const char *path, sqlite3 *db)
{
	uint64_t application = 0, version = 0;
	int err = recording_db_number(db, "PRAGMA application_id", &application), status;

	if (!err)
		err = recording_db_number(db, "PRAGMA user_version", &version);
	if (err)
		return recording_db_failed(command, path, db, err);
	/* What was begun and not committed is gone now; that may have been all. */
	if (application != RECORDING_APPLICATION_ID) {
		status = look_at_file(command, path);
		return status ? status : recording_db_failed(command, path, db, SQLITE_NOTADB);
	}
	if (version != RECORDING_VERSION)
		return fail(STATUS_FAILED, "%s: %s: a recording of format %u, of which this tmctl "
			    "knows %d (a newer tmctl reads it)", command, path,
			    (unsigned int)version, RECORDING_VERSION);
	return STATUS_DONE;
}

int recording_db_open(const char *command, const char *path, sqlite3 **db)
{
	int status = look_at_file(command, path), err;

	*db = NULL;
	if (status)
		return status;
	err = open_database(path, db);
	status = err ? recording_db_failed(command, path, *db, err)
		     : check_format(command, path, *db);
	if (status) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return status;
}
