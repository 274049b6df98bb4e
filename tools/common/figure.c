// SPDX-License-Identifier: GPL-2.0-only
#include "figure.h"

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
