// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "save.h"
#include "status.h"

#define INTERRUPTED	130	/* as shells have it for SIGINT */

static int complain(const char *path, int err)
{
	return fail(err == EACCES || err == EPERM ? STATUS_NOT_PERMITTED : STATUS_FAILED,
		    "plot: %s: %s", path, strerror(err));
}

int save_check(const char *path, const char *source)
{
	struct stat there, made_of;

	if (stat(path, &there) || stat(source, &made_of))
		return STATUS_DONE;
	if (there.st_dev == made_of.st_dev && there.st_ino == made_of.st_ino)
		return fail_usage("plot: %s: the picture would replace the recording", path);
	if (S_ISDIR(there.st_mode))
		return complain(path, EISDIR);
	return STATUS_DONE;
}

/* Through stdio's buffer and to the disk, as far as either can tell. */
static int finish(struct canvas *canvas, FILE *out)
{
	int err = canvas->ops->finish(canvas, out);

	errno = 0;
	if (!err && (fflush(out) || ferror(out)))
		err = errno ? errno : EIO;
	return err;
}

static int write_to(struct canvas *canvas, const char *path)
{
	FILE *out = fopen(path, "we");
	int err;

	if (!out)
		return complain(path, errno);
	err = finish(canvas, out);
	if (fclose(out) && !err)
		err = errno;
	return err ? complain(path, err) : STATUS_DONE;
}

/* With the rights that the file has which it replaces, or a new one would have. */
static int set_mode(int fd, const char *path)
{
	mode_t mask = umask(0);
	struct stat there;

	umask(mask);
	return fchmod(fd, stat(path, &there) ? 0666 & ~mask : there.st_mode & 0777);
}

/* @path is what messages call it, @real what is replaced. */
static int replace(struct canvas *canvas, const char *path, const char *real)
{
	char temporary[PATH_MAX];
	FILE *out = NULL;
	int fd, err = 0;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", real) >= (int)sizeof(temporary))
		return complain(path, ENAMETOOLONG);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd >= 0)
		out = fdopen(fd, "w");
	if (!out)
		return complain(path, errno);
	err = finish(canvas, out);
	if (!err && set_mode(fd, real))
		err = errno;
	if (fclose(out) && !err)
		err = errno;
	if (!err && !clock_stopped() && !rename(temporary, real))
		return STATUS_DONE;
	if (!err && !clock_stopped())
		err = errno;
	unlink(temporary);
	if (err)
		return complain(path, err);
	return fail(INTERRUPTED, "plot: interrupted, nothing is written");
}

/* A link stays, what it leads to is replaced; a device or a pipe is never. */
int save_picture(struct canvas *canvas, const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int status;

	if (!strcmp(path, "-")) {
		int err = canvas->ops->finish(canvas, stdout);

		free(real);
		return err && err != EPIPE ? complain("standard output", err) : STATUS_DONE;
	}
	clock_catch_signals();
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		status = write_to(canvas, path);
	else
		status = replace(canvas, path, real ? real : path);
	free(real);
	return status;
}
