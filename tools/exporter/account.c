// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "account.h"

#define BUCKETS_LEAST	1024

/* --- processes ----------------------------------------------------------------- */

static struct process **bucket_of(const struct account *account, int32_t pid)
{
	return &account->buckets[(uint32_t)pid & (account->bucket_count - 1)];
}

static struct process *find(const struct account *account, int32_t pid, uint64_t start_time_ns)
{
	struct process *process = *bucket_of(account, pid);

	while (process && (process->seen.pid != pid ||
			   process->seen.start_time_ns != start_time_ns))
		process = process->next;
	return process;
}

/* With the memory lacking for more buckets, those that are there grow longer. */
static void grow(struct account *account)
{
	size_t count = account->bucket_count, i;
	struct process **former = account->buckets;
	struct process **buckets = calloc(2 * count, sizeof(*buckets));

	if (!buckets)
		return;
	account->buckets = buckets;
	account->bucket_count = 2 * count;
	for (i = 0; i < count; i++) {
		while (former[i]) {
			struct process *process = former[i];
			struct process **bucket = bucket_of(account, process->seen.pid);

			former[i] = process->next;
			process->next = *bucket;
			*bucket = process;
		}
	}
	free(former);
}

static struct process *add(struct account *account, const struct task_sample *sample)
{
	struct process *process = calloc(1, sizeof(*process));
	struct process **bucket;

	if (!process) {
		account->starved++;
		return NULL;
	}
	if (account->process_count >= 2 * account->bucket_count)
		grow(account);
	bucket = bucket_of(account, sample->pid);
	process->seen = *sample;
	process->next = *bucket;
	*bucket = process;
	account->process_count++;
	return process;
}

static void drop(struct account *account, struct process **link, uint64_t now_ns)
{
	struct process *process = *link;

	*link = process->next;
	group_leave(process->group, now_ns);
	account->process_count--;
	free(process);
}

/* --- who belongs where ------------------------------------------------------------- */

/*
 * A kernel thread has no memory, and never had. At its fork nobody has: it is
 * what its parent is, and at an exec no kernel thread any longer.
 */
static bool is_kernel(const struct account *account, const struct task_sample *sample)
{
	const struct process *parent;

	switch (sample->kind) {
	case TM_KIND_EXEC:
		return false;
	case TM_KIND_EXIT:
		return !(sample->valid & TM_VALID_PEAK_RSS);
	case TM_KIND_FORK:
		for (parent = *bucket_of(account, sample->ppid); parent; parent = parent->next) {
			if (parent->seen.pid == sample->ppid)
				return parent->kernel;
		}
		return false;
	}
	return !(sample->valid & (TM_VALID_MEM | TM_VALID_PEAK_RSS | TM_VALID_EXIT));
}

static void enter(struct account *account, struct process *process)
{
	char label[LABEL_MAX];

	if (process->kernel) {
		process->group = group_enter(account->groups.kernel);
		return;
	}
	naming_label(&account->naming, &process->seen, label);
	process->group = groups_enter(&account->groups, label);
}

/* A cgroup may be so new that its path has not been found yet. */
static bool is_settled(const struct account *account, const struct process *process)
{
	return account->naming.by != BY_CGROUP || strcmp(process->group->label, CGROUP_GONE);
}

/* What @sample says beyond what was known has been counted for the group it was in. */
static void move(struct account *account, struct process *process, const struct task_sample *sample)
{
	bool kernel = is_kernel(account, sample);
	bool same = kernel == process->kernel &&
		    (kernel || (naming_same(&account->naming, &process->seen, sample) &&
				is_settled(account, process)));
	struct group *former = process->group;

	process->seen = *sample;
	process->kernel = kernel;
	if (same)
		return;
	enter(account, process);
	group_leave(former, sample->time_ns);
}

/* The process of a sample or record, in its group; NULL: there is no memory. */
static struct process *process_of(struct account *account, const struct task_sample *sample)
{
	struct process *process = find(account, sample->pid, sample->start_time_ns);

	if (process)
		return process;
	process = add(account, sample);
	if (process) {
		process->kernel = is_kernel(account, sample);
		enter(account, process);
	}
	return process;
}

/* --- records ------------------------------------------------------------------------- */

static enum exit_result exit_result(const struct task_sample *record)
{
	if (WIFSIGNALED(record->exit_code))
		return EXIT_SIGNAL;
	return WEXITSTATUS(record->exit_code) ? EXIT_ERROR : EXIT_OK;
}

static void take_exit(struct account *account, struct process *process,
		      const struct task_sample *record)
{
	struct process **link = bucket_of(account, record->pid);

	if (record->valid & TM_VALID_EXIT)
		process->group->exits[exit_result(record)]++;
	while (*link != process)
		link = &(*link)->next;
	drop(account, link, record->time_ns);
}

