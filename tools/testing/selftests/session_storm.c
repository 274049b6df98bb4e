// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions of all scopes, made, used and closed by eight processes at once
 * while others come and go, some of them killed in the middle of it; then what
 * is likeliest to collide, each by itself: close and a tick, exits and a batch.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "session.h"

#define CGROUP	   "/sys/fs/cgroup/storm-test"
#define PROCESSES  8
#define OPERATIONS rounds(400)
#define FILES	   3
#define FORKERS	   3
#define FORKS	   rounds(200)
#define BATCH	   64

/* What a storming process did that it should not have been able to. */
struct misdeed {
	const char *what;
	long result;
	unsigned int records;	/* that it read */
};

static struct misdeed *misdeeds;
static struct child targets[3];

struct stormer {
	int number;
	unsigned int seed;
	int fds[FILES];
	unsigned long long last[FILES];	/* record read from each */
	const struct tm_ring_header *ring[FILES];
};

static void wrong(struct stormer *s, const char *what, long result)
{
	if (misdeeds[s->number].what)
		return;
	misdeeds[s->number].result = result;
	misdeeds[s->number].what = what;
}

static void expect(struct stormer *s, const char *what, long result, const int *allowed)
{
	if (result >= 0)
		return;
	for (; *allowed; allowed++) {
		if (result == -*allowed)
			return;
	}
	wrong(s, what, result);
}

static const int nothing[] = { 0 };
static const int no_pid[] = { ESRCH, EEXIST, EINVAL, 0 };
static const int no_record[] = { EAGAIN, 0 };

static unsigned int dice(struct stormer *s, unsigned int sides)
{
	return (unsigned int)rand_r(&s->seed) / 16 % sides;
}

/* Somebody who stays, who may just be gone, or who is oneself. */
static pid_t any_pid(struct stormer *s)
{
	switch (dice(s, 4)) {
	case 0: return getpid();
	case 1: return getpid() + (pid_t)dice(s, 50);
	default: return targets[dice(s, ARRAY_SIZE(targets))].pid;
	}
}

static void make(struct stormer *s, unsigned int i)
{
	struct tm_session_attr attr = {
		.flags = dice(s, 4) ? 0 : TM_SESSION_STOPPED,
		.interval_ns = TM_INTERVAL_MIN_NS << dice(s, 6),
		.window_ns = dice(s, 3) ? 0 : 10 * NSEC_PER_MSEC,
		.scope = dice(s, 4),
		.ring_records = TM_RING_RECORDS_MIN << dice(s, 6),
		.watermark = dice(s, 8),
		.kinds = dice(s, 3) ? 0 : TM_KINDS_ALL & ~(1U << dice(s, 7)),
	};
	int cgroup = -1;

	if (attr.scope == TM_SCOPE_CGROUP)
		attr.cgroup_fd = cgroup = open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->fds[i] = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	s->last[i] = 0;
	expect(s, "TM_SESSION", dev_ioctl(s->fds[i], TM_SESSION, &attr), nothing);
	if (cgroup >= 0)
		close(cgroup);
}

static void let_go(struct stormer *s, unsigned int i)
{
	close(s->fds[i]);
	if (s->ring[i])
		ring_unmap(s->ring[i]);
	s->ring[i] = NULL;
}

/* Numbers have no gap that is not told of. */
static void take(struct stormer *s, unsigned int i)
{
	struct task_sample buf[BATCH];
	ssize_t len = read(s->fds[i], buf, (1 + dice(s, BATCH)) * sizeof(buf[0]));
	size_t n;

	expect(s, "read", len < 0 ? -errno : len, no_record);
	for (n = 0; len > 0 && n < (size_t)len / sizeof(buf[0]); n++) {
		unsigned long long lost = buf[n].kind == TM_KIND_LOST ? buf[n].lost_records : 1;

		if (buf[n].seq != s->last[i] + lost)
			wrong(s, "a gap in the numbers", (long)buf[n].seq);
		s->last[i] = buf[n].seq;
		misdeeds[s->number].records++;
	}
	if (len > 0 && (size_t)len % sizeof(buf[0]))
		wrong(s, "half a record", len);
}

static void batch(struct stormer *s, unsigned int i)
{
	struct task_sample buf[BATCH];
	int n, count = session_batch(s->fds[i], buf, dice(s, BATCH + 1));

	expect(s, "TM_BATCH", count, nothing);
	for (n = 0; n < count; n++) {
		if (buf[n].time_ns != buf[0].time_ns && !(buf[n].flags & TM_SAMPLE_EXITED))
			wrong(s, "two times in a batch", n);
		if (buf[n].pid <= 0)
			wrong(s, "nobody in a batch", n);
	}
}

