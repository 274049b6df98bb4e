// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that come and go, as targets. What they do is over at once or lasts
 * until they are killed: nobody waits for anybody.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fuzz.h"

#define KID_SECONDS 600	/* one that nobody comes to end, ends itself */

enum kind {
	SLEEPER, QUICK, THREADS, LEADER_GONE, EXEC, THREAD_EXEC, VFORK_EXEC, FORKER, OTHER_USER,
	SUID_EXEC, READER, WANDERER, NAMED, KINDS
};

static void publish(struct actor *a, pid_t pid)
{
	shared->board[rng_below(&a->rng, BOARD_MAX)] = pid;
}

static void rest(void)
{
	alarm(KID_SECONDS);
	for (;;)
		pause();
}

/* What an exec leads to: another program of the same name. */
void exec_main(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[1], "--kid"))
		return;
	if (!strcmp(argv[2], "rest"))
		rest();
	_exit(0);
}

static void exec_kid(const char *path, const char *what)
{
	char *argv[] = { "fuzz", "--kid", (char *)what, NULL };

	execv(path, argv);
	_exit(1);
}

static void *resting_thread(void *arg)
{
	publish(arg, (pid_t)syscall(SYS_gettid));
	rest();
	return NULL;
}

static void *exec_thread(void *arg)
{
	(void)arg;
	exec_kid("/proc/self/exe", "rest");
	return NULL;
}

static void thread_more(void *(*fn)(void *arg), struct actor *a)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	if (pthread_create(&thread, &attr, fn, a))
		_exit(1);
}

/* Children that nobody reaps for now, one of whom is left to others. */
static void forker(struct actor *a)
{
	int i;

	for (i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (!pid) {
			if (i == 2 && !fork())
				_exit(0);
			_exit(i);
		}
		publish(a, pid);
	}
	if (rng_one_in(&a->rng, 2))
		_exit(0);
}

static void vfork_exec(struct actor *a)
{
	const char *what = rng_one_in(&a->rng, 2) ? "rest" : "exit";
	pid_t pid = vfork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exec_kid("/proc/self/exe", what);
	}
	publish(a, pid);
}

static void other_user(void)
{
	syscall(SYS_setresgid, ALICE, ALICE, ALICE);
	syscall(SYS_setresuid, ALICE, ALICE, ALICE);
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Sleeps in read() for what may never come. */
static void reader(struct actor *a)
{
	struct tm_session_attr attr = { .interval_ns = TM_INTERVAL_MAX_NS, .ring_records = 16 };
	struct tm_target_spec spec = { .pid = getppid() };
	struct task_sample s;
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	attr.scope = rng_below(&a->rng, 2);
	if (fd < 0 || ioctl(fd, TM_SESSION, &attr) || ioctl(fd, TM_ADD, &spec))
		_exit(0);
	alarm(KID_SECONDS);
	while (read(fd, &s, sizeof(s)) > 0)
		;
	_exit(0);
}

static void wander(struct actor *a)
{
	char path[64];
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), CGROUP "/%u/cgroup.procs",
			 rng_below(&a->rng, CGROUPS));
		file_write(path, "0");
		if (!fork())
			_exit(0);
	}
}

static void kid_main(struct actor *a, enum kind kind)
{
	static const char *const names[] = { "a b) R 1", "\\\n", "", "0123456789abcdef", "\xff(" };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 1);
	/* Most let go of our files; some hold them, and do nothing with them. */
	if (a->reload || !rng_one_in(&a->rng, 4))
		syscall(SYS_close_range, 3, ~0U, 0);
	switch (kind) {
	case QUICK: _exit((int)rng_below(&a->rng, 3));
	case THREADS:
	case LEADER_GONE:
		thread_more(resting_thread, a);
		thread_more(resting_thread, a);
		if (kind == LEADER_GONE)
			syscall(SYS_exit, 0);
		break;
	case EXEC: exec_kid("/proc/self/exe", rng_one_in(&a->rng, 2) ? "rest" : "exit"); break;
	case THREAD_EXEC: thread_more(exec_thread, a); break;
	case VFORK_EXEC: vfork_exec(a); break;
	case FORKER: forker(a); break;
	case OTHER_USER: other_user(); break;
	case SUID_EXEC:
		other_user();
		exec_kid(SUID_COPY, rng_one_in(&a->rng, 2) ? "rest" : "exit");
		break;
	case READER: reader(a); break;
	case WANDERER: wander(a); break;
	case NAMED: prctl(PR_SET_NAME, names[rng_below(&a->rng, ARRAY_SIZE(names))]); break;
	default: break;
	}
	rest();
}

