/* SPDX-License-Identifier: GPL-2.0-only */
/* -C NAME: what names of processes are held against. */
#ifndef TMCTL_PATTERN_H
#define TMCTL_PATTERN_H

#include <regex.h>
#include <stdbool.h>

/**
 * pattern_compile() - understand the argument
 * @pattern: what to fill; regfree() it if this succeeds
 * @command: name of the command, for the message
 * @expression: an extended regular expression
 *
 * Return: STATUS_DONE, or STATUS_USAGE, having complained.
 */
int pattern_compile(regex_t *pattern, const char *command, const char *expression);

/* Whether a process's name matches, anywhere in it. */
bool pattern_matches(const regex_t *pattern, const char *name);

#endif /* TMCTL_PATTERN_H */
