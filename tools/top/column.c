// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>

#include "chart.h"
#include "clock.h"
#include "column.h"
#include "outcome.h"
#include "users.h"

#define HISTORY_WIDTH	10
#define USER_WIDTH	8

/* --- keys to sort by: 0 is not known ---------------------------------------------- */

/* In nanoseconds gained a second, which is fine enough and fits. */
static uint64_t per_second(const struct proc *proc, uint64_t gained)
{
	return proc->elapsed_ns ? gained * 1000 / (proc->elapsed_ns / 1000000 + 1) + 1 : 0;
}

#define GAIN_KEY(name, needs, member) \
static uint64_t name(const struct proc *proc) \
{ \
	uint64_t gained; \
	return PROC_GAINED(proc, needs, member, &gained) ? per_second(proc, gained) : 0; \
}
GAIN_KEY(key_usr, TM_VALID_CPU, utime)
GAIN_KEY(key_sys, TM_VALID_CPU, stime)
GAIN_KEY(key_wait, TM_VALID_RUN_DELAY, run_delay_ns)
GAIN_KEY(key_majflt, TM_VALID_FAULTS, maj_flt)
GAIN_KEY(key_read, TM_VALID_IO_BYTES, read_bytes)
GAIN_KEY(key_write, TM_VALID_IO_BYTES, write_bytes)

#define FIGURE_KEY(name, needs, value) \
static uint64_t name(const struct proc *proc) \
{ \
	return (proc->now->valid & (needs)) == (needs) ? (value) + 1 : 0; \
}
FIGURE_KEY(key_res, TM_VALID_MEM, proc->now->rss_bytes)
FIGURE_KEY(key_swap, TM_VALID_MEM, proc->now->swap_bytes)
FIGURE_KEY(key_time, TM_VALID_CPU, proc->now->utime + proc->now->stime)
FIGURE_KEY(key_threads, 0, (uint64_t)proc->now->threads)
FIGURE_KEY(key_pid, 0, ~(uint64_t)(uint32_t)proc->pid - 1)
FIGURE_KEY(key_ppid, 0, ~(uint64_t)(uint32_t)proc->now->ppid - 1)
FIGURE_KEY(key_cpu_number, 0, ~(uint64_t)proc->now->cpu - 1)
FIGURE_KEY(key_start, 0, proc->start_time_ns)

static uint64_t key_cpu(const struct proc *proc)
{
	return proc->cpu_known ? per_second(proc, proc->cpu_ns) : 0;
}

/* Who runs first, then those that wait for a disk; sleepers last. */
static uint64_t key_state(const struct proc *proc)
{
	static const char order[] = "ISPXZtTDR";
	const char *place = proc->now->state ? strchr(order, proc->now->state) : NULL;

	return place ? (uint64_t)(place - order) + 1 : 0;
}

/* By the alphabet: the first eight bytes; who is equal in them is told apart by the rest. */
static uint64_t key_string(const char *s)
{
	uint64_t key = 0;
	int i;

	for (i = 0; i < 8; i++) {
		unsigned char c = (unsigned char)*s;

		key = key << 8 | c;
		s += c != 0;
	}
	return ~key;
}

static uint64_t key_user(const struct proc *proc)
{
	return key_string(user_name(proc->now->uid));
}

static uint64_t key_name(const struct proc *proc)
{
	return key_string(proc->now->comm);
}

/* --- text ------------------------------------------------------------------------------ */

#define SHOW(name, expression) \
static size_t name(const struct proc *proc, const struct style *style, char *buf) \
{ \
	(void)style; \
	return expression; \
}
SHOW(show_pid, text_uint(buf, (uint32_t)proc->pid))
SHOW(show_ppid, text_uint(buf, (uint32_t)proc->now->ppid))
SHOW(show_threads, proc->now->flags & TM_SAMPLE_THREAD ? 0 : text_uint(buf, proc->now->threads))
SHOW(show_cpu_number, text_uint(buf, proc->now->cpu))

/* A time as a share of the time between, in tenths of a percent of one CPU. */
static size_t show_percent(const struct proc *proc, bool known, uint64_t gained, char *buf)
{
	if (!known || !proc->elapsed_ns)
		return 0;
	return text_tenths(buf, (gained * 1000 + proc->elapsed_ns / 2) / proc->elapsed_ns);
}

SHOW(show_cpu, show_percent(proc, proc->cpu_known, proc->cpu_ns, buf))

