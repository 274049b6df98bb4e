// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic alone: no input, no output, no clock. */
#include <string.h>

#include "timeline.h"

void timeline_init(struct timeline *line, uint64_t width_ns)
{
	memset(line, 0, sizeof(*line));
	line->width_ns = width_ns;
}

static struct bin merged(const struct bin *a, const struct bin *b)
{
	return (struct bin){
		.cpu_ns = a->cpu_ns + b->cpu_ns,
		.rss_bytes = a->rss_bytes > b->rss_bytes ? a->rss_bytes : b->rss_bytes,
		.rss_known = a->rss_known || b->rss_known,
	};
}

void timeline_fold(struct timeline *line)
{
	size_t i;

	for (i = 0; i < TIMELINE_BINS / 2; i++)
		line->bins[i] = merged(&line->bins[2 * i], &line->bins[2 * i + 1]);
	memset(&line->bins[i], 0, (TIMELINE_BINS - i) * sizeof(line->bins[0]));
	line->width_ns *= 2;
	line->used = (line->used + 1) / 2;
}

/* The bin of a moment, which there is from now on. */
static size_t bin_of(struct timeline *line, uint64_t at_ns)
{
	size_t bin;

	while (at_ns / line->width_ns >= TIMELINE_BINS)
		timeline_fold(line);
	bin = (size_t)(at_ns / line->width_ns);
	if (line->used <= bin)
		line->used = bin + 1;
	return bin;
}

/* The last bin takes what the shares, cut to nanoseconds, have left. */
void timeline_add_cpu(struct timeline *line, uint64_t from_ns, uint64_t to_ns, uint64_t cpu_ns)
{
	/* A moment belongs to what begins there, an end to what it ends. */
	size_t last = bin_of(line, to_ns ? to_ns - 1 : 0), bin;
	uint64_t left = cpu_ns;

	if (from_ns >= to_ns) {
		line->bins[last].cpu_ns += cpu_ns;
		return;
	}
	for (bin = (size_t)(from_ns / line->width_ns); bin < last; bin++) {
		uint64_t begin = bin * line->width_ns, end = begin + line->width_ns;
		uint64_t share = end - (from_ns > begin ? from_ns : begin);

		share = (uint64_t)((double)cpu_ns * (double)share / (double)(to_ns - from_ns));
		if (share > left)
			share = left;
		line->bins[bin].cpu_ns += share;
		left -= share;
	}
	line->bins[last].cpu_ns += left;
}

void timeline_add_rss(struct timeline *line, uint64_t at_ns, uint64_t rss_bytes)
{
	struct bin *bin = &line->bins[bin_of(line, at_ns)];

	if (rss_bytes > bin->rss_bytes)
		bin->rss_bytes = rss_bytes;
	bin->rss_known = true;
}
