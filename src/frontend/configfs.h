/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of taskmonitor_configfs.ko: configfs.c has the module and the
 * directories, configfs_attr.c the files of one value, configfs_targets.c and
 * configfs_thresholds.c a list each, configfs_text.c the files of as many lines as
 * there are.
 */
#ifndef TM_FRONTEND_CONFIGFS_H
#define TM_FRONTEND_CONFIGFS_H

#include <linux/configfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/taskmonitor.h>

#include "../core/access.h"

struct cgroup;
struct pid_namespace;
struct tm_session;

/**
 * struct tm_dir - a directory, and its session once that is made
 * @item: configfs's; when the last reference to it goes, all goes
 * @lock: protects the rest, but for what never changes: @rights and @ns. Taken
 *	before any lock of the core's.
 * @rights: of who made the directory; rights.cred is a reference of its own
 * @ns: PID namespace of who made the directory: that of the records
 * @attr: what the session shall be; once it is made, what it was made as
 * @cgroup: of scope cgroup, or NULL; a reference of its own
 * @session: NULL until it is made, and the same ever after
 * @texts: see configfs_text.c
 */
struct tm_dir {
	struct config_item item;
	struct mutex lock;
	struct tm_rights rights;
	struct pid_namespace *ns;
	struct tm_session_attr attr;
	struct cgroup *cgroup;
	struct tm_session *session;
	struct list_head texts;
};

static inline struct tm_dir *tm_dir_of(struct config_item *item)
{
	return container_of(item, struct tm_dir, item);
}

/*
 * The session, or NULL. It needs no lock nor reference after that: no handler
 * outlives the directory.
 */
static inline struct tm_session *tm_dir_session(struct tm_dir *dir)
{
	struct tm_session *s;

	mutex_lock(&dir->lock);
	s = dir->session;
	mutex_unlock(&dir->lock);
	return s;
}

ssize_t tm_dir_store(struct config_item *item, const char *page, size_t count,
		     int (*take)(struct tm_dir *dir, char *text));
struct tm_session *tm_dir_get_session(struct tm_dir *dir);
void tm_dir_keep_session(struct tm_dir *dir, struct tm_session *s, int err);

/* As match_string(), of a list in which some places are empty. Return: the place, or -EINVAL. */
static inline int tm_word_of(const char *const *words, int n, const char *word)
{
	int i;

	for (i = 0; i < n; i++) {
		if (words[i] && !strcmp(word, words[i]))
			return i;
	}
	return -EINVAL;
}

/* What configfs gives and takes at once, on machines with larger pages too. */
#define TM_PAGE_SIZE 4096
#define TM_WRITE_MAX (TM_PAGE_SIZE - 1)

#define TM_DIR_ATTR_RO(_name)                                                                      \
	struct configfs_attribute tm_attr_##_name = {                                              \
		.ca_name = #_name,                                                                 \
		.ca_mode = 0400,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.show = tm_##_name##_show,                                                         \
	}

#define TM_DIR_ATTR_RW(_name)                                                                      \
	struct configfs_attribute tm_attr_##_name = {                                              \
		.ca_name = #_name,                                                                 \
		.ca_mode = 0600,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.show = tm_##_name##_show,                                                         \
		.store = tm_##_name##_store,                                                       \
	}

extern struct configfs_attribute tm_attr_targets;
extern struct configfs_attribute tm_attr_thresholds;
extern struct configfs_attribute *tm_dir_attrs[];
extern struct configfs_bin_attribute *tm_dir_bin_attrs[];

/* Of a record, or of what is recorded; of a threshold. NULL: none that is known here. */
const char *tm_kind_name(unsigned int kind);
const char *tm_threshold_name(unsigned int what);

void tm_dir_put_cgroup(struct tm_dir *dir);
void tm_dir_drop_texts(struct tm_dir *dir);

#endif /* TM_FRONTEND_CONFIGFS_H */
