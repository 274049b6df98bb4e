/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic alone: no task, no lock, no allocation. Compiled into the module
 * and, with __KERNEL__ unset, into the host's unit tests.
 */
#ifndef TM_CORE_CALC_H
#define TM_CORE_CALC_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint64_t u64;
typedef uint32_t u32;
#endif

/**
 * struct tm_cputime - a CPU time, split into its two halves
 * @utime: in user mode, ns
 * @stime: in kernel mode, ns
 */
struct tm_cputime {
	u64 utime;
	u64 stime;
};

void tm_cputime_adopt(struct tm_cputime *prev, struct tm_cputime kernel);
void tm_cputime_split(struct tm_cputime *prev, u64 rtime, struct tm_cputime ticks);
u32 tm_ppm(u64 part, u64 whole);
int tm_parse_duration_ns(const char *text, u64 *ns);

#endif /* TM_CORE_CALC_H */
