// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "format.h"
#include "writer.h"

/* A late sample of a process may come behind its last record; never as late as this. */
#define FORGET_NS	(5 * NSEC_PER_SEC)
#define CACHE_KIB	"32768"
#define BATCH		20000	/* samples in a transaction */

const char *const loss_names[LOSS_COUNT] = { "lost_records", "dropped", "missed_ticks" };

/* --- SQLite ------------------------------------------------------------------- */

static int run_sql(struct writer *w, const char *sql)
{
	return sqlite3_exec(w->db, sql, NULL, NULL, NULL);
}

static int prepare(struct writer *w, const char *sql, sqlite3_stmt **stmt)
{
	return sqlite3_prepare_v3(w->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
}

static int execute(sqlite3_stmt *stmt)
{
	sqlite3_step(stmt);
	return sqlite3_reset(stmt);
}

static void bind_number(sqlite3_stmt *stmt, int column, uint64_t value)
{
	sqlite3_bind_int64(stmt, column, (sqlite3_int64)value);
}

static void bind_known(sqlite3_stmt *stmt, int column, bool known, int64_t value)
{
	if (known)
		sqlite3_bind_int64(stmt, column, value);
	else
		sqlite3_bind_null(stmt, column);
}

static void bind_name(sqlite3_stmt *stmt, int column, const char *comm)
{
	sqlite3_bind_text(stmt, column, comm, (int)strnlen(comm, TM_COMM_LEN), SQLITE_TRANSIENT);
}

static int begin(struct writer *w)
{
	int err;

	if (w->in_transaction)
		return SQLITE_OK;
	err = run_sql(w, "BEGIN IMMEDIATE");
	w->in_transaction = !err;
	return err;
}

/* --- opening -------------------------------------------------------------------- */

static int prepare_all(struct writer *w)
{
	int err = prepare(w,
			  "INSERT INTO sample(" SAMPLE_COLUMNS ") VALUES("
			  "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			  &w->insert_sample);

	if (!err)
		err = prepare(w, "INSERT INTO process(id, pid, start_time_ns, thread, first_ns,"
				 " tgid, ppid, parent, uid, comm, last_ns, exit_time_ns, exit_code,"
				 " final) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
			      &w->insert_process);
	if (!err)
		err = prepare(w, "UPDATE process SET tgid = ?6, ppid = ?7,"
				 " parent = coalesce(?8, parent), uid = ?9, comm = ?10,"
				 " last_ns = ?11, exit_time_ns = ?12, exit_code = ?13, final = ?14"
				 " WHERE id = ?1", &w->update_process);
	if (!err)
		err = prepare(w, "INSERT INTO loss(time_ns, what, count) VALUES(?,?,?)",
			      &w->insert_loss);
	if (!err)
		err = prepare(w, "INSERT OR REPLACE INTO meta(key, value) VALUES(?,?)",
			      &w->set_meta);
	return err;
}

/*
 * The tables come with the first commit, which is of the old kind, so that the
 * file is empty or a recording that says what it is of.
 */
static int make_tables(struct writer *w)
{
	char sql[2048];
	int err;

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -" CACHE_KIB "; PRAGMA synchronous = FULL;"
		 "BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %d; %s",
		 RECORDING_APPLICATION_ID, RECORDING_VERSION, recording_tables);
	err = run_sql(w, sql);
	w->in_transaction = !err;
	if (!err)
		err = prepare_all(w);
	return err ? err : writer_meta_text(w, "schema", RECORDING_SCHEMA);
}

/* From the first commit on there is a log, which is forced to the disk with each. */
static int begin_log(struct writer *w)
{
	int err;

	if (w->has_log)
		return SQLITE_OK;
	err = run_sql(w, "PRAGMA journal_mode = WAL");
	w->has_log = !err;
	return err;
}

int writer_create(struct writer *w, const char *path, uint64_t max_bytes)
{
	int err;

	memset(w, 0, sizeof(*w));
	if (lives_init(&w->lives))
		return SQLITE_NOMEM;
	err = sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE, NULL);
	if (err)
		return err;
	sqlite3_extended_result_codes(w->db, 1);
	sqlite3_busy_timeout(w->db, 10000);
	err = make_tables(w);
	return err ? err : bound_init(&w->bound, w->db, max_bytes);
}

