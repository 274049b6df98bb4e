// SPDX-License-Identifier: GPL-2.0-only
/*
 * The default session's first target: a row each interval, and a summary.
 *
 * A first sample makes no row: there is nothing yet to compare it with. Rows
 * come at absolute deadlines from then on, so that they do not drift, and are
 * compared with the row before by the times in the samples, so that a late one
 * is right nevertheless.
 */
#include <errno.h>

#include "clock.h"
#include "error.h"
#include "output.h"
#include "rates.h"
#include "request.h"
#include "status.h"
#include "utf8.h"
#include "watch.h"

/**
 * struct target - who is watched
 * @w: how
 * @dev: the device
 * @run: the process
 */
struct target {
	struct watch *w;
	struct tm_device *dev;
	struct run run;
};

static void print_average(struct target *t)
{
	struct task_sample sample;
	struct rates rates;
	struct row row;

	if (!t->run.rows)
		return;
	rates = run_average(&t->run, &sample);
	row_fill(&row, &sample);
	row.rates = rates;
	row.rows = t->run.rows;
	watch_output_average(&t->w->out, &row);
	output_flush();
}

/*
 * Somebody has set another target under way. The one before is summed up; of
 * the new one nothing earlier is known, so its first row has no percentages.
 */
static struct rates begin_anew(struct target *t, const struct task_sample *sample)
{
	print_average(t);
	if (t->w->out.printed)
		watch_output_header(&t->w->out);
	run_begin(&t->run, sample);
	return rates_between(sample, sample);
}

static void add_row(struct target *t, const struct task_sample *sample)
{
	struct rates rates;
	struct row row;

	if (same_process(&t->run.last, sample))
		rates = run_add(&t->run, sample);
	else
		rates = begin_anew(t, sample);
	row_fill(&row, sample);
	row.rates = rates;
	watch_output_row(&t->w->out, &row);
}

/* A sample; when a signal that is not for us came between, another try. */
static int take_sample(struct target *t, struct task_sample *sample)
{
	int ret;

	do {
		ret = tm_get(t->dev, sample);
	} while (ret && errno == EINTR && !clock_stopped());
	return ret;
}

static int sample_failed(struct target *t, int err)
{
	const struct task_sample *last = &t->run.last;
	struct tm_state state;
	char comm[TM_COMM_LEN];

	if (err == EINTR)
		return STATUS_DONE;
	if (err != ESRCH)
		return request_failed(t->w->opts, t->dev, err);
	utf8_printable(last->comm, comm, sizeof(comm));
	if (!tm_state(t->dev, &state) && !state.targets)
		return fail(STATUS_FAILED, "target %d (%s) is no longer a target", (int)last->pid,
			    comm);
	return fail(STATUS_FAILED, "target %d (%s) has exited", (int)last->pid, comm);
}

static int watch(struct target *t)
{
	struct task_sample sample;
	uint64_t deadline;
	int err = 0;

	if (take_sample(t, &sample)) {
		err = errno;
		return err == EINTR ? STATUS_DONE : request_failed(t->w->opts, t->dev, err);
	}
	run_begin(&t->run, &sample);
	deadline = clock_monotonic_ns() + t->w->out.interval_ns;

	while (t->w->out.printed < t->w->count && clock_sleep_until(deadline)) {
		if (take_sample(t, &sample)) {
			err = errno;
			break;
		}
		add_row(t, &sample);
		if (!output_flush())
			return STATUS_DONE;	/* output_close() has the last word */
		deadline = next_deadline(deadline, t->w->out.interval_ns, clock_monotonic_ns());
	}
	print_average(t);
	return err ? sample_failed(t, err) : STATUS_DONE;
}

int watch_target(struct watch *w)
{
	struct target target = { .w = w };
	int status;

	target.dev = request_open(w->opts, &status);
	if (!target.dev)
		return status;
	clock_catch_signals();
	status = watch(&target);
	tm_close(target.dev);
	return status;
}
