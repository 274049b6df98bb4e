// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what. Rights are those of whoever opened the file, not of who
 * holds it now: a program that is handed an open file gains nothing by it, and
 * a privileged one that is tricked into using it gives nothing away.
 *
 * ptrace_may_access() is not exported to modules; its rule is spelt out here:
 * the same user and group in all three ids, a process that may be dumped and
 * has no capability that the opener has not; or CAP_SYS_PTRACE.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/sched/task.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "../compat.h"
#include "access.h"

/** tm_rights_of_opener - for open(): settle what current may do through @file */
void tm_rights_of_opener(struct tm_rights *rights, const struct file *file)
{
	rights->control = file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN);
	rights->everyone = file_ns_capable(file, &init_user_ns, CAP_SYS_PTRACE);
	rights->system = file_ns_capable(file, &init_user_ns, CAP_PERFMON) || rights->control;
	rights->cred = file->f_cred;
}

/**
 * tm_rights_of_current - settle what current may do, for what is no file
 * @rights: its cred is a reference of the caller's own, to be put
 */
void tm_rights_of_current(struct tm_rights *rights)
{
	rights->control = capable(CAP_SYS_ADMIN);
	rights->everyone = capable(CAP_SYS_PTRACE);
	rights->system = rights->control || capable(CAP_PERFMON);
	rights->cred = get_current_cred();
}
TM_EXPORT(tm_rights_of_current);

static bool tm_same_ids(const struct cred *opener, const struct cred *target)
{
	return uid_eq(opener->fsuid, target->euid) && uid_eq(opener->fsuid, target->suid) &&
	       uid_eq(opener->fsuid, target->uid) && gid_eq(opener->fsgid, target->egid) &&
	       gid_eq(opener->fsgid, target->sgid) && gid_eq(opener->fsgid, target->gid);
}

/* As cap_capable(): in @ns by a capability of one's own, or over it for having made it. */
static bool tm_rules_over(const struct cred *opener, const struct user_namespace *ns)
{
	for (; ns != opener->user_ns; ns = ns->parent) {
		if (!ns->parent)
			return false;
		if (ns->parent == opener->user_ns && uid_eq(ns->owner, opener->euid))
			return true;
	}
	return cap_raised(opener->cap_effective, CAP_SYS_PTRACE);
}

/* As cap_ptrace_access_check(): by whom it is run is not all, for it may have been given more. */
static bool tm_is_no_stronger(const struct cred *opener, const struct cred *target)
{
	if (opener->user_ns == target->user_ns &&
	    cap_issubset(target->cap_permitted, opener->cap_effective))
		return true;
	return tm_rules_over(opener, target->user_ns);
}

static bool tm_may_by_cred(const struct cred *opener, const struct cred *target)
{
	return tm_same_ids(opener, target) && tm_is_no_stronger(opener, target);
}

/* A program that was set-uid, or that nobody may read, is not its user's to look into. */
static bool tm_is_dumpable(struct task_struct *task)
{
	bool dumpable;

	task_lock(task);
	dumpable = task->mm && get_dumpable(task->mm) == SUID_DUMP_USER;
	task_unlock(task);
	return dumpable;
}

/**
 * tm_may_monitor - may this opener see this process?
 * @rights: the opener's
 * @pid: whom
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * Process context. One that is gone may be seen by nobody but who may see all.
 */
bool tm_may_monitor(const struct tm_rights *rights, struct pid *pid, enum pid_type type)
{
	struct task_struct *task;
	bool may = false;

	if (rights->everyone)
		return true;
	rcu_read_lock();
	task = pid_task(pid, type);
	if (task)
		may = tm_may_by_cred(rights->cred, __task_cred(task)) && tm_is_dumpable(task);
	rcu_read_unlock();
	return may;
}

/**
 * tm_may_know_end - may this opener know that this process has exited?
 * @rights: the opener's
 * @pid: whose
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 *
 * A number that nobody has is no secret: kill(2) tells it to everybody. Whether
 * somebody else's process is a zombie is.
 */
bool tm_may_know_end(const struct tm_rights *rights, struct pid *pid, enum pid_type type)
{
	struct task_struct *task;
	bool may;

	if (rights->everyone)
		return true;
	rcu_read_lock();
	task = pid_task(pid, type);
	may = !task || tm_may_by_cred(rights->cred, __task_cred(task));
	rcu_read_unlock();
	return may;
}

/**
 * tm_may_keep_current - current has called exec: may it still be seen?
 * @rights: of whoever watches it
 *
 * From the exec probe: current's own credentials and memory stand still.
 */
bool tm_may_keep_current(const struct tm_rights *rights)
{
	return rights->everyone ||
	       (tm_may_by_cred(rights->cred, current_cred()) && current->mm &&
		get_dumpable(current->mm) == SUID_DUMP_USER);
}
