// SPDX-License-Identifier: GPL-2.0-only
/* See bench.h. */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct crowd crowd = { .n = 0, .threads = 1 };

long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

double best(void (*fn)(void), int batches, int rounds)
{
	long long least = 1LL << 60;
	int i, j;

	for (i = 0; i < batches; i++) {
		long long begin = now_ns();

		for (j = 0; j < rounds; j++)
			fn();
		begin = now_ns() - begin;
		if (begin < least)
			least = begin;
	}
	return (double)least / rounds;
}

double best_sample(void (*fn)(void))
{
	int n = crowd.n * crowd.threads;

	if (n >= 10000)
		return best(fn, 3, 1);
	if (n >= 1000)
		return best(fn, 6, 1);
	return best(fn, 20, n >= 50 ? 2 : 50 / n);
}

void crowd_read(void)
{
	const char *path = getenv("CROWD");
	FILE *f;
	int i;

	if (!path)
		return;
	f = fopen(path, "r");
	if (!f || fscanf(f, "%d %d", &crowd.n, &crowd.threads) != 2)
		die(path);
	crowd.pids = calloc(crowd.n, sizeof(*crowd.pids));
	if (!crowd.pids)
		die("the crowd");
	for (i = 0; i < crowd.n; i++) {
		if (fscanf(f, "%d", &crowd.pids[i]) != 1)
			die(path);
	}
	fclose(f);
}

void emit(const char *method, const char *per, double value, const char *unit, long records)
{
	static struct utsname name;

	if (!unit)
		unit = getenv("BENCH_UNIT") ?: "ns";
	if (!*name.release)
		uname(&name);
	printf("{\"kernel\":\"%s\",\"method\":\"%s\",\"per\":\"%s\",\"processes\":%d,"
	       "\"threads\":%d,\"records\":%ld,\"value\":%.10g,\"unit\":\"%s\"}\n",
	       name.release, method, per, crowd.n, crowd.threads, records, value, unit);
	fflush(stdout);
}

void emit_sample(const char *method, double value)
{
	emit(method, "sample", value, NULL, crowd.n);
}

void emit_call(const char *method, const char *per, double value)
{
	emit(method, per, value, NULL, 1);
}

static void await(pid_t pid)
{
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("a child");
}

static void one_exit(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	await(pid);
}

static void one_fork_exit(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	await(pid);
}

#define AT_ONCE 50

static double mean_of(void (*one)(void), int n, void (*fetch)(void))
{
	long long begin = now_ns();
	int i;

	for (i = 1; i <= n; i++) {
		one();
		if (fetch && i % AT_ONCE == 0)
			fetch();
	}
	return (double)(now_ns() - begin) / n;
}

double mean_exit(int n, void (*fetch)(void))
{
	return mean_of(one_exit, n, fetch);
}

double mean_fork_exit(int n, void (*fetch)(void))
{
	return mean_of(one_fork_exit, n, fetch);
}

/* The first some thousand take memory that was never used. */
void exit_warm_up(void)
{
	mean_exit(6000, NULL);
}

long long file_number(const char *path, const char *key)
{
	char text[8192];
	const char *at;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, key);
	if (!at) {
		errno = ENODATA;
		die(key);
	}
	return atoll(at + strlen(key));
}

int session(unsigned int scope, long long interval_ns, unsigned int records, unsigned int kinds,
	    unsigned long long flags)
{
	struct tm_session_attr attr = {
		.flags = flags,
		.interval_ns = interval_ns,
		.scope = scope,
		.ring_records = records,
		.kinds = kinds,
	};
	int fd = open("/dev/taskmonitor", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/taskmonitor");
	if (ioctl(fd, TM_SESSION, &attr))
		die("TM_SESSION");
	return fd;
}

void session_add(int fd, pid_t pid)
{
	struct tm_target_spec spec = { .pid = pid };

	if (ioctl(fd, TM_ADD, &spec))
		die("TM_ADD");
}

struct tm_state session_state(int fd)
{
	struct tm_state state;

	if (ioctl(fd, TM_STATE, &state))
		die("TM_STATE");
	return state;
}
