// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures of a crowd out of the text files in /proc, as cheaply as can be:
 * read, and not even turned into numbers again.
 *
 *   proc.stat.open  open, read, close of /proc/PID/stat
 *   proc.stat.kept  pread of files that stay open
 *   proc.four.open  the same for stat, statm, io and schedstat, which together
 *   proc.four.kept  have nearly what one record has; switches, the peak of
 *                   memory and the cgroup would take two files more
 */
#include "bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES 4

static const char *const names[FILES] = { "stat", "statm", "io", "schedstat" };
static int files;	/* how many of them are read */
static int *fds;
static char text[4096];

static int open_one(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die(path);
	return fd;
}

static void by_opening(void)
{
	int i, j, fd;

	for (i = 0; i < crowd.n; i++) {
		for (j = 0; j < files; j++) {
			fd = open_one(crowd.pids[i], names[j]);
			if (read(fd, text, sizeof(text)) <= 0)
				die(names[j]);
			close(fd);
		}
	}
}

static void kept_open(void)
{
	int i, j;

	for (i = 0; i < crowd.n; i++) {
		for (j = 0; j < files; j++) {
			if (pread(fds[FILES * i + j], text, sizeof(text), 0) <= 0)
				die(names[j]);
		}
	}
}

int main(void)
{
	struct rlimit many;
	int i, j;

	crowd_read();
	if (crowd.n < 1)
		return 2;
	many.rlim_cur = FILES * crowd.n + 100;
	many.rlim_max = many.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &many))
		die("as many open files");

	files = 1;
	emit_sample("proc.stat.open", best_sample(by_opening));
	files = FILES;
	emit_sample("proc.four.open", best_sample(by_opening));

	fds = calloc(FILES * crowd.n, sizeof(*fds));
	if (!fds)
		die("memory");
	for (i = 0; i < crowd.n; i++) {
		for (j = 0; j < FILES; j++)
			fds[FILES * i + j] = open_one(crowd.pids[i], names[j]);
	}
	files = 1;
	emit_sample("proc.stat.kept", best_sample(kept_open));
	files = FILES;
	emit_sample("proc.four.kept", best_sample(kept_open));
	return 0;
}
