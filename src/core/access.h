/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_ACCESS_H
#define TM_CORE_ACCESS_H

#include <linux/pid.h>
#include <linux/types.h>

struct cred;
struct file;

/**
 * struct tm_rights - what the opener of a file may do
 * @control: change the default session and read its state (CAP_SYS_ADMIN)
 * @everyone: monitor other users' processes (CAP_SYS_PTRACE)
 * @system: watch a cgroup or the whole system (CAP_PERFMON or CAP_SYS_ADMIN)
 * @cred: who the opener was; lives as long as the file
 *
 * Settled at open, so that it does not change with whom the file is given to.
 */
struct tm_rights {
	bool control;
	bool everyone;
	bool system;
	const struct cred *cred;
};

void tm_rights_of_opener(struct tm_rights *rights, const struct file *file);
void tm_rights_of_current(struct tm_rights *rights);
bool tm_may_monitor(const struct tm_rights *rights, struct pid *pid, enum pid_type type);
bool tm_may_know_end(const struct tm_rights *rights, struct pid *pid, enum pid_type type);
bool tm_may_keep_current(const struct tm_rights *rights);

#endif /* TM_CORE_ACCESS_H */
