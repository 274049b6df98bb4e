// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <taskmonitor/taskmonitor.h>

#include "clock.h"
#include "page.h"
#include "status.h"
#include "utf8.h"

/* --- groups: counters ----------------------------------------------------------- */

/* A family that shows one figure, or two that a label tells apart. */
static const struct counter {
	struct family family;
	enum figure_number figures[2];
	const char *label;	/* NULL: one figure */
	const char *values[2];
} counters[] = {
	{ { "taskmonitor_group_cpu_seconds", METRIC_COUNTER, "seconds",
	    "CPU time used, to the nanosecond." },
	  { FIGURE_UTIME, FIGURE_STIME }, "mode", { "user", "system" } },
	{ { "taskmonitor_group_run_delay_seconds", METRIC_COUNTER, "seconds",
	    "Time spent runnable, waiting for a CPU." },
	  { FIGURE_RUN_DELAY }, NULL, { NULL } },
	{ { "taskmonitor_group_page_faults", METRIC_COUNTER, NULL,
	    "Page faults; major ones needed I/O." },
	  { FIGURE_MIN_FLT, FIGURE_MAJ_FLT }, "type", { "minor", "major" } },
	{ { "taskmonitor_group_context_switches", METRIC_COUNTER, NULL, "Context switches." },
	  { FIGURE_NVCSW, FIGURE_NIVCSW }, "type", { "voluntary", "involuntary" } },
	{ { "taskmonitor_group_storage_bytes", METRIC_COUNTER, "bytes",
	    "Bytes read from storage, and written towards it." },
	  { FIGURE_READ, FIGURE_WRITE }, "direction", { "read", "write" } },
	{ { "taskmonitor_group_syscall_bytes", METRIC_COUNTER, "bytes",
	    "Bytes read and written through system calls, the page cache's part included." },
	  { FIGURE_RCHAR, FIGURE_WCHAR }, "direction", { "read", "write" } },
};

static void print_figure(FILE *out, const struct counter *counter, unsigned int i,
			 const struct group *group)
{
	const struct label labels[] = {
		{ "group", group->label }, { counter->label, counter->values[i] },
	};
	enum figure_number figure = counter->figures[i];
	size_t n = counter->label ? 2 : 1;

	if (!amount_known(&group->sums, figure))
		return;
	if (counter->family.unit && counter->family.unit[0] == 's')
		metric_seconds(out, &counter->family, labels, n, group->sums.value[figure]);
	else
		metric_uint(out, &counter->family, labels, n, group->sums.value[figure]);
}

static bool has_shown(const struct groups *groups, const struct group *group)
{
	return (group != groups->other && group != groups->kernel) || group->members ||
	       group->sums.known;
}

/* The groups, but for those two that are always there, before they have had a process. */
static struct group *next_shown(const struct groups *groups, const struct group *group)
{
	struct group *next = groups_next(groups, group);

	while (next && !has_shown(groups, next))
		next = groups_next(groups, next);
	return next;
}

static void print_counters(FILE *out, enum dialect dialect, const struct groups *groups)
{
	const struct group *group;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		const struct counter *counter = &counters[i];

		metric_family(out, dialect, &counter->family);
		for (group = next_shown(groups, NULL); group; group = next_shown(groups, group)) {
			print_figure(out, counter, 0, group);
			if (counter->label)
				print_figure(out, counter, 1, group);
		}
	}
}

/* --- groups: lives and gauges -------------------------------------------------------- */

/* A family of a number that stands in struct group. */
static const struct number {
	struct family family;
	size_t offset;
	bool memory;
} numbers[] = {
	{ { "taskmonitor_group_forks", METRIC_COUNTER, NULL, "Processes that began in the group." },
	  offsetof(struct group, forks), false },
	{ { "taskmonitor_group_execs", METRIC_COUNTER, NULL, "Programs that began in the group." },
	  offsetof(struct group, execs), false },
	{ { "taskmonitor_group_processes", METRIC_GAUGE, NULL, "Processes that live." },
	  offsetof(struct group, processes), false },
	{ { "taskmonitor_group_threads", METRIC_GAUGE, NULL, "Their threads." },
	  offsetof(struct group, threads), false },
	{ { "taskmonitor_group_resident_memory_bytes", METRIC_GAUGE, "bytes",
	    "Sum of their resident sets; what several share counts in each." },
	  offsetof(struct group, rss_bytes), true },
	{ { "taskmonitor_group_swapped_memory_bytes", METRIC_GAUGE, "bytes",
	    "Sum of what is swapped out of them." },
	  offsetof(struct group, swap_bytes), true },
};

