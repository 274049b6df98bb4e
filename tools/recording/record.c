// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl record: the history of processes into a file.
 *
 * The mapped history is read whenever an eighth of it has been written, or four
 * times a second, and what it tells is committed once a second. At both ends
 * all that is watched is sampled at one moment, so that the recording tells of
 * all of the time between.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "outcome.h"
#include "record.h"
#include "record_live.h"
#include "status.h"

#define INTERVAL_NS	(100 * NSEC_PER_MSEC)
#define COMMIT_NS	NSEC_PER_SEC
#define SHOW_NS		(500 * NSEC_PER_MSEC)
#define LOOK_MS		250	/* with nothing to wake us */
#define LOOK_RECORDS	8192	/* before we look at anything else */
/* A zombie that its parent leaves lying has its last record after 0.6 s at most. */
#define SETTLE_NS	(800 * NSEC_PER_MSEC)

/* --- recording -------------------------------------------------------------------------- */

/* Return: SQLite's code; @more: there may be more. */
static int drain(struct record *rec, bool *more)
{
	struct target *t = &rec->target;
	struct task_sample record;
	int err = 0, i;

	for (i = 0; i < LOOK_RECORDS && !err; i++) {
		if (!tm_ring_next(t->ring, &t->cursor, &record, &t->lost))
			break;
		if (record_wants(rec, &record))
			err = writer_add(&rec->writer, &record);
		if (!err && writer_wants_commit(&rec->writer))
			err = writer_commit(&rec->writer, rec->writer.newest_ns);
	}
	*more = i == LOOK_RECORDS;
	return err;
}

static int drain_all(struct record *rec)
{
	bool more = true;
	int err = 0;

	while (more && !err)
		err = drain(rec, &more);
	return err;
}

static int note_losses(struct record *rec, uint64_t now_ns)
{
	struct writer *w = &rec->writer;
	uint64_t dropped = tm_ring_dropped(rec->target.ring);
	struct tm_state state = { .missed_ticks = w->lost[LOSS_TICKS] };
	int err;

	tm_session_state(rec->target.session, &state);
	err = writer_add_loss(w, now_ns, LOSS_RECORDS, rec->target.lost - w->lost[LOSS_RECORDS]);
	if (!err)
		err = writer_add_loss(w, now_ns, LOSS_DROPPED, dropped - w->lost[LOSS_DROPPED]);
	if (!err)
		err = writer_add_loss(w, now_ns, LOSS_TICKS,
				      state.missed_ticks - w->lost[LOSS_TICKS]);
	return err;
}

/* Samples of all there is, beside the history: @seq is their place in it. */
static int add_batch(struct record *rec, const struct batch *batch, uint64_t seq)
{
	int err = 0;
	size_t i;

	for (i = 0; i < batch->count && !err; i++) {
		struct task_sample *sample = &batch->samples[i];

		sample->seq = seq;
		if (!(sample->flags & TM_SAMPLE_EXITED) && record_wants(rec, sample))
			err = writer_add(&rec->writer, sample);
	}
	return err;
}

static int add_last(struct record *rec)
{
	struct batch batch = { 0 };
	uint64_t end_ns;
	int err;

	tm_session_stop(rec->target.session);
	batch_take(&batch, rec->target.session, NULL);
	end_ns = batch.count ? batch.samples[0].time_ns : clock_monotonic_ns();
	err = drain_all(rec);
	if (!err)
		err = add_batch(rec, &batch, rec->target.cursor + 1);
	batch_free(&batch);
	if (!err)
		err = note_losses(rec, end_ns);
	rec->alive = rec->writer.lives.alive;
	return err ? err : writer_end(&rec->writer, end_ns);
}

static struct progress progress(struct record *rec, uint64_t now_ns)
{
	struct writer *w = &rec->writer;

	return (struct progress){
		.path = rec->place.path,
		.duration_ns = now_ns - rec->begin_ns,
		.records = w->records,
		.processes = (uint64_t)w->last_id,
		.alive = w->db ? w->lives.alive : rec->alive,
		.lost_records = rec->target.lost,
		.dropped = w->lost[LOSS_DROPPED],
		.missed_ticks = w->lost[LOSS_TICKS],
		.evicted_samples = w->bound.evicted,
		.size_bytes = w->db ? writer_size(w) : 0,
	};
}

static void show(struct record *rec, uint64_t now_ns)
{
	struct progress now;

	if (!rec->live || now_ns < rec->show_ns)
		return;
	now = progress(rec, now_ns);
	live_show(&now);
	rec->show_ns = now_ns + SHOW_NS;
}

/* Its last record comes when it has been reaped, so that is done at once. */
static void child_exited(struct record *rec)
{
	if (!rec->exited)
		rec->code = child_reap(&rec->child);
	rec->exited = true;
}

/* Not longer than until the end. */
static int look_ms(const struct record *rec)
{
	uint64_t gone = clock_monotonic_ns() - rec->begin_ns;

	if (!rec->duration_ns || rec->duration_ns > gone + LOOK_MS * NSEC_PER_MSEC)
		return LOOK_MS;
	return rec->duration_ns > gone ? (int)((rec->duration_ns - gone) / NSEC_PER_MSEC) + 1 : 0;
}

static void wait_for_events(struct record *rec, bool at_once)
{
	struct epoll_event events[2];
	int n = epoll_wait(rec->epoll_fd, events, ARRAY_SIZE(events), at_once ? 0 : look_ms(rec)),
	    i;

	for (i = 0; i < n; i++) {
		if (events[i].data.u32 == EVENT_CHILD)
			child_exited(rec);
		else
			rec->ended |= events[i].events & EPOLLHUP;
	}
}

