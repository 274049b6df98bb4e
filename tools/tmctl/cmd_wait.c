// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl wait: until processes exit, or are above a threshold.
 *
 * A private session of the processes with one threshold. It is the module that
 * compares, and who waits is woken by what is waited for and nothing else. Exits
 * need no sampling at all.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

#include "clock.h"
#include "error.h"
#include "output.h"
#include "parse.h"
#include "tmctl.h"
#include "utf8.h"
#include "wait_event.h"

#define INTERVAL_NS	(100 * NSEC_PER_MSEC)
#define AT_ONCE		64
#define KIND(kind)	(1U << TM_KIND_##kind)

/* The options' arguments. */
static struct {
	const char *rss_above;
	const char *cpu_above;
	const char *wait_above;
	const char *threads_above;
	const char *hold;
	const char *interval;
	const char *timeout;
	bool exit;
	bool any;
} args;

/**
 * struct waited - one process
 * @pid: its number
 * @over: it is no longer waited for
 * @comm: its name, as the latest record had it
 */
struct waited {
	pid_t pid;
	bool over;
	char comm[TM_COMM_LEN];
};

/**
 * struct wait - one tmctl wait
 * @opts: the command line's options
 * @what: what is waited for
 * @interval_ns: between two samples
 * @deadline_ns: when the time is over (CLOCK_MONOTONIC); UINT64_MAX: never
 * @session: the session
 * @waited: the processes
 * @count: how many
 * @met: how many it has happened to
 * @missed: how many it can no longer happen to
 * @status: the exit code that the first of those has brought
 */
struct wait {
	const struct options *opts;
	struct condition what;
	uint64_t interval_ns;
	uint64_t deadline_ns;
	struct tm_session *session;
	struct waited *waited;
	size_t count;
	size_t met;
	size_t missed;
	int status;
};

/* --- the command line ------------------------------------------------------------ */

static int bad_value(const char *what, const char *arg, const char *such)
{
	return fail_usage("wait: invalid %s '%s' (such as %s)", what, arg, such);
}

static int take_size(const char *arg, uint64_t *above)
{
	return parse_size(arg, above) ? bad_value("size", arg, "500K or 1.5G") : STATUS_DONE;
}

/* A share, for the module in millionths. */
static int take_percent(const char *arg, uint64_t *above)
{
	double percent;

	if (parse_percent(arg, &percent))
		return bad_value("percentage", arg, "90 or 150%");
	*above = (uint64_t)(percent * 1e4 + 0.5);
	return STATUS_DONE;
}

static int take_number(const char *arg, uint64_t *above)
{
	return parse_uint(arg, 0, UINT32_MAX, above) ? bad_value("number", arg, "100") :
						       STATUS_DONE;
}

/* What can be above something. */
static const struct {
	const char **arg;
	uint32_t what;
	const char *word;
	int (*take)(const char *arg, uint64_t *above);
} figures[] = {
	{ &args.rss_above, TM_THRESHOLD_RSS, "rss", take_size },
	{ &args.cpu_above, TM_THRESHOLD_CPU, "cpu", take_percent },
	{ &args.wait_above, TM_THRESHOLD_RUN_DELAY, "wait", take_percent },
	{ &args.threads_above, TM_THRESHOLD_THREADS, "threads", take_number },
};

static int set_condition(struct condition *what)
{
	struct tm_threshold *t = &what->threshold;
	uint64_t above = 0, for_ns = 0;
	int given = args.exit, status = STATUS_DONE;
	size_t i;

	t->what = TM_THRESHOLD_EXIT;
	what->word = "exit";
	for (i = 0; i < ARRAY_SIZE(figures) && !status; i++) {
		if (!*figures[i].arg)
			continue;
		given++;
		t->what = figures[i].what;
		what->word = figures[i].word;
		status = figures[i].take(*figures[i].arg, &above);
	}
	if (given > 1)
		return fail_usage("wait: one of --exit, --rss-above, --cpu-above, --wait-above "
				  "and --threads-above");
	if (!status && args.hold && waits_for_exit(what))
		return fail_usage("wait: --for goes with an option that ends in -above");
	if (!status && args.hold && parse_duration(args.hold, 0, INT64_MAX, &for_ns))
		return bad_value("time", args.hold, "5 or 100ms");
	t->above = above;
	t->for_ns = for_ns;
	return status;
}

