// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "request.h"
#include "sampling.h"
#include "status.h"

#define EXIT_RECORDS	16384	/* between two looks at them */

int sampling_begin(struct sampling *s, const struct options *opts,
		   const struct selection_args *args, const char *command, int argc, char **argv,
		   bool exits)
{
	/* TM_BATCH is enough: nothing is sampled at intervals. */
	const struct tm_session_attr attr = {
		.kinds = 1U << TM_KIND_EXIT,
		.ring_records = exits ? EXIT_RECORDS : TM_RING_RECORDS_MIN,
		.interval_ns = TM_INTERVAL_MAX_NS,
	};
	int status;

	memset(s, 0, sizeof(*s));
	s->opts = opts;
	s->selection.cgroup_fd = -1;
	s->selection.command = command;
	s->with_exits = exits;
	if (!argc && !selection_given(args)) {
		s->dev = request_open(opts, &status);
		return status;
	}
	status = selection_parse(&s->selection, args, command, argc, argv);
	if (!status)
		status = selection_open(&s->selection, opts, &attr, &s->session);
	if (!status && exits)
		fcntl(tm_session_fd(s->session), F_SETFL, O_NONBLOCK);
	return status;
}

static void keep_wanted(struct sampling *s)
{
	struct batch *batch = &s->batch;
	size_t i, kept = 0;

	if (s->dev)
		return;
	for (i = 0; i < batch->count; i++) {
		if (!selection_wants(&s->selection, &batch->samples[i]))
			continue;
		if (kept != i)
			batch->samples[kept] = batch->samples[i];
		kept++;
	}
	batch->count = kept;
}

static int no_memory(const struct sampling *s)
{
	return fail(STATUS_FAILED, "%s: %s", s->selection.command, strerror(ENOMEM));
}

static int keep_exit(struct sampling *s, const struct task_sample *sample)
{
	if (s->exit_count == s->exit_room) {
		size_t room = s->exit_room ? 2 * s->exit_room : 64;
		struct task_sample *grown = realloc(s->exits, room * sizeof(*grown));

		if (!grown)
			return no_memory(s);
		s->exits = grown;
		s->exit_room = room;
	}
	s->exits[s->exit_count++] = *sample;
	return STATUS_DONE;
}

static int take_exits(struct sampling *s)
{
	struct task_sample sample;
	int status = STATUS_DONE;

	s->exit_count = 0;
	while (!status && tm_session_read(s->session, &sample, 1) == 1) {
		if (sample.kind == TM_KIND_LOST)
			s->lost += sample.lost_records;
		else if (selection_wants(&s->selection, &sample))
			status = keep_exit(s, &sample);
	}
	return status;
}

/*
 * The exits first: one who exits right after that is not among the living, and
 * told of next time. The other way round he would be told of as living, with
 * more used than when he exited.
 */
int sampling_take(struct sampling *s)
{
	int status = s->with_exits ? take_exits(s) : STATUS_DONE, err;

	if (status)
		return status;
	if (s->session)
		selection_look(&s->selection, s->session);
	err = s->dev ? batch_take_default(&s->batch, s->dev)
		     : batch_take(&s->batch, s->session, NULL);
	if (err)
		return fail_errno(s->opts->device, err);
	keep_wanted(s);
	return STATUS_DONE;
}

int sampling_missing(const struct sampling *s)
{
	return s->selection.missing ? STATUS_FAILED : STATUS_DONE;
}

void sampling_end(struct sampling *s)
{
	selection_free(&s->selection);
	tm_session_close(s->session);
	tm_close(s->dev);
	batch_free(&s->batch);
	free(s->exits);
}
