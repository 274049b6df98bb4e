/* SPDX-License-Identifier: GPL-2.0-only */
/* The two halves of tmctl watch: the default session's target, and those one chooses. */
#ifndef TMCTL_WATCH_H
#define TMCTL_WATCH_H

#include "options.h"
#include "selection.h"
#include "watch_output.h"

/**
 * struct watch - one tmctl watch
 * @opts: the command line's options
 * @chosen: who was chosen
 * @out: where rows go, with their interval
 * @count: times that rows are to be printed, UINT64_MAX: without end
 * @all: the idle too
 */
struct watch {
	const struct options *opts;
	const struct selection_args *chosen;
	struct watch_output out;
	uint64_t count;
	bool all;
};

/* Each returns an exit code, having said what went wrong. */
int watch_target(struct watch *w);
int watch_chosen(struct watch *w);

#endif /* TMCTL_WATCH_H */