static const struct family exits_family = {
	"taskmonitor_group_exits", METRIC_COUNTER, NULL,
	"Processes that ended: with status 0, with another, by a signal.",
};
static const char *const exit_results[EXIT_RESULTS] = {
	[EXIT_OK] = "success", [EXIT_ERROR] = "error", [EXIT_SIGNAL] = "signal",
};

static void print_exits(FILE *out, enum dialect dialect, const struct groups *groups)
{
	const struct group *group;
	unsigned int i;

	metric_family(out, dialect, &exits_family);
	for (group = next_shown(groups, NULL); group; group = next_shown(groups, group)) {
		for (i = 0; i < EXIT_RESULTS; i++) {
			const struct label labels[] = {
				{ "group", group->label }, { "result", exit_results[i] },
			};

			metric_uint(out, &exits_family, labels, 2, group->exits[i]);
		}
	}
}

/* Of nobody the sum is known: it is 0. */
static bool number_known(const struct number *number, const struct group *group)
{
	return !number->memory || group->memory_known || !group->processes;
}

static void print_numbers(FILE *out, enum dialect dialect, const struct groups *groups)
{
	const struct group *group;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number *number = &numbers[i];

		metric_family(out, dialect, &number->family);
		for (group = next_shown(groups, NULL); group; group = next_shown(groups, group)) {
			const struct label label = { "group", group->label };

			if (number_known(number, group))
				metric_uint(out, &number->family, &label, 1,
					    *(const uint64_t *)((const char *)group +
								number->offset));
		}
	}
}

/* --- single processes ------------------------------------------------------------------ */

static const struct family process_cpu = {
	"taskmonitor_process_cpu_seconds", METRIC_COUNTER, "seconds", "CPU time used.",
};
static const struct family process_memory = {
	"taskmonitor_process_resident_memory_bytes", METRIC_GAUGE, "bytes", "Resident set.",
};
static const struct family processes_left_out = {
	"taskmonitor_processes_left_out", METRIC_GAUGE, NULL,
	"Processes that are not shown by themselves, for having used less CPU time.",
};

struct process_labels {
	char pid[16];
	char start[32];
	char name[TM_COMM_LEN];
	struct label labels[4];
};

static void label_process(struct process_labels *l, const struct process *process)
{
	uint64_t start_ns = process->seen.start_time_ns;

	snprintf(l->pid, sizeof(l->pid), "%d", process->seen.pid);
	snprintf(l->start, sizeof(l->start), "%" PRIu64 ".%09" PRIu64, start_ns / NSEC_PER_SEC,
		 start_ns % NSEC_PER_SEC);
	utf8_printable(process->seen.comm, l->name, sizeof(l->name));
	l->labels[0] = (struct label){ "pid", l->pid };
	l->labels[1] = (struct label){ "start", l->start };
	l->labels[2] = (struct label){ "name", l->name };
}

static void print_process_cpu(FILE *out, const struct process *process, const char *mode,
			      enum figure_number figure)
{
	struct process_labels l;

	if (!amount_known(&process->counted, figure))
		return;
	label_process(&l, process);
	l.labels[3] = (struct label){ "mode", mode };
	metric_seconds(out, &process_cpu, l.labels, 4, process->counted.value[figure]);
}

static void print_processes(FILE *out, enum dialect dialect, const struct page *page)
{
	struct process_labels l;
	uint64_t left_out = 0;
	size_t n = page->pids, i;
	const struct process **list = account_busiest(page->account, &n, &left_out);

	metric_family(out, dialect, &process_cpu);
	for (i = 0; list && i < n; i++) {
		print_process_cpu(out, list[i], "user", FIGURE_UTIME);
		print_process_cpu(out, list[i], "system", FIGURE_STIME);
	}
	metric_family(out, dialect, &process_memory);
	for (i = 0; list && i < n; i++) {
		if (!(list[i]->seen.valid & TM_VALID_MEM))
			continue;
		label_process(&l, list[i]);
		metric_uint(out, &process_memory, l.labels, 3, list[i]->seen.rss_bytes);
	}
	metric_family(out, dialect, &processes_left_out);
	metric_uint(out, &processes_left_out, NULL, 0, left_out);
	free(list);
}

/* --- of ourselves ------------------------------------------------------------------------ */

static void print_own(FILE *out, enum dialect dialect, const struct family *family, uint64_t value)
{
	metric_family(out, dialect, family);
	if (family->unit)
		metric_seconds(out, family, NULL, 0, value);
	else
		metric_uint(out, family, NULL, 0, value);
}

