// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's views of all processes without a module: those of the real
 * /proc, by system calls, so that a filter of libc's functions does not reach
 * them.
 *
 * A session of scope list has one target, tmctl, of which there is one sample:
 * FAKE_FLAGS, a number, are its flags.
 *
 * FAKE_TABLE_LACKS and FAKE_LIST_LACKS name a process that the PID table, or the
 * task list, is to lack; FAKE_SESSION and FAKE_TASKS the errno value, a number,
 * with which tm_session_open() and tm_tasks_list() fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#define TICK_NS 10000000ULL

static bool fails(const char *variable)
{
	errno = getenv(variable) ? atoi(getenv(variable)) : 0;
	return errno;
}

/* False: there is no such process. */
static bool describe(pid_t pid, struct tm_task *task)
{
	char path[32], text[1024], *p, *name;
	long fd, n;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	n = fd < 0 ? -1 : syscall(SYS_read, fd, text, sizeof(text) - 1);
	if (fd >= 0)
		syscall(SYS_close, fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	name = strchr(text, '(');
	p = strrchr(text, ')');
	memset(task, 0, sizeof(*task));
	task->pid = pid;
	task->flags = p[2] == 'Z' || p[2] == 'X' ? TM_TASK_EXITED : 0;
	memcpy(task->comm, name + 1, p - name - 1 < 15 ? p - name - 1 : 15);
	for (field = 2; field < 22; field++)
		p = strchr(p + 1, ' ');
	task->start_time_ns = strtoull(p, NULL, 10) * TICK_NS;
	return true;
}

/* All but one; zombies only where @zombies. */
static size_t walk(struct tm_task *tasks, size_t n, const char *lacks, bool zombies)
{
	pid_t pid, missing = getenv(lacks) ? atoi(getenv(lacks)) : 0;
	size_t count = 0;
	struct tm_task task;
	char buf[32768];
	long fd = syscall(SYS_openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY), got, at;

	while ((got = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < got; at += *(unsigned short *)(buf + at + 16)) {
			pid = atoi(buf + at + 19);
			if (!pid || pid == missing || !describe(pid, &task) ||
			    (task.flags && !zombies))
				continue;
			if (count++ < n)
				tasks[count - 1] = task;
		}
	}
	syscall(SYS_close, fd);
	return count;
}

struct tm_session *tm_session_open(const char *path, const struct tm_session_attr *attr)
{
	unsigned int *scope;

	(void)path;
	if (fails("FAKE_SESSION"))
		return NULL;
	scope = malloc(sizeof(*scope));
	if (scope)
		*scope = attr->scope;
	return (struct tm_session *)scope;
}

int tm_session_add(struct tm_session *s, pid_t pid)
{
	(void)s;
	return pid == getpid() ? 0 : -1;
}

void tm_session_close(struct tm_session *s)
{
	free(s);
}

ssize_t tm_session_batch(struct tm_session *s, struct task_sample *records, size_t n,
			 size_t *total, uint64_t *time_ns)
{
	struct tm_task *tasks = calloc(n, sizeof(*tasks));
	size_t i;

	(void)time_ns;
	if (*(unsigned int *)s == TM_SCOPE_LIST) {
		free(tasks);
		if (total)
			*total = 1;
		if (!n)
			return 0;
		memset(records, 0, sizeof(*records));
		records->flags = getenv("FAKE_FLAGS") ? atoi(getenv("FAKE_FLAGS")) : 0;
		return 1;
	}
	*total = walk(tasks, n, "FAKE_TABLE_LACKS", false);
	n = *total < n ? *total : n;
	memset(records, 0, n * sizeof(*records));
	for (i = 0; i < n; i++) {
		records[i].pid = tasks[i].pid;
		records[i].start_time_ns = tasks[i].start_time_ns;
		memcpy(records[i].comm, tasks[i].comm, sizeof(tasks[i].comm));
	}
	free(tasks);
	return (ssize_t)n;
}

ssize_t tm_tasks_list(struct tm_device *dev, struct tm_task *tasks, size_t n, size_t *total)
{
	(void)dev;
	if (fails("FAKE_TASKS"))
		return -1;
	*total = walk(tasks, n, "FAKE_LIST_LACKS", true);
	return (ssize_t)(*total < n ? *total : n);
}
