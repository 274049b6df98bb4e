/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tmctl top: what the terminal and the batch mode have in common.
 *
 * Floors, lowest first; a file uses only those below it:
 *	../common, text users		figures and names as text
 *	procs				the processes from screen to screen
 *	column layout view summary	what is shown of them, and in which order
 *	source threads machine		where the figures come from
 *	top				all of that as one
 *	batch				without a terminal
 *	terminal menu send draw choose keys ui	with one
 *	main				the command line
 */
#ifndef TMCTL_TOP_TOP_H
#define TMCTL_TOP_TOP_H

#include "options.h"
#include "summary.h"
#include "threads.h"
#include "view.h"

#define DELAY_LEAST_NS	50000000ULL
#define DELAY_MOST_NS	3600000000000ULL
#define DRAIN_NS	1000000000ULL	/* exits are fetched so often at least */

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/**
 * struct top - one tmctl top
 * @opts: the command line's common options
 * @delay_ns: between two screens
 * @screens: how many; 0: without end
 * @rows: of a screen in batch mode, at most
 * @csv: comma-separated values, in batch mode
 * @color: whether to use it
 * @style: how things are written
 * @source: where the processes come from
 * @threads: and the threads
 * @procs: the processes
 * @view: what is shown of them
 * @machine: the machine
 * @summary: what stands above
 * @used_ns: CPU time that we and the sampler had used by the last screen
 */
struct top {
	const struct options *opts;
	uint64_t delay_ns;
	uint64_t screens;
	uint64_t rows;
	bool csv;
	enum color color;
	struct style style;
	struct source source;
	struct threads threads;
	struct procs procs;
	struct view view;
	struct machine machine;
	struct summary summary;
	uint64_t used_ns;
};

/**
 * top_sample() - one screen more
 * @top: with the source open
 *
 * Return: 0, or what errno was.
 */
int top_sample(struct top *top);

/* What to say where that failed. Return: the exit code. */
int top_failed(const struct top *top, int err);

/* The program without a terminal, and with one. Return: the exit code. */
int batch_run(struct top *top);
int ui_run(struct top *top);

#endif /* TMCTL_TOP_TOP_H */
