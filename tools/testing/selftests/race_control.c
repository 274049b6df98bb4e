// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever controls the default session against whatever else does, through
 * every front end: start, stop, targets, interval, parameters, readers.
 */
#include <fcntl.h>

#include "race.h"

static struct child targets[2];
static int dev;

/* The ways to the same thing; @arg is the text, for the device a request. */
static long by_device(void *arg, int round)
{
	(void)round;
	return dev_ioctl(dev, (unsigned long)(uintptr_t)arg, NULL);
}

static long by_lab_file(void *arg, int round)
{
	(void)round;
	return file_write(LAB_FILE, arg);
}

static long by_proc(void *arg, int round)
{
	(void)round;
	return file_write(PROC_FILE, arg);
}

static long by_attribute(void *arg, int round)
{
	(void)round;
	return file_write(ATTRIBUTES "running", arg);
}

#define START_DEVICE { "TM_START", by_device, (void *)(uintptr_t)TM_START, {} }
#define START_LAB { "start by the lab's file", by_lab_file, "start", {} }
#define START_PROC { "start by procfs", by_proc, "start", {} }
#define START_ATTRIBUTE { "start by the attribute", by_attribute, "1", {} }
#define STOP_DEVICE { "TM_STOP", by_device, (void *)(uintptr_t)TM_STOP, {} }
#define STOP_LAB { "stop by the lab's file", by_lab_file, "stop", {} }
#define STOP_PROC { "stop by procfs", by_proc, "stop", {} }
#define STOP_ATTRIBUTE { "stop by the attribute", by_attribute, "0", {} }

static bool is_running(void)
{
	struct tm_state state;

	session_state(dev, &state);
	return state.flags & TM_STATE_RUNNING;
}

static void stop(int round)
{
	(void)round;
	dev_ioctl(dev, TM_STOP, NULL);
}

static void start(int round)
{
	(void)round;
	dev_ioctl(dev, TM_START, NULL);
}

/* Looking for threads takes long: not in every round. */
static bool thread_is_right(int round)
{
	int wanted = is_running();

	return round % 8 || wait_sampler_threads(wanted) == wanted;
}

static bool runs(int round)
{
	return is_running() && thread_is_right(round);
}

static bool rests(int round)
{
	return !is_running() && thread_is_right(round);
}

static long set(void *arg, int round)
{
	pid_t pid = targets[(size_t)arg].pid;

	(void)round;
	return dev_ioctl(dev, TM_PID, &pid);
}

static long command(const char *word, const struct child *c)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %d", word, c->pid);
	return file_write(PROC_FILE, text);
}

static long set_by_proc(void *arg, int round)
{
	(void)round;
	return command("set", &targets[(size_t)arg]);
}

static long add(void *arg, int round)
{
	(void)round;
	return command("add", &targets[(size_t)arg]);
}

static long del(void *arg, int round)
{
	(void)round;
	return command("del", &targets[(size_t)arg]);
}

#define SET_0 { "TM_PID", set, (void *)0, {} }
#define SET_1 { "set by procfs", set_by_proc, (void *)1, {} }
#define CLEAR { "clear", by_proc, "clear", {} }
#define ADD(n) { "add", add, (void *)(n), { EEXIST } }
#define DEL(n) { "del", del, (void *)(n), { ESRCH } }

/* Both say the same of how many there are, and all live. */
static bool targets_are_right(int round)
{
	struct tm_state state;
	int rows = row_count();

	(void)round;
	session_state(dev, &state);
	return rows <= 2 && (int)state.targets == rows && (int)state.targets_alive == rows;
}

static bool one_target(int round)
{
	return row_count() == 1 && targets_are_right(round);
}

static long interval_by_device(void *arg, int round)
{
	(void)arg;
	return session_interval(dev, 200000 + (unsigned long long)round * 1000);
}

static long interval_by_attribute(void *arg, int round)
{
	(void)arg;
	(void)round;
	return file_write(ATTRIBUTES "interval_ns", "700000");
}

#define INTERVAL_DEVICE { "TM_INTERVAL", interval_by_device, NULL, {} }
#define INTERVAL_PROC { "interval by procfs", by_proc, "interval 1ms", {} }
#define INTERVAL_ATTRIBUTE { "interval by the attribute", interval_by_attribute, NULL, {} }

