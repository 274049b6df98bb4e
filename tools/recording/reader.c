// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "open.h"
#include "reader.h"
#include "status.h"

int reader_failed(const struct reader *r, const char *command, int err)
{
	return recording_db_failed(command, r->path, r->db, err);
}

/* --- meta --------------------------------------------------------------------------- */

#define META_NUMBER(name)	{ #name, offsetof(struct meta, name), false }
#define META_TEXT(name)		{ #name, offsetof(struct meta, name), true }

static const struct meta_key {
	const char *name;
	size_t offset;
	bool text;
} meta_keys[] = {
	META_NUMBER(begin_ns), META_NUMBER(end_ns), META_NUMBER(begin_realtime_ns),
	META_NUMBER(begin_boottime_ns), META_NUMBER(interval_ns), META_NUMBER(cpus),
	META_NUMBER(page_bytes), META_NUMBER(complete), META_NUMBER(records),
	META_NUMBER(lost_records), META_NUMBER(dropped), META_NUMBER(missed_ticks),
	META_NUMBER(evicted_samples), META_NUMBER(evicted_ns), META_TEXT(scope),
	META_TEXT(command), META_TEXT(hostname), META_TEXT(kernel), META_TEXT(module_version),
	META_TEXT(tool_version),
};

static const char *text_of(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text ? (const char *)text : "";
}

static void take_meta(struct meta *meta, sqlite3_stmt *stmt)
{
	const char *name = text_of(stmt, 0);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(meta_keys); i++) {
		char *to = (char *)meta + meta_keys[i].offset;

		if (strcmp(name, meta_keys[i].name))
			continue;
		if (meta_keys[i].text)
			snprintf(to, META_TEXT_MAX, "%s", text_of(stmt, 1));
		else
			*(uint64_t *)to = (uint64_t)sqlite3_column_int64(stmt, 1);
	}
}

static int read_meta(struct reader *r)
{
	sqlite3_stmt *stmt;
	int err = sqlite3_prepare_v2(r->db, "SELECT key, value FROM meta", -1, &stmt, NULL);

	if (err)
		return err;
	while ((err = sqlite3_step(stmt)) == SQLITE_ROW)
		take_meta(&r->meta, stmt);
	sqlite3_finalize(stmt);
	return err == SQLITE_DONE ? SQLITE_OK : err;
}

/* --- processes ------------------------------------------------------------------------ */

static int compare_id(const void *key, const void *process)
{
	int64_t id = *(const int64_t *)key, other = ((const struct process *)process)->id;

	return id < other ? -1 : id > other;
}

static int64_t index_of(const struct reader *r, int64_t id)
{
	const struct process *found = r->count ? bsearch(&id, r->processes, r->count,
							 sizeof(*found), compare_id) : NULL;

	return found ? found - r->processes : -1;
}

static bool known(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) != SQLITE_NULL;
}

/* By how much the clock that starts are told in, and that goes on in suspend, is ahead. */
static uint64_t suspended_ns(const struct meta *meta)
{
	return meta->begin_boottime_ns ? meta->begin_boottime_ns - meta->begin_ns : 0;
}

static void take_process(const struct meta *meta, struct process *p, sqlite3_stmt *stmt)
{
	memset(p, 0, sizeof(*p));
	p->id = sqlite3_column_int64(stmt, 0);
	p->pid = sqlite3_column_int(stmt, 1);
	p->start_time_ns = (uint64_t)sqlite3_column_int64(stmt, 2);
	p->start_ns = (int64_t)(p->start_time_ns - suspended_ns(meta));
	p->tgid = sqlite3_column_int(stmt, 3);
	p->ppid = sqlite3_column_int(stmt, 4);
	p->parent = known(stmt, 5) ? sqlite3_column_int64(stmt, 5) : -1;
	p->uid_known = known(stmt, 6);
	p->uid = (uint32_t)sqlite3_column_int64(stmt, 6);
	strncpy(p->comm, text_of(stmt, 7), sizeof(p->comm) - 1);
	p->thread = sqlite3_column_int(stmt, 8);
	p->first_ns = (uint64_t)sqlite3_column_int64(stmt, 9);
	p->last_ns = (uint64_t)sqlite3_column_int64(stmt, 10);
	p->exit_known = known(stmt, 11);
	p->exit_time_ns = (uint64_t)sqlite3_column_int64(stmt, 11);
	p->exit_code = sqlite3_column_int(stmt, 12);
	p->final = sqlite3_column_int(stmt, 13);
}

