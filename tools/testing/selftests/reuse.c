// SPDX-License-Identifier: GPL-2.0-only
/* A new process with the PID of one that was monitored is not the old one. */
#include <linux/taskmonitor.h>
#include <sys/wait.h>

#include "harness.h"

static int dev;

static int get(struct task_sample *s)
{
	return dev_ioctl(dev, TM_GET, s);
}

static void command(const char *word, pid_t pid, int want)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %d", word, pid);
	tap_errno(file_write(PROC_FILE, text), want, "%s PID", word);
}

/* All but the clock and the name of the state, which the exit may still settle. */
static void same_figures(const char *old, const char *new)
{
	static const char * const keys[] = { "pid", "start_time_ns", "usr", "sys", "min_flt",
					     "nvcsw", "peak_rss_bytes", "exit_code" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		tap_is(row_value(new, keys[i]), row_value(old, keys[i]), "%s stays", keys[i]);
}

static void is_final(pid_t pid, char *row)
{
	char state[8];

	if (!eventually(row_read(pid, row) && row_word(row, "state", state, sizeof(state)) &&
			*state == 'X'))
		tap_bail("the row is never final");
}

static void old_row_stays(struct child *old, struct child *new)
{
	char row[ROW_SIZE], later[ROW_SIZE];
	struct task_sample s;

	child_exit(old, 7);
	waitpid(old->pid, NULL, 0);
	is_final(old->pid, row);

	child_start_with_pid(new, old->pid);
	tap_is(new->pid, old->pid, "a new process has the PID");
	tap_errno(get(&s), ESRCH, "TM_GET does not take it for the old one");
	child_do(new, CHILD_BURN, 20 * NSEC_PER_MSEC);
	child_do(new, CHILD_TOUCH, 1000);
	tap_ok(row_read(old->pid, later), "the row is still there");
	same_figures(row, later);
	tap_is(file_number(ATTRIBUTES "targets_alive"), 0, "nobody is alive");
}

static void both(struct child *new)
{
	char first[ROW_SIZE], second[ROW_SIZE];
	struct task_sample s;

	command("add", new->pid, 0);
	tap_is(row_count(), 2, "the new one can be added: two rows");
	row_read_nth(0, first);
	row_read_nth(1, second);
	tap_is(row_value(first, "pid"), row_value(second, "pid"), "with one PID");
	tap_ok(row_value(first, "start_time_ns") < row_value(second, "start_time_ns"),
	       "and two start times");
	tap_ok(row_value(second, "rss_bytes") >= 1000 * PAGE, "the second is the new one");
	tap_errno(get(&s), ESRCH, "the first target is still the old one");
	command("add", new->pid, EEXIST);
	command("del", new->pid, 0);
	tap_is(row_count(), 1, "del takes out one of them");
	command("del", new->pid, 0);
	tap_is(row_count(), 0, "and the other");
	command("del", new->pid, ESRCH);
}

static void set_anew(struct child *new)
{
	struct task_sample s;
	pid_t pid = new->pid;

	tap_errno(dev_ioctl(dev, TM_PID, &pid), 0, "TM_PID takes the new one");
	tap_errno(get(&s), 0, "TM_GET speaks of it");
	tap_ok_clock((long long)(s.utime + s.stime) >= new->report.cpu_ns, "with its figures");
}

/* The number goes round while the sampler runs and rows of the old ones stay. */
static void many_times(pid_t pid)
{
	int i, bad = 0;

	for (i = 0; i < 20; i++) {
		struct child c;
		char text[64];

		child_start_with_pid(&c, pid);
		snprintf(text, sizeof(text), "add %d", pid);
		bad += file_write(PROC_FILE, text) < 0;
		child_end(&c);
	}
	tap_is(bad, 0, "the same PID is added 20 times");
	tap_is(row_count(), 21, "each has its row");
	tap_ok(eventually(file_number(ATTRIBUTES "targets_alive") == 0), "none is alive");
}

int main(void)
{
	struct child old, new;

	child_start(&old);
	module_need("target=%d interval_ms=1 log=N", old.pid);
	dev = dev_open();
	child_do(&old, CHILD_BURN, 10 * NSEC_PER_MSEC);
	old_row_stays(&old, &new);
	both(&new);
	set_anew(&new);
	child_end(&new);
	many_times(new.pid);
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	return tap_done();
}
