// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "process.h"
#include "status.h"

#define WRAPPERS_MAX	64	/* a command that runs a command that runs a command ... */

enum { COLUMN_ID, COLUMN_PID, COLUMN_START, COLUMN_TGID, COLUMN_PARENT, COLUMN_COMM,
       COLUMN_THREAD, COLUMN_LAST, COLUMN_EXIT_TIME, COLUMN_EXIT_CODE };

/* A thread of a process that is there itself would be counted twice. */
static const char select_processes[] =
	"SELECT id, pid, start_time_ns, tgid, parent, comm, thread, last_ns, exit_time_ns, "
	"exit_code FROM process AS one WHERE NOT thread OR NOT EXISTS (SELECT 1 FROM process AS whole "
	"WHERE whole.pid = one.tgid AND NOT whole.thread) ORDER BY id";

static void take_process(struct process *p, sqlite3_stmt *row)
{
	memset(p, 0, sizeof(*p));
	p->id = sqlite3_column_int64(row, COLUMN_ID);
	p->parent_id = sqlite3_column_int64(row, COLUMN_PARENT);
	p->pid = sqlite3_column_int(row, COLUMN_PID);
	p->tgid = sqlite3_column_int(row, COLUMN_TGID);
	p->thread = sqlite3_column_int(row, COLUMN_THREAD) != 0;
	column_uint(row, COLUMN_START, &p->start_time_ns);
	column_uint(row, COLUMN_LAST, &p->last_ns);
	p->exited = column_uint(row, COLUMN_EXIT_TIME, &p->exit_time_ns);
	p->exit_known = sqlite3_column_type(row, COLUMN_EXIT_CODE) == SQLITE_INTEGER;
	p->exit_code = sqlite3_column_int(row, COLUMN_EXIT_CODE);
	column_copy(row, COLUMN_COMM, p->comm, sizeof(p->comm));
	p->parent = PROCESS_NONE;
	p->group = PROCESS_NONE;
}

static struct process *add_process(struct processes *all, size_t *room)
{
	struct process *list;

	if (all->n == *room) {
		*room = *room ? 2 * *room : 256;
		list = reallocarray(all->list, *room, sizeof(*list));
		if (!list)
			return NULL;
		all->list = list;
	}
	return &all->list[all->n++];
}

static int compare_ids(const void *key, const void *element)
{
	sqlite3_int64 id = *(const sqlite3_int64 *)key;
	const struct process *p = element;

	return id < p->id ? -1 : id > p->id;
}

static void find_parents(struct processes *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct process *p = &all->list[i], *parent;

		parent = bsearch(&p->parent_id, all->list, all->n, sizeof(*p), compare_ids);
		if (parent && parent != p)
			p->parent = (size_t)(parent - all->list);
	}
}

int processes_read(struct processes *all, const struct recording *rec)
{
	sqlite3_stmt *row = recording_prepare(rec, select_processes);
	struct process *p;
	size_t room = 0;
	int err;

	memset(all, 0, sizeof(*all));
	if (!row)
		return STATUS_FAILED;
	while ((err = sqlite3_step(row)) == SQLITE_ROW) {
		p = add_process(all, &room);
		if (!p) {
			sqlite3_finalize(row);
			return fail(STATUS_FAILED, "plot: %s: %s", rec->path, strerror(ENOMEM));
		}
		take_process(p, row);
	}
	sqlite3_finalize(row);
	if (err != SQLITE_DONE)
		return recording_fail(rec);
	find_parents(all);
	return STATUS_DONE;
}

void processes_free(struct processes *all)
{
	free(all->list);
	all->list = NULL;
}

/* --- groups ---------------------------------------------------------------- */

static void group_by_process(struct processes *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		all->list[i].group = i;
}

static const struct processes *sorted;	/* qsort() hands nothing on */

static int compare_comms(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = strcmp(sorted->list[i].comm, sorted->list[j].comm);

	return order ? order : i < j ? -1 : i > j;
}

