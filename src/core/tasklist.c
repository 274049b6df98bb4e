// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's task list, by which it finds all processes itself, beside the PID
 * table, by which everybody else does: who is in one of them alone hides.
 *
 * The list is walked under RCU. Thousands of steps at once would keep the CPU
 * from others on kernels without preemption, so the walk rests after some, with
 * a reference to the task it stands on. That may leave the list meanwhile, and
 * with it goes the way on: then the walk begins again. A task that leaves while
 * it is looked at is no trouble: within one RCU read section its successor
 * stays good.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/pid_namespace.h>
#include <linux/poison.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/threads.h>

#include "../compat.h"
#include "sample.h"
#include "tasklist.h"

/* Steps before others get the CPU. */
#define TM_STEPS 1024

/* Walks that were broken off; the last one does not rest. */
#define TM_WALKS 64

/**
 * struct tm_walk - a walk along the list, and what it has found
 * @ns: whose numbers; who has none there is passed over
 * @tasks: where they go
 * @capacity: how many fit
 * @count: how many were put there
 * @total: how many there are
 */
struct tm_walk {
	struct pid_namespace *ns;
	struct tm_task *tasks;
	unsigned int capacity;
	unsigned int count;
	unsigned int total;
};

static void tm_show_task(struct tm_task *to, struct task_struct *task, pid_t nr)
{
	int i;

	memset(to, 0, sizeof(*to));
	to->start_time_ns = tm_peek(task->start_boottime);
	to->pid = nr;
	to->uid = __kuid_val(__task_cred(task)->uid);
	to->flags = tm_task_alive(task, PIDTYPE_TGID) ? 0 : TM_TASK_EXITED;
	for (i = 0; i < TM_COMM_LEN - 1; i++)
		to->comm[i] = tm_peek(task->comm[i]);
}

static void tm_walk_by(struct tm_walk *w, struct task_struct *task)
{
	pid_t nr = task_tgid_nr_ns(task, w->ns);

	if (!nr)
		return;
	w->total++;
	if (w->count < w->capacity)
		tm_show_task(&w->tasks[w->count++], task, nr);
}

/* As list_del_rcu() leaves it, or list_del_init(). */
static bool tm_is_listed(struct task_struct *task)
{
	struct list_head *prev = tm_peek(task->tasks.prev);

	return prev != LIST_POISON2 && prev != &task->tasks;
}

/* Leave the RCU read section for a moment. Return: whether @task is still a place to go on from. */
static bool tm_rest_on(struct task_struct *task)
{
	bool listed;

	get_task_struct(task);
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	listed = tm_is_listed(task);
	put_task_struct(task);
	return listed;
}

static int tm_walk(struct tm_walk *w, bool rests)
{
	struct task_struct *next, *task = &init_task;
	unsigned int steps;
	int err = 0;

	w->count = 0;
	w->total = 0;
	rcu_read_lock();
	/* A list that was tampered with may have no end. */
	for (steps = 1; steps <= PID_MAX_LIMIT && !err; steps++) {
		next = next_task(task);
		if (next == &init_task)
			break;
		if (next == task) {
			err = -EAGAIN;
			break;
		}
		task = next;
		tm_walk_by(w, task);
		if (rests && steps % TM_STEPS == 0 && !tm_rest_on(task))
			err = -EAGAIN;
	}
	rcu_read_unlock();
	return err;
}

/**
 * tm_tasklist - who is on the task list
 * @ns: whose numbers; who has none there is passed over
 * @tasks: where to put them
 * @capacity: how many fit
 * @count: how many were put there
 * @total: how many there are
 *
 * Whoever lives all the while is among them.
 *
 * Return: 0, -EAGAIN.
 */
int tm_tasklist(struct pid_namespace *ns, struct tm_task *tasks, unsigned int capacity,
		unsigned int *count, unsigned int *total)
{
	struct tm_walk w = { .ns = ns, .tasks = tasks, .capacity = capacity };
	int i, err = -EAGAIN;

	for (i = 1; err && i <= TM_WALKS; i++)
		err = tm_walk(&w, i < TM_WALKS);
	*count = w.count;
	*total = w.total;
	return err;
}
