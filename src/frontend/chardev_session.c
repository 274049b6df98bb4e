// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests that make and steer a private session. TM_ADD, TM_DEL,
 * TM_INTERVAL and TM_BATCH serve the default session too, for who may control
 * it.
 */
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "chardev.h"

long tm_ioctl_session(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_session_attr attr;
	struct tm_session *s;
	long err = tm_get_grown(&attr, sizeof(attr), TM_SESSION_ATTR_SIZE_VER0, cmd, arg);

	if (err)
		return err;
	mutex_lock(&tf->lock);
	if (tf->session) {
		err = -EBUSY;
		goto out_unlock;
	}
	s = tm_session_create(&attr, &tf->rights);
	if (IS_ERR(s)) {
		err = PTR_ERR(s);
		goto out_unlock;
	}
	/* Before it is the file's: a caller who cannot be told has none. */
	if (copy_to_user(arg, &attr, TM_SESSION_ATTR_SIZE_VER0)) {
		tm_session_close(s);
		err = -EFAULT;
		goto out_unlock;
	}
	tf->cursor = 0;
	smp_store_release(&tf->session, s);	/* pairs with tm_file_session() */

out_unlock:
	mutex_unlock(&tf->lock);
	return err;
}

static long tm_get_spec(struct tm_file *tf, unsigned int cmd, void __user *arg,
			struct tm_target_spec *spec)
{
	int err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_argument(spec, sizeof(*spec), cmd, arg);
	if (err)
		return err;
	return spec->flags & ~TM_TARGET_THREAD ? -EINVAL : 0;
}

long tm_ioctl_add(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_target_spec spec;
	long err = tm_get_spec(tf, cmd, arg, &spec);

	return err ?: tm_session_add(tm_file_session(tf), spec.pid, spec.flags & TM_TARGET_THREAD);
}

long tm_ioctl_del(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_target_spec spec;
	long err = tm_get_spec(tf, cmd, arg, &spec);

	return err ?: tm_session_del(tm_file_session(tf), spec.pid, spec.flags & TM_TARGET_THREAD);
}

long tm_ioctl_interval(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	u64 interval_ns;
	int err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_argument(&interval_ns, sizeof(interval_ns), cmd, arg);
	if (err)
		return err;
	return tm_session_set_interval(tm_file_session(tf), interval_ns);
}

/* An array of structures that the caller knows as @to_size bytes long. */
int tm_copy_array(u64 to, size_t to_size, const void *from, size_t from_size, size_t n)
{
	char __user *uto = u64_to_user_ptr(to);
	int err = 0;

	for (; n && !err; n--, uto += to_size, from += from_size)
		err = tm_copy_grown(uto, to_size, from, from_size);
	return err;
}

/* Element sizes of the caller's that make sense. */
bool tm_is_element_size(u32 size, u32 least)
{
	return size >= least && size <= PAGE_SIZE && size % sizeof(u64) == 0;
}

long tm_ioctl_batch(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_batch_view view;
	struct tm_session *s;
	struct tm_batch batch;
	long err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_argument(&batch, sizeof(batch), cmd, arg);
	if (err)
		return err;
	if (!tm_is_element_size(batch.record_size, TM_SAMPLE_SIZE_VER0))
		return -EINVAL;
	/* Looked up once: the file may become a private session while this one is locked. */
	s = tm_file_session(tf);
	err = tm_session_batch(s, task_active_pid_ns(current), batch.capacity, &view);
	if (err)
		return err;
	batch.count = view.count;
	batch.total = view.total;
	batch.time_ns = view.time_ns;
	err = tm_copy_array(batch.records, batch.record_size, view.samples, sizeof(*view.samples),
			    view.count);
	tm_session_batch_done(s);
	if (!err && copy_to_user(arg, &batch, sizeof(batch)))
		err = -EFAULT;
	return err;
}

#define TM_SESSIONS_AT_ONCE 4096

long tm_ioctl_sessions(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_session_list list;
	struct tm_state *states;
	unsigned int capacity;
	long err;

	if (!tf->rights.control)
		return -EPERM;
	err = tm_get_argument(&list, sizeof(list), cmd, arg);
	if (err)
		return err;
	if (!tm_is_element_size(list.state_size, TM_STATE_SIZE_VER0))
		return -EINVAL;
	capacity = min_t(u32, list.capacity, TM_SESSIONS_AT_ONCE);
	states = kvmalloc_array(capacity, sizeof(*states), GFP_KERNEL_ACCOUNT);
	if (!states && capacity)
		return -ENOMEM;
	list.count = tm_sessions_states(task_active_pid_ns(current), states, capacity, &list.total);
	err = tm_copy_array(list.states, list.state_size, states, sizeof(*states), list.count);
	kvfree(states);
	if (!err && copy_to_user(arg, &list, sizeof(list)))
		err = -EFAULT;
	return err;
}
