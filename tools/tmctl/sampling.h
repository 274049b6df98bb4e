/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples of many processes at one moment: of the default session's targets, or
 * of those that were chosen, through a private session that does no sampling of
 * its own.
 */
#ifndef TMCTL_SAMPLING_H
#define TMCTL_SAMPLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <taskmonitor/taskmonitor.h>

#include "batch.h"
#include "options.h"
#include "selection.h"

/**
 * struct sampling - where samples come from
 * @opts: name the device
 * @selection: who was chosen
 * @dev: the default session; NULL: there is a @session
 * @session: the private session
 * @batch: the samples that were taken last, of those alone who were chosen
 * @with_exits: whether the following are kept
 * @exits: last figures of those who had exited by then, and not by the time before
 * @exit_count: how many
 * @exit_room: how many fit
 * @lost: how many came too fast to be among them, since the beginning
 */
struct sampling {
	const struct options *opts;
	struct selection selection;
	struct tm_device *dev;
	struct tm_session *session;
	struct batch batch;
	bool with_exits;
	struct task_sample *exits;
	size_t exit_count;
	size_t exit_room;
	uint64_t lost;
};

/**
 * sampling_begin() - open the session
 * @s: what to fill; sampling_end() it, whatever this returns
 * @opts: name the device
 * @args: who was chosen by options
 * @command: name of the command, for messages
 * @argc: PIDs that were named beside
 * @argv: they
 * @exits: whether to tell of exits
 *
 * Nobody chosen: the default session's targets.
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int sampling_begin(struct sampling *s, const struct options *opts,
		   const struct selection_args *args, const char *command, int argc, char **argv,
		   bool exits);

/* Take samples now. Return: as above. */
int sampling_take(struct sampling *s);

/* The exit code of a command that has done what it could. */
int sampling_missing(const struct sampling *s);

void sampling_end(struct sampling *s);

#endif /* TMCTL_SAMPLING_H */
