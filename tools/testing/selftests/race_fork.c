// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes are born and die by the hundred while sessions that find them by
 * themselves are made, ticked and closed: by another thread, by the death of
 * their process, with the mapping still held. One session watches all of it and
 * must have told of every birth and every end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "race.h"

#define CGROUP "/sys/fs/cgroup/race-fork"
#define FORKS 30
#define TARGETS 40
#define TICK_NS NSEC_PER_MSEC

static struct child crowd[TARGETS];	/* what a tick has to do */
static struct tally witness;		/* of scope tree: it sees whatever we fork */
static unsigned long long born;		/* since it began */

static int session;
static const struct tm_ring_header *ring;
static pid_t maker;
static unsigned int scope;

static int session_of(unsigned int wanted, unsigned long long interval_ns)
{
	struct tm_session_attr attr = session_attr(wanted);
	int fd;

	attr.interval_ns = interval_ns;
	attr.ring_records = TM_RING_RECORDS_DEFAULT;
	if (wanted == TM_SCOPE_CGROUP)
		attr.cgroup_fd = open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = session_make(&attr);
	if (wanted == TM_SCOPE_CGROUP)
		close(attr.cgroup_fd);
	return fd;
}

static int watch_tree(int fd)
{
	return scope == TM_SCOPE_TREE ? session_add(fd, getpid()) : 0;
}

static void make_session(int round)
{
	(void)round;
	session = session_of(scope, TICK_NS);
	if (watch_tree(session))
		tap_bail("we cannot be added");
}

static void make_mapped(int round)
{
	make_session(round);
	ring = ring_map(session);
	if (!ring)
		tap_bail("no mapping");
}

/* A list of many at the least interval; ticking when this returns. */
static void make_busy(int round)
{
	struct tm_state state;
	int i;

	(void)round;
	session = session_of(TM_SCOPE_LIST, TICK_NS);
	for (i = 0; i < TARGETS; i++) {
		if (session_add(session, crowd[i].pid))
			tap_bail("nobody in the crowd");
	}
	if (!eventually((session_state(session, &state), state.ticks > 1)))
		tap_bail("no tick");
}

/* A process of its own has the session, and dies of a signal. */
static int have_session(void *arg)
{
	make_session(0);
	if (write(*(int *)arg, "", 1) != 1)
		return 1;
	for (;;)
		pause();
}

static void make_in_process(int round)
{
	char byte;
	int fds[2];

	(void)round;
	if (pipe2(fds, O_CLOEXEC))
		tap_bail("no pipe");
	maker = run_start(have_session, &fds[1]);
	born++;
	if (read(fds[0], &byte, 1) != 1)
		tap_bail("no process with a session");
	close(fds[0]);
	close(fds[1]);
}

static long forks(void *arg, int round)
{
	long err = race_forks(FORKS, NULL);

	(void)arg;
	(void)round;
	if (!err)
		__atomic_add_fetch(&born, FORKS, __ATOMIC_RELAXED);
	return err;
}

