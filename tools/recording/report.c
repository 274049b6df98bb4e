// SPDX-License-Identifier: GPL-2.0-only
/* tmctl report: what is in a recording, process by process. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "options.h"
#include "output.h"
#include "parse.h"
#include "reader.h"
#include "report_rows.h"
#include "status.h"
#include "usage.h"
#include "utf8.h"

static struct {
	const char *sort;
	const char *top;
	const char *from;
	const char *to;
	bool tree;
	bool csv;
} args;

/**
 * struct wanted - what is to be shown
 * @sort: in which order
 * @top: how many rows at most
 * @window: of which time, since the recording began
 * @format: how
 */
struct wanted {
	enum sort_key sort;
	uint64_t top;
	struct window window;
	enum table_format format;
};

/* --- the command line ----------------------------------------------------------------- */

static int set_sort(struct wanted *wanted)
{
	size_t i;

	for (i = 0; args.sort && i < SORT_COUNT; i++) {
		if (!strcmp(args.sort, sort_names[i])) {
			wanted->sort = (enum sort_key)i;
			return STATUS_DONE;
		}
	}
	return args.sort ? fail_usage("report: cannot sort by '%s' (cpu, rss, io, start, pid)",
				      args.sort) : STATUS_DONE;
}

static int set_time(const char *arg, uint64_t *ns)
{
	if (arg && parse_duration(arg, 0, INT64_MAX, ns))
		return fail_usage("report: invalid time '%s' (since the beginning, such as 90s)",
				  arg);
	return STATUS_DONE;
}

static int set_options(struct wanted *wanted, const struct options *opts, int argc, char **argv)
{
	int status;

	if (!argc)
		return fail_usage("report: no file given");
	if (argc > 1)
		return fail_excess("report", argv[1]);
	if (opts->json && args.csv)
		return fail_usage("report: --json or --csv, not both");
	wanted->format = table_format(opts->json, args.csv);
	if (args.top && parse_uint(args.top, 0, UINT64_MAX, &wanted->top))
		return fail_usage("report: invalid number of rows '%s'", args.top);
	status = set_sort(wanted);
	if (!status)
		status = set_time(args.from, &wanted->window.from_ns);
	if (!status)
		status = set_time(args.to, &wanted->window.to_ns);
	if (!status && wanted->window.from_ns >= wanted->window.to_ns)
		status = fail_usage("report: --from is not before --to");
	return status;
}

/* --- the summary ------------------------------------------------------------------------- */

/**
 * struct summary - what is said of the whole
 * @meta: of the recording
 * @span_ns: how long the recording is
 * @from_ns: since when the rows tell, since it began
 * @to_ns: until when
 * @processes: how many they are of
 * @utime_ns: what these used
 * @stime_ns: likewise
 * @missing_ns: samples from before this moment are gone; 0: none are
 * @file: the recording's path
 */
struct summary {
	struct meta meta;
	uint64_t span_ns;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t processes;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t missing_ns;
	char file[META_TEXT_MAX];
};

static void said_text(const struct field *field, const void *record, char *buf)
{
	const char *said = (const char *)record + field->offset;

	utf8_printable(*said ? said : "-", buf, FIELD_TEXT_MAX);
}

static void said_json(const struct field *field, const void *record, struct json *json)
{
	const char *said = (const char *)record + field->offset;

	if (*said)
		json_string(json, field->key, said, strnlen(said, field->size));
	else
		json_null(json, field->key);
}

/* What the recording says, if it does. */
static const struct field_type field_said = { said_text, said_json };

#define SUMMARY(member)	FIELD_AT(struct summary, member)
#define META(member)	FIELD_AT(struct summary, meta.member)

/* Only in JSON. */
#define QUIET		.shows = 1

static const struct field summary_fields[] = {
	{"file", "Recording", NULL, &field_said, SUMMARY(file)},
	{"command", "Of", NULL, &field_said, META(command)},
	{"scope", "Scope", NULL, &field_said, META(scope)},
	{"hostname", "Machine", NULL, &field_said, META(hostname)},
	{"kernel", "Kernel", NULL, &field_said, META(kernel)},
	{"module_version", "Module", NULL, &field_said, META(module_version), QUIET},
	{"tool_version", "Tool", NULL, &field_said, META(tool_version), QUIET},
	{"cpus", "CPUs", NULL, &field_number, META(cpus), .zero_unknown = true},
	{"page_bytes", "Page", NULL, &field_number, META(page_bytes), .zero_unknown = true, QUIET},
	{"begin_realtime_ns", "Begin", NULL, &field_wallclock, META(begin_realtime_ns),
	 .zero_unknown = true},
	{"begin_ns", "Monotonic", NULL, &field_number, META(begin_ns), QUIET},
	{"span_ns", "Span", "s", &field_micros, SUMMARY(span_ns)},
	{"from_ns", "From", "s", &field_micros, SUMMARY(from_ns)},
	{"to_ns", "To", "s", &field_micros, SUMMARY(to_ns)},
	{"interval_ns", "Interval", NULL, &field_span, META(interval_ns), .zero_unknown = true},
	{"complete", "Ended in order", NULL, &field_flag, META(complete), .mask = 1},
	{"records", "Records", NULL, &field_number, META(records)},
	{"lost_records", "Lost records", NULL, &field_number, META(lost_records)},
	{"dropped", "Not watched", "processes", &field_number, META(dropped)},
	{"missed_ticks", "Missed ticks", NULL, &field_number, META(missed_ticks)},
	{"evicted_samples", "Evicted samples", NULL, &field_number, META(evicted_samples)},
	{"missing_ns", "Evicted until", "s", &field_micros, SUMMARY(missing_ns),
	 .zero_unknown = true},
	{"processes", "Processes", NULL, &field_number, SUMMARY(processes)},
	{"utime_ns", "usr", "s", &field_micros, SUMMARY(utime_ns)},
	{"stime_ns", "sys", "s", &field_micros, SUMMARY(stime_ns)},
};