#define SHOW_PERCENT(name, needs, member) \
static size_t name(const struct proc *proc, const struct style *style, char *buf) \
{ \
	uint64_t gained = 0; \
	bool known = PROC_GAINED(proc, needs, member, &gained); \
	(void)style; \
	return show_percent(proc, known, gained, buf); \
}
SHOW_PERCENT(show_usr, TM_VALID_CPU, utime)
SHOW_PERCENT(show_sys, TM_VALID_CPU, stime)
SHOW_PERCENT(show_wait, TM_VALID_RUN_DELAY, run_delay_ns)

static uint64_t rate(const struct proc *proc, uint64_t gained)
{
	double seconds = (double)proc->elapsed_ns / (double)NSEC_PER_SEC;

	return (uint64_t)((double)gained / seconds + 0.5);
}

#define SHOW_RATE(name, needs, member, put) \
static size_t name(const struct proc *proc, const struct style *style, char *buf) \
{ \
	uint64_t gained; \
	(void)style; \
	if (!PROC_GAINED(proc, needs, member, &gained) || !proc->elapsed_ns) \
		return 0; \
	return put(buf, gained ? rate(proc, gained) : 0); \
}
SHOW_RATE(show_majflt, TM_VALID_FAULTS, maj_flt, text_uint)
SHOW_RATE(show_read, TM_VALID_IO_BYTES, read_bytes, text_size)
SHOW_RATE(show_write, TM_VALID_IO_BYTES, write_bytes, text_size)

static bool has(const struct proc *proc, uint64_t needs)
{
	return proc->now->valid & needs;
}

SHOW(show_res, has(proc, TM_VALID_MEM) ? text_size(buf, proc->now->rss_bytes) : 0)
SHOW(show_swap, has(proc, TM_VALID_MEM) ? text_size(buf, proc->now->swap_bytes) : 0)
SHOW(show_time, has(proc, TM_VALID_CPU) ?
     text_cpu_time(buf, proc->now->utime + proc->now->stime) : 0)

static size_t show_state(const struct proc *proc, const struct style *style, char *buf)
{
	char letter = (char)proc->now->state;

	(void)style;
	buf[0] = letter > ' ' && letter <= '~' ? letter : '?';
	buf[1] = '\0';
	return 1;
}

/* To the left of @width columns, the rest blank. */
static size_t fill(char *buf, size_t length, int used, int width)
{
	for (; used < width; used++)
		buf[length++] = ' ';
	buf[length] = '\0';
	return length;
}

static size_t show_user(const struct proc *proc, const struct style *style, char *buf)
{
	int used;
	size_t length = text_name(buf, user_name(proc->now->uid), USER_WIDTH, style->utf8, &used);

	return fill(buf, length, used, USER_WIDTH);
}

static size_t show_history(const struct proc *proc, const struct style *style, char *buf)
{
	unsigned int ago = HISTORY_WIDTH;
	size_t length = 0;

	while (ago--) {
		int height = proc_height(proc, ago);

		length += text_put(buf + length,
				   height < 0 ? " " : chart_bar((unsigned int)height, style->utf8));
	}
	return length;
}

static size_t show_command(const struct proc *proc, const struct style *style, char *buf)
{
	static const struct field outcome = {
		.type = &field_outcome, FIELD_AT(struct task_sample, exit_code),
	};
	int used;
	size_t length = text_name(buf, proc->now->comm, TM_COMM_LEN * 2, style->utf8, &used);

	if (proc->stage != PROC_ENDED)
		return length;
	length += text_put(buf + length, " [");
	if (has(proc, TM_VALID_EXIT)) {
		field_to_text(&outcome, proc->now, 0, buf + length);
		length += strlen(buf + length);
	} else {
		length += text_put(buf + length, "-");
	}
	return length + text_put(buf + length, "]");
}

/* --- for programs ------------------------------------------------------------------------ */

/* A process as a record of fields. */
struct record {
	struct task_sample sample;
	uint64_t screen;
	uint64_t realtime_ns;
	uint64_t elapsed_ns;
	uint64_t cpu_time_ns;
	double cpu;
	double usr;
	double sys;
	double wait;
	double majflt;
	double read;
	double write;
	const char *user;
	uint32_t flags;
};

#define FLAG_BORN	(1U << 0)
#define FLAG_ENDED	(1U << 1)

