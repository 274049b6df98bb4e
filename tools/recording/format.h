/* SPDX-License-Identifier: GPL-2.0-only */
/* The file of a recording: an SQLite database. tmctl-record(1) has its tables. */
#ifndef TMCTL_RECORDING_FORMAT_H
#define TMCTL_RECORDING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

#define RECORDING_APPLICATION_ID	0x746d7264	/* "tmrd" */
#define RECORDING_VERSION		1 /* user_version; a later one may mean anything */
#define RECORDING_SCHEMA		"taskmonitor.recording/1"

/* The statements that make its tables. */
extern const char recording_tables[];

/**
 * struct figure - a column of table sample that is a number of struct task_sample
 * @name: the column
 * @offset: where its 64 bits stand in the record
 * @needs: the bit of task_sample.valid that says it is known
 * @counter: a total so far
 */
struct figure {
	const char *name;
	size_t offset;
	uint64_t needs;
	bool counter;
};

/* In the order of the columns. */
enum figure_number {
	FIGURE_UTIME,
	FIGURE_STIME,
	FIGURE_RUN_DELAY,
	FIGURE_VSIZE,
	FIGURE_RSS,
	FIGURE_PEAK_RSS,
	FIGURE_SWAP,
	FIGURE_MIN_FLT,
	FIGURE_MAJ_FLT,
	FIGURE_NVCSW,
	FIGURE_NIVCSW,
	FIGURE_READ,
	FIGURE_WRITE,
	FIGURE_RCHAR,
	FIGURE_WCHAR,
	FIGURE_CGROUP,
	FIGURE_COUNT,
};

extern const struct figure figures[FIGURE_COUNT];

/* The columns of table sample in the order of figures, those before and behind them too. */
#define SAMPLE_COLUMNS \
	"process, time_ns, seq, kind, state, cpu, threads, utime_ns, stime_ns, run_delay_ns, " \
	"vsize_bytes, rss_bytes, peak_rss_bytes, swap_bytes, min_flt, maj_flt, nvcsw, nivcsw, " \
	"read_bytes, write_bytes, rchar_bytes, wchar_bytes, cgroup_id, flags, comm"

enum sample_column {
	SAMPLE_PROCESS,
	SAMPLE_TIME,
	SAMPLE_SEQ,
	SAMPLE_KIND,
	SAMPLE_STATE,
	SAMPLE_CPU,
	SAMPLE_THREADS,
	SAMPLE_FIGURES,
	SAMPLE_FLAGS = SAMPLE_FIGURES + FIGURE_COUNT,
	SAMPLE_COMM,
	SAMPLE_COLUMN_COUNT,
};

static inline uint64_t figure_get(const struct figure *figure, const struct task_sample *sample)
{
	return *(const __u64 *)((const char *)sample + figure->offset);
}

static inline void figure_set(const struct figure *figure, struct task_sample *sample,
			      uint64_t value)
{
	*(__u64 *)((char *)sample + figure->offset) = value;
}

#endif /* TMCTL_RECORDING_FORMAT_H */
