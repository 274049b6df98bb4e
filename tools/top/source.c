// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "selection_proc.h"
#include "source.h"
#include "status.h"

#define RING_MOST	16384	/* records: 4 MiB, which an ordinary user may lock */
#define RING_LEAST	1024
#define EXITS_MOST	(1u << 16)	/* that are kept for the next screen */
#define SCAN_NS		NSEC_PER_SEC	/* between two looks for new processes of one's own */
#define CGROUPS		"/sys/fs/cgroup"

/* --- the session ------------------------------------------------------------------- */

/* A shorter history where a long one may not be locked. Return: 0, or -1. */
static int open_session(struct source *source, const char *device, unsigned int scope,
			int cgroup_fd)
{
	struct tm_session_attr attr = {
		.scope = scope,
		.cgroup_fd = cgroup_fd,
		.kinds = 1u << TM_KIND_EXIT,
	};
	uint32_t records;

	for (records = RING_MOST; records >= RING_LEAST; records /= 2) {
		attr.ring_records = records;
		source->session = tm_session_open(device, &attr);
		if (source->session)
			source->ring = tm_ring_map(source->session);
		if (source->ring)
			return 0;
		tm_session_close(source->session);
		source->session = NULL;
		if (errno != ENOMEM)
			return -1;
	}
	return -1;
}

static int no_session(const char *device, int err)
{
	char object[128];

	if (err == ENOMEM)
		return fail(STATUS_FAILED, "top: %s: %s (see: ulimit -l)", device, strerror(err));
	snprintf(object, sizeof(object), "top: %s", device);
	return fail_errno(object, err);
}

static int open_everybody(struct source *source, const struct source_wish *wish)
{
	source->scope = SOURCE_SYSTEM;
	if (!open_session(source, wish->device, TM_SCOPE_SYSTEM, -1))
		return STATUS_DONE;
	if (errno != EPERM)
		return no_session(wish->device, errno);
	source->scope = SOURCE_OWN;
	if (!open_session(source, wish->device, TM_SCOPE_TREE, -1))
		return STATUS_DONE;
	return no_session(wish->device, errno);
}

static int open_list(struct source *source, const struct source_wish *wish)
{
	char object[64];
	size_t i;

	source->scope = SOURCE_LIST;
	if (open_session(source, wish->device, TM_SCOPE_LIST, -1))
		return no_session(wish->device, errno);
	for (i = 0; i < wish->pid_count; i++) {
		if (!tm_session_add(source->session, wish->pids[i]) || errno == EEXIST)
			continue;
		snprintf(object, sizeof(object), "top: process %d", wish->pids[i]);
		return fail_errno(object, errno);
	}
	return STATUS_DONE;
}

