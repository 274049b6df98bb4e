// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "clock.h"
#include "error.h"
#include "request.h"

struct tm_device *request_open(const struct options *opts, int *status)
{
	struct tm_device *dev = tm_open(opts->device);

	*status = dev ? STATUS_DONE : fail_errno(opts->device, errno);
	return dev;
}

/* ESRCH has several reasons; the targets tell them apart. */
static int no_sample(const struct options *opts, struct tm_device *dev)
{
	struct tm_state state;
	pid_t pid;

	if (!tm_state(dev, &state) && !state.targets)
		return fail(STATUS_FAILED, "%s: no target (set one: tmctl pid PID)", opts->device);
	pid = tm_pid_get(dev);
	if (pid > 0)
		return fail(STATUS_FAILED, "%s: target %d has exited (set another: tmctl pid PID)",
			    opts->device, (int)pid);
	return fail(STATUS_FAILED,
		    "%s: no target that is visible from here (set one: tmctl pid PID)",
		    opts->device);
}

int request_failed(const struct options *opts, struct tm_device *dev, int err)
{
	if (err == ESRCH)
		return no_sample(opts, dev);
	return fail_errno(opts->device, err);
}

/* The machine's memory, 0: not known. */
static uint64_t total_memory(void)
{
	static uint64_t bytes;
	struct sysinfo info;

	if (!bytes && !sysinfo(&info))
		bytes = (uint64_t)info.totalram * info.mem_unit;
	return bytes;
}

void row_fill(struct row *row, const struct task_sample *sample)
{
	uint64_t now = clock_monotonic_ns();

	memset(row, 0, sizeof(*row));
	row->sample = *sample;
	row->mem_known = sample->valid & TM_VALID_MEM && total_memory();
	if (row->mem_known)
		row->mem_percent = 100.0 * (double)sample->rss_bytes / (double)total_memory();
	row->realtime_ns = clock_realtime_ns();
	if (sample->time_ns && sample->time_ns <= now)
		row->realtime_ns -= now - sample->time_ns;
}
