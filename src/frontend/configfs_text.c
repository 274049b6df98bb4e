// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a named session's directory that have a line for each target or
 * record, however many there are: more than fits the page of an ordinary
 * attribute.
 *
 * configfs reads them in two calls, made one after the other by the reader: how
 * many bytes are there? And: put them here. It keeps to the first answer, and
 * what the second call leaves blank the reader sees. So the first call makes the
 * text, and it waits for the second.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../core/session.h"
#include "configfs.h"

/* A row is some 480 bytes. */
#define TM_TEXT_FIRST SZ_4K
#define TM_TEXT_MAX SZ_64M
#define TM_MORE_SIZE 32	/* of the last line, where there is more than that */

/**
 * struct tm_text - what one reader is about to be given
 * @node: in the directory's list
 * @reader: who asked how long it is
 * @m: the text is in its buffer
 *
 * A reader whose second call never comes, for want of memory, leaves it to its own
 * next first call, or to the end of the directory.
 */
struct tm_text {
	struct list_head node;
	struct task_struct *reader;
	struct seq_file m;
};

static void tm_text_free(struct tm_text *text)
{
	if (!text)
		return;
	kvfree(text->m.buf);
	kfree(text);
}

/* @dir's lock is held, or nobody else is left. */
static struct tm_text *tm_text_take(struct tm_dir *dir, const struct task_struct *reader)
{
	struct tm_text *text;

	list_for_each_entry(text, &dir->texts, node) {
		if (text->reader == reader) {
			list_del(&text->node);
			return text;
		}
	}
	return NULL;
}

void tm_dir_drop_texts(struct tm_dir *dir)
{
	struct tm_text *text, *next;

	list_for_each_entry_safe(text, next, &dir->texts, node)
		tm_text_free(text);
}

/* --- making it -------------------------------------------------------------------- */

/* Room for twice as much, and at the end always for the line that says what is missing. */
static int tm_text_grow(struct seq_file *m)
{
	size_t size = m->size ? 2 * (m->size + TM_MORE_SIZE) : TM_TEXT_FIRST;
	char *buf;

	if (size > TM_TEXT_MAX)
		return -EFBIG;
	buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	if (m->count)
		memcpy(buf, m->buf, m->count);
	kvfree(m->buf);
	m->buf = buf;
	m->size = size - TM_MORE_SIZE;
	return 0;
}

/* Of @m only the buffer is used. A line that does not fit is begun again in a larger one. */
static int tm_text_add(struct seq_file *m, const struct task_sample *sample,
		       void (*show)(struct seq_file *m, const struct task_sample *sample))
{
	size_t before = m->count;
	int err;

	cond_resched();
	for (;;) {
		show(m, sample);
		if (!seq_has_overflowed(m))
			return 0;
		m->count = before;
		err = tm_text_grow(m);
		if (err)
			return err;
	}
}

static void tm_text_say_more(struct seq_file *m, u64 n)
{
	m->size += TM_MORE_SIZE;
	seq_printf(m, "and %llu more\n", n);
}

/* All targets at one time, as the reader's namespace has them. */
static int tm_text_sample(struct tm_session *s, struct seq_file *m)
{
	struct tm_batch_view batch;
	unsigned int i;
	int err;

	err = tm_session_batch(s, task_active_pid_ns(current), UINT_MAX, &batch);
	if (err)
		return err;
	for (i = 0; !err && i < batch.count; i += !err)
		err = tm_text_add(m, &batch.samples[i], tm_show_row);
	tm_session_batch_done(s);
	if (err && err != -EFBIG)
		return err;
	if (i < batch.total)
		tm_text_say_more(m, batch.total - i);
	return 0;
}

static void tm_show_crossing(struct seq_file *m, const struct task_sample *sample)
{
	const char *what = tm_threshold_name(sample->threshold_what);

	seq_printf(m, "threshold %u what %s value %llu bound %llu since_ns %llu below %u ",
		   sample->threshold_id, what ?: "-", sample->threshold_value,
		   sample->threshold_bound, sample->threshold_since_ns,
		   !!(sample->flags & TM_SAMPLE_BELOW));
}

