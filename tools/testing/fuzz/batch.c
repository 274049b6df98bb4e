// SPDX-License-Identifier: GPL-2.0-only
/* TM_BATCH, TM_SESSIONS, TM_TASKS and TM_THRESHOLDS: a structure that points to an array. */
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "fuzz.h"

#define IOWR(request, size) _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC, _IOC_NR(request), size)

static const int batch_errors[] = { EINVAL, EPERM, ENOMEM, EINTR, EFAULT, 0 };
static const int sessions_errors[] = { EPERM, EINVAL, ENOMEM, EFAULT, 0 };
static const int tasks_errors[] = { EPERM, EINVAL, ENOMEM, EFAULT, 0 };
static const int thresholds_errors[] = { EPERM, EINVAL, EFAULT, 0 };

#define ARRAY_POISONED 4096

/* Size of an element: ours, another that is good, or one that is not. */
static uint32_t pick_element(struct actor *a, uint32_t least, uint32_t ours)
{
	switch (rng_below(&a->rng, 8)) {
	case 0: return least + 8 * rng_below(&a->rng, 64);
	case 1: return rng_below(&a->rng, 2) ? 4096 : 4104;
	case 2: return (uint32_t)rng_next(&a->rng) >> rng_below(&a->rng, 32);
	default: return ours;
	}
}

static bool is_element(uint32_t size, uint32_t least)
{
	return size >= least && size <= 4096 && size % 8 == 0;
}

static uint32_t pick_capacity(struct actor *a)
{
	switch (rng_below(&a->rng, 10)) {
	case 0: return 0;
	case 1: return (uint32_t)rng_next(&a->rng);
	default: return rng_below(&a->rng, 24);
	}
}

void poison_array(const struct place *array)
{
	size_t size = array->size < ARRAY_POISONED ? array->size : ARRAY_POISONED;

	if (array->writable && size)
		memset(array->at, POISON, size);
}

/* Is what lies behind the @used bytes of the array as it was? */
bool array_is_kept(const struct place *array, size_t used)
{
	size_t size = array->size < ARRAY_POISONED ? array->size : ARRAY_POISONED;

	for (; array->writable && used < size; used++) {
		if ((unsigned char)array->at[used] != POISON)
			return false;
	}
	return true;
}

/* One element of @size bytes, as a structure of ours. */
static void element_take(void *to, size_t ours, const char *at, size_t size)
{
	memset(to, 0, ours);
	memcpy(to, at, size < ours ? size : ours);
}

static void check_samples(struct actor *a, const struct entry *e, const struct tm_batch *b,
			  const struct place *array)
{
	bool exact = e->own && !e->shared && e->attr.scope == TM_SCOPE_LIST;
	struct task_sample s;
	const char *flaw = NULL;
	uint32_t i;

	if (b->count > b->capacity || b->count > b->total || (exact && b->total != e->targets))
		wrong(a, "TM_BATCH: %u of %u, of %u targets, room for %u", b->count, b->total,
		      e->targets, b->capacity);
	if (!array->writable || b->record_size < SAMPLE_SIZE)
		return;
	for (i = 0; i < b->count && !flaw; i++) {
		element_take(&s, sizeof(s), array->at + i * b->record_size, b->record_size);
		/* An exited one's last figures are of a time of their own. */
		if (s.flags & (TM_SAMPLE_EXITED | TM_SAMPLE_DENIED)) {
			flaw = words_flaw(&s, sizeof(s));
			continue;
		}
		flaw = sample_flaw(&s, IN_READ);
		if (!flaw && s.time_ns != b->time_ns)
			flaw = "has a time of its own";
	}
	if (flaw)
		wrong(a, "TM_BATCH: the sample of %d %s", s.pid, flaw);
}

