// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each actor did last, where the first process finds it when the actor is
 * dead or stuck.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/syscall.h>

#include "fuzz.h"

struct shared *shared;

/* A place for an actor's trail. -1: all are taken. */
int slot_take(int actor)
{
	int i;

	for (i = 0; i < SLOTS_MAX; i++) {
		struct slot *s = &shared->slots[i];

		if (__atomic_exchange_n(&s->used, 1, __ATOMIC_ACQ_REL))
			continue;
		memset(s->trail, 0, sizeof(s->trail));
		s->actor = actor;
		s->step = 0;
		return i;
	}
	return -1;
}

/* One who failed stays for all to see. */
void slot_leave(int slot)
{
	if (slot >= 0 && !shared->slots[slot].wrong[0])
		__atomic_store_n(&shared->slots[slot].used, 0, __ATOMIC_RELEASE);
}

/* Before the step, so that one that never ends is seen. */
void note(struct actor *a, const char *what, long long x, long long y, long long z)
{
	struct slot *s = &shared->slots[a->slot];
	struct step *step = &s->trail[s->step % TRAIL_MAX];

	s->tid = (pid_t)syscall(SYS_gettid);
	*step = (struct step){ .number = s->step, .what = what, .arg = { x, y, z } };
	s->step++;
}

/* And behind it. Returns @result. */
long noted(struct actor *a, long result)
{
	struct slot *s = &shared->slots[a->slot];
	struct step *step = &s->trail[(s->step - 1) % TRAIL_MAX];

	step->result = result;
	step->done = true;
	return result;
}

/* An invariant is broken: keep what it was, and have everybody stop. */
void wrong(struct actor *a, const char *format, ...)
{
	struct slot *s = &shared->slots[a->slot];
	va_list args;

	if (!s->wrong[0]) {
		va_start(args, format);
		vsnprintf(s->wrong, sizeof(s->wrong), format, args);
		va_end(args);
	}
	shared->stop = true;
}

/* What the first that is found to have failed says; or NULL. */
const char *trail_wrong(void)
{
	int i;

	for (i = 0; i < SLOTS_MAX; i++) {
		if (shared->slots[i].wrong[0])
			return shared->slots[i].wrong;
	}
	return NULL;
}

static void step_print(const struct step *step)
{
	char result[64] = "has not come back";

	if (step->done && step->result < 0)
		snprintf(result, sizeof(result), "%s", errno_name(step->result));
	else if (step->done)
		snprintf(result, sizeof(result), "%ld", step->result);
	tap_diag("  %lu %s(%lld, %lld, %lld): %s", step->number, step->what, step->arg[0],
		 step->arg[1], step->arg[2], result);
}

static void slot_print(const struct slot *s)
{
	unsigned long n = s->step < TRAIL_MAX ? s->step : TRAIL_MAX;
	unsigned long i;

	tap_diag("actor %d (thread %d) at its step %lu%s%s", s->actor, s->tid, s->step,
		 s->wrong[0] ? ": " : "", s->wrong);
	for (i = s->step - n; i < s->step; i++)
		step_print(&s->trail[i % TRAIL_MAX]);
}

/* Those that failed; where nobody did, all: one of them does not come back. */
void trail_print(void)
{
	bool all = !trail_wrong();
	int i;

	for (i = 0; i < SLOTS_MAX; i++) {
		if (shared->slots[i].wrong[0] || (all && shared->slots[i].used))
			slot_print(&shared->slots[i]);
	}
}
