// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "clock.h"
#include "usage.h"

/*
 * Who has not been heard of for some intervals, and no end either, cannot be said
 * to live: the record of its end is lost, or it is told of no more.
 */
uint64_t process_end_ns(const struct process *process, const struct meta *meta)
{
	uint64_t patience_ns = 3 * meta->interval_ns + 2 * NSEC_PER_SEC;

	if (process->exit_known)
		return process->exit_time_ns;
	if (process->last_ns + patience_ns < meta->end_ns)
		return process->last_ns;
	return meta->end_ns;
}

bool process_is_new(const struct process *process, const struct meta *meta)
{
	return process->start_ns >= 0 && (uint64_t)process->start_ns >= meta->begin_ns;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void usage_begin(struct usage *usage, const struct process *process, const struct meta *meta,
		 const struct window *window)
{
	uint64_t start_ns = process->start_ns > 0 ? (uint64_t)process->start_ns : 0;
	int i;

	memset(usage, 0, sizeof(*usage));
	usage->window.from_ns = later(window->from_ns, start_ns);
	usage->window.to_ns = earlier(window->to_ns, process_end_ns(process, meta));
	usage->exit_ns = process->exit_known ? process->exit_time_ns : UINT64_MAX;
	if (!process_is_new(process, meta))
		return;
	for (i = 0; i < FIGURE_COUNT; i++) {
		if (!figures[i].counter && i != FIGURE_PEAK_RSS)
			continue;
		usage->at_ns[i] = start_ns;
		usage->have |= 1u << i;
	}
}

/* Of @gain, from a moment on, what there is after @part_ns of @whole_ns. */
static uint64_t portion(uint64_t gain, uint64_t part_ns, uint64_t whole_ns)
{
	return (uint64_t)((unsigned __int128)gain * part_ns / whole_ns);
}

/*
 * Of @gain, between two moments, what falls into the window. Cut at both ends by
 * the same rule, so that windows that follow each other come to the whole.
 */
static uint64_t share(uint64_t gain, uint64_t from_ns, uint64_t to_ns, const struct window *window)
{
	uint64_t begin = later(from_ns, window->from_ns), end = earlier(to_ns, window->to_ns);

	if (from_ns == to_ns)
		return gain;
	return portion(gain, end - from_ns, to_ns - from_ns) -
	       portion(gain, begin - from_ns, to_ns - from_ns);
}

/* A stretch of no length counts where it is inside: all was used at that moment. */
static bool overlaps(uint64_t from_ns, uint64_t to_ns, const struct window *window)
{
	if (from_ns == to_ns)
		return from_ns >= window->from_ns && to_ns <= window->to_ns;
	return from_ns < window->to_ns && to_ns > window->from_ns;
}

static void note_counter(struct usage *u, int i, uint64_t value, uint64_t at_ns)
{
	uint64_t gain = value > u->value[i] ? value - u->value[i] : 0;

	if (!(u->have & 1u << i) || !overlaps(u->at_ns[i], at_ns, &u->window))
		return;
	u->used[i] += share(gain, u->at_ns[i], at_ns, &u->window);
	u->known |= 1u << i;
}

static void note_peak(struct usage *u, uint64_t bytes)
{
	u->peak_rss_bytes = later(u->peak_rss_bytes, bytes);
}

/* What was resident until now. */
static void note_rss(struct usage *u, uint64_t at_ns)
{
	if (u->have & 1u << FIGURE_RSS && overlaps(u->at_ns[FIGURE_RSS], at_ns, &u->window))
		note_peak(u, u->value[FIGURE_RSS]);
}

static void note_mark(struct usage *u, uint64_t bytes, uint64_t at_ns)
{
	bool inside = u->at_ns[FIGURE_PEAK_RSS] >= u->window.from_ns && at_ns <= u->window.to_ns;

	if (u->have & 1u << FIGURE_PEAK_RSS && inside && bytes > u->value[FIGURE_PEAK_RSS])
		note_peak(u, bytes);
}

void usage_add(struct usage *u, const struct task_sample *sample)
{
	int i;

	for (i = 0; i < FIGURE_COUNT; i++) {
		uint64_t value = figure_get(&figures[i], sample);
		uint64_t at_ns = later(earlier(sample->time_ns, u->exit_ns), u->at_ns[i]);

		if (!(sample->valid & figures[i].needs))
			continue;
		if (figures[i].counter)
			note_counter(u, i, value, at_ns);
		else if (i == FIGURE_RSS)
			note_rss(u, at_ns);
		else if (i == FIGURE_PEAK_RSS)
			note_mark(u, value, at_ns);
		u->value[i] = value;
		u->at_ns[i] = at_ns;
		u->have |= 1u << i;
		u->told |= 1u << i;
	}
}

/* Nothing has changed from the last sample on; a figure never told is not known. */
void usage_end(struct usage *u)
{
	int i;

	for (i = 0; i < FIGURE_COUNT; i++) {
		if (figures[i].counter && u->told & 1u << i)
			note_counter(u, i, u->value[i], later(u->at_ns[i], u->window.to_ns));
	}
	note_rss(u, later(u->at_ns[FIGURE_RSS], u->window.to_ns));
}
