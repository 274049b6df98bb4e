// SPDX-License-Identifier: GPL-2.0-only
/* The module's parameters: good ones, bad ones, and where they show. */
#include <limits.h>
#include <linux/taskmonitor.h>
#include <sched.h>
#include <sys/wait.h>

#include "harness.h"

static struct child a, b, c, d;
static struct kmsg kmsg;

static void unload(void)
{
	tap_errno(module_unload(), 0, "rmmod");
	tap_is(wait_sampler_threads(0), 0, "no thread is left");
}

static void parameter_is(const char *name, const char *want)
{
	char path[128], got[256];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	file_read(path, got, sizeof(got));
	got[strcspn(got, "\n")] = '\0';
	tap_str(got, want, "parameter %s", name);
}

static void defaults(void)
{
	module_need("%s", "");
	tap_is(sampler_threads(NULL), 0, "loaded idle: no thread");
	tap_is(file_number(ATTRIBUTES "running"), 0, "not running");
	parameter_is("target", "");
	parameter_is("interval_ms", "1000");
	parameter_is("history", "1024");
	parameter_is("log", "Y");
	parameter_is("log_max", "16");
	parameter_is("max_cpu_pct", "50");
	parameter_is("realtime", "Y");
	tap_ok(!file_exists(PARAMETERS "fail_init"), "parameter fail_init is not shown");
	unload();
}

static void several_targets(void)
{
	char want[64], got[64];

	module_need("target=%d,%d interval_ms=250", a.pid, b.pid);
	snprintf(want, sizeof(want), "%d,%d", a.pid, b.pid);
	parameter_is("target", want);
	parameter_is("interval_ms", "250");
	snprintf(want, sizeof(want), "%d %d\n", a.pid, b.pid);
	file_read(ATTRIBUTES "target", got, sizeof(got));
	tap_ok(!strcmp(got, want), "both are targets, in this order");
	tap_is(file_number(ATTRIBUTES "interval_ns"), 250 * NSEC_PER_MSEC, "the interval");
	tap_is(file_number(ATTRIBUTES "running"), 1, "with a target it runs at once");
	unload();

	module_need("target=%d,%d,%d", a.pid, b.pid, a.pid);
	tap_is(file_number(ATTRIBUTES "targets"), 2, "one that is named twice is one target");
	unload();
}

static void refused(int want, const char *params)
{
	tap_errno(module_load("%s", params), want, "insmod %s", params);
	tap_ok(!file_exists(MODULE_DIR), "it is not loaded");
	tap_ok(!file_exists(LAB_FILE) && !file_exists(PROC_FILE) && !file_exists(DEVICE),
	       "no file is left");
}

static void bad_targets(void)
{
	struct child dead;
	char params[64];

	refused(ESRCH, "target=4194304");
	refused(ESRCH, "target=2147483647");
	refused(EINVAL, "target=0");
	refused(EINVAL, "target=-5");
	refused(EINVAL, "target=bogus");
	refused(ERANGE, "target=2147483648");
	refused(EINVAL, "target=1,,2");
	snprintf(params, sizeof(params), "target=%d,4194304", a.pid);
	refused(ESRCH, params);
	snprintf(params, sizeof(params), "target=%d,0", a.pid);
	refused(EINVAL, params);

	child_start(&dead);
	child_exit(&dead, 0);
	snprintf(params, sizeof(params), "target=%d", dead.pid);
	refused(ESRCH, params);
	waitpid(dead.pid, NULL, 0);
	refused(ESRCH, params);
}

static void bad_values(void)
{
	refused(EINVAL, "interval_ms=0");
	refused(EINVAL, "interval_ms=3600001");
	refused(EINVAL, "interval_ms=4294967295");
	refused(ERANGE, "interval_ms=4294967296");
	refused(EINVAL, "interval_ms=-1");
	refused(EINVAL, "interval_ms=1s");
	refused(EINVAL, "max_cpu_pct=0");
	refused(EINVAL, "max_cpu_pct=101");
	refused(EINVAL, "max_cpu_pct=x");
	refused(EINVAL, "history=15");
	refused(EINVAL, "history=1048577");
	refused(EINVAL, "log=maybe");
	refused(EINVAL, "realtime=maybe");
	tap_errno(module_load("interval_ms=1 max_cpu_pct=1"), 0, "the least of both");
	unload();
	tap_errno(module_load("interval_ms=3600000 max_cpu_pct=100"), 0, "the most of both");
	unload();
}

static void written_later(void)
{
	module_need("%s", "");
	tap_errno(file_write(PARAMETERS "max_cpu_pct", "7\n"), 0, "max_cpu_pct is written");
	parameter_is("max_cpu_pct", "7");
	tap_errno(file_write(PARAMETERS "max_cpu_pct", "0\n"), EINVAL, "but not with 0");
	tap_errno(file_write(PARAMETERS "max_cpu_pct", "101\n"), EINVAL, "nor with 101");
	parameter_is("max_cpu_pct", "7");
	unload();
}

