// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file targets of a named session's directory: PIDs are written, and listed as
 * far as they fit a page. Each takes effect by itself, one after the other.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../core/session.h"
#include "configfs.h"

/* A PID and a sign; more digits than that are none. */
#define TM_PID_SIZE 16

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
	s = dir->attr.scope <= TM_SCOPE_TREE ? tm_dir_get_session(dir) : ERR_PTR(-EINVAL);
	if (IS_ERR(s)) {
		done = PTR_ERR(s);
	} else {
		done = tm_take_pids(s, page, count);
		tm_dir_keep_session(dir, s, done < 0 ? done : 0);
	}
	mutex_unlock(&dir->lock);
	return done;
}

TM_DIR_ATTR_RW(targets);
