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

static bool tm_is_task_size(u32 size)
{
	return size >= TM_TASK_SIZE_VER0 && size <= PAGE_SIZE && size % sizeof(u64) == 0;
}

static int tm_copy_tasks(const struct tm_task_list *list, const struct tm_task *tasks)
{
	char __user *to = u64_to_user_ptr(list->tasks);
	unsigned int i;
	int err = 0;

	if (list->task_size == sizeof(*tasks))
		return copy_to_user(to, tasks, list->count * sizeof(*tasks)) ? -EFAULT : 0;
	for (i = 0; i < list->count && !err; i++, to += list->task_size)
		err = tm_copy_grown(to, list->task_size, &tasks[i], sizeof(*tasks));
	return err;
}

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
		err = tm_copy_tasks(list, tasks);
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
	if (_IOC_SIZE(cmd) != sizeof(list))
		return -EINVAL;
	if (copy_from_user(&list, arg, sizeof(list)))
		return -EFAULT;
	if (!tm_is_task_size(list.task_size))
		return -EINVAL;
	err = tm_give_tasks(&list);
	if (!err && copy_to_user(arg, &list, sizeof(list)))
		err = -EFAULT;
	return err;
}
