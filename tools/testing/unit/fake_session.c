// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the sessions of the libtaskmonitor that plays the module cannot do: be
 * read, waited for or mapped. Commands that need it are tested against the
 * module. The rest of sessions is in fake_processes.c.
 */
#include <errno.h>

#include <taskmonitor/taskmonitor.h>

static int none(void)
{
	errno = EBADF;
	return -1;
}

int tm_session_fd(const struct tm_session *s)
{
	(void)s;
	return none();
}

int tm_session_add_thread(struct tm_session *s, pid_t tid)
{
	(void)s;
	(void)tid;
	return none();
}

int tm_session_state(struct tm_session *s, struct tm_state *state)
{
	(void)s;
	(void)state;
	return none();
}

ssize_t tm_session_read(struct tm_session *s, struct task_sample *records, size_t n)
{
	(void)s;
	(void)records;
	(void)n;
	return none();
}

int tm_session_threshold_add(struct tm_session *s, struct tm_threshold *threshold)
{
	(void)s;
	(void)threshold;
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
