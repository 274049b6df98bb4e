// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each place of every file of the module fails in turn: /proc/taskmonitor and
 * its commands, the lab's file, attributes, parameters, debugfs.
 */
#include <fcntl.h>

#include "fault.h"

static struct child target, other;
static char commands[96];

/* Whole, in one read: a part of a row is for the reader to see. */
static long read_file(const char *path)
{
	char buf[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long ret = fd;

	if (fd >= 0)
		ret = read(fd, buf, sizeof(buf));
	ret = err_of(ret);
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Less than all was taken: with the rest comes the error. */
static long write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long ret = fd;

	if (fd >= 0)
		ret = write(fd, text, strlen(text));
	ret = err_of(ret);
	if (fd >= 0 && ret >= 0 && ret < (long)strlen(text))
		ret = -ENOMEM;
	if (fd >= 0)
		close(fd);
	return ret;
}

static void one_target(void)
{
	char text[32];

	snprintf(text, sizeof(text), "stop\nset %d", target.pid);
	if (file_write(PROC_FILE, text) < 0)
		tap_bail("%s does not work", text);
}

static long proc_read(void) { return read_file(PROC_FILE); }
static long proc_write(void) { return write_file(PROC_FILE, commands); }
static long lab_read(void) { return read_file(LAB_FILE); }
static long lab_start(void) { return write_file(LAB_FILE, "start"); }
static long attr_read(void) { return read_file(ATTRIBUTES "targets"); }
static long attr_write(void) { return write_file(ATTRIBUTES "interval_ns", "1000000000"); }
static long param_read(void) { return read_file(PARAMETERS "max_cpu_pct"); }
static long param_write(void) { return write_file(PARAMETERS "max_cpu_pct", "50"); }
static long sessions_read(void) { return read_file(DEBUGFS "/sessions"); }
static long sampler_read(void) { return read_file(DEBUGFS "/sampler"); }
static long history_read(void) { return read_file(DEBUGFS "/history"); }

static bool two_rows(void)
{
	char row[ROW_SIZE];

	return row_count() == 2 && row_read(target.pid, row) && row_read(other.pid, row);
}

static bool is_running(void)
{
	return file_number(ATTRIBUTES "running") == 1 && wait_sampler_threads(1) == 1;
}

static const struct fault_op ops[] = {
	{ "/proc/taskmonitor read", one_target, proc_read },
	/* A command that was carried out stays so when the next one fails. */
	{ "/proc/taskmonitor written", one_target, proc_write, two_rows, .in_parts = true },
	{ "the lab's file read", one_target, lab_read },
	{ "the lab's file: start", one_target, lab_start, is_running },
	{ "an attribute read", one_target, attr_read },
	{ "an attribute written", one_target, attr_write },
	{ "a parameter read", one_target, param_read },
	{ "a parameter written", one_target, param_write },
	{ "debugfs sessions", one_target, sessions_read },
	{ "debugfs sampler", one_target, sampler_read },
	{ "debugfs history", one_target, history_read },
};

int main(void)
{
	size_t i;

	if (!fault_possible("faults in files"))
		return tap_done();
	child_start(&target);
	child_start(&other);
	module_need("log=N target=%d", target.pid);
	snprintf(commands, sizeof(commands), "set %d\nadd %d\ninterval 100ms\n", target.pid,
		 other.pid);
	fault_begin();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fault_each(&ops[i]);
	child_end(&target);
	child_end(&other);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
