/* SPDX-License-Identifier: GPL-2.0-only */
/* Who there is by /proc and /etc/passwd: what selection.c has to look up, and others. */
#ifndef TMCTL_SELECTION_PROC_H
#define TMCTL_SELECTION_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/taskmonitor.h>

/* Call back for each process that /proc shows. */
void selection_each_process(void (*call)(pid_t pid, void *arg), void *arg);

/* Call back for each thread of a process. Return: 0, or -1 and errno: there is none such. */
int selection_each_thread(pid_t pid, void (*call)(pid_t tid, void *arg), void *arg);

/* Its name; its real user. Return: whether it is there. */
bool selection_read_name(pid_t pid, char name[TM_COMM_LEN]);
bool selection_read_uid(pid_t pid, uid_t *uid);

/* The number of a user in /etc/passwd. Return: whether there is one of that name. */
bool selection_find_user(const char *name, uid_t *uid);

#endif /* TMCTL_SELECTION_PROC_H */
