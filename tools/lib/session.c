// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private session: an open file that is a session of its own.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

/* Bytes that are read at once where the module's records are not of our size. */
#define BOUNCE_BYTES	65536

struct tm_session {
	int fd;
	size_t record_size;	/* of what read() gives */
};

struct tm_session *tmi_session_of(int fd, size_t record_size)
{
	struct tm_session *s = malloc(sizeof(*s));

	if (!s)
		return NULL;
	s->fd = fd;
	s->record_size = record_size;
	return s;
}

/*
 * A later module's records may be longer than ours. How long the history says;
 * a session whose history cannot be mapped is taken for one of our own time.
 */
static size_t record_size_of(int fd)
{
	const struct tm_ring_header *header = tmi_ring_map_header(fd);
	size_t size = sizeof(struct task_sample);
	struct tmi_geometry geometry;

	if (!header)
		return size;
	if (!tmi_ring_geometry(header, &geometry))
		size = geometry.record_size;
	munmap((void *)header, (size_t)sysconf(_SC_PAGESIZE));
	return size;
}

struct tm_session *tm_session_open(const char *path, const struct tm_session_attr *attr)
{
	struct tm_session_attr ours = { .interval_ns = 0 };
	struct tm_session *s;
	int fd;

	if (attr)
		ours = *attr;
	if (!ours.interval_ns)
		ours.interval_ns = TM_SESSION_INTERVAL_NS;
	fd = tmi_open(path);
	if (fd < 0)
		return NULL;
	s = tmi_request(fd, TM_SESSION, &ours) ? NULL : tmi_session_of(fd, record_size_of(fd));
	if (!s)
		tmi_close(fd);
	return s;
}

void tm_session_close(struct tm_session *s)
{
	int err = errno;

	if (!s)
		return;
	tmi_close(s->fd);
	free(s);
	errno = err;
}

int tm_session_fd(const struct tm_session *s)
{
	assert(s);
	return s->fd;
}

static int request(struct tm_session *s, unsigned long number, void *arg)
{
	assert(s);
	return tmi_request(s->fd, number, arg);
}

static int request_target(struct tm_session *s, unsigned long number, pid_t pid, uint32_t flags)
{
	struct tm_target_spec spec = { .pid = pid, .flags = flags };

	return request(s, number, &spec);
}

int tm_session_add(struct tm_session *s, pid_t pid)
{
	return request_target(s, TM_ADD, pid, 0);
}

int tm_session_add_thread(struct tm_session *s, pid_t tid)
{
	return request_target(s, TM_ADD, tid, TM_TARGET_THREAD);
}

int tm_session_del(struct tm_session *s, pid_t pid)
{
	return request_target(s, TM_DEL, pid, 0);
}

int tm_session_del_thread(struct tm_session *s, pid_t tid)
{
	return request_target(s, TM_DEL, tid, TM_TARGET_THREAD);
}

int tm_session_start(struct tm_session *s)
{
	return request(s, TM_START, NULL);
}

int tm_session_stop(struct tm_session *s)
{
	return request(s, TM_STOP, NULL);
}

int tm_session_set_interval(struct tm_session *s, uint64_t interval_ns)
{
	__u64 arg = interval_ns;

	return request(s, TM_INTERVAL, &arg);
}

int tm_session_state(struct tm_session *s, struct tm_state *state)
{
	struct tm_state answer;

	assert(state);
	memset(&answer, 0, sizeof(answer));
	if (request(s, TM_STATE, &answer))
		return -1;
	*state = answer;
	return 0;
}

int tm_session_threshold_add(struct tm_session *s, struct tm_threshold *threshold)
{
	assert(threshold);
	return request(s, TM_THRESHOLD_ADD, threshold);
}

int tm_session_threshold_del(struct tm_session *s, uint32_t id)
{
	__u32 arg = id;

	return request(s, TM_THRESHOLD_DEL, &arg);
}

