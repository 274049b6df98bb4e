// SPDX-License-Identifier: GPL-2.0-only
/*
 * One target through all front ends at the same time: they tell the same. And
 * the inside, as debugfs and the attributes show it.
 */
#include <linux/taskmonitor.h>

#include "harness.h"

static int dev;
static struct child target;

/* The child rests: nothing but the clock moves from one reading to the next. */
static void same_line(void)
{
	char line[128], text[TM_TEXT_SIZE], cat[256], row[ROW_SIZE];
	struct task_sample s;

	proc_settle(target.pid);
	tap_errno(dev_ioctl(dev, TM_GET, &s), 0, "TM_GET");
	snprintf(line, sizeof(line), "pid %d usr %llu sys %llu", s.pid,
		 (unsigned long long)s.utime, (unsigned long long)s.stime);
	tap_errno(dev_ioctl(dev, TM_GET_TEXT, text), 0, "TM_GET_TEXT");
	text[strcspn(text, "\n")] = '\0';
	tap_ok(!strcmp(text, line), "TM_GET_TEXT shows what TM_GET gave");
	file_read(LAB_FILE, cat, sizeof(cat));
	cat[strcspn(cat, "\n")] = '\0';
	tap_ok(!strcmp(cat, line), "the lab's file shows the same");
	tap_ok(row_read(target.pid, row) && !strncmp(row, line, strlen(line)) &&
	       row[strlen(line)] == ' ', "the row begins with the same");
}

static void row_is(const char *row, const char *key, unsigned long long want)
{
	tap_is(row_value(row, key), (long long)want, "row: %s", key);
}

static void same_figures(void)
{
	struct task_sample s;
	char row[ROW_SIZE], word[32] = "";

	proc_settle(target.pid);
	dev_ioctl(dev, TM_GET, &s);
	tap_ok(row_read(target.pid, row), "a row");
	row_is(row, "ppid", (unsigned int)s.ppid);
	row_is(row, "uid", s.uid);
	row_is(row, "threads", s.threads);
	row_is(row, "cpu", s.cpu);
	row_is(row, "start_time_ns", s.start_time_ns);
	row_is(row, "vsize_bytes", s.vsize_bytes);
	row_is(row, "rss_bytes", s.rss_bytes);
	row_is(row, "peak_rss_bytes", s.peak_rss_bytes);
	row_is(row, "swap_bytes", s.swap_bytes);
	row_is(row, "min_flt", s.min_flt);
	row_is(row, "maj_flt", s.maj_flt);
	row_is(row, "nvcsw", s.nvcsw);
	row_is(row, "nivcsw", s.nivcsw);
	row_is(row, "run_delay_ns", s.run_delay_ns);
	row_is(row, "read_bytes", s.read_bytes);
	row_is(row, "write_bytes", s.write_bytes);
	row_is(row, "rchar_bytes", s.rchar_bytes);
	row_is(row, "wchar_bytes", s.wchar_bytes);
	row_is(row, "cgroup_id", s.cgroup_id);
	tap_ok(row_is_absent(row, "exit_code"), "row: exit_code is -");
	tap_ok(row_is_absent(row, "exit_time_ns"), "row: exit_time_ns is -");
	row_word(row, "state", word, sizeof(word));
	tap_ok(word[0] == (char)s.state && !word[1], "row: state");
	row_word(row, "comm", word, sizeof(word));
	tap_str(word, s.comm, "row: comm");
}

static void attribute_is(const char *name, unsigned long long want)
{
	char path[128];

	snprintf(path, sizeof(path), ATTRIBUTES "%s", name);
	tap_is(file_number(path), (long long)want, "attribute %s", name);
}

