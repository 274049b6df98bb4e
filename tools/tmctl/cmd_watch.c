// SPDX-License-Identifier: GPL-2.0-only
/* tmctl watch: rows at intervals, then averages. */
#include <errno.h>

#include "clock.h"
#include "error.h"
#include "parse.h"
#include "tmctl.h"
#include "watch.h"

static const char *interval_arg, *count_arg;
static struct selection_args chosen;
static struct report_args shown;
static bool all;

static int set_interval(struct watch *w, const char *arg)
{
	int err = parse_interval(arg, &w->out.interval_ns);

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

static int cmd_watch(const struct options *opts, int argc, char **argv)
{
	static struct watch w = { .chosen = &chosen, .count = UINT64_MAX };
	bool choice = selection_given(&chosen);
	int status;

	w.opts = opts;
	w.all = all;
	w.out.interval_ns = NSEC_PER_SEC;
	status = set_arguments(&w, argc, argv);
	if (!status)
		status = report_begin(&w.out.report, &shown, opts, "watch",
				      VIEW_CPU | (chosen.threads ? VIEW_THREADS : 0), VIEW_WATCH);
	if (!status)
		status = report_begin(&w.out.average, &shown, opts, "watch",
				      VIEW_CPU | (chosen.threads ? VIEW_THREADS : 0), VIEW_AVERAGE);
	if (!status && !choice && (chosen.threads || chosen.follow))
		status = fail_usage("watch: --%s goes with -p, -C or -U",
				    chosen.threads ? "threads" : "follow");
	if (status)
		return status;
	return choice ? watch_chosen(&w) : watch_target(&w);
}

static const struct opt watch_opts[] = {
	SELECTION_OPTS(chosen),
	SELECTION_THREADS(chosen),
	OPT_FLAG('a', "all", &all, "those who did nothing too"),
	OPT_VALUE('i', "interval", "TIME", &interval_arg,
		  "between two rows: 2, 0.5, 100ms (default: 1 second)"),
	OPT_VALUE('c', "count", "COUNT", &count_arg, "rows to print (default: until Ctrl-C)"),
	REPORT_OPTS(shown),
	OPT_END
};

const struct command command_watch = {
	.name = "watch",
	.run = cmd_watch,
	.opts = watch_opts,
	.usage = "[SECONDS [COUNT]]",
	.help = "a row each interval, then averages",
	.details =
		"Without -p, -C, -U, -G: the default session's target. Otherwise a session of\n"
		"one's own, and who ends between two rows has one too, with all that he used.\n"
		"\n"
		"Examples:\n"
		"  tmctl watch 1 5                   the target, five times\n"
		"  tmctl watch -C 'postgres|pgbench' 2\n"
		"  tmctl watch -p 4711 -t -r -d      each thread: memory, faults, I/O\n"
		"  tmctl watch -p ALL --csv 10 >all.csv\n",
	.more_help = columns_print_keys,
};