static bool ticks_go_on(void)
{
	unsigned long long ticks = (unsigned long long)file_number(ATTRIBUTES "ticks");

	return eventually((unsigned long long)file_number(ATTRIBUTES "ticks") > ticks);
}

static bool interval_is_right(int round)
{
	struct tm_state state;
	unsigned long long ns;

	session_state(dev, &state);
	ns = state.interval_ns;
	return (ns == 200000 + (unsigned long long)round * 1000 || ns == 1000000 || ns == 700000) &&
	       file_number(ATTRIBUTES "interval_ns") == (long long)ns && ticks_go_on();
}

static long parameter(void *arg, int round)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), PARAMETERS "%s", (const char *)arg);
	if (!strcmp(arg, "log"))
		return file_write(path, round % 2 ? "Y" : "N");
	snprintf(text, sizeof(text), "%d", round % 100 + 1);
	return file_write(path, text);
}

static void end_parameters(void)
{
	file_write(PARAMETERS "log", "N");
	file_write(PARAMETERS "max_cpu_pct", "50");
}

static bool goes_on(int round)
{
	(void)round;
	return ticks_go_on();
}

static long get(void *arg, int round)
{
	struct task_sample s;
	long err = dev_ioctl(dev, TM_GET, &s);

	(void)arg;
	(void)round;
	if (!err && s.pid != targets[0].pid && s.pid != targets[1].pid)
		return -EBADMSG;
	return err;
}

static long batch(void *arg, int round)
{
	struct task_sample s[4];

	(void)arg;
	(void)round;
	return session_batch(dev, s, ARRAY_SIZE(s));
}

#define READ(path, ...) { "read " path, race_read_file, path, { __VA_ARGS__ } }
#define GET { "TM_GET", get, NULL, { ESRCH } }
#define BATCH { "TM_BATCH", batch, NULL, {} }

static const struct race races[] = {
	{ "start against start", 16, stop, runs,
	  { START_DEVICE, START_LAB, START_PROC, START_ATTRIBUTE } },
	{ "stop against stop", 16, start, rests,
	  { STOP_DEVICE, STOP_LAB, STOP_PROC, STOP_ATTRIBUTE } },
	{ "start against stop", 30, NULL, thread_is_right,
	  { START_DEVICE, STOP_LAB, START_PROC, STOP_ATTRIBUTE } },
	{ "TM_PID against set", 30, NULL, one_target, { SET_0, SET_1 } },
	{ "set against clear", 30, NULL, targets_are_right, { SET_0, CLEAR } },
	{ "add against del", 30, NULL, targets_are_right, { ADD(0), DEL(0), ADD(1), DEL(1) } },
	{ "set against add, del and clear", 30, NULL, targets_are_right,
	  { SET_0, ADD(1), DEL(0), CLEAR } },
	{ "targets against start and stop", 30, NULL, targets_are_right,
	  { SET_1, CLEAR, START_LAB, STOP_DEVICE } },
	{ "interval against interval and the tick", 24, start, interval_is_right,
	  { INTERVAL_DEVICE, INTERVAL_PROC, INTERVAL_ATTRIBUTE } },
	{ "interval against start and stop", 24, NULL, thread_is_right,
	  { INTERVAL_DEVICE, START_PROC, STOP_ATTRIBUTE } },
	{ "parameters against the tick", 24, start, goes_on,
	  { { "max_cpu_pct", parameter, "max_cpu_pct", {} },
	    { "log_max", parameter, "log_max", {} },
	    { "log", parameter, "log", {} } } },
	{ "readers against set and clear", 30, NULL, targets_are_right,
	  { GET, BATCH, READ(PROC_FILE), READ(LAB_FILE, ESRCH), SET_1, CLEAR } },
	{ "debugfs against start and stop", 30, NULL, thread_is_right,
	  { READ(DEBUGFS "/sampler", ENOENT), READ(DEBUGFS "/sessions", ENOENT),
	    READ(DEBUGFS "/history", ENOENT), START_PROC, STOP_LAB } },
};

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_start(&targets[i]);
	module_need("target=%d interval_ms=1 log=N", targets[0].pid);
	dev = dev_open();
	for (i = 0; i < ARRAY_SIZE(races); i++) {
		race_run(&races[i]);
		end_parameters();
	}
	dev_ioctl(dev, TM_STOP, NULL);
	close(dev);
	race_leaves_nothing("all of it");
	for (i = 0; i < ARRAY_SIZE(targets); i++)
		child_end(&targets[i]);
	return tap_done();
}
