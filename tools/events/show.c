// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "kinds.h"
#include "outcome.h"
#include "output.h"
#include "show.h"

#define ROW_HAS_TIME	(1ULL << 62)
#define ROW_HAS_LOST	(1ULL << 61)
#define ROW_HAS_SESSION	(1ULL << 60)

/**
 * struct row - an event as it is shown
 * @event: the event
 * @name: what it is called
 * @note: what else people should see, or NULL
 * @where: of what was lost: "module", or "listener" if it was we who had no room
 * @wall_ns: the time of day at which it happened
 * @what: the threshold's figure
 * @below: the figure has come back
 */
struct row {
	struct event event;
	const char *name;
	const char *note;
	const char *where;
	const char *what;
	uint64_t wall_ns;
	uint32_t below;
};

#define SAMPLE(member)	FIELD_AT(struct row, event.sample.member)
#define EVENT(member)	FIELD_AT(struct row, event.member)
#define ROW(member)	FIELD_AT(struct row, member)
#define TASK		EVENT_HAS_TASK

static const struct table_column columns[] = {
	{ { "realtime_ns", "TIME", NULL, &field_wallclock, ROW(wall_ns), ROW_HAS_TIME }, 23 },
	{ { "event", "EVENT", NULL, &field_string, ROW(name) }, -9 },
	{ { "number", NULL, NULL, &field_number, EVENT(number) }, 0 },
	{ { "lost", NULL, NULL, &field_number, EVENT(lost), ROW_HAS_LOST }, 0 },
	{ { "where", NULL, NULL, &field_string, ROW(where), ROW_HAS_LOST }, 0 },
	{ { "session", "SESSION", NULL, &field_number, EVENT(session), ROW_HAS_SESSION }, 7 },
	{ { "seq", NULL, NULL, &field_number, SAMPLE(seq), ROW_HAS_SESSION }, 0 },
	{ { "time_ns", NULL, NULL, &field_seconds, SAMPLE(time_ns), ROW_HAS_TIME }, 0 },
	{ { "pid", "PID", NULL, &field_signed, SAMPLE(pid), ROW_HAS_SESSION }, 7 },
	{ { "start_time_ns", NULL, NULL, &field_seconds, SAMPLE(start_time_ns), TASK }, 0 },
	{ { "tgid", NULL, NULL, &field_signed, SAMPLE(tgid), .zero_unknown = true }, 0 },
	{ { "ppid", "PPID", NULL, &field_signed, SAMPLE(ppid), .zero_unknown = true }, 7 },
	{ { "uid", "UID", NULL, &field_number, SAMPLE(uid), TASK }, 5 },
	{ { "threads", NULL, NULL, &field_number, SAMPLE(threads), TASK }, 0 },
	{ { "cpu", NULL, NULL, &field_number, SAMPLE(cpu), TASK }, 0 },
	{ { "utime_ns", "USER", NULL, &field_micros, SAMPLE(utime), TM_VALID_CPU }, 13 },
	{ { "stime_ns", "SYSTEM", NULL, &field_micros, SAMPLE(stime), TM_VALID_CPU }, 13 },
	{ { "vsize_bytes", NULL, NULL, &field_bytes, SAMPLE(vsize_bytes), TM_VALID_MEM }, 0 },
	{ { "rss_bytes", NULL, NULL, &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM }, 0 },
	{ { "peak_rss_bytes", "PEAK KiB", NULL, &field_bytes, SAMPLE(peak_rss_bytes),
	    TM_VALID_PEAK_RSS }, 10 },
	{ { "swap_bytes", NULL, NULL, &field_bytes, SAMPLE(swap_bytes), TM_VALID_MEM }, 0 },
	{ { "min_flt", NULL, NULL, &field_number, SAMPLE(min_flt), TM_VALID_FAULTS }, 0 },
	{ { "maj_flt", NULL, NULL, &field_number, SAMPLE(maj_flt), TM_VALID_FAULTS }, 0 },
	{ { "nvcsw", NULL, NULL, &field_number, SAMPLE(nvcsw), TM_VALID_SWITCHES }, 0 },
	{ { "nivcsw", NULL, NULL, &field_number, SAMPLE(nivcsw), TM_VALID_SWITCHES }, 0 },
	{ { "run_delay_ns", NULL, NULL, &field_seconds, SAMPLE(run_delay_ns),
	    TM_VALID_RUN_DELAY }, 0 },
	{ { "read_bytes", NULL, NULL, &field_bytes, SAMPLE(read_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "write_bytes", NULL, NULL, &field_bytes, SAMPLE(write_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "rchar_bytes", NULL, NULL, &field_bytes, SAMPLE(rchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "wchar_bytes", NULL, NULL, &field_bytes, SAMPLE(wchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "cgroup_id", NULL, NULL, &field_number, SAMPLE(cgroup_id), TM_VALID_CGROUP }, 0 },
	{ { "exit_code", "ENDED", NULL, &field_outcome, SAMPLE(exit_code), TM_VALID_EXIT }, 9 },
	{ { "exit_status", NULL, NULL, &field_exit_status, SAMPLE(exit_code), TM_VALID_EXIT }, 0 },
	{ { "term_signal", NULL, NULL, &field_term_signal, SAMPLE(exit_code), TM_VALID_EXIT }, 0 },
	{ { "exit_time_ns", NULL, NULL, &field_seconds, SAMPLE(exit_time_ns), TM_VALID_EXIT }, 0 },
	{ { "threshold_id", NULL, NULL, &field_number, SAMPLE(threshold_id), TM_VALID_THRESHOLD }, 0 },
	{ { "threshold", NULL, NULL, &field_string, ROW(what), TM_VALID_THRESHOLD }, 0 },
	{ { "value", NULL, NULL, &field_number, SAMPLE(threshold_value), TM_VALID_THRESHOLD }, 0 },
	{ { "bound", NULL, NULL, &field_number, SAMPLE(threshold_bound), TM_VALID_THRESHOLD }, 0 },
	{ { "since_ns", NULL, NULL, &field_seconds, SAMPLE(threshold_since_ns),
	    TM_VALID_THRESHOLD }, 0 },
	{ { "below", NULL, NULL, &field_flag, ROW(below), TM_VALID_THRESHOLD, .mask = 1 }, 0 },
	{ { "comm", "NAME", NULL, &field_name, SAMPLE(comm), TASK }, -TM_COMM_LEN },
};

static const struct table table = {
	.schema = "taskmonitor.event/1",
	.csv_unknown = "",
	.columns = columns,
	.n = ARRAY_SIZE(columns),
};

void show_header(enum table_format format)
{
	table_print_header(stdout, &table, format);
	output_flush();
}

static const char *figure_name(uint32_t what)
{
	static const char *const names[] = {
		[TM_THRESHOLD_RSS] = "rss",
		[TM_THRESHOLD_CPU] = "cpu",
		[TM_THRESHOLD_RUN_DELAY] = "run_delay",
		[TM_THRESHOLD_THREADS] = "threads",
		[TM_THRESHOLD_EXIT] = "exit",
	};

	return what < ARRAY_SIZE(names) && names[what] ? names[what] : "other";
}

/* The time of day of a time of CLOCK_MONOTONIC: by what the clocks are apart now. */
static uint64_t wall_of(uint64_t time_ns)
{
	return time_ns + (clock_realtime_ns() - clock_monotonic_ns());
}

static void show(enum table_format format, struct row *row)
{
	uint64_t known = row->event.known;

	if (row->event.sample.time_ns)
		known |= ROW_HAS_TIME;
	if (row->event.sample.kind == TM_KIND_LOST)
		known |= ROW_HAS_LOST;
	else
		known |= ROW_HAS_SESSION;
	table_print_row(stdout, &table, format, row, known);
	output_flush();
}

/* For people a sentence: a row could not hold it. */
static void show_lost(enum table_format format, struct row *row)
{
	row->event.sample.kind = TM_KIND_LOST;
	row->name = kind_name(TM_KIND_LOST);
	if (format != TABLE_TEXT) {
		show(format, row);
		return;
	}
	printf("%23s  lost: %" PRIu64 " events, %s\n", "-", row->event.lost,
	       strcmp(row->where, "module") ? "for want of room here (see --buffer)" :
					      "before they could be sent");
	output_flush();
}

static void show_threshold(const struct row *row)
{
	const struct task_sample *s = &row->event.sample;

	printf("%23s  threshold %" PRIu32 ": %s %" PRIu64 " %s %" PRIu64 "\n", "", s->threshold_id,
	       row->what, (uint64_t)s->threshold_value, row->below ? "is back from above" : "is above",
	       (uint64_t)s->threshold_bound);
	output_flush();
}

void show_event(enum table_format format, const struct event *event)
{
	struct row row = {
		.event = *event,
		.name = kind_name(event->sample.kind),
		.where = "module",
		.what = figure_name(event->sample.threshold_what),
		.wall_ns = wall_of(event->sample.time_ns),
		.below = !!(event->sample.flags & TM_SAMPLE_BELOW),
	};

	if (event->sample.kind == TM_KIND_LOST) {
		show_lost(format, &row);
		return;
	}
	show(format, &row);
	if (format == TABLE_TEXT && event->known & TM_VALID_THRESHOLD &&
	    event->sample.threshold_what != TM_THRESHOLD_EXIT)
		show_threshold(&row);
}

void show_missed(enum table_format format, uint64_t missed, uint64_t number)
{
	struct row row = {
		.event = { .number = number, .lost = missed },
		.where = "listener",
	};

	show_lost(format, &row);
}
