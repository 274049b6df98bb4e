// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what, all of it: everybody of rights_rows.h against everything
 * there. Each of them is a process that opens the files (the opener), and one
 * that uses them (the user), which may be another.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "named.h"
#include "netlink.h"
#include "session.h"
#include "rights_rows.h"

#define SET_UID	  "/tmp/set-uid"
#define EVENT	  "/sys/kernel/tracing/events/taskmonitor/task_sample/"
#define NAMED	  NAMED_ROOT "/web/"
#define NAMED_WATCH NAMED_ROOT "/watch/"
#define SPARES	  WHO_MAX	/* named sessions to be removed, one by each */
#define CAP(name) (1ULL << (name))
#define ALL	  (CAP(CAP_LAST_CAP + 1) - 1)
#define MEMORY_FD 100	/* of the shared memory, for a program that is run by exec */
#define NOTHING	  1	/* a result: done, and 0 or nothing told */
#define UNKNOWN	  0x7777
#define ROWS_MAX  64
#define WHO_MAX	  16

enum { KEPT, TO_USER, TO_ROOT, TO_SET_UID };

/* Processes to be looked at, and what the default session's first target is. */
enum {
	OWN, HIDDEN, STRONG, OTHERS, OWN_ZOMBIE, OTHERS_ZOMBIE, KERNEL, ELSEWHERE, NOBODY, TARGETS,
	MADE,		/* none of these: the opener has made the file a session */
	SITUATIONS,
};

static const struct who {
	const char *name;
	uid_t uid;
	unsigned long long caps;
	unsigned long namespaces;
	int file;
} everybody[] = {
#define WHO(name, uid, caps, namespaces, file) { name, uid, caps, namespaces, file },
	WALK_WHO
#undef WHO
};

/* A row of the table: one thing that is tried. @path: NULL: a netlink socket. @text: what is written; NULL: to read; "": neither */
struct row {
	const char *name, *path, *expect;
	int flags, situation;
	int (*use)(int fd, long arg);
	long arg;
	const char *text;
};

/* What openers and users share. */
static struct shared {
	int table, result[WHO_MAX][ROWS_MAX];
	int fd[ROWS_MAX];
	pid_t pid[TARGETS];
} *sh;

static pid_t outside;	/* a number that no PID namespace below has */

/* --- how things are tried: each gives 0, NOTHING or a negative errno ---------- */

/* Both requests must agree. */
static int use_get(int fd, long arg)
{
	struct task_sample sample;
	char text[TM_TEXT_SIZE];
	int get = dev_ioctl(fd, TM_GET, &sample);

	(void)arg;
	return get == dev_ioctl(fd, TM_GET_TEXT, text) ? get : UNKNOWN;
}

static int use_pid_get(int fd, long arg)
{
	int pid = -1, err = dev_ioctl(fd, TM_PID, &pid);

	(void)arg;
	if (err)
		return pid == -1 ? err : UNKNOWN;
	return pid ? 0 : NOTHING;
}

static int use_start(int fd, long arg)
{
	(void)arg;
	return dev_ioctl(fd, TM_START, NULL);
}

static int use_stop(int fd, long arg)
{
	(void)arg;
	return dev_ioctl(fd, TM_STOP, NULL);
}

static int use_pid_set(int fd, long target)
{
	return dev_ioctl(fd, TM_PID, &sh->pid[target]);
}

static int use_add_there(int fd, long target)
{
	return session_add(fd, sh->pid[target]);
}

static int use_del(int fd, long target)
{
	return session_del(fd, sh->pid[target]);
}

static int use_add_del(int fd, long target)
{
	int add = use_add_there(fd, target);

	return add == use_del(fd, target) ? add : UNKNOWN;
}

static int use_interval(int fd, long arg)
{
	(void)arg;
	return session_interval(fd, NSEC_PER_SEC);
}

static int use_state(int fd, long arg)
{
	struct tm_state state;

	(void)arg;
	return dev_ioctl(fd, TM_STATE, &state);
}

static int use_number(int fd, long arg)
{
	struct tm_state state = {};
	int err = dev_ioctl(fd, TM_STATE, &state);

	(void)arg;
	return err ?: state.id ? 0 : NOTHING;
}

