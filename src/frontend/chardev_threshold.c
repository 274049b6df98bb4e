// SPDX-License-Identifier: GPL-2.0-only
/* The requests about thresholds: of one's own session, or for who controls it of the default one. */
#include <linux/build_bug.h>
#include <linux/uaccess.h>

#include "chardev.h"

static_assert(sizeof(struct tm_threshold) == TM_THRESHOLD_SIZE_VER0);
static_assert(sizeof(struct tm_threshold_list) == 24);

long tm_ioctl_threshold_add(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_threshold threshold;
	struct tm_session *s;
	long err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_grown(&threshold, sizeof(threshold), TM_THRESHOLD_SIZE_VER0, cmd, arg);
	if (err)
		return err;
	/* Looked up once: the file may become a private session meanwhile. */
	s = tm_file_session(tf);
	err = tm_session_threshold_add(s, &threshold);
	if (err)
		return err;
	/* A caller who cannot be told its number could not remove it. */
	if (copy_to_user(arg + offsetof(struct tm_threshold, id), &threshold.id,
			 sizeof(threshold.id))) {
		tm_session_threshold_del(s, threshold.id);
		return -EFAULT;
	}
	return 0;
}

long tm_ioctl_threshold_del(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	u32 id;
	int err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_argument(&id, sizeof(id), cmd, arg);
	if (err)
		return err;
	return tm_session_threshold_del(tm_file_session(tf), id);
}

long tm_ioctl_thresholds(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_threshold thresholds[TM_THRESHOLDS_MAX];
	struct tm_threshold_list list;
	long err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_argument(&list, sizeof(list), cmd, arg);
	if (err)
		return err;
	if (!tm_is_element_size(list.threshold_size, TM_THRESHOLD_SIZE_VER0))
		return -EINVAL;
	list.total = tm_session_thresholds(tm_file_session(tf), thresholds);
	list.count = min(list.capacity, list.total);
	err = tm_copy_array(list.thresholds, list.threshold_size, thresholds, sizeof(*thresholds),
			    list.count);
	if (!err && copy_to_user(arg, &list, sizeof(list)))
		err = -EFAULT;
	return err;
}