ssize_t tm_session_thresholds(struct tm_session *s, struct tm_threshold *thresholds, size_t n,
			      size_t *total)
{
	struct tm_threshold_list list = {
		.thresholds = (uintptr_t)thresholds,
		.capacity = n > INT32_MAX ? INT32_MAX : (uint32_t)n,
		.threshold_size = sizeof(*thresholds),
	};

	assert(thresholds || !n);
	if (request(s, TM_THRESHOLDS, &list))
		return -1;
	if (total)
		*total = list.total;
	return list.count < list.capacity ? (ssize_t)list.count : (ssize_t)list.capacity;
}

ssize_t tmi_batch(int fd, struct task_sample *records, size_t n, size_t *total, uint64_t *time_ns)
{
	struct tm_batch batch = {
		.records = (uintptr_t)records,
		.capacity = n > INT32_MAX ? INT32_MAX : (uint32_t)n,
		.record_size = sizeof(*records),
	};
	size_t count, i;

	assert(records || !n);
	if (tmi_request(fd, TM_BATCH, &batch))
		return -1;
	count = batch.count < batch.capacity ? batch.count : batch.capacity;
	for (i = 0; i < count; i++)
		tmi_settle(&records[i]);
	if (total)
		*total = batch.total;
	if (time_ns)
		*time_ns = batch.time_ns;
	return (ssize_t)count;
}

ssize_t tm_session_batch(struct tm_session *s, struct task_sample *records, size_t n,
			 size_t *total, uint64_t *time_ns)
{
	assert(s);
	return tmi_batch(s->fd, records, n, total, time_ns);
}

/* Records of another size than ours: what both know is kept, the rest of ours is 0. */
static ssize_t read_resized(struct tm_session *s, struct task_sample *records, size_t n)
{
	size_t size = s->record_size;
	size_t common = size < sizeof(*records) ? size : sizeof(*records);
	size_t most = BOUNCE_BYTES / size;
	unsigned char *bounce;
	ssize_t bytes, i;
	int err;

	if (n > most)
		n = most ? most : 1;
	bounce = malloc(n * size);
	if (!bounce)
		return -1;
	bytes = read(s->fd, bounce, n * size);
	for (i = 0; i < bytes / (ssize_t)size; i++) {
		memset(&records[i], 0, sizeof(records[i]));
		memcpy(&records[i], bounce + (size_t)i * size, common);
	}
	err = errno;
	free(bounce);
	errno = err;
	return bytes;
}

ssize_t tm_session_read(struct tm_session *s, struct task_sample *records, size_t n)
{
	const size_t most = INT32_MAX / sizeof(*records);
	ssize_t bytes, count, i;

	assert(s && records);
	if (!n) {
		errno = EINVAL;
		return -1;
	}
	if (n > most)
		n = most;
	if (s->record_size == sizeof(*records))
		bytes = read(s->fd, records, n * sizeof(*records));
	else
		bytes = read_resized(s, records, n);
	if (bytes < 0)
		return -1;
	count = bytes / (ssize_t)s->record_size;
	for (i = 0; i < count; i++)
		tmi_settle(&records[i]);
	return count;
}

int tm_session_wait(struct tm_session *s, int timeout_ms)
{
	struct pollfd poller = { .events = POLLIN | POLLPRI };
	int ready = 0;

	assert(s);
	poller.fd = s->fd;
	if (poll(&poller, 1, timeout_ms) < 0)
		return -1;
	if (poller.revents & (POLLERR | POLLNVAL)) {
		errno = poller.revents & POLLNVAL ? EBADF : EPERM;
		return -1;
	}
	if (poller.revents & POLLIN)
		ready |= TM_WAIT_RECORDS;
	if (poller.revents & POLLPRI)
		ready |= TM_WAIT_RECORDS | TM_WAIT_THRESHOLD;
	if (poller.revents & POLLHUP)
		ready |= TM_WAIT_END;
	return ready;
}

struct tm_ring *tm_ring_map(struct tm_session *s)
{
	assert(s);
	return tmi_ring_map(s->fd);
}
