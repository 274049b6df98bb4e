// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl watch: a row each interval, and a summary.
 *
 * A first sample makes no row: there is nothing yet to compare it with. Rows
 * come at absolute deadlines from then on, so that they do not drift, and are
 * compared with the row before by the times in the samples, so that a late one
 * is right nevertheless.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "columns.h"
#include "error.h"
#include "output.h"
#include "parse.h"
#include "rates.h"
#include "request.h"
#include "tmctl.h"
#include "utf8.h"

/**
 * struct watch - one tmctl watch
 * @opts: the command line's options
 * @dev: the device
 * @interval_ns: between two rows
 * @count: rows to print, UINT64_MAX: without end
 * @run: the process being watched
 * @printed: rows printed so far, of all processes
 * @lines_left: rows until the header comes again
 */
struct watch {
	const struct options *opts;
	struct tm_device *dev;
	uint64_t interval_ns;
	uint64_t count;
	struct run run;
	uint64_t printed;
	unsigned int lines_left;
};

static const char *interval_arg, *count_arg;

static int set_interval(struct watch *w, const char *arg)
{
	int err = parse_interval(arg, &w->interval_ns);

	if (err == -ERANGE)
		return fail_usage("watch: interval '%s' is not between 100us and 1h", arg);
	if (err)
		return fail_usage("watch: invalid interval '%s' (such as 1, 0.5 or 100ms)", arg);
	return STATUS_DONE;
}

static int set_count(struct watch *w, const char *arg)
{
	if (parse_uint(arg, 1, UINT64_MAX, &w->count))
		return fail_usage("watch: invalid count '%s' (a positive number)", arg);
	return STATUS_DONE;
}

/* An argument by its option or by its place, as pidstat has it; not by both. */
static int set_arguments(struct watch *w, int argc, char **argv)
{
	const char *interval = interval_arg, *count = count_arg;
	int status = STATUS_DONE;

	if (argc > 2)
		return fail_excess("watch", argv[2]);
	if (argc > 0 && interval)
		return fail_usage("watch: two intervals: '%s' and '%s'", interval, argv[0]);
	if (argc > 1 && count)
		return fail_usage("watch: two counts: '%s' and '%s'", count, argv[1]);
	if (argc > 0)
		interval = argv[0];
	if (argc > 1)
		count = argv[1];

	if (interval)
		status = set_interval(w, interval);
	if (count && !status)
		status = set_count(w, count);
	return status;
}

/* How many rows fit under a header; 0: it is printed once and scrolls nowhere. */
static unsigned int lines_on_screen(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 5)
		return 0;
	return size.ws_row - 3u;
}

static void print_header(struct watch *w)
{
	if (w->printed)
		putchar('\n');
	columns_print_header("Time");
	w->lines_left = lines_on_screen();
}

/* Milliseconds only where rows come more often than seconds pass. */
static void time_of_day(const struct watch *w, uint64_t realtime_ns, char *buf, size_t size)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	size_t length = 0;
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		length = strftime(buf, size, "%H:%M:%S", &tm);
	if (w->interval_ns % NSEC_PER_SEC)
		snprintf(buf + length, size - length, ".%03u",
			 (unsigned int)(realtime_ns % NSEC_PER_SEC / NSEC_PER_MSEC));
}

static void print_row(struct watch *w, const struct row *row)
{
	char when[32] = "";

	if (w->opts->json) {
		columns_print_json(row, VIEW_WATCH);
	} else {
		if (!w->printed || w->lines_left == 1)
			print_header(w);
		else if (w->lines_left)
			w->lines_left--;
		time_of_day(w, row->realtime_ns, when, sizeof(when));
		columns_print_row(row, when);
	}
	w->printed++;
}

static void print_average(struct watch *w)
{
	struct task_sample sample;
	struct rates rates;
	struct row row;

	if (!w->run.rows)
		return;
	rates = run_average(&w->run, &sample);
	row_fill(&row, &sample);
	row.rates = rates;
	row.rows = w->run.rows;
	if (w->opts->json)
		columns_print_json(&row, VIEW_AVERAGE);
	else
		columns_print_row(&row, "Average:");
	output_flush();
}

/*
 * Somebody has set another target under way. The one before is summed up; of
 * the new one nothing earlier is known, so its first row has no percentages.
 */
static struct rates begin_anew(struct watch *w, const struct task_sample *sample)
{
	print_average(w);
	if (!w->opts->json && w->printed)
		print_header(w);
	run_begin(&w->run, sample);
	return rates_between(sample, sample);
}

static void add_row(struct watch *w, const struct task_sample *sample)
{
	struct rates rates;
	struct row row;

	if (same_process(&w->run.last, sample))
		rates = run_add(&w->run, sample);
	else
		rates = begin_anew(w, sample);
	row_fill(&row, sample);
	row.rates = rates;
	print_row(w, &row);
}

/* A sample; when a signal that is not for us came between, another try. */
static int take_sample(struct watch *w, struct task_sample *sample)
{
	int ret;

	do {
		ret = tm_get(w->dev, sample);
	} while (ret && errno == EINTR && !clock_stopped());
	return ret;
}

static int sample_failed(struct watch *w, int err)
{
	const struct task_sample *last = &w->run.last;
	struct tm_state state;
	char comm[TM_COMM_LEN];

	if (err == EINTR)
		return STATUS_DONE;
	if (err != ESRCH)
		return request_failed(w->opts, w->dev, err);
	utf8_printable(last->comm, comm, sizeof(comm));
	if (!tm_state(w->dev, &state) && !state.targets)
		return fail(STATUS_FAILED, "target %d (%s) is no longer a target", (int)last->pid,
			    comm);
	return fail(STATUS_FAILED, "target %d (%s) has exited", (int)last->pid, comm);
}

static int watch(struct watch *w)
{
	struct task_sample sample;
	uint64_t deadline;
	int err = 0;

	if (take_sample(w, &sample)) {
		err = errno;
		return err == EINTR ? STATUS_DONE : request_failed(w->opts, w->dev, err);
	}
	run_begin(&w->run, &sample);
	deadline = clock_monotonic_ns() + w->interval_ns;

	while (w->printed < w->count && clock_sleep_until(deadline)) {
		if (take_sample(w, &sample)) {
			err = errno;
			break;
		}
		add_row(w, &sample);
		if (!output_flush())
			return STATUS_DONE;	/* output_close() has the last word */
		deadline = next_deadline(deadline, w->interval_ns, clock_monotonic_ns());
	}
	print_average(w);
	return err ? sample_failed(w, err) : STATUS_DONE;
}

static int cmd_watch(const struct options *opts, int argc, char **argv)
{
	struct watch w = {
		.opts = opts,
		.interval_ns = NSEC_PER_SEC,
		.count = UINT64_MAX,
	};
	int status = set_arguments(&w, argc, argv);

	if (status)
		return status;
	w.dev = request_open(opts, &status);
	if (!w.dev)
		return status;
	clock_catch_signals();
	status = watch(&w);
	tm_close(w.dev);
	return status;
}

static const struct opt watch_opts[] = {
	OPT_VALUE('i', "interval", "TIME", &interval_arg,
		  "between two rows: 2, 0.5, 100ms (default: 1 second)"),
	OPT_VALUE('c', "count", "COUNT", &count_arg, "rows to print (default: until Ctrl-C)"),
	OPT_END
};

const struct command command_watch = {
	.name = "watch",
	.run = cmd_watch,
	.opts = watch_opts,
	.usage = "[SECONDS [COUNT]]",
	.help = "a row each interval, then averages",
};
