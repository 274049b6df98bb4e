// SPDX-License-Identifier: GPL-2.0-only
/*
 * A target in every state that a process can be in: alive, a zombie, reaped,
 * its leader gone before its threads, another program by an exec from a
 * thread, a kernel thread.
 */
#include <linux/taskmonitor.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

static int dev;

static int get(struct task_sample *s)
{
	memset(s, POISON, sizeof(*s));
	return dev_ioctl(dev, TM_GET, s);
}

static long long cpu_of(const struct task_sample *s)
{
	return (long long)(s->utime + s->stime);
}

static int set_pid(pid_t pid)
{
	return dev_ioctl(dev, TM_PID, &pid);
}

static void monitor(pid_t pid)
{
	if (set_pid(pid))
		tap_bail("TM_PID does not take %d", pid);
}

static void alive(void)
{
	struct task_sample s;
	char row[ROW_SIZE];
	struct child c;

	child_start(&c);
	monitor(c.pid);
	proc_settle(c.pid);
	tap_errno(get(&s), 0, "alive: TM_GET");
	tap_is(s.state, 'S', "alive: state");
	tap_ok(s.valid & TM_VALID_MEM, "alive: memory is known");
	tap_ok(row_read(c.pid, row), "alive: a row");
	tap_is(row_value(row, "exit_code"), -1, "alive: no exit code");
	tap_ok(row_is_absent(row, "exit_code"), "alive: it is said to be absent");
	kill(c.pid, SIGSTOP);
	tap_ok(eventually(!get(&s) && s.state == 'T'), "stopped: state T");
	kill(c.pid, SIGCONT);
	child_end(&c);
}

static long long micros(const struct timeval *tv)
{
	return tv->tv_sec * 1000000LL + tv->tv_usec;
}

/* What is still there of an exited target once all is known. */
static void final_row(const char *what, pid_t pid, const struct rusage *ru, int status)
{
	char row[ROW_SIZE] = "", state[8] = "";
	long long ns, us;

	/* The kernel lets go of a task a moment after it has been reaped. */
	(void)eventually(row_read(pid, row) && row_word(row, "state", state, sizeof(state)) &&
			 !strcmp(state, "X"));
	tap_str(state, "X", "%s: reaped, the row stays", what);
	ns = row_value(row, "usr") + row_value(row, "sys");
	us = micros(&ru->ru_utime) + micros(&ru->ru_stime);
	/* Each of the two was cut to whole microseconds. */
	tap_between(ns - us * 1000, 0, 2000, "%s: CPU time is wait4's", what);
	tap_is(row_value(row, "min_flt"), ru->ru_minflt, "%s: minor faults are wait4's", what);
	tap_is(row_value(row, "maj_flt"), ru->ru_majflt, "%s: major faults are wait4's", what);
	tap_is(row_value(row, "nvcsw"), ru->ru_nvcsw, "%s: voluntary switches are wait4's", what);
	tap_is(row_value(row, "nivcsw"), ru->ru_nivcsw, "%s: the others are wait4's", what);
	tap_is(row_value(row, "peak_rss_bytes"), ru->ru_maxrss * 1024, "%s: peak is wait4's", what);
	tap_is(row_value(row, "exit_code"), status, "%s: exit code is wait4's", what);
	tap_ok(row_is_absent(row, "rss_bytes"), "%s: no memory any more", what);
}

/* @c is a zombie. Look at it, reap it, look again. */
static void bury(const char *what, struct child *c)
{
	struct task_sample s;
	struct rusage ru;
	char row[ROW_SIZE] = "", state[8] = "", text[256];
	long long at_exit, start;
	int status;

	tap_errno(get(&s), ESRCH, "%s: zombie: TM_GET", what);
	tap_errno(file_read(LAB_FILE, text, sizeof(text)), ESRCH, "%s: zombie: cat", what);
	tap_ok(row_read(c->pid, row), "%s: zombie: its row stays", what);
	row_word(row, "state", state, sizeof(state));
	tap_str(state, "Z", "%s: zombie: state", what);
	at_exit = row_value(row, "usr") + row_value(row, "sys");
	tap_ok_clock(at_exit >= c->report.cpu_ns, "%s: zombie: its CPU time is known", what);
	start = row_value(row, "start_time_ns");

	wait4(c->pid, &status, 0, &ru);
	tap_errno(get(&s), ESRCH, "%s: reaped: TM_GET", what);
	tap_errno(file_read(LAB_FILE, text, sizeof(text)), ESRCH, "%s: reaped: cat", what);
	tap_errno(set_pid(c->pid), ESRCH, "%s: reaped: TM_PID", what);
	final_row(what, c->pid, &ru, status);
	row_read(c->pid, row);
	tap_ok(row_value(row, "usr") + row_value(row, "sys") >= at_exit,
	       "%s: nothing went backwards", what);
	tap_is(row_value(row, "start_time_ns"), start, "%s: start time stays", what);
	tap_is(file_number(ATTRIBUTES "targets"), 1, "%s: still a target", what);
	tap_is(file_number(ATTRIBUTES "targets_alive"), 0, "%s: but not alive", what);
	snprintf(text, sizeof(text), "del %d", c->pid);
	tap_errno(file_write(PROC_FILE, text), 0, "%s: it can be taken out", what);
	tap_is(row_count(), 0, "%s: the row is gone", what);
}

