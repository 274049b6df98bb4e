/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Named sessions: the module of configfs, the directories, the files in them.
 * Results are 0, or a length, or a negative errno.
 */
#ifndef NAMED_H
#define NAMED_H

#include "harness.h"

#define NAMED_ROOT	"/sys/kernel/config/taskmonitor"
#define NAMED_MODULE	"/sys/module/taskmonitor_configfs"
#define NAMED_PATH	512

/* Can there be any here? If not, @what is a skip that says why. */
bool named_possible(const char *what);

/* The module is loaded on top of the other, configfs with it. */
void named_need(void);
/* Removes every directory first. */
int named_unload(void);

int named_make(const char *name);
int named_end(const char *name);
/* One write(2). */
int named_put(const char *name, const char *file, const char *text);
int named_get(const char *name, const char *file, char *buf, size_t size);
/* The number behind a key in the file state. */
long long named_state(const char *name, const char *key);
/* How many lines there are in a file. */
int named_lines(const char *name, const char *file);

#endif /* NAMED_H */
