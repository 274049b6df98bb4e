// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "procs.h"

#define BLOCK		64	/* entries that are allocated at once */
#define FIRST_SLOTS	256	/* a power of two */

struct proc_block {
	struct proc_block *next;
	struct proc procs[BLOCK];
};

/* What one that has just been born is compared with: all known, all nothing. */
static const struct task_sample nothing = { .valid = ~0ULL };

void procs_init(struct procs *procs, uint64_t linger_ns)
{
	memset(procs, 0, sizeof(*procs));
	procs->linger_ns = linger_ns;
}

void procs_free(struct procs *procs)
{
	struct proc_block *block = procs->blocks, *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
	free(procs->all);
	free(procs->slots);
}

/* --- finding one: slots by number, so that a number alone can be looked for ------ */

static struct proc **slot_of(const struct procs *procs, int32_t pid)
{
	return &procs->slots[((uint32_t)pid * 0x9e3779b1u >> 8) & (procs->slot_count - 1)];
}

struct proc *procs_find(const struct procs *procs, int32_t pid, uint64_t start_time_ns)
{
	struct proc *proc = procs->slot_count ? *slot_of(procs, pid) : NULL;

	while (proc && (proc->pid != pid || proc->start_time_ns != start_time_ns))
		proc = proc->next;
	return proc;
}

struct proc *procs_alive(const struct procs *procs, int32_t pid)
{
	struct proc *proc = procs->slot_count ? *slot_of(procs, pid) : NULL;

	while (proc && (proc->pid != pid || proc->stage != PROC_ALIVE))
		proc = proc->next;
	return proc;
}

static void put_in_slot(struct procs *procs, struct proc *proc)
{
	struct proc **slot = slot_of(procs, proc->pid);

	proc->next = *slot;
	*slot = proc;
}

static int make_room(struct procs *procs)
{
	size_t slots = procs->slot_count ? 2 * procs->slot_count : FIRST_SLOTS, i;
	struct proc **all, **numbers;

	if (procs->count < procs->slot_count)
		return 0;
	all = realloc(procs->all, slots * sizeof(*all));
	if (!all)
		return -ENOMEM;
	procs->all = all;
	numbers = calloc(slots, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	free(procs->slots);
	procs->slots = numbers;
	procs->slot_count = slots;
	for (i = 0; i < procs->count; i++)
		put_in_slot(procs, procs->all[i]);
	return 0;
}

/* --- entries ------------------------------------------------------------------------ */

static struct proc *take_free(struct procs *procs)
{
	struct proc *proc = procs->free;
	struct proc_block *block;
	size_t i;

	if (!proc) {
		block = malloc(sizeof(*block));
		if (!block)
			return NULL;
		block->next = procs->blocks;
		procs->blocks = block;
		for (i = 0; i < BLOCK; i++) {
			block->procs[i].next = procs->free;
			procs->free = &block->procs[i];
		}
		proc = procs->free;
	}
	procs->free = proc->next;
	return proc;
}

static bool began_since(const struct procs *procs, const struct task_sample *sample)
{
	return procs->elapsed_ns &&
	       sample->start_time_ns - procs->ahead_ns + procs->elapsed_ns >= procs->time_ns;
}

static struct proc *new_proc(struct procs *procs, const struct task_sample *sample)
{
	struct proc *proc = make_room(procs) ? NULL : take_free(procs);

	if (!proc)
		return NULL;
	memset(proc, 0, sizeof(*proc));
	proc->pid = sample->pid;
	proc->start_time_ns = sample->start_time_ns;
	proc->born = began_since(procs, sample);
	put_in_slot(procs, proc);
	procs->all[procs->count++] = proc;
	return proc;
}

/* The last of the array takes its place there. */
static void remove_at(struct procs *procs, size_t i)
{
	struct proc *proc = procs->all[i], **link = slot_of(procs, proc->pid);

	while (*link != proc)
		link = &(*link)->next;
	*link = proc->next;
	procs->all[i] = procs->all[--procs->count];
	proc->next = procs->free;
	procs->free = proc;
}

/* --- what has happened between two screens -------------------------------------------- */

static uint64_t figure(const struct task_sample *sample, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)sample + offset, sizeof(value));
	return value;
}

bool proc_gained(const struct proc *proc, uint64_t needs, size_t offset, uint64_t *gained)
{
	uint64_t from, to;

	if (!proc->before || !(proc->now->valid & proc->before->valid & needs))
		return false;
	from = figure(proc->before, offset);
	to = figure(proc->now, offset);
	*gained = to - from;
	return to >= from;
}

static void compare(struct procs *procs, struct proc *proc)
{
	uint64_t usr, sys, wait;

	proc->elapsed_ns = proc->before ? procs->elapsed_ns : 0;
	proc->cpu_known = PROC_GAINED(proc, TM_VALID_CPU, utime, &usr) &&
			  PROC_GAINED(proc, TM_VALID_CPU, stime, &sys);
	if (!proc->cpu_known)
		return;
	proc->cpu_ns = usr + sys;
	procs->sums.utime_ns += usr;
	procs->sums.stime_ns += sys;
	if (PROC_GAINED(proc, TM_VALID_RUN_DELAY, run_delay_ns, &wait))
		procs->sums.wait_ns += wait;
}

/* Rounded up: what has run is seen. */
static void draw_bar(struct proc *proc)
{
	uint64_t height = 0;

	if (!proc->cpu_known || !proc->elapsed_ns)
		return;
	if (proc->cpu_ns)
		height = (PROC_HEIGHT * proc->cpu_ns + proc->elapsed_ns - 1) / proc->elapsed_ns;
	proc->newest = (proc->newest + 1) % PROC_HISTORY;
	proc->heights[proc->newest] = (uint8_t)(height < PROC_HEIGHT ? height : PROC_HEIGHT);
	proc->bars += proc->bars < PROC_HISTORY;
}

