/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers from the command line. All of the string must be the number: no sign,
 * no space, nothing behind it. Each returns 0, -EINVAL (that is no number) or
 * -ERANGE (that is one, but out of bounds), and sets its result only with 0.
 */
#ifndef TMCTL_PARSE_H
#define TMCTL_PARSE_H

#include <stdint.h>
#include <sys/types.h>

int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *value);

/* A PID: from 1 to what an int holds. */
int parse_pid(const char *s, pid_t *pid);

/**
 * parse_duration() - read a length of time
 * @s: a decimal number and a unit: ns, us, ms, s, m or h; seconds without one
 * @min: least
 * @max: most
 * @ns: where to put it; what is finer than a nanosecond is cut off
 */
int parse_duration(const char *s, uint64_t min, uint64_t max, uint64_t *ns);

/* The same between TM_INTERVAL_MIN_NS and TM_INTERVAL_MAX_NS. */
int parse_interval(const char *s, uint64_t *ns);

/* A size: a decimal number, of bytes or of K, M, G, T (KiB, MiB ... too). */
int parse_size(const char *s, uint64_t *bytes);

/* A percentage: a decimal number up to a million, with or without a %. */
int parse_percent(const char *s, double *percent);

#endif /* TMCTL_PARSE_H */
