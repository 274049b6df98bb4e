// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch PID... - many processes at one moment, twice, a second apart
 *
 * Prints a line for each: PID, percent of one CPU over that second, resident set
 * in KiB, name; and how long each of the two calls took.
 *
 * What it shows: a session that is never started costs nothing, and still gives
 * a sample of all its targets whenever it is asked, with one time for all.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <taskmonitor/taskmonitor.h>

/**
 * struct round - one call's answer
 * @records: the samples
 * @n: how many
 * @time_ns: when they were taken
 * @took_ns: how long the call took
 */
struct round {
	struct task_sample *records;
	size_t n;
	uint64_t time_ns;
	uint64_t took_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int take(struct tm_session *session, size_t room, struct round *round)
{
	uint64_t began = now_ns();
	ssize_t n;

	round->records = calloc(room, sizeof(*round->records));
	if (!round->records)
		return -1;
	n = tm_session_batch(session, round->records, room, NULL, &round->time_ns);
	if (n < 0)
		return -1;
	round->n = (size_t)n;
	round->took_ns = now_ns() - began;
	return 0;
}

/* The same process in the earlier round: its start tells it from another of that PID. */
static const struct task_sample *find(const struct round *round, const struct task_sample *of)
{
	size_t i;

	for (i = 0; i < round->n; i++) {
		if (round->records[i].pid == of->pid &&
		    round->records[i].start_time_ns == of->start_time_ns)
			return &round->records[i];
	}
	return NULL;
}

static void print(const struct round *before, const struct round *after)
{
	double passed = (double)(after->time_ns - before->time_ns);
	size_t i;

	for (i = 0; i < after->n; i++) {
		const struct task_sample *to = &after->records[i], *from = find(before, to);
		uint64_t used = from ? to->utime + to->stime - from->utime - from->stime : 0;

		printf("%7d %6.2f %9" PRIu64 " %s%s\n", to->pid, 100.0 * (double)used / passed,
		       (uint64_t)to->rss_bytes / 1024, to->comm,
		       to->flags & TM_SAMPLE_EXITED ? " (exited)" : "");
	}
	printf("targets %zu in %" PRIu64 " us and %" PRIu64 " us\n", after->n,
	       before->took_ns / 1000, after->took_ns / 1000);
}

static int compare(struct tm_session *session, size_t room)
{
	struct round before = { .n = 0 }, after = { .n = 0 };
	struct timespec second = { .tv_sec = 1 };
	int failed = take(session, room, &before);

	if (!failed) {
		nanosleep(&second, NULL);
		failed = take(session, room, &after);
	}
	if (failed)
		perror("batch");
	else
		print(&before, &after);
	free(before.records);
	free(after.records);
	return failed;
}

int main(int argc, char **argv)
{
	struct tm_session_attr attr = {
		.scope = TM_SCOPE_LIST,
		.flags = TM_SESSION_STOPPED,
		.ring_records = TM_RING_RECORDS_MIN,
	};
	struct tm_session *session;
	size_t added = 0;
	int i, failed = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: batch PID...\n");
		return 2;
	}
	session = tm_session_open(NULL, &attr);
	if (!session) {
		perror("batch: session");
		return 1;
	}
	for (i = 1; i < argc; i++) {
		if (!tm_session_add(session, atoi(argv[i])))
			added++;
		else
			fprintf(stderr, "batch: %s: %s\n", argv[i], strerror(errno));
	}
	if (added)
		failed = compare(session, added);
	tm_session_close(session);
	return failed ? 1 : 0;
}
