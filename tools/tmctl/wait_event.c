// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "field.h"
#include "outcome.h"
#include "tmctl.h"
#include "utf8.h"
#include "wait_event.h"

#define HAVE_CPU	(1ULL << 63)
#define HAVE_WAIT	(1ULL << 62)
#define HAVE_ANY	(HAVE_CPU | HAVE_WAIT)

/* @percent: the threshold's figure, where it is a share */
struct event_row {
	struct task_sample sample;
	const char *event;
	double percent;
};

#define SAMPLE(member)	FIELD_AT(struct event_row, sample.member)

static const struct field event_fields[] = {
	{ "event", NULL, NULL, &field_string, FIELD_AT(struct event_row, event) },
	{ "pid", NULL, NULL, &field_signed, SAMPLE(pid) },
	{ "time_ns", NULL, NULL, &field_seconds, SAMPLE(time_ns) },
	{ "start_time_ns", NULL, NULL, &field_seconds, SAMPLE(start_time_ns) },
	{ "utime_ns", NULL, NULL, &field_seconds, SAMPLE(utime), TM_VALID_CPU },
	{ "stime_ns", NULL, NULL, &field_seconds, SAMPLE(stime), TM_VALID_CPU },
	{ "cpu_percent", NULL, NULL, &field_percent, FIELD_AT(struct event_row, percent),
	  HAVE_CPU },
	{ "wait_percent", NULL, NULL, &field_percent, FIELD_AT(struct event_row, percent),
	  HAVE_WAIT },
	{ "threads", NULL, NULL, &field_number, SAMPLE(threads) },
	{ "since_ns", NULL, NULL, &field_seconds, SAMPLE(threshold_since_ns),
	  TM_VALID_THRESHOLD },
	{ "rss_bytes", NULL, NULL, &field_bytes, SAMPLE(rss_bytes), TM_VALID_MEM },
	{ "peak_rss_bytes", NULL, NULL, &field_bytes, SAMPLE(peak_rss_bytes), TM_VALID_PEAK_RSS },
	{ "exit_code", NULL, NULL, &field_outcome, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "exit_status", NULL, NULL, &field_exit_status, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "term_signal", NULL, NULL, &field_term_signal, SAMPLE(exit_code), TM_VALID_EXIT },
	{ "exit_time_ns", NULL, NULL, &field_seconds, SAMPLE(exit_time_ns), TM_VALID_EXIT },
	{ "comm", NULL, NULL, &field_name, SAMPLE(comm) },
};

bool has_happened(const struct condition *what, const struct task_sample *record)
{
	if (waits_for_exit(what))
		return record->kind == TM_KIND_EXIT;
	return record->kind == TM_KIND_THRESHOLD && !(record->flags & TM_SAMPLE_BELOW);
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
	switch (what->threshold.what) {
	case TM_THRESHOLD_EXIT:
		print_exit(s);
		break;
	case TM_THRESHOLD_RSS:
		printf("has a resident set of %" PRIu64 " KiB\n", (uint64_t)s->rss_bytes / 1024);
		break;
	case TM_THRESHOLD_CPU:
		printf("uses %.2f %% of one CPU\n", row->percent);
		break;
	case TM_THRESHOLD_RUN_DELAY:
		printf("waits for a CPU %.2f %% of the time\n", row->percent);
		break;
	case TM_THRESHOLD_THREADS:
		printf("has %" PRIu32 " threads\n", (uint32_t)s->threads);
		break;
	}
}

static uint64_t known_of(const struct condition *what, const struct task_sample *record)
{
	uint64_t known = record->valid & ~HAVE_ANY;

	if (what->threshold.what == TM_THRESHOLD_CPU)
		known |= HAVE_CPU;
	if (what->threshold.what == TM_THRESHOLD_RUN_DELAY)
		known |= HAVE_WAIT;
	return known;
}

void wait_event_print(const struct condition *what, const struct task_sample *record, bool json)
{
	struct event_row row = {
		.sample = *record,
		.event = what->word,
		.percent = (double)record->threshold_value / 1e4,
	};
	uint64_t known = known_of(what, record);
	struct json object;
	size_t i;

	if (!json) {
		print_sentence(what, &row);
		return;
	}
	json_begin(&object, stdout, "taskmonitor.wait/1");
	for (i = 0; i < ARRAY_SIZE(event_fields); i++)
		field_to_json(&event_fields[i], &row, known, &object);
	json_end(&object);
}
