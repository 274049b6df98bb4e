// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lab's own program: it knows of the lab's 16 bytes and of nothing else.
 * It must work against this module and every later one, so it must never
 * include the project's header.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "harness.h"

struct task_sample {
	uint64_t utime;
	uint64_t stime;
};

#define TM_GET		_IOR('N', 0xA0, struct task_sample)
#define TM_GET_TEXT	_IOR('N', 0xA1, char[128])
#define TM_START	_IO('N', 0xA2)
#define TM_STOP		_IO('N', 0xA3)
#define TM_PID		_IOWR('N', 0xA4, pid_t)

_Static_assert(sizeof(struct task_sample) == 16, "the lab's struct");

static void get(int fd, struct child *c)
{
	struct {
		struct task_sample sample;
		unsigned char behind[64];
	} buf;
	unsigned long long usr = 0, sys = 0;
	char text[128];
	size_t i;

	memset(&buf, POISON, sizeof(buf));
	tap_errno(dev_ioctl(fd, TM_GET, &buf.sample), 0, "TM_GET of 16 bytes");
	for (i = 0; i < sizeof(buf.behind) && buf.behind[i] == POISON; i++)
		;
	tap_is((long long)i, sizeof(buf.behind), "writes 16 bytes and no more");
	tap_between((long long)(buf.sample.utime + buf.sample.stime), c->report.cpu_ns,
		    c->report.cpu_ns + 20 * NSEC_PER_SEC, "they are the target's CPU time");

	memset(text, POISON, sizeof(text));
	tap_errno(dev_ioctl(fd, TM_GET_TEXT, text), 0, "TM_GET_TEXT");
	sscanf(text, "pid %*d usr %llu sys %llu", &usr, &sys);
	tap_is((long long)usr, (long long)buf.sample.utime, "shows the same user time");
	tap_is((long long)sys, (long long)buf.sample.stime, "shows the same system time");
	text[strcspn(text, "\n")] = '\0';
	tap_ok(is_lab_line(text, c->pid), "in the lab's line");
}

int main(void)
{
	struct child c;
	int fd;

	child_start(&c);
	module_need("target=%d", c.pid);
	fd = dev_open();
	child_do(&c, CHILD_BURN, 20 * NSEC_PER_MSEC);
	proc_settle(c.pid);
	get(fd, &c);
	tap_errno(dev_ioctl(fd, TM_STOP, NULL), 0, "TM_STOP");
	get(fd, &c);
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "TM_START");
	close(fd);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
