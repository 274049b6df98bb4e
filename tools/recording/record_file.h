/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The place of a recording that is to be made.
 *
 * A file that is there is left alone, unless it is a recording and may be
 * replaced. Even then it is only put aside until the new one has begun.
 */
#ifndef TMCTL_RECORD_FILE_H
#define TMCTL_RECORD_FILE_H

#include <limits.h>
#include <stdbool.h>

/**
 * struct place - the place of one recording
 * @path: the file
 * @fd: holds a lock on it that tells others that it is being written; -1: none.
 *	To be closed only when the database is: closing any descriptor of a file
 *	takes a process's POSIX locks away, which are SQLite's.
 * @made: the file is ours
 * @aside: where the recording is that is being replaced; empty: there is none
 */
struct place {
	const char *path;
	int fd;
	bool made;
	char aside[PATH_MAX];
};

/* May @path become a recording? Changes nothing. Return: an exit code, having complained. */
int place_check(struct place *place, const char *path, bool force);

/* Make it, empty, and lock it. Return: an exit code, having complained. */
int place_take(struct place *place);

/* The recording has begun: what it replaces is not wanted any more. */
void place_keep(struct place *place);

/* It has not: all shall be as it was. After the database has been closed. */
void place_undo(struct place *place);

/* The database is closed: let go of the lock. */
void place_leave(struct place *place);

#endif /* TMCTL_RECORD_FILE_H */
