// SPDX-License-Identifier: GPL-2.0-only
/* /proc/taskmonitor: its commands, its rows, and how it is read in pieces. */
#include <fcntl.h>
#include <linux/taskmonitor.h>

#include "harness.h"

#define COMMAND_MAX	64	/* bytes of a line */
#define LONG_WRITE	5000
#define MANY		100

static int dev;
static struct child a, b;

/* "A" and "B" in a command are the PIDs of the two children. */
static const char *with_pids(const char *command)
{
	static char buf[512];
	char *to = buf;

	for (; *command; command++) {
		if (*command == 'A' || *command == 'B')
			to += sprintf(to, "%d", *command == 'A' ? a.pid : b.pid);
		else
			*to++ = *command;
	}
	*to = '\0';
	return buf;
}

/* All that a command can change, in words. */
static const char *settings(char *buf)
{
	struct tm_state st;
	char targets[4096];

	if (dev_ioctl(dev, TM_STATE, &st) ||
	    file_read(ATTRIBUTES "target", targets, sizeof(targets)) < 0)
		tap_bail("the state cannot be read");
	sprintf(buf, "%u %llu %.400s", st.flags, (unsigned long long)st.interval_ns, targets);
	return buf;
}

static void targets_are(const char *want)
{
	char got[4096] = "";

	file_read(ATTRIBUTES "target", got, sizeof(got));
	got[strcspn(got, "\n")] = '\0';
	tap_str(got, with_pids(want), "targets: \"%s\"", want);
}

static const char *one_line(const char *command)
{
	static char buf[128];
	size_t i;

	snprintf(buf, sizeof(buf), "%s", command);
	for (i = 0; buf[i]; i++) {
		if (buf[i] < ' ' || buf[i] > '~' || buf[i] == '#')
			buf[i] = '|';
	}
	return buf;
}

static void taken(const char *command)
{
	const char *text = with_pids(command);

	tap_is(file_write(PROC_FILE, text), (long long)strlen(text), "\"%s\" is taken",
	       one_line(command));
}

static void refused(const char *command, int want)
{
	char before[512], after[512];

	settings(before);
	tap_errno(file_write(PROC_FILE, with_pids(command)), want, "\"%s\"", one_line(command));
	tap_str(settings(after), before, "changes nothing");
}

static void commands(void)
{
	taken("add A");
	targets_are("A");
	taken("add B\n");
	targets_are("A B");
	refused("add A\n", EEXIST);
	taken("del A");
	targets_are("B");
	refused("del A", ESRCH);
	taken("set A");
	targets_are("A");
	taken("clear");
	targets_are("");
	taken("clear\n");
	taken("add A\nadd B\n");
	targets_are("A B");
	taken("set B\nadd A\nstart\nstart\nstop\n");
	targets_are("B A");
	taken("start");
	tap_is(wait_sampler_threads(1), 1, "a thread");
	taken("stop");
	tap_is(wait_sampler_threads(0), 0, "no thread");
	taken("clear\nadd A");
	targets_are("A");
}

