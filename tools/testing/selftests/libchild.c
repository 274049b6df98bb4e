// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
/* Children that do as they are told: see harness.h. */
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#define THREADS_MAX	64
#define CHURNERS	4

struct command {
	enum child_op op;
	long arg;
};

static int server_in, server_out;
static pthread_t threads[THREADS_MAX];
static int n_threads;
static int end_pipe[2];		/* a byte for each thread that shall end */
static int begun_pipe[2];	/* a byte from each thread that has begun */
static void *touched;
static size_t touched_size;

static void serve(void);

static void must(bool ok)
{
	if (!ok)
		_exit(99);
}

static void touch(long pages)
{
	touched_size = (size_t)(pages * PAGE);
	touched = mmap(NULL, touched_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must(touched != MAP_FAILED);
	memset(touched, 1, touched_size);
}

static long switches(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_nvcsw;
}

/* Where the moment is over before the CPU is left, there is no switch: once more then. */
static void sleep_often(long times)
{
	struct timespec moment = { .tv_nsec = 1000 };
	long enough = switches() + times;

	while (switches() < enough)
		nanosleep(&moment, NULL);
}

static void write_and_read(long bytes)
{
	char name[] = "/tmp/childXXXXXX", buf[1000] = "";
	int fd = mkstemp(name);
	long done;

	must(fd >= 0);
	for (done = 0; done < bytes; done += (long)sizeof(buf))
		must(write(fd, buf, sizeof(buf)) == sizeof(buf));
	must(lseek(fd, 0, SEEK_SET) == 0);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	unlink(name);
}

static void *waiter(void *unused)
{
	char byte = 0;

	(void)unused;
	burn_ns(NSEC_PER_MSEC);
	must(write(begun_pipe[1], &byte, 1) == 1);
	must(read(end_pipe[0], &byte, 1) == 1);
	return NULL;
}

static void begin_threads(long n)
{
	char byte;

	if (!n_threads)
		must(!pipe(end_pipe) && !pipe(begun_pipe));
	while (n--) {
		must(!pthread_create(&threads[n_threads++], NULL, waiter, NULL));
		must(read(begun_pipe[0], &byte, 1) == 1);
	}
}

/* Any of them take the bytes: whichever did has left /proc/self/task when we return. */
static void end_threads(long n)
{
	struct proc_stat st;
	char byte = 0;
	long left;

	must(proc_stat(getpid(), &st));
	left = st.threads - n;
	while (n--)
		must(write(end_pipe[1], &byte, 1) == 1);
	must(eventually(proc_stat(getpid(), &st) && st.threads == left));
}

static void *short_lived(void *unused)
{
	void *pages = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	burn_ns(200000);
	munmap(pages, 16384);
	return unused;
}

static void *churner(void *unused)
{
	pthread_t t;

	(void)unused;
	for (;;) {
		if (!pthread_create(&t, NULL, short_lived, NULL))
			pthread_join(t, NULL);
	}
	return NULL;
}

static void *spinner(void *unused)
{
	(void)unused;
	for (;;)
		;
	return NULL;
}

static void background(void *(*fn)(void *), int n)
{
	pthread_t t;

	while (n--)
		must(!pthread_create(&t, NULL, fn, NULL));
}

static void answer(void)
{
	struct child_report report = {};

	report.cpu_ns = cpu_ns();
	getrusage(RUSAGE_SELF, &report.ru);
	must(write(server_out, &report, sizeof(report)) == sizeof(report));
}

static void *serve_without_leader(void *unused)
{
	char path[64];
	struct proc_stat st;

	(void)unused;
	/* /proc/PID/stat is the leader's state, and the sum of all figures. */
	snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	must(eventually(proc_stat(getpid(), &st) && st.state == 'Z'));
	answer();
	serve();
	return NULL;
}

static void leave_leader(void)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, serve_without_leader, NULL));
	/* Not pthread_exit(): the C library would go on to tidy up. */
	syscall(SYS_exit, 0);
}

static void *call_exec(void *unused)
{
	char in[16], out[16];
	char *argv[] = { "child", "--child", in, out, NULL };

	snprintf(in, sizeof(in), "%d", server_in);
	snprintf(out, sizeof(out), "%d", server_out);
	fcntl(server_in, F_SETFD, 0);
	fcntl(server_out, F_SETFD, 0);
	execv("/proc/self/exe", argv);
	must(false);
	return unused;
}

