-- SPDX-License-Identifier: GPL-2.0-only
-- An empty recording, as tmctl record makes them: for tests that fill it by hand.
PRAGMA application_id = 0x746d7264;
PRAGMA user_version = 1;
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE process(id INTEGER PRIMARY KEY, pid INTEGER NOT NULL,
	start_time_ns INTEGER NOT NULL, tgid INTEGER, ppid INTEGER,
	parent INTEGER REFERENCES process(id), uid INTEGER, comm TEXT,
	thread INTEGER NOT NULL DEFAULT 0, first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
	exit_time_ns INTEGER, exit_code INTEGER, final INTEGER NOT NULL DEFAULT 0,
	UNIQUE(pid, start_time_ns, thread));
CREATE TABLE sample(process INTEGER NOT NULL REFERENCES process(id), time_ns INTEGER NOT NULL,
	seq INTEGER NOT NULL, kind INTEGER NOT NULL, state TEXT, cpu INTEGER, threads INTEGER,
	utime_ns, stime_ns, run_delay_ns, vsize_bytes, rss_bytes, peak_rss_bytes, swap_bytes,
	min_flt, maj_flt, nvcsw, nivcsw, read_bytes, write_bytes, rchar_bytes, wchar_bytes,
	cgroup_id, flags, comm TEXT, PRIMARY KEY(process, seq)) WITHOUT ROWID;
CREATE TABLE loss(time_ns INTEGER NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL);
