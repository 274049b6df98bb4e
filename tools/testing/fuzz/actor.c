// SPDX-License-Identifier: GPL-2.0-only
/* Who acts, with what rights, and what is done next. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "fuzz.h"

#define CAP(name)    (1ULL << CAP_##name)
#define CAPS_ALL     (~0ULL)
#define COUNT_EACH   16

/* Dear ones are rare. */
const struct op ops[] = {
	{ "TM_GET", 60, op_get, false },
	{ "TM_GET_TEXT", 30, op_get_text, false },
	{ "TM_START", 16, op_start, false },
	{ "TM_STOP", 10, op_stop, false },
	{ "TM_PID", 40, op_pid, false },
	{ "TM_STATE", 60, op_state, false },
	{ "TM_SESSION", 40, op_session, false },
	{ "TM_ADD", 80, op_add, false },
	{ "TM_DEL", 40, op_del, false },
	{ "TM_INTERVAL", 30, op_interval, false },
	{ "TM_BATCH", 50, op_batch, false },
	{ "TM_SESSIONS", 20, op_sessions, false },
	{ "TM_TASKS", 12, op_tasks, false },
	{ "TM_THRESHOLD_ADD", 30, op_threshold_add, false },
	{ "TM_THRESHOLD_DEL", 16, op_threshold_del, false },
	{ "TM_THRESHOLDS", 20, op_thresholds, false },
	{ "no request", 30, op_no_request, false },
	{ "open", 16, op_open, false },
	{ "close", 16, op_close, false },
	{ "give", 6, op_give, false },
	{ "take", 6, op_take, false },
	{ "read", 80, op_read, false },
	{ "drain", 12, op_drain, false },
	{ "not for it", 20, op_not_for_it, false },
	{ "poll", 40, op_poll, false },
	{ "epoll", 30, op_epoll, false },
	{ "map", 20, op_map, false },
	{ "look", 80, op_look, false },
	{ "unmap", 8, op_unmap, false },
	{ "remap", 8, op_remap, false },
	{ "advise", 10, op_advise, false },
	{ "overwrite", 8, op_overwrite, false },
	{ "write a file", 20, op_write_text, true },
	{ "read a file", 14, op_read_text, true },
	{ "netlink", 14, op_netlink, true },
	{ "beget", 14, op_beget, true },
	{ "double", 2, op_double, false },
	{ "reap", 6, op_reap, true },
	{ "signal", 8, op_signal, true },
	{ "move", 6, op_move, true },
};

_Static_assert(ARRAY_SIZE(ops) <= OPS_MAX, "a tally for each");

static __thread struct actor *self;
static unsigned int weights;	/* the sum, once there are actors */

unsigned int ops_count(void)
{
	return ARRAY_SIZE(ops);
}

static unsigned int pick_op(struct actor *a)
{
	unsigned int i, dice = rng_below(&a->rng, weights);

	for (i = 0; dice >= ops[i].weight; i++)
		dice -= ops[i].weight;
	return i;
}

/* The device and all that holds it. */
void actor_let_go(struct actor *a)
{
	int i;

	for (i = 0; i < FILES_MAX; i++)
		entry_close(&a->files[i]);
	for (i = 0; i < MAPS_MAX; i++)
		map_drop(&a->maps[i]);
}

/* False: it could not be done now. */
static bool step(struct actor *a)
{
	const struct slot *s = &shared->slots[a->slot];
	unsigned int which = pick_op(a);
	unsigned long before = s->step;

	if (shared->pause) {
		actor_let_go(a);
		if (!ops[which].away)
			return false;
	}
	ops[which].run(a);
	if (s->step == before)
		return true;
	__atomic_add_fetch(&shared->tally[which].runs, 1, __ATOMIC_RELAXED);
	if (s->trail[(s->step - 1) % TRAIL_MAX].result >= 0)
		__atomic_add_fetch(&shared->tally[which].good, 1, __ATOMIC_RELAXED);
	return true;
}

int actor_loop(struct actor *a, unsigned long steps)
{
	unsigned long i;

	self = a;
	for (i = 1; i <= steps && !shared->stop; i++) {
		while (!step(a) && !shared->stop)
			sched_yield();
		if (i % COUNT_EACH == 0)
			__atomic_add_fetch(&shared->steps, COUNT_EACH, __ATOMIC_RELAXED);
	}
	return shared->stop;
}

