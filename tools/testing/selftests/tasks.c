// SPDX-License-Identifier: GPL-2.0-only
/* TM_TASKS: who is on the kernel's task list, each errno, and sizes of elements. */
#define _GNU_SOURCE
#include <linux/taskmonitor.h>
#include <sched.h>
#include <signal.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness.h"
#include "session.h"

#define ROOM 4096

static struct tm_task tasks[ROOM];
static int fd;

static int list_into(void *to, unsigned int capacity, unsigned int size, struct tm_task_list *list)
{
	*list = (struct tm_task_list){
		.tasks = (uintptr_t)to, .capacity = capacity, .task_size = size,
	};
	return dev_ioctl(fd, TM_TASKS, list);
}

/* Return: how many there are, all of them in tasks[]. */
static unsigned int list_all(void)
{
	struct tm_task_list list;

	memset(tasks, POISON, sizeof(tasks));
	if (list_into(tasks, ROOM, sizeof(*tasks), &list) || list.count != list.total)
		tap_bail("TM_TASKS does not work");
	return list.count;
}

static const struct tm_task *find(pid_t pid)
{
	unsigned int i, n = list_all();

	for (i = 0; i < n; i++) {
		if (tasks[i].pid == pid)
			return &tasks[i];
	}
	return NULL;
}

static void contents(struct child *c)
{
	const struct tm_task *t = find(c->pid);
	struct task_sample s = {};
	int pid = c->pid;

	tap_ok(t, "a child is on the list");
	if (!t || dev_ioctl(fd, TM_PID, &pid) || dev_ioctl(fd, TM_GET, &s))
		tap_bail("no child, no sample of it");
	tap_is((long long)t->start_time_ns, (long long)s.start_time_ns, "its start, as TM_GET's");
	tap_is(t->uid, 0, "its user");
	tap_is(t->flags, 0, "it lives");
	tap_is(t->reserved, 0, "reserved");
	tap_str(t->comm, program_invocation_short_name, "its name");
	tap_ok(find(1), "init is");
	tap_ok(find(2), "kernel threads are");
	tap_ok(!find(0), "the idle task is not");
}

static void threads_and_zombies(void)
{
	const struct tm_task *t;
	struct child c;
	unsigned int n;

	n = list_all();
	child_start(&c);
	child_do(&c, CHILD_THREADS, 3);
	tap_is(list_all(), n + 1, "three threads are one process");
	child_do(&c, CHILD_LEADER_EXIT, 0);
	t = find(c.pid);
	tap_ok(t && !t->flags, "one whose first thread has exited lives");
	child_end(&c);

	child_start(&c);
	child_exit(&c, 0);
	tap_ok(eventually((t = find(c.pid)) && t->flags == TM_TASK_EXITED),
	       "a zombie is there, and said to have exited");
	waitpid(c.pid, NULL, 0);
	tap_ok(!find(c.pid), "one that was reaped is not");
}

static int in_namespace(void *unused)
{
	unsigned int n = list_all();

	(void)unused;
	return n == 1 && tasks[0].pid == 1 ? 0 : (int)n + 1;
}

static void room(void)
{
	static unsigned char poisoned[64 * 48];
	struct tm_task_list list;
	unsigned int n = list_all(), i;

	tap_errno(list_into(NULL, 0, sizeof(*tasks), &list), 0, "no room at all");
	tap_is(list.count, 0, "none is given");
	tap_is(list.total, n, "all are counted");
	memset(poisoned, POISON, sizeof(poisoned));
	tap_errno(list_into(poisoned, 2, 48, &list), 0, "room for two longer ones");
	tap_is(list.count, 2, "two are given");
	tap_is(list.total, n, "all are counted");
	for (i = 40; i < 48 && !poisoned[i] && !poisoned[48 + i]; i++)
		;
	tap_is(i, 48, "zeroes behind what is known");
	for (i = 96; i < sizeof(poisoned) && poisoned[i] == POISON; i++)
		;
	tap_is(i, sizeof(poisoned), "nothing behind the two");
	tap_is(((struct tm_task *)poisoned)->pid, 1, "the first is init");
	tap_errno(list_into(tasks, 0xffffffff, sizeof(*tasks), &list), 0, "room for all there could be");
	tap_is(list.count, n, "takes memory for those that there are");
}

