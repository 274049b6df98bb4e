// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 32-bit program and a 64-bit one on the same open file get the same, to the
 * byte. This test is built as both, NAME and NAME.i386: whichever runs makes a
 * session, asks it, and has its twin ask it by exec, with the file and a memory
 * for the answers inherited.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "session.h"

#define MEMORY_FD 100
#define DEVICE_FD 101
#define SUFFIX	  ".i386"
#define RECORDS	  TM_RING_RECORDS_MIN
#define FAR	  (1ULL << 40)	/* what has no room in 32 bits */
#define ERRORS	  22

/* The 32-bit compiler aligns what has 64 bits to 32 inside of structures, but for this. */
#define ALIGNED __attribute__((aligned(8)))

/* All that can be asked of a session that stands still. */
struct answers {
	unsigned int bits;
	unsigned int requests[16], sizes[13];
	int get, text, first, interval, state_err, batch, add, del, sessions_err, threshold_err;
	int sessions_n, events, mapped_ok, read_len;
	int errors[ERRORS];
	unsigned int total;
	struct tm_state state ALIGNED;
	struct task_sample sample ALIGNED;	/* of the batch, its target has exited */
	struct tm_state sessions[4] ALIGNED;
	struct tm_threshold threshold ALIGNED;
	struct tm_ring_header header ALIGNED;
	struct task_sample mapped[RECORDS] ALIGNED, read[RECORDS] ALIGNED;
} ALIGNED;

struct shared {
	pid_t gone, own;
	struct answers of[2] ALIGNED;	/* the one who runs, its twin */
};

static void ask_constants(struct answers *a)
{
	const unsigned int requests[] = {
		TM_GET, TM_GET_TEXT, TM_START, TM_STOP, TM_PID, TM_STATE, TM_SESSION, TM_ADD,
		TM_DEL, TM_INTERVAL, TM_BATCH, TM_SESSIONS, TM_TASKS, TM_THRESHOLD_ADD,
		TM_THRESHOLD_DEL, TM_THRESHOLDS,
	};
	const unsigned int sizes[] = {
		sizeof(struct task_sample), sizeof(struct tm_state),
		sizeof(struct tm_session_attr), sizeof(struct tm_target_spec),
		sizeof(struct tm_batch), sizeof(struct tm_session_list),
		sizeof(struct tm_ring_header), offsetof(struct task_sample, cgroup_id),
		sizeof(struct tm_task), sizeof(struct tm_task_list),
		sizeof(struct tm_threshold), sizeof(struct tm_threshold_list),
		offsetof(struct tm_threshold, crossed),
	};

	memcpy(a->requests, requests, sizeof(requests));
	memcpy(a->sizes, sizes, sizeof(sizes));
}

/* Each wrong in its own way; what is above 4 GiB must not be cut off either. */
static void ask_errors(int fd, struct answers *a)
{
	struct tm_batch far = {
		.records = 0xffff000000001000ULL, .capacity = 1,
		.record_size = sizeof(struct task_sample),
	};
	struct tm_batch odd = { .record_size = 17 };
	struct tm_session_list list = { .state_size = 1 };
	struct tm_session_list far_list = {
		.states = 0xffff000000001000ULL, .capacity = 1, .state_size = sizeof(struct tm_state),
	};
	struct tm_task_list tasks = { .task_size = 41 };
	struct tm_task_list far_tasks = {
		.tasks = 0xffff000000001000ULL, .capacity = 1, .task_size = sizeof(struct tm_task),
	};
	struct tm_threshold threshold = { .what = TM_THRESHOLD_EXIT, .for_ns = 1ULL << 32 };
	struct tm_threshold_list thresholds = { .threshold_size = 68 };
	struct tm_threshold_list far_thresholds = {
		.thresholds = 0xffff000000001000ULL, .capacity = 1,
		.threshold_size = sizeof(threshold),
	};
	unsigned long long zero = 0, long_one = TM_INTERVAL_MAX_NS + (1ULL << 32);
	int nobody = 0, i = 0;
	char byte;

	a->errors[i++] = dev_ioctl(fd, TM_GET, NULL);
	a->errors[i++] = dev_ioctl(fd, TM_STATE, (void *)1);
	a->errors[i++] = dev_ioctl(fd, TM_SESSION, NULL);
	a->errors[i++] = dev_ioctl(fd, TM_INTERVAL, &zero);
	a->errors[i++] = dev_ioctl(fd, TM_INTERVAL, &long_one);
	a->errors[i++] = dev_ioctl(fd, TM_PID, &nobody);
	a->errors[i++] = dev_ioctl(fd, TM_BATCH, &far);
	a->errors[i++] = dev_ioctl(fd, TM_BATCH, &odd);
	a->errors[i++] = dev_ioctl(fd, TM_SESSIONS, &list);
	a->errors[i++] = dev_ioctl(fd, TM_SESSIONS, &far_list);
	a->errors[i++] = dev_ioctl(fd, TM_TASKS, &tasks);
	a->errors[i++] = dev_ioctl(fd, TM_TASKS, &far_tasks);
	a->errors[i++] = dev_ioctl(fd, TM_THRESHOLD_ADD, &threshold);
	a->errors[i++] = dev_ioctl(fd, TM_THRESHOLD_DEL, &nobody);
	a->errors[i++] = dev_ioctl(fd, TM_THRESHOLDS, &thresholds);
	a->errors[i++] = dev_ioctl(fd, TM_THRESHOLDS, &far_thresholds);
	a->errors[i++] = dev_ioctl(fd, _IO(TM_IOC_MAGIC, 0xff), NULL);
	a->errors[i++] = read(fd, &byte, 1) < 0 ? -errno : 0;
	a->errors[i++] = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ?
		-errno : 0;
	a->errors[i++] = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096) == MAP_FAILED ?
		-errno : 0;
	a->errors[i++] = lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
	a->errors[i++] = session_add_flags(fd, 1, 0x80000000);
}

