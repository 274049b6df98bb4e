/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_THRESHOLD_H
#define TM_CORE_THRESHOLD_H

#include <linux/atomic.h>
#include <linux/taskmonitor.h>
#include <linux/types.h>

struct task_sample;
struct tm_session;
struct tm_target;

/**
 * struct tm_thresholds - the thresholds of a session
 * @figures: a bit for each slot that is about a figure: judged by the tick
 * @exits: a bit for each slot that is about exits: looked at in the probe, and so
 *	published behind what the slot holds
 * @last_id: the number that was given last
 * @slot: as they were asked for, with their numbers, and @returned and @unjudged
 * @crossed: how often each has been crossed; the probes count too
 *
 * Changed under the session's control and its lock; a tick holds the latter.
 */
struct tm_thresholds {
	unsigned long figures;
	unsigned long exits;
	u32 last_id;
	struct tm_threshold slot[TM_THRESHOLDS_MAX];
	atomic64_t crossed[TM_THRESHOLDS_MAX];
};

/**
 * struct tm_stand - where a target stands with its session's thresholds
 * @time_ns: when it was sampled before this; 0: not since the session was started
 * @cpu_ns: its CPU time then
 * @run_delay_ns: its waiting time then
 * @since_ns: of each slot: since when it has been above; 0: it is not
 * @crossed: a bit for each slot that it has crossed and not come back from
 */
struct tm_stand {
	u64 time_ns;
	u64 cpu_ns;
	u64 run_delay_ns;
	u64 since_ns[TM_THRESHOLDS_MAX];
	unsigned long crossed;
};

void tm_thresholds_judge(struct tm_session *s, struct tm_target *target,
			 const struct task_sample *sample);
void tm_thresholds_exit(struct tm_session *s, const struct task_sample *sample);
void tm_thresholds_restart(struct tm_session *s);

/* Does it concern exits at all? From any context. */
static inline bool tm_thresholds_have_exits(const struct tm_thresholds *thresholds)
{
	return unlikely(READ_ONCE(thresholds->exits));
}

#endif /* TM_CORE_THRESHOLD_H */
