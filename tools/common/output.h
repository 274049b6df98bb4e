/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TMCTL_OUTPUT_H
#define TMCTL_OUTPUT_H

#include <stdbool.h>

/* Settle how a reader that went away, or a full disk, is met. Call it first. */
void output_init(void);

/* In a child that becomes another program: what it inherits is what we did. */
void output_undo(void);

/**
 * output_flush() - hand over what has been printed, at the end of each line
 *
 * Return: whether more can be printed; once it could not, never again.
 */
bool output_flush(void);

/**
 * output_close() - hand over the rest and see whether all of it was taken
 * @status: the exit code so far
 *
 * A reader that has seen enough (EPIPE) is no failure and not worth a word.
 *
 * Return: @status, or STATUS_FAILED if that was success and output got lost.
 */
int output_close(int status);

#endif /* TMCTL_OUTPUT_H */