/* Whether it is over. The history has been looked at since that became known. */
static bool is_over(const struct record *rec, uint64_t now_ns)
{
	if (rec->duration_ns && now_ns - rec->begin_ns >= rec->duration_ns)
		return true;
	if (rec->argv)
		return rec->exited && (!record_args.wait_all || rec->ended || child_stopped());
	/* Somebody may come yet whom a look through /proc finds. */
	return (rec->ended && !rec->selection.look) || clock_stopped();
}

/* A wake-up, and what there is to take in. Return: SQLite's code. */
static int look(struct record *rec, bool *more)
{
	uint64_t now_ns;
	int err;

	wait_for_events(rec, *more);
	now_ns = clock_monotonic_ns();
	err = drain(rec, more);
	if (!err && now_ns >= rec->commit_ns) {
		err = note_losses(rec, now_ns);
		if (!err)
			err = writer_commit(&rec->writer, *more ? rec->writer.newest_ns : now_ns);
		rec->commit_ns = now_ns + COMMIT_NS;
	}
	if (!rec->argv && now_ns >= rec->look_ns) {
		selection_look(&rec->selection, rec->target.session);
		rec->look_ns = now_ns + rec->attr.interval_ns;
	}
	show(rec, now_ns);
	return err;
}

/* Totals come when a process has been reaped, after a grace period of RCU. */
static int settle(struct record *rec)
{
	const struct timespec moment = { .tv_nsec = 2000000 };
	uint64_t deadline = clock_monotonic_ns() + SETTLE_NS;
	const struct life *life;
	int err = drain_all(rec);

	while (!err && clock_monotonic_ns() < deadline) {
		life = lives_of_pid(&rec->writer.lives, rec->child.pid);
		if (life && life->stage == LIFE_GONE && !rec->writer.lives.exiting)
			break;
		nanosleep(&moment, NULL);
		err = drain_all(rec);
	}
	return err;
}

static int record_all(struct record *rec)
{
	bool more = false;
	int err;

	rec->commit_ns = rec->begin_ns + COMMIT_NS;
	err = add_batch(rec, &rec->first, 0);

	while (!err && !is_over(rec, clock_monotonic_ns()))
		err = look(rec, &more);
	if (!err && rec->exited)
		err = settle(rec);
	return err ? err : add_last(rec);
}

/* --- the end ------------------------------------------------------------------------------ */

/* As the file is now; the writer has let go of it. */
static void tell(struct record *rec, struct progress *last)
{
	struct stat st;

	live_clear();
	last->size_bytes = stat(rec->place.path, &st) ? 0 : (uint64_t)st.st_size;
	last->complete = true;
	if (!record_args.quiet)
		progress_print(stderr, last, rec->opts->json);
}

/* The recording may have ended before it. Signals are still passed on. */
static void await_child(struct record *rec)
{
	struct pollfd end = { .fd = rec->child.pidfd, .events = POLLIN };

	while (!rec->exited) {
		if (poll(&end, 1, -1) > 0)
			child_exited(rec);
	}
}

static int run(struct record *rec)
{
	struct progress last;
	int status = record_begin(rec), err;

	if (status)
		return status;
	err = record_all(rec);
	last = progress(rec, rec->writer.end_ns);
	if (err) {
		status = record_not_written(rec, err);
		writer_abandon(&rec->writer);
	} else {
		tell(rec, &last);
	}
	place_leave(&rec->place);
	if (!rec->argv)
		return status || rec->selection.missing ? STATUS_FAILED : STATUS_DONE;
	await_child(rec);
	return outcome_shell(rec->code) ? outcome_shell(rec->code) : status;
}

static int cmd_record(const struct options *opts, int argc, char **argv)
{
	struct record rec = {
		.opts = opts,
		.argv = argc ? argv : NULL,
		.selection = { .cgroup_fd = -1 },
		.attr = { .interval_ns = INTERVAL_NS },
		.epoll_fd = -1,
		.live = !argc && !opts->json && isatty(STDERR_FILENO),
	};
	int status;

	error_json_to(stderr);
	status = record_set_options(&rec, argc);
	rec.live &= !record_args.quiet;
	if (!status)
		status = place_check(&rec.place, record_args.output, record_args.force);
	if (!status)
		status = run(&rec);
	if (rec.epoll_fd >= 0)
		close(rec.epoll_fd);
	target_close(&rec.target);
	batch_free(&rec.first);
	selection_free(&rec.selection);
	error_json_to(stdout);
	return status;
}

static const struct command command_record = {
	.name = "record",
	.run = cmd_record,
	.opts = record_opts,
	.stops = true,
	.usage = "-o FILE [-a | -p PID... | [--] CMD...]",
	.help = "keep the history of processes in a file",
	.details = "Until interrupted, or all that were chosen have exited. CMD's exit code is "
		   "passed\n"
		   "on, as tmctl run does. tmctl report and tmctl export read FILE, at any time.\n"
		   "\n"
		   "Examples:\n"
		   "  tmctl record -o day.tmr -a -i 1 --max-size 500M    the whole system\n"
		   "  tmctl record -o build.tmr -- make -j8              a build\n"
		   "  tmctl record -o web.tmr -C nginx -d 10m            ten minutes of nginx\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_record, argc, argv);
}