static void map(struct stormer *s, unsigned int i)
{
	if (s->ring[i])
		return;
	s->ring[i] = ring_map(s->fds[i]);
	if (!s->ring[i])
		wrong(s, "mmap", -errno);
	else if (s->ring[i]->magic != TM_RING_MAGIC)
		wrong(s, "the magic", 0);
}

static void any_operation(struct stormer *s)
{
	struct pollfd p = { .events = POLLIN };
	struct task_sample sample;
	struct tm_state state;
	unsigned int i = dice(s, FILES);
	int fd = s->fds[i], pid = any_pid(s);

	switch (dice(s, 16)) {
	case 0:
		let_go(s, i);
		make(s, i);
		break;
	case 1: case 2: expect(s, "TM_ADD", session_add(fd, pid), no_pid); break;
	case 3: expect(s, "TM_DEL", session_del(fd, pid), no_pid); break;
	case 4: expect(s, "TM_START", dev_ioctl(fd, TM_START, NULL), nothing); break;
	case 5: expect(s, "TM_STOP", dev_ioctl(fd, TM_STOP, NULL), nothing); break;
	case 6:
		expect(s, "TM_INTERVAL", session_interval(fd, TM_INTERVAL_MIN_NS << dice(s, 6)),
		       nothing);
		break;
	case 7: case 8: batch(s, i); break;
	case 9: case 10: take(s, i); break;
	case 11: map(s, i); break;
	case 12: expect(s, "TM_STATE", dev_ioctl(fd, TM_STATE, &state), nothing); break;
	case 13: expect(s, "TM_GET", dev_ioctl(fd, TM_GET, &sample), no_pid); break;
	case 14: expect(s, "TM_PID", dev_ioctl(fd, TM_PID, &pid), no_pid); break;
	case 15:
		p.fd = fd;
		expect(s, "poll", poll(&p, 1, 0), nothing);
		break;
	}
}

/* Odd ones end with a bang: whatever they have open is closed by the kernel. */
static int storm(void *arg)
{
	struct stormer s = { .number = *(int *)arg, .seed = (unsigned int)*(int *)arg * 7919 + 1 };
	unsigned int i;

	for (i = 0; i < FILES; i++)
		make(&s, i);
	for (i = 0; i < (unsigned int)OPERATIONS; i++)
		any_operation(&s);
	if (s.number % 2)
		raise(SIGKILL);
	for (i = 0; i < FILES; i++)
		let_go(&s, i);
	return 0;
}

static void join_cgroup(void)
{
	if (file_write(CGROUP "/cgroup.procs", "0") < 0)
		_exit(1);
}

/* Short lives; some of them move between cgroups, some have threads. */
static int forker(void *arg)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < FORKS; i++) {
		pid = fork();
		if (!pid) {
			if (*(int *)arg == 0)
				join_cgroup();
			if (*(int *)arg == 1 && !fork())
				_exit(0);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			return 1;
	}
	return 0;
}

static void check_misdeeds(void)
{
	unsigned int records = 0;
	int i;

	for (i = 0; i < PROCESSES; i++) {
		const struct misdeed *m = &misdeeds[i];

		tap_ok(!m->what, "process %d: nothing but what may be", i);
		if (m->what)
			tap_diag("%s: %s (%ld)", m->what, errno_name(m->result), m->result);
		records += m->records;
	}
	tap_ok(records > 0, "records were read");
	tap_diag("%u of them", records);
}

/* Which of @n processes has ended? All of them: true. */
static bool all_ended(pid_t *pids, int *statuses, int n)
{
	int i, left = 0;

	for (i = 0; i < n; i++) {
		if (pids[i] && waitpid(pids[i], &statuses[i], WNOHANG) == pids[i])
			pids[i] = 0;
		left += pids[i] != 0;
	}
	return !left;
}