static int add_process(struct reader *r, size_t *room, sqlite3_stmt *stmt)
{
	if (r->count == *room) {
		size_t wanted = 2 * *room + 64;
		struct process *bigger = realloc(r->processes, wanted * sizeof(*bigger));

		if (!bigger)
			return SQLITE_NOMEM;
		r->processes = bigger;
		*room = wanted;
	}
	take_process(&r->meta, &r->processes[r->count++], stmt);
	return SQLITE_ROW;
}

static int read_processes(struct reader *r)
{
	sqlite3_stmt *stmt;
	size_t room = 0, i;
	int err = sqlite3_prepare_v2(r->db,
				     "SELECT id, pid, start_time_ns, tgid, ppid, parent, uid,"
				     " comm, thread, first_ns, last_ns, exit_time_ns, exit_code,"
				     " final FROM process ORDER BY id",
				     -1, &stmt, NULL);

	if (err)
		return err;
	while ((err = sqlite3_step(stmt)) == SQLITE_ROW) {
		err = add_process(r, &room, stmt);
		if (err != SQLITE_ROW)
			break;
	}
	sqlite3_finalize(stmt);
	for (i = 0; i < r->count; i++)
		r->processes[i].parent = index_of(r, r->processes[i].parent);
	return err == SQLITE_DONE ? SQLITE_OK : err;
}

/* --- the whole -------------------------------------------------------------------------- */

static int read_tables(struct reader *r)
{
	int err = sqlite3_exec(r->db, "SELECT " SAMPLE_COLUMNS " FROM sample LIMIT 0", NULL, NULL,
			       NULL);

	if (!err)
		err = read_meta(r);
	return err ? err : read_processes(r);
}

int reader_open(struct reader *r, const char *command, const char *path)
{
	int status, err;

	*r = (struct reader){ .path = path };
	status = recording_db_open(command, path, &r->db);
	if (!status) {
		err = read_tables(r);
		status = err ? reader_failed(r, command, err) : STATUS_DONE;
	}
	if (status)
		reader_close(r);
	return status;
}

void reader_close(struct reader *r)
{
	sqlite3_close(r->db);
	free(r->processes);
	*r = (struct reader){ 0 };
}

/* --- samples ---------------------------------------------------------------------------- */

static void take_sample(const struct process *p, struct task_sample *s, sqlite3_stmt *stmt)
{
	int i;

	memset(s, 0, sizeof(*s));
	s->pid = p->pid;
	s->tgid = p->tgid;
	s->ppid = p->ppid;
	s->uid = p->uid;
	s->start_time_ns = p->start_time_ns;
	s->time_ns = (__u64)sqlite3_column_int64(stmt, SAMPLE_TIME);
	s->seq = (__u64)sqlite3_column_int64(stmt, SAMPLE_SEQ);
	s->kind = (__u8)sqlite3_column_int(stmt, SAMPLE_KIND);
	s->state = (__u8)*text_of(stmt, SAMPLE_STATE);
	s->cpu = (__u32)sqlite3_column_int64(stmt, SAMPLE_CPU);
	s->threads = (__u32)sqlite3_column_int64(stmt, SAMPLE_THREADS);
	for (i = 0; i < FIGURE_COUNT; i++) {
		if (!known(stmt, SAMPLE_FIGURES + i))
			continue;
		figure_set(&figures[i], s,
			   (uint64_t)sqlite3_column_int64(stmt, SAMPLE_FIGURES + i));
		s->valid |= figures[i].needs;
	}
	s->flags = (__u16)sqlite3_column_int(stmt, SAMPLE_FLAGS);
	strncpy(s->comm, text_of(stmt, SAMPLE_COMM), sizeof(s->comm) - 1);
}

int reader_each(struct reader *r, enum order order,
		bool (*visit)(size_t process, const struct task_sample *sample, void *arg),
		void *arg)
{
	const char *sql = order == BY_TIME
		? "SELECT " SAMPLE_COLUMNS " FROM sample ORDER BY seq, process"
		: "SELECT " SAMPLE_COLUMNS " FROM sample ORDER BY process, seq";
	struct task_sample sample;
	sqlite3_stmt *stmt;
	int err = sqlite3_prepare_v2(r->db, sql, -1, &stmt, NULL);

	if (err)
		return err;
	while ((err = sqlite3_step(stmt)) == SQLITE_ROW) {
		int64_t process = index_of(r, sqlite3_column_int64(stmt, SAMPLE_PROCESS));

		if (process < 0)
			continue;
		take_sample(&r->processes[process], &sample, stmt);
		if (!visit((size_t)process, &sample, arg)) {
			err = SQLITE_DONE;
			break;
		}
	}
	sqlite3_finalize(stmt);
	return err == SQLITE_DONE ? SQLITE_OK : err;
}
