/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the figures come from: a private session of the module, sampled on demand
 * in one request for each screen, with nothing but exits in its history.
 */
#ifndef TMCTL_TOP_SOURCE_H
#define TMCTL_TOP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <taskmonitor/taskmonitor.h>

#include "batch.h"
#include "procs.h"

#define SHOWN_EXITS_MAX	4096	/* on one screen that were on none before */

/**
 * enum source_scope - whom it is about
 * @SOURCE_SYSTEM: everybody
 * @SOURCE_OWN: one's own processes, as the right to see all is lacking: those that
 *	/proc has, with all that descends from them
 * @SOURCE_CGROUP: a cgroup
 * @SOURCE_LIST: the processes that were named
 */
enum source_scope {
	SOURCE_SYSTEM,
	SOURCE_OWN,
	SOURCE_CGROUP,
	SOURCE_LIST,
};

/**
 * struct source_wish - what is asked for
 * @device: the device's file
 * @cgroup: a cgroup's directory, or its path below /sys/fs/cgroup; or NULL
 * @pids: processes; none: the system
 * @pid_count: how many
 */
struct source_wish {
	const char *device;
	const char *cgroup;
	const pid_t *pids;
	size_t pid_count;
};

/**
 * struct source - one session
 * @scope: whom it is about
 * @screen_lost: exits that were missed between the last two screens
 * @dropped: processes that could not be watched, so far
 * @cost_ns: what the sampler has spent on it, so far
 *
 * The rest is source.c's own.
 */
struct source {
	enum source_scope scope;
	uint64_t screen_lost;
	uint64_t dropped;
	uint64_t cost_ns;

	struct tm_session *session;
	struct tm_ring *ring;
	uint64_t cursor;
	uint64_t lost;
	struct batch batches[2];
	unsigned int latest;
	struct task_sample *exits;
	size_t exit_count;
	size_t exit_room;
	uint64_t scanned_ns;
};

/**
 * source_open() - make the session
 * @source: what to fill
 * @wish: what is asked for
 *
 * Return: an exit code, having said what went wrong.
 */
int source_open(struct source *source, const struct source_wish *wish);

void source_close(struct source *source);

/**
 * source_screen() - one screen more
 * @source: the session
 * @procs: what to bring up to date
 *
 * Return: 0, or what errno was.
 */
int source_screen(struct source *source, struct procs *procs);

/* Between screens that are long apart: fetch the exits, before they are overwritten. */
void source_drain(struct source *source);

#endif /* TMCTL_TOP_SOURCE_H */