static void realtime(void)
{
	struct proc_stat st = {};
	pid_t pid = 0;

	module_need("target=%d", a.pid);
	tap_ok(sampler_threads(&pid) == 1 && proc_stat(pid, &st) && st.policy == SCHED_FIFO,
	       "realtime: the thread is SCHED_FIFO");
	unload();
	module_need("target=%d realtime=N", a.pid);
	tap_ok(sampler_threads(&pid) == 1 && proc_stat(pid, &st) && st.policy == SCHED_OTHER,
	       "realtime=N: it is an ordinary one");
	parameter_is("realtime", "N");
	unload();
}

static void wait_ticks(long long n)
{
	n += file_number(ATTRIBUTES "ticks");
	if (!eventually(file_number(ATTRIBUTES "ticks") >= n))
		tap_bail("no ticks");
}

/* Rows of the history in debugfs; 0 if they are not in order. The last one's number. */
static unsigned int history_rows(unsigned long long *last)
{
	FILE *f = fopen(DEBUGFS "/history", "re");
	unsigned long long seq;
	unsigned int n = 0;
	char row[256];

	if (!f)
		tap_bail(DEBUGFS "/history: %s", strerror(errno));
	for (; fgets(row, sizeof(row), f); n++) {
		if (sscanf(row, "seq %llu time_ns ", &seq) != 1 || (n && seq != *last + 1)) {
			tap_diag("behind %llu: %s", *last, row);
			n = 0;
			break;
		}
		*last = seq;
	}
	fclose(f);
	return n;
}

/* One that has come round: the oldest that is still there comes first. */
static void history(void)
{
	unsigned long long last = 0;

	module_need("target=%d interval_ms=1 history=17 log=N", a.pid);
	parameter_is("history", "17");
	wait_ticks(40);
	tap_errno(file_write(LAB_FILE, "stop"), 0, "stop");
	if (file_exists(DEBUGFS)) {
		tap_is(history_rows(&last), 32, "history=17: 32 records, in order");
		tap_is((long long)last, file_number(ATTRIBUTES "samples"), "the newest is the last");
	} else {
		tap_skip("no debugfs", "the history's rows");
	}
	unload();
}

static void log_off(void)
{
	kmsg_open(&kmsg);
	module_need("target=%d log=N interval_ms=10", a.pid);
	wait_ticks(200);
	tap_errno(file_write(LAB_FILE, "stop"), 0, "stop");
	tap_errno(file_write(LAB_FILE, "start"), 0, "start");
	wait_ticks(3);
	if (!tap_ok(!kmsg_ours(&kmsg, 0), "log=N: nothing is logged"))
		tap_diag("logged \"%s\"", kmsg.line);

	tap_errno(file_write(PARAMETERS "log", "Y"), 0, "log=Y");
	tap_ok(kmsg_ours(&kmsg, 5000) && is_lab_line(kmsg.line, a.pid), "lines are logged");
	tap_errno(file_write(PARAMETERS "log", "N"), 0, "log=N again");
	unload();
	close(kmsg.fd);
}

/* Not oftener than once a second, however often there is a tick. */
static void log_rate(void)
{
	long long last = 0, least = LLONG_MAX;
	int i;

	kmsg_open(&kmsg);
	module_need("target=%d interval_ms=10", a.pid);
	kmsg_ours(&kmsg, 5000);
	for (i = 0; i < 3; i++) {
		if (!kmsg_ours(&kmsg, 5000))
			break;
		if (i && kmsg.usec - last < least)
			least = kmsg.usec - last;
		last = kmsg.usec;
	}
	tap_is(i, 3, "10 ms: lines are logged");
	/* Half of it may be lost to whatever held up the first of two lines. */
	tap_between(least, 450000, LLONG_MAX, "10 ms: about once a second");
	unload();
	close(kmsg.fd);
}

static void log_max(void)
{
	int lines[2] = {}, said = 0, others = 0;

	kmsg_open(&kmsg);
	module_need("target=%d,%d,%d,%d log_max=2", a.pid, b.pid, c.pid, d.pid);
	wait_ticks(3);
	tap_errno(module_unload(), 0, "rmmod");
	while (kmsg_ours(&kmsg, 0)) {
		lines[0] += is_lab_line(kmsg.line, a.pid);
		lines[1] += is_lab_line(kmsg.line, b.pid);
		said += strstr(kmsg.line, "log_max") != NULL;
		others += is_lab_line(kmsg.line, c.pid) || is_lab_line(kmsg.line, d.pid);
	}
	tap_ok(lines[0] >= 2 && lines[0] == lines[1], "log_max=2: two targets are logged");
	tap_is(others, 0, "the others are not");
	tap_is(said, 1, "which is said once");
	close(kmsg.fd);
}

int main(void)
{
	child_start(&a);
	child_start(&b);
	child_start(&c);
	child_start(&d);
	defaults();
	several_targets();
	bad_targets();
	bad_values();
	written_later();
	realtime();
	history();
	log_off();
	log_rate();
	log_max();
	child_end(&a);
	child_end(&b);
	child_end(&c);
	child_end(&d);
	return tap_done();
}
