/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command that is run to be watched (tmctl run, tmctl record).
 *
 * Its process waits at a pipe until it is let go, so that it can be made a
 * target before it has done anything of its own.
 */
#ifndef TMCTL_CHILD_H
#define TMCTL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct child - the command's process
 * @pid: its number
 * @pidfd: readable once it has exited
 * @gate: what it waits for
 * @answer: whence an errno value comes if the command cannot be run
 */
struct child {
	pid_t pid;
	int pidfd;
	int gate;
	int answer;
};

/* Make it, waiting. Return: 0, or -1 and errno. */
int child_spawn(struct child *child, char **argv);

/*
 * Let it go. From here on a signal that would end us is passed on to it, unless
 * the terminal, which has sent it to both, did. Return: 0 when it has become
 * the command, or the errno value that says why not.
 */
int child_release(struct child *child);

/* It is not to run: be rid of it. */
void child_abandon(struct child *child);

/* Take its end in, which there must be. Return: as wait4(2) gives it. */
int child_reap(struct child *child);

/* A signal came that there was nobody any more to pass on to. */
bool child_stopped(void);

#endif /* TMCTL_CHILD_H */
