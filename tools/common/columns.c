// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "columns.h"
#include "field.h"
#include "status.h"

/*
 * Bits beside TM_VALID_*, from the other end: what else a figure may need.
 */
#define HAVE_RECORD	(1ULL << 63)	/* the sample has more than the lab's 16 bytes */
#define HAVE_DURATION	(1ULL << 62)
#define HAVE_CPU_RATE	(1ULL << 61)
#define HAVE_WAIT_RATE	(1ULL << 60)
#define HAVE_OURS	(HAVE_RECORD | HAVE_DURATION | HAVE_CPU_RATE | HAVE_WAIT_RATE)

#define SAMPLE(member)	FIELD_AT(struct row, sample.member)
#define RATE(member)	FIELD_AT(struct row, rates.member)

#define SAMPLED		(VIEW_GET | VIEW_WATCH)
#define WATCHED		(VIEW_WATCH | VIEW_AVERAGE)
#define EVERYWHERE	(VIEW_GET | VIEW_WATCH | VIEW_AVERAGE | VIEW_TABLE)

/* In the order of printing. Keys stay for ever; headings are pidstat's where it has one. */
static const struct field columns[] = {
	{ "realtime_ns", "Time", NULL, &field_wallclock, FIELD_AT(struct row, realtime_ns),
	  .shows = VIEW_GET | WATCHED },
	{ "time_ns", "Monotonic", "s", &field_seconds, SAMPLE(time_ns), .zero_unknown = true,
	  .shows = VIEW_GET | WATCHED },
	{ "rows", "Rows", NULL, &field_number, FIELD_AT(struct row, rows),
	  .shows = VIEW_AVERAGE },
	{ "duration_ns", "Duration", "s", &field_seconds, RATE(duration_ns), HAVE_DURATION,
	  .shows = WATCHED },
	{ "seq", "Number", NULL, &field_number, SAMPLE(seq), .zero_unknown = true,
	  .shows = SAMPLED },

	{ "pid", "PID", NULL, &field_signed, SAMPLE(pid), .zero_unknown = true,
	  .shows = EVERYWHERE },
	{ "tgid", "TGID", NULL, &field_signed, SAMPLE(tgid), .zero_unknown = true,
	  .shows = SAMPLED },
	{ "ppid", "PPID", NULL, &field_signed, SAMPLE(ppid), .zero_unknown = true,
	  .shows = SAMPLED },
	{ "uid", "UID", NULL, &field_number, SAMPLE(uid), HAVE_RECORD, .shows = SAMPLED },
	{ "start_time_ns", "Started", "s after boot", &field_seconds, SAMPLE(start_time_ns),
	  .zero_unknown = true, .shows = VIEW_GET | WATCHED },
	{ "state", "State", NULL, &field_letter, SAMPLE(state), .zero_unknown = true,
	  .shows = SAMPLED },
	{ "threads", "Threads", NULL, &field_number, SAMPLE(threads), HAVE_RECORD,
	  .shows = SAMPLED },
	{ "cpu", "CPU", NULL, &field_number, SAMPLE(cpu), HAVE_RECORD, .shows = SAMPLED },

	{ "usr_percent", "%usr", NULL, &field_percent, RATE(usr), HAVE_CPU_RATE,
	  .shows = WATCHED | VIEW_TABLE },
	{ "sys_percent", "%sys", NULL, &field_percent, RATE(sys), HAVE_CPU_RATE,
	  .shows = WATCHED | VIEW_TABLE },
	{ "cpu_percent", "%CPU", NULL, &field_percent, RATE(cpu), HAVE_CPU_RATE,
	  .shows = WATCHED | VIEW_TABLE },
	{ "wait_percent", "%wait", NULL, &field_percent, RATE(wait), HAVE_WAIT_RATE,
	  .shows = WATCHED },

	{ "utime_ns", "usr", "s", &field_seconds, SAMPLE(utime), TM_VALID_CPU, .shows = SAMPLED },
	{ "stime_ns", "sys", "s", &field_seconds, SAMPLE(stime), TM_VALID_CPU, .shows = SAMPLED },
	{ "run_delay_ns", "wait", "s", &field_seconds, SAMPLE(run_delay_ns), TM_VALID_RUN_DELAY,
	  .shows = SAMPLED },
	{ "vsize_bytes", "VSZ", "KiB", &field_bytes, SAMPLE(vsize_bytes), TM_VALID_MEM,
	  .shows = SAMPLED },
	{ "rss_bytes", "RSS", "KiB", &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM,
	  .shows = EVERYWHERE },
	{ "peak_rss_bytes", "Peak RSS", "KiB", &field_bytes, SAMPLE(peak_rss_bytes),
	  TM_VALID_PEAK_RSS, .shows = SAMPLED },
	{ "swap_bytes", "Swap", "KiB", &field_bytes, SAMPLE(swap_bytes), TM_VALID_MEM,
	  .shows = SAMPLED },
	{ "min_flt", "minflt", NULL, &field_number, SAMPLE(min_flt), TM_VALID_FAULTS,
	  .shows = SAMPLED },
	{ "maj_flt", "majflt", NULL, &field_number, SAMPLE(maj_flt), TM_VALID_FAULTS,
	  .shows = SAMPLED },
	{ "nvcsw", "cswch", NULL, &field_number, SAMPLE(nvcsw), TM_VALID_SWITCHES,
	  .shows = SAMPLED },
	{ "nivcsw", "nvcswch", NULL, &field_number, SAMPLE(nivcsw), TM_VALID_SWITCHES,
	  .shows = SAMPLED },
	{ "read_bytes", "Read", "KiB", &field_bytes, SAMPLE(read_bytes), TM_VALID_IO_BYTES,
	  .shows = SAMPLED },
	{ "write_bytes", "Written", "KiB", &field_bytes, SAMPLE(write_bytes), TM_VALID_IO_BYTES,
	  .shows = SAMPLED },
	{ "rchar_bytes", "Read calls", "KiB", &field_bytes, SAMPLE(rchar_bytes),
	  TM_VALID_IO_CHARS, .shows = SAMPLED },
	{ "wchar_bytes", "Write calls", "KiB", &field_bytes, SAMPLE(wchar_bytes),
	  TM_VALID_IO_CHARS, .shows = SAMPLED },
	{ "cgroup_id", "Cgroup", NULL, &field_number, SAMPLE(cgroup_id), TM_VALID_CGROUP,
	  .shows = SAMPLED },

	{ "window_samples", "Window", "samples", &field_number, SAMPLE(window_samples),
	  TM_VALID_WINDOW, .shows = SAMPLED },
	{ "cpu_min_ppm", "%CPU least", NULL, &field_ppm, SAMPLE(cpu_min_ppm), TM_VALID_WINDOW,
	  .shows = SAMPLED },
	{ "cpu_avg_ppm", "%CPU average", NULL, &field_ppm, SAMPLE(cpu_avg_ppm), TM_VALID_WINDOW,
	  .shows = SAMPLED },
	{ "cpu_max_ppm", "%CPU greatest", NULL, &field_ppm, SAMPLE(cpu_max_ppm), TM_VALID_WINDOW,
	  .shows = SAMPLED },
	{ "rss_min_bytes", "RSS least", "KiB", &field_bytes, SAMPLE(rss_min_bytes),
	  TM_VALID_WINDOW, .shows = SAMPLED },
	{ "rss_avg_bytes", "RSS average", "KiB", &field_bytes, SAMPLE(rss_avg_bytes),
	  TM_VALID_WINDOW, .shows = SAMPLED },
	{ "rss_max_bytes", "RSS greatest", "KiB", &field_bytes, SAMPLE(rss_max_bytes),
	  TM_VALID_WINDOW, .shows = SAMPLED },

	{ "as_of_tick", "As of last tick", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD,
	  TM_SAMPLE_CPU_AS_OF_TICK, .shows = SAMPLED },
	{ "rss_coarse", "RSS is coarse", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD,
	  TM_SAMPLE_RSS_COARSE, .shows = SAMPLED },
	{ "thread", "One thread", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD,
	  TM_SAMPLE_THREAD, .shows = SAMPLED },
	{ "exited", "Exited", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_EXITED,
	  .shows = SAMPLED },
	{ "exit_code", "Exit code", NULL, &field_signed, SAMPLE(exit_code), TM_VALID_EXIT,
	  .shows = SAMPLED },
	{ "exit_time_ns", "Exited at", "s", &field_seconds, SAMPLE(exit_time_ns), TM_VALID_EXIT,
	  .shows = SAMPLED },
	/* Last: the one column of the table that may be of any width. */
	{ "comm", "Command", NULL, &field_name, SAMPLE(comm), HAVE_RECORD, .shows = EVERYWHERE },
};

