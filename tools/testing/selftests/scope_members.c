// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who belongs to a session, and that changes under way: trees that live when
 * they are added, processes that move between cgroups, PID namespaces.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "session.h"

#define CGROUP "/sys/fs/cgroup/members-test"
#define SUB    CGROUP "/sub"
#define OTHER  "/sys/fs/cgroup/members-other"

/* A child, and the grandchild it has as soon as family_start() returns. */
struct family {
	pid_t pid, child;
	int down, up;
};

/* For each byte from above one more child that comes and goes; its number goes up. */
static int family_head(int in, int out)
{
	pid_t pid = fork();
	char byte;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (write(out, &pid, sizeof(pid)) != sizeof(pid))
		return 1;
	while (read(in, &byte, 1) == 1) {
		pid = passer_by();
		if (write(out, &pid, sizeof(pid)) != sizeof(pid))
			return 1;
	}
	return 0;
}

static void family_start(struct family *f)
{
	int down[2], up[2];

	if (pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC))
		tap_bail("no pipe");
	f->pid = fork();
	if (!f->pid) {
		close(down[1]);
		_exit(family_head(down[0], up[1]));
	}
	close(down[0]);
	close(up[1]);
	f->down = down[1];
	f->up = up[0];
	if (read(f->up, &f->child, sizeof(f->child)) != sizeof(f->child))
		tap_bail("no family");
}

static pid_t family_bears(struct family *f)
{
	pid_t pid;

	if (write(f->down, "", 1) != 1 || read(f->up, &pid, sizeof(pid)) != sizeof(pid))
		tap_bail("the family does not answer");
	return pid;
}

static void family_end(struct family *f)
{
	kill(f->child, SIGKILL);
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	close(f->down);
	close(f->up);
}

static void trees(void)
{
	struct family a, b;
	struct diary d;
	pid_t pid;
	int fd;

	family_start(&a);
	family_start(&b);
	fd = session_open(TM_SCOPE_TREE);
	diary_begin(&d, fd);
	tap_errno(session_add(fd, a.pid), 0, "a tree that lives already");
	tap_ok(session_has(fd, a.pid, NULL) && session_has(fd, a.child, NULL),
	       "both of its processes are targets");
	tap_ok(!session_has(fd, b.pid, NULL) && !session_has(fd, getpid(), NULL), "nobody else is");
	tap_errno(session_add(fd, a.child), EEXIST, "the descendant cannot be added again");
	tap_is(diary_count(&d, a.child, TM_KIND_FORK), 0, "nobody was born");
	pid = family_bears(&a);
	tap_ok(diary_await(&d, pid, TM_KIND_EXIT), "a later child's life is told");
	pid = family_bears(&b);
	tap_is(diary_count(&d, pid, TM_KIND_EXIT), 0, "a stranger's is not");

	tap_errno(session_del(fd, a.child), 0, "del of a descendant");
	tap_ok(session_has(fd, a.pid, NULL) && !session_has(fd, a.child, NULL),
	       "it alone is removed");
	tap_errno(session_add(fd, b.pid), 0, "another tree is added");
	tap_ok(session_has(fd, b.pid, NULL) && session_has(fd, b.child, NULL), "whole");
	tap_ok(!session_has(fd, a.child, NULL), "who was removed stays removed");

	tap_errno(session_del(fd, b.pid), 0, "del of a head");
	tap_ok(!session_has(fd, b.pid, NULL) && session_has(fd, b.child, NULL),
	       "its descendant stays");
	pid = family_bears(&b);
	tap_ok(diary_await(&d, family_bears(&a), TM_KIND_EXIT) &&
		       !diary_count(&d, pid, TM_KIND_FORK) && !diary_count(&d, pid, TM_KIND_EXIT),
	       "its later children are none");
	tap_errno(session_add(fd, b.pid), 0, "it can be added again");
	tap_ok(session_has(fd, b.child, NULL), "and the descendant is there once");
	family_end(&a);
	family_end(&b);
	diary_end(&d);
}

/* Who looks for a tree's members goes by everybody, and lets others run behind each 1024th. */
static void passed_by(void)
{
	struct family f;
	struct child c;
	pid_t pid = 1023;
	int fd;

	while (!kill(pid, 0) || errno != ESRCH)
		pid += 1024;
	child_start_with_pid(&c, pid);
	family_start(&f);
	fd = session_open(TM_SCOPE_TREE);
	tap_errno(session_add(fd, f.pid), 0, "a tree, and process %d beside it", pid);
	tap_ok(session_has(fd, f.child, NULL), "its child is found");
	tap_ok(!session_has(fd, pid, NULL), "the other is passed by");
	close(fd);
	family_end(&f);
	child_end(&c);
}

