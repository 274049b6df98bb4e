/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tmctl says when something fails. A message names the object, then the
 * reason, then the next step; it goes to stderr, and with --json to stdout as
 * well, as an object. Every function here returns the exit code, so that a
 * command can end with `return fail…(…)`.
 */
#ifndef TMCTL_ERROR_H
#define TMCTL_ERROR_H

#include <stdbool.h>
#include <stdio.h>

void error_in_json(bool on);

/* Where the objects go; stdout until this is called. */
void error_json_to(FILE *out);

int fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Wrong usage: STATUS_USAGE, and where to read how it is done. */
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* @object could not be used, errno value @err says why. */
int fail_errno(const char *object, int err);

/* The exit code for an errno value. */
int error_status(int err);

/* Any argument left is one too many. */
int fail_excess(const char *command, const char *argument);

#endif /* TMCTL_ERROR_H */