/* The interval is an hour: each of these lives and dies between two ticks. */
static void exits(void)
{
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_BURN, 25 * NSEC_PER_MSEC);
	child_do(&c, CHILD_TOUCH, 500);
	child_exit(&c, 3);
	bury("exit", &c);
}

static void exits_with_threads(void)
{
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_THREADS, 8);
	child_do(&c, CHILD_BURN, 10 * NSEC_PER_MSEC);
	child_do(&c, CHILD_THREADS_END, 4);
	child_exit(&c, 0);
	bury("8 threads, 4 gone", &c);
}

static void exits_unseen(void)
{
	struct child c;

	/* Nobody has read it before its end, and threads burn to the last. */
	child_start(&c);
	child_do(&c, CHILD_SPIN, 0);
	monitor(c.pid);
	child_do(&c, CHILD_CHURN, 0);
	child_exit(&c, 1);
	bury("busy threads", &c);
}

static void killed(void)
{
	struct child c;
	siginfo_t info;

	child_start(&c);
	monitor(c.pid);
	kill(c.pid, SIGKILL);
	waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT);
	bury("killed", &c);
}

static bool totals_are_final(struct task_sample *s)
{
	struct tm_batch batch = {
		.records = (unsigned long)s, .capacity = 1, .record_size = sizeof(*s),
	};

	return !dev_ioctl(dev, TM_BATCH, &batch) && batch.count == 1 &&
	       s->flags & TM_SAMPLE_EXITED && !(s->flags & TM_SAMPLE_CPU_AS_OF_TICK);
}

/* Its totals become final while it is a zombie; it is reaped all the same, later. */
static void reaped_late(void)
{
	struct task_sample s;
	siginfo_t info;
	struct child c;

	child_start(&c);
	monitor(c.pid);
	get(&s);
	if (s.flags & TM_SAMPLE_CPU_AS_OF_TICK) {
		tap_skip("this kernel tells no slices, so nothing tells what is final", "late");
		child_end(&c);
		return;
	}
	child_exit(&c, 3);
	waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT);
	if (!dev_ioctl(dev, TM_GET, &s) || errno != ESRCH)
		tap_bail("a zombie lives");
	tap_ok(eventually(totals_are_final(&s)), "late: its totals are final");
	tap_is(s.state, 'Z', "late: while it is a zombie");
	bury("late", &c);
}

/* 100 that are gone as soon as they are added. */
static void reaped_at_once(void)
{
	int i, bad = 0;

	for (i = 0; i < 100; i++) {
		char row[ROW_SIZE], state[8];
		struct rusage ru;
		struct child c;
		long long ns;

		child_start(&c);
		monitor(c.pid);
		child_exit(&c, 0);
		wait4(c.pid, NULL, 0, &ru);
		if (!eventually(row_read(c.pid, row) &&
				row_word(row, "state", state, sizeof(state)) && *state == 'X')) {
			bad++;
			continue;
		}
		ns = row_value(row, "usr") + row_value(row, "sys");
		ns -= (micros(&ru.ru_utime) + micros(&ru.ru_stime)) * 1000;
		if (ns < 0 || ns > 2000) tap_diag("off by %lld", ns);
		bad += ns < 0 || ns > 2000;
	}
	tap_is(bad, 0, "100 that exit: each one's totals are wait4's");
}

