// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "textfile.h"

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Beside @path, hidden, and of no name that node_exporter reads (*.prom). */
static int temporary_name(const char *path, char *name)
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash + 1 - path) : 0;
	int length = snprintf(name, PATH_MAX, "%.*s.%s.%d", directory, path, path + directory,
			      (int)getpid());

	return length >= PATH_MAX ? ENAMETOOLONG : 0;
}

int textfile_write(const char *path, const char *text, size_t length)
{
	char name[PATH_MAX];
	int err = temporary_name(path, name), fd;

	if (err)
		return err;
	/* One that an earlier process of our PID has left behind. */
	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	err = write_all(fd, text, length);
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(name, path))
		err = errno;
	if (err)
		unlink(name);
	return err;
}