static void ask_requests(int fd, struct answers *a, const struct shared *sh)
{
	struct tm_session_list list = {
		.states = (uintptr_t)a->sessions, .capacity = ARRAY_SIZE(a->sessions),
		.state_size = sizeof(a->sessions[0]),
	};
	struct tm_batch batch = {
		.records = (uintptr_t)&a->sample, .capacity = 1, .record_size = sizeof(a->sample),
	};
	struct tm_threshold_list thresholds = {
		.thresholds = (uintptr_t)&a->threshold, .capacity = 1,
		.threshold_size = sizeof(a->threshold),
	};
	struct task_sample unused;
	char text[TM_TEXT_SIZE];

	a->get = dev_ioctl(fd, TM_GET, &unused);
	a->text = dev_ioctl(fd, TM_GET_TEXT, text);
	a->first = session_pid(fd);
	a->interval = session_interval(fd, 3 * NSEC_PER_SEC);
	a->add = session_add(fd, sh->own);
	a->del = session_del(fd, sh->own);
	a->batch = dev_ioctl(fd, TM_BATCH, &batch);
	a->total = batch.total;
	a->state_err = dev_ioctl(fd, TM_STATE, &a->state);
	a->sessions_err = dev_ioctl(fd, TM_SESSIONS, &list);
	a->sessions_n = (int)(list.count << 16 | list.total);
	a->threshold_err = dev_ioctl(fd, TM_THRESHOLDS, &thresholds) ?: (int)thresholds.count;
	/* When it was asked is no part of the answer. */
	a->sample.time_ns = 0;
}

static void ask_history(int fd, struct answers *a)
{
	struct pollfd p = { .fd = fd };
	char *map = mmap(NULL, ring_bytes(RECORDS), PROT_READ, MAP_SHARED, fd, 0);

	/* The last record may come a moment after the target was reaped; then the end. */
	poll(&p, 1, 10000);
	a->mapped_ok = map != MAP_FAILED;
	if (a->mapped_ok) {
		memcpy(&a->header, map, sizeof(a->header));
		memcpy(a->mapped, map + 4096, sizeof(a->mapped));
		munmap(map, ring_bytes(RECORDS));
	}
	p.events = POLLIN;
	poll(&p, 1, 0);
	a->events = p.revents;
}

static void ask(int fd, struct answers *a, const struct shared *sh)
{
	memset(a, POISON, sizeof(*a));
	a->bits = sizeof(long) * 8;
	ask_constants(a);
	ask_errors(fd, a);
	ask_requests(fd, a, sh);
	ask_history(fd, a);
}

static struct shared *shared_at(int fd)
{
	struct shared *sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return sh == MAP_FAILED ? NULL : sh;
}

/* The one that was run by exec. It alone reads: the cursor is the file's. */
static void twin_main(int argc, char **argv)
{
	struct shared *sh;

	if (argc != 2 || strcmp(argv[1], "--ask"))
		return;
	sh = shared_at(MEMORY_FD);
	if (!sh)
		_exit(1);
	ask(DEVICE_FD, &sh->of[1], sh);
	sh->of[1].read_len = (int)read(DEVICE_FD, sh->of[1].read, sizeof(sh->of[1].read));
	_exit(0);
}

static bool twin_path(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - sizeof(SUFFIX) - 1);

	if (len < 0)
		tap_bail("what am I?");
	path[len] = '\0';
	if (len > (ssize_t)strlen(SUFFIX) && !strcmp(path + len - strlen(SUFFIX), SUFFIX))
		path[len - (ssize_t)strlen(SUFFIX)] = '\0';
	else
		strcat(path, SUFFIX);
	return file_exists(path);
}

struct errand {
	const char *path;
	int memory, device;
};

static int run_twin(void *arg)
{
	struct errand *e = arg;

	if (dup2(e->memory, MEMORY_FD) < 0 || dup2(e->device, DEVICE_FD) < 0)
		return 2;
	execl(e->path, e->path, "--ask", NULL);
	return 3;
}

#define same(field, what)                                                                          \
	tap_ok(!memcmp(&mine->field, &twins->field, sizeof(mine->field)), "the same: %s", what)

