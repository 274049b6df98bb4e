// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thresholds: what a session tells of when one of its targets crosses it.
 *
 * Figures are judged by the tick, on the samples that it takes anyway; exits are
 * told in the probe. A crossing is a record like any other, but for its readers,
 * who are woken whatever the watermark (tm_session_alert()).
 *
 * What must be remembered of a target, struct tm_stand, is made when it is first
 * judged. It has no place in struct tm_target, which fills its half KiB; and the
 * fork probe, which could not make it, has no need to.
 */
#include <linux/bitops.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../compat.h"
#include "session_impl.h"

/* --- judging ----------------------------------------------------------------------- */

/* The tick is in an RCU read section, and has the next sample to try again. */
static __always_inline struct tm_stand *tm_stand_of(struct tm_target *target)
{
	if (unlikely(!target->stand))
		target->stand = kzalloc(sizeof(*target->stand), GFP_NOWAIT | __GFP_NOWARN);
	return target->stand;
}

static __always_inline struct tm_reading tm_momentary(bool known, u64 value,
						      const struct task_sample *sample)
{
	return (struct tm_reading) {
		.known = known,
		.value = value,
		.from_ns = sample->time_ns,
		.time_ns = sample->time_ns,
	};
}

/* A share of the time since the sample before, in which @part grew from @before. */
static __always_inline struct tm_reading tm_share(bool known, u64 part, u64 before,
						  const struct tm_stand *stand,
						  const struct task_sample *sample)
{
	return (struct tm_reading) {
		.known = known && stand->time_ns,
		.value = tm_ppm(part - before, sample->time_ns - stand->time_ns),
		.from_ns = stand->time_ns,
		.time_ns = sample->time_ns,
	};
}

static __always_inline struct tm_reading
tm_read_figure(u32 what, const struct tm_stand *stand, const struct task_sample *sample)
{
	switch (what) {
	case TM_THRESHOLD_RSS:
		return tm_momentary(sample->valid & TM_VALID_MEM, sample->rss_bytes, sample);
	case TM_THRESHOLD_CPU:
		return tm_share(sample->valid & TM_VALID_CPU, sample->utime + sample->stime,
				stand->cpu_ns, stand, sample);
	case TM_THRESHOLD_RUN_DELAY:
		return tm_share(sample->valid & TM_VALID_RUN_DELAY, sample->run_delay_ns,
				stand->run_delay_ns, stand, sample);
	default:
		return tm_momentary(true, sample->threads, sample);
	}
}

/**
 * struct tm_crossing - what a record of a threshold says beside its sample
 * @value: threshold_value
 * @bound: threshold_bound
 * @since_ns: threshold_since_ns
 * @flags: TM_SAMPLE_BELOW or 0
 */
struct tm_crossing {
	u64 value;
	u64 bound;
	u64 since_ns;
	u16 flags;
};

/* Of a copy: the sample is on its way into the history too. */
static void tm_tell(struct tm_session *s, const struct tm_threshold *threshold,
		    const struct task_sample *sample, struct tm_crossing crossing)
{
	struct task_sample record = *sample;

	record.seq = 0;
	record.kind = TM_KIND_THRESHOLD;
	record.flags |= crossing.flags;
	record.valid |= TM_VALID_THRESHOLD;
	record.threshold_id = threshold->id;
	record.threshold_what = threshold->what;
	record.threshold_value = crossing.value;
	record.threshold_bound = crossing.bound;
	record.threshold_since_ns = crossing.since_ns;
	tm_session_alert(s, &record);
}

/* What has come about is rare: out of the way of what has not. */
static noinline void tm_tell_step(struct tm_session *s, unsigned int i, enum tm_step step,
				  struct tm_stand *stand, const struct task_sample *sample,
				  u64 value)
{
	struct tm_threshold *threshold = &s->thresholds.slot[i];
	struct tm_crossing crossing = {
		.value = value,
		.bound = threshold->above,
		.since_ns = stand->since_ns[i],
	};

	if (step == TM_STEP_CROSSED) {
		stand->crossed |= BIT(i);
		atomic64_inc(&s->thresholds.crossed[i]);
	} else {
		stand->crossed &= ~BIT(i);
		stand->since_ns[i] = 0;
		threshold->returned++;
		crossing.bound = threshold->below;
		crossing.flags = TM_SAMPLE_BELOW;
	}
	tm_tell(s, threshold, sample, crossing);
}

