// SPDX-License-Identifier: GPL-2.0-only
/*
 * windows PID [SECONDS] - the spikes that a reading a second does not see
 *
 * The process is sampled each millisecond, and one record a second says what the
 * least, the average and the greatest of those samples were. Prints a line for
 * each window: how many samples, resident set least/average/greatest in KiB,
 * CPU least/average/greatest in percent of one CPU. Ends after SECONDS windows,
 * 10 unless told otherwise, or when the process has exited.
 *
 * What it shows: windows. The samples themselves leave the kernel nowhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <taskmonitor/taskmonitor.h>

static double percent(uint32_t ppm)
{
	return (double)ppm / 10000.0;
}

static void print(const struct task_sample *w)
{
	/* The last window of a process that exits may not be in its record. */
	if (!(w->valid & TM_VALID_WINDOW))
		return;
	printf("%s%5u samples  RSS %" PRIu64 " %" PRIu64 " %" PRIu64
	       " KiB  CPU %.2f %.2f %.2f %%\n", w->kind == TM_KIND_EXIT ? "last " : "",
	       w->window_samples, (uint64_t)w->rss_min_bytes / 1024,
	       (uint64_t)w->rss_avg_bytes / 1024, (uint64_t)w->rss_max_bytes / 1024,
	       percent(w->cpu_min_ppm), percent(w->cpu_avg_ppm), percent(w->cpu_max_ppm));
	fflush(stdout);
}

/* read() waits by itself: a program that has nothing else to do needs no poll(). */
static int show(struct tm_session *session, long seconds)
{
	struct task_sample record;
	ssize_t n = 1;

	while (seconds > 0 && (n = tm_session_read(session, &record, 1)) == 1) {
		if (record.kind == TM_KIND_LOST) {
			printf("lost %" PRIu64 "\n", (uint64_t)record.lost_records);
			continue;
		}
		print(&record);
		seconds--;
	}
	if (n < 0)
		perror("windows: read");
	return n < 0;
}

int main(int argc, char **argv)
{
	struct tm_session_attr attr = {
		.scope = TM_SCOPE_LIST,
		.interval_ns = 1000000,
		.window_ns = 1000000000,
		.kinds = 1U << TM_KIND_WINDOW | 1U << TM_KIND_EXIT,
	};
	struct tm_session *session;
	int status = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: windows PID [SECONDS]\n");
		return 2;
	}
	session = tm_session_open(NULL, &attr);
	if (!session) {
		perror("windows: session");
		return 1;
	}
	if (tm_session_add(session, atoi(argv[1])))
		perror(argv[1]);
	else
		status = show(session, argc > 2 ? strtol(argv[2], NULL, 10) : 10);
	tm_session_close(session);
	return status;
}
