/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's taskstats by generic netlink, no more of it than is needed here. */
#ifndef BENCH_TASKSTATS_H
#define BENCH_TASKSTATS_H

#include <linux/taskstats.h>
#include <sys/types.h>

/* Opens the socket and learns the family's number. */
void taskstats_open(void);
void taskstats_close(void);

/* The figures of one thread (TASKSTATS_CMD_ATTR_PID) or process (_TGID). */
void taskstats_get(int attribute, pid_t pid, struct taskstats *stats);

/* From now on the exits on all CPUs are told of. */
void taskstats_listen(void);

/* What has been told of meanwhile: how many exits. Does not wait. */
int taskstats_exits(struct taskstats *last);

#endif