/*
 * A record may be older than the last batch, which knew more: then where the
 * process belongs is settled.
 */
void account_record(struct account *account, const struct task_sample *record)
{
	struct process *process;

	if (record->kind != TM_KIND_FORK && record->kind != TM_KIND_EXEC &&
	    record->kind != TM_KIND_EXIT)
		return;
	if (!record->pid || record->flags & TM_SAMPLE_DENIED)
		return;
	process = process_of(account, record);
	if (!process)
		return;
	amounts_advance(&process->group->sums, &process->counted, record);
	if (record->kind == TM_KIND_EXIT) {
		take_exit(account, process, record);
		return;
	}
	if (record->time_ns >= process->seen.time_ns)
		move(account, process, record);
	if (record->kind == TM_KIND_FORK)
		process->group->forks++;
	else
		process->group->execs++;
}

/* --- batches ------------------------------------------------------------------------- */

void account_begin(struct account *account, uint64_t time_ns)
{
	account->batch++;
	account->batch_ns = time_ns;
	groups_begin(&account->groups, time_ns);
}

void account_sample(struct account *account, const struct task_sample *sample)
{
	struct process *process;
	struct group *group;

	/* One that has exited has left its last record, or will. */
	if (!sample->pid || sample->flags & (TM_SAMPLE_DENIED | TM_SAMPLE_EXITED))
		return;
	process = process_of(account, sample);
	if (!process)
		return;
	amounts_advance(&process->group->sums, &process->counted, sample);
	move(account, process, sample);
	process->batch = account->batch;
	process->missing_ns = 0;
	group = process->group;
	group->processes++;
	group->threads += sample->threads;
	if (sample->valid & TM_VALID_MEM) {
		group->memory_known = true;
		group->rss_bytes += sample->rss_bytes;
		group->swap_bytes += sample->swap_bytes;
	}
}

/* Not in the batches of a while, though its last record should have come long ago. */
static bool is_missing(const struct account *account, struct process *process)
{
	if (process->batch == account->batch || process->seen.time_ns >= account->batch_ns)
		return false;
	if (!process->missing_ns)
		process->missing_ns = account->batch_ns;
	return account->batch_ns - process->missing_ns >= MISSING_NS;
}

void account_end(struct account *account)
{
	size_t i;

	for (i = 0; i < account->bucket_count; i++) {
		struct process **link = &account->buckets[i];

		while (*link) {
			if (!is_missing(account, *link)) {
				link = &(*link)->next;
				continue;
			}
			account->vanished++;
			drop(account, link, account->batch_ns);
		}
	}
}

static uint64_t cpu_ns(const struct process *process)
{
	return process->counted.value[FIGURE_UTIME] + process->counted.value[FIGURE_STIME];
}

static int by_cpu(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a;
	const struct process *y = *(const struct process *const *)b;

	if (cpu_ns(x) != cpu_ns(y))
		return cpu_ns(x) < cpu_ns(y) ? 1 : -1;
	return (x->seen.pid > y->seen.pid) - (x->seen.pid < y->seen.pid);
}

const struct process **account_busiest(const struct account *account, size_t *n,
				       uint64_t *left_out)
{
	const struct process **list = calloc(account->process_count + 1, sizeof(*list));
	const struct process *process;
	size_t count = 0, i;

	for (i = 0; list && i < account->bucket_count; i++) {
		for (process = account->buckets[i]; process; process = process->next) {
			if (process->batch == account->batch)
				list[count++] = process;
		}
	}
	if (list)
		qsort(list, count, sizeof(*list), by_cpu);
	*left_out = count > *n ? count - *n : 0;
	*n = count < *n ? count : *n;
	return list;
}

/* --- beginning and end ------------------------------------------------------------------ */

int account_init(struct account *account, enum naming_by by, unsigned int depth,
		 size_t max_groups, const char *cgroup_root)
{
	memset(account, 0, sizeof(*account));
	account->naming.by = by;
	account->naming.depth = depth;
	cgroups_init(&account->naming.cgroups, cgroup_root);
	account->buckets = calloc(BUCKETS_LEAST, sizeof(*account->buckets));
	account->bucket_count = BUCKETS_LEAST;
	if (account->buckets && !groups_init(&account->groups, max_groups))
		return 0;
	account_free(account);
	return -1;
}

void account_free(struct account *account)
{
	size_t i;

	for (i = 0; account->buckets && i < account->bucket_count; i++) {
		while (account->buckets[i])
			drop(account, &account->buckets[i], 0);
	}
	free(account->buckets);
	groups_free(&account->groups);
	cgroups_free(&account->naming.cgroups);
	memset(account, 0, sizeof(*account));
}
