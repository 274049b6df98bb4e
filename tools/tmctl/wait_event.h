/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl wait waits for: whether a record has it, and how it is told. */
#ifndef TMCTL_WAIT_EVENT_H
#define TMCTL_WAIT_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/taskmonitor.h>

enum wait_event {
	EVENT_EXIT,
	EVENT_RSS,
	EVENT_CPU,
};

/**
 * struct condition - what is waited for
 * @event: of which kind
 * @rss_bytes: EVENT_RSS: above that
 * @cpu_percent: EVENT_CPU: above that, percent of one CPU, between two samples
 * @hold_ns: and for so long without a break; 0: once is enough
 */
struct condition {
	enum wait_event event;
	uint64_t rss_bytes;
	double cpu_percent;
	uint64_t hold_ns;
};

/**
 * struct waited - one process
 * @pid: its number
 * @over: it is no longer waited for
 * @last: the latest sample; all zeroes before the first
 * @above: it is above now
 * @since_ns: since when it has been
 */
struct waited {
	pid_t pid;
	bool over;
	struct task_sample last;
	bool above;
	uint64_t since_ns;
};

/*
 * Take in a process's next record. Return: whether it has happened; then
 * @cpu_percent is its use of CPU at the last, in an EVENT_CPU.
 */
bool waited_add(struct waited *one, const struct condition *what, const struct task_sample *record,
		double *cpu_percent);

/* Say that it has, in a sentence or as an object. */
void wait_event_print(const struct condition *what, const struct task_sample *record,
		      double cpu_percent, bool json);

#endif /* TMCTL_WAIT_EVENT_H */
