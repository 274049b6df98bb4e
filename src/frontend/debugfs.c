// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs taskmonitor/: the inside of the module, for its developers. Nothing
 * here is a promise, nothing here is a control.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "../core/sampler.h"
#include "../core/session.h"
#include "frontends.h"

static struct dentry *tm_debugfs_dir;

static int sampler_show(struct seq_file *m, void *unused)
{
	struct tm_state state;

	tm_session_state(tm_default_session(), &state);
	seq_printf(m, "thread %d\n", tm_sampler_pid());
	seq_printf(m, "ticks %llu\n", state.ticks);
	seq_printf(m, "missed_ticks %llu\n", state.missed_ticks);
	seq_printf(m, "lateness_max_ns %llu\n", state.lateness_max_ns);
	seq_printf(m, "cost_ns %llu\n", state.cost_ns);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sampler);

static int sessions_show(struct seq_file *m, void *unused)
{
	struct tm_state state;

	tm_session_state(tm_default_session(), &state);
	seq_printf(m, "default running %d targets %u alive %u interval_ns %llu samples %llu\n",
		   !!(state.flags & TM_STATE_RUNNING), state.targets, state.targets_alive,
		   state.interval_ns, state.samples);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sessions);

/* debugfs is optional, its errors too: they are passed on by the functions themselves. */
int tm_debugfs_init(void)
{
	tm_debugfs_dir = debugfs_create_dir("taskmonitor", NULL);
	debugfs_create_file("sampler", 0400, tm_debugfs_dir, NULL, &sampler_fops);
	debugfs_create_file("sessions", 0400, tm_debugfs_dir, NULL, &sessions_fops);
	return 0;
}

void tm_debugfs_exit(void)
{
	debugfs_remove_recursive(tm_debugfs_dir);
}
