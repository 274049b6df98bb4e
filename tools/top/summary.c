// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "summary.h"

#define BAR_MOST	30	/* columns */

/* --- lines --------------------------------------------------------------------------- */

/* A line that grows. What does not fit is cut off. */
struct text {
	char *buf;
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void add(struct text *text, const char *format, ...)
{
	size_t room = LINE_BYTES - text->used;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->buf + text->used, room, format, args);
	va_end(args);
	text->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void add_bar(struct text *text, int width, double part)
{
	int length = width / 4 < BAR_MOST ? width / 4 : BAR_MOST;
	int full = (int)(part * length + 0.999);
	int i;

	if (length < 5)
		return;
	add(text, "[");
	for (i = 0; i < length; i++)
		add(text, "%c", i < full ? '|' : ' ');
	add(text, "] ");
}

static void add_size(struct text *text, uint64_t bytes)
{
	char size[TEXT_MAX];

	text_size(size, bytes);
	add(text, "%s", size);
}

static void put_title(struct text *text, const struct summary *s)
{
	time_t seconds = (time_t)(s->realtime_ns / NSEC_PER_SEC);
	uint64_t minutes = s->boot_ns / NSEC_PER_SEC / 60;
	char clock[16] = "-";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	add(text, "tmctl top %s%s  every %g s", clock, s->paused ? " PAUSED" : "",
	    (double)s->delay_ns / (double)NSEC_PER_SEC);
	if (s->cost_known && s->procs->elapsed_ns)
		add(text, "  cost %.2f %%",
		    100.0 * (double)s->cost_ns / (double)s->procs->elapsed_ns);
	if (*s->machine->load)
		add(text, "  load %s", s->machine->load);
	add(text, "  up ");
	if (minutes >= 24 * 60)
		add(text, "%" PRIu64 "d ", minutes / (24 * 60));
	add(text, "%" PRIu64 ":%02" PRIu64, minutes / 60 % 24, minutes % 60);
}

static void put_tasks(struct text *text, const struct summary *s)
{
	const struct proc_sums *sums = &s->procs->sums;

	add(text, "Tasks %" PRIu64 ", threads %" PRIu64 ", running %" PRIu64, sums->processes,
	    sums->threads, sums->running);
	if (s->procs->elapsed_ns)
		add(text, "; born %" PRIu64 ", gone %" PRIu64, sums->born, sums->gone);
}

static double percent(const struct summary *s, uint64_t ns)
{
	return 100.0 * (double)ns / (double)s->procs->elapsed_ns;
}

static void put_cpu(struct text *text, const struct summary *s, int width)
{
	const struct proc_sums *sums = &s->procs->sums;
	double cpu;

	add(text, "CPU ");
	if (!sums->known) {
		add(text, "- of %u CPUs", s->machine->cpus);
		return;
	}
	cpu = percent(s, sums->utime_ns + sums->stime_ns);
	add_bar(text, width, cpu / 100 / (s->machine->cpus ? s->machine->cpus : 1));
	add(text, "%.1f %% of %u00 %%  usr %.1f sys %.1f wait %.1f", cpu, s->machine->cpus,
	    percent(s, sums->utime_ns), percent(s, sums->stime_ns), percent(s, sums->wait_ns));
}

static void put_memory(struct text *text, const struct machine *m, int width)
{
	uint64_t used = m->total_bytes - m->available_bytes;

	add(text, "Mem ");
	if (!m->memory_known) {
		add(text, "-");
		return;
	}
	add_bar(text, width, (double)used / (double)(m->total_bytes ? m->total_bytes : 1));
	add_size(text, used);
	add(text, " of ");
	add_size(text, m->total_bytes);
	add(text, "  swap ");
	add_size(text, m->swap_total_bytes - m->swap_free_bytes);
	add(text, " of ");
	add_size(text, m->swap_total_bytes);
}

static void put_gone(struct text *text, const struct summary *s)
{
	const struct proc_sums *sums = &s->procs->sums;
	char name[TEXT_MAX];
	uint64_t named = 0;
	size_t i;
	int used;

	if (!s->procs->elapsed_ns) {
		add(text, "Gone -");
		return;
	}
	add(text, "Gone %" PRIu64 " process%s, %.2f s CPU", sums->gone, sums->gone == 1 ? "" : "es",
	    (double)sums->gone_cpu_ns / (double)NSEC_PER_SEC);
	for (i = 0; i < sums->name_count && i < 5; i++) {
		text_name(name, sums->names[i].comm, 2 * TM_COMM_LEN, s->style->utf8, &used);
		add(text, "%s %s", i ? "," : ":", name);
		if (sums->names[i].count > 1)
			add(text, " x%" PRIu64, sums->names[i].count);
		named += sums->names[i].count;
	}
	if (named && named < sums->gone)
		add(text, ", others x%" PRIu64, sums->gone - named);
}

/* What one should know of the figures; false: nothing. */
static bool put_notes(struct text *text, const struct summary *s)
{
	const char *between = "";

	if (s->source->screen_lost) {
		add(text, "Lost: %" PRIu64 " exits", s->source->screen_lost);
		between = "; ";
	}
	if (s->source->dropped) {
		add(text, "%snot watched: %" PRIu64 " processes", between, s->source->dropped);
		between = "; ";
	}
	if (s->source->scope == SOURCE_OWN) {
		add(text, "%sOnly your own processes: others take CAP_PERFMON (try as root)",
		    between);
		between = "; ";
	}
	return *between;
}

static bool put_line(struct text *text, const struct summary *s, size_t line, int width)
{
	switch (line) {
	case 0:
		put_title(text, s);
		return true;
	case 1:
		put_tasks(text, s);
		return true;
	case 2:
		put_cpu(text, s, width);
		return true;
	case 3:
		put_memory(text, s->machine, width);
		return true;
	case 4:
		put_gone(text, s);
		return true;
	default:
		return put_notes(text, s);
	}
}

size_t summary_lines(const struct summary *summary, char (*lines)[LINE_BYTES], size_t most,
		     int width)
{
	size_t n = 0, line;
	int used;

	for (line = 0; line < SUMMARY_LINES && n < most; line++) {
		struct text text = { .buf = lines[n] };

		lines[n][0] = '\0';
		if (!put_line(&text, summary, line, width))
			continue;
		lines[n][text_columns(lines[n], width, &used)] = '\0';
		n++;
	}
	return n;
}

/* --- for programs ------------------------------------------------------------------------ */

static void json_known(struct json *json, const char *key, bool known, uint64_t value)
{
	if (known)
		json_uint(json, key, value);
	else
		json_null(json, key);
}

void summary_print_json(FILE *out, const struct summary *s, uint64_t screen)
{
	const struct proc_sums *sums = &s->procs->sums;
	const struct machine *m = s->machine;
	bool elapsed = s->procs->elapsed_ns;
	struct json json;

	json_begin(&json, out, "taskmonitor.system/1");
	json_uint(&json, "screen", screen);
	json_uint(&json, "realtime_ns", s->realtime_ns);
	json_uint(&json, "time_ns", s->procs->time_ns);
	json_known(&json, "duration_ns", elapsed, s->procs->elapsed_ns);
	json_uint(&json, "cpus", m->cpus);
	json_bool(&json, "everybody", s->source->scope == SOURCE_SYSTEM);
	json_uint(&json, "processes", sums->processes);
	json_uint(&json, "threads", sums->threads);
	json_uint(&json, "running", sums->running);
	json_known(&json, "born", elapsed, sums->born);
	json_known(&json, "gone", elapsed, sums->gone);
	json_known(&json, "gone_cpu_ns", elapsed, sums->gone_cpu_ns);
	json_known(&json, "utime_ns", sums->known, sums->utime_ns);
	json_known(&json, "stime_ns", sums->known, sums->stime_ns);
	json_known(&json, "run_delay_ns", sums->known, sums->wait_ns);
	json_known(&json, "memory_total_bytes", m->memory_known, m->total_bytes);
	json_known(&json, "memory_available_bytes", m->memory_known, m->available_bytes);
	json_known(&json, "swap_total_bytes", m->memory_known, m->swap_total_bytes);
	json_known(&json, "swap_free_bytes", m->memory_known, m->swap_free_bytes);
	json_known(&json, "cost_ns", s->cost_known, s->cost_ns);
	json_uint(&json, "lost", s->source->screen_lost);
	json_uint(&json, "dropped", s->source->dropped);
	json_end(&json);
}