static void obey(const struct command *cmd)
{
	switch (cmd->op) {
	case CHILD_NOTHING: break;
	case CHILD_BURN: burn_ns(cmd->arg); break;
	case CHILD_TOUCH: touch(cmd->arg); break;
	case CHILD_UNTOUCH: munmap(touched, touched_size); break;
	case CHILD_SLEEP: sleep_often(cmd->arg); break;
	case CHILD_WRITE: write_and_read(cmd->arg); break;
	case CHILD_THREADS: begin_threads(cmd->arg); break;
	case CHILD_THREADS_END: end_threads(cmd->arg); break;
	case CHILD_CHURN: background(churner, CHURNERS); break;
	case CHILD_SPIN: background(spinner, 1); break;
	case CHILD_LEADER_EXIT: leave_leader(); break;
	case CHILD_EXEC: background(call_exec, 1); pause(); break;
	case CHILD_NAME: prctl(PR_SET_NAME, "a b\nc\\d"); break;
	case CHILD_NOT_DUMPABLE: prctl(PR_SET_DUMPABLE, 0); break;
	case CHILD_EXIT: _exit((int)cmd->arg);
	}
}

static void serve(void)
{
	struct command cmd;

	for (;;) {
		if (read(server_in, &cmd, sizeof(cmd)) != sizeof(cmd))
			_exit(98);
		obey(&cmd);
		answer();
	}
}

/* To be called first in main() by a test that uses CHILD_EXEC. */
void child_main(int argc, char **argv)
{
	if (argc != 4 || strcmp(argv[1], "--child"))
		return;
	server_in = atoi(argv[2]);
	server_out = atoi(argv[3]);
	answer();
	serve();
}

bool cpu_try(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(pid, sizeof(set), &set);
}

void cpu_pin(pid_t pid, int cpu)
{
	if (!cpu_try(pid, cpu))
		tap_bail("%d cannot be pinned to CPU %d: %s", pid, cpu, strerror(errno));
}

/* Drop to a user, all capabilities gone; one may look into oneself again. */
void become(uid_t uid)
{
	gid_t gid = (gid_t)uid;

	must(!setgroups(0, NULL) && !setresgid(gid, gid, gid) && !setresuid(uid, uid, uid));
	prctl(PR_SET_DUMPABLE, 1);
}

/* fork(), into new namespaces by @flags, with the number @pid unless it is 0 */
static pid_t fork_as(unsigned long flags, pid_t pid)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = pid ? 1 : 0,
	};

	if (!pid)
		args.set_tid = 0;
	if (!pid && !flags)
		return fork();
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void start(struct child *c, pid_t pid, uid_t uid)
{
	pid_t parent = getpid();
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		tap_bail("no pipe");
	c->pid = fork_as(0, pid);
	if (c->pid < 0)
		tap_bail("cannot start a child: %s", strerror(errno));
	if (!c->pid) {
		if (uid)
			become(uid);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		must(uid || getppid() == parent);
		server_in = to[0];
		server_out = from[1];
		serve();
	}
	close(to[0]);
	close(from[1]);
	c->to = to[1];
	c->from = from[0];
	child_do(c, CHILD_NOTHING, 0);
}

void child_start(struct child *c)
{
	start(c, 0, 0);
}

void child_start_as(struct child *c, uid_t uid)
{
	start(c, 0, uid);
}

void child_start_with_pid(struct child *c, pid_t pid)
{
	start(c, pid, 0);
}

static void command(struct child *c, enum child_op op, long arg)
{
	struct command cmd = { .op = op, .arg = arg };

	if (write(c->to, &cmd, sizeof(cmd)) != sizeof(cmd))
		tap_bail("child %d does not listen", c->pid);
}

/* Returns when it is done; c->report then says what the child had used up by then. */
void child_do(struct child *c, enum child_op op, long arg)
{
	command(c, op, arg);
	if (read(c->from, &c->report, sizeof(c->report)) != sizeof(c->report))
		tap_bail("child %d does not answer (command %d)", c->pid, op);
}

/* It exits; when this returns it is a zombie, and the caller's to reap. */
void child_exit(struct child *c, int status)
{
	siginfo_t info;

	command(c, CHILD_EXIT, status);
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOWAIT))
		tap_bail("child %d does not exit", c->pid);
	close(c->to);
	close(c->from);
}

void child_end(struct child *c)
{
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	close(c->to);
	close(c->from);
}

pid_t run_start_in(unsigned long flags, int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork_as(flags, 0);

	if (pid < 0)
		tap_bail("cannot fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(fn(arg));
	}
	return pid;
}

pid_t run_start(int (*fn)(void *arg), void *arg)
{
	return run_start_in(0, fn, arg);
}

int run_end(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int run(int (*fn)(void *arg), void *arg)
{
	return run_end(run_start(fn, arg));
}
