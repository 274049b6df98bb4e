// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl record: the history of processes into a file.
 *
 * The mapped history is read whenever an eighth of it has been written, or four
 * times a second, and what it tells is committed once a second. At both ends
 * all that is watched is sampled at one moment, so that the recording tells of
 * all of the time between.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#include "child.h"
#include "clock.h"
#include "error.h"
#include "options.h"
#include "outcome.h"
#include "parse.h"
#include "record_file.h"
#include "record_live.h"
#include "record_target.h"
#include "selection.h"
#include "status.h"
#include "writer.h"

#define INTERVAL_NS	(100 * NSEC_PER_MSEC)
#define COMMIT_NS	NSEC_PER_SEC
#define SHOW_NS		(500 * NSEC_PER_MSEC)
#define LOOK_MS		250	/* with nothing to wake us */
#define LOOK_RECORDS	8192	/* before we look at anything else */
/* A zombie that its parent leaves lying has its last record after 0.6 s at most. */
#define SETTLE_NS	(800 * NSEC_PER_MSEC)
#define DURATION_MAX_NS	(UINT64_C(366) * 86400 * NSEC_PER_SEC)

enum { EVENT_HISTORY, EVENT_CHILD };

/* The options' arguments. */
static struct {
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
} args;

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
 * @first_count: how many
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
	struct task_sample *first;
	size_t first_count;
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

/* --- the command line ------------------------------------------------------------ */

static int set_times(struct record *rec)
{
	int err;

	if (args.interval) {
		err = parse_interval(args.interval, (uint64_t *)&rec->attr.interval_ns);
		if (err == -ERANGE)
			return fail_usage("record: interval '%s' is not between 100us and 1h",
					  args.interval);
		if (err)
			return fail_usage("record: invalid interval '%s' (such as 10ms or 0.5)",
					  args.interval);
	}
	if (args.duration && parse_duration(args.duration, 1, DURATION_MAX_NS, &rec->duration_ns))
		return fail_usage("record: invalid duration '%s' (such as 10s or 5m)", args.duration);
	return STATUS_DONE;
}

static int set_sizes(struct record *rec)
{
	uint64_t ring;

	if (args.max_size && parse_size(args.max_size, &rec->max_bytes))
		return fail_usage("record: invalid size '%s' (such as 100M)", args.max_size);
	if (args.max_size && rec->max_bytes < BOUND_MIN_BYTES)
		return fail_usage("record: size '%s' is less than 1M", args.max_size);
	if (!args.ring)
		return STATUS_DONE;
	if (parse_uint(args.ring, TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX, &ring))
		return fail_usage("record: invalid number of records '%s' (%d to %u)", args.ring,
				  TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX);
	rec->attr.ring_records = (uint32_t)ring;
	return STATUS_DONE;
}

static int choose(struct record *rec, int argc)
{
	bool given = selection_given(&args.chosen);

	if (args.all && given)
		return fail_usage("record: --all or a choice of processes, not both");
	if (args.all)
		args.chosen.pids = "ALL";
	if (!argc && !given && !args.all)
		return fail_usage("record: nothing to watch (-p PID, -a, or a command)");
	if (argc && (given || args.all))
		return fail_usage("record: a command or a choice of processes, not both");
	if (args.wait_all && !argc)
		return fail_usage("record: --wait-all goes with a command");
	if (argc)
		rec->attr.scope = TM_SCOPE_TREE;
	return argc ? STATUS_DONE : selection_parse(&rec->selection, &args.chosen, "record", 0, NULL);
}

static int set_options(struct record *rec, int argc)
{
	int status;

	if (!args.output)
		return fail_usage("record: no file given (such as: tmctl record -o FILE -a)");
	status = set_times(rec);
	if (!status)
		status = set_sizes(rec);
	return status ? status : choose(rec, argc);
}

/* --- what fails --------------------------------------------------------------------- */

static int no_session(const struct record *rec, int err)
{
	char object[128];

	snprintf(object, sizeof(object), "record: %s", rec->opts->device);
	return fail_errno(object, err);
}

static int not_written(const struct record *rec, int err)
{
	const char *reason = rec->writer.db ? sqlite3_errmsg(rec->writer.db) : sqlite3_errstr(err);

	live_clear();
	if (!rec->writer.end_ns)
		return fail(STATUS_FAILED, "record: %s: %s", rec->place.path, reason);
	return fail(STATUS_FAILED, "record: %s: %s (what was recorded in the first %.1f s is kept)",
		    rec->place.path, reason,
		    (double)(rec->writer.end_ns - rec->begin_ns) / NSEC_PER_SEC);
}

/* --- beginning ------------------------------------------------------------------------ */

static uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static void describe_choice(char *buf, size_t size)
{
	const struct selection_args *c = &args.chosen;

	snprintf(buf, size, "%s%s%s%s%s%s%s%s%s%s", c->pids ? "-p " : "", c->pids ? c->pids : "",
		 c->names ? " -C " : "", c->names ? c->names : "",
		 c->users ? " -U " : "", c->users ? c->users : "",
		 c->cgroup ? " -G " : "", c->cgroup ? c->cgroup : "",
		 c->threads ? " -t" : "", c->follow ? " --follow" : "");
}

