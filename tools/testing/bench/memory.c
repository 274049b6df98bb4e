// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory, in bytes: what grows in the kernel's own accounts. To be run on a
 * large crowd and before anything else, so that no slab has holes to fill.
 *
 *   memory.module   the module's code and data
 *   memory.session  a session without a target, its ring of 1024 included
 *   memory.record   a place in the ring
 *   memory.target   a process in a session
 *   memory.kept     the four files of /proc kept open for a process, instead
 */
#include "bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define SESSIONS 64
#define SMALL 1024
#define LARGE 65536

static double used(void)
{
	return 1024.0 * (file_number("/proc/meminfo", "\nSlab:") +
			 file_number("/proc/meminfo", "\nVmallocUsed:") +
			 file_number("/proc/meminfo", "\nPercpu:"));
}

static double module_size(void)
{
	return file_number("/sys/module/taskmonitor/coresize", "");
}

static void bytes(const char *method, const char *per, double value)
{
	emit(method, per, value, "bytes", 1);
}

int main(void)
{
	static const char *const names[] = { "stat", "statm", "io", "schedstat" };
	struct rlimit many;
	double before, small;
	int fds[SESSIONS];
	int i, j, fd;

	crowd_read();
	if (crowd.n < 1)
		return 2;
	many.rlim_cur = 4 * crowd.n + 100;
	many.rlim_max = many.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &many))
		die("as many open files");
	bytes("memory.module", "module", module_size());

	before = used();
	for (i = 0; i < SESSIONS; i++)
		fds[i] = session(TM_SCOPE_LIST, 1000 * MS, SMALL, 0, TM_SESSION_STOPPED);
	small = (used() - before) / SESSIONS;
	bytes("memory.session", "session", small);
	before = used();
	fd = session(TM_SCOPE_LIST, 1000 * MS, LARGE, 0, TM_SESSION_STOPPED);
	bytes("memory.record", "record", (used() - before - small) / (LARGE - SMALL));

	before = used();
	for (i = 0; i < crowd.n; i++)
		session_add(fd, crowd.pids[i]);
	bytes("memory.target", "process", (used() - before) / crowd.n);
	close(fd);
	for (i = 0; i < SESSIONS; i++)
		close(fds[i]);

	before = used();
	for (i = 0; i < crowd.n; i++) {
		for (j = 0; j < 4; j++) {
			char path[64], text[4096];

			snprintf(path, sizeof(path), "/proc/%d/%s", crowd.pids[i], names[j]);
			fd = open(path, O_RDONLY);
			if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
				die(path);
		}
	}
	bytes("memory.kept", "process", (used() - before) / crowd.n);
	return 0;
}
