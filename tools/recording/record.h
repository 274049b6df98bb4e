/* SPDX-License-Identifier: GPL-2.0-only */
/* tmctl record, in three parts: its command line, how it begins, how it goes on. */
#ifndef TMCTL_RECORD_H
#define TMCTL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <taskmonitor/taskmonitor.h>

#include "batch.h"
#include "child.h"
#include "options.h"
#include "record_file.h"
#include "record_target.h"
#include "selection.h"
#include "writer.h"

enum { EVENT_HISTORY, EVENT_CHILD };

/* The options' arguments. */
struct record_args {
	const char *output;
	const char *interval;
	const char *duration;
	const char *max_size;
	const char *ring;
	struct selection_args chosen;
	bool all;
	bool force;
	bool quiet;
	bool wait_all;
};

extern struct record_args record_args;
extern const struct opt record_opts[];

/**
 * struct record - one tmctl record
 * @opts: the command line's options
 * @argv: the command, NULL: there is none
 * @selection: whom to watch, where there is no command
 * @attr: of the session
 * @duration_ns: for how long
 * @max_bytes: how large the file may become; 0: no bound
 * @place: the file
 * @target: the session
 * @writer: the recording
 * @child: the command's process
 * @epoll_fd: wakes us
 * @first: all that was to be watched when it began
 * @begin_ns: when it began, CLOCK_MONOTONIC
 * @begin_realtime_ns: CLOCK_REALTIME
 * @begin_boottime_ns: CLOCK_BOOTTIME
 * @commit_ns: when the next commit is due
 * @show_ns: when the line on the terminal is
 * @look_ns: when who has come is to be looked for
 * @exited: the command has
 * @ended: nothing is left to be watched
 * @live: there is a line on a terminal
 * @alive: who had not exited at the end
 * @code: how the command ended
 */
struct record {
	const struct options *opts;
	char **argv;
	struct selection selection;
	struct tm_session_attr attr;
	uint64_t duration_ns;
	uint64_t max_bytes;
	struct place place;
	struct target target;
	struct writer writer;
	struct child child;
	int epoll_fd;
	struct batch first;
	uint64_t begin_ns;
	uint64_t begin_realtime_ns;
	uint64_t begin_boottime_ns;
	uint64_t commit_ns;
	uint64_t show_ns;
	uint64_t look_ns;
	bool exited;
	bool ended;
	bool live;
	uint64_t alive;
	int32_t code;
};

/* Understand the options. Return: an exit code, having complained. */
int record_set_options(struct record *rec, int argc);

/* Make the session, then the file, then let the command go. Likewise. */
int record_begin(struct record *rec);

/* Whether a record of the session is of somebody who was chosen, or is known already. */
bool record_wants(const struct record *rec, const struct task_sample *sample);

/* The file could not be written; @err is SQLite's code. Likewise. */
int record_not_written(const struct record *rec, int err);

#endif /* TMCTL_RECORD_H */