/* Bits beside TM_VALID_*, from the other end: what else a figure may need. */
#define HAVE_CPU	(1ULL << 63)
#define HAVE_WAIT	(1ULL << 62)
#define HAVE_FAULTS	(1ULL << 61)
#define HAVE_IO		(1ULL << 60)
#define HAVE_OURS	(HAVE_CPU | HAVE_WAIT | HAVE_FAULTS | HAVE_IO)

#define SAMPLE(member)	FIELD_AT(struct record, sample.member)
#define OURS(member)	FIELD_AT(struct record, member)

/* In the order of printing. Keys stay for ever. */
const struct column columns[] = {
	{ .field = { "screen", NULL, NULL, &field_number, OURS(screen) } },
	{ .field = { "realtime_ns", NULL, NULL, &field_wallclock, OURS(realtime_ns) } },
	{ .field = { "time_ns", NULL, NULL, &field_seconds, SAMPLE(time_ns) } },
	{ .field = { "duration_ns", NULL, NULL, &field_seconds, OURS(elapsed_ns),
		     .zero_unknown = true } },
	{ { "pid", "PID", NULL, &field_signed, SAMPLE(pid) },
	  "pid", 7, 0, key_pid, show_pid },
	{ .field = { "tgid", NULL, NULL, &field_signed, SAMPLE(tgid) } },
	{ { "ppid", "PPID", NULL, &field_signed, SAMPLE(ppid) },
	  "ppid", 7, 11, key_ppid, show_ppid },
	{ .field = { "uid", NULL, NULL, &field_number, SAMPLE(uid) } },
	{ { "user", "USER", NULL, &field_string, OURS(user) },
	  "user", -USER_WIDTH, 4, key_user, show_user },
	{ { "start_time_ns", NULL, NULL, &field_seconds, SAMPLE(start_time_ns) },
	  "start", 0, 0, key_start, NULL },
	{ { "state", "S", NULL, &field_letter, SAMPLE(state), .zero_unknown = true },
	  "state", 1, 2, key_state, show_state },
	{ { "threads", "THR", NULL, &field_number, SAMPLE(threads) },
	  "threads", 4, 6, key_threads, show_threads },
	{ { "cpu_percent", "%CPU", NULL, &field_percent, OURS(cpu), HAVE_CPU },
	  "cpu", 6, 0, key_cpu, show_cpu },
	{ { "usr_percent", "%usr", NULL, &field_percent, OURS(usr), HAVE_CPU },
	  "usr", 6, 10, key_usr, show_usr },
	{ { "sys_percent", "%sys", NULL, &field_percent, OURS(sys), HAVE_CPU },
	  "sys", 6, 9, key_sys, show_sys },
	{ { "wait_percent", "%wait", NULL, &field_percent, OURS(wait), HAVE_WAIT },
	  "wait", 6, 7, key_wait, show_wait },
	{ { "rss_bytes", "RES", NULL, &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM },
	  "mem", 6, 1, key_res, show_res },
	{ { "swap_bytes", "SWAP", NULL, &field_bytes, SAMPLE(swap_bytes), TM_VALID_MEM },
	  "swap", 6, 13, key_swap, show_swap },
	{ { "cpu_time_ns", "TIME", NULL, &field_seconds, OURS(cpu_time_ns), TM_VALID_CPU },
	  "time", 9, 3, key_time, show_time },
	{ .field = { "utime_ns", NULL, NULL, &field_seconds, SAMPLE(utime), TM_VALID_CPU } },
	{ .field = { "stime_ns", NULL, NULL, &field_seconds, SAMPLE(stime), TM_VALID_CPU } },
	{ .field = { "run_delay_ns", NULL, NULL, &field_seconds, SAMPLE(run_delay_ns),
	    TM_VALID_RUN_DELAY } },
	{ { "majflt_per_second", "majf/s", NULL, &field_percent, OURS(majflt), HAVE_FAULTS },
	  "majflt", 6, 12, key_majflt, show_majflt },
	{ { "read_bytes_per_second", "rd/s", NULL, &field_percent, OURS(read), HAVE_IO },
	  "read", 6, 8, key_read, show_read },
	{ { "write_bytes_per_second", "wr/s", NULL, &field_percent, OURS(write), HAVE_IO },
	  "write", 6, 8, key_write, show_write },
	{ { "cpu", "CPU", NULL, &field_number, SAMPLE(cpu) },
	  "processor", 3, 11, key_cpu_number, show_cpu_number },
	{ .field = { "cgroup_id", NULL, NULL, &field_number, SAMPLE(cgroup_id), TM_VALID_CGROUP } },
	{ .field = { "thread", NULL, NULL, &field_flag, SAMPLE(flags), .mask = TM_SAMPLE_THREAD } },
	{ .field = { "born", NULL, NULL, &field_flag, OURS(flags), .mask = FLAG_BORN } },
	{ .field = { "ended", NULL, NULL, &field_flag, OURS(flags), .mask = FLAG_ENDED } },
	{ .field = { "exit_code", NULL, NULL, &field_signed, SAMPLE(exit_code), TM_VALID_EXIT } },
	{ { "comm", "COMMAND", NULL, &field_name, SAMPLE(comm) },
	  "name", -1, 0, key_name, show_command },
	/* For people alone, before the command. */
	{ .field = { .heading = "HISTORY" }, .width = -HISTORY_WIDTH, .rank = 5,
	  .text = show_history },
};

