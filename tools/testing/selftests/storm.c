// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eight processes at every front end at once, while the sampler's threads are
 * counted; then targets that come and go faster than they can be added.
 */
#include <linux/taskmonitor.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "harness.h"

#define PROCESSES	8
#define OPERATIONS	rounds(300)
#define FORKERS		4
#define FORKS		150

static struct child targets[3];

/* What a storming process did that it should not have been able to. */
struct misdeed {
	const char *what;
	long result;
};

static struct misdeed *misdeeds;

struct stormer {
	int number, fd;
	unsigned int seed;
	char buf[8192];
};

static bool is_in(long result, const int *allowed)
{
	if (result >= 0)
		return true;
	for (; *allowed; allowed++) {
		if (result == -*allowed)
			return true;
	}
	return false;
}

static void expect(struct stormer *s, const char *what, long result, const int *allowed)
{
	if (!is_in(result, allowed) && !misdeeds[s->number].what) {
		misdeeds[s->number].result = result;
		misdeeds[s->number].what = what;
	}
}

static const int nothing[] = { 0 };
static const int gone[] = { ESRCH, 0 };
static const int gone_or_there[] = { ESRCH, EEXIST, 0 };

static pid_t any_target(struct stormer *s)
{
	return targets[(unsigned int)rand_r(&s->seed) % ARRAY_SIZE(targets)].pid;
}

static void command(struct stormer *s, const char *word, const int *allowed)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %d\n", word, any_target(s));
	expect(s, word, file_write(PROC_FILE, text), allowed);
}

static void by_device(struct stormer *s, unsigned int dice)
{
	struct task_sample sample;
	struct tm_state state;
	int pid;

	switch (dice % 7) {
	case 0: expect(s, "TM_START", dev_ioctl(s->fd, TM_START, NULL), nothing); break;
	case 1: expect(s, "TM_STOP", dev_ioctl(s->fd, TM_STOP, NULL), nothing); break;
	case 2: expect(s, "TM_GET", dev_ioctl(s->fd, TM_GET, &sample), gone); break;
	case 3: expect(s, "TM_GET_TEXT", dev_ioctl(s->fd, TM_GET_TEXT, s->buf), gone); break;
	case 4: expect(s, "TM_STATE", dev_ioctl(s->fd, TM_STATE, &state), nothing); break;
	case 5:
		pid = -1;
		expect(s, "TM_PID -1", dev_ioctl(s->fd, TM_PID, &pid), nothing);
		break;
	case 6:
		pid = any_target(s);
		expect(s, "TM_PID", dev_ioctl(s->fd, TM_PID, &pid), nothing);
		break;
	}
}

static void by_procfs(struct stormer *s, unsigned int dice)
{
	switch (dice % 8) {
	case 0: command(s, "add", gone_or_there); break;
	case 1: command(s, "del", gone); break;
	case 2: command(s, "set", nothing); break;
	case 3: expect(s, "clear", file_write(PROC_FILE, "clear"), nothing); break;
	case 4: expect(s, "start", file_write(PROC_FILE, "start"), nothing); break;
	case 5: expect(s, "stop", file_write(PROC_FILE, "stop"), nothing); break;
	case 6:
		expect(s, "interval", file_write(PROC_FILE, dice & 8 ? "interval 1ms" :
						 "interval 200us"), nothing);
		break;
	case 7: expect(s, "read", file_read(PROC_FILE, s->buf, sizeof(s->buf)), nothing); break;
	}
}

static void by_sysfs(struct stormer *s, unsigned int dice)
{
	switch (dice % 7) {
	case 0: expect(s, "start", file_write(LAB_FILE, "start"), nothing); break;
	case 1: expect(s, "stop", file_write(LAB_FILE, "stop"), nothing); break;
	case 2: expect(s, "cat", file_read(LAB_FILE, s->buf, sizeof(s->buf)), gone); break;
	case 3: expect(s, "1", file_write(ATTRIBUTES "running", "1"), nothing); break;
	case 4: expect(s, "0", file_write(ATTRIBUTES "running", "0"), nothing); break;
	case 5:
		expect(s, "target", file_read(ATTRIBUTES "target", s->buf, sizeof(s->buf)), nothing);
		break;
	case 6:
		expect(s, "interval_ns", file_write(ATTRIBUTES "interval_ns", "500000"), nothing);
		break;
	}
}

static void by_the_others(struct stormer *s, unsigned int dice)
{
	switch (dice % 5) {
	case 0:
		if (file_exists(DEBUGFS))
			expect(s, "debugfs", file_read(DEBUGFS "/sampler", s->buf, sizeof(s->buf)),
			       nothing);
		break;
	case 1:
		if (file_exists(DEBUGFS))
			expect(s, "debugfs", file_read(DEBUGFS "/sessions", s->buf, sizeof(s->buf)),
			       nothing);
		break;
	case 2: close(dev_open()); break;
	case 3:
		expect(s, "ticks", file_read(ATTRIBUTES "ticks", s->buf, sizeof(s->buf)), nothing);
		break;
	case 4: expect(s, "refcnt", module_refs(), nothing); break;
	}
}