static int use_batch(int fd, long arg)
{
	struct task_sample samples[4];
	int n = session_batch(fd, samples, ARRAY_SIZE(samples));

	(void)arg;
	return n < 0 ? n : n ? 0 : UNKNOWN;
}

static int use_sessions(int fd, long arg)
{
	struct tm_session_list list = { .state_size = sizeof(struct tm_state) };

	(void)arg;
	return dev_ioctl(fd, TM_SESSIONS, &list);
}

static int use_tasks(int fd, long arg)
{
	struct tm_task_list list = { .task_size = sizeof(struct tm_task) };
	int err = dev_ioctl(fd, TM_TASKS, &list);

	(void)arg;
	return err ?: list.total ? 0 : NOTHING;
}

/* Both requests must agree. */
static int use_threshold(int fd, long arg)
{
	struct tm_threshold threshold = { .what = TM_THRESHOLD_EXIT, .id = UINT32_MAX };
	int add = dev_ioctl(fd, TM_THRESHOLD_ADD, &threshold);

	(void)arg;
	return dev_ioctl(fd, TM_THRESHOLD_DEL, &threshold.id) == add ? add : UNKNOWN;
}

static int use_thresholds(int fd, long arg)
{
	struct tm_threshold_list list = { .threshold_size = sizeof(struct tm_threshold) };

	(void)arg;
	return dev_ioctl(fd, TM_THRESHOLDS, &list);
}

static int use_read(int fd, long arg)
{
	struct task_sample record;

	(void)arg;
	session_nonblock(fd);
	return read(fd, &record, sizeof(record)) < 0 && errno != EAGAIN ? -errno : 0;
}

static int use_poll(int fd, long arg)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	(void)arg;
	if (poll(&p, 1, 0) < 0)
		return -errno;
	return p.revents & POLLERR ? -EPERM : 0;
}

static int use_mmap(int fd, long arg)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	bool ours;

	(void)arg;
	if (p == MAP_FAILED)
		return -errno;
	ours = ((struct tm_ring_header *)p)->magic == TM_RING_MAGIC;
	munmap(p, 4096);
	return ours ? 0 : UNKNOWN;
}

static int use_session(int fd, long scope)
{
	struct tm_session_attr attr = session_attr((unsigned int)scope);
	int dir = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	attr.ring_records = TM_RING_RECORDS_MIN;
	attr.cgroup_fd = scope == TM_SCOPE_CGROUP ? dir : -1;
	err = dev_ioctl(fd, TM_SESSION, &attr);
	close(dir);
	return err;
}

static int use_session_events(int fd, long arg)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);

	(void)arg;
	attr.ring_records = TM_RING_RECORDS_MIN;
	attr.flags = TM_SESSION_EVENTS;
	return dev_ioctl(fd, TM_SESSION, &attr);
}

static int use_add(int fd, long target)
{
	return use_session(fd, TM_SCOPE_LIST) ? UNKNOWN : use_add_there(fd, target);
}

static int use_add_thread(int fd, long target)
{
	if (use_session(fd, TM_SCOPE_LIST))
		return UNKNOWN;
	return session_add_flags(fd, sh->pid[target], TM_TARGET_THREAD);
}

static int use_add_tree(int fd, long target)
{
	return use_session(fd, TM_SCOPE_TREE) ? UNKNOWN : use_add_there(fd, target);
}

static int use_private_pid(int fd, long target)
{
	return use_session(fd, TM_SCOPE_LIST) ? UNKNOWN : use_pid_set(fd, target);
}

static int use_mkdir(int fd, long arg)
{
	int err = named_make("other");

	(void)fd;
	(void)arg;
	return err ?: named_end("other") ? UNKNOWN : 0;
}

static int use_rmdir(int fd, long arg)
{
	char name[16];
	int i, err = -ENOENT;

	(void)fd;
	(void)arg;
	for (i = 0; i < SPARES && err == -ENOENT; i++) {
		snprintf(name, sizeof(name), "spare%d", i);
		err = named_end(name);
	}
	return err;
}

static int use_nl(int fd, int cmd, int flags, long target)
{
	struct nl nl = { .fd = fd };
	struct nl_request r;
	int err = nl_find_family(&nl);

	if (err)
		return UNKNOWN;
	r = nl_request(&nl, cmd, flags);
	if (target >= 0)
		nl_put_u32(&r, TASKMONITOR_A_PROCESS_PID, (uint32_t)sh->pid[target]);
	return nl_ask(&nl, &r, NULL, NULL);
}

