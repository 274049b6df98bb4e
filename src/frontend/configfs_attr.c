// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a named session's directory that have one value, the state, and
 * the table of all that fit a page.
 *
 * A write takes effect whole or not at all. Bad text is EINVAL whatever the state;
 * what the session was made as is fixed from then on: EBUSY.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../core/calc.h"
#include "../core/session.h"
#include "configfs.h"

static const char *const tm_scopes[] = {
	[TM_SCOPE_LIST] = "list",
	[TM_SCOPE_TREE] = "tree",
	[TM_SCOPE_CGROUP] = "cgroup",
	[TM_SCOPE_SYSTEM] = "system",
};

/* Those that can be chosen. */
static const char *const tm_kind_names[] = {
	[TM_KIND_PERIODIC] = "periodic",
	[TM_KIND_FORK] = "fork",
	[TM_KIND_EXEC] = "exec",
	[TM_KIND_EXITING] = "exiting",
	[TM_KIND_EXIT] = "exit",
	[TM_KIND_THRESHOLD] = "threshold",
};

const char *tm_kind_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(tm_kind_names) ? tm_kind_names[kind] : NULL;
}

/* --- what it is made as ------------------------------------------------------ */

static ssize_t tm_scope_show(struct config_item *item, char *page)
{
	struct tm_dir *dir = tm_dir_of(item);

	return scnprintf(page, TM_PAGE_SIZE, "%s\n", tm_scopes[READ_ONCE(dir->attr.scope)]);
}

static int tm_take_scope(struct tm_dir *dir, char *text)
{
	int scope = match_string(tm_scopes, ARRAY_SIZE(tm_scopes), text);

	if (scope < 0)
		return -EINVAL;
	if (dir->session)
		return -EBUSY;
	WRITE_ONCE(dir->attr.scope, scope);
	return 0;
}

static ssize_t tm_scope_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_scope);
}

#ifdef CONFIG_CGROUPS
void tm_dir_put_cgroup(struct tm_dir *dir)
{
	if (dir->cgroup)
		cgroup_put(dir->cgroup);
	dir->cgroup = NULL;
}

/* An empty line where there is none; a path as the reader's cgroup namespace has it. */
static ssize_t tm_cgroup_show(struct config_item *item, char *page)
{
	struct tm_dir *dir = tm_dir_of(item);
	int len = 0;

	mutex_lock(&dir->lock);
	if (dir->cgroup)
		len = cgroup_path_ns(dir->cgroup, page, TM_PAGE_SIZE - 1,
				     current->nsproxy->cgroup_ns);
	mutex_unlock(&dir->lock);
	if (len < 0 || len >= TM_PAGE_SIZE - 1)
		return -ENAMETOOLONG;
	page[len++] = '\n';
	return len;
}

static int tm_take_cgroup(struct tm_dir *dir, char *text)
{
	struct cgroup *cgroup = *text ? cgroup_get_from_path(text) : NULL;

	if (IS_ERR(cgroup))
		return PTR_ERR(cgroup);
	if (dir->session) {
		if (cgroup)
			cgroup_put(cgroup);
		return -EBUSY;
	}
	tm_dir_put_cgroup(dir);
	dir->cgroup = cgroup;
	return 0;
}
#else
void tm_dir_put_cgroup(struct tm_dir *dir)
{
}

static ssize_t tm_cgroup_show(struct config_item *item, char *page)
{
	return scnprintf(page, TM_PAGE_SIZE, "\n");
}

static int tm_take_cgroup(struct tm_dir *dir, char *text)
{
	return -EOPNOTSUPP;
}
#endif

static ssize_t tm_cgroup_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_cgroup);
}

static ssize_t tm_history_show(struct config_item *item, char *page)
{
	struct tm_dir *dir = tm_dir_of(item);

	return scnprintf(page, TM_PAGE_SIZE, "%u\n", READ_ONCE(dir->attr.ring_records));
}

static int tm_take_history(struct tm_dir *dir, char *text)
{
	u32 records;

	if (kstrtou32(text, 10, &records) || records < TM_RING_RECORDS_MIN ||
	    records > TM_RING_RECORDS_MAX)
		return -EINVAL;
	if (dir->session)
		return -EBUSY;
	WRITE_ONCE(dir->attr.ring_records, roundup_pow_of_two(records));
	return 0;
}

static ssize_t tm_history_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_history);
}