void op_batch(struct actor *a)
{
	struct tm_batch b = { .capacity = pick_capacity(a),
			      .record_size = pick_element(a, TM_SAMPLE_SIZE_VER0, SAMPLE_SIZE) };
	unsigned int size = rng_one_in(&a->rng, 16) ? pick_size(a, 32, 32) : sizeof(b);
	struct call c = { "TM_BATCH", IOWR(TM_BATCH, size), batch_errors, 0 };
	struct place array = place_array(a, (size_t)b.capacity * b.record_size);
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	b.records = (uintptr_t)array.at;
	poison_array(&array);
	place_fill(a, &p, &b, size < sizeof(b) ? size : sizeof(b));
	call_run(a, e, &c, &p);
	/* EFAULT may be the array's. */
	p.readable &= c.result != -EFAULT || array.writable;
	judge(a, e, &c, &p, true, true);
	if (c.result == -EPERM && surely_controls(e))
		wrong(a, "TM_BATCH gave EPERM to one who may");
	if (c.result && c.result != -EFAULT && !array_is_kept(&array, 0))
		wrong(a, "TM_BATCH failed and wrote");
	if (c.result)
		return;
	if (surely_does_not(e) || size != sizeof(b) ||
	    !is_element(b.record_size, TM_SAMPLE_SIZE_VER0))
		wrong(a, "TM_BATCH was done, with elements of %u", b.record_size);
	memcpy(&b, p.at, sizeof(b));
	if (!array_is_kept(&array, (size_t)b.count * b.record_size))
		wrong(a, "TM_BATCH wrote behind its %u samples", b.count);
	check_samples(a, e, &b, &array);
}

static void check_states(struct actor *a, const struct tm_session_list *l,
			 const struct place *array)
{
	const char *flaw = NULL;
	struct tm_state s;
	uint64_t last = 0;
	uint32_t i;

	if (!array->writable || l->state_size < sizeof(s))
		return;
	for (i = 0; i < l->count && !flaw; i++) {
		element_take(&s, sizeof(s), array->at + i * l->state_size, l->state_size);
		flaw = state_flaw(&s, true);
		if (!flaw && (i ? s.id <= last : s.id != 0))
			flaw = "is not in its place";
		last = s.id;
	}
	if (flaw)
		wrong(a, "TM_SESSIONS: session %llu %s", s.id, flaw);
}

static void check_tasks(struct actor *a, const struct tm_session_list *l,
			const struct place *array)
{
	const char *flaw = NULL;
	struct tm_task t;
	uint32_t i;

	if (!array->writable)
		return;
	for (i = 0; i < l->count && !flaw; i++) {
		element_take(&t, sizeof(t), array->at + i * l->state_size, l->state_size);
		flaw = words_flaw(&t, sizeof(t));
		if (t.pid <= 0)
			flaw = "has no number";
		else if (t.flags & ~TM_TASK_EXITED || t.reserved)
			flaw = "has unknown flags";
		else if (t.comm[TM_COMM_LEN - 1])
			flaw = "has a name without an end";
	}
	if (flaw)
		wrong(a, "TM_TASKS: task %d %s", t.pid, flaw);
}

/**
 * struct list_kind - a request that fills an array, with struct tm_session_list or
 *	the likes of it: struct tm_task_list and struct tm_threshold_list are the
 *	same but for the elements
 * @name: its name
 * @cmd: its number
 * @errors: as documented
 * @least: bytes of an element's first version
 * @ours: and of ours
 * @most: how many there can be; 0: any number, but not none
 * @permitted: whether the file's opener may for sure
 * @denied: whether it may not for sure
 * @check: the elements
 */
struct list_kind {
	const char *name;
	unsigned int cmd;
	const int *errors;
	unsigned int least;
	unsigned int ours;
	unsigned int most;
	bool (*permitted)(const struct entry *e);
	bool (*denied)(const struct entry *e);
	void (*check)(struct actor *a, const struct tm_session_list *l, const struct place *array);
};

_Static_assert(sizeof(struct tm_session_list) == sizeof(struct tm_task_list) &&
	       offsetof(struct tm_session_list, state_size) ==
	       offsetof(struct tm_task_list, task_size) &&
	       offsetof(struct tm_session_list, total) == offsetof(struct tm_task_list, total) &&
	       sizeof(struct tm_session_list) == sizeof(struct tm_threshold_list) &&
	       offsetof(struct tm_session_list, state_size) ==
	       offsetof(struct tm_threshold_list, threshold_size) &&
	       offsetof(struct tm_session_list, total) == offsetof(struct tm_threshold_list, total),
	       "one struct for all");

