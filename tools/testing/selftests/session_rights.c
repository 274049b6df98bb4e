// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may watch whom in a session of one's own. The device is opened to all;
 * what counts is who opened it, and what that one may look into: also later,
 * when a target becomes something else by exec.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define SET_UID	  "/tmp/set-uid"
#define PLAIN	  "/tmp/plain"
#define SECRET	  "/tmp/secret"
#define CAP(name) (1ULL << (name))
#define FILES	  4

/* What a process that cannot speak TAP was told. */
struct answers {
	int own, own_thread, bobs, roots, secret, del;
	int tree_own, tree_roots, pid_roots;
	int system, cgroup, sessions;
	int default_add, default_interval, default_batch, default_del;
};

static struct answers *answers;
static struct child roots, hers, bobs, secret;
static int cgroup_dir;

/* Alice with these capabilities and no others. */
static void become_with(unsigned long long caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};
	int i;

	for (i = 0; i < 2; i++)
		data[i].permitted = data[i].effective = (uint32_t)(caps >> 32 * i);
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(ALICE, ALICE, ALICE) ||
	    setresuid(ALICE, ALICE, ALICE) || syscall(SYS_capset, &header, data))
		_exit(99);
	prctl(PR_SET_DUMPABLE, 1);
}

static int session_of(int fd, unsigned int scope)
{
	struct tm_session_attr attr = {
		.interval_ns = NSEC_PER_SEC,
		.ring_records = TM_RING_RECORDS_MIN,
		.scope = scope,
		.cgroup_fd = scope == TM_SCOPE_CGROUP ? cgroup_dir : -1,
	};

	return dev_ioctl(fd, TM_SESSION, &attr);
}

/* Through an open file that is not yet a session. */
static void ask_file(int fd, struct answers *a)
{
	struct tm_session_list list = { .state_size = sizeof(struct tm_state) };
	struct tm_batch batch = { .record_size = sizeof(struct task_sample) };
	int pid = roots.pid;

	a->default_add = session_add(fd, hers.pid);
	a->default_interval = session_interval(fd, NSEC_PER_SEC);
	a->default_batch = dev_ioctl(fd, TM_BATCH, &batch);
	a->default_del = session_del(fd, hers.pid);
	a->sessions = dev_ioctl(fd, TM_SESSIONS, &list);
	if (session_of(fd, TM_SCOPE_LIST))
		_exit(98);
	a->own = session_add(fd, hers.pid);
	a->own_thread = session_add_flags(fd, hers.pid, TM_TARGET_THREAD);
	a->bobs = session_add(fd, bobs.pid);
	a->roots = session_add(fd, roots.pid);
	a->secret = session_add(fd, secret.pid);
	a->pid_roots = dev_ioctl(fd, TM_PID, &pid);
	a->del = session_del(fd, a->pid_roots ? hers.pid : roots.pid);
}

/* Through four of them. */
static void ask_files(const int *fds, struct answers *a)
{
	ask_file(fds[0], a);
	if (session_of(fds[1], TM_SCOPE_TREE))
		_exit(98);
	a->tree_own = session_add(fds[1], hers.pid);
	a->tree_roots = session_add(fds[1], roots.pid);
	a->system = session_of(fds[2], TM_SCOPE_SYSTEM);
	a->cgroup = session_of(fds[3], TM_SCOPE_CGROUP);
}

static void open_files(int *fds)
{
	int i;

	for (i = 0; i < FILES; i++)
		fds[i] = dev_open();
}

static void close_files(const int *fds)
{
	int i;

	for (i = 0; i < FILES; i++)
		close(fds[i]);
}

static void ask(void)
{
	int fds[FILES];

	open_files(fds);
	ask_files(fds, answers);
	close_files(fds);
}

static int as_alice_with(void *arg)
{
	become_with(*(unsigned long long *)arg);
	ask();
	return 0;
}

static int in_a_container(void *arg)
{
	(void)arg;
	become(ALICE);
	if (unshare(CLONE_NEWUSER))
		return 77;
	ask();
	return 0;
}

/*
 * What is expected: 0 or EPERM, of her own processes, others', of wide scopes, of the
 * administrator's.
 */
