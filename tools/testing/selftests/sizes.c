// SPDX-License-Identifier: GPL-2.0-only
/*
 * Older and newer callers: the size in the request's number says how much the
 * caller has room for. It gets that much, and zeroes behind what there is.
 */
#define _GNU_SOURCE
#include <linux/taskmonitor.h>

#include "harness.h"

#define SIZE_MAX_ ((1u << _IOC_SIZEBITS) - 1)

static int fd;
static unsigned char full[4096], part[SIZE_MAX_ + 64];

static int get(unsigned int nr, unsigned int size, void *buf)
{
	return dev_ioctl(fd, _IOC(_IOC_READ, TM_IOC_MAGIC, nr, size), buf);
}

static bool all(const unsigned char *bytes, size_t n, unsigned char value)
{
	while (n--) {
		if (*bytes++ != value)
			return false;
	}
	return true;
}

static void too_small(const char *name, unsigned int nr, unsigned int min)
{
	unsigned int size, refused = 0, touched = 0;

	for (size = 0; size < min; size++) {
		memset(part, POISON, sizeof(part));
		refused += get(nr, size, part) == -EINVAL;
		touched += !all(part, sizeof(part), POISON);
	}
	tap_is(refused, min, "%s of less than %u bytes is EINVAL", name, min);
	tap_is(touched, 0, "and leaves the buffer alone");
}

/*
 * @same: so many bytes at the beginning do not change from one call to the
 * next. One line of TAP for a range of sizes; the first that is wrong is told.
 */
static void sizes(const char *name, unsigned int nr, unsigned int from, unsigned int to,
		  unsigned int known, unsigned int same)
{
	unsigned int size, have, wrong = 0;

	for (size = from; size <= to && !wrong; size++) {
		have = size < known ? size : known;
		memset(part, POISON, sizeof(part));
		if (get(nr, size, part) || !all(part + size, sizeof(part) - size, POISON) ||
		    !all(part + have, size - have, 0) ||
		    memcmp(part, full, have < same ? have : same))
			wrong = size;
	}
	tap_is(wrong, 0, "%s of %u to %u bytes fills them, no more and no less", name, from, to);
}

static void try_sizes(const char *name, unsigned int nr, unsigned int min, unsigned int known,
		      unsigned int same)
{
	memset(full, POISON, sizeof(full));
	if (get(nr, known, full))
		tap_bail("%s does not work", name);
	too_small(name, nr, min);
	sizes(name, nr, min, known, known, same);
	sizes(name, nr, known + 1, known + 300, known, same);
	sizes(name, nr, 4096, 4097, known, same);
	sizes(name, nr, SIZE_MAX_, SIZE_MAX_, known, same);
}

static void pid_sizes(void)
{
	static const unsigned int bad[] = { 0, 1, 2, 3, 5, 8, 16 };
	int buf[8] = { -1, -1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		tap_errno(dev_ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC,
					     _IOC_NR(TM_PID), bad[i]), buf),
			  EINVAL, "TM_PID of %u bytes", bad[i]);
	tap_is(buf[0], -1, "and leaves the buffer alone");
}

/* What is behind the figures that are known is 0, also inside the structure. */
static void contents(pid_t pid)
{
	const char *name = program_invocation_short_name;
	struct task_sample s;

	memset(&s, POISON, sizeof(s));
	tap_errno(dev_ioctl(fd, TM_GET, &s), 0, "TM_GET");
	tap_is(s.pid, pid, "pid");
	tap_is(s.tgid, pid, "tgid");
	tap_is(s.ppid, getpid(), "ppid");
	tap_is(s.uid, 0, "uid");
	tap_is((long long)s.seq, 0, "an answer to TM_GET has no number");
	tap_is(s.kind, TM_KIND_READ, "kind");
	tap_is(s.state, 'S', "state");
	tap_is(s.threads, 1, "threads");
	tap_is(s.exit_code, 0, "no exit code yet");
	tap_is((long long)(s.valid & TM_VALID_EXIT), 0, "nor said to be one");
	tap_is(s.flags & (TM_SAMPLE_EXITED | TM_SAMPLE_THREAD), 0, "flags");
	tap_str(s.comm, name, "comm");
	tap_ok(all((unsigned char *)s.comm + strlen(name), TM_COMM_LEN - strlen(name), 0),
	       "comm is filled with zeroes");
}

int main(void)
{
	struct child c;

	child_start(&c);
	module_need("target=%d interval_ms=3600000", c.pid);
	fd = dev_open();
	if (dev_ioctl(fd, TM_STOP, NULL))
		tap_bail("TM_STOP does not work");
	proc_settle(c.pid);

	/* The time of the sample is another one each time. */
	try_sizes("TM_GET", _IOC_NR(TM_GET), TM_SAMPLE_SIZE_VER0, sizeof(struct task_sample),
		  offsetof(struct task_sample, time_ns));
	try_sizes("TM_GET_TEXT", _IOC_NR(TM_GET_TEXT), TM_TEXT_SIZE, TM_TEXT_SIZE, TM_TEXT_SIZE);
	try_sizes("TM_STATE", _IOC_NR(TM_STATE), TM_STATE_SIZE_VER0, sizeof(struct tm_state),
		  sizeof(struct tm_state));
	pid_sizes();
	contents(c.pid);
	close(fd);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