static void tm_judge_slot(struct tm_session *s, unsigned int i, struct tm_stand *stand,
			  const struct task_sample *sample)
{
	const struct tm_threshold *threshold = &s->thresholds.slot[i];
	struct tm_reading reading = tm_read_figure(threshold->what, stand, sample);
	struct tm_level level = {
		.above = threshold->above,
		.below = threshold->below,
		.for_ns = threshold->for_ns,
	};
	enum tm_step step;

	step = tm_level_step(&level, stand->crossed & BIT(i), &stand->since_ns[i], &reading);
	if (unlikely(step != TM_STEP_NONE))
		tm_tell_step(s, i, step, stand, sample, reading.value);
}

/**
 * tm_thresholds_judge - a tick has sampled a target
 * @s: the session; its lock is held
 * @target: alive
 * @sample: has no window's figures yet
 *
 * In an RCU read section.
 */
void tm_thresholds_judge(struct tm_session *s, struct tm_target *target,
			 const struct task_sample *sample)
{
	struct tm_stand *stand = tm_stand_of(target);
	unsigned int i;

	for_each_set_bit(i, &s->thresholds.figures, TM_THRESHOLDS_MAX) {
		if (likely(stand))
			tm_judge_slot(s, i, stand, sample);
		else
			s->thresholds.slot[i].unjudged++;
	}
	if (unlikely(!stand))
		return;
	stand->time_ns = sample->time_ns;
	stand->cpu_ns = sample->utime + sample->stime;
	stand->run_delay_ns = sample->run_delay_ns;
}

/**
 * tm_thresholds_exit - a target has begun to exit
 * @s: the session
 * @sample: as TM_KIND_EXITING has it
 *
 * In the exit probe.
 */
void tm_thresholds_exit(struct tm_session *s, const struct task_sample *sample)
{
	/* Pairs with tm_install(): the slots are whole. */
	unsigned long exits = smp_load_acquire(&s->thresholds.exits);
	struct tm_crossing crossing = {
		.value = (u32)sample->exit_code,
		.since_ns = sample->exit_time_ns,
	};
	unsigned int i;

	for_each_set_bit(i, &exits, TM_THRESHOLDS_MAX) {
		atomic64_inc(&s->thresholds.crossed[i]);
		tm_tell(s, &s->thresholds.slot[i], sample, crossing);
	}
}

/* @slots of all targets: as if they had never been judged. */
static void tm_forget(struct tm_session *s, unsigned long slots)
{
	struct tm_stand *stand;
	unsigned int i, slot;

	lockdep_assert_held(&s->lock);
	for (i = 0; i < s->targets.n; i++) {
		stand = s->targets.slot[i]->stand;
		if (!stand)
			continue;
		stand->crossed &= ~slots;
		for_each_set_bit(slot, &slots, TM_THRESHOLDS_MAX)
			stand->since_ns[slot] = 0;
	}
}

/**
 * tm_thresholds_restart - the session is about to be started
 * @s: the session; control is held
 *
 * Nobody has looked meanwhile: nothing was above "all the time", no share is of an
 * interval, and what is above now crosses.
 */
void tm_thresholds_restart(struct tm_session *s)
{
	unsigned int i;

	lockdep_assert_held(&s->control);
	if (!s->thresholds.figures)
		return;
	rt_mutex_lock(&s->lock);
	tm_forget(s, s->thresholds.figures);
	for (i = 0; i < s->targets.n; i++) {
		if (s->targets.slot[i]->stand)
			s->targets.slot[i]->stand->time_ns = 0;
	}
	rt_mutex_unlock(&s->lock);
}

/* --- which there are ----------------------------------------------------------------- */

static int tm_check_threshold(const struct tm_session *s, const struct tm_threshold *threshold)
{
	if (threshold->flags || threshold->reserved || threshold->below > threshold->above)
		return -EINVAL;
	if (threshold->what < TM_THRESHOLD_RSS || threshold->what > TM_THRESHOLD_EXIT)
		return -EINVAL;
	if (threshold->what == TM_THRESHOLD_EXIT && (threshold->above || threshold->for_ns))
		return -EINVAL;
	if (!(s->kinds & BIT(TM_KIND_THRESHOLD)))
		return -EINVAL;
	if (threshold->what == TM_THRESHOLD_RUN_DELAY && !TM_HAS_RUN_DELAY)
		return -EOPNOTSUPP;
	return 0;
}

