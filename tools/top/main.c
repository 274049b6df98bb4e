// SPDX-License-Identifier: GPL-2.0-only
/* tmctl-top: the command line. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "parse.h"
#include "top.h"
#include "users.h"

#define LINGER_NS	NSEC_PER_SEC	/* how long those that have ended stay on the screen */
#define PIDS_MAX	4096

/* The options' arguments. */
static struct {
	const char *delay;
	const char *count;
	const char *rows;
	const char *sort;
	const char *pids;
	const char *name;
	const char *user;
	const char *cgroup;
	const char *filter;
	const char *color;
	bool batch;
	bool csv;
	bool threads;
	bool tree;
	bool inverted;
	bool no_kernel;
} args;

static const struct opt top_opts[] = {
	OPT_VALUE('d', "delay", "TIME", &args.delay,
		  "between two screens, 50ms to 1h; 1s unless told\notherwise"),
	OPT_VALUE('i', "interval", "TIME", &args.delay, "the same"),
	OPT_VALUE('n', "count", "N", &args.count, "end after so many screens"),
	OPT_FLAG('b', "batch", &args.batch, "print one screen after the other, without a terminal"),
	OPT_VALUE('r', "rows", "N", &args.rows, "of a screen with -b: the first N processes"),
	OPT_FLAG(0, "csv", &args.csv, "with -b: comma-separated values, with a header"),
	OPT_VALUE('s', "sort", "KEY", &args.sort,
		  "by cpu (unless told otherwise), usr, sys, wait, mem,\n"
		  "swap, time, start, pid, ppid, user, state, threads,\n"
		  "majflt, read, write, processor or name"),
	OPT_FLAG('I', "invert", &args.inverted, "the least first"),
	OPT_VALUE('p', "pid", "PID,...", &args.pids, "these processes alone"),
	OPT_VALUE('C', "command", "NAME", &args.name, "those whose name matches NAME, a regular expression"),
	OPT_VALUE('U', "user", "USER", &args.user, "those of this user"),
	OPT_VALUE('G', "cgroup", "CGROUP", &args.cgroup,
		  "those in this cgroup and below: a directory, or a\npath below /sys/fs/cgroup"),
	OPT_VALUE('F', "filter", "TEXT", &args.filter, "those whose name has TEXT in it"),
	OPT_FLAG('K', "no-kernel", &args.no_kernel, "without kernel threads"),
	OPT_FLAG('t', "tree", &args.tree, "as a tree"),
	OPT_FLAG('H', "threads", &args.threads, "with the threads of those in view"),
	OPT_VALUE(0, "color", "WHEN", &args.color,
		  "auto, always or never (auto: unless NO_COLOR is set)"),
	OPT_END
};

static int set_delay(struct top *top)
{
	int err = parse_duration(args.delay, DELAY_LEAST_NS, DELAY_MOST_NS, &top->delay_ns);

	if (err == -ERANGE)
		return fail_usage("top: delay '%s' is not between 50ms and 1h", args.delay);
	if (err)
		return fail_usage("top: invalid delay '%s' (such as 0.5 or 200ms)", args.delay);
	return STATUS_DONE;
}

static int set_color(struct top *top)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never",
	};
	const char *no_color = getenv("NO_COLOR");
	size_t i;

	if (!args.color) {
		top->color = no_color && *no_color ? COLOR_NEVER : COLOR_AUTO;
		return STATUS_DONE;
	}
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], args.color))
			continue;
		top->color = (enum color)i;
		if (top->color == COLOR_AUTO && no_color && *no_color)
			top->color = COLOR_NEVER;
		return STATUS_DONE;
	}
	return fail_usage("top: color '%s': auto, always or never", args.color);
}

static int set_name(struct view *view, const char *expression)
{
	static regex_t name;	/* for as long as the program runs */
	int err = regcomp(&name, expression, REG_EXTENDED | REG_NOSUB);
	char why[128];

	if (err) {
		regerror(err, &name, why, sizeof(why));
		return fail_usage("top: invalid expression '%s': %s", expression, why);
	}
	view->name = &name;
	return STATUS_DONE;
}

