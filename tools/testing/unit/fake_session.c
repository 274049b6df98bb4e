// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sessions of the libtaskmonitor that plays the module: there are none.
 * FAKE_OPEN names the errno with which tm_session_open() fails, ENOTTY without.
 * What works with sessions is tested against the module.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

static int none(void)
{
	errno = EBADF;
	return -1;
}

struct tm_session *tm_session_open(const char *path, const struct tm_session_attr *attr)
{
	const char *name = getenv("FAKE_OPEN");

	(void)path;
	(void)attr;
	if (name && !strcmp(name, "ENOMEM"))
		errno = ENOMEM;
	else if (name && !strcmp(name, "EACCES"))
		errno = EACCES;
	else if (name && !strcmp(name, "ENOENT"))
		errno = ENOENT;
	else
		errno = ENOTTY;
	return NULL;
}

void tm_session_close(struct tm_session *s)
{
	(void)s;
}

int tm_session_fd(const struct tm_session *s)
{
	(void)s;
	return none();
}

int tm_session_add(struct tm_session *s, pid_t pid)
{
	(void)s;
	(void)pid;
	return none();
}

int tm_session_state(struct tm_session *s, struct tm_state *state)
{
	(void)s;
	(void)state;
	return none();
}

ssize_t tm_session_batch(struct tm_session *s, struct task_sample *records, size_t n,
			 size_t *total, uint64_t *time_ns)
{
	(void)s;
	(void)records;
	(void)n;
	(void)total;
	(void)time_ns;
	return none();
}

ssize_t tm_session_read(struct tm_session *s, struct task_sample *records, size_t n)
{
	(void)s;
	(void)records;
	(void)n;
	return none();
}

int tm_session_wait(struct tm_session *s, int timeout_ms)
{
	(void)s;
	(void)timeout_ms;
	return none();
}

struct tm_ring *tm_ring_map(struct tm_session *s)
{
	(void)s;
	none();
	return NULL;
}

void tm_ring_unmap(struct tm_ring *ring)
{
	(void)ring;
}

int tm_ring_next(const struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
		 uint64_t *lost)
{
	(void)ring;
	(void)cursor;
	(void)record;
	(void)lost;
	return 0;
}

uint64_t tm_ring_dropped(const struct tm_ring *ring)
{
	(void)ring;
	return 0;
}

uint64_t tm_ring_targets_alive(const struct tm_ring *ring)
{
	(void)ring;
	return 0;
}