static void expect_own(const char *who, int own, int everyone, int system, int admin)
{
	const struct answers *a = answers;

	tap_errno(a->own, own, "%s: her own process", who);
	tap_errno(a->own_thread, own, "%s: a thread of it", who);
	tap_errno(a->tree_own, own, "%s: a tree of hers", who);
	tap_errno(a->bobs, everyone, "%s: bob's process", who);
	tap_errno(a->roots, everyone, "%s: root's process", who);
	tap_errno(a->pid_roots, everyone, "%s: root's process by TM_PID", who);
	tap_errno(a->tree_roots, everyone, "%s: a tree of root's", who);
	tap_errno(a->secret, everyone, "%s: her own that is not dumpable", who);
	tap_errno(a->del, own ? ESRCH : 0, "%s: del", who);
	tap_errno(a->system, system, "%s: scope system", who);
	tap_errno(a->cgroup, system, "%s: scope cgroup", who);
	tap_errno(a->sessions, admin, "%s: TM_SESSIONS", who);
	tap_errno(a->default_add, admin, "%s: TM_ADD to the default session", who);
	tap_errno(a->default_interval, admin, "%s: TM_INTERVAL of it", who);
	tap_errno(a->default_batch, admin, "%s: TM_BATCH of it", who);
	tap_errno(a->default_del, admin, "%s: TM_DEL from it", who);
}

static void expect(const char *who, int everyone, int system, int admin)
{
	expect_own(who, 0, everyone, system, admin);
}

static void alice_with(unsigned long long caps, const char *who, int everyone, int system,
		       int admin)
{
	memset(answers, POISON, sizeof(*answers));
	tap_is(run(as_alice_with, &caps), 0, "%s", who);
	expect(who, everyone, system, admin);
}

static void container(void)
{
	int status;

	memset(answers, POISON, sizeof(*answers));
	status = run(in_a_container, NULL);
	if (status == 77) {
		tap_skip("no user namespaces", "a container's root");
		return;
	}
	tap_is(status, 0, "a container's root");
	/* Who is outside is not its own, though of the same user: so it is for a debugger. */
	expect_own("a container's root", EPERM, EPERM, EPERM, EPERM);
}

static int root_then_alice(void *arg)
{
	int fds[FILES];

	(void)arg;
	open_files(fds);
	become(ALICE);
	ask_files(fds, answers);
	return 0;
}

static int alice_opens(void *arg)
{
	int i;

	become(ALICE);
	for (i = 0; i < FILES; i++)
		file_send(*(int *)arg, dev_open());
	return 0;
}

static void openers(void)
{
	int sock[2], fds[FILES], i;

	memset(answers, POISON, sizeof(*answers));
	tap_is(run(root_then_alice, NULL), 0, "root opens, and becomes alice");
	expect("opened as root", 0, 0, 0);

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		tap_bail("no socket");
	memset(answers, POISON, sizeof(*answers));
	tap_is(run(alice_opens, &sock[1]), 0, "alice opens, and passes it to root");
	for (i = 0; i < FILES; i++)
		fds[i] = file_receive(sock[0]);
	ask_files(fds, answers);
	expect("opened as alice", EPERM, EPERM, EPERM);
	close_files(fds);
	close(sock[0]);
	close(sock[1]);
}