static void bad_words(void)
{
	static const char * const words[] = {
		"\n", "\n\n", " ", "junk", "junk\n", "startx", "start x", " start", "start ",
		"START", "Stop", "\tstart", "start\r\n", "stop 1", "clear all", "clear ",
		"add", "add ", "add\n", "add  A", "add A ", "add A B", "add x", "add Ax",
		"add 0x10", "add 0", "add -1", "add -A", "add 1.0", "ad A", "adds A", "del",
		"del 0", "del -1", "set", "set 0", "set -1", "set x", "\377", "interval",
		"interval ", "interval 100", "interval 0ms", "interval 1ns", "interval 99us",
		"interval 2h", "interval 3601s", "interval -1s", "interval 100 ms",
		"interval 1.5s", "interval s", "interval 1S", "interval +1s", "interval 1ss",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		refused(words[i], EINVAL);
}

static void bad_numbers(void)
{
	refused("add 4194304", ESRCH);
	refused("add 2147483647", ESRCH);
	refused("add 2147483648", ERANGE);
	refused("add -2147483648", EINVAL);
	refused("add -2147483649", ERANGE);
	refused("add 99999999999999999999999", ERANGE);
	refused("set 4194304", ESRCH);
	refused("del 4194304", ESRCH);
	refused("interval 18446744073709551616ns", ERANGE);
	refused("interval 18446744073709551615h", ERANGE);
	refused("interval 99999999999999999999999s", ERANGE);
}

static void interval_is(const char *command, long long ns)
{
	taken(command);
	tap_is(file_number(ATTRIBUTES "interval_ns"), ns, "is %lld ns", ns);
}

static void intervals(void)
{
	interval_is("interval 100ms", 100 * NSEC_PER_MSEC);
	interval_is("interval 100us\n", 100000);
	interval_is("interval 100000ns", 100000);
	interval_is("interval 1h", 3600 * NSEC_PER_SEC);
	interval_is("interval 60m", 3600 * NSEC_PER_SEC);
	interval_is("interval 2s", 2 * NSEC_PER_SEC);
}

/* "add 000...0PID", as long as asked. */
static void long_line(size_t length, int want)
{
	char line[256];
	int n;

	n = snprintf(line, sizeof(line), "add %0*d\n", (int)length - 4, b.pid);
	if (want) {
		refused(line, want);
	} else {
		tap_is(file_write(PROC_FILE, line), n, "a line of %zu bytes is taken", length);
		targets_are("A B");
		taken("del B");
	}
}

static void bytes_refused(const char *what, const void *bytes, size_t size, int want)
{
	char before[512], after[512];

	settings(before);
	tap_errno(file_write_bytes(PROC_FILE, bytes, size), want, "%s", what);
	tap_str(settings(after), before, "changes nothing");
}

static void long_lines(void)
{
	static char buf[LONG_WRITE];

	long_line(COMMAND_MAX, 0);
	long_line(COMMAND_MAX + 1, EINVAL);
	memset(buf, 'x', sizeof(buf));
	bytes_refused("5000 bytes without a newline", buf, sizeof(buf), EINVAL);
	memcpy(buf, "start ", 6);
	bytes_refused("5000 bytes that begin with a command", buf, sizeof(buf), EINVAL);
	memset(buf, 0, sizeof(buf));
	bytes_refused("5000 NULs", buf, sizeof(buf), EINVAL);
	bytes_refused("a NUL behind a command", "clear\0", 6, EINVAL);
	bytes_refused("a NUL and a newline behind it", "clear\0\n", 7, EINVAL);
	bytes_refused("a NUL between two", "clear\0clear\n", 12, EINVAL);
	bytes_refused("memory that is not there", (void *)1, 5, EFAULT);
	tap_is(file_write_bytes(PROC_FILE, "", 0), 0, "an empty write does nothing");
	targets_are("A");
}

/* More than is looked at in one go: every command of it is done all the same, in order. */
static void many_commands(void)
{
	char buf[LONG_WRITE + 64];
	size_t len = 0, done = 0;
	int n, fd = open(PROC_FILE, O_WRONLY | O_CLOEXEC);

	while (len < LONG_WRITE)
		len += (size_t)sprintf(buf + len, "add %d\ndel %d\n", b.pid, b.pid);
	len += (size_t)sprintf(buf + len, "add %d\n", b.pid);
	while (done < len) {
		n = fd_write(fd, buf + done, len - done);
		if (n <= 0) {
			tap_diag("%s after %zu bytes", errno_name(n), done);
			break;
		}
		if (buf[done + (size_t)n - 1] != '\n')
			tap_diag("a write ended within a line");
		done += (size_t)n;
	}
	close(fd);
	tap_is((long long)done, (long long)len, "%zu bytes of commands are taken", len);
	targets_are("A B");
	taken("del B");
}

static void error_in_the_middle(void)
{
	const char *text = with_pids("add B\njunk\nclear\n");
	int first = (int)strcspn(text, "\n") + 1;
	int fd = open(PROC_FILE, O_WRONLY | O_CLOEXEC);

	tap_is(fd_write(fd, text, strlen(text)), first, "an error in the middle: what was done");
	targets_are("A B");
	text = with_pids("add B\njunk\nclear\n");
	tap_errno(fd_write(fd, text + first, strlen(text) - (size_t)first), EINVAL,
		  "then, for the rest, the error");
	targets_are("A B");
	tap_is(fd_write(fd, "stop", 4), 4, "the file is still good");
	close(fd);
	taken("del B");
}

/* Each write is for itself: half a command is none. */
static void partial_writes(void)
{
	int fd = open(PROC_FILE, O_WRONLY | O_CLOEXEC);

	tap_errno(fd_write(fd, "cle", 3), EINVAL, "half a command");
	tap_errno(fd_write(fd, "ar\n", 3), EINVAL, "its other half");
	close(fd);
	targets_are("A");
}

/* The name is last, and all of the rest of the line: it may have blanks, but no newline. */
static void name_with_blanks(void)
{
	char row[ROW_SIZE] = "", *comm;

	child_do(&a, CHILD_NAME, 0);
	row_read(a.pid, row);
	comm = strstr(row, " comm ");
	tap_str(comm ? comm + 6 : row, "a b\\nc\\\\d\n", "a name with a newline stays on its line");
}

/* Read @step bytes at a time. */
static int read_in_steps(char *buf, size_t size, size_t step)
{
	int fd = open(PROC_FILE, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (len + step < size && (n = read(fd, buf + len, step)) > 0)
		len += (size_t)n;
	close(fd);
	buf[len] = '\0';
	return (int)len;
}

/* How many rows there are, in this order: @pids; -1 where any is another. */
static int rows_in_order(char *buf, const pid_t *pids, int n)
{
	char *line, *save = NULL;
	int i = 0, pid;

	for (line = strtok_r(buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (i >= n || sscanf(line, "pid %d usr ", &pid) != 1 || pid != pids[i++] ||
		    !strstr(line, " comm "))
			return -1;
	}
	return i;
}

static void read_many(const pid_t *pids, int n)
{
	static const size_t steps[] = { 7, 100, 4096, 60000 };
	static char buf[MANY * ROW_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		read_in_steps(buf, sizeof(buf), steps[i]);
		tap_is(rows_in_order(buf, pids, n), n, "%d rows, read %zu bytes at a time", n,
		       steps[i]);
	}
}

/* A reader half way down the list, while rows above it and below it go. */
static void removed_meanwhile(void)
{
	char buf[4096];
	int fd = open(PROC_FILE, O_RDONLY | O_CLOEXEC);

	tap_ok(read(fd, buf, 10) == 10, "a reader has begun");
	taken("clear");
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	lseek(fd, 0, SEEK_SET);
	tap_is(read(fd, buf, sizeof(buf)), 0, "after clear and from the start there is nothing");
	close(fd);
}

static void many_rows(void)
{
	static struct child children[MANY];
	pid_t pids[MANY];
	char line[32];
	int i, bad = 0;

	taken("clear");
	for (i = 0; i < MANY; i++) {
		child_start(&children[i]);
		pids[i] = children[i].pid;
		sprintf(line, "add %d", pids[i]);
		bad += file_write(PROC_FILE, line) < 0;
	}
	tap_is(bad, 0, "%d targets are added", MANY);
	tap_is(file_number(ATTRIBUTES "targets"), MANY, "there are as many");
	tap_is(file_number(ATTRIBUTES "targets_alive"), MANY, "all alive");
	read_many(pids, MANY);

	child_end(&children[MANY - 1]);
	sprintf(line, "del %d", pids[MANY / 2]);
	tap_errno(file_write(PROC_FILE, line), 0, "one from the middle is taken out");
	memmove(pids + MANY / 2, pids + MANY / 2 + 1, (MANY - MANY / 2 - 1) * sizeof(pids[0]));
	read_many(pids, MANY - 1);
	tap_is(file_number(ATTRIBUTES "targets_alive"), MANY - 2, "one has exited, its row stays");
	removed_meanwhile();
	for (i = 0; i < MANY - 1; i++)
		child_end(&children[i]);
}

int main(void)
{
	child_start(&a);
	child_start(&b);
	module_need("%s", "");
	dev = dev_open();
	commands();
	bad_words();
	bad_numbers();
	intervals();
	long_lines();
	many_commands();
	error_in_the_middle();
	partial_writes();
	name_with_blanks();
	many_rows();
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&a);
	child_end(&b);
	return tap_done();
}
