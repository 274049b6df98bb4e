/* SPDX-License-Identifier: GPL-2.0-only */
/* The file of a recording: an SQLite database. tmctl-record(1) has its tables. */
#ifndef TMCTL_RECORDING_FORMAT_H
#define TMCTL_RECORDING_FORMAT_H

#include "figure.h"

#define RECORDING_APPLICATION_ID	0x746d7264	/* "tmrd" */
#define RECORDING_VERSION		1 /* user_version; a later one may mean anything */
#define RECORDING_SCHEMA		"taskmonitor.recording/1"

/* The statements that make its tables. */
extern const char recording_tables[];

/* The columns of table sample: the figures in their order, with those before and behind them. */
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

#endif /* TMCTL_RECORDING_FORMAT_H */
