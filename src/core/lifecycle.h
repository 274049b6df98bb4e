/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_LIFECYCLE_H
#define TM_CORE_LIFECYCLE_H

#include <linux/list.h>
#include <linux/pid.h>
#include <linux/types.h>

struct task_struct;
struct tm_watch;

/**
 * struct tm_watch_ops - what is called of a watched process or thread
 * @fork: @parent, which is current, made the process @child. It has its PID and
 *	has not run yet. Also called of those who watch all.
 * @exec: @task, which is current, runs another program now
 * @moved: @task was put into another cgroup; maybe with all of its process. For
 *	those alone who watch all. May be NULL, as all of these.
 * @exit: @task is exiting. @last: nothing of what is watched runs any longer;
 *	of threads that exit at once more than one may be called so, and only
 *	the last of them all has what the process leaves behind (maxrss).
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
	void (*fork)(struct tm_watch *watch, struct task_struct *parent,
		     struct task_struct *child);
	void (*exec)(struct tm_watch *watch, struct task_struct *task);
	void (*moved)(struct tm_watch *watch, struct task_struct *task);
	void (*exit)(struct tm_watch *watch, struct task_struct *task, bool last);
	void (*release)(struct tm_watch *watch, struct task_struct *task, bool last);
};

/**
 * struct tm_watch - somebody's interest in one process or thread
 * @node: in the table of watches; protected by its lock, read under RCU
 * @key: the process's signal_struct, or the thread's task_struct, or a mark
 *	that stands for all processes. Unique for
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
void tm_lifecycle_exit(void);
const void *tm_watch_key(const struct task_struct *task, enum pid_type type);
void tm_watch(struct tm_watch *watch, const void *key);
void tm_watch_all(struct tm_watch *watch);
void tm_unwatch(struct tm_watch *watch);

struct tm_watch *tm_watch_find(const void *key, const struct tm_watch_ops *ops,
			       bool (*match)(const struct tm_watch *watch, const void *arg),
			       const void *arg);

#endif /* TM_CORE_LIFECYCLE_H */
