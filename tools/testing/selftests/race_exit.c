// SPDX-License-Identifier: GPL-2.0-only
/*
 * A target ends while it is added, removed, sampled and read: alone, with fifty
 * threads, with its first thread gone before; and one that does not end but
 * looks like it, since a thread that is not its first calls exec. Two sessions
 * share each target, and each is told of every end once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "race.h"

#define GROUP 50
#define TICK_NS (200 * 1000)

/* Its end is told and sampled by @busy, and told alone by @calm. */
static int dev, busy, calm;
static struct tally told;

static pid_t victim;
static struct child execer;
static struct rusage usage;	/* what its parent heard, if it has waited */

/* Added to @busy and @calm: by the scene, or if a racer was in time. */
static int added[2];

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* A process of so many threads; the first of them may be to go. Says when all are there. */
static void group(int threads, bool leader_goes, int out)
{
	struct proc_stat st;
	pthread_t t;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 1; i < threads; i++) {
		if (pthread_create(&t, NULL, idle, NULL))
			_exit(1);
	}
	if (!eventually(proc_stat(getpid(), &st) && st.threads == threads) ||
	    write(out, "", 1) != 1)
		_exit(1);
	if (leader_goes)
		syscall(SYS_exit, 0);
	idle(NULL);
}

static void group_start(int threads, bool leader_goes)
{
	char byte;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		tap_bail("no pipe");
	victim = fork();
	if (!victim)
		group(threads, leader_goes, fds[1]);
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		tap_bail("no process of %d threads", threads);
	close(fds[0]);
	if (leader_goes && !eventually(proc_state(victim) == 'Z'))
		tap_bail("the first thread does not go");
}

/* How it is made, and how it ends. */
static void make_single(void)
{
	group_start(1, false);
}

static void make_group(void)
{
	group_start(GROUP, false);
}

static void make_leaderless(void)
{
	group_start(3, true);
}

static void make_execer(void)
{
	child_start(&execer);
	victim = execer.pid;
}

static long kill_and_reap(void *arg, int round)
{
	(void)arg;
	(void)round;
	if (kill(victim, SIGKILL) || wait4(victim, NULL, 0, &usage) != victim)
		return -ECHILD;
	return 0;
}

/* Reaped by nobody before the round is over. */
static long kill_only(void *arg, int round)
{
	(void)arg;
	(void)round;
	return kill(victim, SIGKILL) ? -errno : 0;
}

static long exec_in_thread(void *arg, int round)
{
	(void)arg;
	(void)round;
	child_do(&execer, CHILD_EXEC, 0);
	return 0;
}

static void (*make)(void);	/* of the race that is on */
static bool execs;		/* it goes on living */

static long add_busy(void *arg, int round)
{
	long err = session_add(busy, victim);

	(void)arg;
	(void)round;
	added[0] = !err;
	return err;
}

static long add_calm(void *arg, int round)
{
	long err = session_add(calm, victim);

	(void)arg;
	(void)round;
	added[1] = !err;
	return err;
}

static long del_busy(void *arg, int round)
{
	long err = session_del(busy, victim);

	(void)arg;
	(void)round;
	if (!err)
		added[0] = 0;
	return err;
}

/* By TM_GET of the default session: who it is, and that it does not go back. */
static long get(void *arg, int round)
{
	struct task_sample a = {}, b;
	long err = 0;
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < 10 && !err; i++, a = b) {
		err = dev_ioctl(dev, TM_GET, &b);
		if (err)
			break;
		if (b.pid != victim || !(b.valid & TM_VALID_CPU) || b.kind != TM_KIND_READ ||
		    b.utime + b.stime < a.utime + a.stime)
			return -EBADMSG;
	}
	return err;
}

static long batch(void *arg, int round)
{
	struct task_sample s[2];
	int n = session_batch(busy, s, 2);

	(void)arg;
	(void)round;
	return n == 1 && s[0].pid != victim ? -EBADMSG : n;
}

static long state(void *arg, int round)
{
	struct tm_state st;

	(void)arg;
	(void)round;
	session_state(busy, &st);
	return st.targets > 1 || st.targets_alive > 1 ? -EBADMSG : 0;
}

static void nobody_yet(int round)
{
	(void)round;
	make();
	added[0] = added[1] = 0;
	usage.ru_maxrss = 0;
	told.kinds[TM_KIND_EXITING] = told.kinds[TM_KIND_EXIT] = told.kinds[TM_KIND_EXEC] = 0;
}

static void everywhere(int round)
{
	pid_t pid;

	nobody_yet(round);
	pid = victim;
	if (add_busy(NULL, 0) || add_calm(NULL, 0) || dev_ioctl(dev, TM_PID, &pid))
		tap_bail("a new process cannot be added");
}

