// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lives of processes: who watches one is told when it forks, calls exec,
 * exits and has been released. Knows no session.
 *
 * The scheduler's tracepoints are not exported by symbol; a module finds them
 * by walking all tracepoints. They are registered while somebody watches and
 * cost nothing otherwise: a tracepoint without a probe is a nop.
 *
 * A probe asks a hash table who watches the process (its signal_struct) or the
 * thread (its task_struct). Both pointers may be reused by a later process
 * once the task is freed; the release probe runs before that, and takes the
 * watch out of the table.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/binfmts.h>
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "lifecycle.h"

#define TM_WATCH_BITS 12

/* Writers hold @tm_watch_lock (probes among them: raw, interrupts off); readers RCU. */
static struct hlist_head tm_watches[1 << TM_WATCH_BITS];
static DEFINE_RAW_SPINLOCK(tm_watch_lock);

/* The key of those who watch all: an address that no task has. */
static const char tm_everybody;

/*
 * Registering and unregistering rewrites the kernel's text on every CPU: who
 * comes soon after the last user has gone finds the probes still there.
 */
#define TM_LINGER_MS 1000

static void tm_lifecycle_linger(struct work_struct *work);

/* @tm_lifecycle_mutex: protects the number of users and the registration that follows it. */
static DEFINE_MUTEX(tm_lifecycle_mutex);
static unsigned int tm_lifecycle_users;
static bool tm_lifecycle_registered;
static DECLARE_DELAYED_WORK(tm_lifecycle_rest, tm_lifecycle_linger);

static struct hlist_head *tm_watch_bucket(const void *key)
{
	return &tm_watches[hash_ptr(key, TM_WATCH_BITS)];
}

/**
 * tm_watch_key - what a process or thread is watched by
 * @task: its leader, or the thread
 * @type: PIDTYPE_TGID or PIDTYPE_PID
 */
const void *tm_watch_key(const struct task_struct *task, enum pid_type type)
{
	return type == PIDTYPE_TGID ? (const void *)task->signal : task;
}

/**
 * tm_watch - be told of what happens to a process or thread
 * @watch: with its ops filled in
 * @key: from tm_watch_key(), of a task found in this RCU read section, so that
 *	it cannot have been released before the watch stands
 *
 * One that had begun its end before is not told of again: look whether it is
 * alive after this, not before. From any context.
 */
void tm_watch(struct tm_watch *watch, const void *key)
{
	unsigned long flags;

	watch->key = key;
	raw_spin_lock_irqsave(&tm_watch_lock, flags);
	hlist_add_head_rcu(&watch->node, tm_watch_bucket(key));
	raw_spin_unlock_irqrestore(&tm_watch_lock, flags);
}

/**
 * tm_watch_all - be told of every fork and every move between cgroups
 * @watch: with its ops filled in
 */
void tm_watch_all(struct tm_watch *watch)
{
	tm_watch(watch, &tm_everybody);
}

/**
 * tm_unwatch - no callback begins after this; one may still be running
 * @watch: watched or not, also twice
 *
 * From any context, the release callback included.
 */
void tm_unwatch(struct tm_watch *watch)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tm_watch_lock, flags);
	if (!hlist_unhashed(&watch->node))
		hlist_del_init_rcu(&watch->node);
	raw_spin_unlock_irqrestore(&tm_watch_lock, flags);
}

#define tm_for_each_watch(watch, wanted)                                                           \
	hlist_for_each_entry_rcu(watch, tm_watch_bucket(wanted), node)                             \
		if (watch->key == (wanted))

/**
 * tm_watch_find - who watches it?
 * @key: from tm_watch_key()
 * @ops: of this kind of watch alone
 * @match: and only if this says so of it and @arg
 * @arg: for @match
 *
 * Return: the first such, good for the RCU read section of the caller; or NULL.
 */
struct tm_watch *tm_watch_find(const void *key, const struct tm_watch_ops *ops,
			       bool (*match)(const struct tm_watch *watch, const void *arg),
			       const void *arg)
{
	struct tm_watch *watch;

	tm_for_each_watch(watch, key) {
		if (watch->ops == ops && match(watch, arg))
			return watch;
	}
	return NULL;
}

static void tm_probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	const void *everybody = &tm_everybody;
	struct tm_watch *watch;

	/* A thread more is no process more. */
	if (child->signal == parent->signal)
		return;
	rcu_read_lock();
	tm_for_each_watch(watch, parent->signal) {
		if (watch->ops->fork)
			watch->ops->fork(watch, parent, child);
	}
	tm_for_each_watch(watch, everybody)
		watch->ops->fork(watch, parent, child);
	rcu_read_unlock();
}

static void tm_probe_exec(void *data, struct task_struct *task, pid_t old_pid,
			  struct linux_binprm *bprm)
{
	struct tm_watch *watch;