static struct summary summarize(const struct reader *r, const struct window *window,
				const struct report_rows *rows)
{
	struct summary s = {
		.meta = r->meta,
		.span_ns = r->meta.end_ns - r->meta.begin_ns,
		.from_ns = window->from_ns - r->meta.begin_ns,
		.to_ns = window->to_ns - r->meta.begin_ns,
		.processes = rows->count,
		.missing_ns = r->meta.evicted_ns ? r->meta.evicted_ns - r->meta.begin_ns : 0,
	};
	size_t i;

	snprintf(s.file, sizeof(s.file), "%s", r->path);
	for (i = 0; i < rows->count; i++) {
		s.utime_ns += rows->rows[i].used[FIGURE_UTIME];
		s.stime_ns += rows->rows[i].used[FIGURE_STIME];
	}
	return s;
}

static void print_summary(const struct summary *summary, enum table_format format)
{
	size_t i;

	if (format == TABLE_JSON)
		fields_print_json(stdout, "taskmonitor.recording/1", summary_fields,
				  ARRAY_SIZE(summary_fields), summary, 0);
	if (format != TABLE_TEXT)
		return;
	for (i = 0; i < ARRAY_SIZE(summary_fields); i++) {
		if (!summary_fields[i].shows)
			field_print_line(&summary_fields[i], summary, 0);
	}
	putchar('\n');
}

/* --- the report --------------------------------------------------------------------------- */

static void print_rows(const struct report_rows *rows, const struct wanted *wanted)
{
	const struct table *table = args.tree ? &report_tree_table : &report_table;
	size_t i;

	table_print_header(stdout, table, wanted->format);
	for (i = 0; i < rows->count && i < wanted->top && output_flush(); i++)
		table_print_row(stdout, table, wanted->format, rows->sorted[i],
				rows->sorted[i]->known);
}

static int show(struct reader *r, const struct wanted *wanted)
{
	uint64_t begin = r->meta.begin_ns, span = r->meta.end_ns - begin;
	struct window window = {
		.from_ns = begin + wanted->window.from_ns,
		.to_ns =
			wanted->window.to_ns < span ? begin + wanted->window.to_ns : r->meta.end_ns,
	};
	struct report_rows rows;
	struct summary summary;
	int err;

	if (wanted->window.from_ns > span)
		return fail(STATUS_FAILED, "report: %s: it ends after %.3f s, before --from",
			    r->path, (double)span / NSEC_PER_SEC);
	err = rows_read(&rows, r, &window);
	if (err) {
		rows_free(&rows);
		return reader_failed(r, "report", err);
	}
	(args.tree ? rows_sort_trees : rows_sort)(&rows, wanted->sort);
	summary = summarize(r, &window, &rows);
	print_summary(&summary, wanted->format);
	print_rows(&rows, wanted);
	rows_free(&rows);
	return STATUS_DONE;
}

static int cmd_report(const struct options *opts, int argc, char **argv)
{
	struct wanted wanted = { .top = UINT64_MAX, .window = { 0, UINT64_MAX } };
	int status = set_options(&wanted, opts, argc, argv);
	struct reader reader;

	if (!status)
		status = reader_open(&reader, "report", argv[0]);
	if (status)
		return status;
	status = show(&reader, &wanted);
	reader_close(&reader);
	return status;
}

static const struct opt report_opts[] = {
	OPT_VALUE('s', "sort", "KEY", &args.sort, "by cpu (default), rss, io, start or pid"),
	OPT_VALUE('n', "top", "N", &args.top, "the first N rows alone"),
	OPT_FLAG('T', "tree", &args.tree, "children below their parents, with sums of each tree"),
	OPT_VALUE(0, "from", "TIME", &args.from, "what was used from then on, since the beginning"),
	OPT_VALUE(0, "to", "TIME", &args.to, "until then"),
	OPT_FLAG(0, "csv", &args.csv, "the rows as comma-separated values"),
	OPT_END
};

static const struct command command_report = {
	.name = "report",
	.run = cmd_report,
	.opts = report_opts,
	.usage = "FILE",
	.help = "what is in a recording, process by process",
	.details =
		"FILE is one that tmctl record has made, or is making right now.\n"
		"\n"
		"Examples:\n"
		"  tmctl report build.tmr -n 10                 who used the most CPU time\n"
		"  tmctl report build.tmr --tree --sort io      which part of it read and wrote\n"
		"  tmctl report day.tmr --from 2h --to 125m     what happened in five minutes\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_report, argc, argv);
}
