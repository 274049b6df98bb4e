// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

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
#define HAVE_FAULT_RATE	(1ULL << 59)
#define HAVE_SWITCH_RATE (1ULL << 58)
#define HAVE_IO_RATE	(1ULL << 57)
#define HAVE_SHARE	(1ULL << 56)	/* of all memory */
#define HAVE_OURS	(~0ULL << 56)

#define SAMPLE(member)	FIELD_AT(struct row, sample.member)
#define RATE(member)	FIELD_AT(struct row, rates.member)

#define SAMPLED		(VIEW_GET | VIEW_WATCH)
#define WATCHED		(VIEW_WATCH | VIEW_AVERAGE)
#define TABLES		(VIEW_CPU | VIEW_MEMORY | VIEW_IO | VIEW_SWITCHES | VIEW_LIST)

/*
 * In the order of printing. Keys stay for ever; headings are pidstat's where it
 * has one. No two of them are one figure but pid and tid.
 */
static const struct table_column columns[] = {
	{ { "realtime_ns", "Time", NULL, &field_wallclock, FIELD_AT(struct row, realtime_ns),
	    .shows = VIEW_GET | WATCHED }, 25 },
	{ { "time_ns", "Monotonic", "s", &field_seconds, SAMPLE(time_ns), .zero_unknown = true,
	    .shows = VIEW_GET | WATCHED }, 17 },
	{ { "rows", "Rows", NULL, &field_number, FIELD_AT(struct row, rows),
	    .shows = VIEW_AVERAGE }, 9 },
	{ { "duration_ns", "Duration", "s", &field_seconds, RATE(duration_ns), HAVE_DURATION,
	    .shows = WATCHED }, 17 },
	{ { "seq", "Number", NULL, &field_number, SAMPLE(seq), .zero_unknown = true,
	    .shows = SAMPLED }, 9 },
	{ { "uid", "UID", NULL, &field_number, SAMPLE(uid), HAVE_RECORD,
	    .shows = SAMPLED | TABLES }, 6 },
	{ { "pid", "PID", NULL, &field_signed, SAMPLE(pid), .zero_unknown = true,
	    .shows = SAMPLED | VIEW_AVERAGE | TABLES }, 8 },
	{ { "tgid", "TGID", NULL, &field_signed, SAMPLE(tgid), .zero_unknown = true,
	    .shows = SAMPLED | VIEW_THREADS }, 8 },
	/* What pid is called where threads have rows of their own. */
	{ { "tid", "TID", NULL, &field_signed, SAMPLE(pid), .zero_unknown = true,
	    .shows = VIEW_THREADS }, 8 },
	{ { "ppid", "PPID", NULL, &field_signed, SAMPLE(ppid), .zero_unknown = true,
	    .shows = SAMPLED | VIEW_LIST }, 8 },
	{ { "start_time_ns", "Started", "s after boot", &field_seconds, SAMPLE(start_time_ns),
	    .zero_unknown = true, .shows = VIEW_GET | WATCHED }, 17 },
	{ { "state", "State", NULL, &field_letter, SAMPLE(state), .zero_unknown = true,
	    .shows = SAMPLED | VIEW_LIST }, 6 },
	{ { "threads", "Threads", NULL, &field_number, SAMPLE(threads), HAVE_RECORD,
	    .shows = SAMPLED | VIEW_LIST }, 8 },
	{ { "usr_percent", "%usr", NULL, &field_percent, RATE(usr), HAVE_CPU_RATE,
	    .shows = WATCHED | VIEW_CPU }, 8 },
	{ { "sys_percent", "%system", NULL, &field_percent, RATE(sys), HAVE_CPU_RATE,
	    .shows = WATCHED | VIEW_CPU }, 8 },
	{ { "wait_percent", "%wait", NULL, &field_percent, RATE(wait), HAVE_WAIT_RATE,
	    .shows = WATCHED | VIEW_CPU }, 8 },
	{ { "cpu_percent", "%CPU", NULL, &field_percent, RATE(cpu), HAVE_CPU_RATE,
	    .shows = WATCHED | VIEW_CPU }, 8 },
	{ { "cpu", "CPU", NULL, &field_number, SAMPLE(cpu), HAVE_RECORD,
	    .shows = SAMPLED | VIEW_CPU }, 4 },
	{ { "utime_ns", "usr", "s", &field_seconds, SAMPLE(utime), TM_VALID_CPU,
	    .shows = SAMPLED | VIEW_LIST }, 17 },
	{ { "stime_ns", "sys", "s", &field_seconds, SAMPLE(stime), TM_VALID_CPU,
	    .shows = SAMPLED | VIEW_LIST }, 17 },
	{ { "run_delay_ns", "wait", "s", &field_seconds, SAMPLE(run_delay_ns), TM_VALID_RUN_DELAY,
	    .shows = SAMPLED }, 17 },
	{ { "vsize_bytes", "VSZ", "KiB", &field_bytes, SAMPLE(vsize_bytes), TM_VALID_MEM,
	    .shows = SAMPLED | VIEW_MEMORY | VIEW_LIST }, 9 },
	{ { "rss_bytes", "RSS", "KiB", &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM,
	    .shows = SAMPLED | VIEW_AVERAGE | VIEW_CPU | VIEW_MEMORY | VIEW_LIST }, 9 },
	{ { "mem_percent", "%MEM", NULL, &field_percent, FIELD_AT(struct row, mem_percent), HAVE_SHARE,
	    .shows = WATCHED | VIEW_MEMORY | VIEW_LIST }, 7 },
	{ { "peak_rss_bytes", "Peak RSS", "KiB", &field_bytes, SAMPLE(peak_rss_bytes), TM_VALID_PEAK_RSS,
	    .shows = SAMPLED | VIEW_LIST }, 10 },
	{ { "swap_bytes", "Swap", "KiB", &field_bytes, SAMPLE(swap_bytes), TM_VALID_MEM,
	    .shows = SAMPLED | VIEW_MEMORY }, 9 },
	{ { "min_flt", "minflt", NULL, &field_number, SAMPLE(min_flt), TM_VALID_FAULTS,
	    .shows = SAMPLED }, 9 },
	{ { "maj_flt", "majflt", NULL, &field_number, SAMPLE(maj_flt), TM_VALID_FAULTS,
	    .shows = SAMPLED }, 9 },
	{ { "min_flt_per_s", "minflt/s", NULL, &field_percent, RATE(min_flt), HAVE_FAULT_RATE,
	    .shows = WATCHED | VIEW_MEMORY }, 9 },
	{ { "maj_flt_per_s", "majflt/s", NULL, &field_percent, RATE(maj_flt), HAVE_FAULT_RATE,
	    .shows = WATCHED | VIEW_MEMORY }, 9 },
	{ { "nvcsw", "cswch", NULL, &field_number, SAMPLE(nvcsw), TM_VALID_SWITCHES,
	    .shows = SAMPLED }, 9 },
	{ { "nivcsw", "nvcswch", NULL, &field_number, SAMPLE(nivcsw), TM_VALID_SWITCHES,
	    .shows = SAMPLED }, 9 },
	{ { "nvcsw_per_s", "cswch/s", NULL, &field_percent, RATE(nvcsw), HAVE_SWITCH_RATE,
	    .shows = WATCHED | VIEW_SWITCHES }, 9 },
	{ { "nivcsw_per_s", "nvcswch/s", NULL, &field_percent, RATE(nivcsw), HAVE_SWITCH_RATE,
	    .shows = WATCHED | VIEW_SWITCHES }, 10 },
	{ { "read_bytes", "Read", "KiB", &field_bytes, SAMPLE(read_bytes), TM_VALID_IO_BYTES,
	    .shows = SAMPLED }, 9 },
	{ { "write_bytes", "Written", "KiB", &field_bytes, SAMPLE(write_bytes), TM_VALID_IO_BYTES,
	    .shows = SAMPLED }, 9 },
	{ { "read_bytes_per_s", "kB_rd/s", NULL, &field_rate_bytes, RATE(read), HAVE_IO_RATE,
	    .shows = WATCHED | VIEW_IO }, 10 },
	{ { "write_bytes_per_s", "kB_wr/s", NULL, &field_rate_bytes, RATE(write), HAVE_IO_RATE,
	    .shows = WATCHED | VIEW_IO }, 10 },
	{ { "rchar_bytes", "Read calls", "KiB", &field_bytes, SAMPLE(rchar_bytes), TM_VALID_IO_CHARS,
	    .shows = SAMPLED }, 11 },
	{ { "wchar_bytes", "Write calls", "KiB", &field_bytes, SAMPLE(wchar_bytes), TM_VALID_IO_CHARS,
	    .shows = SAMPLED }, 12 },
	{ { "cgroup_id", "Cgroup", NULL, &field_number, SAMPLE(cgroup_id), TM_VALID_CGROUP,
	    .shows = SAMPLED }, 20 },
	{ { "window_samples", "Window", "samples", &field_number, SAMPLE(window_samples), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 8 },
	{ { "cpu_min_ppm", "%CPU least", NULL, &field_ppm, SAMPLE(cpu_min_ppm), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 12 },
	{ { "cpu_avg_ppm", "%CPU average", NULL, &field_ppm, SAMPLE(cpu_avg_ppm), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 13 },
	{ { "cpu_max_ppm", "%CPU greatest", NULL, &field_ppm, SAMPLE(cpu_max_ppm), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 14 },
	{ { "rss_min_bytes", "RSS least", "KiB", &field_bytes, SAMPLE(rss_min_bytes), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 10 },
	{ { "rss_avg_bytes", "RSS average", "KiB", &field_bytes, SAMPLE(rss_avg_bytes), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 12 },
	{ { "rss_max_bytes", "RSS greatest", "KiB", &field_bytes, SAMPLE(rss_max_bytes), TM_VALID_WINDOW,
	    .shows = SAMPLED }, 13 },
	{ { "as_of_tick", "As of last tick", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_CPU_AS_OF_TICK,
	    .shows = SAMPLED }, 16 },
	{ { "rss_coarse", "RSS is coarse", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_RSS_COARSE,
	    .shows = SAMPLED }, 14 },
	{ { "thread", "One thread", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_THREAD,
	    .shows = SAMPLED }, 11 },
	{ { "exited", "Exited", NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_EXITED,
	    .shows = SAMPLED }, 9 },
	{ { "exit_code", "Exit code", NULL, &field_signed, SAMPLE(exit_code), TM_VALID_EXIT,
	    .shows = SAMPLED }, 10 },
	{ { "exit_time_ns", "Exited at", "s", &field_seconds, SAMPLE(exit_time_ns), TM_VALID_EXIT,
	    .shows = SAMPLED }, 17 },
	/* Last: the one column of the table that may be of any width. */
	{ { "comm", "Command", NULL, &field_name, SAMPLE(comm), HAVE_RECORD,
	    .shows = SAMPLED | VIEW_AVERAGE | TABLES }, -1 },
};

static const char *const schemas[] = {
	[VIEW_GET] = "taskmonitor.sample/1",
	[VIEW_WATCH] = "taskmonitor.sample/1",
	[VIEW_AVERAGE] = "taskmonitor.average/1",
};

static uint64_t known_in(const struct row *row)
{
	const struct rates *rates = &row->rates;
	uint64_t known = row->sample.valid & ~HAVE_OURS;

	if (row->sample.time_ns)
		known |= HAVE_RECORD;
	if (rates->duration_ns)
		known |= HAVE_DURATION;
	if (rates->cpu_known)
		known |= HAVE_CPU_RATE;
	if (rates->wait_known)
		known |= HAVE_WAIT_RATE;
	if (rates->faults_known)
		known |= HAVE_FAULT_RATE;
	if (rates->switches_known)
		known |= HAVE_SWITCH_RATE;
	if (rates->io_known)
		known |= HAVE_IO_RATE;
	if (row->mem_known)
		known |= HAVE_SHARE;
	return known;
}

static void take(struct column_set *set, size_t i)
{
	if (set->table.n < COLUMNS_MAX)
		set->columns[set->table.n++] = columns[i];
}

static void set_begin(struct column_set *set, enum view machine)
{
	memset(&set->table, 0, sizeof(set->table));
	set->table.schema = schemas[machine];
	set->table.csv_unknown = "";
	set->table.columns = set->columns;
}

void columns_of_view(struct column_set *set, unsigned int views, enum view machine)
{
	size_t i;

	_Static_assert(ARRAY_SIZE(columns) <= COLUMNS_MAX, "room for all");
	set_begin(set, machine);
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		/* The same figure under two names. */
		if (views & VIEW_THREADS && !strcmp(columns[i].field.key, "pid"))
			continue;
		if (columns[i].field.shows & views)
			take(set, i);
	}
}

/* Return: whether there is a column of that key. */
static bool take_key(struct column_set *set, const char *key, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (strlen(columns[i].field.key) == length &&
		    !memcmp(columns[i].field.key, key, length)) {
			take(set, i);
			return true;
		}
	}
	return false;
}

int columns_of_keys(struct column_set *set, const char *keys, enum view machine,
		    const char **wrong, size_t *wrong_length)
{
	set_begin(set, machine);
	for (;;) {
		size_t length = strcspn(keys, ",");

		if (!take_key(set, keys, length)) {
			*wrong = keys;
			*wrong_length = length;
			return -EINVAL;
		}
		keys += length;
		if (!*keys++)
			return 0;
	}
}

void columns_print_keys(void)
{
	size_t i;

	printf("Columns for -o, by their keys (as in JSON) and headings:\n");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		printf("  %-20s %s\n", columns[i].field.key, columns[i].field.heading);
	putchar('\n');
}

void columns_print(const struct column_set *set, enum table_format format, const struct row *row)
{
	table_print_row(stdout, &set->table, format, row, known_in(row));
}

void columns_print_lines(const struct row *row, enum view view)
{
	uint64_t known = known_in(row);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].field.shows & view)
			field_print_line(&columns[i].field, row, known);
	}
}