static int open_directory(const char *path)
{
	char below[PATH_MAX];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	snprintf(below, sizeof(below), CGROUPS "/%s", path);
	return open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_cgroup(struct source *source, const struct source_wish *wish)
{
	int fd = open_directory(wish->cgroup), err;

	if (fd < 0)
		return fail(STATUS_FAILED, "top: cgroup %s: %s (a directory, or a path below "
			    CGROUPS ")", wish->cgroup, strerror(errno));
	source->scope = SOURCE_CGROUP;
	err = open_session(source, wish->device, TM_SCOPE_CGROUP, fd) ? errno : 0;
	close(fd);
	if (err == EBADF)
		return fail(STATUS_FAILED, "top: cgroup %s: it is none of cgroup v2 (see: "
			    "mount -t cgroup2)", wish->cgroup);
	return err ? no_session(wish->device, err) : STATUS_DONE;
}

int source_open(struct source *source, const struct source_wish *wish)
{
	int status;

	memset(source, 0, sizeof(*source));
	if (wish->cgroup)
		status = open_cgroup(source, wish);
	else if (wish->pid_count)
		status = open_list(source, wish);
	else
		status = open_everybody(source, wish);
	if (status)
		source_close(source);
	return status;
}

void source_close(struct source *source)
{
	tm_ring_unmap(source->ring);
	tm_session_close(source->session);
	batch_free(&source->batches[0]);
	batch_free(&source->batches[1]);
	free(source->exits);
	memset(source, 0, sizeof(*source));
}

/* --- samples ---------------------------------------------------------------------------- */

struct scan {
	struct tm_session *session;
	const struct procs *procs;
};

/* The module decides which are one's own; of those that it has already it says EEXIST. */
static void add_process(pid_t pid, void *arg)
{
	const struct scan *scan = arg;

	if (!procs_alive(scan->procs, pid))
		tm_session_add(scan->session, pid);
}

static void scan_own(struct source *source, const struct procs *procs)
{
	struct scan scan = { source->session, procs };
	uint64_t now = clock_monotonic_ns();

	if (source->scanned_ns && now - source->scanned_ns < SCAN_NS)
		return;
	source->scanned_ns = now;
	selection_each_process(add_process, &scan);
}

static bool keep_exit(struct source *source, const struct task_sample *record)
{
	size_t room = source->exit_room ? 2 * source->exit_room : 256;
	struct task_sample *exits;

	if (source->exit_count == source->exit_room) {
		exits = room > EXITS_MOST ? NULL : realloc(source->exits, room * sizeof(*exits));
		if (!exits)
			return false;
		source->exits = exits;
		source->exit_room = room;
	}
	source->exits[source->exit_count++] = *record;
	return true;
}

void source_drain(struct source *source)
{
	struct task_sample record;

	while (tm_ring_next(source->ring, &source->cursor, &record, &source->lost)) {
		if (record.kind == TM_KIND_EXIT && !keep_exit(source, &record))
			source->lost++;
	}
}

static int add_samples(struct source *source, struct procs *procs, const struct batch *batch)
{
	size_t i;

	for (i = 0; i < batch->count; i++) {
		const struct task_sample *sample = &batch->samples[i];

		if (!sample->pid || sample->flags & TM_SAMPLE_DENIED)
			continue;
		if (source->scope == SOURCE_LIST && sample->flags & TM_SAMPLE_EXITED) {
			/* A list keeps them; that it has ended says the history. */
			if (sample->state == 'X')
				tm_session_del(source->session, sample->pid);
			continue;
		}
		if (procs_add(procs, sample))
			return ENOMEM;
	}
	return 0;
}

/* Those from before the first screen say only who is not there any longer. */
static void add_exits(struct source *source, struct procs *procs)
{
	size_t shown = 0, i;

	for (i = 0; i < source->exit_count; i++) {
		const struct task_sample *record = &source->exits[i];

		if (procs->elapsed_ns)
			procs_exit(procs, record, shown++ < SHOWN_EXITS_MAX);
		else if (procs_find(procs, record->pid, record->start_time_ns))
			procs_exit(procs, record, false);
	}
	source->exit_count = 0;
}

static void read_state(struct source *source)
{
	struct tm_state state;

	if (tm_session_state(source->session, &state))
		return;
	source->cost_ns = state.cost_ns;
	source->dropped = state.dropped;
}

/*
 * First the batch, then the exits: whoever is missing in the batch has left its
 * record before. The other way round, one that exits in between would be in neither.
 */
int source_screen(struct source *source, struct procs *procs)
{
	struct batch *batch = &source->batches[!source->latest];
	uint64_t time_ns;
	int err;

	if (source->scope == SOURCE_OWN)
		scan_own(source, procs);
	err = batch_take(batch, source->session, &time_ns);
	if (err)
		return err;
	source->latest = !source->latest;
	source_drain(source);
	procs_begin(procs, time_ns, clock_boottime_ahead_ns());
	err = add_samples(source, procs, batch);
	procs_sweep(procs);
	add_exits(source, procs);
	procs_settle(procs);
	source->screen_lost = source->lost;
	source->lost = 0;
	read_state(source);
	return err;
}
