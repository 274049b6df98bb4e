// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "field.h"
#include "outcome.h"
#include "rates.h"
#include "tmctl.h"
#include "utf8.h"
#include "wait_event.h"

#define HAVE_PERCENT	(1ULL << 63)

struct event_row {
	struct task_sample sample;
	const char *event;
	double cpu_percent;
};

#define SAMPLE(member)	FIELD_AT(struct event_row, sample.member)

static const struct field event_fields[] = {
	{ "event", NULL, NULL, &field_string, FIELD_AT(struct event_row, event) },
	{ "pid", NULL, NULL, &field_signed, SAMPLE(pid) },
	{ "time_ns", NULL, NULL, &field_seconds, SAMPLE(time_ns) },
	{ "start_time_ns", NULL, NULL, &field_seconds, SAMPLE(start_time_ns) },
	{ "utime_ns", NULL, NULL, &field_seconds, SAMPLE(utime), TM_VALID_CPU },
	{ "stime_ns", NULL, NULL, &field_seconds, SAMPLE(stime), TM_VALID_CPU },
	{ "cpu_percent", NULL, NULL, &field_percent, FIELD_AT(struct event_row, cpu_percent),
	  HAVE_PERCENT },
	{ "rss_bytes", NULL, NULL, &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM },
	{ "peak_rss_bytes", NULL, NULL, &field_bytes, SAMPLE(peak_rss_bytes), TM_VALID_PEAK_RSS },
	{ "exit_code", NULL, NULL, &field_outcome, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "exit_status", NULL, NULL, &field_exit_status, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "term_signal", NULL, NULL, &field_term_signal, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "exit_time_ns", NULL, NULL, &field_seconds, SAMPLE(exit_time_ns), TM_VALID_EXIT },
	{ "comm", NULL, NULL, &field_name, SAMPLE(comm) },
};

/* --- whether it has happened ------------------------------------------------------ */

/* Above since @since_ns, at the record's time. */
static bool held(struct waited *one, const struct condition *what,
		 const struct task_sample *record, bool above, uint64_t since_ns)
{
	if (above && !one->above)
		one->since_ns = since_ns;
	one->above = above;
	return above && record->time_ns - one->since_ns >= what->hold_ns;
}

static bool rss_above(struct waited *one, const struct condition *what,
		      const struct task_sample *record)
{
	bool above = record->valid & TM_VALID_MEM && record->rss_bytes > what->rss_bytes;

	return held(one, what, record, above, record->time_ns);
}

/* It began to be above with the sample before: the percentage is of the time since. */
static bool cpu_above(struct waited *one, const struct condition *what,
		      const struct task_sample *record, double *cpu_percent)
{
	struct rates rates = rates_between(&one->last, record);
	bool above = rates.cpu_known && rates.cpu > what->cpu_percent;

	*cpu_percent = rates.cpu;
	return held(one, what, record, above, one->last.time_ns);
}

bool waited_add(struct waited *one, const struct condition *what, const struct task_sample *record,
		double *cpu_percent)
{
	bool happened = false;

	if (what->event == EVENT_EXIT)
		happened = record->kind == TM_KIND_EXIT;
	else if (record->kind == TM_KIND_PERIODIC && what->event == EVENT_RSS)
		happened = rss_above(one, what, record);
	else if (record->kind == TM_KIND_PERIODIC && what->event == EVENT_CPU)
		happened = cpu_above(one, what, record, cpu_percent);
	/* The CPU time of an exec record is older than its time: no start of a stretch. */
	if (record->kind != TM_KIND_EXEC)
		one->last = *record;
	return happened;
}

/* --- how it is told ------------------------------------------------------------------ */

static void print_exit(const struct task_sample *s)
{
	static const struct field outcome = {
		"exit_code", NULL, NULL, &field_outcome, SAMPLE(exit_code), TM_VALID_EXIT,
	};
	struct event_row row = { .sample = *s };
	char text[FIELD_TEXT_MAX];
	uint64_t cpu_ns = s->utime + s->stime;

	field_to_text(&outcome, &row, s->valid, text);
	printf("exited with %s", text);
	if (s->valid & TM_VALID_CPU)
		printf(": CPU %" PRIu64 ".%09" PRIu64 " s (user %.6f, system %.6f)",
		       cpu_ns / NSEC_PER_SEC, cpu_ns % NSEC_PER_SEC, (double)s->utime / 1e9,
		       (double)s->stime / 1e9);
	putchar('\n');
}

static void print_sentence(const struct condition *what, const struct event_row *row)
{
	const struct task_sample *s = &row->sample;
	char comm[TM_COMM_LEN];

	utf8_printable(s->comm, comm, sizeof(comm));
	printf("process %d (%s) ", (int)s->pid, comm);
	switch (what->event) {
	case EVENT_EXIT:
		print_exit(s);
		break;
	case EVENT_RSS:
		printf("has a resident set of %" PRIu64 " KiB\n", (uint64_t)s->rss_bytes / 1024);
		break;
	case EVENT_CPU:
		printf("uses %.2f %% of one CPU\n", row->cpu_percent);
		break;
	}
}

void wait_event_print(const struct condition *what, const struct task_sample *record,
		      double cpu_percent, bool json)
{
	static const char *const names[] = {
		[EVENT_EXIT] = "exit", [EVENT_RSS] = "rss", [EVENT_CPU] = "cpu",
	};
	struct event_row row = {
		.sample = *record,
		.event = names[what->event],
		.cpu_percent = cpu_percent,
	};
	uint64_t known = record->valid & ~HAVE_PERCENT;
	struct json object;
	size_t i;

	if (!json) {
		print_sentence(what, &row);
		return;
	}
	if (what->event == EVENT_CPU)
		known |= HAVE_PERCENT;
	json_begin(&object, stdout, "taskmonitor.wait/1");
	for (i = 0; i < ARRAY_SIZE(event_fields); i++)
		field_to_json(&event_fields[i], &row, known, &object);
	json_end(&object);
}
