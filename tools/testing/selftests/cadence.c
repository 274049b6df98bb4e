// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sampler's deadlines: what is late or missed is counted, whatever happens;
 * a stall moves nothing that comes after it; and the share of a CPU is kept.
 * How late it is, is a matter of the machine and of make bench.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/taskmonitor.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "harness.h"

#define INTERVAL (10 * NSEC_PER_MSEC)
#define STALL_NS (5 * NSEC_PER_SEC)

static struct tm_state state_of(int fd)
{
	struct tm_state state = {};

	if (dev_ioctl(fd, TM_STATE, &state))
		tap_bail("TM_STATE does not work");
	return state;
}

static int session(long long interval)
{
	struct tm_session_attr attr = {
		.interval_ns = interval,
		.ring_records = 8192,
		.kinds = 1 << TM_KIND_PERIODIC,
	};
	struct tm_target_spec self = { .pid = getpid() };
	int fd = dev_open();

	if (fd < 0 || dev_ioctl(fd, TM_SESSION, &attr) || dev_ioctl(fd, TM_ADD, &self))
		tap_bail("no session");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static bool wait_ticks(int fd, int n)
{
	unsigned long long until = state_of(fd).ticks + n;

	return eventually(state_of(fd).ticks >= until);
}

/* Nobody but us on this CPU, the sampler least of all: it has the lowest of such priorities. */
static void *hog(void *arg)
{
	struct sched_param param = { .sched_priority = 50 };
	long long until;

	if (!cpu_try(0, (int)(long)arg) ||
	    pthread_setschedparam(pthread_self(), SCHED_FIFO, &param))
		return "no right to";
	for (until = now_ns() + STALL_NS; now_ns() < until;)
		;
	return NULL;
}

static bool stall_everything(void)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[64];
	bool stalled = true;
	void *failed;

	/* Or the kernel would leave the others a twentieth of each second. */
	if (file_write("/proc/sys/kernel/sched_rt_runtime_us", "-1") < 0)
		return false;
	for (cpu = 0; cpu < cpus && cpu < 64; cpu++)
		pthread_create(&threads[cpu], NULL, hog, (void *)cpu);
	for (cpu = 0; cpu < cpus && cpu < 64; cpu++) {
		pthread_join(threads[cpu], &failed);
		stalled = stalled && !failed;
	}
	file_write("/proc/sys/kernel/sched_rt_runtime_us", "950000");
	return stalled;
}

/* The grid's points between the first and the last record are served or missed, each once. */
static void check_grid(int fd)
{
	unsigned long long n = 0, first = 0, last = 0, points;
	struct tm_state state;
	struct task_sample s;

	dev_ioctl(fd, TM_STOP, NULL);
	state = state_of(fd);
	while (read(fd, &s, sizeof(s)) == sizeof(s)) {
		if (!n++)
			first = s.time_ns;
		last = s.time_ns;
	}
	points = (last - first + INTERVAL / 2) / INTERVAL + 1;
	tap_diag("%llu served, %llu missed, of %llu; the latest by %llu us", n,
		 (unsigned long long)state.missed_ticks, points,
		 (unsigned long long)state.lateness_max_ns / 1000);
	/* The first tick may have come before there was a target. */
	tap_between(n + state.missed_ticks, points - 2,
		    points + 2 + state.lateness_max_ns / INTERVAL,
		    "served and missed make up the grid");
	tap_ok(state.missed_ticks >= STALL_NS / INTERVAL / 2, "the stall's deadlines are missed");
	tap_ok(state.lateness_max_ns >= STALL_NS / 2, "and the tick behind it was late");
}

static void check_histogram(int fd)
{
	struct tm_state state = state_of(fd);
	unsigned long long sum = 0;
	int i, highest = 0;

	for (i = 0; i < TM_LATENESS_BUCKETS; i++) {
		sum += state.lateness_hist[i];
		if (state.lateness_hist[i])
			highest = i;
	}
	tap_is(sum, state.ticks, "every tick is in the histogram");
	tap_ok(highest == TM_LATENESS_BUCKETS - 1 ||
		       state.lateness_max_ns / 1000 < 1ULL << highest,
	       "and the latest in the highest bucket that is used");
}

static void check_share(void)
{
	long long begin, passed;
	struct tm_state state;
	int fd;

	if (file_write(PARAMETERS "max_cpu_pct", "1") < 0)
		tap_bail("max_cpu_pct cannot be set");
	fd = session(TM_INTERVAL_MIN_NS);
	begin = now_ns();
	tap_ok(wait_ticks(fd, 50), "at one percent it goes on");
	state = state_of(fd);
	passed = now_ns() - begin;
	tap_ok(state.stretched > 0, "ticks are stretched, and counted");
	/* The first tick comes before anything has been used up. */
	tap_between(state.cost_ns, 1, passed / 50 + (long long)(state.cost_ns / state.ticks) * 4,
		    "no more than its share is used");
	close(fd);
	tap_is(file_write(PARAMETERS "max_cpu_pct", "0"), -EINVAL, "no share is no share");
	tap_is(file_write(PARAMETERS "max_cpu_pct", "101"), -EINVAL, "nor more than all");
}

int main(void)
{
	int fd;

	module_need(" ");
	fd = session(INTERVAL);
	tap_ok(wait_ticks(fd, 10), "ticks come");
	tap_ok(stall_everything(), "every CPU is taken for %lld s", STALL_NS / NSEC_PER_SEC);
	tap_ok(wait_ticks(fd, 10), "ticks go on");
	check_histogram(fd);
	check_grid(fd);
	close(fd);
	check_share();
	tap_is(module_unload(), 0, "unloads");
	return tap_done();
}
