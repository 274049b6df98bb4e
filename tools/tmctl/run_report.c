// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "clock.h"
#include "outcome.h"
#include "run_report.h"
#include "table.h"
#include "tmctl.h"

/*
 * Bits beside TM_VALID_*, from the other end: what else a figure may need.
 */
#define HAVE_END	(1ULL << 63)	/* the process has exited */
#define HAVE_RSS	(1ULL << 62)	/* a tick has sampled the tree */
#define HAVE_LARGEST	(1ULL << 61)
#define HAVE_PERCENT	(1ULL << 60)
#define HAVE_OURS	(HAVE_END | HAVE_RSS | HAVE_LARGEST | HAVE_PERCENT)

/* One process, a row of the table. */
struct process_row {
	struct life life;
	uint64_t elapsed_ns;
	uint32_t final;
};

#define ROW(member)	FIELD_AT(struct process_row, member)
#define LAST(member)	FIELD_AT(struct process_row, life.last.member)

/* The last may be of any width. */
static const struct table_column process_columns[] = {
	{ { "pid", "PID", NULL, &field_signed, LAST(pid), .zero_unknown = true }, 7 },
	{ { "ppid", "PPID", NULL, &field_signed, LAST(ppid), .zero_unknown = true }, 7 },
	{ { "uid", NULL, NULL, &field_number, LAST(uid) }, 0 },
	{ { "start_time_ns", NULL, NULL, &field_seconds, LAST(start_time_ns),
	    .zero_unknown = true }, 0 },
	{ { "start_offset_ns", "START s", NULL, &field_micros, ROW(life.start_ns) }, 12 },
	{ { "elapsed_ns", "ELAPSED s", NULL, &field_micros, ROW(elapsed_ns), HAVE_END }, 12 },
	{ { "utime_ns", "USER s", NULL, &field_micros, LAST(utime), TM_VALID_CPU }, 12 },
	{ { "stime_ns", "SYSTEM s", NULL, &field_micros, LAST(stime), TM_VALID_CPU }, 12 },
	{ { "run_delay_ns", NULL, NULL, &field_seconds, LAST(run_delay_ns),
	    TM_VALID_RUN_DELAY }, 0 },
	{ { "peak_rss_bytes", "PEAK KiB", NULL, &field_bytes, ROW(life.peak_rss_bytes),
	    .zero_unknown = true }, 10 },
	{ { "min_flt", NULL, NULL, &field_number, LAST(min_flt), TM_VALID_FAULTS }, 0 },
	{ { "maj_flt", NULL, NULL, &field_number, LAST(maj_flt), TM_VALID_FAULTS }, 0 },
	{ { "nvcsw", NULL, NULL, &field_number, LAST(nvcsw), TM_VALID_SWITCHES }, 0 },
	{ { "nivcsw", NULL, NULL, &field_number, LAST(nivcsw), TM_VALID_SWITCHES }, 0 },
	{ { "read_bytes", NULL, NULL, &field_bytes, LAST(read_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "write_bytes", NULL, NULL, &field_bytes, LAST(write_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "rchar_bytes", NULL, NULL, &field_bytes, LAST(rchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "wchar_bytes", NULL, NULL, &field_bytes, LAST(wchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "exit_code", "EXIT", NULL, &field_outcome, LAST(exit_code), TM_VALID_EXIT }, 8 },
	{ { "exit_status", NULL, NULL, &field_exit_status, LAST(exit_code), TM_VALID_EXIT }, 0 },
	{ { "term_signal", NULL, NULL, &field_term_signal, LAST(exit_code), TM_VALID_EXIT }, 0 },
	{ { "final", NULL, NULL, &field_flag, ROW(final), .mask = 1 }, 0 },
	{ { "comm", "COMMAND", NULL, &field_name, LAST(comm) }, -1 },
};

static const struct table processes = {
	"taskmonitor.process/1", "", process_columns, ARRAY_SIZE(process_columns),
};

/* All processes together. */
struct summary {
	char command[4096];
	struct run_result result;
	struct tree_sums sums;
	uint64_t processes;
	uint64_t rss_peak_bytes;
	uint64_t rss_peak_at_ns;
	double cpu_percent;
	int32_t largest_pid;
	uint64_t largest_bytes;
};

#define SUM(member)	FIELD_AT(struct summary, member)
#define TOTAL(member)	FIELD_AT(struct summary, sums.total.member)
#define RESULT(member)	FIELD_AT(struct summary, result.member)

static const struct field summary_fields[] = {
	{ "command", "Command", NULL, &field_name, SUM(command) },
	{ "exit_code", "Exit", NULL, &field_outcome, RESULT(exit_code) },
	{ "exit_status", NULL, NULL, &field_exit_status, RESULT(exit_code) },
	{ "term_signal", NULL, NULL, &field_term_signal, RESULT(exit_code) },
	{ "elapsed_ns", "Elapsed", "s", &field_seconds, RESULT(elapsed_ns) },
	{ "utime_ns", "CPU user", "s", &field_seconds, TOTAL(utime), TM_VALID_CPU },
	{ "stime_ns", "CPU system", "s", &field_seconds, TOTAL(stime), TM_VALID_CPU },
	{ "cpu_percent", "CPU use", "% of one CPU", &field_percent, SUM(cpu_percent),
	  HAVE_PERCENT },
	{ "run_delay_ns", "Wait for CPU", "s", &field_seconds, TOTAL(run_delay_ns),
	  TM_VALID_RUN_DELAY },
	{ "tree_rss_peak_bytes", "Peak RSS, all", "KiB at one moment", &field_bytes,
	  SUM(rss_peak_bytes), HAVE_RSS },
	{ "tree_rss_peak_at_ns", "  after", "s", &field_micros, SUM(rss_peak_at_ns), HAVE_RSS },
	{ "largest_rss_bytes", "Peak RSS, one", "KiB", &field_bytes, SUM(largest_bytes),
	  HAVE_LARGEST },
	{ "largest_pid", "  of PID", NULL, &field_signed, SUM(largest_pid), HAVE_LARGEST },
	{ "min_flt", "Minor faults", NULL, &field_number, TOTAL(min_flt), TM_VALID_FAULTS },
	{ "maj_flt", "Major faults", NULL, &field_number, TOTAL(maj_flt), TM_VALID_FAULTS },
	{ "nvcsw", "Switches, own", NULL, &field_number, TOTAL(nvcsw), TM_VALID_SWITCHES },
	{ "nivcsw", "Switches, forced", NULL, &field_number, TOTAL(nivcsw), TM_VALID_SWITCHES },
	{ "read_bytes", "Read", "KiB", &field_bytes, TOTAL(read_bytes), TM_VALID_IO_BYTES },
	{ "write_bytes", "Written", "KiB", &field_bytes, TOTAL(write_bytes), TM_VALID_IO_BYTES },
	{ "rchar_bytes", "Read calls", "KiB", &field_bytes, TOTAL(rchar_bytes),
	  TM_VALID_IO_CHARS },
	{ "wchar_bytes", "Write calls", "KiB", &field_bytes, TOTAL(wchar_bytes),
	  TM_VALID_IO_CHARS },
	{ "processes", "Processes", NULL, &field_number, SUM(processes) },
	{ "processes_alive", "  still alive", NULL, &field_number, SUM(sums.alive) },
	{ "processes_denied", "  not to look at", NULL, &field_number, SUM(sums.denied) },
	{ "interval_ns", "Interval", NULL, &field_span, RESULT(interval_ns) },
	{ "missed_ticks", "Missed ticks", NULL, &field_number, RESULT(missed_ticks) },
	{ "records", "Records", NULL, &field_number, RESULT(records) },
	{ "lost_records", "Lost records", NULL, &field_number, RESULT(lost) },
	{ "dropped", "Not watched", NULL, &field_number, RESULT(dropped) },
};

static void join(char *const *argv, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; *argv && used < size; argv++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", *argv);
}

static void fill_summary(struct summary *sum, const struct run_result *result)
{
	const struct tree *tree = result->tree;

	memset(sum, 0, sizeof(*sum));
	join(result->argv, sum->command, sizeof(sum->command));
	sum->result = *result;
	sum->sums = tree_sum(tree);
	sum->processes = tree->count;
	sum->rss_peak_bytes = tree->rss_peak_bytes;
	sum->rss_peak_at_ns = tree->rss_peak_at_ns;
	if (result->elapsed_ns)
		sum->cpu_percent = 100.0 *
			(double)(sum->sums.total.utime + sum->sums.total.stime) /
			(double)result->elapsed_ns;
	if (sum->sums.largest) {
		sum->largest_pid = sum->sums.largest->last.pid;
		sum->largest_bytes = sum->sums.largest->peak_rss_bytes;
	}
}

static uint64_t known_in_summary(const struct summary *sum)
{
	uint64_t known = sum->sums.total.valid & ~HAVE_OURS;

	if (sum->result.tree->rss_known)
		known |= HAVE_RSS;
	if (sum->sums.largest)
		known |= HAVE_LARGEST;
	if (sum->result.elapsed_ns && known & TM_VALID_CPU)
		known |= HAVE_PERCENT;
	return known;
}

static void print_summary(FILE *out, const struct summary *sum)
{
	uint64_t known = known_in_summary(sum);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(summary_fields); i++) {
		if (summary_fields[i].heading)
			field_fprint_line(out, &summary_fields[i], sum, known);
	}
	if (sum->result.lost || sum->result.dropped)
		fprintf(out, "Records or processes are missing: the sums are too small.\n");
}

/* --- the table ------------------------------------------------------------- */

static uint64_t fill_row(struct process_row *row, const struct life *life)
{
	uint64_t known = life->last.valid & ~HAVE_OURS;

	row->life = *life;
	row->final = life->stage == LIFE_GONE;
	row->elapsed_ns = 0;
	if (life->end_ns) {
		known |= HAVE_END;
		row->elapsed_ns = life->end_ns - life->start_ns;
	}
	return known;
}

static int print_table(FILE *out, const struct tree *tree, enum table_format format, size_t top)
{
	const struct life **lives = tree_by_cpu(tree);
	struct process_row row;
	uint64_t known;
	size_t i;

	if (!lives)
		return -ENOMEM;
	if (format == TABLE_TEXT && top)
		fputc('\n', out);
	if (format != TABLE_TEXT || top)
		table_print_header(out, &processes, format);
	for (i = 0; i < tree->count && i < top; i++) {
		known = fill_row(&row, lives[i]);
		table_print_row(out, &processes, format, &row, known);
	}
	if (format == TABLE_TEXT && top && i < tree->count)
		fprintf(out, "(%zu more; --all shows them)\n", tree->count - i);
	free(lives);
	return 0;
}

/* --- the chart ------------------------------------------------------------------ */

/* Hundredths of a percent of one CPU. The last bin may end before its time. */
static uint64_t bin_cpu(const struct timeline *line, size_t bin, uint64_t end_ns)
{
	uint64_t width = line->width_ns, begin = bin * width;

	if (end_ns > begin && end_ns - begin < width)
		width = end_ns - begin;
	return (uint64_t)((double)line->bins[bin].cpu_ns * 10000.0 / (double)width);
}

static void print_chart(FILE *out, const struct run_result *result)
{
	struct timeline line = result->tree->timeline;
	uint64_t cpu[CHART_COLUMNS], rss[CHART_COLUMNS], most;
	char drawn[CHART_BYTES];
	bool utf8 = chart_utf8();
	size_t i;

	if (line.used > CHART_COLUMNS)
		timeline_fold(&line);
	for (i = 0; i < line.used; i++) {
		cpu[i] = bin_cpu(&line, i, result->elapsed_ns);
		rss[i] = line.bins[i].rss_known ? line.bins[i].rss_bytes : CHART_UNKNOWN;
	}
	most = chart_line(cpu, line.used, utf8, drawn);
	if (most == CHART_UNKNOWN)
		return;
	fprintf(out, "\nCPU |%s| up to %.1f %%\n", drawn, (double)most / 100.0);
	most = chart_line(rss, line.used, utf8, drawn);
	if (most == CHART_UNKNOWN)
		fprintf(out, "RSS |%s| -\n", drawn);
	else
		fprintf(out, "RSS |%s| up to %" PRIu64 " KiB\n", drawn, most / 1024);
	fprintf(out, "     a column is %.3f s\n", (double)line.width_ns / (double)NSEC_PER_SEC);
}

int run_report(FILE *out, const struct run_result *result, enum table_format format, size_t top,
	       bool chart)
{
	struct summary *sum = malloc(sizeof(*sum));
	int err;

	if (!sum)
		return -ENOMEM;
	fill_summary(sum, result);
	if (format == TABLE_TEXT) {
		print_summary(out, sum);
		if (chart)
			print_chart(out, result);
	}
	err = print_table(out, result->tree, format, top);
	if (format == TABLE_JSON)
		fields_print_json(out, "taskmonitor.run/1", summary_fields,
				  ARRAY_SIZE(summary_fields), sum, known_in_summary(sum));
	free(sum);
	return err;
}
