/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns a terminal has room for, and lines made of them. */
#ifndef TMCTL_TOP_LAYOUT_H
#define TMCTL_TOP_LAYOUT_H

#include "column.h"

#define COLUMNS_MAX	48
#define LINE_COLUMNS	1000	/* of the widest terminal; the rest stays empty */
#define LINE_BYTES	(4 * LINE_COLUMNS + 2 * TEXT_MAX)

/**
 * struct layout - the columns of a table for people
 * @columns: from left to right; the command is the last
 * @count: how many
 * @width: of the whole, in columns of the terminal
 */
struct layout {
	const struct column *columns[COLUMNS_MAX];
	size_t count;
	int width;
};

/**
 * layout_fit() - choose what there is room for
 * @layout: what to fill
 * @width: of the terminal
 * @keep: a column that is shown in any case, or NULL
 */
void layout_fit(struct layout *layout, int width, const struct column *keep);

/* Where a column's heading stands in the line of headings. */
struct place {
	size_t start;
	size_t length;
};

/* LINE_BYTES in @buf. @sorted: of this one the place is told. */
void layout_headings(const struct layout *layout, const struct column *sorted,
		     struct place *place, char *buf);

/**
 * layout_line() - a process as a line
 * @layout: the columns
 * @proc: the process
 * @branch: what stands before its name in a tree, or ""
 * @style: how to write it
 * @buf: LINE_BYTES; not filled up to the layout's width
 */
void layout_line(const struct layout *layout, const struct proc *proc, const char *branch,
		 const struct style *style, char *buf);

#endif /* TMCTL_TOP_LAYOUT_H */
