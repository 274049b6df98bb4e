// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "open.h"
#include "record_file.h"
#include "status.h"

/* What SQLite has beside a database. */
static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

static int failed(const struct place *place, int err)
{
	return fail(STATUS_FAILED, "record: %s: %s", place->path, strerror(err));
}

static bool is_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

static int check_existing(struct place *place, const struct stat *st, bool force)
{
	if (!S_ISREG(st->st_mode))
		return fail(STATUS_FAILED, "record: %s: this is no file", place->path);
	if (is_locked(place->path))
		return fail(STATUS_FAILED, "record: %s: another tmctl is recording into it",
			    place->path);
	if (!st->st_size)
		return STATUS_DONE;
	if (!is_recording(place->path))
		return fail(STATUS_FAILED, "record: %s: it exists and is no recording (choose "
			    "another name)", place->path);
	if (!force)
		return fail(STATUS_FAILED, "record: %s: it exists (choose another name, or replace "
			    "it: --force)", place->path);
	if (snprintf(place->aside, sizeof(place->aside), "%s.replaced-%d", place->path,
		     (int)getpid()) >= (int)sizeof(place->aside) - 16)
		return failed(place, ENAMETOOLONG);
	return STATUS_DONE;
}

int place_check(struct place *place, const char *path, bool force)
{
	struct stat st;

	*place = (struct place){ .path = path, .fd = -1 };
	if (!stat(path, &st))
		return check_existing(place, &st, force);
	return errno == ENOENT ? STATUS_DONE : failed(place, errno);
}

/* All files of a database. What SQLite has not made is not there. */
static void move_all(const char *from, const char *to)
{
	char source[PATH_MAX + 16], target[PATH_MAX + 16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(source, sizeof(source), "%s%s", from, suffixes[i]);
		snprintf(target, sizeof(target), "%s%s", to, suffixes[i]);
		rename(source, target);
	}
}

static void remove_all(const char *path)
{
	char name[PATH_MAX + 16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

/* Names and figures of others' processes: for the owner alone. */
static void open_place(struct place *place)
{
	place->fd = open(place->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	place->made = place->fd >= 0;
	if (place->fd < 0 && errno == EEXIST)
		place->fd = open(place->path, O_RDWR | O_CLOEXEC);
}

int place_take(struct place *place)
{
	int err;

	if (*place->aside)
		move_all(place->path, place->aside);
	open_place(place);
	if (place->fd >= 0 && !flock(place->fd, LOCK_EX | LOCK_NB))
		return STATUS_DONE;
	err = errno;
	/* Who has it locked has found it a moment before us: it is theirs. */
	if (place->fd >= 0)
		place_leave(place);
	place->made = false;
	place_undo(place);
	return failed(place, err);
}

void place_keep(struct place *place)
{
	if (*place->aside)
		remove_all(place->aside);
	*place->aside = '\0';
}

void place_undo(struct place *place)
{
	if (place->made)
		remove_all(place->path);
	else if (place->fd >= 0 && ftruncate(place->fd, 0))
		failed(place, errno);
	if (*place->aside)
		move_all(place->aside, place->path);
	place_leave(place);
}

void place_leave(struct place *place)
{
	if (place->fd >= 0)
		close(place->fd);
	place->fd = -1;
}
