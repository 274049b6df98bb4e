// SPDX-License-Identifier: GPL-2.0-only
/* The requests about thresholds: of one's own session, or for who controls it of the default one. */
#include <linux/build_bug.h>
#include <linux/uaccess.h>

#include "chardev.h"

static_assert(sizeof(struct tm_threshold) == TM_THRESHOLD_SIZE_VER0);
static_assert(sizeof(struct tm_threshold_list) == 24);

/* As tm_get_attr(): a short structure has zeroes behind it, a long one must have. */
static int tm_get_threshold(struct tm_threshold *threshold, unsigned int cmd, void __user *arg)
{
	if (_IOC_SIZE(cmd) < TM_THRESHOLD_SIZE_VER0)
		return -EINVAL;
	return copy_struct_from_user(threshold, sizeof(*threshold), arg, _IOC_SIZE(cmd));
}

long tm_ioctl_threshold_add(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_threshold threshold;
	struct tm_session *s;
	long err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	err = tm_get_threshold(&threshold, cmd, arg);
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

	if (!tm_file_may_control(tf))
		return -EPERM;
	if (_IOC_SIZE(cmd) != sizeof(id))
		return -EINVAL;
	if (copy_from_user(&id, arg, sizeof(id)))
		return -EFAULT;
	return tm_session_threshold_del(tm_file_session(tf), id);
}

long tm_ioctl_thresholds(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_threshold thresholds[TM_THRESHOLDS_MAX];
	struct tm_threshold_list list;
	long err;

	if (!tm_file_may_control(tf))
		return -EPERM;
	if (_IOC_SIZE(cmd) != sizeof(list))
		return -EINVAL;
	if (copy_from_user(&list, arg, sizeof(list)))
		return -EFAULT;
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