/* This program again: --wait says that it is there, --bear also makes a child first. */
static void exec_main(int argc, char **argv)
{
	if (argc != 2 || argv[1][0] != '-')
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!strcmp(argv[1], "--bear"))
		passer_by();
	if (write(STDOUT_FILENO, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

struct program {
	const char *path, *arg;
	int go[2], there[2];
	pid_t pid;
};

/* Alice's, until it runs the program. */
static int program_main(void *arg)
{
	struct program *p = arg;
	char byte;

	become(ALICE);
	close(p->go[1]);
	if (write(p->there[1], "", 1) != 1 || read(p->go[0], &byte, 1) != 1)
		return 1;
	dup2(p->there[1], STDOUT_FILENO);
	execl(p->path, p->path, p->arg, NULL);
	return 2;
}

/* When this returns it is alice's. */
static void program_start(struct program *p, const char *path, const char *arg)
{
	char byte;

	p->path = path;
	p->arg = arg;
	if (pipe2(p->go, O_CLOEXEC) || pipe2(p->there, O_CLOEXEC))
		tap_bail("no pipe");
	p->pid = run_start(program_main, p);
	if (read(p->there[0], &byte, 1) != 1)
		tap_bail("no process for %s", path);
}

static void program_exec(struct program *p)
{
	char byte;

	if (write(p->go[1], "", 1) != 1)
		tap_bail("the program's process is gone");
	close(p->there[1]);
	if (read(p->there[0], &byte, 1) != 1)
		tap_bail("%s cannot be run", p->path);
}

static void program_end(struct program *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	close(p->go[0]);
	close(p->go[1]);
	close(p->there[0]);
}

/* A session of alice's (with these capabilities), in root's hands. */
struct hers {
	unsigned int scope;
	unsigned long long caps;
	int sock[2];
};

static int make_hers(void *arg)
{
	struct hers *h = arg;
	struct tm_session_attr attr = session_attr(h->scope);

	become_with(h->caps);
	attr.ring_records = 256;
	file_send(h->sock[1], session_make(&attr));
	return 0;
}

static int her_session(unsigned int scope, unsigned long long caps)
{
	struct hers h = { .scope = scope, .caps = caps };
	int fd;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, h.sock))
		tap_bail("no socket");
	if (run(make_hers, &h))
		tap_bail("alice has no session");
	fd = file_receive(h.sock[0]);
	close(h.sock[0]);
	close(h.sock[1]);
	return fd;
}

static void install(const char *path, mode_t mode)
{
	char buf[65536];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len;

	while ((len = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, (size_t)len) != len)
			tap_bail("%s: %s", path, strerror(errno));
	}
	if (fchmod(to, mode))
		tap_bail("%s: %s", path, strerror(errno));
	close(from);
	close(to);
}

static bool has_no_figures(const struct task_sample *s)
{
	static const struct task_sample none;

	return !s->valid && !s->utime && !s->stime && !s->comm[0] && !s->threads && !s->uid &&
	       !memcmp(&s->vsize_bytes, &none.vsize_bytes,
		       sizeof(none) - offsetof(struct task_sample, vsize_bytes));
}

/* @scope: list or tree; the target runs a program that is not alice's to look into. */
static void exec_denied(unsigned int scope, const char *path, const char *name)
{
	struct task_sample row, get;
	const struct task_sample *r;
	unsigned long long denied_seq;
	unsigned int i, told = 0;
	struct program p = {};
	struct tm_state state;
	struct diary d;

	diary_begin(&d, her_session(scope, 0));
	program_start(&p, path, "--bear");
	tap_errno(session_add(d.fd, p.pid), 0, "%s: alice's process is a target", name);
	tap_ok(session_has(d.fd, p.pid, &row) && row.valid & TM_VALID_CPU, "%s: with its figures",
	       name);
	program_exec(&p);
	r = diary_await(&d, p.pid, TM_KIND_EXEC);
	tap_ok(r && r->flags == TM_SAMPLE_DENIED, "%s: exec: the record says denied", name);
	tap_ok(r && has_no_figures(r), "%s: and nothing else", name);
	denied_seq = r ? r->seq : 0;
	session_state(d.fd, &state);
	tap_is(state.targets_alive, 0, "%s: it is no target any longer", name);
	if (session_has(d.fd, p.pid, &row))
		tap_ok(scope == TM_SCOPE_LIST && has_no_figures(&row),
		       "%s: its row has no figures", name);
	tap_ok(dev_ioctl(d.fd, TM_GET, &get) < 0, "%s: TM_GET is refused", name);
	tap_ok(dev_ioctl(d.fd, TM_GET_16, &get) < 0, "%s: of the lab's 16 bytes too", name);
	tap_ok(session_add(d.fd, p.pid) < 0, "%s: it cannot be added again", name);
	program_end(&p);
	diary_read(&d);
	for (i = 0; i < d.n; i++)
		told += d.records[i].seq > denied_seq;
	tap_is(told, 0, "%s: not a record after that: no child's, no exit's", name);
	diary_end(&d);
}

