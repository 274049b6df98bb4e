// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states a process goes through, in every scope: what is told of it, in
 * which order, and how often.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "session.h"

#define CGROUP "/sys/fs/cgroup/scopes-test"

/* One scope's session, in which this process's children are watched. */
struct scene {
	const char *name;
	unsigned int scope;
	bool joins;	/* a child is watched from its birth */
	struct diary d;
	const struct tm_ring_header *ring;
};

static void child_in(struct scene *sc, struct child *c)
{
	child_start(c);
	if (!sc->joins && session_add(sc->d.fd, c->pid))
		tap_bail("%s: cannot add a child", sc->name);
}

static bool is_us(const struct rusage *ru, const struct task_sample *s)
{
	long long told = (ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000000LL +
			 ru->ru_utime.tv_usec + ru->ru_stime.tv_usec;
	long long ours = (long long)(s->utime / 1000 + s->stime / 1000);

	return ours >= told - 1 && ours <= told + 1;
}

/*
 * Whatever the release of @pid's task was to tell has been told: tasks that one
 * CPU reaps are released in their order, and a later one's record is there.
 */
static void after_release(struct scene *sc)
{
	struct child last;

	child_in(sc, &last);
	kill(last.pid, SIGKILL);
	waitpid(last.pid, NULL, 0);
	if (!diary_await(&sc->d, last.pid, TM_KIND_EXIT))
		tap_ok(false, "%s: the exit record of the one after", sc->name);
}

/* It has exited or will in a moment: its two records, then once it is reaped no more. */
static void the_end(struct scene *sc, pid_t pid, int want, const char *what)
{
	struct task_sample exiting = {}, gone = {};
	const struct task_sample *r;
	struct rusage ru;
	int status;

	r = diary_await(&sc->d, pid, TM_KIND_EXITING);
	if (tap_ok(r, "%s: %s: told at once", sc->name, what))
		exiting = *r;
	/* Nobody has reaped it so far. */
	r = diary_await(&sc->d, pid, TM_KIND_EXIT);
	if (tap_ok(r, "%s: %s: an exit record of the zombie", sc->name, what))
		gone = *r;
	tap_ok(exiting.seq < gone.seq, "%s: %s: in this order", sc->name, what);
	if (wait4(pid, &status, 0, &ru) != pid)
		tap_bail("wait4 does not work");
	tap_is(gone.exit_code, status, "%s: %s: the status that wait4 gives", sc->name, what);
	tap_is(status, want, "%s: %s: which is the one meant", sc->name, what);
	tap_ok(is_us(&ru, &gone), "%s: %s: CPU time as wait4 gives it", sc->name, what);
	tap_ok(gone.flags & TM_SAMPLE_EXITED && exiting.flags & TM_SAMPLE_EXITED &&
		       gone.valid & TM_VALID_EXIT && gone.exit_time_ns >= exiting.exit_time_ns &&
		       gone.start_time_ns == exiting.start_time_ns && gone.ppid == getpid(),
	       "%s: %s: flags, times and parent", sc->name, what);
	after_release(sc);
	tap_is(diary_count(&sc->d, pid, TM_KIND_EXIT), 1,
	       "%s: %s: one exit record after it is reaped", sc->name, what);
	tap_is(diary_count(&sc->d, pid, TM_KIND_EXITING), 1, "%s: %s: told once", sc->name, what);
	tap_is(diary_count(&sc->d, pid, TM_KIND_FORK), sc->joins, "%s: %s: its fork", sc->name,
	       what);
}

static void alive(struct scene *sc)
{
	struct task_sample s = {};
	const struct task_sample *r;
	struct child c;

	child_in(sc, &c);
	proc_settle(c.pid);
	tap_ok(session_has(sc->d.fd, c.pid, &s) && s.state == 'S' && s.ppid == getpid() &&
		       s.kind == TM_KIND_READ && s.valid & TM_VALID_CPU && s.valid & TM_VALID_MEM,
	       "%s: alive: is in the batch", sc->name);
	r = diary_find(&sc->d, c.pid, TM_KIND_FORK);
	tap_ok(!r == !sc->joins, "%s: alive: its fork is told of", sc->name);
	tap_ok(!r || (r->start_time_ns == s.start_time_ns && r->ppid == getpid() &&
		      !strcmp(r->comm, s.comm)),
	       "%s: alive: and is the same process", sc->name);
	tap_is(diary_count(&sc->d, c.pid, TM_KIND_EXITING), 0, "%s: alive: has not ended",
	       sc->name);
	child_end(&c);
}

static void ends(struct scene *sc)
{
	struct child c;

	child_in(sc, &c);
	child_exit(&c, 7);
	the_end(sc, c.pid, 7 << 8, "exit(7)");

	child_in(sc, &c);
	kill(c.pid, SIGKILL);
	the_end(sc, c.pid, SIGKILL, "killed");

	child_in(sc, &c);
	child_do(&c, CHILD_THREADS, 3);
	child_do(&c, CHILD_THREADS_END, 1);
	child_exit(&c, 1);
	the_end(sc, c.pid, 1 << 8, "with threads");
}

static void leader_exits(struct scene *sc)
{
	struct task_sample s;
	struct proc_stat st;
	struct child c;

	child_in(sc, &c);
	child_do(&c, CHILD_LEADER_EXIT, 0);
	tap_is(diary_count(&sc->d, c.pid, TM_KIND_EXITING), 0,
	       "%s: the first thread has ended, the process has not", sc->name);
	tap_ok(session_has(sc->d.fd, c.pid, &s) && !(s.flags & TM_SAMPLE_EXITED) &&
		       s.state != 'Z' && s.valid & TM_VALID_MEM && proc_stat(c.pid, &st) &&
		       s.threads == st.threads,
	       "%s: the batch has it as its other thread is", sc->name);
	child_do(&c, CHILD_BURN, NSEC_PER_MSEC);
	child_exit(&c, 3);
	the_end(sc, c.pid, 3 << 8, "without its first thread");
}

static void execs(struct scene *sc)
{
	const struct task_sample *r;
	long long before;
	struct child c;

	child_in(sc, &c);
	child_do(&c, CHILD_BURN, NSEC_PER_MSEC);
	before = c.report.cpu_ns;
	/* Another thread calls it, and becomes the first. */
	child_do(&c, CHILD_EXEC, 0);
	r = diary_await(&sc->d, c.pid, TM_KIND_EXEC);
	tap_ok(r && r->tgid == c.pid && !strcmp(r->comm, "exe") && r->valid & TM_VALID_MEM &&
		       (long long)(r->utime + r->stime) >= before,
	       "%s: exec by another thread: the same number and CPU time, a new name", sc->name);
	tap_is(diary_count(&sc->d, c.pid, TM_KIND_EXEC), 1, "%s: exec: told once", sc->name);
	tap_is(diary_count(&sc->d, c.pid, TM_KIND_EXITING), 0, "%s: exec: nobody ended", sc->name);
	child_exit(&c, 5);
	the_end(sc, c.pid, 5 << 8, "after exec");
}

/* Nobody ever waits for it. */
static void unwaited(struct scene *sc)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	const struct task_sample *r;
	struct child c;

	sigaction(SIGCHLD, &ignore, &old);
	child_in(sc, &c);
	kill(c.pid, SIGKILL);
	r = diary_await(&sc->d, c.pid, TM_KIND_EXIT);
	tap_ok(r && r->exit_code == SIGKILL, "%s: one that reaps itself leaves its record",
	       sc->name);
	while (waitpid(c.pid, NULL, 0) > 0)
		;
	sigaction(SIGCHLD, &old, NULL);
	close(c.to);
	close(c.from);
}

