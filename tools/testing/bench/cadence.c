// SPDX-License-Identifier: GPL-2.0-only
/*
 * How well the sampler keeps time.
 *
 *   cadence busy   1 kHz on one target among busy loops, beside a plain poller
 *   cadence steps  1 kHz on a busy loop alone on its CPU: is CPU time a line?
 */
#include "bench.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t start_spinning(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	while (!pid)
		;
	return pid;
}

static void end(pid_t *pids, int n)
{
	int i;

	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

/* --- busy ------------------------------------------------------------------ */

struct poller {
	pid_t target;
	long long until_ns;
	int polls, missed;
};

/* What people write: read a file, sleep until the next millisecond. */
static void *poll_proc(void *arg)
{
	struct poller *p = arg;
	long long next = now_ns();
	char path[64], text[512];
	struct timespec t;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", p->target);
	fd = open(path, O_RDONLY);
	while (next < p->until_ns) {
		if (pread(fd, text, sizeof(text), 0) <= 0)
			die(path);
		p->polls++;
		for (next += MS; next < now_ns(); next += MS)
			p->missed++;
		t.tv_sec = next / 1000000000;
		t.tv_nsec = next % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	}
	close(fd);
	return NULL;
}

static void busy(void)
{
	struct poller poller = { .until_ns = now_ns() + 10000 * MS };
	struct tm_state state;
	pthread_t thread;
	pid_t pids[16];
	int i, fd;

	fd = session(TM_SCOPE_LIST, MS, 16384, 0, TM_SESSION_STOPPED);
	for (i = 0; i < 16; i++)
		pids[i] = start_spinning();
	session_add(fd, pids[0]);
	poller.target = pids[0];
	ioctl(fd, TM_START);
	pthread_create(&thread, NULL, poll_proc, &poller);
	pthread_join(thread, NULL);
	ioctl(fd, TM_STOP);
	state = session_state(fd);
	emit("cadence.ticks", "run", state.ticks, "ticks", 1);
	emit("cadence.missed", "run",
	     100.0 * state.missed_ticks / (state.ticks + state.missed_ticks), "percent", 1);
	emit("cadence.latest", "run", state.lateness_max_ns, "ns", 1);
	emit("cadence.poller.missed", "run", 100.0 * poller.missed / (poller.polls + poller.missed),
	     "percent", 1);
	close(fd);
	end(pids, 16);
}

/* --- steps ----------------------------------------------------------------- */

static void pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set))
		die("sched_setaffinity");
}

static bool is_near(double gained, double passed)
{
	return gained > 0.9 * passed && gained < 1.1 * passed;
}

/* The kernel's own figure, as it stands between its ticks: the same series by schedstat. */
struct raw {
	pid_t target;
	int steps, near;
	volatile bool stop;
};

static void *poll_raw(void *arg)
{
	long long last_cpu = 0, last_ns = 0, cpu, ns;
	struct timespec t = { .tv_nsec = MS };
	struct raw *raw = arg;
	char path[64], text[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", raw->target);
	fd = open(path, O_RDONLY);
	while (!raw->stop) {
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

		ns = now_ns();
		if (n <= 0)
			die(path);
		text[n] = '\0';
		cpu = atoll(text);
		if (last_ns) {
			raw->steps++;
			raw->near += is_near(cpu - last_cpu, ns - last_ns);
		}
		last_ns = ns;
		last_cpu = cpu;
		nanosleep(&t, NULL);
	}
	close(fd);
	return NULL;
}

static void steps(void)
{
	int fd = session(TM_SCOPE_LIST, MS, 16384, 0, TM_SESSION_STOPPED);
	pid_t pid = start_spinning();
	struct raw raw = { .target = pid };
	struct task_sample s, last = {};
	int n = 0, near = 0;
	pthread_t thread;

	pin(pid, 1);
	pin(0, 0);
	session_add(fd, pid);
	usleep(100000);
	pthread_create(&thread, NULL, poll_raw, &raw);
	ioctl(fd, TM_START);
	usleep(5000000);
	ioctl(fd, TM_STOP);
	raw.stop = true;
	pthread_join(thread, NULL);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (read(fd, &s, sizeof(s)) == sizeof(s)) {
		if (s.kind != TM_KIND_PERIODIC)
			continue;
		if (last.time_ns) {
			n++;
			near += is_near((double)(s.utime + s.stime - last.utime - last.stime),
					(double)(s.time_ns - last.time_ns));
		}
		last = s;
	}
	emit("steps.all", "run", n, "steps", 1);
	emit("steps.near", "run", 100.0 * near / n, "percent", 1);
	emit("steps.schedstat.near", "run", 100.0 * raw.near / raw.steps, "percent", 1);
	close(fd);
	end(&pid, 1);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "busy"))
		busy();
	else if (argc > 1 && !strcmp(argv[1], "steps"))
		steps();
	else
		return 2;
	return 0;
}
