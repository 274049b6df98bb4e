// SPDX-License-Identifier: GPL-2.0-only
#include "format.h"

/*
 * A process's samples stand together and in their order: what it did is read in
 * one go, and its oldest ones are cut off at one end.
 */
const char recording_tables[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE process("
	"	id INTEGER PRIMARY KEY,"
	"	pid INTEGER NOT NULL,"
	"	start_time_ns INTEGER NOT NULL,"
	"	tgid INTEGER,"
	"	ppid INTEGER,"
	"	parent INTEGER REFERENCES process(id),"
	"	uid INTEGER,"
	"	comm TEXT,"
	"	thread INTEGER NOT NULL DEFAULT 0,"
	"	first_ns INTEGER NOT NULL,"
	"	last_ns INTEGER NOT NULL,"
	"	exit_time_ns INTEGER,"
	"	exit_code INTEGER,"
	"	final INTEGER NOT NULL DEFAULT 0,"
	"	UNIQUE(pid, start_time_ns, thread));"
	"CREATE TABLE sample("
	"	process INTEGER NOT NULL REFERENCES process(id),"
	"	time_ns INTEGER NOT NULL,"
	"	seq INTEGER NOT NULL,"
	"	kind INTEGER NOT NULL,"
	"	state TEXT,"
	"	cpu INTEGER,"
	"	threads INTEGER,"
	"	utime_ns, stime_ns, run_delay_ns,"
	"	vsize_bytes, rss_bytes, peak_rss_bytes, swap_bytes,"
	"	min_flt, maj_flt, nvcsw, nivcsw,"
	"	read_bytes, write_bytes, rchar_bytes, wchar_bytes,"
	"	cgroup_id,"
	"	flags,"
	"	comm TEXT,"
	"	PRIMARY KEY(process, seq)) WITHOUT ROWID;"
	"CREATE TABLE loss("
	"	time_ns INTEGER NOT NULL,"
	"	what TEXT NOT NULL,"
	"	count INTEGER NOT NULL);";

#define AT(member)	offsetof(struct task_sample, member)

const struct figure figures[FIGURE_COUNT] = {
	[FIGURE_UTIME] = { "utime_ns", AT(utime), TM_VALID_CPU, true },
	[FIGURE_STIME] = { "stime_ns", AT(stime), TM_VALID_CPU, true },
	[FIGURE_RUN_DELAY] = { "run_delay_ns", AT(run_delay_ns), TM_VALID_RUN_DELAY, true },
	[FIGURE_VSIZE] = { "vsize_bytes", AT(vsize_bytes), TM_VALID_MEM, false },
	[FIGURE_RSS] = { "rss_bytes", AT(rss_bytes), TM_VALID_MEM, false },
	[FIGURE_PEAK_RSS] = { "peak_rss_bytes", AT(peak_rss_bytes), TM_VALID_PEAK_RSS, false },
	[FIGURE_SWAP] = { "swap_bytes", AT(swap_bytes), TM_VALID_MEM, false },
	[FIGURE_MIN_FLT] = { "min_flt", AT(min_flt), TM_VALID_FAULTS, true },
	[FIGURE_MAJ_FLT] = { "maj_flt", AT(maj_flt), TM_VALID_FAULTS, true },
	[FIGURE_NVCSW] = { "nvcsw", AT(nvcsw), TM_VALID_SWITCHES, true },
	[FIGURE_NIVCSW] = { "nivcsw", AT(nivcsw), TM_VALID_SWITCHES, true },
	[FIGURE_READ] = { "read_bytes", AT(read_bytes), TM_VALID_IO_BYTES, true },
	[FIGURE_WRITE] = { "write_bytes", AT(write_bytes), TM_VALID_IO_BYTES, true },
	[FIGURE_RCHAR] = { "rchar_bytes", AT(rchar_bytes), TM_VALID_IO_CHARS, true },
	[FIGURE_WCHAR] = { "wchar_bytes", AT(wchar_bytes), TM_VALID_IO_CHARS, true },
	[FIGURE_CGROUP] = { "cgroup_id", AT(cgroup_id), TM_VALID_CGROUP, false },
};