/* The child looks into the history first thing: it must be there already. */
static void before_first_step(struct scene *sc)
{
	int status, found = 0, i;
	pid_t pid;

	for (i = 0; i < 50; i++) {
		pid = fork();
		if (!pid)
			_exit(ring_has(sc->ring, getpid(), TM_KIND_FORK));
		waitpid(pid, &status, 0);
		found += status == 1 << 8;
	}
	tap_is(found, sc->joins ? 50 : 0, "%s: a child finds its own fork told", sc->name);
}

/* A child makes a grandchild and dies: the orphan goes on, and has a child itself. */
static int orphan(void *arg)
{
	int *fds = arg;
	pid_t pid[2] = { getpid() };
	char byte;

	close(fds[1]);
	if (read(fds[2], &byte, 1) != 1)
		return 1;
	pid[1] = fork();
	if (!pid[1])
		_exit(9);
	if (waitpid(pid[1], NULL, 0) != pid[1] || write(fds[3], pid, sizeof(pid)) != sizeof(pid))
		return 1;
	return read(fds[2], &byte, 1) == 1 ? 4 : 1;
}

static void orphans(struct scene *sc)
{
	int down[2], up[2], fds[4];
	const struct task_sample *r;
	pid_t parent, pids[2] = {};

	if (!sc->joins)
		return;
	if (pipe(down) || pipe(up))
		tap_bail("no pipe");
	memcpy(fds, (int[]){ -1, down[1], down[0], up[1] }, sizeof(fds));
	parent = fork();
	if (!parent) {
		if (!fork())
			_exit(orphan(fds));
		_exit(0);
	}
	/* Its parent is dead before it does anything. */
	waitpid(parent, NULL, 0);
	if (write(down[1], "", 1) != 1 || read(up[0], pids, sizeof(pids)) != sizeof(pids))
		tap_bail("the orphan does not answer");
	tap_ok(session_has(sc->d.fd, pids[0], NULL), "%s: an orphan is in the batch", sc->name);
	r = diary_await(&sc->d, pids[1], TM_KIND_EXIT);
	tap_ok(r && r->exit_code == 9 << 8 && r->ppid == pids[0],
	       "%s: and its child's life is told", sc->name);
	if (write(down[1], "", 1) != 1)
		tap_bail("the orphan is gone");
	r = diary_await(&sc->d, pids[0], TM_KIND_EXIT);
	tap_ok(r && r->exit_code == 4 << 8, "%s: and its own end", sc->name);
	close(down[0]);
	close(down[1]);
	close(up[0]);
	close(up[1]);
}

