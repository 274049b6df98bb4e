// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows: a spike of some milliseconds shows in a series of four records a
 * second. A child takes memory for a moment, once a record; each window must
 * know the most that was resident in it.
 */
#include <linux/taskmonitor.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#define WINDOW_NS  (250 * NSEC_PER_MSEC)
#define SPIKES	   rounds(8)
#define SPIKE	   (400LL << 20)
#define HOLD_NS	   (20 * NSEC_PER_MSEC)
#define NEAR	   (1LL << 20)

struct truth {
	long long peak;	   /* of the resident set in the spike, bytes */
	long long done_ns; /* when it was over */
};

static struct truth *truth; /* shared with the child */

static long long resident(void)
{
	long long pages[2] = {};

	proc_numbers(getpid(), "statm", pages, 2);
	return pages[1] * PAGE;
}

static void spike(void)
{
	char *p = mmap(NULL, SPIKE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec hold = { .tv_nsec = HOLD_NS };
	long long i;

	if (p == MAP_FAILED)
		_exit(1);
	madvise(p, SPIKE, MADV_HUGEPAGE); /* in less time than a window has */
	for (i = 0; i < SPIKE; i += 4096)
		p[i] = 1;
	truth->peak = resident();
	nanosleep(&hold, NULL);
	munmap(p, SPIKE);
	truth->done_ns = now_ns();
}

/* A spike for every word from above; the end of the words is the end. */
static int child(void *arg)
{
	int *fds = arg;
	char byte;

	close(fds[1]);
	close(fds[2]);
	while (read(fds[0], &byte, 1) == 1) {
		spike();
		if (write(fds[3], "", 1) != 1)
			return 1;
	}
	return 0;
}

static bool next_window(int fd, struct task_sample *s)
{
	while (read(fd, s, sizeof(*s)) == sizeof(*s)) {
		if (s->kind == TM_KIND_WINDOW && s->valid & TM_VALID_WINDOW)
			return true;
	}
	return false;
}

static bool is_ordered(const struct task_sample *s)
{
	return s->rss_min_bytes <= s->rss_avg_bytes && s->rss_avg_bytes <= s->rss_max_bytes &&
	       s->cpu_min_ppm <= s->cpu_avg_ppm && s->cpu_avg_ppm <= s->cpu_max_ppm;
}

/*
 * A window has just ended: a spike now, and look at the windows up to the one
 * that ended after it. That is the next one, unless the machine is very slow.
 */
static long long peak_seen(int fd, int to, int from, bool *ordered)
{
	struct task_sample s;
	long long peak = 0;
	char byte;

	if (write(to, "", 1) != 1 || read(from, &byte, 1) != 1)
		tap_bail("the child has gone");
	do {
		if (!next_window(fd, &s))
			tap_bail("no window");
		*ordered = *ordered && is_ordered(&s);
		if ((long long)s.rss_max_bytes > peak)
			peak = s.rss_max_bytes;
	} while ((long long)s.time_ns < truth->done_ns);
	tap_diag("at most %lld kB of %u samples, the truth is %lld kB", peak / 1024,
		 s.window_samples, truth->peak / 1024);
	return peak;
}

static void check_windows(int fd, int to, int from)
{
	struct task_sample s = {};
	bool ordered = true;
	int i, near = 0;

	if (!next_window(fd, &s))
		tap_bail("no window");
	tap_ok((long long)s.rss_max_bytes < SPIKE / 2, "a child at rest is small");
	for (i = 0; i < SPIKES; i++)
		near += llabs(peak_seen(fd, to, from, &ordered) - truth->peak) <= NEAR;
	tap_is(near, SPIKES, "%d spikes of %lld MiB show with their true maximum, within a MiB",
	       SPIKES, SPIKE >> 20);
	tap_ok(ordered, "least, average and most are in their order");
}

/* A target that exits takes what its window held along into its last record. */
static void check_exit(int fd)
{
	struct task_sample s = {};

	while (read(fd, &s, sizeof(s)) == sizeof(s) && s.kind != TM_KIND_EXIT)
		;
	tap_is(s.kind, TM_KIND_EXIT, "the exit record comes");
	tap_ok(s.valid & TM_VALID_WINDOW && s.window_samples, "with the window that was open");
}

/* Until the window that is open has a sample or two. */
static void wait_ticks(int fd)
{
	struct tm_state before, now;

	dev_ioctl(fd, TM_STATE, &before);
	tap_ok(eventually(!dev_ioctl(fd, TM_STATE, &now) && now.ticks > before.ticks + 2),
	       "the sampler goes on");
}

int main(void)
{
	struct tm_session_attr attr = {
		.interval_ns = NSEC_PER_MSEC,
		.window_ns = WINDOW_NS,
	};
	struct tm_target_spec spec = {};
	int fd, fds[4];

	module_need(" ");
	truth = shared_memory(sizeof(*truth));
	if (pipe(fds) || pipe(fds + 2))
		tap_bail("no pipe");
	spec.pid = run_start(child, fds);
	fd = dev_open();
	if (fd < 0 || dev_ioctl(fd, TM_SESSION, &attr) || dev_ioctl(fd, TM_ADD, &spec))
		tap_bail("no session");
	check_windows(fd, fds[1], fds[2]);
	wait_ticks(fd);
	close(fds[1]);
	tap_is(run_end(spec.pid), 0, "the child did all of it");
	check_exit(fd);
	close(fd);
	tap_is(module_unload(), 0, "unloads");
	return tap_done();
}
