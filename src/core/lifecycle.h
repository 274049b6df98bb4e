/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_LIFECYCLE_H
#define TM_CORE_LIFECYCLE_H

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;
struct tm_watch;

/**
 * struct tm_watch_ops - what is called of a watched process or thread
 * @exit: @task is exiting. @last: nothing of what is watched runs any longer.
 *	Called by @task itself, late in do_exit(): its memory is gone, its
 *	parent has not been told.
 * @release: @task has been reaped; all its counts are final. @last as above.
 *	Called an RCU grace period after the task left the PID table, often from
 *	a softirq.
 *
 * All are called in an RCU read section with preemption off, also on
 * PREEMPT_RT: no allocation, no sleeping lock. They may run on several CPUs at
 * once for one watch.
 */
struct tm_watch_ops {
	void (*exit)(struct tm_watch *watch, struct task_struct *task, bool last);
	void (*release)(struct tm_watch *watch, struct task_struct *task, bool last);
};

/**
 * struct tm_watch - somebody's interest in one process or thread
 * @node: in the table of watches; protected by its lock, read under RCU
 * @key: the process's signal_struct, or the thread's task_struct. Unique for
 *	as long as the watch can be found: it leaves the table at the latest in
 *	the release callback of what it watches.
 * @ops: whom to call
 *
 * Embedded in what the watcher keeps of the process. May be freed an RCU grace
 * period after tm_unwatch().
 */
struct tm_watch {
	struct hlist_node node;
	const void *key;
	const struct tm_watch_ops *ops;
};

int tm_lifecycle_get(void);
void tm_lifecycle_put(void);
void tm_watch_process(struct tm_watch *watch, struct task_struct *task);
void tm_watch_thread(struct tm_watch *watch, struct task_struct *task);
void tm_unwatch(struct tm_watch *watch);

#endif /* TM_CORE_LIFECYCLE_H */