/* What is recorded, for people. */
static void describe(const struct record *rec, char *buf, size_t size)
{
	size_t used = 0;
	char **arg;

	if (!rec->argv) {
		describe_choice(buf, size);
		return;
	}
	*buf = '\0';
	for (arg = rec->argv; *arg && used < size; arg++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", *arg);
}

static int write_machine(struct writer *w, const struct tm_state *state)
{
	struct utsname names;
	char version[32];
	int err;

	snprintf(version, sizeof(version), "%u.%u.%u", state->version >> 16,
		 state->version >> 8 & 0xff, state->version & 0xff);
	err = uname(&names) ? SQLITE_OK : writer_meta_text(w, "hostname", names.nodename);
	if (!err)
		err = writer_meta_text(w, "kernel", names.release);
	if (!err && state->version)
		err = writer_meta_text(w, "module_version", version);
	if (!err)
		err = writer_meta_text(w, "tool_version", TM_LIB_VERSION);
	if (!err)
		err = writer_meta_int(w, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	return err ? err : writer_meta_int(w, "page_bytes", (uint64_t)sysconf(_SC_PAGESIZE));
}

static int write_meta(struct record *rec)
{
	static const char *const scopes[] = { "list", "tree", "cgroup", "system" };
	struct writer *w = &rec->writer;
	struct tm_state state = { 0 };
	char what[1024];
	int err;

	tm_session_state(rec->target.session, &state);
	describe(rec, what, sizeof(what));
	err = write_machine(w, &state);
	if (!err)
		err = writer_meta_int(w, "begin_ns", rec->begin_ns);
	if (!err)
		err = writer_meta_int(w, "begin_realtime_ns", rec->begin_realtime_ns);
	if (!err)
		err = writer_meta_int(w, "begin_boottime_ns", rec->begin_boottime_ns);
	if (!err)
		err = writer_meta_int(w, "interval_ns", rec->attr.interval_ns);
	if (!err)
		err = writer_meta_text(w, "scope", scopes[rec->argv ? TM_SCOPE_TREE
								 : rec->selection.scope]);
	if (!err)
		err = writer_meta_text(w, "command", what);
	if (!err)
		err = writer_meta_int(w, "complete", 0);
	return err ? err : writer_commit(w, rec->begin_ns);
}

static int watch_fd(struct record *rec, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(rec->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* By edges: poll() tells of what read() has not fetched, and we never read. */
static int open_epoll(struct record *rec)
{
	rec->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (rec->epoll_fd < 0)
		return -1;
	if (watch_fd(rec, tm_session_fd(rec->target.session), EPOLLIN | EPOLLET, EVENT_HISTORY))
		return -1;
	return rec->argv ? watch_fd(rec, rec->child.pidfd, EPOLLIN, EVENT_CHILD) : 0;
}

static int set_ring(struct record *rec)
{
	uint32_t wanted = rec->attr.ring_records;

	rec->attr.ring_records = target_ring_records(rec->opts->device, wanted);
	rec->attr.watermark = rec->attr.ring_records / 8;
	if (rec->attr.ring_records)
		return STATUS_DONE;
	return fail(STATUS_FAILED, "record: %s: a history of %u records: %s (ask for a shorter "
		    "one, --ring=1024, or see: ulimit -l)", rec->opts->device,
		    (unsigned int)wanted, strerror(ENOMEM));
}

static int open_tree(struct record *rec)
{
	rec->target.session = tm_session_open(rec->opts->device, &rec->attr);
	if (!rec->target.session || tm_session_add(rec->target.session, rec->child.pid))
		return no_session(rec, errno);
	return STATUS_DONE;
}

static int open_session(struct record *rec)
{
	int status = set_ring(rec);

	if (!status && rec->argv)
		status = open_tree(rec);
	else if (!status)
		status = selection_open(&rec->selection, rec->opts, &rec->attr,
					&rec->target.session);
	if (!status && (target_map(&rec->target) || open_epoll(rec)))
		status = no_session(rec, errno);
	return status;
}

static bool wants(const struct record *rec, const struct task_sample *sample)
{
	return rec->argv || selection_wants(&rec->selection, sample);
}

static int create(struct record *rec)
{
	int status = place_take(&rec->place), err;

	if (status)
		return status;
	err = writer_create(&rec->writer, rec->place.path, rec->max_bytes);
	if (!err)
		err = write_meta(rec);
	if (!err)
		return STATUS_DONE;
	rec->writer.end_ns = 0;
	status = not_written(rec, err);
	writer_abandon(&rec->writer);
	place_undo(&rec->place);
	return status;
}

/* As shells do: 127 where there is no such command, 126 where it cannot be run. */
static int not_run(struct record *rec, int err)
{
	child_reap(&rec->child);
	writer_abandon(&rec->writer);
	place_undo(&rec->place);
	return fail(err == ENOENT ? 127 : 126, "record: %s: %s%s", rec->argv[0], strerror(err),
		    err == ENOENT ? " (is it in the PATH?)" : "");
}

static void note_begin(struct record *rec)
{
	rec->begin_realtime_ns = clock_realtime_ns();
	rec->begin_boottime_ns = boottime_ns();
	rec->begin_ns = clock_monotonic_ns();
}

/*
 * A command begins with it; of others it is where they have come by now that
 * counts. What the history has told of them before that is older news.
 */
static int open_and_look(struct record *rec)
{
	int status = open_session(rec);

	if (status || rec->argv)
		return status;
	note_begin(rec);
	rec->first = target_batch(&rec->target, &rec->first_count);
	return rec->first ? STATUS_DONE : no_session(rec, errno);
}

static int begin(struct record *rec)
{
	int status, err;

	note_begin(rec);
	if (rec->argv && child_spawn(&rec->child, rec->argv))
		return fail(STATUS_FAILED, "record: cannot make a process: %s", strerror(errno));
	status = open_and_look(rec);
	if (!status)
		status = create(rec);
	if (status && rec->argv)
		child_abandon(&rec->child);
	if (status)
		return status;
	err = rec->argv ? child_release(&rec->child) : 0;
	if (err)
		return not_run(rec, err);
	place_keep(&rec->place);
	if (!rec->argv)
		clock_catch_signals();
	rec->commit_ns = rec->begin_ns + COMMIT_NS;
	return STATUS_DONE;
}

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
		if (wants(rec, &record))
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
static int add_batch(struct record *rec, struct task_sample *samples, size_t count, uint64_t seq)
{
	int err = 0;
	size_t i;

	for (i = 0; i < count && !err; i++) {
		samples[i].seq = seq;
		if (!(samples[i].flags & TM_SAMPLE_EXITED) && wants(rec, &samples[i]))
			err = writer_add(&rec->writer, &samples[i]);
	}
	return err;
}

static int add_last(struct record *rec)
{
	size_t count = 0;
	struct task_sample *samples;
	uint64_t end_ns;
	int err;

	tm_session_stop(rec->target.session);
	samples = target_batch(&rec->target, &count);
	end_ns = count ? samples[0].time_ns : clock_monotonic_ns();
	err = drain_all(rec);
	if (!err)
		err = add_batch(rec, samples, count, rec->target.cursor + 1);
	free(samples);
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
	int n = epoll_wait(rec->epoll_fd, events, ARRAY_SIZE(events), at_once ? 0 : look_ms(rec)), i;

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
		return rec->exited && (!args.wait_all || rec->ended || child_stopped());
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
	int err = add_batch(rec, rec->first, rec->first_count, 0);

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
	if (!args.quiet)
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
	int status = begin(rec), err;

	if (status)
		return status;
	err = record_all(rec);
	last = progress(rec, rec->writer.end_ns);
	if (err) {
		status = not_written(rec, err);
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
	status = set_options(&rec, argc);
	rec.live &= !args.quiet;
	if (!status)
		status = place_check(&rec.place, args.output, args.force);
	if (!status)
		status = run(&rec);
	if (rec.epoll_fd >= 0)
		close(rec.epoll_fd);
	target_close(&rec.target);
	free(rec.first);
	selection_free(&rec.selection);
	error_json_to(stdout);
	return status;
}

static const struct opt record_opts[] = {
	OPT_VALUE('o', "output", "FILE", &args.output, "the recording"),
	OPT_FLAG('f', "force", &args.force, "replace FILE if it is a recording"),
	OPT_VALUE('i', "interval", "TIME", &args.interval, "between two samples (default: 100ms)"),
	OPT_VALUE('d', "duration", "TIME", &args.duration, "end after so long"),
	SELECTION_OPTS(args.chosen),
	SELECTION_THREADS(args.chosen),
	OPT_FLAG('a', "all", &args.all, "all processes, as -p ALL"),
	OPT_FLAG('w', "wait-all", &args.wait_all, "until every descendant has exited, not CMD alone"),
	OPT_VALUE(0, "max-size", "SIZE", &args.max_size,
		  "let the oldest samples go so that FILE with its\n"
		  "log is never larger (1M or more)"),
	OPT_VALUE('r', "ring", "RECORDS", &args.ring, "length of the history (default: 65536, or less)"),
	OPT_FLAG('q', "quiet", &args.quiet, "no line while it goes on, and none at the end"),
	OPT_END
};

static const struct command command_record = {
	.name = "record",
	.run = cmd_record,
	.opts = record_opts,
	.stops = true,
	.usage = "-o FILE [-a | -p PID... | [--] CMD...]",
	.help = "keep the history of processes in a file",
	.details =
		"Until interrupted, or all that were chosen have exited. CMD's exit code is passed\n"
		"on, as tmctl run does. tmctl report and tmctl export read FILE, at any time.\n"
		"\n"
		"Examples:\n"
		"  tmctl record -o day.tmrd -a -i 1 --max-size 500M    the whole system\n"
		"  tmctl record -o build.tmrd -- make -j8              a build\n"
		"  tmctl record -o web.tmrd -C nginx -d 10m            ten minutes of nginx\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_record, argc, argv);
}