static int set_meta(struct writer *w, const char *key)
{
	int err = begin(w);

	sqlite3_bind_text(w->set_meta, 1, key, -1, SQLITE_STATIC);
	return err ? err : execute(w->set_meta);
}

int writer_meta_text(struct writer *w, const char *key, const char *value)
{
	sqlite3_bind_text(w->set_meta, 2, value, -1, SQLITE_TRANSIENT);
	return set_meta(w, key);
}

int writer_meta_int(struct writer *w, const char *key, uint64_t value)
{
	bind_number(w->set_meta, 2, value);
	return set_meta(w, key);
}

/* --- samples ---------------------------------------------------------------------- */

/* Where it is new, and at each exec: the same name may be another program's. */
static bool tells_name(const struct life *life, const struct task_sample *record)
{
	if (record->flags & TM_SAMPLE_DENIED)
		return false;
	return record->kind == TM_KIND_FORK || record->kind == TM_KIND_EXEC ||
	       strncmp(life->name, record->comm, sizeof(life->name));
}

static int insert_sample(struct writer *w, struct life *life, const struct task_sample *s)
{
	sqlite3_stmt *stmt = w->insert_sample;
	bool told = !(s->flags & TM_SAMPLE_DENIED);
	char state = (char)s->state;
	int i;

	bind_number(stmt, 1 + SAMPLE_PROCESS, (uint64_t)life->id);
	bind_number(stmt, 1 + SAMPLE_TIME, s->time_ns);
	bind_number(stmt, 1 + SAMPLE_SEQ, s->seq);
	bind_number(stmt, 1 + SAMPLE_KIND, s->kind);
	if (state)
		sqlite3_bind_text(stmt, 1 + SAMPLE_STATE, &state, 1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(stmt, 1 + SAMPLE_STATE);
	bind_known(stmt, 1 + SAMPLE_CPU, told, s->cpu);
	bind_known(stmt, 1 + SAMPLE_THREADS, told, s->threads);
	for (i = 0; i < FIGURE_COUNT; i++)
		bind_known(stmt, 1 + SAMPLE_FIGURES + i, s->valid & figures[i].needs,
			   (int64_t)figure_get(&figures[i], s));
	bind_number(stmt, 1 + SAMPLE_FLAGS, s->flags);
	if (tells_name(life, s)) {
		bind_name(stmt, 1 + SAMPLE_COMM, s->comm);
		memcpy(life->name, s->comm, sizeof(life->name));
	} else {
		sqlite3_bind_null(stmt, 1 + SAMPLE_COMM);
	}
	w->inserted++;
	return execute(stmt);
}

/* All but when and which. */
static bool same_figures(const struct task_sample *a, const struct task_sample *b)
{
	struct task_sample c = *a;

	c.time_ns = b->time_ns;
	c.seq = b->seq;
	return !memcmp(&c, b, sizeof(c));
}

static int unfold(struct writer *w, struct life *life)
{
	if (!life->folded)
		return SQLITE_OK;
	life->folded = false;
	return insert_sample(w, life, &life->last);
}

static int store(struct writer *w, struct life *life, const struct task_sample *record)
{
	int err;

	if (life->stored && record->kind == TM_KIND_PERIODIC && same_figures(&life->last, record)) {
		life->folded = true;
		life->last = *record;
		return SQLITE_OK;
	}
	err = unfold(w, life);
	life->last = *record;
	life->stored = true;
	return err ? err : insert_sample(w, life, record);
}

/* --- processes ---------------------------------------------------------------------- */

static void note_end(struct writer *w, struct life *life, const struct task_sample *record)
{
	life->last_ns = record->time_ns;
	if (record->valid & TM_VALID_EXIT) {
		life->exit_known = true;
		life->exit_time_ns = record->exit_time_ns;
		life->exit_code = record->exit_code;
		life->last_ns = record->exit_time_ns;
	}
	if (record->kind == TM_KIND_EXITING)
		lives_set_stage(&w->lives, life, LIFE_EXITING);
	if (record->kind == TM_KIND_EXIT) {
		life->final = true;
		lives_set_stage(&w->lives, life, LIFE_GONE);
	}
}

/* Of such a record the PID alone is told. */
static int add_denied(struct writer *w, const struct task_sample *record)
{
	struct life *life = lives_of_pid(&w->lives, record->pid);
	int err;

	if (!life || life->stage != LIFE_ALIVE)
		return SQLITE_OK;
	err = unfold(w, life);
	life->last_ns = record->time_ns;
	lives_set_stage(&w->lives, life, LIFE_GONE);
	lives_touch(&w->lives, life);
	return err ? err : insert_sample(w, life, record);
}

static struct life *life_of(struct writer *w, const struct task_sample *record)
{
	struct life *life = lives_find(&w->lives, record);

	if (!life) {
		life = lives_add(&w->lives, record);
		if (life)
			life->id = ++w->last_id;
	}
	return life;
}

/*
 * A sample that was under way at the exit may come behind it, and what happened
 * before the recording began behind its first sample.
 */
static bool is_old_news(const struct life *life, const struct task_sample *record)
{
	bool first = life->stored && life->last.kind == TM_KIND_READ;

	if (life->stage == LIFE_EXITING)
		return record->kind != TM_KIND_EXIT;
	if (life->stage == LIFE_GONE)
		return true;
	return (first || record->kind == TM_KIND_PERIODIC) && record->time_ns < life->last.time_ns;
}

int writer_add(struct writer *w, const struct task_sample *record)
{
	struct life *life;
	int err = begin(w);

	if (err)
		return err;
	w->records += record->seq && record->kind != TM_KIND_READ;
	if (record->seq > w->last_seq)
		w->last_seq = record->seq;
	if (record->time_ns > w->newest_ns)
		w->newest_ns = record->time_ns;
	if (record->flags & TM_SAMPLE_DENIED)
		return add_denied(w, record);
	life = life_of(w, record);
	if (!life)
		return SQLITE_NOMEM;
	if (is_old_news(life, record))
		return SQLITE_OK;
	err = store(w, life, record);
	note_end(w, life, record);
	lives_touch(&w->lives, life);
	return err;
}

/* Its parent's row: whoever has that number, and was there before it. */
static int64_t parent_of(const struct writer *w, const struct life *life)
{
	bool thread = life->last.flags & TM_SAMPLE_THREAD;
	const struct life *parent = lives_of_pid(&w->lives, thread ? life->last.tgid : life->ppid);

	if (!parent || parent == life || parent->last.start_time_ns > life->last.start_time_ns)
		return 0;
	return parent->id;
}

static int write_row(struct writer *w, struct life *life)
{
	sqlite3_stmt *stmt = life->row ? w->update_process : w->insert_process;
	const struct task_sample *s = &life->last;
	int64_t parent = life->parent_told ? 0 : parent_of(w, life);

	bind_number(stmt, 1, (uint64_t)life->id);
	if (!life->row) {
		sqlite3_bind_int(stmt, 2, s->pid);
		bind_number(stmt, 3, s->start_time_ns);
		sqlite3_bind_int(stmt, 4, s->flags & TM_SAMPLE_THREAD ? 1 : 0);
		bind_number(stmt, 5, life->first_ns);
	}
	bind_known(stmt, 6, s->tgid, s->tgid);
	bind_known(stmt, 7, life->ppid, life->ppid);
	bind_known(stmt, 8, parent, parent);
	bind_number(stmt, 9, s->uid);
	bind_name(stmt, 10, s->comm);
	bind_number(stmt, 11, life->last_ns);
	bind_known(stmt, 12, life->exit_known, (int64_t)life->exit_time_ns);
	bind_known(stmt, 13, life->exit_known, life->exit_code);
	sqlite3_bind_int(stmt, 14, life->final);
	life->row = true;
	life->parent_told |= parent != 0;
	return execute(stmt);
}

static int write_rows(struct writer *w)
{
	struct life *life;
	int err = SQLITE_OK;

	while (!err && (life = lives_take_dirty(&w->lives)))
		err = write_row(w, life);
	return err;
}

/* --- the whole ------------------------------------------------------------------------ */

int writer_add_loss(struct writer *w, uint64_t time_ns, enum loss what, uint64_t count)
{
	int err = begin(w);

	if (err || !count)
		return err;
	w->lost[what] += count;
	bind_number(w->insert_loss, 1, time_ns);
	sqlite3_bind_text(w->insert_loss, 2, loss_names[what], -1, SQLITE_STATIC);
	bind_number(w->insert_loss, 3, count);
	return execute(w->insert_loss);
}

static int write_meta(struct writer *w)
{
	int err = writer_meta_int(w, "end_ns", w->end_ns);
	int i;

	if (!err)
		err = writer_meta_int(w, "records", w->records);
	for (i = 0; i < LOSS_COUNT && !err; i++)
		err = writer_meta_int(w, loss_names[i], w->lost[i]);
	if (!err)
		err = writer_meta_int(w, "evicted_samples", w->bound.evicted);
	if (!err && w->bound.evicted)
		err = writer_meta_int(w, "evicted_ns", w->bound.evicted_ns);
	return err;
}

struct cut {
	struct writer *w;
	uint64_t seq;
};

/* Of a run whose first sample is gone the latest is the first now. */
static int restart_run(struct life *life, void *arg)
{
	const struct cut *cut = arg;

	if (life->folded)
		return unfold(cut->w, life);
	if (life->last.seq <= cut->seq)
		life->stored = false;
	return SQLITE_OK;
}

static int evict(struct writer *w)
{
	struct cut cut = { .w = w, .seq = UINT64_MAX };
	int err = bound_evict(&w->bound, w->db, &cut.seq);

	if (err || cut.seq == UINT64_MAX)
		return err;
	return lives_each(&w->lives, restart_run, &cut);
}

int writer_commit(struct writer *w, uint64_t end_ns)
{
	int err = begin(w);

	w->end_ns = end_ns;
	if (!err)
		err = write_rows(w);
	if (!err)
		err = bound_mark(&w->bound, w->last_seq, w->newest_ns);
	if (!err)
		err = evict(w);
	if (!err)
		err = write_meta(w);
	if (!err)
		err = run_sql(w, "COMMIT");
	if (err)
		return err;
	w->in_transaction = false;
	w->inserted = 0;
	err = begin_log(w);
	if (err)
		return err;
	if (w->newest_ns > FORGET_NS)
		lives_forget(&w->lives, w->newest_ns - FORGET_NS);
	return SQLITE_OK;
}

bool writer_wants_commit(const struct writer *w)
{
	/* Each sample dirties a page at most. */
	return w->inserted >= BATCH || (w->bound.db_pages && w->inserted >= w->bound.log_pages);
}

static void close_db(struct writer *w)
{
	sqlite3_finalize(w->insert_sample);
	sqlite3_finalize(w->insert_process);
	sqlite3_finalize(w->update_process);
	sqlite3_finalize(w->insert_loss);
	sqlite3_finalize(w->set_meta);
	sqlite3_close(w->db);
	w->db = NULL;
	bound_free(&w->bound);
	lives_free(&w->lives);
}

static int unfold_one(struct life *life, void *arg)
{
	return unfold(arg, life);
}

/* The log goes into the file, unless somebody reads it right now. */
int writer_end(struct writer *w, uint64_t end_ns)
{
	int err = begin(w);

	if (!err)
		err = lives_each(&w->lives, unfold_one, w);
	if (!err)
		err = writer_meta_int(w, "complete", 1);
	if (!err)
		err = writer_commit(w, end_ns);
	if (err)
		return err;
	sqlite3_busy_timeout(w->db, 0);
	run_sql(w, "PRAGMA journal_mode = DELETE");
	close_db(w);
	return SQLITE_OK;
}

/*
 * Who reads the log needs its index, for which a full disk has no room: both
 * stay where they are.
 */
void writer_abandon(struct writer *w)
{
	int keep = 1;

	if (w->db) {
		if (w->in_transaction)
			run_sql(w, "ROLLBACK");
		sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep);
	}
	close_db(w);
}

uint64_t writer_size(struct writer *w)
{
	sqlite3_file *file = NULL;
	sqlite3_int64 size = 0, log = 0;

	if (!sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_FILE_POINTER, &file) && file->pMethods)
		file->pMethods->xFileSize(file, &size);
	file = NULL;
	if (!sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &file) &&
	    file->pMethods)
		file->pMethods->xFileSize(file, &log);
	return (uint64_t)size + (uint64_t)log;
}
