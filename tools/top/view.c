// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

/* --- order ---------------------------------------------------------------------------- */

/* What is not known comes last, whichever way the rest is sorted. */
static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct row *x = a, *y = b;
	const struct view *view = arg;
	int order = 0;

	if (x->key != y->key) {
		if (!x->key || !y->key)
			return x->key ? -1 : 1;
		return (x->key > y->key) != view->inverted ? -1 : 1;
	}
	if (view->sort->field.type == &field_name)
		order = strncmp(x->proc->now->comm, y->proc->now->comm, TM_COMM_LEN);
	if (order)
		return view->inverted ? -order : order;
	if (x->proc->pid != y->proc->pid)
		return x->proc->pid < y->proc->pid ? -1 : 1;
	return x->proc->start_time_ns < y->proc->start_time_ns ? -1
		: x->proc->start_time_ns > y->proc->start_time_ns;
}

static void swap_rows(struct row *a, struct row *b)
{
	struct row kept = *a;

	*a = *b;
	*b = kept;
}

/* The middle one of three goes to the end, to divide by. */
static void choose_pivot(struct view *view, struct row *rows, size_t n)
{
	struct row *first = &rows[0], *middle = &rows[n / 2], *last = &rows[n - 1];

	if (compare_rows(middle, first, view) < 0)
		swap_rows(middle, first);
	if (compare_rows(last, first, view) < 0)
		swap_rows(last, first);
	if (compare_rows(middle, last, view) < 0)
		swap_rows(middle, last);
}

/* Bring the first @want of @n to the front, in no order: a screen is short, the table long. */
static void select_rows(struct view *view, struct row *rows, size_t n, size_t want)
{
	size_t i, divide;

	while (n > want && n > 2) {
		choose_pivot(view, rows, n);
		divide = 0;
		for (i = 0; i < n - 1; i++) {
			if (compare_rows(&rows[i], &rows[n - 1], view) < 0)
				swap_rows(&rows[i], &rows[divide++]);
		}
		swap_rows(&rows[divide], &rows[n - 1]);
		if (divide >= want) {
			n = divide;
		} else {
			rows += divide + 1;
			n -= divide + 1;
			want -= divide + 1;
		}
		if (!want)
			return;
	}
}

static void sort_rows(struct view *view, size_t want)
{
	if (want < view->count)
		select_rows(view, view->rows, view->count, want);
	else
		want = view->count;
	/* Of two the selection leaves the order open. */
	if (want + 2 < view->count)
		qsort_r(view->rows, want + 2, sizeof(*view->rows), compare_rows, view);
	else
		qsort_r(view->rows, view->count, sizeof(*view->rows), compare_rows, view);
}

/* --- choice ----------------------------------------------------------------------------- */

static bool is_wanted(const struct view *view, const struct proc *proc)
{
	if (view->by_user && proc->now->uid != view->uid)
		return false;
	if (view->name && regexec(view->name, proc->now->comm, 0, NULL, 0))
		return false;
	if (view->no_kernel && proc_is_kernel(proc))
		return false;
	return !*view->filter || strcasestr(proc->now->comm, view->filter);
}

static int reserve(struct row **rows, size_t *room, size_t need)
{
	struct row *more;

	if (need <= *room)
		return 0;
	need += need / 4 + 64;
	more = realloc(*rows, need * sizeof(*more));
	if (!more)
		return -ENOMEM;
	*rows = more;
	*room = need;
	return 0;
}

static void choose_rows(struct view *view, const struct procs *procs)
{
	size_t i;

	view->count = 0;
	for (i = 0; i < procs->count; i++) {
		struct proc *proc = procs->all[i];
		struct row *row = &view->rows[view->count];

		if (!is_wanted(view, proc))
			continue;
		proc->shown = view->number;
		proc->child = NULL;
		proc->sibling = NULL;
		*row = (struct row){ .key = view->sort->key(proc), .proc = proc };
		view->count++;
	}
}

/* --- the tree ------------------------------------------------------------------------------ */

/* A parent began before its child: what does not is another one with that number. */
static bool may_be_parent(const struct proc *parent, const struct proc *child)
{
	if (parent->start_time_ns != child->start_time_ns)
		return parent->start_time_ns < child->start_time_ns;
	return parent->pid < child->pid;
}

/* The nearest ancestor that is in the view. */
static struct proc *parent_of(const struct view *view, const struct procs *procs,
			      const struct proc *proc)
{
	const struct proc *child = proc;
	struct proc *parent;

	do {
		parent = procs_alive(procs, child->now->ppid);
		if (!parent || !may_be_parent(parent, child))
			return NULL;
		child = parent;
	} while (parent->shown != view->number);
	return parent;
}

/* Backwards, each put before its siblings: so they are in order. Return: the first root. */
static struct proc *link_tree(struct view *view, const struct procs *procs)
{
	struct proc *roots = NULL;
	size_t i;

	for (i = view->count; i--;) {
		struct proc *proc = view->rows[i].proc, *parent = parent_of(view, procs, proc);
		struct proc **first = parent ? &parent->child : &roots;

		proc->sibling = *first;
		*first = proc;
	}
	return roots;
}

static void put_row(struct view *view, struct proc *proc, uint32_t depth, uint32_t rails)
{
	struct row *row = &view->spare[view->count++];

	*row = (struct row){ .key = view->sort->key(proc), .proc = proc, .depth = depth,
			     .rails = rails };
}

/**
 * struct climb - where the walk through the tree is, on one depth
 * @proc: the next one there
 * @owner: index of the row of the folded one that it is hidden behind
 */
