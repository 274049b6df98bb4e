/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc and kill(2) show of processes, for those who hunt for what they do not show. */
#ifndef TMCTL_HIDDEN_PROC_H
#define TMCTL_HIDDEN_PROC_H

#include "hidden_views.h"

/*
 * Is /proc there, and that of our PID namespace? 0; or an errno value, ENOTDIR
 * where it shows another namespace.
 */
int proc_check(void);

/* Names in /proc, by the system call and by libc. 0, or an errno value. */
int proc_getdents(struct look *look);
int proc_readdir(struct look *look);

/*
 * Look at the process itself, by /proc/PID/stat and kill(2). The system calls
 * are made directly: who filters libc's functions filters neither.
 */
void proc_probe(struct sighting *row);

/* How /proc is mounted, and what over @pid's directory in it. */
void proc_mount_of(int32_t pid, struct proc_mount *mount);

#endif /* TMCTL_HIDDEN_PROC_H */
