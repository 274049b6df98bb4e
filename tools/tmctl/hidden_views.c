// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "hidden_views.h"
#include "tmctl.h"

struct sighting *look_add(struct look *look, int32_t pid, unsigned int view)
{
	struct sighting *row;

	if (look->n == look->room) {
		size_t room = look->room ? 2 * look->room : 256;
		struct sighting *rows = reallocarray(look->rows, room, sizeof(*rows));

		if (!rows)
			return NULL;
		look->rows = rows;
		look->room = room;
	}
	row = &look->rows[look->n++];
	memset(row, 0, sizeof(*row));
	row->pid = pid;
	row->seen = view;
	return row;
}

static int by_pid(const void *a, const void *b)
{
	int32_t left = ((const struct sighting *)a)->pid, right = ((const struct sighting *)b)->pid;

	return (left > right) - (left < right);
}

static void merge(struct sighting *to, const struct sighting *from)
{
	to->seen |= from->seen;
	to->silent |= from->silent;
	to->exited |= from->exited;
	if (from->seen & SEEN_TABLE)
		to->table_ns = from->table_ns;
	if (from->seen & SEEN_LIST)
		to->list_ns = from->list_ns;
	if (from->known && !to->known) {
		to->known = true;
		to->uid = from->uid;
		memcpy(to->comm, from->comm, sizeof(to->comm));
	}
}

void look_merge(struct look *look)
{
	size_t i, n = 0;

	if (!look->n)
		return;
	qsort(look->rows, look->n, sizeof(*look->rows), by_pid);
	for (i = 1; i < look->n; i++) {
		if (look->rows[i].pid == look->rows[n].pid)
			merge(&look->rows[n], &look->rows[i]);
		else
			look->rows[++n] = look->rows[i];
	}
	look->n = n + 1;
}

struct sighting *look_find(const struct look *look, int32_t pid)
{
	struct sighting key = { .pid = pid };

	return look->n ? bsearch(&key, look->rows, look->n, sizeof(key), by_pid) : NULL;
}

void look_free(struct look *look)
{
	free(look->rows);
	memset(look, 0, sizeof(*look));
}

unsigned int look_lacks(const struct sighting *row)
{
	return SEEN_IN_ALL & ~row->seen & ~row->silent & ~(row->exited ? SEEN_TABLE : 0);
}

unsigned int hidden_from(const struct sighting *first, const struct sighting *second)
{
	unsigned int both = first->seen & second->seen;
	bool same = (both & SEEN_TABLE && first->table_ns == second->table_ns) ||
		    (both & SEEN_LIST && first->list_ns == second->list_ns) ||
		    (both & SEEN_PROC && first->proc_ticks == second->proc_ticks);

	return same ? look_lacks(first) & look_lacks(second) : 0;
}

static void append(char *buf, size_t size, const char *separator, const char *text)
{
	size_t length = strlen(buf);

	if (length) {
		strncat(buf, separator, size - length - 1);
		length = strlen(buf);
	}
	strncat(buf, text, size - length - 1);
}

void view_names(unsigned int views, char *buf)
{
	static const char *const names[] = {
		"table", "list", "getdents", "readdir", "proc", "kill",
	};
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (views & 1U << i)
			append(buf, VIEW_NAMES_MAX, ",", names[i]);
	}
}

/*
 * /proc and kill(2) find processes by the PID table: what they lack because
 * that lacks it needs no reason of its own.
 */
void hidden_reason(unsigned int views, const struct proc_mount *mount, char *buf)
{
	unsigned int names = views & (SEEN_GETDENTS | SEEN_READDIR);

	buf[0] = '\0';
	if (views & SEEN_LIST)
		append(buf, REASON_MAX, ", ", "unlinked from the task list");
	if (views & SEEN_TABLE) {
		append(buf, REASON_MAX, ", ", "removed from the PID table");
		return;
	}
	if (names == SEEN_READDIR)
		append(buf, REASON_MAX, ", ", "LD_PRELOAD filter");
	if (mount->hidepid && (names & SEEN_GETDENTS || views & SEEN_PROC))
		append(buf, REASON_MAX, ", ", "hidepid of /proc");
	else if (names & SEEN_GETDENTS)
		append(buf, REASON_MAX, ", ", "names in /proc filtered in the kernel");
	if (views & SEEN_PROC && mount->covered)
		append(buf, REASON_MAX, ", ", "mount over its /proc directory");
	else if (views & SEEN_PROC && !mount->hidepid)
		append(buf, REASON_MAX, ", ", "its /proc directory filtered in the kernel");
	if (views & SEEN_KILL)
		append(buf, REASON_MAX, ", ", "kill(2) filtered in the kernel");
}
