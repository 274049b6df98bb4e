// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hidden_module.h"

/* On a busy machine there may be more each time that one asks. */
#define TRIES_MAX	16

/**
 * struct source - where records of processes can be had
 * @from: the session or device
 * @size: bytes of a record
 * @fetch: put @n of them at @records; as tm_session_batch()
 * @see: add one to a look. 0, or ENOMEM
 */
struct source {
	void *from;
	size_t size;
	ssize_t (*fetch)(void *from, void *records, size_t n, size_t *total);
	int (*see)(struct look *look, const void *record);
};

static int see_all(const struct source *source, struct look *look, const char *records, ssize_t n)
{
	int err = 0;

	for (; n-- && !err; records += source->size)
		err = source->see(look, records);
	return err;
}

static int take(const struct source *source, struct look *look)
{
	size_t room = 256, total = 0;
	int tries, err = EAGAIN;
	char *records;
	ssize_t n;

	for (tries = 0; err == EAGAIN && tries < TRIES_MAX; tries++) {
		records = calloc(room, source->size);
		if (!records)
			return ENOMEM;
		n = source->fetch(source->from, records, room, &total);
		if (n < 0)
			err = errno;
		else if (total <= room)
			err = see_all(source, look, records, n);
		free(records);
		room = total + total / 4 + 64;
	}
	return err;
}

static int see(struct look *look, struct sighting row, const char *comm)
{
	struct sighting *to = look_add(look, row.pid, row.seen);

	if (!to)
		return ENOMEM;
	*to = row;
	to->known = true;
	memcpy(to->comm, comm, sizeof(to->comm));
	return 0;
}

static ssize_t fetch_table(void *from, void *records, size_t n, size_t *total)
{
	return tm_session_batch(from, records, n, total, NULL);
}

static int see_sample(struct look *look, const void *record)
{
	const struct task_sample *s = record;

	return see(look, (struct sighting){ .pid = s->pid, .seen = SEEN_TABLE, .uid = s->uid,
					    .table_ns = s->start_time_ns }, s->comm);
}

int module_table(const char *device, struct look *look)
{
	const struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.scope = TM_SCOPE_SYSTEM,
		.ring_records = TM_RING_RECORDS_MIN,
		.kinds = 1U << TM_KIND_EXIT,
	};
	struct source source = { NULL, sizeof(struct task_sample), fetch_table, see_sample };
	int err;

	source.from = tm_session_open(device, &attr);
	if (!source.from)
		return errno;
	err = take(&source, look);
	tm_session_close(source.from);
	return err;
}

static ssize_t fetch_list(void *from, void *records, size_t n, size_t *total)
{
	return tm_tasks_list(from, records, n, total);
}

static int see_task(struct look *look, const void *record)
{
	const struct tm_task *t = record;

	return see(look, (struct sighting){ .pid = t->pid, .seen = SEEN_LIST, .uid = t->uid,
					    .list_ns = t->start_time_ns,
					    .exited = t->flags & TM_TASK_EXITED }, t->comm);
}

int module_list(struct tm_device *dev, struct look *look)
{
	const struct source source = { dev, sizeof(struct tm_task), fetch_list, see_task };

	return take(&source, look);
}