int proc_height(const struct proc *proc, unsigned int ago)
{
	return ago < proc->bars ? proc->heights[(proc->newest - ago) % PROC_HISTORY] : -1;
}

/* --- a screen ------------------------------------------------------------------------- */

void procs_begin(struct procs *procs, uint64_t time_ns, uint64_t ahead_ns)
{
	size_t i;

	procs->elapsed_ns = 0;
	if (procs->screen && time_ns > procs->time_ns)
		procs->elapsed_ns = time_ns - procs->time_ns;
	for (i = procs->count; i--;) {
		struct proc *proc = procs->all[i];

		if (proc->stage == PROC_ALIVE)
			continue;
		if (time_ns - proc->ended_ns >= procs->linger_ns) {
			remove_at(procs, i);
			continue;
		}
		/* Its end is told once, and what it was compared with is overwritten soon. */
		proc->before = NULL;
		proc->elapsed_ns = 0;
		proc->cpu_known = false;
		proc->born = false;
	}
	procs->screen++;
	procs->time_ns = time_ns;
	procs->ahead_ns = ahead_ns;
	memset(&procs->sums, 0, sizeof(procs->sums));
	procs->sums.known = procs->elapsed_ns;
}

int procs_add(struct procs *procs, const struct task_sample *sample)
{
	struct proc *proc = procs_find(procs, sample->pid, sample->start_time_ns);

	if (proc && proc->stage != PROC_ALIVE)
		return 0;	/* it is told of once */
	if (proc) {
		proc->before = proc->now;
		proc->born = false;
	} else {
		proc = new_proc(procs, sample);
		if (!proc)
			return -ENOMEM;
		proc->before = proc->born ? &nothing : NULL;
	}
	proc->now = sample;
	proc->screen = procs->screen;
	compare(procs, proc);
	draw_bar(proc);
	procs->sums.processes++;
	procs->sums.threads += sample->threads;
	procs->sums.running += sample->state == 'R';
	procs->sums.born += proc->born;
	return 0;
}

/*
 * Who is not in the batch has left a record of its exit, but for those that have
 * been moved out of sight and those whose record was lost. They are only marked
 * here: procs_exit() has to find what they were.
 */
void procs_sweep(struct procs *procs)
{
	size_t i;

	for (i = 0; i < procs->count; i++) {
		struct proc *proc = procs->all[i];

		if (proc->stage != PROC_ALIVE || proc->screen == procs->screen)
			continue;
		proc->before = proc->now;
		proc->cpu_known = false;
	}
}

static void count_name(struct proc_sums *sums, const char *comm)
{
	struct gone_name *name = sums->names;
	size_t i;

	for (i = 0; i < sums->name_count; i++, name++) {
		if (!memcmp(name->comm, comm, TM_COMM_LEN)) {
			name->count++;
			return;
		}
	}
	if (sums->name_count == GONE_NAMES)
		return;
	memcpy(name->comm, comm, TM_COMM_LEN);
	name->count = 1;
	sums->name_count++;
}

/* The batch had it still: what that counted is counted again, and more exactly. */
static void uncount(struct procs *procs, struct proc *proc)
{
	uint64_t usr, sys, wait;

	if (proc->screen != procs->screen)
		return;
	procs->sums.processes--;
	procs->sums.threads -= proc->now->threads;
	procs->sums.running -= proc->now->state == 'R';
	if (!proc->cpu_known)
		return;
	if (PROC_GAINED(proc, TM_VALID_CPU, utime, &usr))
		procs->sums.utime_ns -= usr;
	if (PROC_GAINED(proc, TM_VALID_CPU, stime, &sys))
		procs->sums.stime_ns -= sys;
	if (PROC_GAINED(proc, TM_VALID_RUN_DELAY, run_delay_ns, &wait))
		procs->sums.wait_ns -= wait;
}

static void end(struct procs *procs, struct proc *proc, const struct task_sample *record)
{
	proc->last = *record;
	proc->now = &proc->last;
	proc->stage = PROC_ENDED;
	proc->ended_ns = procs->time_ns;
	compare(procs, proc);
	if (proc->cpu_known)
		procs->sums.gone_cpu_ns += proc->cpu_ns;
	procs->sums.gone++;
	count_name(&procs->sums, record->comm);
}

int procs_exit(struct procs *procs, const struct task_sample *record, bool show)
{
	struct proc *proc = procs_find(procs, record->pid, record->start_time_ns);
	struct proc unseen;

	if (proc && proc->stage != PROC_ALIVE)
		return 0;
	if (proc) {
		uncount(procs, proc);
		end(procs, proc, record);
		return 0;
	}
	procs->sums.born += began_since(procs, record);
	if (show)
		proc = new_proc(procs, record);
	if (!proc) {
		memset(&unseen, 0, sizeof(unseen));
		unseen.born = began_since(procs, record);
		proc = &unseen;
	}
	proc->before = proc->born ? &nothing : NULL;
	end(procs, proc, record);
	return show && proc == &unseen ? -ENOMEM : 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct gone_name *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return memcmp(x->comm, y->comm, TM_COMM_LEN);
}

void procs_settle(struct procs *procs)
{
	size_t i;

	for (i = procs->count; i--;) {
		if (procs->all[i]->stage == PROC_ALIVE && procs->all[i]->screen != procs->screen)
			remove_at(procs, i);
	}
	qsort(procs->sums.names, procs->sums.name_count, sizeof(*procs->sums.names),
	      compare_names);
}