static int set_choice(struct top *top)
{
	struct view *view = &top->view;

	view->sort = column_find(args.sort ? args.sort : "cpu");
	if (!view->sort)
		return fail_usage("top: unknown key '%s' to sort by (cpu, mem, time, pid, name, "
				  "...)", args.sort);
	view->inverted = args.inverted;
	view->tree = args.tree;
	view->threads = args.threads;
	view->no_kernel = args.no_kernel;
	if (args.filter && strlen(args.filter) >= sizeof(view->filter))
		return fail_usage("top: filter '%s' is longer than %zu bytes", args.filter,
				  sizeof(view->filter) - 1);
	strcpy(view->filter, args.filter ? args.filter : "");
	if (args.name && set_name(view, args.name))
		return STATUS_USAGE;
	view->by_user = args.user;
	if (args.user && !user_find(args.user, &view->uid))
		return fail_usage("top: no such user: '%s'", args.user);
	return STATUS_DONE;
}

static int set_numbers(struct top *top)
{
	top->rows = UINT64_MAX;
	if (args.count && parse_uint(args.count, 1, UINT64_MAX, &top->screens))
		return fail_usage("top: invalid number of screens '%s'", args.count);
	if (args.rows && parse_uint(args.rows, 0, UINT64_MAX, &top->rows))
		return fail_usage("top: invalid number of rows '%s'", args.rows);
	if ((args.csv || top->opts->json || args.rows) && !args.batch)
		return fail_usage("top: %s is for -b", args.csv ? "--csv" : args.rows ? "--rows" :
				  "--json");
	if (args.csv && top->opts->json)
		return fail_usage("top: --json or --csv, not both");
	top->csv = args.csv;
	return STATUS_DONE;
}

static int set_options(struct top *top)
{
	int status = args.delay ? set_delay(top) : STATUS_DONE;

	if (!status)
		status = set_color(top);
	if (!status)
		status = set_choice(top);
	return status ? status : set_numbers(top);
}

/* PID[,PID...] Return: an exit code. */
static int read_pids(pid_t *pids, size_t *count)
{
	char *copy = strdup(args.pids), *next = copy, *word;
	int status = copy ? STATUS_DONE : fail_errno("top", ENOMEM);

	while (!status && (word = strsep(&next, ","))) {
		if (*count == PIDS_MAX)
			status = fail_usage("top: more than %d processes", PIDS_MAX);
		else if (parse_pid(word, &pids[*count]))
			status = fail_usage("top: invalid process '%s'", word);
		else
			++*count;
	}
	free(copy);
	return status;
}

static int open_source(struct top *top)
{
	static pid_t pids[PIDS_MAX];
	struct source_wish wish = {
		.device = top->opts->device, .cgroup = args.cgroup, .pids = pids,
	};
	int status = STATUS_DONE;

	if (args.pids && args.cgroup)
		return fail_usage("top: --pid or --cgroup, not both");
	if (args.pids)
		status = read_pids(pids, &wish.pid_count);
	return status ? status : source_open(&top->source, &wish);
}

static int run(struct top *top)
{
	int status;

	if (!args.batch && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return fail(STATUS_FAILED, "top: standard %s is no terminal (try: tmctl top -b)",
			    isatty(STDIN_FILENO) ? "output" : "input");
	status = open_source(top);
	if (status)
		return status;
	procs_init(&top->procs, args.batch ? 0 : LINGER_NS);
	threads_init(&top->threads, top->opts->device);
	status = args.batch ? batch_run(top) : ui_run(top);
	threads_close(&top->threads);
	procs_free(&top->procs);
	view_free(&top->view);
	source_close(&top->source);
	return status;
}

static int cmd_top(const struct options *opts, int argc, char **argv)
{
	struct top top = { .opts = opts, .delay_ns = NSEC_PER_SEC };
	int status;

	if (argc)
		return fail_excess("top", argv[0]);
	status = set_options(&top);
	if (status)
		return status;
	setlocale(LC_CTYPE, "");
	top.style.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	return run(&top);
}

static const struct command command_top = {
	.name = "top",
	.run = cmd_top,
	.opts = top_opts,
	.usage = "[OPTION]...",
	.help = "the whole system on the screen, from screen to screen",
	.details =
		"Keys are htop's: F1 or h tells them. Without CAP_PERFMON (or CAP_SYS_ADMIN) it\n"
		"is about one's own processes.\n"
		"\n"
		"Examples:\n"
		"  tmctl top                      the system, a screen a second\n"
		"  tmctl top -d 0.05 -s wait      twenty a second, who waits for a CPU first\n"
		"  tmctl top -t -U alice          what alice runs, as a tree\n"
		"  tmctl top -b -n 1 -r 10        the ten busiest of one second, as text\n"
		"  tmctl top -b -n 60 --csv       a minute of everything, for a program\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_top, argc, argv);
}
