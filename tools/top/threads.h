/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The threads of some processes: those that are in view. They are targets of a
 * second session, one by one; who goes out of view is removed from it.
 */
#ifndef TMCTL_TOP_THREADS_H
#define TMCTL_TOP_THREADS_H

#include "source.h"
#include "view.h"

/**
 * struct threads - the session of threads
 * @procs: the threads
 *
 * The rest is threads.c's own.
 */
struct threads {
	struct procs procs;

	const char *device;
	struct tm_session *session;
	struct batch batches[2];
	unsigned int latest;
};

void threads_init(struct threads *threads, const char *device);

/**
 * threads_screen() - one screen more
 * @threads: the session, which is made by the first call
 * @rows: rows of processes; of those with more than one thread the threads are wanted
 * @count: how many
 * @processes: what the rows are of
 *
 * Return: 0, or what errno was.
 */
int threads_screen(struct threads *threads, const struct row *rows, size_t count,
		   const struct procs *processes);

/* None are wanted any longer. */
void threads_close(struct threads *threads);

#endif /* TMCTL_TOP_THREADS_H */