static int group_by_command(struct processes *all)
{
	size_t *order = reallocarray(NULL, all->n + 1, sizeof(*order)), i, n = 0;
	struct process *first = NULL;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < all->n; i++) {
		if (all->list[i].wanted)
			order[n++] = i;
	}
	sorted = all;
	qsort(order, n, sizeof(*order), compare_comms);
	for (i = 0; i < n; i++) {
		struct process *p = &all->list[order[i]];

		if (!first || strcmp(first->comm, p->comm))
			first = p;
		p->group = (size_t)(first - all->list);
	}
	free(order);
	return 0;
}

/* init and kthreadd have everybody below them. */
static bool is_ancestor_of_all(const struct process *p)
{
	return p->pid == 1 || p->pid == 2;
}

/* A ring of parents, in a spoilt file, is cut open: from each process there is a way to a root. */
static void cut_rings(size_t *above, size_t *seen_from, size_t n)
{
	size_t i, at;

	for (i = 0; i < n; i++)
		seen_from[i] = PROCESS_NONE;
	for (i = 0; i < n; i++) {
		for (at = i; seen_from[at] == PROCESS_NONE; at = above[at]) {
			seen_from[at] = i;
			if (above[at] == PROCESS_NONE)
				break;
			if (seen_from[above[at]] == i) {
				above[at] = PROCESS_NONE;
				break;
			}
		}
	}
}

/* The parents within what is wanted. */
static void find_branches(const struct processes *all, size_t *above)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		const struct process *p = &all->list[i];

		above[i] = p->parent;
		if (!p->wanted || p->parent == PROCESS_NONE ||
		    !all->list[p->parent].wanted || is_ancestor_of_all(&all->list[p->parent]))
			above[i] = PROCESS_NONE;
	}
}

/* The only root that there is, or PROCESS_NONE: there are more. */
static size_t only_root(const struct processes *all, const size_t *above, const bool *alone)
{
	size_t root = PROCESS_NONE, i;

	for (i = 0; i < all->n; i++) {
		if (!all->list[i].wanted || above[i] != PROCESS_NONE || alone[i])
			continue;
		if (root != PROCESS_NONE)
			return PROCESS_NONE;
		root = i;
	}
	return root;
}

/* Return: whether it had children. */
static bool set_alone(const struct processes *all, size_t *above, bool *alone, size_t root)
{
	bool had = false;
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (above[i] == root) {
			above[i] = PROCESS_NONE;
			had = true;
		}
	}
	alone[root] = true;
	return had;
}

/* The first process of each way to a root remembers it for the next. */
static size_t find_root(struct processes *all, const size_t *above, size_t i)
{
	size_t root = i, next;

	while (above[root] != PROCESS_NONE && all->list[root].group == PROCESS_NONE)
		root = above[root];
	if (all->list[root].group != PROCESS_NONE)
		root = all->list[root].group;
	for (; i != root && all->list[i].group == PROCESS_NONE; i = next) {
		next = above[i];
		all->list[i].group = root;
	}
	return root;
}

static int group_by_tree(struct processes *all)
{
	size_t *above = reallocarray(NULL, all->n + 1, sizeof(*above));
	size_t *room = reallocarray(NULL, all->n + 1, sizeof(*room));
	bool *alone = calloc(all->n + 1, sizeof(*alone));
	size_t root, level, i;

	if (above && room && alone) {
		find_branches(all, above);
		cut_rings(above, room, all->n);
		for (level = 0; level < WRAPPERS_MAX; level++) {
			root = only_root(all, above, alone);
			if (root == PROCESS_NONE || !set_alone(all, above, alone, root))
				break;
		}
		for (i = 0; i < all->n; i++)
			all->list[i].group = find_root(all, above, i);
	}
	free(alone);
	free(room);
	free(above);
	return above && room && alone ? 0 : -ENOMEM;
}

int processes_group(struct processes *all, enum group_by by)
{
	switch (by) {
	case GROUP_COMMAND:
		return group_by_command(all);
	case GROUP_TREE:
		return group_by_tree(all);
	default:
		group_by_process(all);
		return 0;
	}
}
