// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "outcome.h"
#include "report_columns.h"
#include "report_rows.h"
#include "users.h"
#include "utf8.h"

/* --- how a figure is written --------------------------------------------------------- */

static uint64_t get(const struct field *field, const void *record)
{
	return *(const uint64_t *)((const char *)record + field->offset);
}

static void number_json(const struct field *field, const void *record, struct json *json)
{
	json_uint(json, field->key, get(field, record));
}

static void millis_text(const struct field *field, const void *record, char *buf)
{
	uint64_t ms = get(field, record) / NSEC_PER_MSEC;

	snprintf(buf, FIELD_TEXT_MAX, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

static const struct field_type field_millis = { millis_text, number_json };

static void offset_text(const struct field *field, const void *record, char *buf)
{
	int64_t ms = (int64_t)get(field, record) / (int64_t)NSEC_PER_MSEC;
	int64_t size = ms < 0 ? -ms : ms;

	snprintf(buf, FIELD_TEXT_MAX, "%s%" PRId64 ".%03" PRId64, ms < 0 ? "-" : "", size / 1000,
		 size % 1000);
}

static void offset_json(const struct field *field, const void *record, struct json *json)
{
	json_int(json, field->key, (int64_t)get(field, record));
}

static const struct field_type field_offset = { offset_text, offset_json };

#define USER_MAX	32

/* By the names of the machine where it is read; the number where there is none. */
static void user_text(const struct field *field, const void *record, char *buf)
{
	uint32_t uid = *(const uint32_t *)((const char *)record + field->offset);

	utf8_printable(user_name(uid), buf, USER_MAX);
}

static void user_json(const struct field *field, const void *record, struct json *json)
{
	json_uint(json, field->key, *(const uint32_t *)((const char *)record + field->offset));
}

static const struct field_type field_user = { user_text, user_json };

#define INDENT		2
#define DEPTH_MAX	30

static void command_text(const struct field *field, const void *record, char *buf)
{
	const struct report_row *row = record;
	uint32_t depth = row->depth < DEPTH_MAX ? row->depth : DEPTH_MAX;

	memset(buf, ' ', INDENT * depth);
	utf8_printable((const char *)record + field->offset, buf + INDENT * depth,
		       FIELD_TEXT_MAX - INDENT * depth);
}

static void command_json(const struct field *field, const void *record, struct json *json)
{
	const char *comm = (const char *)record + field->offset;

	json_string(json, field->key, comm, strnlen(comm, field->size));
}

static const struct field_type field_command = { command_text, command_json };

/* --- the columns ------------------------------------------------------------------------ */

#define ROW(member)	FIELD_AT(struct report_row, member)
#define USED(number)	ROW(used[number]), UINT64_C(1) << (number)

#define FIRST_COLUMNS									\
	{ { "pid", "PID", NULL, &field_signed, ROW(pid), .zero_unknown = true }, 7 },	\
	{ { "ppid", "PPID", NULL, &field_signed, ROW(ppid), .zero_unknown = true }, 8 }, \
	{ { "uid", "USER", NULL, &field_user, ROW(uid), KNOWN_UID }, -8 },		\
	{ { "start_time_ns", NULL, NULL, &field_number, ROW(start_time_ns) }, 0 },	\
	{ { "start_realtime_ns", NULL, NULL, &field_number, ROW(start_realtime_ns),	\
	    KNOWN_REALTIME }, 0 },							\
	{ { "thread", NULL, NULL, &field_flag, ROW(thread), .mask = 1 }, 0 },		\
	{ { "start_offset_ns", "START", NULL, &field_offset, ROW(start_offset_ns) }, 12 }, \
	{ { "elapsed_ns", "ELAPSED", NULL, &field_millis, ROW(elapsed_ns) }, 10 },	\
	{ { "utime_ns", "USR", NULL, &field_millis, USED(FIGURE_UTIME) }, 10 },		\
	{ { "stime_ns", "SYS", NULL, &field_millis, USED(FIGURE_STIME) }, 9 },		\
	{ { "cpu_ns", "CPU", NULL, &field_millis, ROW(cpu_ns), KNOWN_CPU }, 10 },	\
	{ { "cpu_percent", "%CPU", NULL, &field_percent, ROW(cpu_percent), KNOWN_PERCENT }, 8 }, \
	{ { "run_delay_ns", "WAIT", NULL, &field_millis, USED(FIGURE_RUN_DELAY) }, 9 },	\
	{ { "peak_rss_bytes", "PEAK-RSS", NULL, &field_bytes, ROW(peak_rss_bytes),	\
	    .zero_unknown = true }, 10 },						\
	{ { "min_flt", NULL, NULL, &field_number, USED(FIGURE_MIN_FLT) }, 0 },		\
	{ { "maj_flt", NULL, NULL, &field_number, USED(FIGURE_MAJ_FLT) }, 0 },		\
	{ { "nvcsw", NULL, NULL, &field_number, USED(FIGURE_NVCSW) }, 0 },		\
	{ { "nivcsw", NULL, NULL, &field_number, USED(FIGURE_NIVCSW) }, 0 },		\
	{ { "read_bytes", "READ", NULL, &field_bytes, USED(FIGURE_READ) }, 9 },		\
	{ { "write_bytes", "WRITTEN", NULL, &field_bytes, USED(FIGURE_WRITE) }, 9 },	\
	{ { "rchar_bytes", NULL, NULL, &field_bytes, USED(FIGURE_RCHAR) }, 0 },		\
	{ { "wchar_bytes", NULL, NULL, &field_bytes, USED(FIGURE_WCHAR) }, 0 }

#define TREE_COLUMNS(width)								\
	{ { "tree_cpu_ns", "TREE-CPU", NULL, &field_millis, ROW(tree_cpu_ns), KNOWN_TREE_CPU }, \
	  10 * (width) },								\
	{ { "tree_io_bytes", "TREE-IO", NULL, &field_bytes, ROW(tree_io_bytes), KNOWN_TREE_IO }, \
	  9 * (width) },								\
	{ { "tree_processes", "TREE", NULL, &field_number, ROW(tree_processes) }, 6 * (width) }, \
	{ { "depth", NULL, NULL, &field_number, ROW(depth) }, 0 }

#define LAST_COLUMNS									\
	{ { "exit_code", "EXIT", NULL, &field_outcome, ROW(exit_code), KNOWN_EXIT }, -8 }, \
	{ { "exit_status", NULL, NULL, &field_exit_status, ROW(exit_code), KNOWN_EXIT }, 0 }, \
	{ { "term_signal", NULL, NULL, &field_term_signal, ROW(exit_code), KNOWN_EXIT }, 0 }, \
	{ { "final", NULL, NULL, &field_flag, ROW(final), .mask = 1 }, 0 }

/* The last column of text may be of any width. */
static const struct table_column flat_columns[] = {
	FIRST_COLUMNS,
	TREE_COLUMNS(0),
	LAST_COLUMNS,
	{ { "comm", "COMMAND", NULL, &field_name, ROW(comm) }, -1 },
};

static const struct table_column tree_columns[] = {
	FIRST_COLUMNS,
	TREE_COLUMNS(1),
	LAST_COLUMNS,
	{ { "comm", "COMMAND", NULL, &field_command, ROW(comm) }, -1 },
};

const struct table report_table = {
	"taskmonitor.report/1", "", flat_columns, ARRAY_SIZE(flat_columns)
};
const struct table report_tree_table = {
	"taskmonitor.report/1", "", tree_columns, ARRAY_SIZE(tree_columns)
};