static void compare(const struct answers *mine, const struct answers *twins)
{
	size_t i;

	tap_is(mine->bits + twins->bits, 96, "one is a 32-bit program, the other a 64-bit one");
	same(requests, "the requests' numbers");
	same(sizes, "the structures' sizes");
	for (i = 0; i < ERRORS; i++)
		tap_is(twins->errors[i], mine->errors[i], "the same: error %zu, %s", i,
		       errno_name(mine->errors[i]));
	same(get, "TM_GET");
	same(text, "TM_GET_TEXT");
	same(first, "TM_PID");
	same(interval, "TM_INTERVAL");
	same(add, "TM_ADD");
	same(del, "TM_DEL");
	same(batch, "TM_BATCH");
	same(total, "its total");
	same(sample, "its record");
	same(state_err, "TM_STATE");
	same(state, "its structure");
	same(sessions_err, "TM_SESSIONS");
	same(sessions_n, "how many they are");
	same(sessions[1], "its second element");
	same(threshold_err, "TM_THRESHOLDS");
	same(threshold, "its element");
	same(events, "poll");
	same(header, "the history's header");
	same(mapped, "the history's records");
}

/* And they are what they should be: two that fail alike would be the same, too. */
static void plausible(const struct answers *a, const struct shared *sh)
{
	size_t i;
	int n = 0;

	for (i = 0; i < ERRORS; i++)
		n += a->errors[i] < 0;
	tap_is(n, ERRORS, "what is wrong is an error");
	tap_errno(a->get, ESRCH, "TM_GET: it has exited");
	tap_is(a->first, sh->gone, "TM_PID");
	tap_errno(a->interval, 0, "TM_INTERVAL");
	tap_is((long long)a->state.interval_ns, 3 * NSEC_PER_SEC, "is in the state");
	tap_errno(a->add, 0, "TM_ADD");
	tap_errno(a->del, 0, "TM_DEL");
	tap_errno(a->batch, 0, "TM_BATCH");
	tap_is(a->sample.pid, sh->gone, "has the record");
	tap_errno(a->sessions_err, 0, "TM_SESSIONS");
	tap_is(a->sessions_n, 2 << 16 | 2, "both");
	tap_is(a->threshold_err, 1, "TM_THRESHOLDS");
	tap_ok(a->threshold.id == 1 && a->threshold.above == FAR && a->threshold.for_ns == FAR + 1,
	       "is as it was asked for");
	tap_ok(a->events & POLLIN && a->events & POLLHUP, "poll tells of records, and of the end");
	tap_ok(a->mapped_ok && a->header.magic == TM_RING_MAGIC && a->header.head >= 2,
	       "the history is mapped, with records");
}

/* A session of one process that has exited; stopped, so that nothing changes. */
static int still_session(struct shared *sh)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct tm_threshold high = {
		.what = TM_THRESHOLD_RSS, .above = FAR, .for_ns = FAR + 1,
	};
	struct tm_state state;
	struct child c;
	int fd;

	attr.ring_records = RECORDS;
	attr.kinds = 1U << TM_KIND_EXITING | 1U << TM_KIND_EXIT | 1U << TM_KIND_THRESHOLD;
	fd = session_make(&attr);
	child_start(&c);
	sh->gone = c.pid;
	if (session_add(fd, c.pid))
		tap_bail("TM_ADD does not work");
	if (dev_ioctl(fd, TM_THRESHOLD_ADD, &high))
		tap_bail("TM_THRESHOLD_ADD does not work");
	child_end(&c);
	/* It can be seen to have exited a moment before its record is there, and that would be lost. */
	if (!eventually((session_state(fd, &state), state.samples >= 2)))
		tap_bail("its end is not recorded");
	if (dev_ioctl(fd, TM_STOP, NULL))
		tap_bail("TM_STOP does not work");
	return fd;
}

int main(int argc, char **argv)
{
	struct errand e = { .memory = memfd_create("answers", MFD_CLOEXEC) };
	struct child own;
	struct shared *sh;
	char twin[256];
	size_t n;

	twin_main(argc, argv);
	if (!twin_path(twin, sizeof(twin))) {
		printf("1..0 # SKIP no %s here\n", twin);
		return 0;
	}
	if (e.memory < 0 || ftruncate(e.memory, sizeof(*sh)) || !(sh = shared_at(e.memory)))
		tap_bail("no memory");
	child_start(&own);
	sh->own = own.pid;
	module_need("log=N");
	e.path = twin;
	e.device = still_session(sh);
	ask(e.device, &sh->of[0], sh);
	tap_is(run(run_twin, &e), 0, "%s has asked", twin);
	compare(&sh->of[0], &sh->of[1]);
	plausible(&sh->of[0], sh);

	n = sh->of[0].header.head;
	tap_is(sh->of[1].read_len, (long long)(n * sizeof(struct task_sample)),
	       "the twin has read all records");
	tap_ok(!memcmp(sh->of[1].read, sh->of[0].mapped, n * sizeof(struct task_sample)),
	       "they are those of the mapping");

	close(e.device);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	child_end(&own);
	return tap_done();
}