/* The status that was waited for is of no interest: what it leaves behind is. */
static void kid_end(struct kid *k)
{
	if (!k->pid)
		return;
	kill(k->pid, SIGKILL);
	waitpid(k->pid, NULL, 0);
	if (k->slot >= 0)
		slot_leave(k->slot);
	k->pid = 0;
	k->slot = -1;
}

void people_end(struct actor *a)
{
	int i;

	for (i = 0; i < KIDS_MAX; i++)
		kid_end(&a->kids[i]);
}

/* A place for one more: an empty one, or somebody's who has to go. */
static struct kid *make_room(struct actor *a)
{
	struct kid *k = &a->kids[rng_below(&a->rng, KIDS_MAX)];

	kid_end(k);
	k->slot = -1;
	__atomic_add_fetch(&shared->people, 1, __ATOMIC_RELAXED);
	return k;
}

void op_beget(struct actor *a)
{
	enum kind kind = rng_below(&a->rng, KINDS);
	struct kid *k;
	pid_t pid;

	/* Of one that is forked itself nobody would end the kids. */
	if (a->depth || (a->reload && kind == READER))
		return;
	k = make_room(a);
	note(a, "fork", kind, 0, 0);
	pid = fork();
	if (!pid)
		kid_main(a, kind);
	noted(a, pid < 0 ? -errno : pid);
	if (pid < 0)
		return;
	k->pid = pid;
	publish(a, pid);
}

/* An actor more, which has all our files and mappings too; some are killed at their work. */
void op_double(struct actor *a)
{
	struct kid *k;
	pid_t pid;
	int i;

	if (a->depth || a->reload || a->keeps)
		return;
	k = make_room(a);
	k->slot = slot_take(a->number + 100);
	if (k->slot < 0)
		return;
	for (i = 0; i < FILES_MAX; i++)
		a->files[i].shared = a->files[i].fd >= 0;
	a->gave = true;
	note(a, "double", 0, 0, 0);
	pid = fork();
	if (pid) {
		noted(a, pid < 0 ? -errno : pid);
		k->pid = pid < 0 ? 0 : pid;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	a->depth = 1;
	a->slot = k->slot;
	a->rng = rng_fork(a->rng.state, 1);
	memset(a->kids, 0, sizeof(a->kids));
	/* A page of it is shared, and our parent goes on filling in its own requests there. */
	arena_drop(&a->arena);
	arena_make(&a->arena);
	/* What is spoilt may not be here, and something else in its place. */
	for (i = 0; i < MAPS_MAX; i++) {
		if (a->maps[i].spoilt)
			memset(&a->maps[i], 0, sizeof(a->maps[i]));
	}
	actor_loop(a, 20 + rng_below(&a->rng, 60));
	_exit(0);
}

void op_reap(struct actor *a)
{
	struct kid *k = &a->kids[rng_below(&a->rng, KIDS_MAX)];

	if (!k->pid)
		return;
	note(a, "reap", k->pid, 0, 0);
	kid_end(k);
	noted(a, 0);
}

void op_signal(struct actor *a)
{
	static const int signals[] = { 0, SIGSTOP, SIGCONT, SIGTERM, SIGKILL };
	struct kid *k = &a->kids[rng_below(&a->rng, KIDS_MAX)];
	int sig = signals[rng_below(&a->rng, ARRAY_SIZE(signals))];

	if (!k->pid)
		return;
	note(a, "kill", k->pid, sig, 0);
	noted(a, kill(k->pid, sig) ? -errno : 0);
}

/* From one cgroup to another; sometimes a cgroup comes or goes. */
void op_move(struct actor *a)
{
	pid_t pid = rng_one_in(&a->rng, 3) ? pick_pid(a) :
					     shared->board[rng_below(&a->rng, BOARD_MAX)];
	unsigned int which = rng_below(&a->rng, CGROUPS + 1);
	char path[64], text[16];

	if (rng_one_in(&a->rng, 6)) {
		snprintf(path, sizeof(path), CGROUP "/0/%u", which);
		note(a, "rmdir or mkdir", which, 0, 0);
		noted(a, rmdir(path) && mkdir(path, 0755) ? -errno : 0);
		return;
	}
	if (which < CGROUPS)
		snprintf(path, sizeof(path), CGROUP "/%u/cgroup.procs", which);
	else
		snprintf(path, sizeof(path), "/sys/fs/cgroup/cgroup.procs");
	snprintf(text, sizeof(text), "%d", pid);
	note(a, "move", pid, which, 0);
	noted(a, file_write(path, text));
}

/* One that stays. It is what it shall be when this returns. */
pid_t cast_start(uid_t uid)
{
	int ready[2];
	char c = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		tap_bail("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!pid) {
		if (uid)
			other_user();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(ready[1], &c, 1) != 1)
			_exit(1);
		rest();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		tap_bail("a process that was to stay has gone");
	close(ready[0]);
	return pid;
}