static void exec_allowed(unsigned long long caps, const char *path, const char *name)
{
	const struct task_sample *r;
	struct program p = {};
	struct diary d;

	diary_begin(&d, her_session(TM_SCOPE_TREE, caps));
	program_start(&p, path, "--wait");
	session_add(d.fd, p.pid);
	program_exec(&p);
	r = diary_await(&d, p.pid, TM_KIND_EXEC);
	tap_ok(r && !(r->flags & TM_SAMPLE_DENIED) && r->valid & TM_VALID_CPU,
	       "%s: exec is told", name);
	tap_ok(session_has(d.fd, p.pid, NULL), "%s: it stays a target", name);
	program_end(&p);
	tap_ok(diary_await(&d, p.pid, TM_KIND_EXIT), "%s: to its exit", name);
	diary_end(&d);
}

/* Alice's parent of a process that is not hers: the tree is without it. */
static int parent_of_denied(void *arg)
{
	struct program *p = arg;
	pid_t pid;

	become(ALICE);
	pid = fork();
	if (!pid) {
		dup2(p->there[1], STDOUT_FILENO);
		execl(SET_UID, SET_UID, "--wait", NULL);
		_exit(1);
	}
	if (write(p->go[1], &pid, sizeof(pid)) != sizeof(pid))
		return 1;
	for (;;)
		pause();
}

static void live_tree(void)
{
	int fd = her_session(TM_SCOPE_TREE, 0);
	struct program p = {};
	pid_t child;
	char byte;

	if (pipe2(p.go, O_CLOEXEC) || pipe2(p.there, O_CLOEXEC))
		tap_bail("no pipe");
	p.pid = run_start(parent_of_denied, &p);
	if (read(p.go[0], &child, sizeof(child)) != sizeof(child) ||
	    read(p.there[0], &byte, 1) != 1)
		tap_bail("no family");
	tap_errno(session_add(fd, p.pid), 0, "a tree with a set-uid program in it");
	tap_ok(session_has(fd, p.pid, NULL) && !session_has(fd, child, NULL),
	       "is watched without it");
	kill(child, SIGKILL);
	close(p.there[1]);
	program_end(&p);
	close(fd);
}

int main(int argc, char **argv)
{
	exec_main(argc, argv);
	answers = shared_memory(sizeof(*answers));
	cgroup_dir = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	child_start(&roots);
	child_start_as(&hers, ALICE);
	child_start_as(&bobs, BOB);
	child_start_as(&secret, ALICE);
	child_do(&secret, CHILD_NOT_DUMPABLE, 0);
	module_need("log=N");
	if (chmod(DEVICE, 0666))
		tap_bail("chmod: %s", strerror(errno));

	alice_with(0, "alice", EPERM, EPERM, EPERM);
	alice_with(CAP(CAP_SYS_PTRACE), "with CAP_SYS_PTRACE", 0, EPERM, EPERM);
	alice_with(CAP(CAP_PERFMON), "with CAP_PERFMON", EPERM, 0, EPERM);
	alice_with(CAP(CAP_SYS_ADMIN), "with CAP_SYS_ADMIN", EPERM, 0, 0);
	alice_with(~(CAP(CAP_SYS_PTRACE) | CAP(CAP_PERFMON) | CAP(CAP_SYS_ADMIN)) &
			   (CAP(CAP_LAST_CAP + 1) - 1),
		   "with all but these", EPERM, EPERM, EPERM);
	container();
	openers();

	install(SET_UID, 04755);
	install(PLAIN, 0755);
	install(SECRET, 0711);
	exec_denied(TM_SCOPE_TREE, SET_UID, "set-uid program in a tree");
	exec_denied(TM_SCOPE_LIST, SET_UID, "set-uid program in a list");
	exec_denied(TM_SCOPE_TREE, SECRET, "unreadable program");
	exec_allowed(0, PLAIN, "plain program");
	exec_allowed(CAP(CAP_SYS_PTRACE), SET_UID, "set-uid program, with CAP_SYS_PTRACE");
	live_tree();

	tap_errno(module_unload_patiently(), 0, "rmmod");
	child_end(&roots);
	child_end(&hers);
	child_end(&bobs);
	child_end(&secret);
	return tap_done();
}
