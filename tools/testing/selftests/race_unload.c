// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module is removed while its files are opened, read, written, closed and
 * unmapped, while its probes linger behind their last user, on the heels of its
 * loading, and twice at once. It goes, or says that it is in use; and when it
 * has gone nothing of it is left.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "race.h"

#define FORKS 10

static struct child target;
static int held = -1;
static const struct tm_ring_header *ring;

static void load(int round)
{
	(void)round;
	module_need("target=%d interval_ms=1 log=N", target.pid);
}

static long rmmod(void *arg, int round)
{
	(void)arg;
	(void)round;
	return module_unload();
}

static long insmod(void *arg, int round)
{
	(void)arg;
	(void)round;
	return module_load("target=%d interval_ms=1 log=N", target.pid);
}

/* Whatever came first: it goes now, if it has not. */
static bool goes(int round)
{
	int err = module_unload_patiently();

	(void)round;
	if ((!err || err == -ENOENT) &&
	    eventually(!file_exists(MODULE_DIR) && !file_exists(PROC_FILE) &&
		       !file_exists(LAB_FILE) && !file_exists(DEVICE)))
		return true;
	tap_diag("rmmod: %s", errno_name(err));
	return false;
}

static bool goes_with_thread(int round)
{
	return goes(round) && (round % 4 || !wait_sampler_threads(0));
}

static long use_device(void *arg, int round)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC), pid = target.pid, err = -errno;
	struct task_sample s;

	(void)arg;
	(void)round;
	if (fd < 0)
		return err;
	err = dev_ioctl(fd, TM_PID, &pid);
	err = err ?: dev_ioctl(fd, TM_START, NULL);
	err = err ?: dev_ioctl(fd, TM_GET, &s);
	close(fd);
	return err;
}

static long use_session(void *arg, int round)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_SYSTEM);
	int fd = session_try(&attr);

	(void)arg;
	(void)round;
	if (fd >= 0)
		close(fd);
	return fd;
}

static long write_lab_file(void *arg, int round)
{
	(void)arg;
	return file_write(LAB_FILE, round % 2 ? "start" : "stop");
}

static long write_proc(void *arg, int round)
{
	(void)arg;
	return file_write(PROC_FILE, round % 2 ? "interval 2ms" : "clear");
}

static long write_parameter(void *arg, int round)
{
	(void)arg;
	return file_write(PARAMETERS "max_cpu_pct", round % 2 ? "50" : "60");
}

static void hold(const char *path, int flags)
{
	load(0);
	held = open(path, flags | O_CLOEXEC);
	if (held < 0)
		tap_bail("%s: %s", path, strerror(errno));
}

/* Half read when the race is on. */
static void hold_proc(int round)
{
	char byte;

	(void)round;
	hold(PROC_FILE, O_RDWR);
	if (read(held, &byte, 1) != 1)
		tap_bail(PROC_FILE " is empty");
}

static void hold_attribute(int round)
{
	(void)round;
	hold(ATTRIBUTES "running", O_RDWR);
}

static void hold_device(int round)
{
	(void)round;
	hold(DEVICE, O_RDWR);
}

static void hold_session(int round)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_SYSTEM);

	load(round);
	attr.interval_ns = NSEC_PER_MSEC;
	held = session_make(&attr);
}

static void hold_mapping(int round)
{
	hold_session(round);
	ring = ring_map(held);
	close(held);
	if (!ring)
		tap_bail("no mapping");
}

/* The last user of the probes has gone a moment ago. */
static void let_probes_linger(int round)
{
	hold_session(round);
	close(held);
}

static long read_held(void *arg, int round)
{
	char buf[4096];
	ssize_t len = read(held, buf, sizeof(buf));

	(void)arg;
	(void)round;
	return len < 0 ? -errno : len;
}

static long close_held(void *arg, int round)
{
	(void)arg;
	(void)round;
	return close(held) ? -errno : 0;
}

static long unmap(void *arg, int round)
{
	(void)arg;
	(void)round;
	ring_unmap(ring);
	return 0;
}

static long fork_and_exit(void *arg, int round)
{
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < FORKS; i++)
		passer_by();
	return 0;
}

static bool held_goes(int round)
{
	bool right = goes(round);

	close(held);
	return right;
}

