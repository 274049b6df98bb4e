/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_TASKLIST_H
#define TM_CORE_TASKLIST_H

#include <linux/taskmonitor.h>

struct pid_namespace;

int tm_tasklist(struct pid_namespace *ns, struct tm_task *tasks, unsigned int capacity,
		unsigned int *count, unsigned int *total);

#endif /* TM_CORE_TASKLIST_H */
