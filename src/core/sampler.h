/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_SAMPLER_H
#define TM_CORE_SAMPLER_H

#include <linux/taskmonitor.h>
#include <linux/timerqueue.h>
#include <linux/types.h>

/**
 * struct tm_tick_stats - how well somebody was served
 * @ticks: times served
 * @missed: deadlines that passed unserved; the next one kept is on the grid
 * @lateness_max_ns: longest time between a deadline and its service
 * @stretched: times served late because the sampler had used up its share of
 *	the CPU
 * @cost_ns: time spent serving
 * @lateness_hist: how many ticks were late by less than 2^i us (and not by less
 *	than half of that); the last holds all that were later
 */
struct tm_tick_stats {
	u64 ticks;
	u64 missed;
	u64 lateness_max_ns;
	u64 stretched;
	u64 cost_ns;
	u64 lateness_hist[TM_LATENESS_BUCKETS];
};

/**
 * struct tm_tick - something to be done at absolute deadlines
 * @fn: does it. Called by the sampler's thread, in process context, no lock
 *	held; @now_ns is CLOCK_MONOTONIC. May not stop its own tick, but a
 *	one-shot may arm itself again.
 * @interval_ns: 0 of one-shots
 * @node: in the queue of deadlines; it and the rest is the sampler's own,
 *	protected by its lock
 */
struct tm_tick {
	void (*fn)(struct tm_tick *tick, u64 now_ns);

	struct timerqueue_node node;
	u64 interval_ns;
	bool active;
	struct tm_tick_stats stats;
};

int tm_sampler_get(void);
void tm_sampler_put(void);
pid_t tm_sampler_pid(void);

void tm_tick_init(struct tm_tick *tick, void (*fn)(struct tm_tick *tick, u64 now_ns));
void tm_tick_start(struct tm_tick *tick, u64 interval_ns);
void tm_tick_arm(struct tm_tick *tick, u64 delay_ns);
void tm_tick_stop(struct tm_tick *tick);
void tm_tick_set_interval(struct tm_tick *tick, u64 interval_ns);
void tm_tick_read_stats(struct tm_tick *tick, struct tm_tick_stats *stats);

#endif /* TM_CORE_SAMPLER_H */
