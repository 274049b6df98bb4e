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

#define FIGURE(name, member, needs)	{ name, offsetof(struct task_sample, member), needs }

const struct figure figures[FIGURE_COUNT] = {
	FIGURE("utime_ns", utime, TM_VALID_CPU),
	FIGURE("stime_ns", stime, TM_VALID_CPU),
	FIGURE("run_delay_ns", run_delay_ns, TM_VALID_RUN_DELAY),
	FIGURE("vsize_bytes", vsize_bytes, TM_VALID_MEM),
	FIGURE("rss_bytes", rss_bytes, TM_VALID_MEM),
	FIGURE("peak_rss_bytes", peak_rss_bytes, TM_VALID_PEAK_RSS),
	FIGURE("swap_bytes", swap_bytes, TM_VALID_MEM),
	FIGURE("min_flt", min_flt, TM_VALID_FAULTS),
	FIGURE("maj_flt", maj_flt, TM_VALID_FAULTS),
	FIGURE("nvcsw", nvcsw, TM_VALID_SWITCHES),
	FIGURE("nivcsw", nivcsw, TM_VALID_SWITCHES),
	FIGURE("read_bytes", read_bytes, TM_VALID_IO_BYTES),
	FIGURE("write_bytes", write_bytes, TM_VALID_IO_BYTES),
	FIGURE("rchar_bytes", rchar_bytes, TM_VALID_IO_CHARS),
	FIGURE("wchar_bytes", wchar_bytes, TM_VALID_IO_CHARS),
	FIGURE("cgroup_id", cgroup_id, TM_VALID_CGROUP),
};
