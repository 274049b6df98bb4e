// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a named session's directory that have one value, and those that
 * list what fits a page.
 *
 * A write takes effect whole or not at all; of targets that holds for each. Bad
 * text is EINVAL whatever the state; what the session was made as is fixed from
 * then on: EBUSY.
 */
#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/calc.h"
#include "../core/session.h"
#include "configfs.h"

/* What configfs gives and takes at once, on machines with larger pages too. */
#define TM_PAGE_SIZE 4096
#define TM_WRITE_MAX (TM_PAGE_SIZE - 1)

/* A PID and a sign; more digits than that are none. */
#define TM_PID_SIZE 16

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
};

const char *tm_kind_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(tm_kind_names) ? tm_kind_names[kind] : NULL;
}

/*
 * @take is given the text without the newline behind it, to be cut as it likes,
 * under the directory's lock.
 */
static ssize_t tm_store(struct config_item *item, const char *page, size_t count,
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

/* The session that the directory has, or one that is not its own yet: see tm_keep_session(). */
static struct tm_session *tm_get_session(struct tm_dir *dir)
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

/*
 * What it was made for has been done, or not: @err. A session that came for nothing
 * goes again, and the directory can be told something else.
 */
static void tm_keep_session(struct tm_dir *dir, struct tm_session *s, int err)
{
	if (s == dir->session)
		return;
	if (err)
		tm_session_close(s);
	else
		dir->session = s;
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
	return tm_store(item, page, count, tm_take_scope);
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
	return tm_store(item, page, count, tm_take_cgroup);
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
	return tm_store(item, page, count, tm_take_history);
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

static u32 tm_kind_of(const char *word)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(tm_kind_names); i++) {
		if (tm_kind_names[i] && !strcmp(word, tm_kind_names[i]))
			return BIT(i);
	}
	return 0;
}

static int tm_take_kinds(struct tm_dir *dir, char *text)
{
	u32 kind, kinds = 0;
	char *word;

	while ((word = strsep(&text, " "))) {
		kind = tm_kind_of(word);
		if (!kind)
			return -EINVAL;
		kinds |= kind;
	}
	if (dir->session)
		return -EBUSY;
	WRITE_ONCE(dir->attr.kinds, kinds);
	return 0;
}

