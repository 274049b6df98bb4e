/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands above the table: the machine, and what has happened since the last screen. */
#ifndef TMCTL_TOP_SUMMARY_H
#define TMCTL_TOP_SUMMARY_H

#include "machine.h"
#include "layout.h"
#include "source.h"

#define SUMMARY_LINES	6	/* at most */

/**
 * struct summary - what it is made of
 * @procs: the processes
 * @source: where they come from
 * @machine: the machine
 * @style: how to write it
 * @delay_ns: between two screens
 * @realtime_ns: when this one was made, CLOCK_REALTIME
 * @boot_ns: and since the machine was started
 * @cost_known: whether the next is
 * @cost_ns: CPU time that was spent on this screen, by us and by the sampler
 * @paused: no more screens come
 */
struct summary {
	const struct procs *procs;
	const struct source *source;
	const struct machine *machine;
	const struct style *style;
	uint64_t delay_ns;
	uint64_t realtime_ns;
	uint64_t boot_ns;
	bool cost_known;
	uint64_t cost_ns;
	bool paused;
};

/**
 * summary_lines() - the first lines of it, as many as there is room for
 * @summary: what it is made of
 * @lines: where to put them
 * @most: how many are wanted, SUMMARY_LINES at most
 * @width: of the terminal; none is longer
 *
 * Return: how many there are.
 */
size_t summary_lines(const struct summary *summary, char (*lines)[LINE_BYTES], size_t most,
		     int width);

/* The same for programs, an object. @screen: number of the screen */
void summary_print_json(FILE *out, const struct summary *summary, uint64_t screen);

#endif /* TMCTL_TOP_SUMMARY_H */
