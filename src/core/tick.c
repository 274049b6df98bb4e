// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tick of a session: every target sampled, in chunks. What is done once a
 * chunk is not done once a target: the clock, the RCU section, the history's
 * lock. Between chunks others get the CPU.
 */
#include <linux/ktime.h>
#include <linux/sched.h>

#include "sample_impl.h"
#include "session_impl.h"

#define TM_CHUNK 32

/*
 * What a tick has sampled and not recorded yet. The sampler's thread alone uses
 * it, and there is one. The window's part of the records is zero but while a
 * tick of a session that has windows is under way.
 */
static struct task_sample tm_chunk[TM_CHUNK];

/* Is it a record as it stands? A window's sample that does not end it is none. */
static bool tm_tick_inspect(struct tm_session *s, struct tm_target *target,
				     struct task_sample *sample)
{
	if (s->thresholds.figures)
		tm_thresholds_judge(s, target, sample);
	return !s->window_ns || tm_window_collect(s, target, sample);
}

/* Sample up to a chunk's worth of targets from the @i-th on. Return: the next one's index. */
static unsigned int tm_tick_chunk(struct tm_session *s, unsigned int i, unsigned int *filled)
{
	struct tm_view view = {
		.ns = s->ns,
		.time_ns = ktime_get_ns(),
		.kind = TM_KIND_PERIODIC,
		.blank = !s->window_ns,
		.cpus = tm_cpus_in_tick(),
	};
	unsigned int end = min(i + TM_CHUNK, s->targets.n);
	struct task_sample *sample = tm_chunk;

	rcu_read_lock();
	for (; i < end; i++) {
		struct tm_target *target = s->targets.slot[i];
		struct task_monitor *tm = &target->monitor;

		if (READ_ONCE(tm->off))
			continue;
		if (unlikely(!tm_get_sample(tm, &view, sample))) {
			memset(sample, 0, sizeof(*sample));
			continue;
		}
		if (unlikely(s->inspects) && !tm_tick_inspect(s, target, sample))
			continue;
		sample++;
		/* One pointer, not an index that is made one for every field. */
		OPTIMIZER_HIDE_VAR(sample);
	}
	rcu_read_unlock();
	*filled = sample - tm_chunk;
	return i;
}

/** tm_session_tick - by the sampler's thread */
void tm_session_tick(struct tm_tick *tick, u64 now_ns)
{
	struct tm_session *s = container_of(tick, struct tm_session, tick);
	unsigned int i = 0, position = 0;
	unsigned int j, n;

	rt_mutex_lock(&s->lock);
	tm_members_join(s);
	while (i < s->targets.n) {
		i = tm_tick_chunk(s, i, &n);
		tm_session_record(s, tm_chunk, n);
		if (s->window_ns)
			memset(tm_chunk, 0, sizeof(tm_chunk));
		for (j = 0; s->observer && j < n; j++)
			s->observer->sampled(&tm_chunk[j], position++);
		cond_resched();
	}
	rt_mutex_unlock(&s->lock);
}
