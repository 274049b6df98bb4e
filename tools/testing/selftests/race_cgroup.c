// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes are moved between cgroups by the hundred while a session of scope
 * cgroup looks, while others are forked there, and while sessions come and go.
 * In the end its targets are who is in the cgroup, as cgroup.procs has them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "race.h"

#define ROOT "/sys/fs/cgroup"
#define CGROUP ROOT "/race-cgroup"
#define SUB CGROUP "/sub"
#define OTHER ROOT "/race-other"

#define MOVERS 3
#define MOVED 4		/* processes of each mover */
#define MOVES 120	/* of each in a round */
#define KEPT 12		/* children that stay for the length of a round */
#define PIDS_MAX 512

static const char * const places[] = { CGROUP, SUB, OTHER, ROOT };
static struct child moved[MOVERS][MOVED];
static pid_t kept[KEPT];
static int session = -1, other_session = -1;

static long move(const char *place, pid_t pid)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", place);
	snprintf(text, sizeof(text), "%d", pid);
	return file_write(path, text);
}

static int session_of(const char *cgroup, unsigned long long interval_ns)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_CGROUP);
	int fd;

	attr.interval_ns = interval_ns;
	attr.cgroup_fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = session_make(&attr);
	close(attr.cgroup_fd);
	return fd;
}

