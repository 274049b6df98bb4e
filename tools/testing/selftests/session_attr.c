// SPDX-License-Identifier: GPL-2.0-only
/*
 * TM_SESSION and its attributes: what is taken, what is refused, and that a
 * refusal leaves nothing behind: no session, and a file that is as it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "session.h"


/* TM_SESSION by a caller whose structure has another size */
#define SESSION_OF(size) _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC, 0xA6, size)

static int file; /* an open device that never becomes a session */
static struct tm_state before;

static struct tm_session_attr good(void)
{
	struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.interval_ns = NSEC_PER_SEC,
		.ring_records = TM_RING_RECORDS_MIN,
	};

	return attr;
}

/* Everything that can be asked of it is as it was before. */
static bool nothing_changed(void)
{
	struct tm_state now;

	session_state(file, &now);
	return !memcmp(&now, &before, sizeof(now)) && sessions_total() == 1;
}

static void refused_as(unsigned int request, void *arg, int want, const char *what)
{
	int err = dev_ioctl(file, request, arg);

	tap_errno(err, want, "%s", what);
	if (!nothing_changed())
		tap_ok(false, "%s: nothing changed", what);
}

static void refused(struct tm_session_attr *attr, int want, const char *what)
{
	struct tm_session_attr copy = *attr;

	refused_as(TM_SESSION, attr, want, what);
	if (memcmp(attr, &copy, sizeof(copy)))
		tap_ok(false, "%s: the structure is left alone", what);
}

static void taken(struct tm_session_attr *attr, unsigned int records, const char *what)
{
	int fd = dev_open();
	int err = dev_ioctl(fd, TM_SESSION, attr);
	struct tm_state state;

	if (tap_errno(err, 0, "%s", what)) {
		tap_is(attr->ring_records, records, "%s: the history holds", what);
		session_state(fd, &state);
		if (state.interval_ns != attr->interval_ns || state.window_ns != attr->window_ns ||
		    state.ring_records != records || state.scope != attr->scope ||
		    state.watermark != (attr->watermark ?: 1) ||
		    state.kinds != (attr->kinds ?: TM_KINDS_ALL) || state.owner != getpid() ||
		    !(state.flags & TM_STATE_PRIVATE) ||
		    !(state.flags & TM_STATE_RUNNING) != !!(attr->flags & TM_SESSION_STOPPED))
			tap_ok(false, "%s: TM_STATE shows what was asked for", what);
	}
	close(fd);
}

