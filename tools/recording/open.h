/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening a recording to read it: report's, export's and plot's way in. */
#ifndef TMCTL_RECORDING_OPEN_H
#define TMCTL_RECORDING_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

/**
 * recording_db_open() - open the file, and see that it is a recording
 * @command: name of the command, for messages
 * @path: of the file
 * @db: set to the database, in a transaction that shows one state of it until it is
 *	closed; to NULL on failure
 *
 * A recording may be read while it is written. One that was cut off may have to
 * be put in order first, for which it is opened to be written; nothing else is:
 * not even its log is emptied. One without a log may lie where nobody may write.
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int recording_db_open(const char *command, const char *path, sqlite3 **db);

/* Complain of SQLite's code @err; @db may be NULL. Return: the exit code. */
int recording_db_failed(const char *command, const char *path, sqlite3 *db, int err);

/* Whether there is a recording of that name; nothing is said. */
bool is_recording(const char *path);

/* The first column of a statement's first row. Return: SQLITE_OK, or SQLite's code. */
int recording_db_number(sqlite3 *db, const char *sql, uint64_t *number);

#endif /* TMCTL_RECORDING_OPEN_H */
