// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the engine costs and how well it keeps time. Prints "name value unit"
 * lines; judges nothing.
 *
 *   engine cost      instructions (under virtual time: 1 ns is one) of a
 *                    sample into the history, a batch, TM_GET
 *   engine fork      of fork+exit+wait elsewhere, with and without sessions
 *   engine cadence   1 kHz on one target among busy loops, beside a plain poller
 *   engine steps     1 kHz on a busy loop alone on its CPU: is CPU time a line?
 *
 * Where instructions are counted the best of many batches is taken: an
 * interrupt or a first fault may hit any of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/taskmonitor.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000LL
#define BATCHES 20
#define ROUNDS 50

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void say(const char *name, double value, const char *unit)
{
	printf("%-44s %12.4g %s\n", name, value, unit);
}

static int session(unsigned int scope, long long interval_ns, unsigned int records,
		   unsigned long long flags)
{
	struct tm_session_attr attr = {
		.flags = flags,
		.interval_ns = interval_ns,
		.scope = scope,
		.ring_records = records,
	};
	int fd = open("/dev/taskmonitor", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/taskmonitor");
	if (ioctl(fd, TM_SESSION, &attr))
		die("TM_SESSION");
	return fd;
}

static void add(int fd, pid_t pid)
{
	struct tm_target_spec spec = { .pid = pid };

	if (ioctl(fd, TM_ADD, &spec))
		die("TM_ADD");
}

static pid_t start(void (*fn)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		fn();
		_exit(0);
	}
	return pid;
}

static void rest(void)
{
	for (;;)
		pause();
}

static void spin(void)
{
	for (;;)
		;
}

static void end(pid_t *pids, int n)
{
	int i;

	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

static struct tm_state state_of(int fd)
{
	struct tm_state state;

	if (ioctl(fd, TM_STATE, &state))
		die("TM_STATE");
	return state;
}

/* --- cost ------------------------------------------------------------------ */

static int device;
static void *argument;
static unsigned long request;

static void one_request(void)
{
	ioctl(device, request, argument);
}

static double best(void (*fn)(void), int rounds)
{
	long long least = 1LL << 60;
	int i, j;

	for (i = 0; i < BATCHES; i++) {
		long long begin = now_ns();

		for (j = 0; j < rounds; j++)
			fn();
		begin = now_ns() - begin;
		if (begin < least)
			least = begin;
	}
	return (double)least / rounds;
}

static double best_request(unsigned long what, void *arg)
{
	request = what;
	argument = arg;
	return best(one_request, ROUNDS);
}

static void cost(int n)
{
	struct task_sample *samples = calloc(n, sizeof(*samples));
	pid_t *pids = calloc(n, sizeof(*pids));
	struct tm_batch batch = {
		.records = (unsigned long)samples,
		.capacity = n,
		.record_size = sizeof(*samples),
	};
	struct tm_state state;
	int i;

	device = session(TM_SCOPE_LIST, 20 * MS, 65536, TM_SESSION_STOPPED);
	for (i = 0; i < n; i++) {
		pids[i] = start(rest);
		add(device, pids[i]);
	}
	say("processes", n, "");
	say("refused ioctl", best_request(_IO(TM_IOC_MAGIC, 0xff), NULL), "instructions");
	say("TM_GET, the lab's 16 bytes",
	    best_request(_IOC(_IOC_READ, TM_IOC_MAGIC, _IOC_NR(TM_GET), 16), samples),
	    "instructions");
	say("TM_GET, all of it", best_request(TM_GET, samples), "instructions");
	say("TM_BATCH, per process", best_request(TM_BATCH, &batch) / n, "instructions");
	ioctl(device, TM_START);
	usleep(1000000);
	state = state_of(device);
	say("tick into the history, per process", (double)state.cost_ns / state.ticks / n,
	    "instructions");
	close(device);
	end(pids, n);
	free(samples);
	free(pids);
}

/* --- fork ------------------------------------------------------------------ */

static void fork_and_wait(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("fork");
}

/*
 * Without a session before and after: what the page allocator happens to have at
 * hand moves this figure by some tenths of a percent, and that is its error.
 */
static void fork_cost(void)
{
	pid_t other = start(rest);
	double before, with, after;
	int fd;

	best(fork_and_wait, ROUNDS);
	before = best(fork_and_wait, ROUNDS);
	fd = session(TM_SCOPE_LIST, 1000 * MS, 1024, 0);
	add(fd, other);
	with = best(fork_and_wait, ROUNDS);
	close(fd);
	usleep(500000); /* until the probes have gone */
	after = best(fork_and_wait, ROUNDS);
	say("fork+exit+wait, no session", before, "instructions");
	say("  no session, measured again", after, "instructions");
	say("  a list elsewhere", with, "instructions");
	say("  which is more by", 100 * (2 * with / (before + after) - 1), "percent");

	fd = session(TM_SCOPE_SYSTEM, 1000 * MS, 65536, 0);
	with = best(fork_and_wait, ROUNDS);
	say("  the whole system watched: more by", with - after, "instructions");
	close(fd);
	end(&other, 1);
}

/* --- cadence --------------------------------------------------------------- */

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

static void cadence(void)
{
	struct poller poller = { .until_ns = now_ns() + 10000 * MS };
	struct tm_state state;
	pthread_t thread;
	pid_t pids[16];
	int i, fd;

	fd = session(TM_SCOPE_LIST, MS, 16384, TM_SESSION_STOPPED);
	for (i = 0; i < 16; i++)
		pids[i] = start(spin);
	add(fd, pids[0]);
	poller.target = pids[0];
	ioctl(fd, TM_START);
	pthread_create(&thread, NULL, poll_proc, &poller);
	pthread_join(thread, NULL);
	ioctl(fd, TM_STOP);
	state = state_of(fd);
	say("1 kHz, 16 busy loops: ticks", state.ticks, "");
	say("  missed deadlines", 100.0 * state.missed_ticks / (state.ticks + state.missed_ticks),
	    "percent");
	say("  latest", state.lateness_max_ns / 1e3, "us");
	say("  a poller over /proc: missed", 100.0 * poller.missed / (poller.polls + poller.missed),
	    "percent");
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
	int fd = session(TM_SCOPE_LIST, MS, 16384, TM_SESSION_STOPPED);
	pid_t pid = start(spin);
	struct raw raw = { .target = pid };
	struct task_sample s, last = {};
	int n = 0, near = 0;
	pthread_t thread;

	pin(pid, 1);
	pin(0, 0);
	add(fd, pid);
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
	say("1 kHz on a busy CPU: steps", n, "");
	say("  within 10 % of the time passed", 100.0 * near / n, "percent");
	say("  the kernel's raw figure, by schedstat", 100.0 * raw.near / raw.steps, "percent");
	close(fd);
	end(&pid, 1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "cost"))
		cost(argc > 2 ? atoi(argv[2]) : 1000);
	else if (!strcmp(what, "fork"))
		fork_cost();
	else if (!strcmp(what, "cadence"))
		cadence();
	else if (!strcmp(what, "steps"))
		steps();
	else
		return 2;
	return 0;
}