static int set_times(struct wait *w)
{
	uint64_t timeout;

	if (args.interval && parse_interval(args.interval, &w->interval_ns))
		return fail_usage("wait: interval '%s' is not between 100us and 1h",
				  args.interval);
	if (!args.timeout)
		return STATUS_DONE;
	if (parse_duration(args.timeout, 0, INT64_MAX / 2, &timeout))
		return bad_value("time", args.timeout, "10 or 500ms");
	w->deadline_ns = clock_monotonic_ns() + timeout;
	return STATUS_DONE;
}

static int set_pids(struct wait *w, int argc, char **argv)
{
	size_t i;

	if (!argc)
		return fail_usage("wait: no PID given");
	w->count = (size_t)argc;
	w->waited = calloc(w->count, sizeof(*w->waited));
	if (!w->waited)
		return fail(STATUS_FAILED, "wait: %s", strerror(ENOMEM));
	for (i = 0; i < w->count; i++) {
		if (parse_pid(argv[i], &w->waited[i].pid))
			return fail_usage("wait: invalid PID '%s' (a positive number, as ps shows "
					  "it)", argv[i]);
	}
	return STATUS_DONE;
}

/* --- the session -------------------------------------------------------------------- */

/* Where it cannot be judged, waiting for it would be for ever. */
static int add_threshold(struct wait *w)
{
	if (waits_for_exit(&w->what) || !tm_session_threshold_add(w->session, &w->what.threshold))
		return STATUS_DONE;
	if (errno == ENOTTY)
		return fail(STATUS_FAILED, "wait: %s: the module is older than thresholds "
			    "(load one of this version)", w->opts->device);
	if (errno == EOPNOTSUPP)
		return fail(STATUS_FAILED, "wait: --wait-above: the kernel does not count the time "
			    "(it needs CONFIG_SCHED_INFO)");
	return fail(STATUS_FAILED, "wait: %s: %s", w->opts->device, strerror(errno));
}

/* The threshold first, for a target is judged from its first sample on. */
static int open_session(struct wait *w)
{
	struct tm_session_attr attr = {
		.interval_ns = w->interval_ns,
		.scope = TM_SCOPE_LIST,
		.kinds = KIND(EXEC) | KIND(EXIT) | KIND(THRESHOLD),
	};
	char object[128];

	/* A module that is older than thresholds does not know their kind. */
	if (waits_for_exit(&w->what))
		attr.kinds &= ~KIND(THRESHOLD);
	w->session = tm_session_open(w->opts->device, &attr);
	if (w->session)
		return add_threshold(w);
	snprintf(object, sizeof(object), "wait: %s", w->opts->device);
	return fail_errno(object, errno);
}

/* The rest of them is waited for only if all are there. */
static int add_all(struct wait *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		int pid = (int)w->waited[i].pid;

		if (!tm_session_add(w->session, w->waited[i].pid))
			continue;
		if (errno == ESRCH)
			return fail(STATUS_FAILED,
				    "wait: process %d: No such process (see: ps -e)", pid);
		if (errno == EEXIST)
			return fail_usage("wait: PID '%d' is given twice", pid);
		return fail(error_status(errno), "wait: process %d: %s%s", pid, strerror(errno),
			    errno == EPERM ? " (it is not yours; try as root)" : "");
	}
	return STATUS_DONE;
}

/* --- what happens ---------------------------------------------------------------------- */

/* It cannot happen to this one any more. */
static void miss(struct wait *w, struct waited *one, int status, const char *why)
{
	char comm[TM_COMM_LEN];

	utf8_printable(one->comm, comm, sizeof(comm));
	one->over = true;
	w->missed++;
	if (!w->status)
		w->status = status;
	fail(status, "wait: process %d%s%s%s %s", (int)one->pid, *comm ? " (" : "", comm,
	     *comm ? ")" : "", why);
}

static void meet(struct wait *w, struct waited *one, const struct task_sample *record)
{
	one->over = true;
	w->met++;
	wait_event_print(&w->what, record, w->opts->json);
	output_flush();
}

static void add_record(struct wait *w, struct waited *one, const struct task_sample *record)
{
	if (record->flags & TM_SAMPLE_DENIED) {
		miss(w, one, STATUS_NOT_PERMITTED,
		     "runs a program that you may not look into (try as root)");
		return;
	}
	memcpy(one->comm, record->comm, sizeof(one->comm));
	if (has_happened(&w->what, record))
		meet(w, one, record);
	else if (record->kind == TM_KIND_EXIT)
		miss(w, one, STATUS_FAILED, "has exited before");
}