/* One field set to one value, all others good. */
#define REFUSED(field, value, want)                                                                \
	do {                                                                                       \
		struct tm_session_attr attr = good();                                              \
		attr.field = (value);                                                              \
		refused(&attr, want, #field " = " #value);                                         \
	} while (0)

#define TAKEN(field, value, records)                                                               \
	do {                                                                                       \
		struct tm_session_attr attr = good();                                              \
		attr.field = (value);                                                              \
		taken(&attr, records, #field " = " #value);                                        \
	} while (0)

static void fields(void)
{
	TAKEN(flags, 0, TM_RING_RECORDS_MIN);
	TAKEN(flags, TM_SESSION_STOPPED, TM_RING_RECORDS_MIN);
	TAKEN(flags, TM_SESSION_EVENTS, TM_RING_RECORDS_MIN);
	REFUSED(flags, TM_SESSION_FLAGS + 1, EINVAL);
	REFUSED(flags, 1ULL << 32, EINVAL);
	REFUSED(flags, 1ULL << 63, EINVAL);
	REFUSED(flags, ~0ULL, EINVAL);

	TAKEN(scope, TM_SCOPE_LIST, TM_RING_RECORDS_MIN);
	TAKEN(scope, TM_SCOPE_TREE, TM_RING_RECORDS_MIN);
	TAKEN(scope, TM_SCOPE_SYSTEM, TM_RING_RECORDS_MIN);
	REFUSED(scope, TM_SCOPE_SYSTEM + 1, EINVAL);
	REFUSED(scope, ~0U, EINVAL);

	TAKEN(kinds, TM_KINDS_ALL, TM_RING_RECORDS_MIN);
	TAKEN(kinds, 1U << TM_KIND_EXIT, TM_RING_RECORDS_MIN);
	REFUSED(kinds, 1U << TM_KIND_READ, EINVAL);
	REFUSED(kinds, 1U << TM_KIND_LOST, EINVAL);
	REFUSED(kinds, TM_KINDS_ALL | 1U << 31, EINVAL);
	REFUSED(kinds, ~0U, EINVAL);

	REFUSED(reserved, 1, EINVAL);
	REFUSED(reserved, 1U << 31, EINVAL);
}

static void numbers(void)
{
	REFUSED(interval_ns, 0, EINVAL);
	REFUSED(interval_ns, TM_INTERVAL_MIN_NS - 1, EINVAL);
	TAKEN(interval_ns, TM_INTERVAL_MIN_NS, TM_RING_RECORDS_MIN);
	TAKEN(interval_ns, TM_INTERVAL_MAX_NS, TM_RING_RECORDS_MIN);
	REFUSED(interval_ns, TM_INTERVAL_MAX_NS + 1, EINVAL);
	REFUSED(interval_ns, ~0ULL, EINVAL);
	REFUSED(interval_ns, TM_INTERVAL_MIN_NS + (1ULL << 63), EINVAL);

	REFUSED(window_ns, 1, EINVAL);
	REFUSED(window_ns, NSEC_PER_SEC - 1, EINVAL);
	TAKEN(window_ns, NSEC_PER_SEC, TM_RING_RECORDS_MIN);
	TAKEN(window_ns, TM_INTERVAL_MAX_NS, TM_RING_RECORDS_MIN);
	REFUSED(window_ns, TM_INTERVAL_MAX_NS + 1, EINVAL);
	REFUSED(window_ns, ~0ULL, EINVAL);

	TAKEN(ring_records, 0, TM_RING_RECORDS_DEFAULT);
	REFUSED(ring_records, 1, EINVAL);
	REFUSED(ring_records, TM_RING_RECORDS_MIN - 1, EINVAL);
	TAKEN(ring_records, TM_RING_RECORDS_MIN, TM_RING_RECORDS_MIN);
	TAKEN(ring_records, TM_RING_RECORDS_MIN + 1, 2 * TM_RING_RECORDS_MIN);
	TAKEN(ring_records, 1025, 2048);
	TAKEN(ring_records, TM_RING_RECORDS_MAX, TM_RING_RECORDS_MAX);
	REFUSED(ring_records, TM_RING_RECORDS_MAX + 1, EINVAL);
	REFUSED(ring_records, 1U << 31, EINVAL);
	REFUSED(ring_records, (1U << 31) + 1, EINVAL);
	REFUSED(ring_records, ~0U, EINVAL);

	TAKEN(watermark, 1, TM_RING_RECORDS_MIN);
	TAKEN(watermark, TM_RING_RECORDS_MIN / 2, TM_RING_RECORDS_MIN);
	REFUSED(watermark, TM_RING_RECORDS_MIN / 2 + 1, EINVAL);
	REFUSED(watermark, 1U << 31, EINVAL);
	REFUSED(watermark, ~0U, EINVAL);
}

/* Half of what the history has become, not of what was asked for. */
static void watermark_of_rounded(void)
{
	struct tm_session_attr attr = good();

	attr.ring_records = 17;
	attr.watermark = 16;
	taken(&attr, 32, "17 records, a watermark of 16");
	attr = good();
	attr.ring_records = 0;
	attr.watermark = TM_RING_RECORDS_DEFAULT / 2;
	taken(&attr, TM_RING_RECORDS_DEFAULT, "the default history, a watermark of half");
	attr = good();
	attr.ring_records = 0;
	attr.watermark = TM_RING_RECORDS_DEFAULT / 2 + 1;
	refused(&attr, EINVAL, "the default history, a watermark over half");
}

static void cgroup_fd(int fd, int want, const char *what)
{
	struct tm_session_attr attr = good();

	attr.scope = TM_SCOPE_CGROUP;
	attr.cgroup_fd = fd;
	if (want)
		refused(&attr, want, what);
	else
		taken(&attr, TM_RING_RECORDS_MIN, what);
}

static void cgroups(void)
{
	static const struct {
		const char *path, *what;
		int want;
	} files[] = {
		{ "/sys/fs/cgroup", "cgroup_fd: a cgroup", 0 },
		{ "/sys/fs/cgroup/cgroup.procs", "cgroup_fd: a file in a cgroup", EBADF },
		{ "/tmp", "cgroup_fd: another directory", EBADF },
		{ "/sys/kernel", "cgroup_fd: a directory of sysfs", EBADF },
		{ "/dev/null", "cgroup_fd: a device", EBADF },
		{ "/proc/self/stat", "cgroup_fd: a file of procfs", EBADF },
	};
	struct tm_session_attr attr;
	int fd, pipes[2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fd = open(files[i].path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			tap_bail("%s: %s", files[i].path, strerror(errno));
		cgroup_fd(fd, files[i].want, files[i].what);
		close(fd);
	}
	cgroup_fd(fd, EBADF, "cgroup_fd: a closed file");
	cgroup_fd(file, EBADF, "cgroup_fd: the device itself");
	cgroup_fd(-1, EBADF, "cgroup_fd = -1 in scope cgroup");
	cgroup_fd(INT32_MAX, EBADF, "cgroup_fd = INT_MAX");
	cgroup_fd(INT32_MIN, EBADF, "cgroup_fd = INT_MIN");
	if (pipe(pipes))
		tap_bail("no pipe");
	cgroup_fd(pipes[0], EBADF, "cgroup_fd: a pipe");
	close(pipes[0]);
	close(pipes[1]);

	attr = good();
	attr.cgroup_fd = -1;
	taken(&attr, TM_RING_RECORDS_MIN, "cgroup_fd = -1 in scope list");
	fd = open("/sys/fs/cgroup", O_RDONLY | O_CLOEXEC);
	attr = good();
	attr.cgroup_fd = fd;
	refused(&attr, EINVAL, "cgroup_fd: a cgroup in scope list");
	attr.scope = TM_SCOPE_SYSTEM;
	refused(&attr, EINVAL, "cgroup_fd: a cgroup in scope system");
	close(fd);
}

static void sizes(void)
{
	static const unsigned int lengths[] = { 0, 1, 8, 40, TM_SESSION_ATTR_SIZE_VER0 - 1 };
	struct {
		struct tm_session_attr attr;
		unsigned char tail[8192];
	} grown = { .attr = good() };
	char what[64];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		snprintf(what, sizeof(what), "a structure of %u bytes", lengths[i]);
		refused_as(SESSION_OF(lengths[i]), &grown, EINVAL, what);
	}
	for (i = 1; i <= sizeof(grown.tail); i *= 2) {
		fd = dev_open();
		tap_errno(dev_ioctl(fd, SESSION_OF(sizeof(grown.attr) + i), &grown), 0,
			  "%zu bytes of zeroes more", i);
		close(fd);
		grown.tail[i - 1] = 1;
		snprintf(what, sizeof(what), "%zu bytes more, the last of them 1", i);
		refused_as(SESSION_OF(sizeof(grown.attr) + i), &grown, E2BIG, what);
		grown.tail[i - 1] = 0;
	}
	refused_as(_IOC(_IOC_WRITE, TM_IOC_MAGIC, 0xA6, sizeof(grown.attr)), &grown, ENOTTY,
		   "another direction");
}

static void pointers(void)
{
	char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct tm_session_attr attr = good();
	char *edge;

	if (pages == MAP_FAILED || munmap(pages + 2 * PAGE, PAGE))
		tap_bail("no memory");
	refused_as(TM_SESSION, NULL, EFAULT, "NULL");
	refused_as(TM_SESSION, (void *)8, EFAULT, "a small address");
	refused_as(TM_SESSION, (void *)(-4096L), EFAULT, "an address of the kernel's");
	refused_as(TM_SESSION, pages + 2 * PAGE, EFAULT, "memory that is not there");
	edge = pages + 2 * PAGE - sizeof(attr) + 8;
	memcpy(edge, &attr, sizeof(attr) - 8);
	refused_as(TM_SESSION, edge, EFAULT, "a structure that ends in a hole");
	edge = pages + 2 * PAGE - sizeof(attr);
	memcpy(edge, &attr, sizeof(attr));
	refused_as(SESSION_OF(sizeof(attr) + 8), edge, EFAULT, "zeroes behind it in a hole");

	/* It is made before the caller can be told: and must go again. */
	memcpy(pages, &attr, sizeof(attr));
	if (mprotect(pages, PAGE, PROT_READ))
		tap_bail("mprotect: %s", strerror(errno));
	refused_as(TM_SESSION, pages, EFAULT, "memory that can only be read");
	((struct tm_session_attr *)edge)->flags = 0;
	memcpy(pages + PAGE, edge, sizeof(attr));
	if (mprotect(pages + PAGE, PAGE, PROT_READ))
		tap_bail("mprotect: %s", strerror(errno));
	refused_as(TM_SESSION, pages + PAGE, EFAULT, "the same, and it would be running");
	tap_is(wait_sampler_threads(0), 0, "no sampler is left of it");
	munmap(pages, 2 * PAGE);
}

static void only_once(void)
{
	struct tm_session_attr attr = good();
	struct tm_state first, then;
	int fd = session_make(&attr);

	session_state(fd, &first);
	attr.scope = TM_SCOPE_SYSTEM;
	tap_errno(dev_ioctl(fd, TM_SESSION, &attr), EBUSY, "a second TM_SESSION");
	session_state(fd, &then);
	tap_ok(!memcmp(&first, &then, sizeof(then)), "the session is as it was");
	tap_is(sessions_total(), 2, "and there is one");
	close(fd);
	tap_is(wait_sessions(1), 1, "none when it is closed");
}

/* Numbers are given once. */
static void ids(void)
{
	struct tm_session_attr attr = good();
	struct tm_state first, then;
	int fd = session_make(&attr);

	session_state(fd, &first);
	close(fd);
	fd = session_make(&attr);
	session_state(fd, &then);
	tap_ok(first.id > 0 && then.id > first.id, "a later session has a higher number");
	close(fd);
}

/* What each step gave, by a process that is not root. */
struct steps {
	int fits, too_much, other, again, over, small;
	long long locked[5];
};

static long long locked_kb(void)
{
	return proc_value(getpid(), "status", "VmLck");
}

static int within_a_limit(void *arg)
{
	struct rlimit limit = { ring_bytes(1024) + ring_bytes(16), 0 };
	struct tm_session_attr attr = good();
	struct steps *s = arg;
	int fd;

	limit.rlim_max = limit.rlim_cur;
	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		return 1;
	become(ALICE);
	s->locked[0] = locked_kb();
	attr.ring_records = 1024;
	s->fits = fd = session_try(&attr);
	s->locked[1] = locked_kb();
	s->too_much = session_try(&attr);
	s->locked[2] = locked_kb();
	attr.ring_records = 16;
	s->other = session_try(&attr);
	close(s->other);
	close(fd);
	s->locked[3] = locked_kb();
	attr.ring_records = 1024;
	s->again = session_try(&attr);
	close(s->again);
	attr.ring_records = 2048;
	s->over = session_try(&attr);
	s->locked[4] = locked_kb();
	attr.ring_records = 16;
	s->small = session_try(&attr);
	return 0;
}

static void locked_memory(void)
{
	struct steps *s = shared_memory(sizeof(*s));
	long long kb = (long long)ring_bytes(1024) / 1024;

	if (chmod(DEVICE, 0666))
		tap_bail("chmod: %s", strerror(errno));
	tap_is(run(within_a_limit, s), 0, "alice, with a limit of locked memory");
	tap_errno(s->fits, 0, "a history of 1024 records fits");
	tap_is(s->locked[1] - s->locked[0], kb, "and is locked memory");
	tap_errno(s->too_much, ENOMEM, "a second one does not");
	tap_is(s->locked[2] - s->locked[0], kb, "and is not counted");
	tap_errno(s->other, 0, "a history of 16 still does");
	tap_is(s->locked[3], s->locked[0], "closing them gives all back");
	tap_errno(s->again, 0, "so that it fits again");
	tap_errno(s->over, ENOMEM, "one of 2048 never does");
	tap_is(s->locked[4], s->locked[0], "and is not counted");
	tap_errno(s->small, 0, "after all that a small one works");
	tap_is(wait_sessions(1), 1, "when she is gone there is none");
}

int main(void)
{
	module_need("log=N");
	file = dev_open();
	session_state(file, &before);
	tap_ok(before.id == 0 && !(before.flags & TM_STATE_PRIVATE),
	       "at first: the default session");

	fields();
	numbers();
	watermark_of_rounded();
	cgroups();
	sizes();
	pointers();
	only_once();
	ids();
	locked_memory();

	tap_ok(nothing_changed(), "after all that: the default session, as it was");
	close(file);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