static const char *const schemas[] = {
	[VIEW_GET] = "taskmonitor.sample/1",
	[VIEW_WATCH] = "taskmonitor.sample/1",
	[VIEW_AVERAGE] = "taskmonitor.average/1",
};

static uint64_t known_in(const struct row *row)
{
	uint64_t known = row->sample.valid & ~HAVE_OURS;

	if (row->sample.time_ns)
		known |= HAVE_RECORD;
	if (row->rates.duration_ns)
		known |= HAVE_DURATION;
	if (row->rates.cpu_known)
		known |= HAVE_CPU_RATE;
	if (row->rates.wait_known)
		known |= HAVE_WAIT_RATE;
	return known;
}

void columns_print_json(const struct row *row, enum view view)
{
	uint64_t known = known_in(row);
	struct json json;
	size_t i;

	json_begin(&json, stdout, schemas[view]);
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].shows & view)
			field_to_json(&columns[i], row, known, &json);
	}
	json_end(&json);
}

void columns_print_lines(const struct row *row, enum view view)
{
	uint64_t known = known_in(row);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].shows & view)
			field_print_line(&columns[i], row, known);
	}
}

static void print_cell(const struct field *column, const char *text)
{
	if (column->type == &field_name)
		printf("  %s", text);
	else
		printf(" %9s", text);
}

static void print_first(const char *first)
{
	printf("%-12s", first);
}

void columns_print_header(const char *first)
{
	size_t i;

	print_first(first);
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].shows & VIEW_TABLE)
			print_cell(&columns[i], columns[i].heading);
	}
	putchar('\n');
}

void columns_print_row(const struct row *row, const char *first)
{
	uint64_t known = known_in(row);
	size_t i;

	print_first(first);
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		char text[FIELD_TEXT_MAX];

		if (!(columns[i].shows & VIEW_TABLE))
			continue;
		field_to_text(&columns[i], row, known, text);
		print_cell(&columns[i], text);
	}
	putchar('\n');
}
