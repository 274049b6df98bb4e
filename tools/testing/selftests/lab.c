// SPDX-License-Identifier: GPL-2.0-only
/* The lab's transcript, word for word: insmod, cat, stop, cat, cat, start, and the log. */
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "harness.h"

/* As the lab has it: numbers of one's own, not the project's header. */
#define TM_STOP		_IO('N', 0xA3)
#define TM_START	_IO('N', 0xA2)
#define TM_PID		_IOWR('N', 0xA4, pid_t)

#define LINES 4

static struct child target;
static struct kmsg log_;

/* What cat shows; -1 and a failed check where it is not the lab's line. */
static long long cat(const char *when)
{
	unsigned long long usr = 0, sys = 0;
	char text[256];
	int len = file_read(LAB_FILE, text, sizeof(text));
	bool ok = len > 0 && text[len - 1] == '\n';

	if (ok) {
		text[len - 1] = '\0';
		ok = is_lab_line(text, target.pid);
		sscanf(text, "pid %*d usr %llu sys %llu", &usr, &sys);
	}
	if (!tap_ok(ok, "cat shows the line %s", when))
		tap_diag("%s: \"%s\"", errno_name(len), text);
	return (long long)(usr + sys);
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

/*
 * A busy machine may delay a line: the middle gap is what counts. It may even be
 * too busy for that; then the module has counted what it missed.
 */
static void lines_once_a_second(const char *when)
{
	long long at[LINES] = {}, gap[LINES - 1], late_us;
	bool exact = true;
	int i;

	for (i = 0; i < LINES; i++) {
		if (!kmsg_ours(&log_, 5000)) {
			tap_ok(false, "%d lines %s", LINES, when);
			return;
		}
		at[i] = log_.usec;
		if (!is_lab_line(log_.line, target.pid)) {
			tap_diag("logged \"%s\"", log_.line);
			exact = false;
		}
	}
	tap_ok(exact, "the log's lines are the lab's, without a prefix, %s", when);
	for (i = 0; i < LINES - 1; i++)
		gap[i] = at[i + 1] - at[i];
	qsort(gap, LINES - 1, sizeof(gap[0]), compare);
	late_us = file_number(ATTRIBUTES "lateness_max_ns") / 1000;
	tap_between(gap[(LINES - 1) / 2], 850000 - late_us,
		    file_number(ATTRIBUTES "missed_ticks") > 0 ? LLONG_MAX : 1400000 + late_us,
		    "they come once a second %s", when);
}

static void next_line_is(const char *want)
{
	bool got = kmsg_ours(&log_, 5000);

	tap_str(got ? log_.line : "(nothing)", want, "then the log says \"%s\"", want);
}

/* Lines that were logged before the word did its work. */
static void skip_to(const char *want)
{
	while (kmsg_ours(&log_, 5000)) {
		if (!is_lab_line(log_.line, target.pid))
			break;
	}
	tap_str(log_.line, want, "then the log says \"%s\"", want);
}

static void nothing_is_logged(const char *when)
{
	if (!tap_ok(!kmsg_ours(&log_, 1500), "nothing is logged %s", when))
		tap_diag("logged \"%s\"", log_.line);
}

static void insmod(void)
{
	child_start(&target);
	kmsg_open(&log_);
	tap_errno(module_load("target=%d", target.pid), 0, "insmod taskmonitor.ko target=%d",
		  target.pid);
	next_line_is("starting monitor thread");
	cat("after insmod");
	lines_once_a_second("after insmod");
	tap_is(sampler_threads(NULL), 1, "there is one thread");
}

static void stop(void)
{
	long long before, after;

	tap_is(file_write(LAB_FILE, "stop"), 4, "echo -n stop");
	skip_to("halting monitor thread");
	tap_is(wait_sampler_threads(0), 0, "there is no thread any more");
	nothing_is_logged("while stopped");

	before = cat("while stopped");
	child_do(&target, CHILD_BURN, 30 * NSEC_PER_MSEC);
	after = cat("once more");
	tap_ok(after - before >= 30 * NSEC_PER_MSEC, "the second is newer by what was used");

	tap_is(file_write(LAB_FILE, "stop\n"), 5, "stop again, with a newline");
	nothing_is_logged("by it");
}

static void start(void)
{
	pid_t first = 0, second = 0;

	tap_is(file_write(LAB_FILE, "start"), 5, "echo -n start");
	next_line_is("starting monitor thread");
	lines_once_a_second("after start");
	tap_is(sampler_threads(&first), 1, "there is one thread again");

	tap_is(file_write(LAB_FILE, "start\n"), 6, "start again, with a newline");
	tap_is(sampler_threads(&second), 1, "there is still one thread");
	tap_is(second, first, "and it is the same");
	kmsg_ours(&log_, 5000);
	tap_ok(is_lab_line(log_.line, target.pid), "the log does not mention it");
}

static void by_ioctl(void)
{
	int fd = dev_open();
	pid_t pid = -1;

	tap_errno(dev_ioctl(fd, TM_STOP, NULL), 0, "TM_STOP");
	skip_to("halting monitor thread");
	tap_is(wait_sampler_threads(0), 0, "there is no thread any more");
	tap_errno(dev_ioctl(fd, TM_STOP, NULL), 0, "TM_STOP again");
	cat("while stopped by TM_STOP");
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "TM_START");
	next_line_is("starting monitor thread");
	tap_errno(dev_ioctl(fd, TM_START, NULL), 0, "TM_START again");
	tap_is(sampler_threads(NULL), 1, "there is one thread");
	tap_errno(dev_ioctl(fd, TM_PID, &pid), 0, "TM_PID with a negative number");
	tap_is(pid, target.pid, "gets the PID");
	close(fd);
}

static void monitor_another(void)
{
	struct child old = target;
	int fd = dev_open();

	child_start(&target);
	tap_errno(dev_ioctl(fd, TM_PID, &target.pid), 0, "TM_PID with another PID");
	cat("of the new target");
	close(fd);
	do {
		if (!kmsg_ours(&log_, 5000))
			break;
	} while (is_lab_line(log_.line, old.pid));
	tap_ok(is_lab_line(log_.line, target.pid), "the log goes over to it");
	child_end(&old);
}

static void target_exits(void)
{
	char text[128];

	child_end(&target);
	while (kmsg_ours(&log_, 0))
		;
	nothing_is_logged("once the target has exited");
	tap_errno(file_read(LAB_FILE, text, sizeof(text)), ESRCH, "cat after its exit");
}

static void files_are_there(bool there)
{
	const char *word = there ? "" : "not ";

	tap_is(file_exists(LAB_FILE), there, LAB_FILE " is %sthere", word);
	tap_is(file_exists(PROC_FILE), there, PROC_FILE " is %sthere", word);
	tap_is(file_exists(DEVICE), there, DEVICE " is %sthere", word);
}

int main(void)
{
	struct stat st;

	insmod();
	files_are_there(true);
	tap_ok(!stat(DEVICE, &st) && S_ISCHR(st.st_mode), DEVICE " is a character device");
	stop();
	start();
	by_ioctl();
	monitor_another();
	target_exits();
	tap_errno(module_unload(), 0, "rmmod");
	next_line_is("halting monitor thread");
	tap_is(wait_sampler_threads(0), 0, "there is no thread any more");
	files_are_there(false);
	return tap_done();
}
