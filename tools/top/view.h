/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is shown, and in which order: the processes filtered, sorted, and as a tree
 * if that is wanted. Nothing here asks the kernel or prints.
 */
#ifndef TMCTL_TOP_VIEW_H
#define TMCTL_TOP_VIEW_H

#include <regex.h>
#include "column.h"

#define FILTER_MAX	32	/* bytes of what is looked for, NUL included */
#define BRANCH_DEPTH	16	/* what is deeper in a tree is drawn at this depth */
#define BRANCH_BYTES	(BRANCH_DEPTH * 6 + 16)

/**
 * struct row - a process in the view
 * @key: by which it is sorted
 * @proc: the process, or a thread
 * @rails: bit n: the line of depth n goes on below
 * @depth: in a tree, or under a process; 0: on its own
 * @children: how many descendants are hidden behind it
 * @thread: it is a thread
 */
struct row {
	uint64_t key;
	struct proc *proc;
	uint32_t rails;
	uint32_t depth;
	uint32_t children;
	bool thread;
};

/**
 * struct view - what is wanted, and what there is
 * @sort: the column to sort by
 * @inverted: the least first
 * @tree: as a tree
 * @threads: with threads
 * @no_kernel: without kernel threads
 * @filter: in the name, in letters of either case; "": all
 * @name: the name matches it; NULL: all
 * @by_user: those of @uid alone
 * @uid: real user
 * @rows: the rows
 * @count: how many
 *
 * The rest is view.c's own.
 */
struct view {
	const struct column *sort;
	bool inverted;
	bool tree;
	bool threads;
	bool no_kernel;
	char filter[FILTER_MAX];
	const regex_t *name;
	bool by_user;
	uint32_t uid;
	struct row *rows;
	size_t count;

	size_t room;
	struct row *spare;
	size_t spare_room;
	uint64_t number;
};

/**
 * view_build() - choose and sort
 * @view: what is wanted
 * @procs: of these
 * @want: rows that have to be in order: the first so many. Of a tree all are.
 *
 * Return: 0, or -ENOMEM: there is no row.
 */
int view_build(struct view *view, const struct procs *procs, size_t want);

/**
 * view_add_threads() - put the threads below their processes
 * @view: built; its rows are in the order in which they are shown
 * @procs: what it was built of
 * @threads: the threads
 *
 * Return: 0, or -ENOMEM: without them.
 */
int view_add_threads(struct view *view, const struct procs *procs, const struct procs *threads);

void view_free(struct view *view);

/* What stands before a row's name: BRANCH_BYTES. */
void view_branch(const struct row *row, bool utf8, char *buf);

/* The first row from @from on, around the end, whose name has @text in it; or SIZE_MAX. */
size_t view_search(const struct view *view, const char *text, size_t from);

#endif /* TMCTL_TOP_VIEW_H */