	rcu_read_lock();
	tm_for_each_watch(watch, task->signal) {
		if (watch->ops->exec)
			watch->ops->exec(watch, task);
	}
	tm_for_each_watch(watch, task) {
		if (watch->ops->exec)
			watch->ops->exec(watch, task);
	}
	rcu_read_unlock();
}

/* As TP_PROTO of trace/events/cgroup.h; attach_task is all that moves a task on cgroup v2. */
static void __maybe_unused tm_probe_moved(void *data, struct cgroup *dst, const char *path,
					  struct task_struct *task, bool threadgroup)
{
	const void *everybody = &tm_everybody;
	struct tm_watch *watch;

	rcu_read_lock();
	tm_for_each_watch(watch, everybody)
		watch->ops->moved(watch, task);
	rcu_read_unlock();
}

static void tm_probe_exit(TM_PROBE_EXIT_ARGS)
{
	struct tm_watch *watch;
	bool last;

	rcu_read_lock();
	last = tm_exit_is_last(task);
	tm_for_each_watch(watch, task->signal)
		watch->ops->exit(watch, task, last);
	tm_for_each_watch(watch, task)
		watch->ops->exit(watch, task, true);
	rcu_read_unlock();
}

/*
 * The leader is released last of its group. One that lost its place to a
 * thread that called exec has another leader itself by now, and is only a
 * thread that went.
 */
static void tm_probe_release(void *data, struct task_struct *task)
{
	bool last = task->group_leader == task;
	struct tm_watch *watch;

	rcu_read_lock();
	tm_for_each_watch(watch, task->signal)
		watch->ops->release(watch, task, last);
	tm_for_each_watch(watch, task)
		watch->ops->release(watch, task, true);
	rcu_read_unlock();
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} tm_probes[] = {
	{ "sched_process_fork", tm_probe_fork },
	{ "sched_process_exec", tm_probe_exec },
	{ "sched_process_exit", tm_probe_exit },
	{ "sched_process_free", tm_probe_release },
#ifdef CONFIG_CGROUPS
	{ "cgroup_attach_task", tm_probe_moved },
#endif
};

static void tm_match_tracepoint(struct tracepoint *tp, void *unused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tm_probes); i++) {
		if (!strcmp(tp->name, tm_probes[i].name))
			tm_probes[i].tp = tp;
	}
}

static void tm_unregister_probes(size_t n)
{
	while (n--)
		tracepoint_probe_unregister(tm_probes[n].tp, tm_probes[n].probe, NULL);
	/* The probes' text may go with the module: none may be running. */
	tracepoint_synchronize_unregister();
}

static int tm_register_probes(void)
{
	size_t i;
	int err;

	for_each_kernel_tracepoint(tm_match_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(tm_probes); i++) {
		if (!tm_probes[i].tp) {
			pr_err("this kernel has no tracepoint %s\n", tm_probes[i].name);
			err = -EOPNOTSUPP;
			goto err_unregister;
		}
		err = tracepoint_probe_register(tm_probes[i].tp, tm_probes[i].probe, NULL);
		if (err)
			goto err_unregister;
	}
	return 0;

err_unregister:
	tm_unregister_probes(i);
	return err;
}

/**
 * tm_lifecycle_get - have the probes registered
 *
 * May sleep. Return: 0, or why they could not be: -ENOMEM, -EOPNOTSUPP.
 */
int tm_lifecycle_get(void)
{
	int err = 0;

	mutex_lock(&tm_lifecycle_mutex);
	if (!tm_lifecycle_registered) {
		err = tm_register_probes();
		tm_lifecycle_registered = !err;
	}
	if (!err)
		tm_lifecycle_users++;
	mutex_unlock(&tm_lifecycle_mutex);
	return err;
}

static void tm_lifecycle_unregister(void)
{
	mutex_lock(&tm_lifecycle_mutex);
	if (tm_lifecycle_registered && !tm_lifecycle_users) {
		tm_unregister_probes(ARRAY_SIZE(tm_probes));
		tm_lifecycle_registered = false;
	}
	mutex_unlock(&tm_lifecycle_mutex);
}

static void tm_lifecycle_linger(struct work_struct *work)
{
	tm_lifecycle_unregister();
}

/** tm_lifecycle_put - no longer in need of them; a second after the last one they go. May sleep. */
void tm_lifecycle_put(void)
{
	mutex_lock(&tm_lifecycle_mutex);
	if (!--tm_lifecycle_users)
		mod_delayed_work(system_wq, &tm_lifecycle_rest, msecs_to_jiffies(TM_LINGER_MS));
	mutex_unlock(&tm_lifecycle_mutex);
}

/** tm_lifecycle_exit - the module goes, and nobody needs them any more. May sleep. */
void tm_lifecycle_exit(void)
{
	cancel_delayed_work_sync(&tm_lifecycle_rest);
	tm_lifecycle_unregister();
}