static void add_records(struct wait *w, const struct task_sample *records, ssize_t n)
{
	ssize_t i;
	size_t k;

	for (i = 0; i < n; i++) {
		if (records[i].kind == TM_KIND_LOST)
			fprintf(stderr, "tmctl: wait: %" PRIu64 " records lost\n",
				(uint64_t)records[i].lost_records);
		for (k = 0; k < w->count; k++) {
			if (w->waited[k].pid == records[i].pid && !w->waited[k].over)
				add_record(w, &w->waited[k], &records[i]);
		}
	}
}

/* All have exited, and the history has been read: nothing comes any more. */
static void end(struct wait *w)
{
	size_t k;

	for (k = 0; k < w->count; k++) {
		if (!w->waited[k].over)
			miss(w, &w->waited[k], STATUS_FAILED, "is gone, its last record lost");
	}
}

static bool over(const struct wait *w)
{
	if (args.any)
		return w->met || w->missed == w->count;
	return w->missed || w->met == w->count;
}

static int timed_out(const struct wait *w)
{
	size_t k = 0;

	while (w->waited[k].over)
		k++;
	return fail(STATUS_TIMEOUT, "wait: process %d: nothing within %s", (int)w->waited[k].pid,
		    args.timeout);
}

/* Milliseconds until then, for poll(2): rounded up, or it would be called again at once. */
static int left_ms(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns(), ms;

	if (deadline_ns == UINT64_MAX)
		return -1;
	ms = deadline_ns > now ? (deadline_ns - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC : 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static int wait_for_it(struct wait *w)
{
	struct task_sample records[AT_ONCE];
	ssize_t n;
	int ready;

	while (!over(w)) {
		ready = tm_session_wait(w->session, left_ms(w->deadline_ns));
		if (!ready && clock_monotonic_ns() >= w->deadline_ns)
			return timed_out(w);
		if (ready <= 0) {
			if (!ready || errno == EINTR)
				continue;
			return fail(STATUS_FAILED, "wait: %s: %s", w->opts->device,
				    strerror(errno));
		}
		n = tm_session_read(w->session, records, AT_ONCE);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fail(STATUS_FAILED, "wait: %s: %s", w->opts->device,
				    strerror(errno));
		add_records(w, records, n);
		if (!n)
			end(w);
	}
	return args.any && w->met ? STATUS_DONE : w->status;
}

static int run_wait(struct wait *w)
{
	int status = open_session(w);

	if (!status)
		status = add_all(w);
	if (!status)
		status = wait_for_it(w);
	tm_session_close(w->session);
	return status;
}

static int cmd_wait(const struct options *opts, int argc, char **argv)
{
	struct wait w = {
		.opts = opts,
		.interval_ns = INTERVAL_NS,
		.deadline_ns = UINT64_MAX,
	};
	int status = set_condition(&w.what);

	if (!status)
		status = set_times(&w);
	if (!status)
		status = set_pids(&w, argc, argv);
	if (!status)
		status = run_wait(&w);
	free(w.waited);
	return status;
}

static const struct opt wait_opts[] = {
	OPT_FLAG('e', "exit", &args.exit, "it exits (the default)"),
	OPT_VALUE('m', "rss-above", "SIZE", &args.rss_above,
		  "its resident set is above SIZE: bytes, or 500K, 1.5G"),
	OPT_VALUE('p', "cpu-above", "PCT", &args.cpu_above,
		  "its CPU use is, percent of one CPU"),
	OPT_VALUE('w', "wait-above", "PCT", &args.wait_above,
		  "its waiting for a CPU is, percent of the time"),
	OPT_VALUE('n', "threads-above", "N", &args.threads_above, "it has more than N threads"),
	OPT_VALUE('f', "for", "TIME", &args.hold, "and stays so for TIME"),
	OPT_FLAG('y', "any", &args.any, "to one of the PIDs, not to each"),
	OPT_VALUE('t', "timeout", "TIME", &args.timeout, "wait no longer; exit code 124 then"),
	OPT_VALUE('i', "interval", "TIME", &args.interval,
		  "between two looks at it (default: 100ms)"),
	OPT_END
};

const struct command command_wait = {
	.name = "wait",
	.run = cmd_wait,
	.opts = wait_opts,
	.usage = "[OPTION]... PID...",
	.help = "wait until something happens",
};
