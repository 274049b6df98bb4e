// SPDX-License-Identifier: GPL-2.0-only
/*
 * One seed, from the loading of the module to what must hold when all are gone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "session.h"

#define ACTORS_EACH	 2
#define WORKERS_MAX	 (ACTORS_MAX / ACTORS_EACH)
/* No step at all of anybody's for so long: they hang. Far off, for machines are slow. */
#define STUCK_NS	 (180 * NSEC_PER_SEC)
#define EVENT		 "/sys/kernel/tracing/events/taskmonitor/task_sample/enable"
#define LOOK_US		 5000
#define LOOKS_TO_RELOAD	 10

struct stage {
	const struct campaign *c;
	struct rng rng;
	int inboxes[ACTORS_MAX], outboxes[ACTORS_MAX];
	int actors;
	pid_t workers[WORKERS_MAX];
	int left;
	bool failed;
	unsigned int reloads;
	int holder;	/* keeps the module's probes in place; -1: they come and go */
};

static void flaw(struct stage *s, const char *format, ...) PRINTF(2, 3);

static void flaw(struct stage *s, const char *format, ...)
{
	char text[600];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	tap_diag("%s", text);
	s->failed = true;
}

/* --- before ---------------------------------------------------------------------- */

/* The log is everybody's, and would overflow with starts and stops. */
static int load(struct stage *s)
{
	int err = module_load("log=N history=%u interval_ms=%u realtime=%c max_cpu_pct=%u",
			      16U << rng_below(&s->rng, 6), 1 + rng_below(&s->rng, 50),
			      rng_one_in(&s->rng, 2) ? 'Y' : 'N', 5 + rng_below(&s->rng, 20));

	/* Who may do what is settled behind the open, too. */
	if (!err && chmod(DEVICE, 0666))
		tap_bail("chmod " DEVICE ": %s", strerror(errno));
	return err;
}

static void cgroups_make(void)
{
	char path[64];
	int i;

	mkdir(CGROUP, 0755);
	for (i = 0; i < CGROUPS; i++) {
		snprintf(path, sizeof(path), CGROUP "/%d", i);
		mkdir(path, 0755);
	}
}

static void cast_make(void)
{
	int i;

	for (i = 0; i < CAST_MAX; i++) {
		shared->cast[i].uid = i % 2 ? ALICE : 0;
		shared->cast[i].pid = cast_start(shared->cast[i].uid);
	}
	for (i = 0; i < BOARD_MAX; i++)
		shared->board[i] = shared->cast[i % CAST_MAX].pid;
}

static void boxes_make(struct stage *s)
{
	int i, pair[2];

	s->actors = s->c->workers * ACTORS_EACH;
	for (i = 0; i < s->actors; i++) {
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
			tap_bail("socketpair: %s", strerror(errno));
		s->inboxes[i] = pair[0];
		s->outboxes[i] = pair[1];
	}
}

/*
 * Trace event and probes rewrite code that the other CPU runs. An emulator may
 * go on with the old code for ever: QEMU 7.2 does, once in some thousand times,
 * and the kernel locks up. So the event is switched while nobody acts, and in
 * most campaigns somebody keeps the probes.
 */
static void code_settle(struct stage *s)
{
	file_write(EVENT, rng_one_in(&s->rng, 2) ? "1" : "0");
	s->holder = -1;
	if (s->c->reload || rng_one_in(&s->rng, 4))
		return;
	s->holder = session_open(TM_SCOPE_LIST);
	if (session_add(s->holder, getpid()))
		tap_bail("no session to keep the probes in place");
}

static void workers_start(struct stage *s)
{
	struct worker w = {
		.actors = ACTORS_EACH,
		.seed = s->c->seed,
		.steps = s->c->steps / (unsigned long)s->actors,
		.reload = s->c->reload,
		.inboxes = s->inboxes,
		.outboxes = s->outboxes,
		.n_boxes = s->actors,
	};

	for (s->left = 0; s->left < s->c->workers; s->left++) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			w.number = s->left;
			_exit(worker_run(&w));
		}
		s->workers[s->left] = pid;
	}
}

/* --- meanwhile ------------------------------------------------------------------- */

static void one_ended(struct stage *s, pid_t pid, int status)
{
	int i;

	for (i = 0; i < s->c->workers; i++) {
		if (s->workers[i] != pid)
			continue;
		s->workers[i] = 0;
		s->left--;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
			flaw(s, "worker %d has memory locked for histories that it has closed", i);
		else if (status)
			flaw(s, "worker %d ended with status %#x", i, status);
		if (status)
			shared->stop = true;
	}
}

/* Workers, and processes whose parents went before them. */
static void reap(struct stage *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		one_ended(s, pid, status);
}