static ssize_t tm_kinds_show(struct config_item *item, char *page)
{
	u32 kinds = READ_ONCE(tm_dir_of(item)->attr.kinds);
	int i, len = 0;

	for (i = 0; i < ARRAY_SIZE(tm_kind_names); i++) {
		if (tm_kind_names[i] && kinds & BIT(i))
			len += scnprintf(page + len, TM_PAGE_SIZE - len, "%s%s", len ? " " : "",
					 tm_kind_names[i]);
	}
	return len + scnprintf(page + len, TM_PAGE_SIZE - len, "\n");
}

static int tm_take_kinds(struct tm_dir *dir, char *text)
{
	u32 kinds = 0;
	char *word;
	int kind;

	while ((word = strsep(&text, " "))) {
		kind = tm_word_of(tm_kind_names, ARRAY_SIZE(tm_kind_names), word);
		if (kind < 0)
			return -EINVAL;
		kinds |= BIT(kind);
	}
	if (dir->session)
		return -EBUSY;
	WRITE_ONCE(dir->attr.kinds, kinds);
	return 0;
}

static ssize_t tm_kinds_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_kinds);
}

/* --- what it does ------------------------------------------------------------- */

static ssize_t tm_interval_show(struct config_item *item, char *page)
{
	char text[TM_DURATION_SIZE];

	tm_format_duration(text, sizeof(text), READ_ONCE(tm_dir_of(item)->attr.interval_ns));
	return scnprintf(page, TM_PAGE_SIZE, "%s\n", text);
}

static int tm_take_interval(struct tm_dir *dir, char *text)
{
	u64 interval_ns;
	int err = tm_parse_duration_ns(text, &interval_ns);

	if (!err && (interval_ns < TM_INTERVAL_MIN_NS || interval_ns > TM_INTERVAL_MAX_NS))
		err = -EINVAL;
	if (!err && dir->session)
		err = tm_session_set_interval(dir->session, interval_ns);
	if (!err)
		WRITE_ONCE(dir->attr.interval_ns, interval_ns);
	return err;
}

static ssize_t tm_interval_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_interval);
}

/* Of one that is not made yet: nothing has happened, and all is 0. */
static void tm_dir_state(struct tm_dir *dir, struct tm_state *state)
{
	struct tm_session *s = tm_dir_session(dir);

	memset(state, 0, sizeof(*state));
	if (s)
		tm_session_state(s, &init_pid_ns, state);
}

static ssize_t tm_run_show(struct config_item *item, char *page)
{
	struct tm_state state;

	tm_dir_state(tm_dir_of(item), &state);
	return scnprintf(page, TM_PAGE_SIZE, "%s\n",
			 state.flags & TM_STATE_RUNNING ? "start" : "stop");
}

static int tm_run_start(struct tm_dir *dir)
{
	struct tm_session *s = tm_dir_get_session(dir);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	err = tm_session_start(s);
	tm_dir_keep_session(dir, s, err);
	return err;
}

static int tm_take_run(struct tm_dir *dir, char *text)
{
	if (!strcmp(text, "start"))
		return tm_run_start(dir);
	if (strcmp(text, "stop"))
		return -EINVAL;
	return dir->session ? tm_session_stop(dir->session) : 0;
}

static ssize_t tm_run_store(struct config_item *item, const char *page, size_t count)
{
	return tm_dir_store(item, page, count, tm_take_run);
}

static ssize_t tm_state_show(struct config_item *item, char *page)
{
	struct tm_state s;
	int len;

	tm_dir_state(tm_dir_of(item), &s);
	len = scnprintf(page, TM_PAGE_SIZE, "targets %u\ntargets_alive %u\nticks %llu\n"
			"missed_ticks %llu\nstretched %llu\nrecords %llu\ndropped %llu\n",
			s.targets, s.targets_alive, s.ticks, s.missed_ticks, s.stretched,
			s.samples, s.dropped);
	return len + scnprintf(page + len, TM_PAGE_SIZE - len,
			       "lateness_max_ns %llu\ncost_ns %llu\n", s.lateness_max_ns,
			       s.cost_ns);
}

/* --- the table ------------------------------------------------------------------- */

static TM_DIR_ATTR_RW(scope);
static TM_DIR_ATTR_RW(cgroup);
static TM_DIR_ATTR_RW(history);
static TM_DIR_ATTR_RW(kinds);
static TM_DIR_ATTR_RW(interval);
static TM_DIR_ATTR_RW(run);
static TM_DIR_ATTR_RO(state);

struct configfs_attribute *tm_dir_attrs[] = {
	&tm_attr_scope,
	&tm_attr_cgroup,
	&tm_attr_history,
	&tm_attr_kinds,
	&tm_attr_interval,
	&tm_attr_targets,
	&tm_attr_thresholds,
	&tm_attr_run,
	&tm_attr_state,
	NULL,
};