/* The last of a tree has exited: it is at its end; another may be added. */
static void tree_ends(void)
{
	int fd = session_open(TM_SCOPE_TREE);
	struct tm_state state;
	struct family a;

	family_start(&a);
	session_add(fd, a.pid);
	family_end(&a);
	tap_ok(eventually((session_state(fd, &state), !state.targets_alive)), "all of a tree exit");
	tap_ok(eventually((session_state(fd, &state), !state.targets)),
	       "those that have gone are swept out");
	tap_is(state.dropped, 0, "nobody was missed");
	close(fd);
}

static int watch_cgroup(const char *path)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_CGROUP);
	int fd;

	attr.cgroup_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	attr.ring_records = 65536;
	fd = session_make(&attr);
	close(attr.cgroup_fd);
	return fd;
}

static void make_cgroups(void)
{
	if (mkdir(CGROUP, 0755) || mkdir(SUB, 0755) || mkdir(OTHER, 0755))
		tap_bail("mkdir: %s", strerror(errno));
}

static void cgroups(void)
{
	unsigned long long inode;
	struct task_sample s = {};
	struct child c, below;
	struct diary d;
	struct stat st;
	pid_t pid;
	int fd;

	make_cgroups();
	child_start(&c);
	child_start(&below);
	cgroup_move(SUB, below.pid);
	fd = watch_cgroup(CGROUP);
	diary_begin(&d, fd);
	session_interval(fd, 10 * NSEC_PER_MSEC);
	inode = stat(SUB, &st) ? 0 : st.st_ino;
	tap_ok(session_has(fd, below.pid, &s), "who is in a cgroup below is a target");
	tap_ok(s.valid & TM_VALID_CGROUP && s.cgroup_id == inode, "its cgroup is named");
	tap_ok(!session_has(fd, c.pid, NULL), "who is outside is none");

	cgroup_move(CGROUP, c.pid);
	tap_ok(eventually(session_has(fd, c.pid, NULL)), "who moves in joins");
	tap_ok(diary_await(&d, c.pid, TM_KIND_PERIODIC) && !diary_count(&d, c.pid, TM_KIND_FORK),
	       "and is sampled, without having been born");
	cgroup_move(SUB, c.pid);
	cgroup_move(CGROUP, below.pid);
	tap_ok(session_has(fd, c.pid, NULL) && session_has(fd, below.pid, NULL),
	       "who moves about inside stays");
	cgroup_move(OTHER, c.pid);
	tap_ok(eventually(!session_has(fd, c.pid, NULL)), "who moves out leaves");
	tap_is(diary_count(&d, c.pid, TM_KIND_EXITING), 0, "and has not exited");
	cgroup_move(SUB, c.pid);
	tap_ok(eventually(session_has(fd, c.pid, NULL)), "who comes back joins again");
	cgroup_move("/sys/fs/cgroup", c.pid);
	tap_ok(eventually(!session_has(fd, c.pid, NULL)), "and leaves again");

	pid = c.pid;
	child_end(&c);
	child_end(&below);
	tap_ok(diary_await(&d, below.pid, TM_KIND_EXIT), "who is inside leaves an exit record");
	tap_is(diary_count(&d, pid, TM_KIND_EXITING) + diary_count(&d, pid, TM_KIND_EXIT), 0,
	       "who was outside does not");
	diary_end(&d);
}

/* The cgroup is removed while it is watched: empty, and then it stays so. */
static void cgroup_removed(void)
{
	struct tm_state state;
	struct child c;
	int fd = watch_cgroup(SUB);

	child_start(&c);
	cgroup_move(SUB, c.pid);
	tap_ok(eventually(session_has(fd, c.pid, NULL)), "a process in a cgroup");
	cgroup_move(OTHER, c.pid);
	tap_ok(eventually(!rmdir(SUB)), "which is removed while it is watched");
	tap_ok(eventually((session_state(fd, &state), !state.targets)), "nobody is left");
	tap_errno(session_batch(fd, NULL, 0), 0, "the session goes on");
	close(fd);
	child_end(&c);
	tap_ok(eventually(!rmdir(CGROUP) || errno == ENOENT), "the cgroup above");
	tap_ok(eventually(!rmdir(OTHER) || errno == ENOENT), "and the one beside it");
}