static ssize_t tm_kinds_store(struct config_item *item, const char *page, size_t count)
{
	return tm_store(item, page, count, tm_take_kinds);
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
	return tm_store(item, page, count, tm_take_interval);
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
	struct tm_session *s = tm_get_session(dir);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	err = tm_session_start(s);
	tm_keep_session(dir, s, err);
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
	return tm_store(item, page, count, tm_take_run);
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

/* --- targets ------------------------------------------------------------------- */

/* The most PIDs that a page can have: those of one digit. */
#define TM_PIDS_MAX (TM_PAGE_SIZE / 2)
#define TM_MORE_SIZE 32	/* of the last line, where they are more than fit */

/* A PID a line, as the reader's namespace has them. */
static ssize_t tm_targets_show(struct config_item *item, char *page)
{
	struct tm_session *s = tm_dir_session(tm_dir_of(item));
	struct tm_batch_view batch;
	int err, len = 0;
	unsigned int i;

	if (!s)
		return 0;
	err = tm_session_batch(s, task_active_pid_ns(current), TM_PIDS_MAX, &batch);
	if (err)
		return err;
	for (i = 0; i < batch.count && len < TM_PAGE_SIZE - TM_MORE_SIZE - TM_PID_SIZE; i++)
		len += scnprintf(page + len, TM_PAGE_SIZE - len, "%d\n", batch.samples[i].pid);
	if (i < batch.total)
		len += scnprintf(page + len, TM_PAGE_SIZE - len, "and %u more\n", batch.total - i);
	tm_session_batch_done(s);
	return len;
}

/*
 * A PID, negative for one to be removed, and the blanks before it. Return: 1 and
 * @pos behind it; 0 at the end; an error.
 */
static int tm_next_pid(const char *text, size_t len, size_t *pos, int *nr)
{
	char word[TM_PID_SIZE];
	size_t begin, size;
	int err;

	for (begin = *pos; begin < len && isspace(text[begin]); begin++)
		;
	for (*pos = begin; *pos < len && !isspace(text[*pos]); ++*pos)
		;
	size = *pos - begin;
	if (!size)
		return 0;
	if (size >= sizeof(word) || memchr(text + begin, '\0', size))
		return -EINVAL;
	memcpy(word, text + begin, size);
	word[size] = '\0';
	err = kstrtoint(word, 10, nr);
	if (!err && (!*nr || *nr == INT_MIN))
		err = -EINVAL;
	return err ?: 1;
}

/* There is one at least, and nothing else. */
static int tm_check_pids(const char *text, size_t len)
{
	size_t pos = 0;
	int nr, n = 0;
	int more;

	while ((more = tm_next_pid(text, len, &pos, &nr)) > 0)
		n++;
	return more ?: n ? 0 : -EINVAL;
}

static int tm_take_pid(struct tm_session *s, int nr)
{
	int err = nr > 0 ? tm_session_add(s, nr, false) : tm_session_del(s, -nr, false);

	/* Named twice is no error: it is monitored. */
	return err == -EEXIST ? 0 : err;
}

/* Return: how many bytes were done; where not even the first PID was, its error. */
static ssize_t tm_take_pids(struct tm_session *s, const char *text, size_t len)
{
	size_t pos = 0, done = 0;
	int nr, err = 0;

	while (!err && tm_next_pid(text, len, &pos, &nr) > 0) {
		err = tm_take_pid(s, nr);
		if (!err)
			done = pos;
	}
	return !err ? len : done ?: err;
}

/*
 * One PID after the other. If one fails, the write tells how far it came, and the
 * error comes when the rest is written again, as shells and stdio do.
 */
static ssize_t tm_targets_store(struct config_item *item, const char *page, size_t count)
{
	struct tm_dir *dir = tm_dir_of(item);
	struct tm_session *s;
	ssize_t done;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* The last number of a longer write may be cut: it comes again with the rest. */
	if (count == TM_WRITE_MAX) {
		while (count && !isspace(page[count - 1]))
			count--;
	}
	err = tm_check_pids(page, count);
	if (err)
		return err;
	mutex_lock(&dir->lock);
	s = dir->attr.scope <= TM_SCOPE_TREE ? tm_get_session(dir) : ERR_PTR(-EINVAL);
	if (IS_ERR(s)) {
		done = PTR_ERR(s);
	} else {
		done = tm_take_pids(s, page, count);
		tm_keep_session(dir, s, done < 0 ? done : 0);
	}
	mutex_unlock(&dir->lock);
	return done;
}

/* --- the table ------------------------------------------------------------------- */

#define TM_DIR_ATTR_RO(_name)                                                                      \
	static struct configfs_attribute tm_attr_##_name = {                                       \
		.ca_name = #_name,                                                                 \
		.ca_mode = 0400,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.show = tm_##_name##_show,                                                         \
	}

#define TM_DIR_ATTR_RW(_name)                                                                      \
	static struct configfs_attribute tm_attr_##_name = {                                       \
		.ca_name = #_name,                                                                 \
		.ca_mode = 0600,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.show = tm_##_name##_show,                                                         \
		.store = tm_##_name##_store,                                                       \
	}

TM_DIR_ATTR_RW(scope);
TM_DIR_ATTR_RW(cgroup);
TM_DIR_ATTR_RW(history);
TM_DIR_ATTR_RW(kinds);
TM_DIR_ATTR_RW(interval);
TM_DIR_ATTR_RW(targets);
TM_DIR_ATTR_RW(run);
TM_DIR_ATTR_RO(state);

struct configfs_attribute *tm_dir_attrs[] = {
	&tm_attr_scope,
	&tm_attr_cgroup,
	&tm_attr_history,
	&tm_attr_kinds,
	&tm_attr_interval,
	&tm_attr_targets,
	&tm_attr_run,
	&tm_attr_state,
	NULL,
};