static void all_at_once(void)
{
	pid_t pids[PROCESSES + FORKERS];
	int numbers[PROCESSES + FORKERS], statuses[PROCESSES + FORKERS];
	int i, most = 0, now, right = 0;

	for (i = 0; i < PROCESSES + FORKERS; i++) {
		numbers[i] = i < PROCESSES ? i : i - PROCESSES;
		pids[i] = run_start(i < PROCESSES ? storm : forker, &numbers[i]);
	}
	do {
		now = sampler_threads(NULL);
		most = now > most ? now : most;
	} while (!all_ended(pids, statuses, PROCESSES + FORKERS));
	/* On a busy machine it may be there only while this one waits for a CPU. */
	tap_between(most, 0, 1, "never more than one sampler");
	for (i = 0; i < PROCESSES + FORKERS; i++)
		right += statuses[i] == (i < PROCESSES && i % 2 ? SIGKILL : 0);
	tap_is(right, PROCESSES + FORKERS, "all come to the end they were to come to");
	check_misdeeds();
	tap_is(wait_sessions(1), 1, "no session is left");
	tap_is(wait_sampler_threads(0), 0, "no sampler either");
}

/* Many targets at the least interval: a close meets a tick in its middle. */
static void close_and_tick(void)
{
	struct tm_session_attr attr = {
		.interval_ns = TM_INTERVAL_MIN_NS,
		.scope = TM_SCOPE_SYSTEM,
		.ring_records = TM_RING_RECORDS_MIN,
	};
	unsigned long long ticks = 0;
	struct tm_state state;
	int i, fd, n = rounds(100);

	for (i = 0; i < n; i++) {
		attr.scope = i % 2 ? TM_SCOPE_SYSTEM : TM_SCOPE_TREE;
		fd = session_make(&attr);
		if (!(i % 2))
			session_add(fd, 1);
		/* Some of them have ticked, others are closed before they could. */
		if (i % 4 < 2)
			(void)eventually((session_state(fd, &state), state.ticks > 1));
		session_state(fd, &state);
		ticks += state.ticks;
		close(fd);
	}
	tap_ok(ticks >= (unsigned int)n, "%d sessions are closed while they tick", n);
	tap_is(wait_sessions(1), 1, "none is left");
}

static volatile bool over;
static int watched;

/* Asks for all there is, all the time. */
static void *asker(void *arg)
{
	static struct task_sample samples[2][1024];
	struct task_sample *buf = samples[*(int *)arg];
	long bad = 0;

	while (!over) {
		if (*(int *)arg)
			bad += session_batch(watched, buf, 1024) < 0;
		else
			bad += read(watched, buf, sizeof(samples[0])) < 0 && errno != EAGAIN;
	}
	return (void *)bad;
}

/* Targets exit while they are added, sampled and read. */
static void exits_under_way(void)
{
	int numbers[2] = { 0, 1 }, i, added = 0, odd = 0;
	pthread_t threads[2];
	struct tm_state state;
	void *bad[2];
	pid_t pid;

	watched = session_open(TM_SCOPE_LIST);
	session_nonblock(watched);
	session_interval(watched, TM_INTERVAL_MIN_NS);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, asker, &numbers[i]);
	for (i = 0; i < rounds(500); i++) {
		int err;

		pid = fork();
		if (!pid)
			_exit(0);
		err = session_add(watched, pid);
		added += !err;
		odd += err && err != -ESRCH;
		waitpid(pid, NULL, 0);
		if (i % 3 == 0 && !err)
			odd += session_del(watched, pid) != 0;
	}
	over = true;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], &bad[i]);
	tap_is(odd, 0, "they are added, or have exited");
	tap_ok(!bad[0], "read does not fail");
	tap_ok(!bad[1], "nor does a batch");
	tap_diag("%d were added in time", added);
	tap_ok(eventually((session_state(watched, &state), !state.targets_alive)),
	       "all have exited in the end");
	close(watched);
}

/* The module goes the moment the last file is closed, whatever is still to be done behind it. */
static void unload_at_once(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_SYSTEM);
	int i, good = 0;

	attr.interval_ns = TM_INTERVAL_MIN_NS;
	for (i = 0; i < rounds(10); i++) {
		int a = session_make(&attr), b = session_open(TM_SCOPE_TREE);

		session_add(b, getpid());
		passer_by();
		close(a);
		passer_by();
		close(b);
		good += module_unload_patiently() == 0;
		module_need("log=N");
	}
	tap_is(good, rounds(10), "the module is unloaded on the heels of the last close");
}

int main(void)
{
	size_t i;

	misdeeds = shared_memory(PROCESSES * sizeof(*misdeeds));
	if (mkdir(CGROUP, 0755))
		tap_bail(CGROUP ": %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_start(&targets[i]);
	module_need("log=N max_cpu_pct=90");
	all_at_once();
	close_and_tick();
	exits_under_way();
	unload_at_once();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	tap_is(sampler_threads(NULL), 0, "no thread is left");
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_end(&targets[i]);
	(void)eventually(!rmdir(CGROUP));
	return tap_done();
}
