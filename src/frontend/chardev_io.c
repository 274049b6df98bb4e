// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history by read(), poll() and mmap(). Of the default session it is the
 * administrator's; of one's own session one's own.
 */
#include <linux/fs.h>

#include "chardev.h"

/* As many whole records as there are and fit. Return: bytes, or -EFAULT before the first. */
static ssize_t tm_copy_records(struct tm_session *s, u64 *cursor, char __user *buf, size_t size)
{
	struct task_sample sample;
	ssize_t done = 0;

	while (size - done >= sizeof(sample)) {
		u64 next = *cursor;

		if (!tm_session_next_record(s, &next, &sample))
			break;
		/* Seen is what has arrived: one that could not be copied is not lost. */
		if (tm_copy_grown(buf + done, sizeof(sample), &sample, sizeof(sample)))
			return done ?: -EFAULT;
		*cursor = next;
		done += sizeof(sample);
	}
	return done;
}

/*
 * Whole records alone; a buffer that cannot hold one is refused. Blocks until
 * there is one. 0: every target has exited, and all has been read.
 */
ssize_t tm_chardev_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	struct tm_file *tf = file->private_data;
	struct tm_session *s = tm_file_session(tf);
	bool ended;
	ssize_t done;
	u64 cursor;
	int more;

	if (!tm_file_may_control(tf))
		return -EPERM;
	if (size < sizeof(struct task_sample))
		return -EINVAL;
	for (;;) {
		if (mutex_lock_interruptible(&tf->lock))
			return -ERESTARTSYS;
		/* The file has got its own meanwhile, and with it a new cursor. */
		if (s != tm_file_session(tf)) {
			mutex_unlock(&tf->lock);
			return -EAGAIN;
		}
		/* First: its last record comes before the end. */
		ended = tm_session_has_ended(s);
		done = tm_copy_records(s, &tf->cursor, buf, size);
		cursor = tf->cursor;
		if (done > 0)
			tm_session_read_to(s, cursor);
		mutex_unlock(&tf->lock);
		if (done)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return ended ? 0 : -EAGAIN;
		more = tm_session_wait_record(s, cursor);
		if (more <= 0)
			return more;
	}
}

__poll_t tm_chardev_poll(struct file *file, struct poll_table_struct *wait)
{
	struct tm_file *tf = file->private_data;

	if (!tm_file_may_control(tf))
		return EPOLLERR;
	return tm_session_poll(tm_file_session(tf), file, wait, READ_ONCE(tf->cursor));
}

int tm_chardev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct tm_file *tf = file->private_data;

	if (!tm_file_may_control(tf))
		return -EPERM;
	return tm_session_mmap(tm_file_session(tf), vma);
}