static void op_list(struct actor *a, const struct list_kind *kind)
{
	struct tm_session_list l = {
		.capacity = pick_capacity(a),
		.state_size = pick_element(a, kind->least, kind->ours),
	};
	unsigned int size = rng_one_in(&a->rng, 16) ? pick_size(a, 24, 24) : sizeof(l);
	struct call c = { kind->name, IOWR(kind->cmd, size), kind->errors, 0 };
	struct place array = place_array(a, (size_t)l.capacity * l.state_size);
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	l.states = (uintptr_t)array.at;
	poison_array(&array);
	place_fill(a, &p, &l, size < sizeof(l) ? size : sizeof(l));
	call_run(a, e, &c, &p);
	p.readable &= c.result != -EFAULT || array.writable;
	judge(a, e, &c, &p, true, true);
	if (c.result == -EPERM ? kind->permitted(e) : kind->denied(e))
		wrong(a, "%s: %s", kind->name, errno_name(c.result));
	if (c.result && c.result != -EFAULT && !array_is_kept(&array, 0))
		wrong(a, "%s failed and wrote", kind->name);
	if (c.result)
		return;
	if (size != sizeof(l) || !is_element(l.state_size, kind->least))
		wrong(a, "%s was done, with elements of %u", kind->name, l.state_size);
	memcpy(&l, p.at, sizeof(l));
	if (l.count > l.capacity || l.count > l.total ||
	    (kind->most ? l.total > kind->most : !l.total))
		wrong(a, "%s: %u of %u, room for %u", kind->name, l.count, l.total, l.capacity);
	if (!array_is_kept(&array, (size_t)l.count * l.state_size))
		wrong(a, "%s wrote behind its %u elements", kind->name, l.count);
	kind->check(a, &l, &array);
}

static bool may_control(const struct entry *e)
{
	return e->rights.control;
}

static bool may_not_control(const struct entry *e)
{
	return !e->rights.control;
}

void op_sessions(struct actor *a)
{
	static const struct list_kind kind = {
		"TM_SESSIONS", TM_SESSIONS, sessions_errors, TM_STATE_SIZE_VER0,
		sizeof(struct tm_state), 0, may_control, may_not_control, check_states,
	};

	op_list(a, &kind);
}

static bool may_see_all(const struct entry *e)
{
	return e->rights.system;
}

static bool may_not_see_all(const struct entry *e)
{
	return !e->rights.system;
}

void op_tasks(struct actor *a)
{
	static const struct list_kind kind = {
		"TM_TASKS", TM_TASKS, tasks_errors, TM_TASK_SIZE_VER0,
		sizeof(struct tm_task), 0, may_see_all, may_not_see_all, check_tasks,
	};

	op_list(a, &kind);
}

static void check_thresholds(struct actor *a, const struct tm_session_list *l,
			     const struct place *array)
{
	const char *flaw = NULL;
	struct tm_threshold t;
	uint32_t i;

	if (!array->writable)
		return;
	for (i = 0; i < l->count && !flaw; i++) {
		element_take(&t, sizeof(t), array->at + i * l->state_size, l->state_size);
		flaw = words_flaw(&t.crossed, sizeof(t) - offsetof(struct tm_threshold, crossed));
		if (!t.id || t.what < TM_THRESHOLD_RSS || t.what > TM_THRESHOLD_EXIT)
			flaw = "has no number, or no figure";
		else if (t.flags || t.reserved || t.below > t.above)
			flaw = "has what cannot be asked for";
		else if (t.returned > t.crossed)
			flaw = "was come back from more often than crossed";
	}
	if (flaw)
		wrong(a, "TM_THRESHOLDS: threshold %u %s", t.id, flaw);
}

void op_thresholds(struct actor *a)
{
	static const struct list_kind kind = {
		"TM_THRESHOLDS", TM_THRESHOLDS, thresholds_errors, TM_THRESHOLD_SIZE_VER0,
		sizeof(struct tm_threshold), TM_THRESHOLDS_MAX, surely_controls, surely_does_not,
		check_thresholds,
	};

	op_list(a, &kind);
}