const size_t column_count = ARRAY_SIZE(columns);

static double percent_of(const struct proc *proc, uint64_t gained)
{
	return 100.0 * (double)gained / (double)proc->elapsed_ns;
}

/* What has been gained: in a second. False: not known. */
static bool gain(const struct proc *proc, uint64_t needs, size_t offset, double *per_s)
{
	uint64_t gained;

	if (!proc->elapsed_ns || !proc_gained(proc, needs, offset, &gained))
		return false;
	*per_s = (double)gained / (double)proc->elapsed_ns * (double)NSEC_PER_SEC;
	return true;
}

#define GAIN(proc, needs, member, per_s) \
	gain(proc, needs, offsetof(struct task_sample, member), per_s)

/* Return: what is known of it, to hold the fields' needs against. */
static uint64_t fill_record(struct record *r, const struct proc *proc)
{
	uint64_t known = proc->now->valid & ~HAVE_OURS, usr, sys, wait;

	r->sample = *proc->now;
	r->elapsed_ns = proc->elapsed_ns;
	r->cpu_time_ns = r->sample.utime + r->sample.stime;
	r->user = user_name(r->sample.uid);
	r->flags = (proc->born ? FLAG_BORN : 0) | (proc->stage == PROC_ENDED ? FLAG_ENDED : 0);
	if (proc->elapsed_ns && PROC_GAINED(proc, TM_VALID_CPU, utime, &usr) &&
	    PROC_GAINED(proc, TM_VALID_CPU, stime, &sys)) {
		known |= HAVE_CPU;
		r->usr = percent_of(proc, usr);
		r->sys = percent_of(proc, sys);
		r->cpu = percent_of(proc, usr + sys);
	}
	if (proc->elapsed_ns && PROC_GAINED(proc, TM_VALID_RUN_DELAY, run_delay_ns, &wait)) {
		known |= HAVE_WAIT;
		r->wait = percent_of(proc, wait);
	}
	if (GAIN(proc, TM_VALID_FAULTS, maj_flt, &r->majflt))
		known |= HAVE_FAULTS;
	if (GAIN(proc, TM_VALID_IO_BYTES, read_bytes, &r->read) &&
	    GAIN(proc, TM_VALID_IO_BYTES, write_bytes, &r->write))
		known |= HAVE_IO;
	return known;
}

void record_print_csv_header(FILE *out)
{
	struct json csv;
	size_t i;

	csv_begin(&csv, out, "");
	for (i = 0; i < column_count; i++) {
		if (columns[i].field.key)
			csv_heading(&csv, columns[i].field.key);
	}
	csv_end(&csv);
}

void record_print(FILE *out, const struct proc *proc, bool as_csv, uint64_t screen,
		       uint64_t realtime_ns)
{
	struct record record = { .screen = screen, .realtime_ns = realtime_ns };
	uint64_t known = fill_record(&record, proc);
	struct json json;
	size_t i;

	if (as_csv)
		csv_begin(&json, out, "");
	else
		json_begin(&json, out, "taskmonitor.top/1");
	for (i = 0; i < column_count; i++) {
		if (columns[i].field.key)
			field_to_json(&columns[i].field, &record, known, &json);
	}
	if (as_csv)
		csv_end(&json);
	else
		json_end(&json);
}

const struct column *column_find(const char *sort)
{
	size_t i;

	for (i = 0; i < column_count; i++) {
		if (columns[i].sort && !strcasecmp(columns[i].sort, sort))
			return &columns[i];
	}
	return NULL;
}
