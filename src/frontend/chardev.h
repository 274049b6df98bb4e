/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the character device: chardev.c has the device and what all
 * sessions have in common, chardev_session.c the requests of private sessions,
 * chardev_threshold.c those about thresholds, chardev_io.c read(), poll() and
 * mmap(), chardev_tasks.c the one request that is about no session.
 */
#ifndef TM_FRONTEND_CHARDEV_H
#define TM_FRONTEND_CHARDEV_H

#include <linux/ioctl.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#include "../core/access.h"
#include "../core/session.h"

struct vm_area_struct;

/**
 * struct tm_file - an open /dev/taskmonitor
 * @lock: protects @cursor, and the making of @session. Held while a read copies
 *	to user space: nobody else's wait.
 * @session: the file's own, or NULL: the default one. Set once; read anywhere.
 * @rights: the opener's
 * @cursor: the last record that was read
 */
struct tm_file {
	struct mutex lock;
	struct tm_session *session;
	struct tm_rights rights;
	u64 cursor;
};

static inline struct tm_session *tm_file_session(struct tm_file *tf)
{
	/* Pairs with tm_ioctl_session(): the session is whole. */
	return smp_load_acquire(&tf->session) ?: tm_default_session();
}

/* One's own session is one's own; the default session is the administrator's. */
static inline bool tm_file_may_control(struct tm_file *tf)
{
	return tf->rights.control || READ_ONCE(tf->session);
}

int tm_put_words(u64 __user *to, const u64 *from, size_t n);
int tm_copy_resized(void __user *to, size_t to_size, const void *from, size_t from_size);

/*
 * Give the caller as much of @from as it has room for, and zeroes behind what
 * we know: @to_size is the size of its structure, from the request's number.
 * Return: 0 or -EFAULT.
 */
static inline int tm_copy_grown(void __user *to, size_t to_size, const void *from,
				size_t from_size)
{
	if (likely(to_size == from_size && !(from_size % sizeof(u64))))
		return tm_put_words(to, from, from_size / sizeof(u64));
	return tm_copy_resized(to, to_size, from, from_size);
}

/* The argument of a request whose structure cannot grow. Return: 0, -EINVAL or -EFAULT. */
static inline int tm_get_argument(void *to, size_t size, unsigned int cmd, const void __user *arg)
{
	if (_IOC_SIZE(cmd) != size)
		return -EINVAL;
	return copy_from_user(to, arg, size) ? -EFAULT : 0;
}

/*
 * Of a request whose structure may grow: a short one has zeroes behind it, a long
 * one must have. @least: its first version's size. Return: 0, -EINVAL, -EFAULT or -E2BIG.
 */
static inline int tm_get_grown(void *to, size_t size, size_t least, unsigned int cmd,
			       const void __user *arg)
{
	if (_IOC_SIZE(cmd) < least)
		return -EINVAL;
	return copy_struct_from_user(to, size, arg, _IOC_SIZE(cmd));
}

bool tm_is_element_size(u32 size, u32 least);
int tm_copy_array(u64 to, size_t to_size, const void *from, size_t from_size, size_t n);

long tm_ioctl_session(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_add(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_del(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_interval(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_batch(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_sessions(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_tasks(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_threshold_add(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_threshold_del(struct tm_file *tf, unsigned int cmd, void __user *arg);
long tm_ioctl_thresholds(struct tm_file *tf, unsigned int cmd, void __user *arg);

ssize_t tm_chardev_read(struct file *file, char __user *buf, size_t size, loff_t *pos);
__poll_t tm_chardev_poll(struct file *file, struct poll_table_struct *wait);
int tm_chardev_mmap(struct file *file, struct vm_area_struct *vma);

#endif /* TM_FRONTEND_CHARDEV_H */
