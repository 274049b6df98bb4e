// SPDX-License-Identifier: GPL-2.0-only
/*
 * There are so few PIDs that each is somebody else's in a moment, while whoever
 * has one is added, removed and sampled. A target is one process all its life,
 * the counts of targets and ends add up, and nobody dies twice.
 */
#include <sys/wait.h>

#include "race.h"

/* Numbers begin again at 300; all above are ours, but for those that have one already. */
#define PID_FIRST 300
#define PIDS 24
#define FORKERS 2
#define FORKS 20
#define LIFE_BITS 18	/* turns of an empty loop */
#define BATCH 4096
#define LIVES_MAX 65536

static int session;
static struct tally told;
static int added, removed;	/* in all */

/* The last child of each of those who fork: it lives, or has just gone. */
static pid_t newest[FORKERS];
static int forking;	/* how many of them are not through with their round */

static void all_will_fork(int round)
{
	(void)round;
	forking = FORKERS;
}

/* Leaves them the CPU for a moment. */
static bool somebody_forks(void)
{
	usleep(100);
	return __atomic_load_n(&forking, __ATOMIC_ACQUIRE);
}

static long forks(void *arg, int round)
{
	size_t mine = (size_t)arg;
	unsigned int seed = (unsigned int)round * FORKERS + (unsigned int)mine;
	int i;

	for (i = 0; i < FORKS; i++) {
		unsigned int turns = 1U << ((unsigned int)rand_r(&seed) / 16 % LIFE_BITS);
		pid_t pid = fork();

		if (!pid) {
			for (volatile unsigned int t = 0; t < turns; t++)
				;
			_exit(0);
		}
		__atomic_store_n(&newest[mine], pid, __ATOMIC_RELAXED);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			break;
	}
	__atomic_sub_fetch(&forking, 1, __ATOMIC_RELEASE);
	return i == FORKS ? 0 : -ECHILD;
}

/* Mostly one that has just been born; else whoever has the number. */
static pid_t any_pid(unsigned int *seed)
{
	unsigned int dice = (unsigned int)rand_r(seed) / 16;
	pid_t pid = __atomic_load_n(&newest[dice % FORKERS], __ATOMIC_RELAXED);

	return dice / FORKERS % 4 && pid > 0 ? pid : PID_FIRST + (pid_t)(dice / 8 % PIDS);
}

/* Not us: we do not end. */
static long adds(void *arg, int round)
{
	unsigned int seed = (unsigned int)round * 2 + 1;
	long err;

	(void)arg;
	while (somebody_forks()) {
		pid_t pid = any_pid(&seed);

		err = pid == getpid() ? 0 : session_add(session, pid);
		if (err && err != -ESRCH && err != -EEXIST)
			return err;
		if (!err && pid != getpid())
			__atomic_add_fetch(&added, 1, __ATOMIC_RELAXED);
	}
	return 0;
}

static long dels(void *arg, int round)
{
	unsigned int seed = (unsigned int)round * 2;
	long err;

	(void)arg;
	while (somebody_forks()) {
		err = session_del(session, any_pid(&seed));
		if (err && err != -ESRCH)
			return err;
		if (!err)
			__atomic_add_fetch(&removed, 1, __ATOMIC_RELAXED);
	}
	return 0;
}

/* Two that live may not have one number. */
static long batches(void *arg, int round)
{
	struct task_sample s[128];
	int i, j, n;

	(void)arg;
	(void)round;
	while (somebody_forks()) {
		n = session_batch(session, s, ARRAY_SIZE(s));
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			for (j = 0; j < i; j++) {
				if (s[i].pid == s[j].pid && !(s[i].flags & TM_SAMPLE_EXITED) &&
				    !(s[j].flags & TM_SAMPLE_EXITED))
					return -EBADMSG;
			}
		}
	}
	return 0;
}

/* Nearly all were passers-by; a kernel thread may have been born among them and stay. */
static bool alive_adds_up(void)
{
	static struct task_sample s[BATCH];
	int i, n = session_batch(session, s, ARRAY_SIZE(s));
	unsigned int alive = 0;
	struct tm_state state;

	for (i = 0; i < n; i++)
		alive += !(s[i].flags & TM_SAMPLE_EXITED);
	session_state(session, &state);
	return state.targets_alive == alive;
}

static bool targets_add_up(int round)
{
	struct tm_state state;

	(void)round;
	tally_read(&told);
	session_state(session, &state);
	if ((int)state.targets == added - removed && eventually(alive_adds_up()))
		return true;
	session_state(session, &state);
	tap_diag("%d added, %d removed, %u there, %u alive", added, removed, state.targets,
		 state.targets_alive);
	return false;
}