struct climb {
	struct proc *proc;
	size_t owner;
};

#define NOT_HIDDEN	SIZE_MAX

static uint32_t rail(size_t depth)
{
	return depth < BRANCH_DEPTH ? 1u << depth : 0;
}

/* From the roots downwards; @climbs has room for as many depths as there are rows. */
static void walk_tree(struct view *view, struct proc *roots, struct climb *climbs)
{
	size_t depth = 0;
	uint32_t rails = 0;

	view->count = 0;
	climbs[0] = (struct climb){ roots, NOT_HIDDEN };
	for (;;) {
		struct proc *proc = climbs[depth].proc;
		size_t owner = climbs[depth].owner;

		if (!proc) {
			if (!depth--)
				break;
			continue;
		}
		climbs[depth].proc = proc->sibling;
		rails = proc->sibling ? rails | rail(depth) : rails & ~rail(depth);
		if (owner == NOT_HIDDEN)
			put_row(view, proc, (uint32_t)depth, rails);
		else
			view->spare[owner].children++;
		if (!proc->child)
			continue;
		if (owner == NOT_HIDDEN && proc->folded)
			owner = view->count - 1;
		climbs[++depth] = (struct climb){ proc->child, owner };
	}
}

static void use_spare(struct view *view)
{
	struct row *rows = view->rows;
	size_t room = view->room;

	view->rows = view->spare;
	view->room = view->spare_room;
	view->spare = rows;
	view->spare_room = room;
}

static int make_tree(struct view *view, const struct procs *procs)
{
	struct climb *climbs = calloc(view->count + 1, sizeof(*climbs));
	int err = climbs ? reserve(&view->spare, &view->spare_room, view->count) : -ENOMEM;

	if (!err) {
		walk_tree(view, link_tree(view, procs), climbs);
		use_spare(view);
	}
	free(climbs);
	return err;
}

int view_build(struct view *view, const struct procs *procs, size_t want)
{
	view->count = 0;
	view->number++;
	if (reserve(&view->rows, &view->room, procs->count))
		return -ENOMEM;
	choose_rows(view, procs);
	sort_rows(view, view->tree ? SIZE_MAX : want);
	/* Without memory for a tree it is a list. */
	return view->tree ? make_tree(view, procs) : 0;
}

/* --- threads --------------------------------------------------------------------------------- */

static void link_threads(const struct view *view, const struct procs *procs,
			 const struct procs *threads)
{
	size_t i;

	for (i = 0; i < view->count; i++)
		view->rows[i].proc->threads = NULL;
	for (i = 0; i < threads->count; i++) {
		struct proc *thread = threads->all[i];
		struct proc *proc = procs_alive(procs, thread->now->tgid);

		if (!proc || proc->shown != view->number || thread->stage != PROC_ALIVE)
			continue;
		thread->sibling = proc->threads;
		proc->threads = thread;
	}
}

/* Return: the row behind the last thread's. */
static struct row *put_threads(struct view *view, const struct row *process, struct row *row)
{
	struct row *first = row;
	struct proc *thread;

	for (thread = process->proc->threads; thread; thread = thread->sibling) {
		*row++ = (struct row){ .key = view->sort->key(thread), .proc = thread,
				       .depth = process->depth + 1, .thread = true,
				       .rails = process->rails | rail(process->depth + 1) };
	}
	if (row == first)
		return row;
	qsort_r(first, (size_t)(row - first), sizeof(*row), compare_rows, view);
	if (!process->proc->child || process->proc->folded || !view->tree)
		row[-1].rails &= ~rail(process->depth + 1);
	return row;
}

int view_add_threads(struct view *view, const struct procs *procs, const struct procs *threads)
{
	struct row *row;
	size_t i;

	if (reserve(&view->spare, &view->spare_room, view->count + threads->count))
		return -ENOMEM;
	link_threads(view, procs, threads);
	row = view->spare;
	for (i = 0; i < view->count; i++) {
		*row++ = view->rows[i];
		row = put_threads(view, &view->rows[i], row);
	}
	view->count = (size_t)(row - view->spare);
	use_spare(view);
	return 0;
}

/* --- what is made of it --------------------------------------------------------------------- */

void view_free(struct view *view)
{
	free(view->rows);
	free(view->spare);
}

static char *put(char *buf, const char *s)
{
	return buf + text_put(buf, s);
}

void view_branch(const struct row *row, bool utf8, char *buf)
{
	uint32_t depth = row->depth < BRANCH_DEPTH ? row->depth : BRANCH_DEPTH - 1, i;

	*buf = '\0';
	for (i = 1; i < depth; i++)
		buf = put(buf, row->rails & rail(i) ? utf8 ? "\u2502 " : "| " : "  ");
	if (depth && row->rails & rail(depth))
		buf = put(buf, utf8 ? "\u251c\u2500" : "|-");
	else if (depth)
		buf = put(buf, utf8 ? "\u2514\u2500" : "`-");
	if (row->children) {
		buf = put(buf, "[+");
		buf += text_uint(buf, row->children);
		buf = put(buf, "] ");
	} else if (row->thread) {
		put(buf, "~");
	}
}

size_t view_search(const struct view *view, const char *text, size_t from)
{
	size_t i;

	for (i = 0; i < view->count; i++) {
		size_t at = (from + i) % view->count;

		if (strcasestr(view->rows[at].proc->now->comm, text))
			return at;
	}
	return SIZE_MAX;
}
