// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/taskmonitor: one line a target of the default session, and commands by
 * writing.
 *
 * A line is a row as core/row.c makes them.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../core/calc.h"
#include "../core/session.h"
#include "frontends.h"

#define TM_PROC_NAME "taskmonitor"
#define TM_COMMAND_MAX 64	/* bytes of a line, its newline not counted */
#define TM_WRITE_MAX 4096	/* bytes looked at in one go */

static void *tm_proc_row(struct seq_file *m, loff_t *pos)
{
	struct task_sample *sample = m->private;
	unsigned int row;

	if (*pos > UINT_MAX - 1)
		return NULL;
	row = *pos;
	if (!tm_session_row(tm_default_session(), &row, task_active_pid_ns(current), sample))
		return NULL;
	*pos = row;
	return sample;
}

static void *tm_proc_start(struct seq_file *m, loff_t *pos)
{
	return tm_proc_row(m, pos);
}

static void *tm_proc_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return tm_proc_row(m, pos);
}

static void tm_proc_stop(struct seq_file *m, void *v)
{
}

static int tm_proc_show(struct seq_file *m, void *v)
{
	tm_show_row(m, v);
	return 0;
}

static const struct seq_operations tm_proc_seq_ops = {
	.start = tm_proc_start,
	.next = tm_proc_next,
	.stop = tm_proc_stop,
	.show = tm_proc_show,
};

static int tm_proc_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &tm_proc_seq_ops, sizeof(struct task_sample));
}

static int tm_with_pid(const char *arg, int (*fn)(struct tm_session *s, pid_t nr))
{
	pid_t nr;
	int err;

	if (!arg)
		return -EINVAL;
	err = kstrtoint(arg, 10, &nr);
	if (err)
		return err;
	return fn(tm_default_session(), nr);
}

static int tm_add(struct tm_session *s, pid_t nr)
{
	return tm_session_add(s, nr, false);
}

static int tm_del(struct tm_session *s, pid_t nr)
{
	return tm_session_del(s, nr, false);
}

static int tm_cmd_add(const char *arg)
{
	return tm_with_pid(arg, tm_add);
}

static int tm_cmd_del(const char *arg)
{
	return tm_with_pid(arg, tm_del);
}

static int tm_cmd_set(const char *arg)
{
	return tm_with_pid(arg, monitor_pid);
}

static int tm_cmd_clear(const char *arg)
{
	return arg ? -EINVAL : tm_session_clear(tm_default_session());
}

static int tm_cmd_start(const char *arg)
{
	return arg ? -EINVAL : tm_session_start(tm_default_session());
}

static int tm_cmd_stop(const char *arg)
{
	return arg ? -EINVAL : tm_session_stop(tm_default_session());
}

static int tm_cmd_interval(const char *arg)
{
	u64 interval_ns;
	int err;

	if (!arg)
		return -EINVAL;
	err = tm_parse_duration_ns(arg, &interval_ns);
	return err ?: tm_session_set_interval(tm_default_session(), interval_ns);
}

static const struct {
	const char *name;
	int (*run)(const char *arg);
} tm_commands[] = {
	{ "add", tm_cmd_add },	   { "del", tm_cmd_del },
	{ "set", tm_cmd_set },	   { "clear", tm_cmd_clear },
	{ "start", tm_cmd_start }, { "stop", tm_cmd_stop },
	{ "interval", tm_cmd_interval },
};

/* One line, NUL-terminated, without its newline: a word, and one argument at the most. */
static int tm_run_command(char *line)
{
	char *arg = line;
	char *name = strsep(&arg, " ");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tm_commands); i++) {
		if (!strcmp(name, tm_commands[i].name))
			return tm_commands[i].run(arg);
	}
	return -EINVAL;
}

/*
 * Run the lines in @buf one by one. Return: how many bytes of them were done;
 * where not even the first could be, its error. @whole: the last line needs no
 * newline, for nothing comes behind it.
 */
static ssize_t tm_run_lines(char *buf, size_t len, bool whole)
{
	size_t done = 0;

	while (done < len) {
		char *line = buf + done;
		char *end = memchr(line, '\n', len - done);
		size_t size = end ? end - line : len - done;
		int err = -EINVAL;

		if (!end && !whole && done)
			break;
		if (size <= TM_COMMAND_MAX && (end || whole) && !memchr(line, '\0', size)) {
			line[size] = '\0';
			err = tm_run_command(line);
		}
		if (err)
			return done ?: err;
		done += size + !!end;
	}
	return done;
}

/*
 * Each line is done whole or not at all. A write that fails half way says how
 * far it came; the error belongs to the first line behind that, and comes when
 * the rest is written again, as shells and stdio do.
 */
static ssize_t tm_proc_write(struct file *file, const char __user *ubuf, size_t count, loff_t *pos)
{
	size_t len = min_t(size_t, count, TM_WRITE_MAX);
	ssize_t done;
	char *buf;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	buf = memdup_user_nul(ubuf, len);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	done = tm_run_lines(buf, len, len == count);
	kfree(buf);
	return done;
}

static const struct proc_ops tm_proc_ops = {
	.proc_open = tm_proc_open,
	.proc_read = seq_read,
	.proc_write = tm_proc_write,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release_private,
};

int tm_procfs_init(void)
{
	return proc_create(TM_PROC_NAME, 0600, NULL, &tm_proc_ops) ? 0 : -ENOMEM;
}

void tm_procfs_exit(void)
{
	remove_proc_entry(TM_PROC_NAME, NULL);
}