static int use_nl_do(int fd, long cmd)
{
	return use_nl(fd, (int)cmd, 0, -1);
}

static int use_nl_sample(int fd, long arg)
{
	int own = use_nl(fd, TASKMONITOR_CMD_SAMPLE_GET, 0, OWN);

	(void)arg;
	return own == use_nl(fd, TASKMONITOR_CMD_SAMPLE_GET, 0, OTHERS) ? own : UNKNOWN;
}

/* The end of a dump is its verdict. */
static int use_nl_dump(int fd, long cmd)
{
	struct nl nl = { .fd = fd };
	struct nl_request r;
	struct nl_received got;
	struct nl_message m;
	int err = nl_find_family(&nl);

	if (err)
		return UNKNOWN;
	r = nl_request(&nl, (int)cmd, NLM_F_DUMP);
	err = nl_send(&nl, &r, r.h.nlmsg_len);
	while (!err && nl_receive(&nl, &got, PATIENCE_NS / NSEC_PER_MSEC) > 0) {
		while (nl_next(&got, &m)) {
			if (m.h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (m.h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(m.h))->error;
		}
	}
	return UNKNOWN;
}

static int use_nl_join(int fd, long arg)
{
	struct nl nl = { .fd = fd };

	(void)arg;
	return nl_find_family(&nl) ? UNKNOWN : nl_join(&nl);
}

static int use_file(int fd, const char *text)
{
	char buf[64];

	if (!text)
		return read(fd, buf, sizeof(buf)) < 0 ? -errno : 0;
	return *text && write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* --- the tables ------------------------------------------------------------- */

#define ROW(name, situation, use, arg, expect) \
	{ name, DEVICE, expect, O_RDONLY, situation, use, arg, NULL },
#define FILE_ROW(name, path, flags, text, expect) \
	{ name, path, expect, flags, OWN, NULL, 0, text },

#define NL_ROW(name, use, arg, expect) \
	{ name, NULL, expect, 0, OWN, use, arg, NULL },

static const struct row first_rows[] = { WALK_FIRST };
static const struct row default_rows[] = { WALK_DEFAULT };
static const struct row kernel_rows[] = { WALK_KERNEL };
static const struct row private_rows[] = { WALK_PRIVATE };
static const struct row made_rows[] = { WALK_MADE };
static const struct row file_rows[] = { WALK_FILES };
static const struct row named_rows[] = { WALK_NAMED };
static const struct row opened_rows[] = { WALK_OPENED };
static const struct row netlink_rows[] = { WALK_NETLINK };

static const struct table {
	const char *name;
	const struct row *rows;
	size_t n;
} tables[] = {
	{ "as they come", file_rows, ARRAY_SIZE(file_rows) },
	{ "netlink", netlink_rows, ARRAY_SIZE(netlink_rows) },
	{ "first target", first_rows, ARRAY_SIZE(first_rows) },
	{ "default session", default_rows, ARRAY_SIZE(default_rows) },
	{ "first target", kernel_rows, ARRAY_SIZE(kernel_rows) },
	{ "private session", private_rows, ARRAY_SIZE(private_rows) },
	{ "session made", made_rows, ARRAY_SIZE(made_rows) },
	{ "named session", named_rows, ARRAY_SIZE(named_rows) },
	{ "opened to all", opened_rows, ARRAY_SIZE(opened_rows) },
};

/* --- the processes ------------------------------------------------------------ */

static void must(bool ok)
{
	if (!ok)
		_exit(99);
}

static void become_with(uid_t uid, unsigned long long caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};
	int i;

	for (i = 0; i < 2; i++)
		data[i].permitted = data[i].effective = (uint32_t)(caps >> 32 * i);
	must(!prctl(PR_SET_KEEPCAPS, 1) && !setgroups(0, NULL) && !setresgid(uid, uid, uid) &&
	     !setresuid(uid, uid, uid) && !syscall(SYS_capset, &header, data));
	prctl(PR_SET_DUMPABLE, 1);
}

static void as_current(const struct who *w)
{
	(void)w;
}

static void as_hidden(const struct who *w)
{
	(void)w;
	prctl(PR_SET_DUMPABLE, 0);
}

static void as_strong(const struct who *w)
{
	if (w->uid)
		become_with(w->uid, CAP(CAP_NET_RAW));
}

static void as_bob(const struct who *w)
{
	(void)w;
	become(BOB);
}

static void as_opener(const struct who *w)
{
	become_with(w->uid, w->caps);
}

/* A process that only is there, until it is told to exit by a byte through @go, if there is one. */
static pid_t target_start(void (*prepare)(const struct who *w), const struct who *w,
			  unsigned long flags, const int *go)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	int there[2];
	char byte;
	pid_t pid;

	must(!pipe2(there, O_CLOEXEC));
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	must(pid >= 0);
	if (!pid) {
		prepare(w);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		must(write(there[1], "", 1) == 1);
		if (go && read(go[0], &byte, 1) == 1)
			_exit(0);
		for (;;)
			pause();
	}
	close(there[1]);
	must(read(there[0], &byte, 1) == 1);
	close(there[0]);
	return pid;
}