/* Everybody lets go of the device, and the module goes, and comes again. */
static void reload(struct stage *s)
{
	int err = -EAGAIN;

	shared->pause = true;
	(void)eventually((reap(s), err = module_unload(), err != -EAGAIN) || shared->stop ||
			 !s->left);
	if (!err) {
		s->reloads++;
		err = load(s);
		if (err)
			flaw(s, "the module does not load again: %s", errno_name(err));
	} else if (err != -EAGAIN) {
		flaw(s, "the module cannot be unloaded: %s", errno_name(err));
	}
	shared->pause = false;
	shared->stop |= s->failed;
}

static void workers_kill(struct stage *s)
{
	int i;

	for (i = 0; i < s->c->workers; i++) {
		if (s->workers[i])
			kill(s->workers[i], SIGKILL);
	}
	(void)eventually((reap(s), !s->left));
}

static void watch(struct stage *s)
{
	long long moved = now_ns();
	unsigned long last = 0, looks = 0;

	while (s->left && !shared->stop) {
		usleep(LOOK_US);
		reap(s);
		if (shared->steps != last)
			moved = now_ns();
		last = shared->steps;
		if (now_ns() - moved > STUCK_NS) {
			flaw(s, "nobody has come a step further for %lld s",
			     STUCK_NS / NSEC_PER_SEC);
			shared->stop = true;
		}
		if (s->c->reload && ++looks % LOOKS_TO_RELOAD == 0)
			reload(s);
	}
	/* After a failure they end by themselves, if they still can. */
	(void)eventually((reap(s), !s->left));
	if (trail_wrong())
		flaw(s, "%s", trail_wrong());
	if (s->failed || s->left)
		trail_print();
	if (s->left)
		workers_kill(s);
}

/* --- behind ---------------------------------------------------------------------- */

static void boxes_end(struct stage *s)
{
	int i;

	for (i = 0; i < s->actors; i++) {
		close(s->inboxes[i]);
		close(s->outboxes[i]);
	}
}

/* Orphans come to us, and have nobody else to end them. */
static void orphans_kill(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	struct proc_stat st;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 1 && proc_stat(pid, &st) && st.ppid == getpid())
			kill(pid, SIGKILL);
	}
	closedir(dir);
}

static bool nobody_left(struct stage *s)
{
	orphans_kill();
	reap(s);
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static void check_rest(struct stage *s)
{
	int err;

	if (!eventually(nobody_left(s)))
		flaw(s, "processes of ours do not end");
	if (s->holder >= 0)
		close(s->holder);
	if (wait_sessions(1) != 1)
		flaw(s, "%d sessions are left, with the default one", sessions_total());
	file_write(EVENT, "0");
	err = file_write(PROC_FILE, "stop\nclear\n");
	if (err < 0)
		flaw(s, "the default session cannot be stopped and cleared: %s", errno_name(err));
	if (wait_sampler_threads(0))
		flaw(s, "the sampler's thread is still there");
	if (file_number(ATTRIBUTES "targets") || file_number(ATTRIBUTES "targets_alive"))
		flaw(s, "targets are left: %lld, %lld alive", file_number(ATTRIBUTES "targets"),
		     file_number(ATTRIBUTES "targets_alive"));
	if (module_refs())
		flaw(s, "%d references to the module are left", module_refs());
	err = module_unload_patiently();
	if (err)
		flaw(s, "the module cannot be unloaded: %s", errno_name(err));
}

static void tell(const struct campaign *c)
{
	unsigned int i;

	for (i = 0; c->verbose && i < ops_count(); i++)
		tap_diag("%-14s %8lu, %8lu of them done", ops[i].name, shared->tally[i].runs,
			 shared->tally[i].good);
}

/* One line of TAP, and in front of it why. */
bool campaign_run(const struct campaign *c)
{
	struct stage s = { .c = c, .rng = rng_fork(c->seed, 0) };
	long long begin = now_ns();
	struct stock *stock;
	int err;

	tap_diag("seed %#llx steps %lu workers %d%s", (unsigned long long)c->seed, c->steps,
		 c->workers, c->reload ? " reload" : "");
	log_begin(c);
	memset(shared, 0, sizeof(*shared));
	stock = stock_take();
	err = load(&s);
	if (err)
		tap_bail("the module does not load: %s", errno_name(err));
	cgroups_make();
	cast_make();
	boxes_make(&s);
	code_settle(&s);
	workers_start(&s);
	watch(&s);
	boxes_end(&s);
	check_rest(&s);
	if (!s.failed && !stock_is_back(stock, shared->people))
		flaw(&s, "memory has not come back");
	if (!log_is_clean())
		flaw(&s, "the kernel complains");
	stock_drop(stock);
	tell(c);
	return tap_ok(!s.failed, "seed %#llx: %lu steps, %lu processes, %lld ms%s",
		      (unsigned long long)c->seed, shared->steps, shared->people,
		      (now_ns() - begin) / NSEC_PER_MSEC, s.reloads ? ", reloaded" : "");
}
