// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recording as a trace of Chrome's kind, which Perfetto reads too: an object
 * with a list of events, each with "ph" (its kind), "ts" (microseconds, here
 * since the recording began), "pid", "tid" and "args".
 *
 *	M	a process's or thread's name
 *	X	from a process's start to its end
 *	C	CPU use, from one sample to the next; resident set
 *	i	an exec, an exit
 *
 * A PID that came again is another process: the later ones have numbers that no
 * PID can be, so that a viewer keeps them apart. "args" always has the PID.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export_formats.h"
#include "json.h"
#include "usage.h"

#define PID_LIMIT	(4 * 1024 * 1024)	/* no PID is so great: PID_MAX_LIMIT */

/**
 * struct track - where a process is shown
 * @pid: the number of its process in the trace
 * @tid: of its thread
 */
struct track {
	int64_t pid;
	int64_t tid;
};

/**
 * struct trace - one trace
 * @reader: the recording
 * @out: where it goes
 * @tracks: of each process
 * @comma: an event stands before the next one
 * @current: the process that @last is of
 * @have_last: whether there is a last one
 * @last: its sample before this one
 * @last_ns: when that was
 */
struct trace {
	const struct reader *reader;
	FILE *out;
	struct track *tracks;
	bool comma;
	size_t current;
	bool have_last;
	struct task_sample last;
	uint64_t last_ns;
};

/* --- events --------------------------------------------------------------------------- */

/* Microseconds since the beginning; what was before that is at it. */
static void put_time(struct trace *t, const char *key, uint64_t ns)
{
	fprintf(t->out, ",\"%s\":%" PRIu64 ".%03" PRIu64, key, ns / 1000, ns % 1000);
}

static uint64_t since_begin(const struct trace *t, int64_t time_ns)
{
	int64_t begin = (int64_t)t->reader->meta.begin_ns;

	return time_ns > begin ? (uint64_t)(time_ns - begin) : 0;
}

static void begin_event(struct trace *t, char phase, const char *name, size_t process)
{
	fprintf(t->out, "%s\n{\"ph\":\"%c\",\"pid\":%" PRId64 ",\"tid\":%" PRId64 ",\"name\":",
		t->comma ? "," : "", phase, t->tracks[process].pid, t->tracks[process].tid);
	json_quote(t->out, name, strlen(name));
	t->comma = true;
}

static void name_event(struct trace *t, const char *what, size_t i)
{
	const struct process *p = &t->reader->processes[i];

	begin_event(t, 'M', what, i);
	fputs(",\"args\":{\"name\":", t->out);
	json_quote(t->out, p->comm, strnlen(p->comm, sizeof(p->comm)));
	fputs("}}", t->out);
}

static void life_event(struct trace *t, size_t i)
{
	const struct process *p = &t->reader->processes[i];
	uint64_t from = since_begin(t, p->start_ns);
	uint64_t to = since_begin(t, (int64_t)process_end_ns(p, &t->reader->meta));
	char name[TM_COMM_LEN + 1];

	snprintf(name, sizeof(name), "%s", p->comm);
	begin_event(t, 'X', name, i);
	fputs(",\"cat\":\"process\"", t->out);
	put_time(t, "ts", from);
	put_time(t, "dur", to > from ? to - from : 0);
	fprintf(t->out, ",\"args\":{\"pid\":%" PRId32 ",\"ppid\":%" PRId32 ",\"uid\":%" PRIu32
		",\"start_time_ns\":%" PRIu64, p->pid, p->ppid, p->uid, p->start_time_ns);
	if (p->exit_known)
		fprintf(t->out, ",\"exit_code\":%" PRId32, p->exit_code);
	fputs("}}", t->out);
}

/* A mark on the process's own line. */
static void instant_event(struct trace *t, size_t i, const char *what, uint64_t time_ns,
			  const struct process *ended)
{
	begin_event(t, 'i', what, i);
	fputs(",\"cat\":\"process\",\"s\":\"p\"", t->out);
	put_time(t, "ts", since_begin(t, (int64_t)time_ns));
	fprintf(t->out, ",\"args\":{\"pid\":%" PRId32, t->reader->processes[i].pid);
	if (ended)
		fprintf(t->out, ",\"exit_code\":%" PRId32, ended->exit_code);
	fputs("}}", t->out);
}

static void cpu_event(struct trace *t, size_t i, uint64_t time_ns, double usr, double sys)
{
	begin_event(t, 'C', "CPU %", i);
	put_time(t, "ts", since_begin(t, (int64_t)time_ns));
	fprintf(t->out, ",\"args\":{\"usr\":%.3f,\"sys\":%.3f}}", usr, sys);
}

static void rss_event(struct trace *t, size_t i, uint64_t time_ns, uint64_t bytes)
{
	begin_event(t, 'C', "RSS bytes", i);
	put_time(t, "ts", since_begin(t, (int64_t)time_ns));
	fprintf(t->out, ",\"args\":{\"rss\":%" PRIu64 "}}", bytes);
}

/* --- samples ---------------------------------------------------------------------------- */

static double percent(uint64_t from, uint64_t to, uint64_t duration_ns)
{
	return to > from ? 100.0 * (double)(to - from) / (double)duration_ns : 0;
}