static void tm_show_record(struct seq_file *m, const struct task_sample *sample)
{
	const char *kind = tm_kind_name(sample->kind);

	seq_printf(m, "seq %llu time_ns %llu kind %s ", sample->seq, sample->time_ns, kind ?: "-");
	if (sample->valid & TM_VALID_THRESHOLD)
		tm_show_crossing(m, sample);
	tm_show_row(m, sample);
}

/* What the history holds at this moment, oldest first; what comes meanwhile is for the next time. */
static int tm_text_records(struct tm_session *s, struct seq_file *m)
{
	struct task_sample sample;
	struct tm_state state;
	u64 cursor = 0;
	int err = 0;

	tm_session_state(s, &init_pid_ns, &state);
	while (!err && cursor < state.samples && tm_session_next_record(s, &cursor, &sample)) {
		if (sample.kind != TM_KIND_LOST)
			err = tm_text_add(m, &sample, tm_show_record);
	}
	if (err && err != -EFBIG)
		return err;
	if (err)
		tm_text_say_more(m, state.samples - min(state.samples, cursor - 1));
	return 0;
}

/* --- giving it ---------------------------------------------------------------------- */

typedef int (*tm_text_make)(struct tm_session *s, struct seq_file *m);

/* Return: its length, or an error. */
static ssize_t tm_text_prepare(struct tm_dir *dir, tm_text_make make)
{
	struct tm_session *s = tm_dir_session(dir);
	struct tm_text *text, *left;
	ssize_t len;
	int err;

	if (!s)
		return 0;
	text = kzalloc(sizeof(*text), GFP_KERNEL_ACCOUNT);
	if (!text)
		return -ENOMEM;
	text->reader = current;
	err = tm_text_grow(&text->m);
	if (!err)
		err = make(s, &text->m);
	len = text->m.count;
	if (err || !len) {
		tm_text_free(text);
		return err;
	}
	mutex_lock(&dir->lock);
	left = tm_text_take(dir, current);
	list_add(&text->node, &dir->texts);
	mutex_unlock(&dir->lock);
	tm_text_free(left);
	return len;
}

static ssize_t tm_text_give(struct tm_dir *dir, void *buffer, size_t size)
{
	struct tm_text *text;

	mutex_lock(&dir->lock);
	text = tm_text_take(dir, current);
	mutex_unlock(&dir->lock);
	if (WARN_ON_ONCE(!text || text->m.count != size)) {
		tm_text_free(text);
		return -EIO;
	}
	memcpy(buffer, text->m.buf, size);
	tm_text_free(text);
	return size;
}

static ssize_t tm_text_read(struct config_item *item, void *buffer, size_t size,
			    tm_text_make make)
{
	struct tm_dir *dir = tm_dir_of(item);

	return buffer ? tm_text_give(dir, buffer, size) : tm_text_prepare(dir, make);
}

static ssize_t tm_sample_read(struct config_item *item, void *buffer, size_t size)
{
	return tm_text_read(item, buffer, size, tm_text_sample);
}

static ssize_t tm_records_read(struct config_item *item, void *buffer, size_t size)
{
	return tm_text_read(item, buffer, size, tm_text_records);
}

#define TM_DIR_BIN_ATTR_RO(_name)                                                                  \
	static struct configfs_bin_attribute tm_bin_attr_##_name = {                               \
		.cb_attr = {                                                                       \
			.ca_name = #_name,                                                         \
			.ca_mode = 0400,                                                           \
			.ca_owner = THIS_MODULE,                                                   \
		},                                                                                 \
		.read = tm_##_name##_read,                                                         \
	}

TM_DIR_BIN_ATTR_RO(sample);
TM_DIR_BIN_ATTR_RO(records);

struct configfs_bin_attribute *tm_dir_bin_attrs[] = {
	&tm_bin_attr_sample,
	&tm_bin_attr_records,
	NULL,
};
