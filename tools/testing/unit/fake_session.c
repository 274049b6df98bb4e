// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the sessions of the libtaskmonitor that plays the module cannot do: be
 * waited for or mapped. Commands that need it are tested against the module. The
 * rest of sessions is in fake_processes.c.
 *
 * All that a session has to read is a process that has exited, FAKE_EXIT, and that
 * FAKE_LOST records were lost; all that is known of its state is how many
 * processes it could not watch, FAKE_DROPPED.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
	if (!getenv("FAKE_DROPPED"))
		return none();
	memset(state, 0, sizeof(*state));
	state->targets = 1;
	state->targets_alive = 1;
	state->dropped = strtoull(getenv("FAKE_DROPPED"), NULL, 10);
	return 0;
}

ssize_t tm_session_read(struct tm_session *s, struct task_sample *records, size_t n)
{
	static bool told_exit, told_lost;

	(void)s;
	(void)n;
	memset(records, 0, sizeof(*records));
	if (getenv("FAKE_EXIT") && !told_exit) {
		told_exit = true;
		records->kind = TM_KIND_EXIT;
		records->flags = TM_SAMPLE_EXITED;
		records->valid = TM_VALID_CPU;
		records->pid = atoi(getenv("FAKE_EXIT"));
		return 1;
	}
	if (getenv("FAKE_LOST") && !told_lost) {
		told_lost = true;
		records->kind = TM_KIND_LOST;
		records->lost_records = strtoull(getenv("FAKE_LOST"), NULL, 10);
		return 1;
	}
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