/* A counter of a viewer holds from its time on, so it is told where the stretch begins. */
static void tell_cpu(struct trace *t, size_t i, const struct task_sample *s, uint64_t at_ns)
{
	uint64_t duration = at_ns - t->last_ns;

	cpu_event(t, i, t->last_ns, percent(t->last.utime, s->utime, duration),
		  percent(t->last.stime, s->stime, duration));
}

/* Nobody uses anything after the end. */
static void end_counters(struct trace *t)
{
	const struct process *p = &t->reader->processes[t->current];
	uint64_t end = process_end_ns(p, &t->reader->meta);

	if (!t->have_last)
		return;
	cpu_event(t, t->current, t->last_ns, 0, 0);
	if (p->exit_known)
		rss_event(t, t->current, end > t->last_ns ? end : t->last_ns, 0);
	t->have_last = false;
}

static void begin_counters(struct trace *t, size_t i)
{
	const struct process *p = &t->reader->processes[i];

	end_counters(t);
	t->current = i;
	if (!process_is_new(p, &t->reader->meta))
		return;
	t->have_last = true;
	t->last_ns = (uint64_t)p->start_ns;
	memset(&t->last, 0, sizeof(t->last));
}

static void tell_marks(struct trace *t, size_t i, const struct task_sample *s)
{
	const struct process *p = &t->reader->processes[i];
	char what[TM_COMM_LEN + 8];

	if (s->kind == TM_KIND_EXEC) {
		snprintf(what, sizeof(what), "exec %s", s->comm);
		instant_event(t, i, what, s->time_ns, NULL);
	}
	if (s->kind == TM_KIND_EXIT && p->exit_known)
		instant_event(t, i, "exit", p->exit_time_ns, p);
}

static bool add_sample(size_t i, const struct task_sample *s, void *arg)
{
	struct trace *t = arg;
	const struct process *p = &t->reader->processes[i];
	uint64_t at_ns = s->time_ns;

	if (p->exit_known && p->exit_time_ns < at_ns)
		at_ns = p->exit_time_ns;
	if (i != t->current || t->current == SIZE_MAX)
		begin_counters(t, i);
	tell_marks(t, i, s);
	if (s->valid & TM_VALID_MEM)
		rss_event(t, i, at_ns, s->rss_bytes);
	if (!(s->valid & TM_VALID_CPU))
		return !ferror(t->out);
	if (t->have_last && at_ns > t->last_ns)
		tell_cpu(t, i, s, at_ns);
	if (!t->have_last || at_ns > t->last_ns) {
		t->last = *s;
		t->last_ns = at_ns;
		t->have_last = true;
	}
	return !ferror(t->out);
}

/* --- the whole ------------------------------------------------------------------------------ */

static int compare_pid(const void *a, const void *b, void *arg)
{
	const struct process *processes = arg;
	const struct process *x = &processes[*(const size_t *)a];
	const struct process *y = &processes[*(const size_t *)b];

	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Threads are shown in their process, so each PID's lives are told apart by its main start. */
static int set_tracks(struct trace *t)
{
	const struct reader *r = t->reader;
	size_t *order = calloc(r->count + 1, sizeof(*order)), i;
	int32_t taken = 0;

	if (!order)
		return SQLITE_NOMEM;
	for (i = 0; i < r->count; i++)
		order[i] = i;
	qsort_r(order, r->count, sizeof(*order), compare_pid, r->processes);
	for (i = 0; i < r->count; i++) {
		const struct process *p = &r->processes[order[i]];
		struct track *track = &t->tracks[order[i]];
		int32_t number = p->tgid ? p->tgid : p->pid;
		bool again = i && !p->thread && number == taken;

		track->pid = again ? PID_LIMIT + p->id : number;
		track->tid = again ? track->pid : p->pid;
		if (!p->thread)
			taken = number;
	}
	free(order);
	return SQLITE_OK;
}

static void put_head(struct trace *t)
{
	const struct meta *meta = &t->reader->meta;

	fputs("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"schema\":\"taskmonitor.trace/1\"",
	      t->out);
	fputs(",\"command\":", t->out);
	json_quote(t->out, meta->command, strlen(meta->command));
	fputs(",\"hostname\":", t->out);
	json_quote(t->out, meta->hostname, strlen(meta->hostname));
	fprintf(t->out, ",\"begin_realtime_ns\":%" PRIu64 ",\"lost_records\":%" PRIu64
		"},\"traceEvents\":[", meta->begin_realtime_ns, meta->lost_records);
}

static int put_events(struct trace *t, struct reader *reader)
{
	size_t i;
	int err;

	put_head(t);
	for (i = 0; i < reader->count; i++) {
		if (!reader->processes[i].thread)
			name_event(t, "process_name", i);
		name_event(t, "thread_name", i);
		life_event(t, i);
	}
	err = reader_each(reader, BY_PROCESS, add_sample, t);
	if (!err)
		end_counters(t);
	fputs("\n]}\n", t->out);
	return err;
}

int export_trace(struct reader *reader, FILE *out)
{
	struct trace trace = { .reader = reader, .out = out, .current = SIZE_MAX };
	int err = SQLITE_NOMEM;

	trace.tracks = calloc(reader->count + 1, sizeof(*trace.tracks));
	if (trace.tracks)
		err = set_tracks(&trace);
	if (!err)
		err = put_events(&trace, reader);
	free(trace.tracks);
	return err;
}
