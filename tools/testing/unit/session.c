// SPDX-License-Identifier: GPL-2.0-only
/* The library's sessions without a module: what fails, and what is made of what read() gives. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/internal.h"
#include "tap.h"

#define CHECK_FAILS(call, wanted, name) do {		\
	errno = 0;					\
	CHECK((call) == -1 && errno == (wanted), name);	\
} while (0)

static void opening(void)
{
	struct tm_session_attr attr = { .scope = TM_SCOPE_TREE };

	errno = 0;
	CHECK(!tm_session_open("/nowhere/taskmonitor", NULL) && errno == ENOENT,
	      "open: no such file: ENOENT");
	errno = 0;
	CHECK(!tm_session_open("/dev/null", &attr) && errno == ENOTTY,
	      "open: no taskmonitor device: ENOTTY");
	CHECK(!attr.interval_ns, "open: the attributes stay the caller's");
	errno = 4711;
	tm_session_close(NULL);
	CHECK(errno == 4711, "close: nothing to do with NULL, errno stays");
}

static void requests(void)
{
	struct tm_session *s = tmi_session_of(open("/dev/null", O_RDWR | O_CLOEXEC),
					      sizeof(struct task_sample));
	struct tm_device *dev = tm_open("/dev/null");
	struct task_sample records[2];
	struct tm_threshold threshold = { .what = TM_THRESHOLD_EXIT };
	struct tm_state state;
	size_t total = 4711;
	uint64_t time_ns = 4711;

	if (!s || !dev)
		abort();
	CHECK(tm_session_fd(s) > 2, "fd: it has one");
	CHECK_FAILS(tm_session_add(s, 1), ENOTTY, "add: ENOTTY");
	CHECK_FAILS(tm_session_add_thread(s, 1), ENOTTY, "add_thread: ENOTTY");
	CHECK_FAILS(tm_session_del(s, 1), ENOTTY, "del: ENOTTY");
	CHECK_FAILS(tm_session_del_thread(s, 1), ENOTTY, "del_thread: ENOTTY");
	CHECK_FAILS(tm_session_start(s), ENOTTY, "start: ENOTTY");
	CHECK_FAILS(tm_session_stop(s), ENOTTY, "stop: ENOTTY");
	CHECK_FAILS(tm_session_set_interval(s, 1000000), ENOTTY, "set_interval: ENOTTY");
	CHECK_FAILS(tm_session_state(s, &state), ENOTTY, "state: ENOTTY");
	CHECK_FAILS(tm_session_threshold_add(s, &threshold), ENOTTY, "threshold_add: ENOTTY");
	CHECK_FAILS(tm_session_threshold_del(s, 1), ENOTTY, "threshold_del: ENOTTY");
	CHECK_FAILS(tm_session_thresholds(s, &threshold, 1, &total), ENOTTY, "thresholds: ENOTTY");
	CHECK(!threshold.id && total == 4711, "thresholds: nothing is said of what failed");
	CHECK_FAILS(tm_session_batch(s, records, 2, &total, &time_ns), ENOTTY, "batch: ENOTTY");
	CHECK(total == 4711 && time_ns == 4711, "batch: nothing is said of what failed");
	CHECK_FAILS(tm_session_batch(s, NULL, 0, NULL, NULL), ENOTTY, "batch: none wanted: asked");
	CHECK_FAILS(tm_session_read(s, records, 0), EINVAL, "read: no room: EINVAL, not asked");
	CHECK_FAILS(tm_sessions_list(dev, &state, 1, &total), ENOTTY, "list: ENOTTY");
	errno = 0;
	CHECK(!tm_ring_map(s) && errno == ENODEV, "ring: no history here: ENODEV");
	tm_close(dev);
	tm_session_close(s);
}

/* A pipe gives what is put into it, as the module does. */
static struct tm_session *piped(size_t record_size, int *writer)
{
	struct tm_session *s;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		abort();
	*writer = ends[1];
	s = tmi_session_of(ends[0], record_size);
	if (!s)
		abort();
	return s;
}

static void put(int fd, size_t record_size, unsigned int n)
{
	unsigned char *record = malloc(record_size);
	uint64_t value;
	unsigned int i;

	if (!record)
		abort();
	for (i = 1; i <= n; i++) {
		memset(record, 0xcc, record_size);
		value = i;
		memcpy(record + offsetof(struct task_sample, seq), &value, sizeof(value));
		if (write(fd, record, record_size) != (ssize_t)record_size)
			abort();
	}
	free(record);
}

static void reading(size_t record_size)
{
	struct task_sample records[8];
	const unsigned char *last = (const unsigned char *)(&records[2] + 1) - 1;
	struct tm_session *s;
	int writer, flags;

	s = piped(record_size, &writer);
	CHECK(tm_session_wait(s, 0) == 0, "records of %zu bytes: wait: nothing yet", record_size);
	flags = fcntl(tm_session_fd(s), F_GETFL);
	fcntl(tm_session_fd(s), F_SETFL, flags | O_NONBLOCK);
	CHECK_FAILS(tm_session_read(s, records, 8), EAGAIN, "read: nothing yet: EAGAIN");

	put(writer, record_size, 3);
	CHECK(tm_session_wait(s, -1) == TM_WAIT_RECORDS, "wait: records");
	memset(records, 0xaa, sizeof(records));
	CHECK(tm_session_read(s, records, 8) == 3, "read: as many as there are");
	CHECK(records[0].seq == 1 && records[1].seq == 2 && records[2].seq == 3,
	      "read: each in its place");
	CHECK(strnlen(records[2].comm, TM_COMM_LEN) == TM_COMM_LEN - 1, "read: names are ended");
	CHECK(*last == (record_size < sizeof(*records) ? 0 : 0xcc),
	      "read: what the module does not know is 0");
	CHECK(records[3].seq == UINT64_C(0xaaaaaaaaaaaaaaaa), "read: no more than that");

	put(writer, record_size, 5);
	CHECK(tm_session_read(s, records, 2) == 2 && records[1].seq == 2, "read: as many as fit");
	close(writer);
	CHECK(tm_session_wait(s, 0) == (TM_WAIT_RECORDS | TM_WAIT_END), "wait: the end, and more");
	CHECK(tm_session_read(s, records, 8) == 3 && records[2].seq == 5, "read: the rest");
	CHECK(tm_session_wait(s, -1) == TM_WAIT_END, "wait: the end");
	CHECK(tm_session_read(s, records, 8) == 0, "read: 0 at the end");
	tm_session_close(s);
}

int main(void)
{
	opening();
	requests();
	reading(sizeof(struct task_sample));
	reading(sizeof(struct task_sample) + 40);
	reading(sizeof(struct task_sample) - 40);
	return tap_end();
}