static void print_version(FILE *out, enum dialect dialect, const struct family *family,
			  const char *version)
{
	const struct label label = { "version", version };

	metric_family(out, dialect, family);
	metric_uint(out, family, &label, 1, 1);
}

static void print_versions(FILE *out, enum dialect dialect, const struct page *page)
{
	static const struct family exporter = {
		"taskmonitor_exporter", METRIC_INFO, NULL, "The exporter's version.",
	};
	static const struct family module = {
		"taskmonitor_module", METRIC_INFO, NULL, "The kernel module's version.",
	};
	uint32_t version = page->source->version;
	char text[32];

	print_version(out, dialect, &exporter, TM_LIB_VERSION);
	if (!page->up)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u", version >> 16, version >> 8 & 255, version & 255);
	print_version(out, dialect, &module, text);
}

static uint64_t own_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static void print_ourselves(FILE *out, enum dialect dialect, const struct page *page)
{
	const struct account *account = page->account;
	const struct groups *groups = &account->groups;
	const struct source *source = page->source;
	const struct {
		struct family family;
		uint64_t value;
	} own[] = {
		{ { "taskmonitor_up", METRIC_GAUGE, NULL,
		    "1: the kernel module answers. 0: nothing is known of processes." },
		  page->up },
		{ { "taskmonitor_sessions", METRIC_COUNTER, NULL,
		    "Sessions of the module; what went on between two of them is not counted." },
		  source->sessions },
		{ { "taskmonitor_records", METRIC_COUNTER, NULL,
		    "Records of fork, exec and exit that were counted." },
		  source->records },
		{ { "taskmonitor_lost_records", METRIC_COUNTER, NULL,
		    "Records that were overwritten before they could be counted." },
		  source->lost },
		{ { "taskmonitor_unwatched_processes", METRIC_COUNTER, NULL,
		    "Processes that the module could not watch." },
		  source_unwatched(source) },
		{ { "taskmonitor_vanished_processes", METRIC_COUNTER, NULL,
		    "Processes that went without a last record: what they used last is missing." },
		  account->vanished },
		{ { "taskmonitor_starved_samples", METRIC_COUNTER, NULL,
		    "Samples and records that were not counted for want of memory." },
		  account->starved },
		{ { "taskmonitor_groups", METRIC_GAUGE, NULL,
		    "Groups there are, but for other and kernel threads." },
		  groups->count },
		{ { "taskmonitor_groups_limit", METRIC_GAUGE, NULL, "How many there may be." },
		  groups->limit },
		{ { "taskmonitor_groups_forgotten", METRIC_COUNTER, NULL,
		    "Groups that gave their place up, having had no process for an hour." },
		  groups->forgotten },
		{ { "taskmonitor_turned_away_processes", METRIC_COUNTER, NULL,
		    "Processes put into the group other, as there was no place for theirs." },
		  groups->turned_away },
		{ { "taskmonitor_scrapes", METRIC_COUNTER, NULL, "Times that all were sampled." },
		  page->scrapes },
		{ { "taskmonitor_scrape_duration_seconds", METRIC_GAUGE, "seconds",
		    "How long that took the last time." },
		  page->scrape_ns },
		{ { "taskmonitor_exporter_cpu_seconds", METRIC_COUNTER, "seconds",
		    "CPU time that the exporter has used, the module's part on its behalf included." },
		  own_cpu_ns() },
		{ { "taskmonitor_sampler_seconds", METRIC_COUNTER, "seconds",
		    "Time that the module's own thread has spent on the exporter." },
		  source_cost_ns(source) },
		{ { "taskmonitor_exporter_connections", METRIC_COUNTER, NULL,
		    "Connections that were accepted." },
		  page->connections },
		{ { "taskmonitor_exporter_connections_cut", METRIC_COUNTER, NULL,
		    "Of these, such as took too long." },
		  page->cut_short },
		{ { "taskmonitor_exporter_textfile_failures", METRIC_COUNTER, NULL,
		    "Times that the text file could not be written." },
		  page->textfile_failures },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		print_own(out, dialect, &own[i].family, own[i].value);
	print_versions(out, dialect, page);
}

void page_print(FILE *out, enum dialect dialect, const struct page *page)
{
	const struct groups *groups = &page->account->groups;

	if (page->up) {
		print_counters(out, dialect, groups);
		print_numbers(out, dialect, groups);
		print_exits(out, dialect, groups);
	}
	if (page->up && page->pids)
		print_processes(out, dialect, page);
	print_ourselves(out, dialect, page);
	metric_end(out, dialect);
}