/* A process is a PID and a start; for each, what has been told of it. */
struct life {
	unsigned long long start;
	pid_t pid;
	unsigned int exiting, exit;
};

static struct life lives[LIVES_MAX];
static unsigned int n_lives;

static struct life *life_of(const struct task_sample *s)
{
	unsigned int i;

	for (i = n_lives; i--;) {
		if (lives[i].pid == s->pid && lives[i].start == s->start_time_ns)
			return &lives[i];
	}
	if (n_lives == LIVES_MAX)
		tap_bail("too many lives");
	lives[n_lives] = (struct life){ .pid = s->pid, .start = s->start_time_ns };
	return &lives[n_lives++];
}

/* Of each two records at most, the end not without the exit. A removed one may leave neither. */
static void nobody_dies_twice(int calm)
{
	unsigned int i, twice = 0, without = 0;
	struct task_sample s;

	session_nonblock(calm);
	while (read(calm, &s, sizeof(s)) == sizeof(s)) {
		struct life *life = life_of(&s);

		if (s.kind == TM_KIND_EXITING)
			life->exiting++;
		else
			life->exit++;
	}
	for (i = 0; i < n_lives; i++) {
		twice += lives[i].exiting > 1 || lives[i].exit > 1;
		without += lives[i].exit > lives[i].exiting;
	}
	tap_ok(n_lives > 0, "ends are told");
	tap_diag("of %u processes", n_lives);
	tap_is(twice, 0, "nobody dies twice");
	tap_is(without, 0, "nobody is gone without having exited");
}

#define TWO_FORK { "fork", forks, (void *)0, {} }, { "fork", forks, (void *)1, {} }
#define ADDER { "TM_ADD", adds, NULL, {} }

static const struct race races[] = {
	{ "PIDs used again against TM_ADD", 2, all_will_fork, targets_add_up, { TWO_FORK, ADDER } },
	{ "PIDs used again against TM_ADD and TM_DEL", 2, all_will_fork, targets_add_up,
	  { TWO_FORK, ADDER, { "TM_DEL", dels, NULL, {} } } },
	{ "PIDs used again against TM_ADD, the tick and batches", 2, all_will_fork, targets_add_up,
	  { TWO_FORK, ADDER, { "TM_BATCH", batches, NULL, {} } } },
};

/* With nobody to take them out before their end, and with somebody. */
static const struct race told_races[] = {
	{ "PIDs used again against TM_ADD, ends told", 2, all_will_fork, NULL, { TWO_FORK, ADDER } },
	{ "PIDs used again against TM_ADD and TM_DEL, ends told", 2, all_will_fork, NULL,
	  { TWO_FORK, ADDER, { "TM_DEL", dels, NULL, {} } } },
};

/* Each session has its own targets: this one tells of ends alone, and loses none. */
static int session_of(unsigned int kinds, unsigned long long interval_ns)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);

	attr.kinds = kinds;
	attr.interval_ns = interval_ns;
	attr.ring_records = 16384;
	return session_make(&attr);
}

static void ticking(void)
{
	size_t i;

	session = session_of(0, NSEC_PER_MSEC);
	tally_begin(&told, session);
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	tap_ok(added > 0 && removed > 0, "some were added in time, and removed");
	tap_diag("%d and %d", added, removed);
	dev_ioctl(session, TM_STOP, NULL);
	tap_ok(tally_adds_up(&told), "the records add up");
	close(session);
}

static void ends_alone(void)
{
	size_t i;

	added = removed = 0;
	session = session_of(1 << TM_KIND_EXITING | 1 << TM_KIND_EXIT, TM_INTERVAL_MAX_NS);
	for (i = 0; i < ARRAY_SIZE(told_races); i++)
		race_run(&told_races[i]);
	nobody_dies_twice(session);
	close(session);
}

#define PID_MAX_FILE "/proc/sys/kernel/pid_max"

static char pid_max[32];

/* However we end: others need more than we. */
static void restore(void)
{
	file_write(PID_MAX_FILE, pid_max);
}

int main(void)
{
	char few[32];

	if (file_read(PID_MAX_FILE, pid_max, sizeof(pid_max)) <= 0)
		tap_bail("no " PID_MAX_FILE);
	module_need("log=N max_cpu_pct=90");
	snprintf(few, sizeof(few), "%d", PID_FIRST + PIDS);
	if (file_write(PID_MAX_FILE, few) < 0)
		tap_bail("%s cannot be %s", PID_MAX_FILE, few);
	atexit(restore);
	ticking();
	ends_alone();
	race_leaves_nothing("all of it");
	return tap_done();
}
