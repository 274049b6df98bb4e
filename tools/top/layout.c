// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "layout.h"

#define COMMAND_LEAST	15	/* columns that it is given while others can go */

static int width_of(const struct column *column)
{
	return column->width < 0 ? -column->width : column->width;
}

static bool is_command(const struct column *column)
{
	return column->width == -1;
}

/* Each stands behind a blank; a mark stands before all of them. */
static int needed(const struct layout *layout)
{
	int width = 1 + COMMAND_LEAST;
	size_t i;

	for (i = 0; i < layout->count; i++)
		width += is_command(layout->columns[i]) ? 0 : width_of(layout->columns[i]) + 1;
	return width;
}

static bool drop_one(struct layout *layout, const struct column *keep)
{
	size_t i, worst = 0;
	unsigned int rank = 0;

	for (i = 0; i < layout->count; i++) {
		if (layout->columns[i]->rank >= rank && layout->columns[i]->rank &&
		    layout->columns[i] != keep) {
			rank = layout->columns[i]->rank;
			worst = i;
		}
	}
	if (!rank)
		return false;
	layout->count--;
	memmove(&layout->columns[worst], &layout->columns[worst + 1],
		(layout->count - worst) * sizeof(*layout->columns));
	return true;
}

void layout_fit(struct layout *layout, int width, const struct column *keep)
{
	const struct column *command = NULL;
	size_t i;

	memset(layout, 0, sizeof(*layout));
	layout->width = width < LINE_COLUMNS ? width : LINE_COLUMNS;
	for (i = 0; i < column_count; i++) {
		if (is_command(&columns[i]))
			command = &columns[i];
		else if (columns[i].width)
			layout->columns[layout->count++] = &columns[i];
	}
	layout->columns[layout->count++] = command;
	while (needed(layout) > layout->width && drop_one(layout, keep))
		;
}

static size_t put_blanks(char *buf, size_t n)
{
	memset(buf, ' ', n);
	buf[n] = '\0';
	return n;
}

void layout_headings(const struct layout *layout, const struct column *sorted,
		     struct place *place, char *buf)
{
	size_t used = put_blanks(buf, 1), i;

	memset(place, 0, sizeof(*place));
	for (i = 0; i < layout->count; i++) {
		const struct column *column = layout->columns[i];
		size_t length = strlen(column->field.heading);
		size_t width = (size_t)width_of(column);
		size_t blanks = width > length ? width - length : 0;

		if (column->width > 0)
			used += put_blanks(buf + used, blanks);
		if (column == sorted)
			*place = (struct place){ used, length };
		used += text_put(buf + used, column->field.heading);
		if (column->width < 0 && !is_command(column))
			used += put_blanks(buf + used, blanks);
		if (!is_command(column))
			used += put_blanks(buf + used, 1);
	}
	if (used > (size_t)layout->width)
		buf[layout->width] = '\0';
}

static char mark_of(const struct proc *proc)
{
	if (proc->tagged)
		return '*';
	if (proc->stage == PROC_ENDED)
		return 'x';
	return proc->born ? '+' : ' ';
}

/* Return: the bytes it takes, which are columns as well unless it fills itself up. */
static size_t put_cell(const struct column *column, const struct proc *proc,
		       const struct style *style, char *buf)
{
	char text[TEXT_MAX];
	size_t width = (size_t)width_of(column), length, blanks;

	if (column->width < 0)
		return column->text(proc, style, buf);
	length = column->text(proc, style, text);
	if (!length)
		length = text_put(text, "-");
	blanks = width > length ? width - length : 0;
	memset(buf, ' ', blanks);
	memcpy(buf + blanks, text, length);
	return blanks + length;
}

void layout_line(const struct layout *layout, const struct proc *proc, const char *branch,
		 const struct style *style, char *buf)
{
	size_t used = 1, i;
	int columns_used;

	buf[0] = mark_of(proc);
	for (i = 0; i < layout->count; i++) {
		if (is_command(layout->columns[i])) {
			used += text_put(buf + used, branch);
			used += layout->columns[i]->text(proc, style, buf + used);
			break;
		}
		used += put_cell(layout->columns[i], proc, style, buf + used);
		buf[used++] = ' ';
	}
	buf[used] = '\0';
	/* No character takes more columns than bytes. */
	if (used > (size_t)layout->width)
		buf[text_columns(buf, layout->width, &columns_used)] = '\0';
}
