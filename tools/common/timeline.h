/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU use and resident set over a run whose length nobody knows beforehand.
 *
 * A fixed number of bins, as wide as an interval at first. When the run has
 * outgrown them two are folded into one, and they are twice as wide from then
 * on: so there is always a chart of the whole, and its memory never grows.
 * Times are nanoseconds since the run began.
 */
#ifndef TMCTL_TIMELINE_H
#define TMCTL_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMELINE_BINS	120	/* even: bins are folded in pairs */

/**
 * struct bin - a stretch of time
 * @cpu_ns: CPU time used in it
 * @rss_bytes: the most that was resident at one of its moments
 * @rss_known: whether there was such a moment
 */
struct bin {
	uint64_t cpu_ns;
	uint64_t rss_bytes;
	bool rss_known;
};

/**
 * struct timeline - a run
 * @width_ns: of a bin
 * @used: bins from the first to the last that anything is in
 * @bins: all of them
 */
struct timeline {
	uint64_t width_ns;
	size_t used;
	struct bin bins[TIMELINE_BINS];
};

void timeline_init(struct timeline *line, uint64_t width_ns);

/* CPU time used between two moments, evenly for all that is known. */
void timeline_add_cpu(struct timeline *line, uint64_t from_ns, uint64_t to_ns, uint64_t cpu_ns);

/* What was resident at a moment. */
void timeline_add_rss(struct timeline *line, uint64_t at_ns, uint64_t rss_bytes);

/* Half as many bins, twice as wide. */
void timeline_fold(struct timeline *line);

#endif /* TMCTL_TIMELINE_H */