/* It is the opener's child, but need not be of its user. */
static void make_zombie(pid_t pid, const int *go)
{
	siginfo_t info;

	must(write(go[1], "", 1) == 1 && !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
}

static int others_go[2];

/* As root, in the PID namespace that all happens in. */
static void others_start(const struct who *w)
{
	sh->pid[STRONG] = target_start(as_strong, w, 0, NULL);
	sh->pid[OTHERS] = target_start(as_bob, w, 0, NULL);
	must(!pipe2(others_go, O_CLOEXEC));
	sh->pid[OTHERS_ZOMBIE] = target_start(as_bob, w, 0, others_go);
	sh->pid[NOBODY] = passer_by();
	sh->pid[ELSEWHERE] = w->namespaces & CLONE_NEWPID ?
		outside : target_start(as_opener, w, CLONE_NEWPID, NULL);
}

static void own_start(const struct who *w)
{
	int go[2];

	sh->pid[OWN] = target_start(as_current, w, 0, NULL);
	sh->pid[HIDDEN] = target_start(as_hidden, w, 0, NULL);
	must(!pipe2(go, O_CLOEXEC));
	sh->pid[OWN_ZOMBIE] = target_start(as_current, w, 0, go);
	make_zombie(sh->pid[OWN_ZOMBIE], go);
}

static void use_rows(const struct table *t, int situation, int *result)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];

		if (r->situation != situation)
			continue;
		if (sh->fd[i] < 0)
			result[i] = sh->fd[i];
		else if (r->use)
			result[i] = r->use(sh->fd[i], r->arg);
		else
			result[i] = use_file(sh->fd[i], r->text);
	}
}

/* The program that was run by exec: --use TABLE SITUATION WHO */
static void set_uid_main(int argc, char **argv)
{
	if (argc != 5 || strcmp(argv[1], "--use"))
		return;
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY_FD, 0);
	must(sh != MAP_FAILED && !geteuid() && getuid() == ALICE);
	use_rows(&tables[atoi(argv[2])], atoi(argv[3]), sh->result[atoi(argv[4])]);
	_exit(0);
}

struct turn {
	const struct who *w;
	const struct table *t;
	int situation, admin, root;	/* the commands' file; a socket to somebody who stayed root */
	int *result;
};

static void run_set_uid(const struct turn *u)
{
	char table[16], situation[16], who[16];
	size_t i;

	for (i = 0; i < u->t->n; i++) {
		if (sh->fd[i] >= 0)
			fcntl(sh->fd[i], F_SETFD, 0);
	}
	fcntl(MEMORY_FD, F_SETFD, 0);
	snprintf(table, sizeof(table), "%d", (int)(u->t - tables));
	snprintf(situation, sizeof(situation), "%d", u->situation);
	snprintf(who, sizeof(who), "%d", (int)(u->w - everybody));
	execl(SET_UID, SET_UID, "--use", table, situation, who, NULL);
	_exit(98);
}

static int other_user(void *arg)
{
	struct turn *u = arg;

	if (u->w->file == TO_SET_UID)
		run_set_uid(u);
	become(ALICE);
	use_rows(u->t, u->situation, u->result);
	return 0;
}

