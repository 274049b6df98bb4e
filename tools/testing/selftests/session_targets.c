// SPDX-License-Identifier: GPL-2.0-only
/*
 * The targets of a private session: added, removed, asked for; its interval and
 * its run state, which are nobody else's; and batches, of ten thousand too.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define MANY	   10000
#define STACK_SIZE 1024

static unsigned long long produced(int fd)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.samples;
}

static bool is_running(int fd)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.flags & TM_STATE_RUNNING;
}

static unsigned int targets(int fd)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.targets;
}

static void add_and_del(void)
{
	int fd = session_open(TM_SCOPE_LIST);
	struct child a, b, zombie;
	pid_t nobody = unused_pid();

	child_start(&a);
	child_start(&b);
	child_start(&zombie);
	child_exit(&zombie, 0);

	tap_errno(session_add(fd, a.pid), 0, "add");
	tap_errno(session_add(fd, b.pid), 0, "add another");
	tap_errno(session_add(fd, a.pid), EEXIST, "add it again");
	tap_errno(session_add(fd, nobody), ESRCH, "add nobody");
	tap_errno(session_add(fd, zombie.pid), ESRCH, "add a zombie");
	tap_errno(session_add(fd, 0), EINVAL, "add 0");
	tap_errno(session_add(fd, -1), EINVAL, "add -1");
	tap_errno(session_add(fd, INT32_MIN), EINVAL, "add the least number");
	tap_errno(session_add(fd, INT32_MAX), ESRCH, "add the greatest number");
	tap_errno(session_add_flags(fd, b.pid, 2), EINVAL, "add with an unknown flag");
	tap_errno(session_add_flags(fd, b.pid, 1U << 31), EINVAL, "add with another");
	tap_is(targets(fd), 2, "there are two");

	tap_errno(session_del(fd, nobody), ESRCH, "del nobody");
	tap_errno(session_del(fd, getpid()), ESRCH, "del who is no target");
	tap_errno(session_del(fd, 0), EINVAL, "del 0");
	tap_errno(session_del(fd, -1), EINVAL, "del -1");
	tap_errno(session_del_flags(fd, b.pid, 2), EINVAL, "del with an unknown flag");
	tap_errno(session_del_flags(fd, b.pid, TM_TARGET_THREAD), ESRCH, "del it as a thread");
	tap_is(targets(fd), 2, "still two");
	tap_errno(session_del(fd, a.pid), 0, "del");
	tap_errno(session_del(fd, a.pid), ESRCH, "del it again");
	tap_errno(session_add(fd, a.pid), 0, "add it again");

	child_exit(&b, 0);
	tap_errno(session_del(fd, b.pid), 0, "del one that has exited");
	tap_is(targets(fd), 1, "one is left");
	close(fd);
	waitpid(b.pid, NULL, 0);
	waitpid(zombie.pid, NULL, 0);
	child_end(&a);
}

static void no_list(unsigned int scope, int cgroup, const char *what)
{
	struct tm_session_attr attr = session_attr(scope);
	int fd, pid = getpid();

	attr.cgroup_fd = cgroup;
	fd = session_make(&attr);
	tap_errno(session_add(fd, getpid()), EINVAL, "%s: add", what);
	tap_errno(session_del(fd, getpid()), EINVAL, "%s: del", what);
	tap_errno(dev_ioctl(fd, TM_PID, &pid), EINVAL, "%s: TM_PID to set", what);
	close(fd);
}

static void first_target(void)
{
	int fd = session_open(TM_SCOPE_LIST);
	struct task_sample sample;
	struct child a, b;
	int pid;

	child_start(&a);
	child_start(&b);
	tap_is(session_pid(fd), 0, "TM_PID: no target");
	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET: no target");
	session_add(fd, a.pid);
	session_add(fd, b.pid);
	tap_is(session_pid(fd), a.pid, "TM_PID: the first");
	tap_errno(dev_ioctl(fd, TM_GET, &sample), 0, "TM_GET");
	tap_is(sample.pid, a.pid, "TM_GET: the first");
	tap_is(sample.seq, 0, "TM_GET makes no record");
	session_del(fd, a.pid);
	tap_is(session_pid(fd), b.pid, "the second is the first when that has gone");
	session_add(fd, a.pid);

	pid = 0;
	tap_errno(dev_ioctl(fd, TM_PID, &pid), EINVAL, "TM_PID 0");
	pid = unused_pid();
	tap_errno(dev_ioctl(fd, TM_PID, &pid), ESRCH, "TM_PID: nobody");
	tap_is(targets(fd), 2, "the targets stay as they were");
	tap_is(session_pid(fd), b.pid, "and their order");
	pid = a.pid;
	tap_errno(dev_ioctl(fd, TM_PID, &pid), 0, "TM_PID: one that is a target");
	tap_is(targets(fd), 1, "is the only one now");
	tap_is(session_pid(fd), a.pid, "and the first");
	pid = getpid();
	tap_errno(dev_ioctl(fd, TM_PID, &pid), 0, "TM_PID: one that was none");
	tap_ok(session_has(fd, getpid(), NULL) && !session_has(fd, a.pid, NULL), "replaces it");

	pid = a.pid;
	dev_ioctl(fd, TM_PID, &pid);
	child_exit(&a, 0);
	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET of a zombie");
	waitpid(a.pid, NULL, 0);
	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET of one that has gone");
	close(fd);
	child_end(&b);
}

/* A thread of the process that is not its first. */
static pid_t other_thread(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	pid_t tid = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != pid)
			tid = atoi(entry->d_name);
	}
	closedir(dir);
	return tid;
}