static int storm(void *arg)
{
	struct stormer s = { .number = (int)(intptr_t)arg, .fd = dev_open() };
	int i;

	s.seed = (unsigned int)s.number + 1;
	for (i = 0; i < OPERATIONS; i++) {
		unsigned int dice = (unsigned int)rand_r(&s.seed) >> 4;

		switch (dice % 4) {
		case 0: by_device(&s, dice >> 2); break;
		case 1: by_procfs(&s, dice >> 2); break;
		case 2: by_sysfs(&s, dice >> 2); break;
		case 3: by_the_others(&s, dice >> 2); break;
		}
	}
	close(s.fd);
	return 0;
}

/* Until all of them have ended: the greatest number of threads that was seen. */
static int watch(pid_t *pids, int n, int *looks, int *failed)
{
	int most = 0, threads, status;

	while (n) {
		threads = sampler_threads(NULL);
		if (threads > most)
			most = threads;
		++*looks;
		while (n && waitpid(pids[n - 1], &status, WNOHANG) == pids[n - 1]) {
			*failed += !WIFEXITED(status) || WEXITSTATUS(status);
			n--;
		}
	}
	return most;
}

static void blame(int n)
{
	int i, bad = 0;

	for (i = 0; i < n; i++) {
		if (!misdeeds[i].what)
			continue;
		tap_diag("process %d: %s gave %s", i, misdeeds[i].what,
			 errno_name(misdeeds[i].result));
		bad++;
		misdeeds[i].what = NULL;
	}
	tap_is(bad, 0, "nobody got an answer that is not one");
}

static void in_order_afterwards(void)
{
	tap_errno(file_write(PROC_FILE, "start"), 0, "start");
	tap_is(wait_sampler_threads(1), 1, "there is one thread");
	tap_errno(file_write(PROC_FILE, "stop"), 0, "stop");
	tap_is(wait_sampler_threads(0), 0, "there is none");
	tap_errno(file_write(PROC_FILE, "clear"), 0, "clear");
	tap_is(row_count(), 0, "there is no row");
	tap_is(module_refs(), 0, "no reference is left");
}

static void storm_of_requests(void)
{
	int i, most, looks = 0, failed = 0;
	pid_t pids[PROCESSES];

	for (i = 0; i < PROCESSES; i++)
		pids[i] = run_start(storm, (void *)(intptr_t)i);
	most = watch(pids, PROCESSES, &looks, &failed);
	tap_is(failed, 0, "%d processes did %d things each", PROCESSES, OPERATIONS);
	tap_between(most, 0, 1, "never two threads");
	tap_ok(looks >= rounds(20), "looked often enough (%d times)", looks);
	blame(PROCESSES);
	in_order_afterwards();
}

/* Fork, have it added while it exits, reap it; some are added by their parent and some twice. */
static int fork_storm(void *arg)
{
	struct stormer s = { .number = (int)(intptr_t)arg, .fd = dev_open() };
	char text[64];
	int i;

	for (i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		snprintf(text, sizeof(text), "add %d", pid);
		expect(&s, "add", file_write(PROC_FILE, text), gone_or_there);
		if (i % 4 == 0)
			expect(&s, "TM_PID", dev_ioctl(s.fd, TM_PID, &pid), gone);
		if (i % 2)
			expect(&s, "read", file_read(PROC_FILE, s.buf, sizeof(s.buf)), nothing);
		waitpid(pid, NULL, 0);
		if (i % 8 == 7)
			expect(&s, "clear", file_write(PROC_FILE, "clear"), nothing);
	}
	close(s.fd);
	return 0;
}

static void storm_of_forks(void)
{
	int i, most, looks = 0, failed = 0;
	pid_t pids[FORKERS];

	file_write(PROC_FILE, "interval 200us");
	file_write(PROC_FILE, "start");
	for (i = 0; i < FORKERS; i++)
		pids[i] = run_start(fork_storm, (void *)(intptr_t)i);
	most = watch(pids, FORKERS, &looks, &failed);
	tap_is(failed, 0, "%d processes forked %d each that were added as they went", FORKERS,
	       FORKS);
	tap_is(most, 1, "with one thread");
	blame(FORKERS);
	tap_is(file_number(ATTRIBUTES "targets_alive"), 0, "none of them is taken for alive");
	in_order_afterwards();
}

int main(void)
{
	size_t i;

	misdeeds = shared_memory(PROCESSES * sizeof(*misdeeds));
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_start(&targets[i]);
	module_need("target=%d interval_ms=1 log=N", targets[0].pid);
	storm_of_requests();
	storm_of_forks();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_end(&targets[i]);
	return tap_done();
}