/* What a session saw that was made inside a PID namespace. */
struct inside {
	int session[2];
	pid_t child[2];
	bool has_self[2], fork_told[2], exit_told[2], parent_told[2];
	int count, total;
};

static const unsigned int inside_scopes[] = { TM_SCOPE_TREE, TM_SCOPE_SYSTEM };

static int from_inside(void *arg)
{
	static struct task_sample samples[1024];
	struct inside *in = arg;
	const struct task_sample *r;
	struct tm_batch batch = {
		.records = (uintptr_t)samples,
		.capacity = ARRAY_SIZE(samples),
		.record_size = sizeof(samples[0]),
	};
	struct diary d;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(inside_scopes); i++) {
		struct tm_session_attr attr = session_attr(inside_scopes[i]);

		in->session[i] = session_try(&attr);
		if (in->session[i] < 0)
			return 1;
		diary_begin(&d, in->session[i]);
		if (inside_scopes[i] == TM_SCOPE_TREE && session_add(d.fd, getpid()))
			return 2;
		in->has_self[i] = session_has(d.fd, 1, NULL);
		in->child[i] = passer_by();
		r = diary_await(&d, in->child[i], TM_KIND_EXIT);
		in->exit_told[i] = r;
		in->parent_told[i] = r && r->ppid == 1 && r->tgid == r->pid;
		in->fork_told[i] = diary_count(&d, in->child[i], TM_KIND_FORK) == 1;
		if (inside_scopes[i] == TM_SCOPE_SYSTEM) {
			if (dev_ioctl(d.fd, TM_BATCH, &batch))
				return 3;
			in->count = (int)batch.count;
			in->total = (int)batch.total;
		}
		diary_end(&d);
	}
	return 0;
}

static void namespaces(void)
{
	static const char * const names[] = { "tree", "system" };
	struct inside *in = shared_memory(sizeof(*in));
	const struct task_sample *r;
	struct diary d;
	unsigned int i;
	pid_t pid;

	/* From outside: our own numbers. */
	diary_begin(&d, session_open(TM_SCOPE_TREE));
	session_add(d.fd, getpid());
	pid = run_start_in(CLONE_NEWPID, from_inside, in);
	tap_is(run_end(pid), 0, "sessions made in a PID namespace");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		tap_ok(in->has_self[i], "%s: its first process is number 1 in the batch", names[i]);
		tap_ok(in->child[i] > 1 && in->child[i] < 16, "%s: numbers begin anew", names[i]);
		tap_ok(in->fork_told[i] && in->exit_told[i], "%s: records have them", names[i]);
		tap_ok(in->parent_told[i], "%s: the parent is number 1", names[i]);
	}
	tap_is(in->count, 1, "system: one process can be seen from inside");
	tap_is(in->total, 1, "system: and the total is of those that can be seen");
	r = diary_await(&d, pid, TM_KIND_EXIT);
	tap_ok(r && r->ppid == getpid(), "from outside it has the outside's number");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		tap_is(diary_count(&d, in->child[i], TM_KIND_FORK), 0,
		       "from outside nobody is number %d", in->child[i]);
	diary_end(&d);
}

/* The namespace's members change while one watches from outside. */
static int bears_three(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 3; i++)
		passer_by();
	return 0;
}

static void namespace_members(void)
{
	unsigned int i, children = 0;
	struct diary d;
	pid_t pid;

	diary_begin(&d, session_open(TM_SCOPE_TREE));
	session_add(d.fd, getpid());
	pid = run_start_in(CLONE_NEWPID, bears_three, NULL);
	tap_is(run_end(pid), 0, "a PID namespace with three short lives");
	tap_ok(diary_await(&d, pid, TM_KIND_EXIT), "its first process's exit is told");
	for (i = 0; i < d.n; i++)
		children += d.records[i].kind == TM_KIND_FORK && d.records[i].ppid == pid &&
			    d.records[i].pid > pid;
	tap_is(children, 3, "the three have the outside's numbers, and so has their parent");
	diary_end(&d);
}

int main(void)
{
	module_need("log=N");
	trees();
	passed_by();
	tree_ends();
	cgroups();
	cgroup_removed();
	namespaces();
	namespace_members();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