static void threads(void)
{
	int tree = session_open(TM_SCOPE_TREE), fd = session_open(TM_SCOPE_LIST);
	const struct task_sample *r;
	struct task_sample samples[4];
	struct diary d;
	struct child c;
	pid_t tid;

	diary_begin(&d, fd);
	child_start(&c);
	child_do(&c, CHILD_THREADS, 1);
	tid = other_thread(c.pid);
	tap_errno(session_add_flags(tree, c.pid, TM_TARGET_THREAD), EINVAL, "a thread in a tree");
	tap_errno(session_add(fd, tid), ESRCH, "a thread's number as a process");
	tap_errno(session_add_flags(fd, tid, TM_TARGET_THREAD), 0, "a thread");
	tap_errno(session_add_flags(fd, tid, TM_TARGET_THREAD), EEXIST, "again");
	tap_errno(session_add_flags(fd, c.pid, TM_TARGET_THREAD), 0, "the first thread");
	tap_errno(session_add(fd, c.pid), 0, "the process beside it");
	tap_errno(session_add(fd, c.pid), EEXIST, "again");

	tap_is(session_batch(fd, samples, 4), 3, "these are three targets");
	tap_ok(samples[0].pid == tid && samples[0].tgid == c.pid &&
		       samples[0].flags & TM_SAMPLE_THREAD,
	       "the thread's sample has its own number, and a flag");
	tap_ok(samples[1].pid == c.pid && samples[1].flags & TM_SAMPLE_THREAD,
	       "the first thread's");
	tap_ok(samples[2].pid == c.pid && !(samples[2].flags & TM_SAMPLE_THREAD),
	       "the process's has none");
	tap_is(samples[2].threads, 2, "it has two threads");
	tap_ok(samples[2].utime + samples[2].stime >=
		       samples[0].utime + samples[0].stime + samples[1].utime + samples[1].stime,
	       "and its CPU time is theirs, or more");
	tap_ok(samples[0].utime + samples[0].stime >= NSEC_PER_MSEC,
	       "of which the thread has used what it burnt");

	child_do(&c, CHILD_THREADS_END, 1);
	r = diary_await(&d, tid, TM_KIND_EXIT);
	tap_ok(r && r->flags & TM_SAMPLE_THREAD && r->flags & TM_SAMPLE_EXITED,
	       "the thread ends: an exit record");
	tap_is(diary_count(&d, tid, TM_KIND_EXITING), 1, "and before it word that it ends");
	tap_is(diary_count(&d, c.pid, TM_KIND_EXITING), 0, "of the thread alone");
	tap_errno(session_add_flags(fd, tid, TM_TARGET_THREAD), ESRCH, "it cannot be added again");
	tap_errno(session_del_flags(fd, tid, TM_TARGET_THREAD), 0, "but removed");
	tap_errno(session_del_flags(fd, c.pid, TM_TARGET_THREAD), 0, "the first thread is removed");
	tap_errno(session_del(fd, c.pid), 0, "then the process");
	tap_is(targets(fd), 0, "nothing is left");
	child_end(&c);
	diary_end(&d);
	close(tree);
}