static int by_number(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

static int members_of(const char *cgroup, pid_t *pids, int n)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "re");
	while (f && n < PIDS_MAX && fscanf(f, "%d", &pids[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

static int targets_of(int fd, pid_t *pids)
{
	static struct task_sample samples[PIDS_MAX];
	int i, n = session_batch(fd, samples, PIDS_MAX);

	for (i = 0; i < n; i++)
		pids[i] = samples[i].pid;
	return n;
}

static bool is_same(void)
{
	pid_t members[PIDS_MAX], targets[PIDS_MAX];
	int n = members_of(SUB, members, members_of(CGROUP, members, 0));
	int m = targets_of(session, targets);

	if (n != m)
		return false;
	qsort(members, (size_t)n, sizeof(members[0]), by_number);
	qsort(targets, (size_t)n, sizeof(targets[0]), by_number);
	return !memcmp(members, targets, (size_t)n * sizeof(members[0]));
}

static bool targets_are_members(int round)
{
	struct tm_state state;

	(void)round;
	if (!eventually(is_same()))
		return false;
	session_state(session, &state);
	return !state.dropped;
}

static long moves(void *arg, int round)
{
	const struct child *mine = moved[(size_t)arg];
	unsigned int seed = (unsigned int)round * MOVERS + (unsigned int)(size_t)arg;
	int i, done;

	for (i = 0; i < MOVES; i++) {
		done = (int)move(places[(unsigned int)rand_r(&seed) / 16 % ARRAY_SIZE(places)],
				 mine[i % MOVED].pid);
		if (done < 0)
			return done;
	}
	return 0;
}

static long pass_by(void *arg, int round)
{
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < KEPT; i++)
		passer_by();
	return 0;
}

/* They are born wherever we happen to be. */
static long fork_and_keep(void *arg, int round)
{
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < KEPT; i++) {
		kept[i] = fork();
		if (!kept[i]) {
			for (;;)
				pause();
		}
		if (kept[i] < 0)
			return -errno;
	}
	return 0;
}

static long move_ourselves(void *arg, int round)
{
	long done = 0;
	int i;

	(void)arg;
	for (i = round; i < round + 8 && done >= 0; i++)
		done = move(places[(size_t)i % ARRAY_SIZE(places)], 0);
	return done;
}

/* Right with them, and right again when they have gone. */
static bool right_without_them(int round)
{
	bool right = targets_are_members(round);
	int i;

	for (i = 0; i < KEPT; i++) {
		if (kept[i] <= 0)
			continue;
		kill(kept[i], SIGKILL);
		waitpid(kept[i], NULL, 0);
	}
	return right && targets_are_members(round);
}

static void open_another(int round)
{
	(void)round;
	other_session = session_of(round % 2 ? CGROUP : SUB, NSEC_PER_MSEC);
}

static long close_another(void *arg, int round)
{
	(void)arg;
	(void)round;
	return close(other_session) ? -errno : 0;
}

static long open_and_close(void *arg, int round)
{
	int i;

	(void)arg;
	(void)round;
	for (i = 0; i < 3; i++)
		close(session_of(CGROUP, NSEC_PER_MSEC));
	return 0;
}

static bool one_session_is_left(int round)
{
	return targets_are_members(round) && wait_sessions(2) == 2;
}

/* A cgroup that is just removed, with a session and one process that leaves it. */
#define DOOMED ROOT "/race-doomed"

static void make_doomed(int round)
{
	(void)round;
	if (mkdir(DOOMED, 0755) || move(DOOMED, moved[0][0].pid) < 0)
		tap_bail(DOOMED ": %s", strerror(errno));
	other_session = session_of(DOOMED, NSEC_PER_MSEC);
}

static long empty_and_remove(void *arg, int round)
{
	long done = move(ROOT, moved[0][0].pid);

	(void)arg;
	(void)round;
	if (done < 0)
		return done;
	return rmdir(DOOMED) ? -errno : 0;
}

static long batch_of_other(void *arg, int round)
{
	struct task_sample s[4];
	int n = session_batch(other_session, s, ARRAY_SIZE(s));

	(void)arg;
	(void)round;
	return n > 1 ? -EBADMSG : n;
}

static bool is_empty(int round)
{
	bool right = eventually(!batch_of_other(NULL, round));

	return close_another(NULL, round) == 0 && right && one_session_is_left(round);
}

#define MOVER(n) { "move", moves, (void *)(n), {} }

static const struct race races[] = {
	{ "moves against moves", 8, NULL, targets_are_members, { MOVER(0), MOVER(1), MOVER(2) } },
	{ "moves against forks in the cgroup", 8, NULL, targets_are_members,
	  { MOVER(0), MOVER(1), { "fork", pass_by, NULL, {} } } },
	{ "moves of one that forks", 8, NULL, right_without_them,
	  { { "fork", fork_and_keep, NULL, {} }, { "move", move_ourselves, NULL, {} } } },
	{ "moves against close", 8, open_another, one_session_is_left,
	  { MOVER(0), MOVER(1), { "close", close_another, NULL, {} } } },
	{ "moves against sessions made and closed", 8, NULL, one_session_is_left,
	  { MOVER(0), MOVER(1), { "TM_SESSION", open_and_close, NULL, {} } } },
	{ "removal of a cgroup against its session's tick and batch", 8, make_doomed, is_empty,
	  { { "rmdir", empty_and_remove, NULL, {} }, { "TM_BATCH", batch_of_other, NULL, {} } } },
	{ "removal of a cgroup against close", 8, make_doomed, one_session_is_left,
	  { { "rmdir", empty_and_remove, NULL, {} }, { "close", close_another, NULL, {} } } },
};

int main(void)
{
	size_t i, j;

	if (mkdir(CGROUP, 0755) || mkdir(SUB, 0755) || mkdir(OTHER, 0755))
		tap_bail("mkdir: %s", strerror(errno));
	module_need("log=N max_cpu_pct=90");
	for (i = 0; i < MOVERS; i++) {
		for (j = 0; j < MOVED; j++)
			child_start(&moved[i][j]);
	}
	move(CGROUP, 0);
	session = session_of(CGROUP, NSEC_PER_MSEC);
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	close(session);
	race_leaves_nothing("all of it");
	for (i = 0; i < MOVERS; i++) {
		for (j = 0; j < MOVED; j++)
			child_end(&moved[i][j]);
	}
	move(ROOT, 0);
	tap_ok(eventually(!rmdir(SUB) || errno == ENOENT) &&
		       eventually(!rmdir(CGROUP) || errno == ENOENT) &&
		       eventually(!rmdir(OTHER) || errno == ENOENT),
	       "the cgroups can be removed");
	return tap_done();
}
