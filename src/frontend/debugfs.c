// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs taskmonitor/: the inside of the module, for its developers. Nothing
 * here is a promise, nothing here is a control.
 */
#include <linux/debugfs.h>
#include <linux/pid_namespace.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../core/sampler.h"
#include "../core/session.h"
#include "frontends.h"

#define TM_SESSIONS_SHOWN 1024

static struct dentry *tm_debugfs_dir;

/* How the sampler serves the default session. */
static int sampler_show(struct seq_file *m, void *unused)
{
	struct tm_state state;
	int i;

	tm_session_state(tm_default_session(), &init_pid_ns, &state);
	seq_printf(m, "thread %d\n", tm_sampler_pid());
	seq_printf(m, "ticks %llu\n", state.ticks);
	seq_printf(m, "missed_ticks %llu\n", state.missed_ticks);
	seq_printf(m, "stretched %llu\n", state.stretched);
	seq_printf(m, "cost_ns %llu\n", state.cost_ns);
	seq_printf(m, "lateness_max_ns %llu\n", state.lateness_max_ns);
	for (i = 0; i < TM_LATENESS_BUCKETS; i++) {
		if (!state.lateness_hist[i])
			continue;
		if (i < TM_LATENESS_BUCKETS - 1)
			seq_printf(m, "lateness_below_us %lu ticks %llu\n", BIT(i),
				   state.lateness_hist[i]);
		else
			seq_printf(m, "lateness_from_us %lu ticks %llu\n", BIT(i - 1),
				   state.lateness_hist[i]);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sampler);

/* A line a session, the default one first. */
static int sessions_show(struct seq_file *m, void *unused)
{
	struct tm_state *states = kvmalloc_array(TM_SESSIONS_SHOWN, sizeof(*states), GFP_KERNEL);
	unsigned int i, n, total;

	if (!states)
		return -ENOMEM;
	n = tm_sessions_states(&init_pid_ns, states, TM_SESSIONS_SHOWN, &total);
	for (i = 0; i < n; i++) {
		const struct tm_state *s = &states[i];

		seq_printf(m, "session %llu owner %d scope %u running %d", s->id, s->owner,
			   s->scope, !!(s->flags & TM_STATE_RUNNING));
		seq_printf(m, " interval_ns %llu window_ns %llu targets %u alive %u",
			   s->interval_ns, s->window_ns, s->targets, s->targets_alive);
		seq_printf(m, " samples %llu ring_records %u dropped %llu", s->samples,
			   s->ring_records, s->dropped);
		seq_printf(m, " ticks %llu missed_ticks %llu cost_ns %llu", s->ticks,
			   s->missed_ticks, s->cost_ns);
		if (s->flags & TM_STATE_NAMED)
			seq_printf(m, " name %*pE", (int)strlen(s->name), s->name);
		seq_putc(m, '\n');
	}
	if (n < total)
		seq_printf(m, "and %u more\n", total - n);
	kvfree(states);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sessions);

/* What the default session's history holds, oldest first. */
static int history_show(struct seq_file *m, void *unused)
{
	struct task_sample s;
	u64 cursor = 0;

	while (tm_session_next_record(tm_default_session(), &cursor, &s)) {
		if (s.kind == TM_KIND_LOST)
			continue;
		seq_printf(m, "seq %llu time_ns %llu kind %u pid %d usr %llu sys %llu rss_bytes %llu\n",
			   s.seq, s.time_ns, s.kind, s.pid, s.utime, s.stime, s.rss_bytes);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(history);

/* debugfs is optional, its errors too: they are passed on by the functions themselves. */
int tm_debugfs_init(void)
{
	tm_debugfs_dir = debugfs_create_dir("taskmonitor", NULL);
	debugfs_create_file("sampler", 0400, tm_debugfs_dir, NULL, &sampler_fops);
	debugfs_create_file("sessions", 0400, tm_debugfs_dir, NULL, &sessions_fops);
	debugfs_create_file("history", 0400, tm_debugfs_dir, NULL, &history_fops);
	return 0;
}

void tm_debugfs_exit(void)
{
	debugfs_remove_recursive(tm_debugfs_dir);
}