/* The totals are what the parent heard; its times are cut to microseconds. */
static bool totals_are_right(void)
{
	const struct task_sample *s = &told.last_of[TM_KIND_EXIT];
	long long off = (long long)(s->utime + s->stime) -
			(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC -
			(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;

	if (!added[1] || !usage.ru_maxrss)
		return true;
	if (s->pid == victim && off >= 0 && off < 2000 &&
	    s->peak_rss_bytes == (unsigned long long)usage.ru_maxrss * 1024)
		return true;
	tap_diag("CPU time is off by %lld ns, the peak is %llu and not %ld KiB", off,
		 (unsigned long long)s->peak_rss_bytes / 1024, usage.ru_maxrss);
	return false;
}

static unsigned int alive(int fd)
{
	struct tm_state st;

	session_state(fd, &st);
	return st.targets_alive;
}

static bool is_told_of(unsigned int kind, int times)
{
	return eventually((tally_read(&told), told.kinds[kind] >= (unsigned int)times)) &&
	       told.kinds[kind] == (unsigned int)times;
}

static void end_victim(void)
{
	if (execs)
		child_end(&execer);
	else
		waitpid(victim, NULL, 0);
}

/* In a list it stays until it is removed. */
static bool take_out(int fd, bool was_added)
{
	return session_del(fd, victim) == (was_added ? 0 : -ESRCH);
}

/* Everybody's counts are right while it is there, and when it has gone. */
static bool counts_are_right(int round)
{
	bool right = !execs || (alive(busy) == (unsigned int)added[0] &&
				alive(calm) == (unsigned int)added[1]);

	(void)round;
	end_victim();
	right &= is_told_of(TM_KIND_EXITING, added[1]) && is_told_of(TM_KIND_EXIT, added[1]);
	right &= totals_are_right();
	right &= eventually(!alive(busy) && !alive(calm));
	if (!right)
		tap_diag("added %d %d, told of %llu and %llu ends, %u %u alive", added[0], added[1],
			 told.kinds[TM_KIND_EXITING], told.kinds[TM_KIND_EXIT], alive(busy),
			 alive(calm));
	right &= take_out(busy, added[0]);
	right &= take_out(calm, added[1]);
	return right;
}

static bool exec_is_told(int round)
{
	return is_told_of(TM_KIND_EXEC, 1) && counts_are_right(round);
}

#define READ(path, ...) { "read " path, race_read_file, path, { __VA_ARGS__ } }
#define READERS(gone)                                                                              \
	{ "TM_GET", get, NULL, { gone } }, { "TM_BATCH", batch, NULL, {} },                        \
	{ "TM_STATE", state, NULL, {} }, READ(PROC_FILE), READ(LAB_FILE, gone),                    \
	READ(DEBUGFS "/sessions", ENOENT), READ(DEBUGFS "/history", ENOENT)
#define ADDERS(gone)                                                                               \
	{ "TM_ADD", add_busy, NULL, { gone } }, { "TM_ADD", add_calm, NULL, { gone } }
#define REMOVER { "TM_DEL", del_busy, NULL, {} }
#define REAPED { "kill and wait", kill_and_reap, NULL, {} }
#define ZOMBIE { "kill", kill_only, NULL, {} }
#define EXECS { "exec", exec_in_thread, NULL, {} }

static const struct {
	void (*make)(void);
	bool execs;
	struct race race;
} races[] = {
	{ make_single, false,
	  { "exit against TM_ADD of two sessions", 30, nobody_yet, counts_are_right,
	    { REAPED, ADDERS(ESRCH) } } },
	{ make_single, false,
	  { "exit against TM_DEL of one of two sessions", 30, everywhere, counts_are_right,
	    { REAPED, REMOVER } } },
	{ make_single, false,
	  { "exit against all readers and the tick", 20, everywhere, counts_are_right,
	    { REAPED, READERS(ESRCH) } } },
	{ make_single, false,
	  { "exit to a zombie against all readers and the tick", 8, everywhere, counts_are_right,
	    { ZOMBIE, READERS(ESRCH) } } },
	{ make_group, false,
	  { "exit of 50 threads against TM_ADD of two sessions", 6, nobody_yet, counts_are_right,
	    { REAPED, ADDERS(ESRCH) } } },
	{ make_group, false,
	  { "exit of 50 threads against TM_DEL of one of two sessions", 6, everywhere,
	    counts_are_right, { REAPED, REMOVER } } },
	{ make_group, false,
	  { "exit of 50 threads against all readers and the tick", 6, everywhere,
	    counts_are_right, { REAPED, READERS(ESRCH) } } },
	{ make_leaderless, false,
	  { "exit behind the first thread against TM_ADD of two sessions", 15, nobody_yet,
	    counts_are_right, { REAPED, ADDERS(ESRCH) } } },
	{ make_leaderless, false,
	  { "exit behind the first thread against all readers and the tick", 15, everywhere,
	    counts_are_right, { REAPED, READERS(ESRCH) } } },
	{ make_execer, true,
	  { "exec in another thread against TM_ADD of two sessions", 10, nobody_yet,
	    counts_are_right, { EXECS, ADDERS(0) } } },
	{ make_execer, true,
	  { "exec in another thread against TM_DEL of one of two sessions", 10, everywhere,
	    exec_is_told, { EXECS, REMOVER } } },
	{ make_execer, true,
	  { "exec in another thread against all readers and the tick", 10, everywhere,
	    exec_is_told, { EXECS, READERS(0) } } },
};

static int session(unsigned int kinds, unsigned long long interval_ns)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);

	attr.kinds = kinds;
	attr.interval_ns = interval_ns;
	return session_make(&attr);
}

int main(int argc, char **argv)
{
	struct tally all;
	size_t i;

	child_main(argc, argv);
	module_need("log=N max_cpu_pct=90");
	dev = dev_open();
	session_interval(dev, TICK_NS);
	dev_ioctl(dev, TM_START, NULL);
	busy = session(TM_KINDS_ALL, TICK_NS);
	calm = session(1 << TM_KIND_EXITING | 1 << TM_KIND_EXIT | 1 << TM_KIND_EXEC,
		       TM_INTERVAL_MAX_NS);
	tally_begin(&told, calm);
	for (i = 0; i < ARRAY_SIZE(races); i++) {
		make = races[i].make;
		execs = races[i].execs;
		race_run(&races[i].race);
	}
	tap_ok(tally_adds_up(&told), "the records add up");
	tally_begin(&all, busy);
	dev_ioctl(busy, TM_STOP, NULL);
	tap_ok(tally_adds_up(&all), "and those of the busy session with what it lost");
	close(busy);
	close(calm);
	close(dev);
	file_write(LAB_FILE, "stop");
	race_leaves_nothing("all of it");
	return tap_done();
}