/* An interval of an hour does not go on for an hour. */
static void interval(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	int fd = session_make(&attr);
	struct tm_state state;
	unsigned long long n;

	session_add(fd, getpid());
	tap_errno(session_interval(fd, TM_INTERVAL_MIN_NS - 1), EINVAL, "interval: too short");
	tap_errno(session_interval(fd, TM_INTERVAL_MAX_NS + 1), EINVAL, "interval: too long");
	tap_errno(session_interval(fd, 0), EINVAL, "interval: 0");
	tap_errno(dev_ioctl(fd, TM_INTERVAL, NULL), EFAULT, "interval: NULL");
	session_state(fd, &state);
	tap_is(state.interval_ns, TM_INTERVAL_MAX_NS, "it is as it was");
	tap_errno(session_interval(fd, NSEC_PER_MSEC), 0, "interval: 1 ms while running");
	n = produced(fd);
	tap_ok(eventually(produced(fd) >= n + 20), "samples come at once");
	tap_errno(session_interval(fd, TM_INTERVAL_MIN_NS), 0, "interval: the least");
	tap_errno(session_interval(fd, TM_INTERVAL_MAX_NS), 0, "interval: the greatest");
	tap_errno(session_interval(fd, NSEC_PER_MSEC), 0, "and back");
	n = produced(fd);
	tap_ok(eventually(produced(fd) >= n + 20), "samples go on");
	close(fd);

	attr.interval_ns = NSEC_PER_MSEC;
	attr.window_ns = 2 * NSEC_PER_MSEC;
	fd = session_make(&attr);
	tap_errno(session_interval(fd, 2 * NSEC_PER_MSEC), 0, "interval: as long as the window");
	tap_errno(session_interval(fd, 2 * NSEC_PER_MSEC + 1), EINVAL, "interval: longer");
	close(fd);
}

static void nobody_elses(void)
{
	int a = session_open(TM_SCOPE_LIST), b = session_open(TM_SCOPE_TREE);
	int fd = dev_open(); /* the default session */
	long long default_interval = file_number(ATTRIBUTES "interval_ns");

	tap_ok(is_running(a) && is_running(b) && !is_running(fd),
	       "sessions run, the default does not");
	tap_is(wait_sampler_threads(1), 1, "one sampler for both");
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "start the default session");
	tap_is(wait_sampler_threads(1), 1, "one sampler for all three");
	tap_errno(dev_ioctl(a, TM_STOP, NULL), 0, "stop one");
	tap_ok(!is_running(a) && is_running(b) && is_running(fd), "the others run");
	tap_errno(dev_ioctl(a, TM_STOP, NULL), 0, "again");
	tap_errno(dev_ioctl(fd, TM_STOP, NULL), 0, "stop the default session");
	tap_ok(!is_running(a) && is_running(b) && !is_running(fd), "the third runs");
	tap_is(file_number(ATTRIBUTES "running"), 0, "the default session's file says the same");
	tap_is(wait_sampler_threads(1), 1, "so the sampler is there");
	tap_errno(dev_ioctl(a, TM_START, NULL), 0, "start the first");
	tap_errno(dev_ioctl(a, TM_START, NULL), 0, "again");
	tap_ok(is_running(a) && is_running(b) && !is_running(fd), "it runs, the default does not");

	session_add(a, getpid());
	session_add(b, getppid());
	session_interval(a, default_interval + 1);
	tap_ok(targets(a) == 1 && targets(fd) == 0, "targets are the session's own");
	tap_ok(session_pid(a) == getpid() && session_pid(fd) == 0, "the first one too");
	tap_is(file_number(ATTRIBUTES "interval_ns"), default_interval, "intervals too");
	close(a);
	close(b);
	tap_is(wait_sampler_threads(0), 0, "closed: no sampler");
	close(fd);
}

static int batch_of(int fd, void *records, unsigned int capacity, unsigned int size,
		    struct tm_batch *batch)
{
	*batch = (struct tm_batch){
		.records = (uintptr_t)records,
		.capacity = capacity,
		.record_size = size,
	};
	return dev_ioctl(fd, TM_BATCH, batch);
}

static bool is_all(const void *p, int byte, size_t n)
{
	const unsigned char *bytes = p;

	while (n && *bytes == byte)
		bytes++, n--;
	return !n;
}

