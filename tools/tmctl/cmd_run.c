// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl run: a command and all its descendants, in a session of their own.
 *
 * The history is mapped and read whenever a quarter of it has been written, or
 * twice a second. The command's end is told by its pidfd; what its last records
 * say comes a moment later, and is waited for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#include "batch.h"
#include "child.h"
#include "clock.h"
#include "error.h"
#include "outcome.h"
#include "parse.h"
#include "run_report.h"
#include "run_tree.h"
#include "tmctl.h"

#define INTERVAL_NS	(10 * NSEC_PER_MSEC)
#define RING_RECORDS	16384
#define TOP		10
#define LOOK_MS		500	/* with nothing to wake us */
/* A zombie that its parent leaves lying has its last record after 0.6 s at most. */
#define SETTLE_NS	(800 * NSEC_PER_MSEC)

enum { EVENT_HISTORY, EVENT_CHILD };

/* The options' arguments. */
static struct {
	const char *interval;
	const char *output;
	const char *ring;
	const char *top;
	bool all;
	bool csv;
	bool no_chart;
	bool wait_all;
} args;

/**
 * struct run - one tmctl run
 * @opts: the command line's options
 * @argv: the command
 * @interval_ns: between samples
 * @ring_records: how long a history is asked for
 * @top: most processes that the table has
 * @format: of the report
 * @out: where it goes
 * @session: the session
 * @ring: its history
 * @epoll_fd: wakes us
 * @cursor: number of the last record dealt with
 * @lost: records that were overwritten before, or for which there was no memory
 * @tree: what they tell
 * @child: the command's process
 * @begin_ns: when it was let go
 * @exit_code: how it ended
 */
struct run {
	const struct options *opts;
	char **argv;
	uint64_t interval_ns;
	uint64_t ring_records;
	uint64_t top;
	enum table_format format;
	FILE *out;
	struct tm_session *session;
	struct tm_ring *ring;
	int epoll_fd;
	uint64_t cursor;
	uint64_t lost;
	struct tree tree;
	struct child child;
	uint64_t begin_ns;
	int exit_code;
};

/* --- the command line -------------------------------------------------------- */

static int set_interval(struct run *run, const char *arg)
{
	int err = parse_interval(arg, &run->interval_ns);

	if (err == -ERANGE)
		return fail_usage("run: interval '%s' is not between 100us and 1h", arg);
	if (err)
		return fail_usage("run: invalid interval '%s' (such as 10ms or 0.5)", arg);
	return STATUS_DONE;
}

static int set_numbers(struct run *run)
{
	if (args.ring &&
	    parse_uint(args.ring, TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX, &run->ring_records))
		return fail_usage("run: invalid number of records '%s' (%d to %u)", args.ring,
				  TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX);
	if (args.top && parse_uint(args.top, 0, SIZE_MAX, &run->top))
		return fail_usage("run: invalid number of processes '%s'", args.top);
	return STATUS_DONE;
}

static int set_options(struct run *run, const struct options *opts, int argc)
{
	int status = STATUS_DONE;

	if (!argc)
		return fail_usage("run: no command given (such as: tmctl run -- make)");
	if (opts->json && args.csv)
		return fail_usage("run: --json or --csv, not both");
	if (args.all && args.top)
		return fail_usage("run: --all or --top, not both");
	run->format = table_format(opts->json, args.csv);
	run->top = args.all || run->format != TABLE_TEXT ? SIZE_MAX : TOP;
	if (args.interval)
		status = set_interval(run, args.interval);
	return status ? status : set_numbers(run);
}

/* Standard output is the command's. */
static int open_output(struct run *run)
{
	const char *path = args.output;
	int fd;

	if (path) {
		run->out = fopen(path, "we");
	} else {
		fd = dup(STDERR_FILENO);
		run->out = fd < 0 ? NULL : fdopen(fd, "we");
	}
	if (!run->out)
		return fail(STATUS_FAILED, "run: %s: %s", path ? path : "standard error",
			    strerror(errno));
	error_json_to(run->out);
	return STATUS_DONE;
}

/* --- the session ---------------------------------------------------------------- */