static void errors(void)
{
	static const unsigned int bad[] = { 0, 1, 16, 32, 39, 41, 44, 4104, 0xfffffff8 };
	unsigned int dir = _IOC_READ | _IOC_WRITE, nr = _IOC_NR(TM_TASKS), i;
	struct tm_task_list list = { .task_size = sizeof(*tasks) };
	char *readonly = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		tap_errno(list_into(tasks, 1, bad[i], &list), EINVAL, "elements of %u bytes", bad[i]);
	for (i = 0; i <= 32; i += 8) {
		if (i != sizeof(list))
			tap_errno(dev_ioctl(fd, _IOC(dir, 'N', nr, i), &list), EINVAL,
				  "a structure of %u bytes", i);
	}
	tap_errno(dev_ioctl(fd, _IOC(_IOC_READ, 'N', nr, sizeof(list)), &list), ENOTTY,
		  "another direction");
	tap_errno(dev_ioctl(fd, TM_TASKS, NULL), EFAULT, "a null pointer");
	tap_errno(dev_ioctl(fd, TM_TASKS, readonly), EINVAL, "zeroes have no size of elements");
	tap_errno(list_into(NULL, 1, sizeof(*tasks), &list), EFAULT, "no array");
	tap_errno(list_into(readonly, 1, sizeof(*tasks), &list), EFAULT, "one that cannot be written");
	tap_errno(list_into(readonly, 1, 48, &list), EFAULT, "nor with longer elements");
	tap_errno(list_into((void *)-4096L, 1, 48, &list), EFAULT, "the kernel's memory");
	munmap(readonly, PAGE);
}

static int refused(void *unused)
{
	struct tm_task_list list;

	(void)unused;
	become(1000);
	close(fd);
	fd = open(DEVICE, O_RDONLY);
	return list_into(tasks, 1, sizeof(*tasks), &list) == -EPERM ? 0 : 1;
}

static int churn(void *unused)
{
	(void)unused;
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static int stays(void *arg)
{
	(void)arg;
	while (pause())
		;
	return 0;
}

/*
 * More than are walked at once, on slow kernels too, and others that come and go: who stays
 * is never missed. They share our memory, for copies of it would take most of the time.
 */
static void crowd(void)
{
	enum { MOST = 2500, LEAST = 1200, STORMS = 4, ROUNDS = 40, STACK = 4096 };
	static char stacks[MOST][STACK] __attribute__((aligned(16)));
	static pid_t pids[MOST];
	pid_t storm[STORMS];
	int many = rounds(MOST) > LEAST ? rounds(MOST) : LEAST;
	int i, n = 0, missed = 0, failed = 0;

	for (i = 0; i < many; i++) {
		pids[i] = clone(stays, stacks[i] + STACK, CLONE_VM | SIGCHLD, NULL);
		n += pids[i] > 0;
	}
	tap_is(n, many, "%d processes", many);
	for (i = 0; i < STORMS; i++)
		storm[i] = run_start(churn, NULL);
	for (i = 0; i < rounds(ROUNDS); i++) {
		static char seen[4194304];
		struct tm_task_list list;
		unsigned int k;

		memset(seen, 0, sizeof(seen));
		failed += list_into(tasks, ROOM, sizeof(*tasks), &list) != 0;
		for (k = 0; k < list.count; k++)
			seen[tasks[k].pid]++;
		for (k = 0; k < (unsigned int)many; k++)
			missed += seen[pids[k]] != 1;
	}
	tap_is(failed, 0, "the list of a busy machine can be had");
	tap_is(missed, 0, "each of them is on it once, each time");
	for (i = 0; i < STORMS; i++) {
		kill(storm[i], SIGKILL);
		run_end(storm[i]);
	}
	for (i = 0; i < many; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < many; i++)
		waitpid(pids[i], NULL, 0);
}

int main(int argc, char **argv)
{
	struct child c;

	child_main(argc, argv);
	child_start(&c);
	module_need("%s", "");
	fd = dev_open();
	contents(&c);
	threads_and_zombies();
	tap_is(run_end(run_start_in(CLONE_NEWPID, in_namespace, NULL)), 0,
	       "a PID namespace has its own, by its numbers");
	room();
	errors();
	if (chmod(DEVICE, 0666))
		tap_bail("chmod");
	tap_is(run(refused, NULL), 0, "a user: EPERM");
	crowd();
	close(fd);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