static void play(struct scene *sc)
{
	struct tm_state state;

	sc->ring = ring_map(sc->d.fd);
	if (!sc->ring)
		tap_bail("mmap: %s", strerror(errno));
	alive(sc);
	ends(sc);
	leader_exits(sc);
	execs(sc);
	unwaited(sc);
	before_first_step(sc);
	orphans(sc);
	session_state(sc->d.fd, &state);
	tap_is(state.dropped, 0, "%s: nobody was missed", sc->name);
	ring_unmap(sc->ring);
	diary_end(&sc->d);
}

static void list(void)
{
	struct scene sc = { .name = "list", .scope = TM_SCOPE_LIST };

	diary_begin(&sc.d, session_open(TM_SCOPE_LIST));
	play(&sc);
}

static void tree(void)
{
	struct scene sc = { .name = "tree", .scope = TM_SCOPE_TREE, .joins = true };

	diary_begin(&sc.d, session_open(TM_SCOPE_TREE));
	if (session_add(sc.d.fd, getpid()))
		tap_bail("cannot watch myself");
	play(&sc);
}

static void cgroup(void)
{
	struct scene sc = { .name = "cgroup", .scope = TM_SCOPE_CGROUP, .joins = true };
	struct tm_session_attr attr = session_attr(TM_SCOPE_CGROUP);

	if (mkdir(CGROUP, 0755))
		tap_bail(CGROUP ": %s", strerror(errno));
	cgroup_move(CGROUP, getpid());
	attr.cgroup_fd = open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	diary_begin(&sc.d, session_make(&attr));
	close(attr.cgroup_fd);
	tap_ok(session_has(sc.d.fd, getpid(), NULL), "cgroup: who was in it is a target");
	play(&sc);
	cgroup_move("/sys/fs/cgroup", getpid());
	tap_ok(!rmdir(CGROUP), "cgroup: it can be removed");
}

static void system_wide(void)
{
	struct scene sc = { .name = "system", .scope = TM_SCOPE_SYSTEM, .joins = true };
	struct task_sample s = {};

	diary_begin(&sc.d, session_open(TM_SCOPE_SYSTEM));
	tap_ok(session_has(sc.d.fd, 1, NULL) && session_has(sc.d.fd, getpid(), NULL),
	       "system: everybody is a target");
	tap_ok(session_has(sc.d.fd, 2, &s) && !strcmp(s.comm, "kthreadd") &&
		       !(s.valid & TM_VALID_MEM) && s.valid & TM_VALID_CPU && s.ppid == 0,
	       "system: a kernel thread too, which has no memory");
	play(&sc);
}

int main(int argc, char **argv)
{
	child_main(argc, argv);
	cpu_pin(0, 0);	/* see after_release() */
	module_need("log=N");
	list();
	tree();
	cgroup();
	system_wide();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
