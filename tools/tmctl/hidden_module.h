/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module shows of processes: the kernel's two ways to find them. */
#ifndef TMCTL_HIDDEN_MODULE_H
#define TMCTL_HIDDEN_MODULE_H

#include <taskmonitor/taskmonitor.h>

#include "hidden_views.h"

/*
 * Those in the PID table. A session of scope system is made and ended for it:
 * its making is what searches the table. 0, or an errno value.
 */
int module_table(const char *device, struct look *look);

/* Those on the task list. 0, or an errno value. */
int module_list(struct tm_device *dev, struct look *look);

#endif /* TMCTL_HIDDEN_MODULE_H */