static void leader_first(void)
{
	struct task_sample before, after;
	struct proc_stat st;
	char row[ROW_SIZE];
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_TOUCH, 300);
	get(&before);
	child_do(&c, CHILD_LEADER_EXIT, 0);
	tap_is(proc_state(c.pid), 'Z', "leader gone: /proc says Z");
	tap_errno(get(&before), 0, "leader gone: TM_GET works");
	tap_ok(before.state != 'Z' && before.state != 'X', "leader gone: no zombie (%c)",
	       before.state);
	tap_ok(before.valid & TM_VALID_MEM, "leader gone: memory is known");
	tap_ok((long long)before.rss_bytes >= 300 * PAGE, "leader gone: and is what it was");
	tap_is(before.flags & TM_SAMPLE_EXITED, 0, "leader gone: not exited");
	tap_ok(proc_stat(c.pid, &st) && st.threads == before.threads, "leader gone: threads");
	child_do(&c, CHILD_BURN, 20 * NSEC_PER_MSEC);
	tap_errno(get(&after), 0, "leader gone: TM_GET again");
	tap_ok(cpu_of(&after) - cpu_of(&before) >= 20 * NSEC_PER_MSEC, "leader gone: figures grow");
	tap_ok_clock(cpu_of(&after) >= c.report.cpu_ns, "leader gone: the leader's part is in them");
	tap_is(file_number(ATTRIBUTES "targets_alive"), 1, "leader gone: alive");
	tap_errno(set_pid(c.pid), 0, "leader gone: TM_PID takes it anew");
	tap_ok(row_read(c.pid, row) && row_value(row, "rss_bytes") >= 300 * PAGE,
	       "leader gone: memory is in the row");
	child_exit(&c, 5);
	bury("leader gone", &c);
}

static void exec_from_thread(void)
{
	struct task_sample before, after;
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_TOUCH, 2000);
	child_do(&c, CHILD_THREADS, 3);
	child_do(&c, CHILD_BURN, 20 * NSEC_PER_MSEC);
	tap_errno(get(&before), 0, "exec: TM_GET before");
	child_do(&c, CHILD_EXEC, 0);
	tap_errno(get(&after), 0, "exec: TM_GET after");
	tap_is(after.pid, before.pid, "exec: same PID");
	tap_is((long long)after.start_time_ns, (long long)before.start_time_ns,
	       "exec: same start time");
	tap_is(after.threads, 1, "exec: one thread");
	tap_str(after.comm, "exe", "exec: its new name");
	tap_ok(after.utime >= before.utime && after.stime >= before.stime,
	       "exec: CPU time does not go backwards");
	tap_ok(after.min_flt >= before.min_flt && after.nvcsw >= before.nvcsw &&
	       after.run_delay_ns >= before.run_delay_ns, "exec: nor do the others");
	tap_ok(after.rss_bytes < before.rss_bytes, "exec: memory is the new program's");
	tap_ok(after.peak_rss_bytes >= before.peak_rss_bytes, "exec: the peak is both's");
	tap_is(after.flags & TM_SAMPLE_EXITED, 0, "exec: not exited");
	tap_is(file_number(ATTRIBUTES "targets_alive"), 1, "exec: alive");
	child_do(&c, CHILD_BURN, 20 * NSEC_PER_MSEC);
	tap_errno(get(&after), 0, "exec: TM_GET later");
	tap_ok(cpu_of(&after) - cpu_of(&before) >= 20 * NSEC_PER_MSEC, "exec: figures grow");
	child_exit(&c, 0);
	bury("exec", &c);
}

static void kernel_thread(void)
{
	struct task_sample s;
	char row[ROW_SIZE];
	size_t i;
	static const char * const absent[] = { "vsize_bytes", "rss_bytes", "peak_rss_bytes",
					       "swap_bytes" };

	tap_errno(set_pid(2), 0, "kthreadd: TM_PID");
	tap_errno(get(&s), 0, "kthreadd: TM_GET");
	tap_str(s.comm, "kthreadd", "kthreadd: comm");
	tap_is((long long)(s.valid & (TM_VALID_MEM | TM_VALID_PEAK_RSS)), 0,
	       "kthreadd: memory is not said to be known");
	tap_is((long long)(s.rss_bytes | s.vsize_bytes | s.peak_rss_bytes | s.swap_bytes), 0,
	       "kthreadd: and is zero");
	tap_ok(s.valid & TM_VALID_CPU, "kthreadd: CPU time is known");
	tap_is(s.ppid, 0, "kthreadd: no parent");
	tap_ok(row_read(2, row), "kthreadd: a row");
	for (i = 0; i < ARRAY_SIZE(absent); i++)
		tap_ok(row_is_absent(row, absent[i]), "kthreadd: %s is -", absent[i]);
}

static void init_process(void)
{
	struct task_sample s;

	tap_errno(set_pid(1), 0, "init: TM_PID");
	tap_errno(get(&s), 0, "init: TM_GET");
	tap_is(s.pid, 1, "init: pid");
	tap_is(s.ppid, 0, "init: ppid");
}

int main(int argc, char **argv)
{
	child_main(argc, argv);
	module_need("interval_ms=3600000");
	dev = dev_open();
	if (dev_ioctl(dev, TM_START, NULL))
		tap_bail("TM_START does not work");
	alive();
	exits();
	exits_with_threads();
	exits_unseen();
	killed();
	reaped_at_once();
	reaped_late();
	leader_first();
	exec_from_thread();
	kernel_thread();
	init_process();
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	return tap_done();
}
