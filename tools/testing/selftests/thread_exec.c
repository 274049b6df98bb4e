// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets that are threads, of a process in which one calls exec that is not
 * its first. That one takes the number of the first, and goes on; the first has
 * ended, though its number has not. Neither is taken for the other.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define FIRST_NS (50 * NSEC_PER_MSEC)	/* what the first thread burns */
#define OTHER_NS (5 * NSEC_PER_MSEC)	/* and the other before its exec, and again behind it */

static int go[2], told[2];

/* This program again, in a process that was @call_exec's. */
static void after_exec(int argc, char **argv)
{
	pid_t pid = getpid();
	char byte;

	if (argc != 4 || strcmp(argv[1], "--after"))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	burn_ns(OTHER_NS);
	if (write(atoi(argv[3]), &pid, sizeof(pid)) != sizeof(pid) ||
	    read(atoi(argv[2]), &byte, 1) != 1)
		_exit(1);
	_exit(3);
}

static void *call_exec(void *unused)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	char in[16], out[16], byte;
	char *argv[] = { "thread_exec", "--after", in, out, NULL };

	burn_ns(OTHER_NS);
	if (write(told[1], &tid, sizeof(tid)) != sizeof(tid) || read(go[0], &byte, 1) != 1)
		_exit(1);
	snprintf(in, sizeof(in), "%d", go[0]);
	snprintf(out, sizeof(out), "%d", told[1]);
	execv("/proc/self/exe", argv);
	_exit(1);
	return unused;
}

static int process(void *unused)
{
	pthread_t t;

	(void)unused;
	burn_ns(FIRST_NS);
	if (pthread_create(&t, NULL, call_exec, NULL))
		return 1;
	for (;;)
		pause();
}

static pid_t hear(void)
{
	pid_t pid;

	if (read(told[0], &pid, sizeof(pid)) != sizeof(pid))
		tap_bail("the process does not answer");
	return pid;
}

static void say_go(void)
{
	if (write(go[1], "", 1) != 1)
		tap_bail("the process is gone");
}

/* In the order of their adding: the thread that calls exec, the first one, the process. */
static struct task_sample *sample(int fd)
{
	static struct task_sample s[3];

	if (session_batch(fd, s, 3) != 3)
		tap_bail("there are not three targets");
	return s;
}

static unsigned long long cpu(const struct task_sample *s)
{
	return s->utime + s->stime;
}

static void check_after(int fd, pid_t pid)
{
	const struct task_sample *s;
	struct tm_state state;

	tap_ok(eventually((session_state(fd, &state), state.targets_alive == 2)),
	       "behind the exec two of three live");
	/* Until the first thread has been released it is there to be read. */
	(void)eventually(sample(fd)[1].state == 'X');
	s = sample(fd);
	tap_is(s[0].pid, pid, "the thread has its process's number");
	tap_is(s[0].tgid, pid, "of that process");
	tap_is(s[0].flags & (TM_SAMPLE_THREAD | TM_SAMPLE_EXITED), TM_SAMPLE_THREAD,
	       "and lives, as a thread");
	tap_ok(s[0].valid & TM_VALID_CPU && s[0].valid & TM_VALID_MEM, "its figures are known");
	tap_between((long long)cpu(&s[0]), 2 * OTHER_NS, (long long)cpu(&s[2]) - FIRST_NS,
		    "they are its own, before and behind the exec");
	tap_is(s[1].flags & TM_SAMPLE_EXITED, TM_SAMPLE_EXITED, "the first thread has exited");
	tap_between((long long)cpu(&s[1]), FIRST_NS, (long long)cpu(&s[2]) - 2 * OTHER_NS,
		    "with its own figures");
	tap_is(s[2].flags & (TM_SAMPLE_THREAD | TM_SAMPLE_EXITED), 0, "the process lives");
}

/* Ends of threads alone; of the one that called exec, which exits with 3, or of the first. */
static int ends(struct diary *d, bool first)
{
	unsigned int i;
	int n = 0;

	diary_read(d);
	for (i = 0; i < d->n; i++) {
		const struct task_sample *s = &d->records[i];

		n += s->kind == TM_KIND_EXIT && s->flags & TM_SAMPLE_THREAD &&
		     (s->exit_code != 3 << 8) == first;
	}
	return n;
}

static void check_records(struct diary *d, pid_t pid, pid_t tid)
{
	unsigned int i, old = 0, sampled = 0;
	bool called = false;

	diary_read(d);
	for (i = 0; i < d->n; i++) {
		const struct task_sample *s = &d->records[i];

		called |= s->kind == TM_KIND_EXEC && s->pid == pid && s->flags & TM_SAMPLE_THREAD;
		old += called && s->pid == tid;
		sampled += called && s->kind == TM_KIND_PERIODIC && s->pid == pid &&
			   s->flags & TM_SAMPLE_THREAD;
	}
	tap_ok(called, "its exec is told, with the new number");
	tap_is(old, 0, "the old one is not heard of again");
	tap_ok(sampled > 0, "it is sampled as before");
}

int main(int argc, char **argv)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	unsigned long long ticks;
	struct tm_state state;
	struct diary d;
	pid_t pid, tid;
	int fd;

	after_exec(argc, argv);
	module_need("log=N");
	if (pipe(go) || pipe(told))
		tap_bail("no pipe");
	pid = run_start(process, NULL);
	tid = hear();
	attr.interval_ns = 10 * NSEC_PER_MSEC;
	attr.ring_records = 65536;
	fd = session_make(&attr);
	diary_begin(&d, fd);
	tap_errno(session_add_flags(fd, tid, TM_TARGET_THREAD), 0, "a thread is a target");
	tap_errno(session_add_flags(fd, pid, TM_TARGET_THREAD), 0, "so is the first one");
	tap_errno(session_add(fd, pid), 0, "and the process");
	say_go();
	hear();
	check_after(fd, pid);
	session_state(fd, &state);
	ticks = state.ticks + 2;
	(void)eventually((session_state(fd, &state), state.ticks >= ticks));
	check_records(&d, pid, tid);
	tap_is(ends(&d, true), 1, "the end of the first thread is told");
	tap_is(ends(&d, false), 0, "and no other");
	tap_errno(session_del_flags(fd, tid, TM_TARGET_THREAD), ESRCH, "nobody has the old number");
	tap_errno(session_add_flags(fd, pid, TM_TARGET_THREAD), EEXIST,
		  "who has the new one is a target");

	say_go();
	tap_is(run_end(pid), 3, "the process ends");
	tap_ok(eventually((session_state(fd, &state), !state.targets_alive)), "nobody lives");
	tap_ok(eventually(ends(&d, false) == 1), "the thread's end is told");
	tap_is(ends(&d, true), 1, "the first one's not again");
	tap_errno(session_del_flags(fd, pid, TM_TARGET_THREAD), 0, "one of them is removed");
	tap_errno(session_del_flags(fd, pid, TM_TARGET_THREAD), 0, "and the other");
	diary_end(&d);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
