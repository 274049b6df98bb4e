/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl wait waits for: whether a record has it, and how it is told. */
#ifndef TMCTL_WAIT_EVENT_H
#define TMCTL_WAIT_EVENT_H

#include <stdbool.h>

#include <linux/taskmonitor.h>

/**
 * struct condition - what is waited for
 * @threshold: that each process shall cross; an exit is waited for until its totals
 *	are final, by the record of those
 * @word: the event's name in an object
 */
struct condition {
	struct tm_threshold threshold;
	const char *word;
};

static inline bool waits_for_exit(const struct condition *what)
{
	return what->threshold.what == TM_THRESHOLD_EXIT;
}

/* Whether it has happened with this record of a process. */
bool has_happened(const struct condition *what, const struct task_sample *record);

/* Say that it has, in a sentence or as an object. */
void wait_event_print(const struct condition *what, const struct task_sample *record, bool json);

#endif /* TMCTL_WAIT_EVENT_H */
