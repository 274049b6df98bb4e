// SPDX-License-Identifier: GPL-2.0-only
/*
 * An open device: its life, and the requests it understands.
 *
 * Each request is made with a structure of our own, which starts as zeroes and
 * reaches the caller only when all went well: a module that fills less than we
 * know, or fails half-way, leaves no rubbish behind.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

struct tm_device {
	int fd;
};

const char *tm_lib_version(void)
{
	return TM_LIB_VERSION;
}

/* A node that its group may only read still serves all that needs no more. */
int tmi_open(const char *path)
{
	int fd;

	if (!path)
		path = TM_DEVICE_PATH;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

void tmi_close(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
}

int tmi_request(int fd, unsigned long number, void *arg)
{
	return ioctl(fd, number, arg) == -1 ? -1 : 0;
}

struct tm_device *tm_open(const char *path)
{
	struct tm_device *dev = malloc(sizeof(*dev));

	if (!dev)
		return NULL;
	dev->fd = tmi_open(path);
	if (dev->fd < 0) {
		int err = errno;

		free(dev);
		errno = err;
		return NULL;
	}
	return dev;
}

void tm_close(struct tm_device *dev)
{
	int err = errno;

	if (!dev)
		return;
	tmi_close(dev->fd);
	free(dev);
	errno = err;
}

int tm_fd(const struct tm_device *dev)
{
	assert(dev);
	return dev->fd;
}

static int request(struct tm_device *dev, unsigned long number, void *arg)
{
	assert(dev);
	return tmi_request(dev->fd, number, arg);
}

int tm_get(struct tm_device *dev, struct task_sample *sample)
{
	struct task_sample answer;

	assert(sample);
	memset(&answer, 0, sizeof(answer));
	if (request(dev, TM_GET, &answer))
		return -1;
	tmi_settle(&answer);
	*sample = answer;
	return 0;
}

int tm_get_text(struct tm_device *dev, char *text, size_t size)
{
	char answer[TM_TEXT_SIZE] = "";
	size_t length;

	assert(text);
	if (request(dev, TM_GET_TEXT, answer))
		return -1;
	answer[sizeof(answer) - 1] = '\0';
	length = strlen(answer);
	if (length >= size) {
		errno = ERANGE;
		return -1;
	}
	memcpy(text, answer, length + 1);
	return (int)length;
}

int tm_start(struct tm_device *dev)
{
	return request(dev, TM_START, NULL);
}

int tm_stop(struct tm_device *dev)
{
	return request(dev, TM_STOP, NULL);
}

pid_t tm_pid_get(struct tm_device *dev)
{
	int pid = -1;

	if (request(dev, TM_PID, &pid))
		return -1;
	return pid > 0 ? pid : 0;
}

int tm_pid_set(struct tm_device *dev, pid_t pid)
{
	int arg = pid;

	/* A negative number would be taken for the question, not the order. */
	if (pid <= 0) {
		errno = EINVAL;
		return -1;
	}
	return request(dev, TM_PID, &arg);
}

int tm_target_add(struct tm_device *dev, pid_t pid)
{
	struct tm_target_spec spec = { .pid = pid };

	return request(dev, TM_ADD, &spec);
}

int tm_target_del(struct tm_device *dev, pid_t pid)
{
	struct tm_target_spec spec = { .pid = pid };

	return request(dev, TM_DEL, &spec);
}

ssize_t tm_batch(struct tm_device *dev, struct task_sample *records, size_t n, size_t *total)
{
	assert(dev);
	return tmi_batch(dev->fd, records, n, total, NULL);
}

int tm_state(struct tm_device *dev, struct tm_state *state)
{
	struct tm_state answer;

	assert(state);
	memset(&answer, 0, sizeof(answer));
	if (request(dev, TM_STATE, &answer))
		return -1;
	*state = answer;
	return 0;
}

ssize_t tm_sessions_list(struct tm_device *dev, struct tm_state *states, size_t n, size_t *total)
{
	struct tm_session_list list = {
		.states = (uintptr_t)states,
		.capacity = n > INT32_MAX ? INT32_MAX : (uint32_t)n,
		.state_size = sizeof(*states),
	};

	assert(states || !n);
	if (request(dev, TM_SESSIONS, &list))
		return -1;
	if (total)
		*total = list.total;
	return list.count < list.capacity ? (ssize_t)list.count : (ssize_t)list.capacity;
}

ssize_t tm_tasks_list(struct tm_device *dev, struct tm_task *tasks, size_t n, size_t *total)
{
	struct tm_task_list list = {
		.tasks = (uintptr_t)tasks,
		.capacity = n > INT32_MAX ? INT32_MAX : (uint32_t)n,
		.task_size = sizeof(*tasks),
	};
	size_t count, i;

	assert(tasks || !n);
	if (request(dev, TM_TASKS, &list))
		return -1;
	count = list.count < list.capacity ? list.count : list.capacity;
	for (i = 0; i < count; i++)
		tasks[i].comm[TM_COMM_LEN - 1] = '\0';
	if (total)
		*total = list.total;
	return (ssize_t)count;
}