static void batch_sizes(void)
{
	static const unsigned int bad[] = { 0, 1, 8, 15, 17, 20, 255, 257, 4097, ~0U, ~7U };
	int fd = session_open(TM_SCOPE_LIST);
	struct task_sample whole[2];
	unsigned char bytes[3 * 264];
	struct tm_batch batch;
	size_t i;

	session_add(fd, getpid());
	session_add(fd, getppid());
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		tap_errno(batch_of(fd, bytes, 2, bad[i], &batch), EINVAL, "records of %u bytes",
			  bad[i]);

	tap_errno(batch_of(fd, whole, 2, sizeof(whole[0]), &batch), 0, "whole records");
	tap_ok(batch.count == 2 && batch.total == 2, "both");
	tap_ok(whole[0].time_ns == batch.time_ns && whole[1].time_ns == batch.time_ns,
	       "with one time");

	memset(bytes, POISON, sizeof(bytes));
	tap_errno(batch_of(fd, bytes, 2, 16, &batch), 0, "records of 16 bytes");
	tap_ok(batch.count == 2 && is_all(bytes + 32, POISON, sizeof(bytes) - 32),
	       "nothing is written behind them");
	tap_ok(((unsigned long long *)bytes)[0] >= whole[0].utime, "and they are the first fields");

	memset(bytes, POISON, sizeof(bytes));
	tap_errno(batch_of(fd, bytes, 2, 264, &batch), 0, "records of 264 bytes");
	tap_ok(!memcmp(bytes + 264 + offsetof(struct task_sample, start_time_ns),
		       &whole[1].start_time_ns, 8), "the second begins where it should");
	tap_ok(is_all(bytes + 256, 0, 8) && is_all(bytes + 264 + 256, 0, 8), "zeroes behind each");
	tap_ok(is_all(bytes + 2 * 264, POISON, 264), "nothing behind both");

	memset(bytes, POISON, sizeof(bytes));
	tap_errno(batch_of(fd, bytes, 1, 256, &batch), 0, "room for one");
	tap_ok(batch.count == 1 && batch.total == 2, "one of two");
	tap_ok(is_all(bytes + 256, POISON, sizeof(bytes) - 256), "nothing behind it");
	tap_errno(batch_of(fd, NULL, 0, 256, &batch), 0, "room for none");
	tap_ok(batch.count == 0 && batch.total == 2, "none of two");
	tap_errno(batch_of(fd, NULL, 2, 256, &batch), EFAULT, "room nowhere");
	tap_errno(batch_of(fd, (void *)-4096L, 2, 256, &batch), EFAULT, "room in the kernel");
	tap_errno(batch_of(fd, whole, ~0U, 256, &batch), 0, "more room than can be");
	tap_is(batch.count, 2, "both again");
	tap_errno(dev_ioctl(fd, TM_BATCH, NULL), EFAULT, "no structure");
	close(fd);
}

static int sleeper(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

/* Processes of their own that share the memory: so that so many fit. */
static int make_sleepers(pid_t *pids, int n)
{
	char *stacks = mmap(NULL, (size_t)n * STACK_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	file_write("/proc/sys/kernel/threads-max", "30000");
	for (i = 0; i < n; i++) {
		pids[i] = clone(sleeper, stacks + (size_t)(i + 1) * STACK_SIZE,
				CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, NULL);
		if (pids[i] < 0)
			break;
	}
	return i;
}

static int by_number(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

static void many(void)
{
	static struct task_sample samples[MANY + 1];
	static pid_t pids[MANY];
	int fd = session_open(TM_SCOPE_LIST);
	int i, wanted = rounds(MANY), n = make_sleepers(pids, wanted), added = 0, at_once = 0, known = 0;
	struct tm_batch batch;
	struct tm_state state;

	tap_is(n, wanted, "%d processes", wanted);
	for (i = 0; i < n; i++)
		added += session_add(fd, pids[i]) == 0;
	tap_is(added, n, "all of them are added");
	tap_errno(batch_of(fd, samples, MANY + 1, sizeof(samples[0]), &batch), 0, "a batch");
	tap_is(batch.count, n, "returns all of them");
	tap_is(batch.total, n, "and says so");
	qsort(pids, (size_t)n, sizeof(*pids), by_number);
	for (i = 0; i < (int)batch.count; i++) {
		at_once += samples[i].time_ns == batch.time_ns;
		known += bsearch(&samples[i].pid, pids, (size_t)n, sizeof(*pids), by_number) &&
			 samples[i].valid & TM_VALID_CPU &&
			 (!i || samples[i].pid != samples[i - 1].pid);
	}
	tap_is(at_once, n, "with one time");
	tap_is(known, n, "each with its figures");

	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
	tap_ok(eventually((session_state(fd, &state), !state.targets_alive)), "all exit");
	tap_is(state.targets, n, "and keep their rows");
	close(fd);
}

int main(void)
{
	int cgroup = open("/sys/fs/cgroup", 0);

	module_need("log=N");
	add_and_del();
	no_list(TM_SCOPE_CGROUP, cgroup, "cgroup");
	no_list(TM_SCOPE_SYSTEM, -1, "system");
	first_target();
	threads();
	interval();
	nobody_elses();
	batch_sizes();
	many();
	close(cgroup);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
