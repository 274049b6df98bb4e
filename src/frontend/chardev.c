// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/taskmonitor: the device, the table of its requests, and the requests that
 * the default session and private ones have in common.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../core/calc.h"
#include "chardev.h"
#include "frontends.h"

/* What user space relies on: the sizes of the first versions, and where the rest begins. */
static_assert(sizeof(struct task_sample) == 256);
static_assert(offsetof(struct task_sample, valid) == TM_SAMPLE_SIZE_VER0);
static_assert(offsetof(struct task_sample, comm) == 80);
static_assert(offsetof(struct task_sample, window_samples) == 216);
static_assert(offsetof(struct task_sample, threshold_id) == 216);
static_assert(offsetof(struct task_sample, threshold_value) == 232);
static_assert(sizeof(struct tm_state) == 344);
static_assert(offsetof(struct tm_state, name) == 280);
static_assert(offsetof(struct tm_state, id) == TM_STATE_SIZE_VER0);
static_assert(sizeof(struct tm_session_attr) == TM_SESSION_ATTR_SIZE_VER0);
static_assert(sizeof(struct tm_target_spec) == 8);
static_assert(sizeof(struct tm_batch) == 32);
static_assert(sizeof(struct tm_session_list) == 24);
static_assert(sizeof(struct tm_ring_header) == 48);
static_assert(sizeof(pid_t) == sizeof(int));

#define TM_PUT_WORD(i) unsafe_put_user(from[i], to + (i), fault)
#define TM_PUT_4_WORDS(i) \
	do { \
		TM_PUT_WORD(i); \
		TM_PUT_WORD((i) + 1); \
		TM_PUT_WORD((i) + 2); \
		TM_PUT_WORD((i) + 3); \
	} while (0)

/*
 * copy_to_user() for @n words of a structure: for a few hundred bytes the
 * processor's string move, which that uses, takes as long to begin as this to end.
 */
