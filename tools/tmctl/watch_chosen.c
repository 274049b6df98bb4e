// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes one chooses: at each interval a row of everyone who did something.
 *
 * The living are sampled all at one moment. Who has exited since the moment
 * before comes from the session's records, with all that he used, so that the
 * rows of an interval are the whole of what was used in it. His figures count as
 * those of the end of the interval, as if he had idled from his exit on: what a
 * row says is always the share of the interval. Likewise one who was not there
 * at the interval's beginning had used nothing by then.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "output.h"
#include "request.h"
#include "sampling.h"
#include "status.h"
#include "watch.h"
#include "watch_members.h"

/**
 * struct crowd - who is watched
 * @w: how
 * @sampling: where samples come from
 * @members: everyone
 * @tick: number of the interval, 0: the first look
 * @now_ns: the moment of its samples, CLOCK_MONOTONIC
 * @before_ns: that of the samples before
 * @suspended_ns: by how much CLOCK_BOOTTIME is ahead
 * @head: whether this interval's header has been printed
 * @forgotten: shown members that ended and are no longer kept for the averages
 */
struct crowd {
	struct watch *w;
	struct sampling sampling;
	struct members members;
	uint64_t tick;
	uint64_t now_ns;
	uint64_t before_ns;
	uint64_t suspended_ns;
	bool head;
	uint64_t forgotten;
};

/* The many have a header at each interval, the one at each screen. */
static void print_row(struct crowd *c, const struct row *row)
{
	struct watch_output *out = &c->w->out;
	const struct selection *sel = &c->sampling.selection;

	if (out->report.format != TABLE_TEXT ||
	    (sel->pid_count == 1 && sel->scope == TM_SCOPE_LIST && !sel->threads)) {
		watch_output_row(out, row);
		return;
	}
	if (!c->head)
		watch_output_header(out);
	c->head = true;
	watch_output_plain_row(out, row);
}

/* What somebody looked like before he began: nothing used, at the interval's beginning. */
static void begin_with_nothing(const struct crowd *c, struct member *m,
			       const struct task_sample *sample)
{
	struct task_sample nothing = {
		.pid = sample->pid,
		.start_time_ns = sample->start_time_ns,
		.time_ns = c->before_ns,
		.valid = sample->valid & ~TM_VALID_MEM,
	};

	run_begin(&m->run, &nothing);
}

static bool by_pid(const struct selection *sel)
{
	return sel->pid_count && sel->scope == TM_SCOPE_LIST && !sel->threads;
}

static bool worth_a_row(const struct crowd *c, const struct rates *rates, bool gone)
{
	return c->w->all || gone || by_pid(&c->sampling.selection) || !rates->cpu_known ||
	       rates->cpu > 0;
}

static int add_sample(struct crowd *c, struct task_sample *sample, bool gone)
{
	struct member *m;
	struct row row;
	bool is_new;

	m = members_find(&c->members, sample, &is_new);
	if (!m)
		return fail(STATUS_FAILED, "watch: %s", strerror(ENOMEM));
	sample->time_ns = c->now_ns;
	m->tick = c->tick;
	if (is_new && c->tick && sample->start_time_ns >= c->before_ns + c->suspended_ns)
		begin_with_nothing(c, m, sample);
	else if (is_new)
		run_begin(&m->run, sample);
	/* Nothing yet to compare with; but who has gone is not seen again. */
	if (!c->tick && !gone)
		return STATUS_DONE;
	row_fill(&row, sample);
	row.rates = run_add(&m->run, sample);
	if (!worth_a_row(c, &row.rates, gone))
		return STATUS_DONE;
	m->shown = true;
	print_row(c, &row);
	return STATUS_DONE;
}

static int add_exits(struct crowd *c)
{
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; i < c->sampling.exit_count && !status; i++)
		status = add_sample(c, &c->sampling.exits[i], true);
	return status;
}

