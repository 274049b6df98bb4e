// SPDX-License-Identifier: GPL-2.0-only
/* The request that is about no session: who is on the kernel's task list. */
#include <linux/build_bug.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../core/tasklist.h"
#include "chardev.h"

static_assert(sizeof(struct tm_task) == TM_TASK_SIZE_VER0);
static_assert(sizeof(struct tm_task_list) == 24);

/* Counted first: the memory is for those that there are, not for the caller's room. */
static int tm_give_tasks(struct tm_task_list *list)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct tm_task *tasks;
	unsigned int n;
	int err;

	err = tm_tasklist(ns, NULL, 0, &list->count, &list->total);
	n = min(list->capacity, list->total);
	if (err || !n)
		return err;
	tasks = kvmalloc_array(n, sizeof(*tasks), GFP_KERNEL_ACCOUNT);
	if (!tasks)
		return -ENOMEM;
	err = tm_tasklist(ns, tasks, n, &list->count, &list->total);
	if (!err)
		err = tm_copy_array(list->tasks, list->task_size, tasks, sizeof(*tasks),
				    list->count);
	kvfree(tasks);
	return err;
}

/* It tells no more than a session of scope system, so it takes the same right. */
long tm_ioctl_tasks(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_task_list list;
	long err;

	if (!tf->rights.system)
		return -EPERM;
	err = tm_get_argument(&list, sizeof(list), cmd, arg);
	if (err)
		return err;
	if (!tm_is_element_size(list.task_size, TM_TASK_SIZE_VER0))
		return -EINVAL;
	err = tm_give_tasks(&list);
	if (!err && copy_to_user(arg, &list, sizeof(list)))
		err = -EFAULT;
	return err;
}