int tm_put_words(u64 __user *to, const u64 *from, size_t n)
{
	if (!user_write_access_begin(to, n * sizeof(*to)))
		return -EFAULT;
	for (; n >= 16; n -= 16, to += 16, from += 16) {
		TM_PUT_4_WORDS(0);
		TM_PUT_4_WORDS(4);
		TM_PUT_4_WORDS(8);
		TM_PUT_4_WORDS(12);
	}
	for (; n; n--, to++, from++)
		TM_PUT_WORD(0);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/* tm_copy_grown() where the caller's structure is not ours. */
int tm_copy_resized(void __user *to, size_t to_size, const void *from, size_t from_size)
{
	size_t size = min(to_size, from_size);
	size_t whole = round_down(size, sizeof(u64));

	if (tm_put_words(to, from, whole / sizeof(u64)))
		return -EFAULT;
	if (copy_to_user(to + whole, from + whole, size - whole))
		return -EFAULT;
	if (clear_user(to + size, to_size - size))
		return -EFAULT;
	return 0;
}

/* The lab's structure: nothing else need be read. */
static long tm_get_times(struct tm_file *tf, void __user *arg)
{
	struct tm_cputime times;
	int err = tm_session_first_times(tm_file_session(tf), &tf->rights,
					 task_active_pid_ns(current), &times);

	static_assert(sizeof(times) == TM_SAMPLE_SIZE_VER0);
	return err ?: tm_put_words(arg, (const u64 *)&times, sizeof(times) / sizeof(u64));
}

static long tm_ioctl_get(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct task_sample sample __uninitialized;
	int err;

	if (_IOC_SIZE(cmd) == TM_SAMPLE_SIZE_VER0)
		return tm_get_times(tf, arg);
	if (_IOC_SIZE(cmd) < TM_SAMPLE_SIZE_VER0)
		return -EINVAL;
	err = tm_session_first(tm_file_session(tf), &tf->rights, task_active_pid_ns(current), &sample);
	return err ?: tm_copy_grown(arg, _IOC_SIZE(cmd), &sample, sizeof(sample));
}

static long tm_ioctl_get_text(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	char text[TM_TEXT_SIZE] = {};
	struct task_sample sample;
	int err;

	BUILD_BUG_ON(TM_TEXT_SIZE < TM_LINE_SIZE);
	if (_IOC_SIZE(cmd) < sizeof(text))
		return -EINVAL;
	err = tm_session_first(tm_file_session(tf), &tf->rights, task_active_pid_ns(current), &sample);
	if (err)
		return err;
	tm_format_line(text, sizeof(text), &sample);
	return tm_copy_grown(arg, _IOC_SIZE(cmd), text, sizeof(text));
}

static long tm_ioctl_start(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	return tm_file_may_control(tf) ? tm_session_start(tm_file_session(tf)) : -EPERM;
}

static long tm_ioctl_stop(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	return tm_file_may_control(tf) ? tm_session_stop(tm_file_session(tf)) : -EPERM;
}

static long tm_ioctl_pid(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	int __user *upid = arg;
	int pid;

	if (_IOC_SIZE(cmd) != sizeof(pid))
		return -EINVAL;
	if (get_user(pid, upid))
		return -EFAULT;
	if (pid >= 0)
		return tm_file_may_control(tf) ? monitor_pid(tm_file_session(tf), pid) : -EPERM;

	pid = tm_session_first_pid(tm_file_session(tf), &tf->rights, task_active_pid_ns(current));
	return pid < 0 ? pid : put_user(pid, upid);
}

static long tm_ioctl_state(struct tm_file *tf, unsigned int cmd, void __user *arg)
{
	struct tm_state state;

	if (!tm_file_may_control(tf))
		return -EPERM;
	if (_IOC_SIZE(cmd) < TM_STATE_SIZE_VER0)
		return -EINVAL;
	tm_session_state(tm_file_session(tf), task_active_pid_ns(current), &state);
	/* Numbers are given in turn: two of one's own tell how many others there were between. */
	if (!tf->rights.control)
		state.id = 0;
	return tm_copy_grown(arg, _IOC_SIZE(cmd), &state, sizeof(state));
}

/*
 * A request is known by its type, number and direction; its size is the
 * caller's, and looked at by each.
 */
static const struct {
	unsigned int cmd;
	long (*run)(struct tm_file *tf, unsigned int cmd, void __user *arg);
} tm_requests[] = {
	{ TM_GET, tm_ioctl_get },
	{ TM_GET_TEXT, tm_ioctl_get_text },
	{ TM_START, tm_ioctl_start },
	{ TM_STOP, tm_ioctl_stop },
	{ TM_PID, tm_ioctl_pid },
	{ TM_STATE, tm_ioctl_state },
	{ TM_SESSION, tm_ioctl_session },
	{ TM_ADD, tm_ioctl_add },
	{ TM_DEL, tm_ioctl_del },
	{ TM_INTERVAL, tm_ioctl_interval },
	{ TM_BATCH, tm_ioctl_batch },
	{ TM_SESSIONS, tm_ioctl_sessions },
	{ TM_TASKS, tm_ioctl_tasks },
	{ TM_THRESHOLD_ADD, tm_ioctl_threshold_add },
	{ TM_THRESHOLD_DEL, tm_ioctl_threshold_del },
	{ TM_THRESHOLDS, tm_ioctl_thresholds },
};

#define TM_NR_FIRST _IOC_NR(TM_GET)

static long tm_chardev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int i = _IOC_NR(cmd) - TM_NR_FIRST;

	if (i >= ARRAY_SIZE(tm_requests) || _IOC_TYPE(cmd) != TM_IOC_MAGIC ||
	    _IOC_DIR(cmd) != _IOC_DIR(tm_requests[i].cmd))
		return -ENOTTY;
	if (_IOC_DIR(cmd) == _IOC_NONE && _IOC_SIZE(cmd))
		return -ENOTTY;
	return tm_requests[i].run(file->private_data, cmd, (void __user *)arg);
}

static int tm_chardev_open(struct inode *inode, struct file *file)
{
	struct tm_file *tf = kzalloc(sizeof(*tf), GFP_KERNEL_ACCOUNT);

	if (!tf)
		return -ENOMEM;
	mutex_init(&tf->lock);
	tm_rights_of_opener(&tf->rights, file);
	file->private_data = tf;
	return nonseekable_open(inode, file);
}

static int tm_chardev_release(struct inode *inode, struct file *file)
{
	struct tm_file *tf = file->private_data;

	if (tf->session)
		tm_session_close(tf->session);
	kfree(tf);
	return 0;
}

static const struct file_operations tm_chardev_fops = {
	.owner = THIS_MODULE,
	.open = tm_chardev_open,
	.release = tm_chardev_release,
	.unlocked_ioctl = tm_chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = tm_chardev_read,
	.poll = tm_chardev_poll,
	.mmap = tm_chardev_mmap,
};

static struct miscdevice tm_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = TM_DEVICE_NAME,
	.fops = &tm_chardev_fops,
	.groups = tm_attribute_groups,
	.mode = 0600,
};

int tm_chardev_init(void)
{
	return misc_register(&tm_misc);
}

void tm_chardev_exit(void)
{
	misc_deregister(&tm_misc);
}