/* Exited targets stay in a list's samples; their exit record has told of them. */
static int add_living(struct crowd *c)
{
	const struct batch *batch = &c->sampling.batch;
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; i < batch->count && !status; i++) {
		struct task_sample *sample = &batch->samples[i];

		if (!(sample->flags & TM_SAMPLE_EXITED))
			status = add_sample(c, sample, false);
	}
	return status;
}

static int one_interval(struct crowd *c)
{
	const struct batch *batch = &c->sampling.batch;
	int status = sampling_take(&c->sampling);

	if (status)
		return status;
	c->before_ns = c->now_ns;
	c->now_ns = batch->count ? batch->samples[0].time_ns : clock_monotonic_ns();
	c->suspended_ns = clock_boottime_ahead_ns();
	c->head = false;
	status = add_exits(c);
	if (!status)
		status = add_living(c);
	c->forgotten += members_forget(&c->members, c->tick);
	c->tick++;
	return status;
}

static void print_averages(struct crowd *c)
{
	struct watch_output *out = &c->w->out;
	size_t i;

	if (out->report.format == TABLE_TEXT && c->members.count > 1 && out->printed)
		watch_output_header(out);
	for (i = 0; i < c->members.count; i++) {
		const struct member *m = &c->members.list[i];
		struct task_sample sample;
		struct rates rates;
		struct row row;

		if (!m->shown)
			continue;
		rates = run_average(&m->run, &sample);
		row_fill(&row, &sample);
		row.rates = rates;
		row.rows = m->run.rows;
		watch_output_average(out, &row);
	}
	output_flush();
	if (c->forgotten)
		fprintf(stderr, "tmctl: watch: no averages of %" PRIu64 " that ended before\n",
			c->forgotten);
}

static bool all_gone(const struct crowd *c)
{
	const struct sampling *s = &c->sampling;
	struct tm_state state;

	return s->selection.scope <= TM_SCOPE_TREE && !s->selection.look &&
	       !tm_session_state(s->session, &state) && !state.targets_alive;
}

/* Of whom the rows could not tell. */
static int say_who_is_missing(const struct crowd *c)
{
	const struct sampling *s = &c->sampling;
	int status = STATUS_DONE;
	struct tm_state state;

	if (s->lost)
		status = fail(STATUS_FAILED, "watch: %" PRIu64 " exits came too fast to be shown",
			      s->lost);
	if (!tm_session_state(s->session, &state) && state.dropped)
		status = fail(STATUS_FAILED, "watch: %" PRIu64 " processes could not be watched: "
			      "they were born too fast", (uint64_t)state.dropped);
	return status;
}

static int watch(struct crowd *c)
{
	uint64_t interval = c->w->out.interval_ns, deadline = clock_monotonic_ns();
	bool done = false;
	int status, missing;

	status = one_interval(c);
	while (!status && !done && c->tick <= c->w->count) {
		deadline = next_deadline(deadline, interval, clock_monotonic_ns());
		if (!clock_sleep_until(deadline))
			break;
		done = all_gone(c);
		status = one_interval(c);
		if (!output_flush())
			return STATUS_DONE;	/* output_close() has the last word */
	}
	print_averages(c);
	missing = say_who_is_missing(c);
	if (missing)
		return missing;
	if (!status && done)
		return fail(STATUS_FAILED, "watch: all %zu have exited",
			    c->sampling.selection.pid_count);
	return status ? status : sampling_missing(&c->sampling);
}

int watch_chosen(struct watch *w)
{
	struct crowd crowd = { .w = w };
	int status;

	status = sampling_begin(&crowd.sampling, w->opts, w->chosen, "watch", 0, NULL, true);
	if (!status) {
		if (crowd.sampling.selection.own_only)
			fputs("tmctl: watch: own processes alone (all: as root, or with "
			      "CAP_PERFMON)\n", stderr);
		clock_catch_signals();
		status = watch(&crowd);
	}
	sampling_end(&crowd.sampling);
	members_free(&crowd.members);
	return status;
}
