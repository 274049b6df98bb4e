// SPDX-License-Identifier: GPL-2.0-only
/* Prints the PIDs of all targets of a session of scope kernel, for extending.t. */
#include <fcntl.h>
#include <linux/taskmonitor.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define CAPACITY 4096

static struct task_sample records[CAPACITY];

int main(void)
{
	struct tm_session_attr attr = { .scope = TM_SCOPE_KERNEL, .interval_ns = 1000000000 };
	struct tm_batch batch = {
		.records = (unsigned long)records,
		.capacity = CAPACITY,
		.record_size = sizeof(records[0]),
	};
	int fd = open("/dev/taskmonitor", O_RDWR);
	unsigned int i;

	if (fd < 0 || ioctl(fd, TM_SESSION, &attr) || ioctl(fd, TM_BATCH, &batch)) {
		perror("/dev/taskmonitor");
		return 1;
	}
	for (i = 0; i < batch.count; i++)
		printf("%d\n", records[i].pid);
	return 0;
}
