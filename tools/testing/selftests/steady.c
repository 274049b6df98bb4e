// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures of a busy process: they never go backwards, whatever its threads do,
 * and they include what runs at this very moment.
 */
#define _GNU_SOURCE
#include <linux/taskmonitor.h>
#include <pthread.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "harness.h"

#define READS	20000
#define PAIRS	300
#define ROUNDS	300
#define SLACK_NS 50000	/* by which the clocks of two CPUs may differ */

static int dev;

static void monitor(pid_t pid)
{
	if (dev_ioctl(dev, TM_PID, &pid))
		tap_bail("TM_PID does not take %d", pid);
}

static const struct {
	const char *name;
	size_t at;
} figures[] = {
#define FIGURE(name) { #name, offsetof(struct task_sample, name) }
	FIGURE(utime), FIGURE(stime), FIGURE(time_ns), FIGURE(min_flt), FIGURE(maj_flt),
	FIGURE(nvcsw), FIGURE(nivcsw), FIGURE(run_delay_ns), FIGURE(read_bytes),
	FIGURE(write_bytes), FIGURE(rchar_bytes), FIGURE(wchar_bytes), FIGURE(peak_rss_bytes),
};

static unsigned long long figure(const struct task_sample *s, size_t i)
{
	unsigned long long value;

	memcpy(&value, (const char *)s + figures[i].at, sizeof(value));
	return value;
}

static void compare(const struct task_sample *a, const struct task_sample *b, int *backwards)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (figure(b, i) >= figure(a, i))
			continue;
		if (!backwards[i]++)
			tap_diag("%s goes from %llu to %llu", figures[i].name, figure(a, i),
				 figure(b, i));
	}
}

/* Threads come, burn a little and go, while others only burn. */
static void never_backwards(void)
{
	int i, failed = 0, changes = 0, backwards[ARRAY_SIZE(figures)] = {};
	struct task_sample a = {}, b;
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_SPIN, 0);
	child_do(&c, CHILD_CHURN, 0);
	for (i = 0; i < READS; i++) {
		failed += dev_ioctl(dev, TM_GET, &b) != 0;
		compare(&a, &b, backwards);
		changes += b.utime + b.stime > a.utime + a.stime;
		a = b;
	}
	tap_is(failed, 0, "%d samples of a process whose threads come and go", READS);
	/* Where figures are as of the last tick, they change with the ticks alone. */
	tap_ok(changes > (b.flags & TM_SAMPLE_CPU_AS_OF_TICK ? 10 : READS / 10), "it was busy (%d changes)", changes);
	for (i = 0; i < (int)ARRAY_SIZE(figures); i++)
		tap_is(backwards[i], 0, "%s never goes backwards", figures[i].name);
	child_end(&c);
}

/* Two samples much closer than a tick: the second is ahead by the time between. */
static void running_now(void)
{
	struct task_sample a, b;
	int i, ahead = 0, close_together = 0;
	struct child c;

	cpu_pin(0, 1);
	child_start(&c);
	cpu_pin(0, 0);
	monitor(c.pid);
	if (dev_ioctl(dev, TM_GET, &a))
		tap_bail("TM_GET does not work");
	child_do(&c, CHILD_SPIN, 0);
	/* All that follows takes a few ms, in which its CPU may not even have heard of it. */
	if (!eventually(!dev_ioctl(dev, TM_GET, &b) &&
			b.utime + b.stime > a.utime + a.stime + NSEC_PER_MSEC))
		tap_bail("it does not spin");
	for (i = 0; i < PAIRS; i++) {
		if (dev_ioctl(dev, TM_GET, &a) || dev_ioctl(dev, TM_GET, &b))
			tap_bail("TM_GET does not work");
		if (b.time_ns - a.time_ns > 1000000)
			continue;
		close_together++;
		ahead += b.utime + b.stime > a.utime + a.stime;
	}
	tap_ok(close_together > PAIRS / 4, "samples less than a millisecond apart (%d)",
	       close_together);
	tap_ok(ahead * 4 > close_together * 3, "the slice that runs is included (%d of %d)",
	       ahead, close_together);
	child_end(&c);
}

static void *spin(void *unused)
{
	cpu_pin(0, 1);
	for (;;)
		;
	return unused;
}

static void *short_lived(void *unused)
{
	burn_ns(20 * NSEC_PER_MSEC);
	return unused;
}

static long long thread_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* Threads that have burnt and gone. Returns the CPU time that is theirs, this thread being alone. */
static long long bury_threads(void)
{
	struct proc_stat st;
	long long all, dead, most = 0;
	pthread_t t;
	int i;

	for (i = 0; i < 4; i++) {
		if (pthread_create(&t, NULL, short_lived, NULL))
			tap_bail("no thread");
		pthread_join(t, NULL);
	}
	if (!eventually(proc_stat(getpid(), &st) && st.threads == 1))
		tap_bail("the threads never go");
	/* What this thread runs between its two clocks is missing, a tick's work at worst. */
	for (i = 0; i < 20; i++) {
		all = cpu_ns();
		dead = all - thread_ns(CLOCK_THREAD_CPUTIME_ID);
		if (dead > most)
			most = dead;
	}
	return most;
}

/*
 * This process itself, some threads gone, one thread here and one that burns: only from within
 * can the threads' own clocks be read, slices included.
 */
static void exact_now(void)
{
	long long dead, before, sum, after, off, worst = 0;
	struct task_sample s;
	int i, wrong = 0;
	clockid_t id;
	pthread_t t;

	cpu_pin(0, 0);
	dead = bury_threads();
	tap_ok(dead >= 80 * NSEC_PER_MSEC, "threads that have gone had burnt %lld ns", dead);
	if (pthread_create(&t, NULL, spin, NULL) || pthread_getcpuclockid(t, &id))
		tap_bail("no thread");
	monitor(getpid());
	for (i = 0; i < ROUNDS; i++) {
		before = dead + thread_ns(CLOCK_THREAD_CPUTIME_ID) + thread_ns(id);
		/* They are read in ways of their own; both begin with the two times. */
		if (dev_ioctl(dev, i % 2 ? TM_GET : TM_GET_16, &s))
			tap_bail("TM_GET does not work");
		after = dead + thread_ns(CLOCK_THREAD_CPUTIME_ID) + thread_ns(id);
		sum = (long long)(s.utime + s.stime);
		off = before - sum > sum - after ? before - sum : sum - after;
		wrong += off > SLACK_NS;
		if (off > worst)
			worst = off;
	}
	tap_between(wrong, 0, ROUNDS / 20, "usr + sys lies between the clocks of the threads");
	tap_diag("worst: off by %lld ns", worst);
}

static bool slices_are_told(void)
{
	struct task_sample s;

	monitor(getpid());
	if (dev_ioctl(dev, TM_GET, &s))
		tap_bail("TM_GET does not work");
	return !(s.flags & TM_SAMPLE_CPU_AS_OF_TICK);
}

int main(void)
{
	module_need("interval_ms=1 log=N");
	dev = dev_open();
	if (dev_ioctl(dev, TM_START, NULL))
		tap_bail("TM_START does not work");
	never_backwards();
	/* From here on it would take the target's CPU, on slow kernels a third of it. */
	if (dev_ioctl(dev, TM_STOP, NULL))
		tap_bail("TM_STOP does not work");
	if (!slices_are_told()) {
		tap_skip("this kernel does not tell slices", "the slice that runs is included");
	} else if (get_nprocs() < 2) {
		tap_skip("one CPU", "the slice that runs is included");
	} else {
		running_now();
		exact_now();
	}
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	return tap_done();
}
