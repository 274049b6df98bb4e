// SPDX-License-Identifier: GPL-2.0-only
/*
 * follow PID [INTERVAL_MS [COUNT]] - a process's CPU use, from the mapped history
 *
 * Prints a line a sample: seconds since the first, percent of one CPU since the
 * one before, resident set in KiB. Ends after COUNT lines or when the process
 * has exited, and says then how many records were lost: more than 0 only if
 * this program slept through a whole history.
 *
 * What it shows: records are got from the mapping without a system call. The
 * only one in the loop is the wait, and a program with a loop of its own can do
 * without that too and come by whenever it likes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <taskmonitor/taskmonitor.h>

/**
 * struct follower - what has been seen so far
 * @cursor: number of the last record dealt with
 * @lost: records overwritten before we came
 * @lines: printed
 * @first: time of the first sample
 * @last: the last sample
 */
struct follower {
	uint64_t cursor;
	uint64_t lost;
	uint64_t lines;
	uint64_t first;
	struct task_sample last;
};

static uint64_t cpu_ns(const struct task_sample *sample)
{
	return sample->utime + sample->stime;
}

static void add(struct follower *f, const struct task_sample *sample)
{
	uint64_t passed = sample->time_ns - f->last.time_ns;

	if (!f->first)
		f->first = sample->time_ns;
	else if (passed) {
		printf("%9.4f s  %6.2f %%CPU  %8" PRIu64 " KiB\n",
		       (double)(sample->time_ns - f->first) / 1e9,
		       100.0 * (double)(cpu_ns(sample) - cpu_ns(&f->last)) / (double)passed,
		       (uint64_t)sample->rss_bytes / 1024);
		f->lines++;
	}
	f->last = *sample;
}

static int follow(struct tm_ring *ring, uint64_t count)
{
	struct follower f = { .cursor = 0 };
	struct task_sample record;
	int ready = 0;

	while (f.lines < count && !(ready & TM_WAIT_END)) {
		ready = tm_ring_wait(ring, -1);
		if (ready < 0) {
			perror("follow: wait");
			return 1;
		}
		/* All that there is, whatever the wait said; the end is looked at after. */
		while (f.lines < count && tm_ring_next(ring, &f.cursor, &record, &f.lost)) {
			if (record.kind == TM_KIND_PERIODIC)
				add(&f, &record);
			else if (record.kind == TM_KIND_EXIT)
				printf("exited: %.9f s of CPU\n", (double)cpu_ns(&record) / 1e9);
		}
		fflush(stdout);
	}
	printf("records %" PRIu64 " lost %" PRIu64 "\n", f.cursor - f.lost, f.lost);
	return 0;
}

int main(int argc, char **argv)
{
	struct tm_session_attr attr = {
		.scope = TM_SCOPE_LIST,
		.interval_ns = argc > 2 ? strtoull(argv[2], NULL, 10) * 1000000 : 100000000,
		.kinds = 1U << TM_KIND_PERIODIC | 1U << TM_KIND_EXIT,
	};
	uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX;
	struct tm_session *session;
	struct tm_ring *ring;
	int status = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: follow PID [INTERVAL_MS [COUNT]]\n");
		return 2;
	}
	session = tm_session_open(NULL, &attr);
	if (!session) {
		perror("follow: session");
		return 1;
	}
	ring = tm_ring_map(session);
	if (!ring)
		perror("follow: map");
	else if (tm_session_add(session, atoi(argv[1])))
		perror(argv[1]);
	else
		status = follow(ring, count);
	tm_ring_unmap(ring);
	tm_session_close(session);
	return status;
}