/* What a file says that is not there yet, not there any more, or just going. */
#define GONE { ENOENT, ENODEV, ENXIO, EIO }
#define RMMOD { "rmmod", rmmod, NULL, { EWOULDBLOCK, EBUSY, ENOENT } }
#define INSMOD { "insmod", insmod, NULL, { EEXIST, EBUSY } }
#define READ(path) { "read " path, race_read_file, path, GONE }

static const struct race races[] = {
	{ "rmmod against rmmod", 2, load, goes_with_thread, { RMMOD, RMMOD, RMMOD } },
	{ "rmmod against insmod", 4, NULL, goes_with_thread, { RMMOD, INSMOD } },
	{ "rmmod against two insmods", 2, NULL, goes_with_thread, { INSMOD, INSMOD, RMMOD } },
	{ "rmmod against the device", 4, load, goes_with_thread,
	  { RMMOD, { "device", use_device, NULL, GONE } } },
	{ "rmmod against a session", 4, load, goes_with_thread,
	  { RMMOD, { "TM_SESSION", use_session, NULL, GONE } } },
	{ "rmmod against sysfs", 4, load, goes_with_thread,
	  { RMMOD, READ(LAB_FILE), { "write " LAB_FILE, write_lab_file, NULL, GONE },
	    READ(ATTRIBUTES "targets") } },
	{ "rmmod against procfs", 4, load, goes_with_thread,
	  { RMMOD, READ(PROC_FILE), { "write " PROC_FILE, write_proc, NULL, GONE } } },
	{ "rmmod against parameters", 4, load, goes_with_thread,
	  { RMMOD, READ(PARAMETERS "target"),
	    { "write max_cpu_pct", write_parameter, NULL, GONE } } },
	{ "rmmod against debugfs", 4, load, goes_with_thread,
	  { RMMOD, READ(DEBUGFS "/sessions"), READ(DEBUGFS "/history") } },
	{ "rmmod against a proc file half read", 4, hold_proc, held_goes,
	  { RMMOD, { "read", read_held, NULL, GONE } } },
	{ "rmmod against an open attribute", 4, hold_attribute, held_goes,
	  { RMMOD, { "read", read_held, NULL, GONE } } },
	{ "rmmod against close of the device", 4, hold_device, goes,
	  { RMMOD, { "close", close_held, NULL, {} } } },
	{ "rmmod against close of a session", 4, hold_session, goes,
	  { RMMOD, { "close", close_held, NULL, {} } } },
	{ "rmmod against munmap", 4, hold_mapping, goes,
	  { RMMOD, { "munmap", unmap, NULL, {} } } },
	{ "rmmod against forks and probes that linger", 4, let_probes_linger, goes,
	  { RMMOD, { "fork", fork_and_exit, NULL, {} } } },
};

struct blocked {
	int fd;
	bool polls;
};

/* A session of nobody has no record, ever. */
static int wait_for_record(void *arg)
{
	const struct blocked *b = arg;
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	struct task_sample s;

	if (b->polls)
		return poll(&p, 1, -1) < 0;
	return read(b->fd, &s, sizeof(s)) < 0;
}

/* poll(2) in whatever way the C library calls it. */
static bool is_waiting(pid_t pid, bool polls)
{
	if (!polls)
		return is_blocked_in(pid, SYS_read);
#ifdef SYS_poll
	if (is_blocked_in(pid, SYS_poll))
		return true;
#endif
	return is_blocked_in(pid, SYS_ppoll);
}

static void while_blocked(bool polls)
{
	const char *call = polls ? "poll" : "read";
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct blocked b = { .polls = polls };
	pid_t pid;

	load(0);
	b.fd = session_make(&attr);
	pid = run_start(wait_for_record, &b);
	close(b.fd);
	tap_ok(eventually(is_waiting(pid, polls)), "somebody waits in %s", call);
	tap_errno(module_unload(), EWOULDBLOCK, "rmmod is refused");
	tap_ok(is_waiting(pid, polls), "and %s goes on waiting", call);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_errno(module_unload_patiently(), 0, "when it was killed in %s, rmmod", call);
}

int main(void)
{
	size_t i;

	child_start(&target);
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	while_blocked(false);
	while_blocked(true);
	module_need(" ");
	race_leaves_nothing("all of it");
	child_end(&target);
	return tap_done();
}
