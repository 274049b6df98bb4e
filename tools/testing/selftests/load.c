// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading: refused while in use, over and over, and with every step
 * of the set-up failing. Under the feet of whoever uses it: race_unload.
 */
#include <fcntl.h>
#include <signal.h>
#include <linux/taskmonitor.h>
#include <sys/wait.h>

#include "harness.h"

#define ROUNDS		rounds(100)
#define STEPS_AT_LEAST	6
#define STEPS_AT_MOST	50

static struct child target;

static void nothing_is_left(const char *after)
{
	char misc[4096];

	/* devtmpfs removes the node in a thread of its own. */
	(void)eventually(!strcmp(module_trace(), "nothing"));
	tap_str(module_trace(), "nothing", "left after %s: nothing", after);
	file_read("/proc/misc", misc, sizeof(misc));
	tap_ok(!strstr(misc, "taskmonitor"), "no device after %s", after);
	tap_is(wait_sampler_threads(0), 0, "no thread after %s", after);
}

static void device_open(void)
{
	int fd = dev_open();

	tap_is(module_refs(), 1, "an open device is a reference");
	tap_errno(module_unload(), EWOULDBLOCK, "rmmod while the device is open");
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "the device still works");
	close(fd);
	tap_is(module_refs(), 0, "closed: no reference");
}

static void debugfs_open(void)
{
	int fd = open(DEBUGFS "/sampler", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		tap_skip("no debugfs", "rmmod while a debugfs file is open");
		return;
	}
	tap_errno(module_unload(), EWOULDBLOCK, "rmmod while a debugfs file is open");
	close(fd);
}

/*
 * The kernel takes no reference to a module for a file in sysfs or procfs.
 * It waits for whoever is within a read or write, and who comes later gets
 * an error.
 */
static void files_open(void)
{
	int lab = open(LAB_FILE, O_RDWR | O_CLOEXEC);
	int proc = open(PROC_FILE, O_RDWR | O_CLOEXEC);
	int attr = open(ATTRIBUTES "running", O_RDWR | O_CLOEXEC);
	char buf[ROW_SIZE];

	tap_ok(lab >= 0 && proc >= 0 && attr >= 0, "files in sysfs and procfs are open");
	tap_ok(read(proc, buf, 5) == 5, "one has been read half");
	tap_errno(module_unload(), 0, "rmmod");
	tap_ok(read(lab, buf, sizeof(buf)) < 0, "the lab's file is dead: read");
	tap_ok(write(lab, "start", 5) < 0, "and write");
	tap_ok(read(proc, buf, sizeof(buf)) < 0, "the proc file is dead: read");
	tap_ok(write(proc, "start", 5) < 0, "and write");
	tap_ok(read(attr, buf, sizeof(buf)) < 0, "the attribute is dead: read");
	tap_ok(write(attr, "1", 1) < 0, "and write");
	nothing_is_left("rmmod");

	module_need("target=%d", target.pid);
	tap_ok(read(lab, buf, sizeof(buf)) < 0, "loaded again, old files stay dead");
	close(lab);
	close(proc);
	close(attr);
}

static void unload_in_use(void)
{
	module_need("target=%d", target.pid);
	tap_is(module_refs(), 0, "a target and a running sampler are no reference");
	tap_errno(module_load("%s", ""), EEXIST, "insmod while it is loaded");
	device_open();
	debugfs_open();
	files_open();
	tap_errno(module_unload(), 0, "rmmod right after");
	nothing_is_left("rmmod");
	tap_errno(module_unload(), ENOENT, "rmmod of what is not loaded");
}

static void over_and_over(void)
{
	int i, bad_load = 0, bad_unload = 0, threads = 0;

	for (i = 0; i < ROUNDS; i++) {
		bad_load += (i % 2 ? module_load("target=%d", target.pid) :
				     module_load("interval_ms=1")) != 0;
		if (i % 4 == 0)
			bad_load += file_write(LAB_FILE, "start") != 5;
		threads += sampler_threads(NULL) > 1;
		bad_unload += module_unload() != 0;
	}
	tap_is(bad_load, 0, "%d times loaded", ROUNDS);
	tap_is(bad_unload, 0, "%d times unloaded", ROUNDS);
	tap_is(threads, 0, "never with two threads");
	nothing_is_left("all that");
}

/* Its target is gone, or a zombie, when the module is unloaded. */
static void target_gone(void)
{
	struct child c;

	child_start(&c);
	module_need("target=%d", c.pid);
	child_exit(&c, 0);
	tap_errno(module_unload(), 0, "rmmod with a zombie as target");
	waitpid(c.pid, NULL, 0);
	child_start(&c);
	module_need("target=%d", c.pid);
	child_end(&c);
	tap_errno(module_unload(), 0, "rmmod with a target that has just gone");
	nothing_is_left("that");
}

static void failing_steps(const char *params)
{
	int step, err = 0;

	for (step = 0; step < STEPS_AT_MOST; step++) {
		err = module_load("fail_init=%d %s", step, params);
		if (!err)
			break;
		tap_errno(err, ENOMEM, "insmod fails at step %d %s", step, params);
		nothing_is_left("the failure");
	}
	tap_between(step, STEPS_AT_LEAST, STEPS_AT_MOST - 1, "steps that could fail");
	tap_errno(err, 0, "then it loads");
	tap_errno(module_unload(), 0, "and unloads");
}

static void failed_init(void)
{
	char params[64];

	failing_steps("");
	snprintf(params, sizeof(params), "target=%d", target.pid);
	failing_steps(params);
	tap_errno(module_load("target=4194304"), ESRCH, "insmod with a PID that no process has");
	nothing_is_left("it");
	tap_errno(module_load("interval_ms=0"), EINVAL, "insmod with an interval of 0");
	nothing_is_left("it");
}

int main(void)
{
	child_start(&target);
	unload_in_use();
	over_and_over();
	target_gone();
	failed_init();
	child_end(&target);
	return tap_done();
}