/* Into a slot that is free. */
static void tm_install(struct tm_session *s, unsigned int i, struct tm_threshold *threshold)
{
	struct tm_thresholds *t = &s->thresholds;

	threshold->id = ++t->last_id;
	t->slot[i] = *threshold;
	t->slot[i].below = threshold->below ?: threshold->above;
	t->slot[i].returned = 0;
	t->slot[i].unjudged = 0;
	atomic64_set(&t->crossed[i], 0);
	if (threshold->what == TM_THRESHOLD_EXIT) {
		smp_store_release(&t->exits, t->exits | BIT(i));	/* the slot is whole */
		return;
	}
	tm_forget(s, BIT(i));
	t->figures |= BIT(i);
	tm_session_inspect(s);
	if (s->running)
		tm_tick_start(&s->tick, s->interval_ns);
}

/**
 * tm_session_threshold_add - tell of targets that cross it
 * @s: the session
 * @threshold: its id is set
 *
 * Return: 0, or as TM_THRESHOLD_ADD: -EINVAL, -ENOSPC, -EOPNOTSUPP.
 */
int tm_session_threshold_add(struct tm_session *s, struct tm_threshold *threshold)
{
	int err = tm_check_threshold(s, threshold);
	unsigned long taken;
	unsigned int i;

	if (err)
		return err;
	mutex_lock(&s->control);
	taken = s->thresholds.figures | s->thresholds.exits;
	i = find_first_zero_bit(&taken, TM_THRESHOLDS_MAX);
	if (i < TM_THRESHOLDS_MAX) {
		rt_mutex_lock(&s->lock);
		tm_install(s, i, threshold);
		rt_mutex_unlock(&s->lock);
	} else {
		err = -ENOSPC;
	}
	mutex_unlock(&s->control);
	return err;
}
TM_EXPORT(tm_session_threshold_add);

static int tm_find_threshold(const struct tm_thresholds *t, u32 id)
{
	unsigned long taken = t->figures | t->exits;
	unsigned int i;

	for_each_set_bit(i, &taken, TM_THRESHOLDS_MAX) {
		if (t->slot[i].id == id)
			return i;
	}
	return -ENOENT;
}

static void tm_uninstall(struct tm_session *s, unsigned int i)
{
	struct tm_thresholds *t = &s->thresholds;

	rt_mutex_lock(&s->lock);
	WRITE_ONCE(t->exits, t->exits & ~BIT(i));
	t->figures &= ~BIT(i);
	tm_session_inspect(s);
	rt_mutex_unlock(&s->lock);

	if (t->slot[i].what == TM_THRESHOLD_EXIT)
		synchronize_rcu();	/* a probe may be about to tell of it */
	else if (!tm_session_samples(s))
		tm_tick_stop(&s->tick);
}

/**
 * tm_session_threshold_del - no longer tell of it, not even of what has been seen
 * @s: the session
 * @id: which
 *
 * Return: 0, -ENOENT.
 */
int tm_session_threshold_del(struct tm_session *s, u32 id)
{
	int i;

	mutex_lock(&s->control);
	i = tm_find_threshold(&s->thresholds, id);
	if (i >= 0)
		tm_uninstall(s, i);
	mutex_unlock(&s->control);
	return i < 0 ? i : 0;
}
TM_EXPORT(tm_session_threshold_del);

/**
 * tm_session_thresholds - which there are, with their counts
 * @s: the session
 * @thresholds: TM_THRESHOLDS_MAX of them
 *
 * Return: how many were filled.
 */
unsigned int tm_session_thresholds(struct tm_session *s, struct tm_threshold *thresholds)
{
	struct tm_thresholds *t = &s->thresholds;
	unsigned long taken;
	unsigned int i, n = 0;

	rt_mutex_lock(&s->lock);
	taken = t->figures | t->exits;
	for_each_set_bit(i, &taken, TM_THRESHOLDS_MAX) {
		thresholds[n] = t->slot[i];
		thresholds[n++].crossed = atomic64_read(&t->crossed[i]);
	}
	rt_mutex_unlock(&s->lock);
	return n;
}
TM_EXPORT(tm_session_thresholds);