/* Nobody waits for them: the kernel reaps them while they still run. */
static long forks_of_forks(void *arg, int round)
{
	pid_t pid = fork();
	int i, status;

	(void)arg;
	(void)round;
	if (!pid) {
		signal(SIGCHLD, SIG_IGN);
		for (i = 1; i < FORKS; i++) {
			if (!fork())
				_exit(0);
		}
		while (waitpid(-1, &status, 0) > 0)
			;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return -ECHILD;
	__atomic_add_fetch(&born, FORKS, __ATOMIC_RELAXED);
	return 0;
}

static long close_it(void *arg, int round)
{
	(void)arg;
	(void)round;
	return close(session) ? -errno : 0;
}

static long unmap_it(void *arg, int round)
{
	(void)arg;
	(void)round;
	ring_unmap(ring);
	return 0;
}

static long kill_it(void *arg, int round)
{
	(void)arg;
	(void)round;
	if (kill(maker, SIGKILL) || waitpid(maker, NULL, 0) != maker)
		return -ECHILD;
	return 0;
}

/* For as long as it is open. */
static long use_it(void *arg, int round)
{
	static struct task_sample samples[256];
	int i, n = 0;

	(void)arg;
	(void)round;
	for (i = 0; i < 3 && n >= 0; i++)
		n = session_batch(session, samples, ARRAY_SIZE(samples));
	return n;
}

/* The session of this round has gone, and the witness saw all there was to see. */
static bool all_is_told(int round)
{
	struct tm_state state;
	bool told;

	(void)round;
	told = eventually((tally_read(&witness), witness.kinds[TM_KIND_EXIT] >= born)) &&
	       witness.kinds[TM_KIND_FORK] == born && witness.kinds[TM_KIND_EXITING] == born &&
	       witness.kinds[TM_KIND_EXIT] == born;
	session_state(witness.fd, &state);
	if (told && !state.dropped && !witness.lost && wait_sessions(2) == 2)
		return true;
	tap_diag("%llu were born: %llu %llu %llu told of, %llu dropped, %llu lost", born,
		 witness.kinds[TM_KIND_FORK], witness.kinds[TM_KIND_EXITING],
		 witness.kinds[TM_KIND_EXIT], (unsigned long long)state.dropped, witness.lost);
	return false;
}

#define FORKER { "fork", forks, NULL, {} }
#define FORKERS FORKER, { "fork of forks", forks_of_forks, NULL, {} }
#define CLOSER { "close", close_it, NULL, {} }

static const struct {
	unsigned int scope;
	struct race race;
} races[] = {
	{ TM_SCOPE_TREE,
	  { "forks against close, scope tree", 5, make_session, all_is_told, { FORKERS, CLOSER } } },
	{ TM_SCOPE_CGROUP,
	  { "forks against close, scope cgroup", 5, make_session, all_is_told,
	    { FORKERS, CLOSER } } },
	{ TM_SCOPE_SYSTEM,
	  { "forks against close, scope system", 5, make_session, all_is_told,
	    { FORKERS, CLOSER } } },
	{ TM_SCOPE_SYSTEM,
	  { "forks against close and unmap", 5, make_mapped, all_is_told,
	    { FORKER, CLOSER, { "munmap", unmap_it, NULL, {} } } } },
	{ TM_SCOPE_TREE,
	  { "forks against the death of who has the session", 5, make_in_process, all_is_told,
	    { FORKERS, { "kill", kill_it, NULL, {} } } } },
	{ TM_SCOPE_LIST,
	  { "a tick of many against close", 10, make_busy, all_is_told, { CLOSER } } },
	{ TM_SCOPE_LIST,
	  { "a tick of many and a batch against close", 10, make_busy, all_is_told,
	    { CLOSER, { "TM_BATCH", use_it, NULL, { EBADF } } } } },
	{ TM_SCOPE_SYSTEM,
	  { "a tick of all against the death of who has the session", 5, make_in_process,
	    all_is_told, { { "kill", kill_it, NULL, {} } } } },
};

static void join_cgroup(void)
{
	if (mkdir(CGROUP, 0755) || file_write(CGROUP "/cgroup.procs", "0") < 0)
		tap_bail(CGROUP ": %s", strerror(errno));
}

static void leave_cgroup(void)
{
	file_write("/sys/fs/cgroup/cgroup.procs", "0");
	(void)eventually(!rmdir(CGROUP));
}

static void witness_begin(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);

	attr.kinds = TM_KINDS_ALL & ~(1 << TM_KIND_PERIODIC | 1 << TM_KIND_WINDOW);
	attr.ring_records = 16384;
	tally_begin(&witness, session_make(&attr));
	if (session_add(witness.fd, getpid()))
		tap_bail("we cannot be watched");
}

int main(void)
{
	size_t i;

	join_cgroup();
	module_need("log=N max_cpu_pct=90");
	for (i = 0; i < TARGETS; i++)
		child_start(&crowd[i]);
	witness_begin();
	for (i = 0; i < ARRAY_SIZE(races); i++) {
		scope = races[i].scope;
		race_run(&races[i].race);
	}
	tap_diag("%llu processes were born", born);
	tap_ok(tally_adds_up(&witness), "the records of the witness add up");
	close(witness.fd);
	race_leaves_nothing("all of it");
	for (i = 0; i < TARGETS; i++)
		child_end(&crowd[i]);
	leave_cgroup();
	return tap_done();
}