/* Stopped, so that it stands still. */
static void same_state(void)
{
	unsigned int version[3];
	struct tm_state st;
	char text[64];

	/* A busy machine may come late even to the first. */
	(void)eventually(file_number(ATTRIBUTES "ticks") > 0);
	tap_errno(dev_ioctl(dev, TM_STOP, NULL), 0, "TM_STOP");
	tap_errno(dev_ioctl(dev, TM_STATE, &st), 0, "TM_STATE");
	tap_ok(st.ticks > 0 && st.samples == st.ticks,
	       "there were ticks, and a sample in each: %llu, %llu", (unsigned long long)st.ticks,
	       (unsigned long long)st.samples);
	tap_ok(st.cost_ns > 0, "they cost something");
	attribute_is("running", st.flags & TM_STATE_RUNNING);
	attribute_is("interval_ns", st.interval_ns);
	attribute_is("target", (unsigned int)target.pid);
	attribute_is("targets", st.targets);
	attribute_is("targets_alive", st.targets_alive);
	attribute_is("ticks", st.ticks);
	attribute_is("missed_ticks", st.missed_ticks);
	attribute_is("samples", st.samples);
	attribute_is("lateness_max_ns", st.lateness_max_ns);
	attribute_is("cost_ns", st.cost_ns);
	file_read(ATTRIBUTES "version", text, sizeof(text));
	tap_is(sscanf(text, "%u.%u.%u", &version[0], &version[1], &version[2]), 3, "a version");
	tap_is(st.version, version[0] << 16 | version[1] << 8 | version[2], "in TM_STATE too");
	tap_is(st.targets, 1, "one target");
	tap_is(st.flags, 0, "stopped");
}

static void ticking(void)
{
	struct tm_state before, after;

	dev_ioctl(dev, TM_STATE, &before);
	usleep(50000);
	dev_ioctl(dev, TM_STATE, &after);
	tap_is((long long)after.ticks, (long long)before.ticks, "stopped: no tick comes");
	tap_errno(dev_ioctl(dev, TM_START, NULL), 0, "TM_START");
	tap_ok(eventually(!dev_ioctl(dev, TM_STATE, &after) && after.ticks >= before.ticks + 5),
	       "started: ticks come");
	tap_ok(after.samples > before.samples, "and samples with them");
	tap_is(after.flags, TM_STATE_RUNNING, "running");
}

static void inside(void)
{
	char text[1024], word[64] = "";
	pid_t pid = 0;

	if (!file_exists("/sys/kernel/debug/kprobes") && !file_exists(DEBUGFS)) {
		tap_skip("no debugfs", "debugfs");
		return;
	}
	tap_is(file_mode(DEBUGFS "/sampler"), 0400, "debugfs: sampler is root's to read");
	tap_is(file_mode(DEBUGFS "/sessions"), 0400, "debugfs: sessions is root's to read");
	tap_is(sampler_threads(&pid), 1, "debugfs: one thread");
	tap_errno(file_read(DEBUGFS "/sampler", text, sizeof(text)), 0, "debugfs: sampler is read");
	tap_ok(row_word(text, "thread", word, sizeof(word)) && atoi(word) == pid,
	       "debugfs: it names the thread");
	tap_ok(row_word(text, "ticks", word, sizeof(word)) && atoll(word) > 0, "debugfs: ticks");
	tap_errno(file_read(DEBUGFS "/sessions", text, sizeof(text)), 0, "debugfs: sessions is read");
	tap_ok(strstr(text, "session 0 ") != NULL, "debugfs: there is the default session");
	tap_ok(file_write(DEBUGFS "/sampler", "1") < 0, "debugfs: sampler cannot be written");
	tap_ok(file_write(DEBUGFS "/sessions", "1") < 0, "debugfs: sessions neither");

	dev_ioctl(dev, TM_STOP, NULL);
	file_read(DEBUGFS "/sampler", text, sizeof(text));
	tap_ok(row_word(text, "thread", word, sizeof(word)) && atoi(word) == 0,
	       "debugfs: stopped: no thread");
}

int main(void)
{
	child_start(&target);
	child_do(&target, CHILD_BURN, 20 * NSEC_PER_MSEC);
	child_do(&target, CHILD_WRITE, 10000);
	module_need("target=%d interval_ms=1 log=N", target.pid);
	dev = dev_open();
	if (!eventually(file_number(ATTRIBUTES "ticks") > 3))
		tap_bail("no ticks");
	same_line();
	same_figures();
	same_state();
	ticking();
	inside();
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	tap_ok(!file_exists(DEBUGFS), "debugfs is tidy");
	child_end(&target);
	return tap_done();
}