static int no_session(const struct run *run, int err)
{
	char object[128];

	if (err == ENOMEM)
		return fail(STATUS_FAILED,
			    "run: %s: a history of %llu records: %s (ask for a shorter one, "
			    "--ring=1024, or see: ulimit -l)", run->opts->device,
			    (unsigned long long)run->ring_records, strerror(err));
	snprintf(object, sizeof(object), "run: %s", run->opts->device);
	return fail_errno(object, err);
}

static int open_session(struct run *run)
{
	struct tm_session_attr attr = {
		.interval_ns = run->interval_ns,
		.scope = TM_SCOPE_TREE,
		.ring_records = (uint32_t)run->ring_records,
		.watermark = (uint32_t)run->ring_records / 4,
	};

	run->session = tm_session_open(run->opts->device, &attr);
	if (!run->session)
		return -1;
	run->ring = tm_ring_map(run->session);
	return run->ring ? 0 : -1;
}

static int watch_fd(struct run *run, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* By edges: poll() tells of what read() has not fetched, and we never read. */
static int open_epoll(struct run *run)
{
	run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (run->epoll_fd < 0)
		return -1;
	if (watch_fd(run, tm_session_fd(run->session), EPOLLIN | EPOLLET, EVENT_HISTORY))
		return -1;
	return watch_fd(run, run->child.pidfd, EPOLLIN, EVENT_CHILD);
}

/* --- the run ------------------------------------------------------------------------ */

static void drain(struct run *run)
{
	struct task_sample record;

	while (tm_ring_next(run->ring, &run->cursor, &record, &run->lost))
		run->lost += tree_add(&run->tree, &record) ? 1 : 0;
}

/* As shells do: 127 where there is no such command, 126 where it cannot be run. */
static int not_run(struct run *run, int err)
{
	child_reap(&run->child);
	return fail(err == ENOENT ? 127 : 126, "run: %s: %s%s", run->argv[0], strerror(err),
		    err == ENOENT ? " (is it in the PATH?)" : "");
}

/*
 * The process is made before the history is mapped, which would count in its
 * resident set until it becomes the command.
 */
static int start(struct run *run)
{
	int status = STATUS_DONE, err;

	if (child_spawn(&run->child, run->argv))
		return fail(STATUS_FAILED, "run: cannot make a process: %s", strerror(errno));
	if (open_session(run) || tm_session_add(run->session, run->child.pid) || open_epoll(run))
		status = no_session(run, errno);
	if (status) {
		child_abandon(&run->child);
		return status;
	}
	run->begin_ns = clock_monotonic_ns();
	tree_init(&run->tree, run->begin_ns, clock_boottime_ahead_ns(), run->interval_ns);
	err = child_release(&run->child);
	return err ? not_run(run, err) : STATUS_DONE;
}

/* Wait for a wake-up, and take in what there is. Return: whether the child has exited. */
static bool look(struct run *run)
{
	struct epoll_event events[2];
	bool exited = false;
	int n, i;

	n = epoll_wait(run->epoll_fd, events, ARRAY_SIZE(events), LOOK_MS);
	for (i = 0; i < n; i++)
		exited |= events[i].data.u32 == EVENT_CHILD;
	drain(run);
	return exited;
}

/* The rest of the tree, if it is asked for. */
static void follow(struct run *run)
{
	while (!look(run))
		;
	run->exit_code = child_reap(&run->child);
	drain(run);
	while (args.wait_all && tm_ring_targets_alive(run->ring) && !child_stopped())
		look(run);
}

static bool settled(const struct run *run)
{
	const struct life *root = tree_find(&run->tree, run->child.pid);

	return !run->tree.unsettled && root && root->stage != LIFE_ALIVE;
}

/* Totals come when a process has been reaped, after a grace period of RCU. */
static void settle(struct run *run)
{
	const struct timespec moment = { .tv_nsec = 2000000 };
	uint64_t deadline = clock_monotonic_ns() + SETTLE_NS;

	drain(run);
	while (!settled(run) && clock_monotonic_ns() < deadline) {
		nanosleep(&moment, NULL);
		drain(run);
	}
}

/* Of those that live on, what they have used by now. */
static void sample_survivors(struct run *run)
{
	struct batch batch = { 0 };
	size_t i;

	if (!tm_ring_targets_alive(run->ring))
		return;
	batch_take(&batch, run->session, NULL);
	for (i = 0; i < batch.count; i++)
		tree_add(&run->tree, &batch.samples[i]);
	batch_free(&batch);
}

static uint64_t elapsed_ns(const struct run *run)
{
	const struct life *root = tree_find(&run->tree, run->child.pid);
	struct tree_sums sums = tree_sum(&run->tree);

	if (!args.wait_all && root && root->end_ns)
		return root->end_ns;
	if (args.wait_all && !sums.alive && sums.end_ns)
		return sums.end_ns;
	return clock_monotonic_ns() - run->begin_ns;
}

/* --- the report ------------------------------------------------------------------------ */

/* Lost output is a failure of ours where the command has not failed. */
static void check_output(const struct run *run, int *status)
{
	int err;

	errno = 0;
	if (!fflush(run->out) && !ferror(run->out))
		return;
	err = errno;
	if (err == EPIPE)
		return;
	error_in_json(false);	/* there is nowhere to put an object */
	fail(STATUS_FAILED, "run: %s: %s", args.output ? args.output : "standard error",
	     strerror(err ? err : EIO));
	if (!*status)
		*status = STATUS_FAILED;
}

static int report(struct run *run)
{
	struct run_result result = {
		.argv = run->argv,
		.tree = &run->tree,
		.exit_code = run->exit_code,
		.elapsed_ns = elapsed_ns(run),
		.interval_ns = run->interval_ns,
		.records = run->cursor,
		.lost = run->lost,
		.dropped = tm_ring_dropped(run->ring),
	};
	int status = outcome_shell(run->exit_code);
	struct tm_state state;

	if (!tm_session_state(run->session, &state))
		result.missed_ticks = state.missed_ticks;
	if (run_report(run->out, &result, run->format, (size_t)run->top, !args.no_chart))
		status = fail(STATUS_FAILED, "run: the table: %s", strerror(ENOMEM));
	check_output(run, &status);
	return status;
}

static int run_command(struct run *run)
{
	int status = start(run);

	if (status)
		return status;
	follow(run);
	settle(run);
	sample_survivors(run);
	tree_end(&run->tree);
	return report(run);
}

static int cmd_run(const struct options *opts, int argc, char **argv)
{
	struct run run = {
		.opts = opts,
		.argv = argv,
		.interval_ns = INTERVAL_NS,
		.ring_records = RING_RECORDS,
		.epoll_fd = -1,
	};
	int status = set_options(&run, opts, argc);

	if (!status)
		status = open_output(&run);
	if (status)
		return status;
	status = run_command(&run);
	tree_free(&run.tree);
	if (run.epoll_fd >= 0)
		close(run.epoll_fd);
	tm_ring_unmap(run.ring);
	tm_session_close(run.session);
	error_json_to(stdout);
	fclose(run.out);
	return status;
}

static const struct opt run_opts[] = {
	OPT_VALUE('i', "interval", "TIME", &args.interval, "between two samples (default: 10ms)"),
	OPT_VALUE('n', "top", "N", &args.top, "processes in the table, by CPU time (default: 10)"),
	OPT_FLAG('a', "all", &args.all, "all of them (default with --json and --csv)"),
	OPT_VALUE('o', "output", "FILE", &args.output, "write the summary to FILE"),
	OPT_FLAG(0, "csv", &args.csv, "the table of processes alone, comma-separated"),
	OPT_FLAG('q', "no-chart", &args.no_chart, "no chart of CPU and memory"),
	OPT_FLAG('w', "wait-all", &args.wait_all, "until every descendant has exited, not CMD alone"),
	OPT_VALUE('r', "ring", "RECORDS", &args.ring, "length of the history (default: 16384)"),
	OPT_END
};

const struct command command_run = {
	.name = "run",
	.run = cmd_run,
	.opts = run_opts,
	.stops = true,
	.usage = "[--] CMD...",
	.help = "run CMD, sum up all it has started",
	.details =
		"CMD's exit code is passed on, 128+N if signal N ended it, 127 if it is not found,\n"
		"126 if it cannot be run. The summary goes to standard error.\n",
};
