// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "export_formats.h"
#include "kinds.h"

/* Above the bits of TM_VALID_*. */
#define HAVE_RECORD	(UINT64_C(1) << 63)	/* the process may be looked into */
#define HAVE_UID	(UINT64_C(1) << 62)
#define HAVE_REALTIME	(UINT64_C(1) << 61)

/**
 * struct export_row - a sample, and what is known beside it
 * @realtime_ns: when it was taken, CLOCK_REALTIME
 * @offset_ns: the same, since the recording began
 * @kind: its kind, in a word
 */
struct export_row {
	struct task_sample sample;
	uint64_t realtime_ns;
	uint64_t offset_ns;
	const char *kind;
};

#define ROW(member)	FIELD_AT(struct export_row, member)
#define SAMPLE(member)	ROW(sample.member)

/* As in taskmonitor.sample/1, where a key is the same. */
static const struct table_column columns[] = {
	{ { "offset_ns", NULL, NULL, &field_number, ROW(offset_ns) }, 0 },
	{ { "realtime_ns", NULL, NULL, &field_number, ROW(realtime_ns), HAVE_REALTIME }, 0 },
	{ { "time_ns", NULL, NULL, &field_number, SAMPLE(time_ns) }, 0 },
	{ { "seq", NULL, NULL, &field_number, SAMPLE(seq), .zero_unknown = true }, 0 },
	{ { "kind", NULL, NULL, &field_string, ROW(kind) }, 0 },
	{ { "pid", NULL, NULL, &field_signed, SAMPLE(pid), .zero_unknown = true }, 0 },
	{ { "tgid", NULL, NULL, &field_signed, SAMPLE(tgid), .zero_unknown = true }, 0 },
	{ { "ppid", NULL, NULL, &field_signed, SAMPLE(ppid), .zero_unknown = true }, 0 },
	{ { "uid", NULL, NULL, &field_number, SAMPLE(uid), HAVE_UID }, 0 },
	{ { "start_time_ns", NULL, NULL, &field_number, SAMPLE(start_time_ns) }, 0 },
	{ { "state", NULL, NULL, &field_letter, SAMPLE(state), .zero_unknown = true }, 0 },
	{ { "threads", NULL, NULL, &field_number, SAMPLE(threads), HAVE_RECORD }, 0 },
	{ { "cpu", NULL, NULL, &field_number, SAMPLE(cpu), HAVE_RECORD }, 0 },
	{ { "utime_ns", NULL, NULL, &field_number, SAMPLE(utime), TM_VALID_CPU }, 0 },
	{ { "stime_ns", NULL, NULL, &field_number, SAMPLE(stime), TM_VALID_CPU }, 0 },
	{ { "run_delay_ns", NULL, NULL, &field_number, SAMPLE(run_delay_ns),
	    TM_VALID_RUN_DELAY }, 0 },
	{ { "vsize_bytes", NULL, NULL, &field_number, SAMPLE(vsize_bytes), TM_VALID_MEM }, 0 },
	{ { "rss_bytes", NULL, NULL, &field_number, SAMPLE(rss_bytes), TM_VALID_MEM }, 0 },
	{ { "peak_rss_bytes", NULL, NULL, &field_number, SAMPLE(peak_rss_bytes),
	    TM_VALID_PEAK_RSS }, 0 },
	{ { "swap_bytes", NULL, NULL, &field_number, SAMPLE(swap_bytes), TM_VALID_MEM }, 0 },
	{ { "min_flt", NULL, NULL, &field_number, SAMPLE(min_flt), TM_VALID_FAULTS }, 0 },
	{ { "maj_flt", NULL, NULL, &field_number, SAMPLE(maj_flt), TM_VALID_FAULTS }, 0 },
	{ { "nvcsw", NULL, NULL, &field_number, SAMPLE(nvcsw), TM_VALID_SWITCHES }, 0 },
	{ { "nivcsw", NULL, NULL, &field_number, SAMPLE(nivcsw), TM_VALID_SWITCHES }, 0 },
	{ { "read_bytes", NULL, NULL, &field_number, SAMPLE(read_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "write_bytes", NULL, NULL, &field_number, SAMPLE(write_bytes), TM_VALID_IO_BYTES }, 0 },
	{ { "rchar_bytes", NULL, NULL, &field_number, SAMPLE(rchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "wchar_bytes", NULL, NULL, &field_number, SAMPLE(wchar_bytes), TM_VALID_IO_CHARS }, 0 },
	{ { "cgroup_id", NULL, NULL, &field_number, SAMPLE(cgroup_id), TM_VALID_CGROUP }, 0 },
	{ { "as_of_tick", NULL, NULL, &field_flag, SAMPLE(flags), HAVE_RECORD,
	    TM_SAMPLE_CPU_AS_OF_TICK }, 0 },
	{ { "rss_coarse", NULL, NULL, &field_flag, SAMPLE(flags), HAVE_RECORD,
	    TM_SAMPLE_RSS_COARSE }, 0 },
	{ { "thread", NULL, NULL, &field_flag, SAMPLE(flags), HAVE_RECORD, TM_SAMPLE_THREAD }, 0 },
	{ { "exit_code", NULL, NULL, &field_signed, SAMPLE(exit_code), TM_VALID_EXIT }, 0 },
	{ { "exit_time_ns", NULL, NULL, &field_number, SAMPLE(exit_time_ns), TM_VALID_EXIT }, 0 },
	{ { "comm", NULL, NULL, &field_name, SAMPLE(comm) }, 0 },
};

static const struct table table = {
	"taskmonitor.record/1", "", columns, sizeof(columns) / sizeof(columns[0])
};

/**
 * struct export - one export
 * @reader: the recording
 * @out: where it goes
 * @format: how
 * @names: of each process, its name at this moment
 */
struct export {
	const struct reader *reader;
	FILE *out;
	enum table_format format;
	char (*names)[TM_COMM_LEN];
};

static void fill_exit(struct task_sample *sample, const struct process *process)
{
	if (!process->exit_known ||
	    (sample->kind != TM_KIND_EXITING && sample->kind != TM_KIND_EXIT))
		return;
	sample->exit_code = process->exit_code;
	sample->exit_time_ns = process->exit_time_ns;
	sample->valid |= TM_VALID_EXIT;
}

static bool export_row(size_t i, const struct task_sample *sample, void *arg)
{
	struct export *export = arg;
	const struct meta *meta = &export->reader->meta;
	const struct process *process = &export->reader->processes[i];
	struct export_row row = { .sample = *sample, .kind = kind_name(sample->kind) };
	bool told = !(sample->flags & TM_SAMPLE_DENIED);

	if (*sample->comm)
		memcpy(export->names[i], sample->comm, TM_COMM_LEN);
	memcpy(row.sample.comm, export->names[i], TM_COMM_LEN);
	row.offset_ns = sample->time_ns - meta->begin_ns;
	row.realtime_ns = meta->begin_realtime_ns + row.offset_ns;
	fill_exit(&row.sample, process);
	table_print_row(export->out, &table, export->format, &row,
			row.sample.valid | (told ? HAVE_RECORD : 0) |
			(process->uid_known ? HAVE_UID : 0) |
			(meta->begin_realtime_ns ? HAVE_REALTIME : 0));
	return !ferror(export->out);
}

int export_rows(struct reader *reader, FILE *out, enum table_format format)
{
	struct export export = { .reader = reader, .out = out, .format = format };
	size_t i;
	int err;

	export.names = calloc(reader->count + 1, sizeof(*export.names));
	if (!export.names)
		return SQLITE_NOMEM;
	for (i = 0; i < reader->count; i++)
		memcpy(export.names[i], reader->processes[i].comm, TM_COMM_LEN);
	table_print_header(out, &table, format);
	err = reader_each(reader, BY_TIME, export_row, &export);
	free(export.names);
	return err;
}