/* A mapping that we thought was whole has gone, or our own mistake. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (self)
		wrong(self, "signal %d, address %p", sig, info->si_addr);
	_exit(2);
}

static void catch_faults(void)
{
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
}

/* Of this thread alone: the library's functions would change all threads. */
static void keep_caps(uint64_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (syscall(SYS_capget, &header, data))
		tap_bail("capget: %s", strerror(errno));
	data[0].effective = data[0].permitted &= (uint32_t)caps;
	data[1].effective = data[1].permitted &= (uint32_t)(caps >> 32);
	data[0].inheritable = data[1].inheritable = 0;
	if (syscall(SYS_capset, &header, data))
		tap_bail("capset: %s", strerror(errno));
}

static void become_somebody(struct actor *a)
{
	static const struct {
		uid_t uid;
		uint64_t caps;
	} kinds[] = {
		{ 0, CAPS_ALL },
		{ 0, CAPS_ALL },
		{ 0, CAPS_ALL },
		{ ALICE, 0 },
		{ ALICE, CAP(PERFMON) },
		{ 0, CAPS_ALL & ~CAP(SYS_ADMIN) & ~CAP(IPC_LOCK) },
		{ 0, CAPS_ALL & ~CAP(SYS_PTRACE) },
		{ 0, CAPS_ALL & ~(CAP(SYS_ADMIN) | CAP(SYS_PTRACE) | CAP(PERFMON)) },
	};
	unsigned int which = rng_below(&a->rng, ARRAY_SIZE(kinds));
	uint64_t caps = kinds[which].caps;

	if (kinds[which].uid) {
		prctl(PR_SET_KEEPCAPS, 1);
		if (syscall(SYS_setresgid, ALICE, ALICE, ALICE) ||
		    syscall(SYS_setresuid, ALICE, ALICE, ALICE))
			tap_bail("setresuid: %s", strerror(errno));
	}
	keep_caps(caps);
	a->rights.uid = kinds[which].uid;
	a->rights.control = caps & CAP(SYS_ADMIN);
	a->rights.everyone = caps & CAP(SYS_PTRACE);
	a->rights.system = caps & (CAP(PERFMON) | CAP(SYS_ADMIN));
	a->ipc_lock = caps & CAP(IPC_LOCK);
}

struct job {
	const struct worker *w;
	int number;
	bool gave;
};

static void actor_begin(struct actor *a, const struct job *job)
{
	int i;

	a->number = job->number;
	a->rng = rng_fork(job->w->seed, (uint64_t)job->number + 1);
	a->slot = slot_take(a->number);
	a->reload = job->w->reload;
	/* What is on its way to somebody else would hold the module. */
	a->keeps = a->reload || job->w->seed % 3 == (uint64_t)job->w->number % 3;
	a->inbox = job->w->inboxes[a->number];
	a->outboxes = job->w->outboxes;
	a->n_outboxes = job->w->n_boxes;
	a->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < FILES_MAX; i++)
		a->files[i].fd = -1;
	for (i = 0; i < KIDS_MAX; i++)
		a->kids[i].slot = -1;
	arena_make(&a->arena);
	become_somebody(a);
}

static void *act(void *arg)
{
	struct job *job = arg;
	struct actor a = { 0 };

	if (job->number >= job->w->n_boxes)
		tap_bail("no box for actor %d", job->number);
	actor_begin(&a, job);
	actor_loop(&a, job->w->steps);
	people_end(&a);
	actor_let_go(&a);
	close(a.epoll);
	arena_drop(&a.arena);
	job->gave = a.gave;
	self = NULL;
	slot_leave(a.slot);
	return NULL;
}

/* The rings were counted against our locked memory; of those that nobody else has, none is left. */
static bool memory_is_unlocked(void)
{
	return eventually(proc_value(getpid(), "status", "VmLck") == 0 || shared->stop);
}

/* A process of several actors, each of which is a thread. Returns its exit status. */
int worker_run(const struct worker *w)
{
	struct rlimit lock = { MEMLOCK_MAX, MEMLOCK_MAX };
	struct job jobs[ACTORS_MAX];
	pthread_t threads[ACTORS_MAX];
	bool gave = false;
	int i;

	for (i = 0; i < (int)ARRAY_SIZE(ops); i++)
		weights += ops[i].weight;
	catch_faults();
	setrlimit(RLIMIT_MEMLOCK, &lock);
	for (i = 0; i < w->actors; i++) {
		jobs[i] = (struct job){ .w = w, .number = w->number * w->actors + i };
		if (pthread_create(&threads[i], NULL, act, &jobs[i]))
			tap_bail("no thread: %s", strerror(errno));
	}
	for (i = 0; i < w->actors; i++) {
		pthread_join(threads[i], NULL);
		gave |= jobs[i].gave;
	}
	if (!gave && !memory_is_unlocked())
		return 3;
	return 0;
}