/* Somebody who stayed root takes the files, one message each, and says when it has used them. */
static int root_main(void *arg)
{
	struct turn *u = arg;
	int situation;
	size_t i;

	while (read(u->root, &situation, sizeof(situation)) == sizeof(situation)) {
		for (i = 0; i < u->t->n; i++) {
			if (sh->fd[i] >= 0)
				sh->fd[i] = file_receive(u->root);
		}
		use_rows(u->t, situation, u->result);
		for (i = 0; i < u->t->n; i++) {
			if (sh->fd[i] >= 0)
				close(sh->fd[i]);
		}
		must(write(u->root, "", 1) == 1);
	}
	return 0;
}

static void give_to_root(const struct turn *u, const int *fds)
{
	char byte;
	size_t i;

	must(write(u->root, &u->situation, sizeof(u->situation)) == sizeof(u->situation));
	for (i = 0; i < u->t->n; i++) {
		if (fds[i] >= 0)
			file_send(u->root, fds[i]);
	}
	must(read(u->root, &byte, 1) == 1);
}

static void set_first(const struct turn *u)
{
	char text[32];
	int len;

	if (u->t->rows == kernel_rows)
		return;	/* it is set, and by somebody who can see it */
	must(write(u->admin, "clear\n", 6) == 6);
	if (u->situation == NOBODY)
		return;
	len = snprintf(text, sizeof(text), "set %d\n",
		       sh->pid[u->situation == MADE ? OWN : u->situation]);
	must(write(u->admin, text, (size_t)len) == len);
	if (u->situation == OTHERS_ZOMBIE)
		make_zombie(sh->pid[OTHERS_ZOMBIE], others_go);
}

static int open_row(const struct row *r)
{
	int fd = r->path ? open(r->path, r->flags | O_CLOEXEC) :
			   socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		return -errno;
	if (r->situation == MADE)
		must(!use_session(fd, TM_SCOPE_LIST) && !use_add_there(fd, OWN));
	return fd;
}

static void take_turn(struct turn *u)
{
	int fds[ROWS_MAX];
	size_t i;

	set_first(u);
	for (i = 0; i < u->t->n; i++)
		fds[i] = u->t->rows[i].situation == u->situation ? open_row(&u->t->rows[i]) : -EBADF;
	memcpy(sh->fd, fds, sizeof(fds));
	switch (u->w->file) {
	case KEPT: use_rows(u->t, u->situation, u->result); break;
	case TO_ROOT: give_to_root(u, fds); break;
	default: must(!run(other_user, u));
	}
	for (i = 0; i < u->t->n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static bool has_situation(const struct table *t, int situation)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (t->rows[i].situation == situation)
			return true;
	}
	return false;
}

/* Begins as root, in its PID namespace; ends as whoever it is. */
static int opener_main(void *arg)
{
	struct turn *u = arg;
	int sock[2];

	must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock));
	u->admin = open(PROC_FILE, O_WRONLY | O_CLOEXEC);
	must(u->admin >= 0);
	others_start(u->w);
	u->root = sock[0];
	if (u->w->file == TO_ROOT)
		run_start(root_main, u);
	u->root = sock[1];
	as_opener(u->w);
	if (u->w->namespaces & CLONE_NEWUSER && unshare(CLONE_NEWUSER))
		return 77;
	own_start(u->w);
	if (u->t->rows == private_rows)
		make_zombie(sh->pid[OTHERS_ZOMBIE], others_go);
	for (u->situation = 0; u->situation < SITUATIONS; u->situation++) {
		if (has_situation(u->t, u->situation))
			take_turn(u);
	}
	return 0;
}

/* --- the walk -------------------------------------------------------------- */

static int result_of(char cell)
{
	switch (cell) {
	case '+': return 0;
	case '0': return NOTHING;
	case 'P': return -EPERM;
	case 'A': return -EACCES;
	case 'S': return -ESRCH;
	}
	tap_bail("a cell of the table is '%c'", cell);
}

static const char *result_name(int result)
{
	return result == NOTHING ? "nothing told" : result == UNKNOWN ? "something strange" :
	       errno_name(result);
}

static bool absent[WHO_MAX];	/* this kernel does not let them be */

