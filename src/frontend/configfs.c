// SPDX-License-Identifier: GPL-2.0-only
/*
 * Named sessions: mkdir in /sys/kernel/config/taskmonitor makes one, the files in
 * the directory steer and show it, rmdir ends it. It belongs to no process.
 *
 * This is a module of its own. configfs is one, mostly, and whoever calls its
 * functions cannot be loaded without it; nobody who does without named sessions
 * shall need it.
 *
 * What a session is cannot be changed once it is made. So a directory only notes
 * what its files are told, and the session is made when it is first started, or
 * given a target or a threshold.
 *
 * configfs tells no handler which open file it serves. As in sysfs, modes guard
 * the reading, and who changes something must be an administrator at that moment,
 * for a container's root may own these files as well. rmdir waits until no
 * handler is at work, and lets none begin.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "../compat.h"
#include "../core/session.h"
#include "configfs.h"

/* What a directory that was told nothing is made as. */
#define TM_INTERVAL_NS NSEC_PER_SEC
#define TM_RECORDS 256

/* --- for the files ------------------------------------------------------------- */

/**
 * tm_dir_store - one of the files is written whole
 * @item: the directory
 * @page: what is written
 * @count: so many bytes of it
 * @take: is given it without the newline behind it, to be cut as it likes, under
 *	the directory's lock
 *
 * Return: @count, or an error: @take's, -EPERM, -EINVAL, -ENOMEM.
 */
ssize_t tm_dir_store(struct config_item *item, const char *page, size_t count,
		     int (*take)(struct tm_dir *dir, char *text))
{
	struct tm_dir *dir = tm_dir_of(item);
	size_t len = count;
	char *text;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (len && page[len - 1] == '\n')
		len--;
	if (memchr(page, '\0', len) || memchr(page, '\n', len))
		return -EINVAL;
	text = kmemdup_nul(page, len, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	mutex_lock(&dir->lock);
	err = take(dir, text);
	mutex_unlock(&dir->lock);
	kfree(text);
	return err ?: count;
}

/**
 * tm_dir_get_session - the session that the directory has, or one that is not its own yet
 * @dir: locked
 *
 * Return: it, for tm_dir_keep_session(); ERR_PTR(): it cannot be made.
 */
struct tm_session *tm_dir_get_session(struct tm_dir *dir)
{
	struct tm_session_attr attr = dir->attr;
	struct tm_named named = {
		.name = config_item_name(&dir->item),
		.rights = &dir->rights,
		.ns = dir->ns,
		.cgroup = dir->cgroup,
	};

	lockdep_assert_held(&dir->lock);
	return dir->session ?: tm_session_create_named(&attr, &named);
}

/**
 * tm_dir_keep_session - what the session was asked for has been done, or not
 * @dir: locked
 * @s: as tm_dir_get_session() gave it
 * @err: not, and why. A session that came for nothing goes again, and the
 *	directory can be told something else.
 */
void tm_dir_keep_session(struct tm_dir *dir, struct tm_session *s, int err)
{
	if (s == dir->session)
		return;
	if (err)
		tm_session_close(s);
	else
		dir->session = s;
}

/* --- the directories ------------------------------------------------------------ */

static void tm_dir_release(struct config_item *item)
{
	struct tm_dir *dir = tm_dir_of(item);

	if (dir->session)
		tm_session_close(dir->session);
	tm_dir_drop_texts(dir);
	tm_dir_put_cgroup(dir);
	put_pid_ns(dir->ns);
	put_cred(dir->rights.cred);
	kfree(dir);
}

static struct configfs_item_operations tm_dir_ops = {
	.release = tm_dir_release,
};

static const struct config_item_type tm_dir_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &tm_dir_ops,
	.ct_attrs = tm_dir_attrs,
	.ct_bin_attrs = tm_dir_bin_attrs,
};

/* It belongs to no process, so netlink's listeners are whom it can tell what happens. */
static u64 tm_dir_tells(const struct tm_dir *dir)
{
	return dir->ns == &init_pid_ns && dir->rights.control ? TM_SESSION_EVENTS : 0;
}

static struct config_item *tm_dir_make(struct config_group *group, const char *name)
{
	struct tm_dir *dir;

	if (!capable(CAP_SYS_ADMIN))
		return ERR_PTR(-EPERM);
	if (strlen(name) >= TM_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	dir = kzalloc(sizeof(*dir), GFP_KERNEL_ACCOUNT);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	/* Beforehand: the next one does not tell whether it found memory for a long name. */
	if (config_item_set_name(&dir->item, "%s", name)) {
		kfree(dir);
		return ERR_PTR(-ENOMEM);
	}
	config_item_init_type_name(&dir->item, name, &tm_dir_type);
	mutex_init(&dir->lock);
	INIT_LIST_HEAD(&dir->texts);
	tm_rights_of_current(&dir->rights);
	dir->ns = get_pid_ns(task_active_pid_ns(current));
	dir->attr = (struct tm_session_attr) {
		.flags = TM_SESSION_STOPPED | tm_dir_tells(dir),
		.interval_ns = TM_INTERVAL_NS,
		.scope = TM_SCOPE_LIST,
		.ring_records = TM_RECORDS,
		.kinds = TM_KINDS_ALL,
	};
	return &dir->item;
}

static struct configfs_group_operations tm_root_ops = {
	.make_item = tm_dir_make,
};

static const struct config_item_type tm_root_type = {
	.ct_owner = THIS_MODULE,
	.ct_group_ops = &tm_root_ops,
};

static struct configfs_subsystem tm_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "taskmonitor",
			.ci_type = &tm_root_type,
		},
	},
};

/*
 * configfs gives every directory to be listed by all. Which sessions there are is
 * not for all to know.
 */
static void tm_root_hide(void)
{
	struct inode *inode = d_inode(tm_subsystem.su_group.cg_item.ci_dentry);

	inode_lock(inode);
	inode->i_mode = S_IFDIR | 0700;
	inode_unlock(inode);
}

static int __init tm_configfs_init(void)
{
	int err;

	if (!tm_sessions_are_up()) {
		pr_err("taskmonitor itself did not come up\n");
		return -ENODEV;
	}
	mutex_init(&tm_subsystem.su_mutex);
	config_group_init(&tm_subsystem.su_group);
	err = configfs_register_subsystem(&tm_subsystem);
	if (!err)
		tm_root_hide();
	return err;
}

static void __exit tm_configfs_exit(void)
{
	configfs_unregister_subsystem(&tm_subsystem);
}

module_init(tm_configfs_init);
module_exit(tm_configfs_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Named sessions of taskmonitor, through configfs");
MODULE_AUTHOR("The taskmonitor developers");
MODULE_VERSION(TM_VERSION_STRING);
TM_IMPORT();