static void judge_row(const struct table *t, size_t row)
{
	const struct row *r = &t->rows[row];
	bool wrong[WHO_MAX] = {};
	size_t i, bad = 0;

	if (strlen(r->expect) != ARRAY_SIZE(everybody))
		tap_bail("%s: not a cell for everybody", r->name);
	for (i = 0; i < ARRAY_SIZE(everybody); i++) {
		wrong[i] = !absent[i] && sh->result[i][row] != result_of(r->expect[i]);
		bad += wrong[i];
	}
	tap_ok(!bad, "%s: %s", t->name, r->name);
	for (i = 0; i < ARRAY_SIZE(everybody); i++) {
		if (wrong[i])
			tap_diag("%s: got %s, want %s", everybody[i].name,
				 result_name(sh->result[i][row]),
				 result_name(result_of(r->expect[i])));
	}
}

static void walk(const struct table *t)
{
	size_t i;

	if (t->n > ROWS_MAX)
		tap_bail("too many rows");
	for (i = 0; i < ARRAY_SIZE(everybody); i++) {
		const struct who *w = &everybody[i];
		struct turn u = { .w = w, .t = t, .result = sh->result[i] };
		int status;

		memset(sh->result[i], POISON, sizeof(sh->result[i]));
		status = run_end(run_start_in(w->namespaces & CLONE_NEWPID, opener_main, &u));
		absent[i] = status == 77;
		if (absent[i])
			tap_skip("no user namespaces", "%s", w->name);
		else if (status)
			tap_bail("%s: %s: status %d", t->name, w->name, status);
	}
	for (i = 0; i < t->n; i++)
		judge_row(t, i);
}

static void open_to_all(const char *path)
{
	if (chmod(path, 0666))
		tap_bail("chmod %s: %s", path, strerror(errno));
}

static bool named_begin(void)
{
	char name[16];
	int i;

	if (!named_possible("the rights to named sessions"))
		return false;
	named_need();
	tap_errno(named_make("web"), 0, "a named session");
	named_make("watch");
	for (i = 0; i < SPARES; i++) {
		snprintf(name, sizeof(name), "spare%d", i);
		named_make(name);
	}
	return true;
}

static void install_set_uid(void)
{
	char buf[65536];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(SET_UID, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len;

	while ((len = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, (size_t)len) != len)
			tap_bail(SET_UID ": %s", strerror(errno));
	}
	if (fchmod(to, 04755))
		tap_bail(SET_UID ": %s", strerror(errno));
	close(from);
	close(to);
}

/* A kernel thread that is there for ever, by a number above those of a namespace's first. */
static pid_t kernel_thread(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	pid_t pid = 0;

	while (dir && !pid && (entry = readdir(dir))) {
		char path[300], comm[32];

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (file_read(path, comm, sizeof(comm)) > 0 && !strcmp(comm, "kswapd0\n"))
			pid = atoi(entry->d_name);
	}
	closedir(dir);
	return pid;
}

static void share_memory(void)
{
	int fd = memfd_create("walk", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, sizeof(*sh)) || dup3(fd, MEMORY_FD, O_CLOEXEC) < 0)
		tap_bail("no memory: %s", strerror(errno));
	close(fd);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY_FD, 0);
	if (sh == MAP_FAILED)
		tap_bail("no memory");
}

int main(int argc, char **argv)
{
	static const char * const files[] = {
		PROC_FILE, LAB_FILE, ATTRIBUTES "running", ATTRIBUTES "interval_ns",
	};
	struct child c;
	char text[32];
	size_t i;

	set_uid_main(argc, argv);
	share_memory();
	install_set_uid();
	child_start(&c);
	outside = c.pid;
	sh->pid[KERNEL] = kernel_thread();
	tap_ok(sh->pid[KERNEL] > 20 && outside > 20, "their numbers are none of a new namespace's");
	module_need("target=%d log=N", c.pid);

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		if (tables[i].rows == named_rows && !named_begin())
			continue;
		if (tables[i].rows == first_rows)
			open_to_all(DEVICE);
		if (tables[i].rows == kernel_rows) {
			snprintf(text, sizeof(text), "set %d", sh->pid[KERNEL]);
			tap_errno(file_write(PROC_FILE, text), 0, "a kernel thread is a target");
		}
		if (tables[i].rows == opened_rows) {
			size_t f;

			for (f = 0; f < ARRAY_SIZE(files); f++)
				open_to_all(files[f]);
		}
		walk(&tables[i]);
		if (tables[i].rows == named_rows)
			tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
	}

	tap_errno(module_unload_patiently(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
