// SPDX-License-Identifier: GPL-2.0-only
/* Writing to the lab's file and to the attributes: what is good, what is bad, what is done. */
#include <fcntl.h>
#include <linux/taskmonitor.h>

#include "harness.h"

#define LONG_WRITE 5000

static int dev;

struct attempt {
	const char *bytes;
	size_t size;
	int want;	/* errno, 0: all is taken */
};

#define TEXT(text, want) { text, sizeof(text) - 1, want }

static const char *printable(const struct attempt *a)
{
	static char buf[256];
	size_t i, len = 0;

	for (i = 0; i < a->size && i < 50; i++)
		len += (size_t)sprintf(buf + len, a->bytes[i] >= ' ' && a->bytes[i] != '#' ?
				       "%c" : "\\%03o", a->bytes[i]);
	buf[len] = '\0';
	return buf;
}

static void state(struct tm_state *st)
{
	if (dev_ioctl(dev, TM_STATE, st))
		tap_bail("TM_STATE does not work");
}

/* What one sets: the run state, the interval and the targets. */
static bool same_settings(const struct tm_state *a, const struct tm_state *b)
{
	return a->flags == b->flags && a->interval_ns == b->interval_ns &&
	       a->targets == b->targets;
}

static void attempt(const char *path, const struct attempt *a)
{
	struct tm_state before, after;
	int done;

	state(&before);
	done = file_write_bytes(path, a->bytes, a->size);
	state(&after);
	if (a->want) {
		tap_errno(done, a->want, "\"%s\" to %s", printable(a), path);
		tap_ok(same_settings(&before, &after), "changes nothing");
	} else {
		tap_is(done, (long long)a->size, "\"%s\" to %s is taken", printable(a), path);
	}
}

static void attempts(const char *path, const struct attempt *a, size_t n)
{
	while (n--)
		attempt(path, a++);
}

static void running_is(bool running, const char *after)
{
	tap_is(file_number(ATTRIBUTES "running"), running, "running after %s", after);
	tap_is(wait_sampler_threads(running), running, "threads after %s", after);
}

static const struct attempt bad_words[] = {
	TEXT("\n", EINVAL), TEXT(" ", EINVAL), TEXT("junk", EINVAL), TEXT("startx", EINVAL),
	TEXT("start x", EINVAL), TEXT(" start", EINVAL), TEXT("start ", EINVAL),
	TEXT("start\n\n", EINVAL), TEXT("\nstart", EINVAL), TEXT("START", EINVAL),
	TEXT("Start", EINVAL), TEXT("star", EINVAL), TEXT("sto", EINVAL), TEXT("stopp", EINVAL),
	TEXT("stop\r\n", EINVAL), TEXT("start\nstop\n", EINVAL), TEXT("start stop", EINVAL),
	TEXT("0", EINVAL), TEXT("1", EINVAL), TEXT("-1", EINVAL), TEXT("\0start", EINVAL),
	TEXT("\377\376", EINVAL),
};

/* A NUL is no end of the word: what stands behind it is seen as well. */
static const struct attempt words_with_nul[] = {
	TEXT("start\0stop", EINVAL), TEXT("stop\0junk", EINVAL), TEXT("start\n\0x", EINVAL),
};

static void long_writes(void)
{
	static char buf[LONG_WRITE];
	struct attempt a = { buf, sizeof(buf), EINVAL };

	memset(buf, 'x', sizeof(buf));
	attempt(LAB_FILE, &a);
	memcpy(buf, "start\n", 6);
	attempt(LAB_FILE, &a);
	memset(buf, '\n', sizeof(buf));
	memcpy(buf, "stop", 4);
	attempt(LAB_FILE, &a);
}

/* A word in two writes is two words. */
static void partial_writes(void)
{
	int fd = open(LAB_FILE, O_WRONLY | O_CLOEXEC);

	tap_errno(fd_write(fd, "sta", 3), EINVAL, "the first half of a word");
	tap_errno(fd_write(fd, "rt", 2), EINVAL, "its second half");
	tap_is(fd_write(fd, "", 0), 0, "an empty write");
	tap_is(fd_write(fd, "start", 5), 5, "the whole word in the same file");
	tap_is(fd_write(fd, "stop", 4), 4, "and another, behind it");
	tap_errno(fd_write(fd, (void *)1, 4), EFAULT, "from memory that is not there");
	close(fd);
}

static void lab_file(void)
{
	static const struct attempt empty = TEXT("", 0);

	attempts(LAB_FILE, bad_words, ARRAY_SIZE(bad_words));
	attempts(LAB_FILE, words_with_nul, ARRAY_SIZE(words_with_nul));
	attempt(LAB_FILE, &empty);
	long_writes();
	partial_writes();
	running_is(false, "all that");
	tap_is(file_write(LAB_FILE, "start\n"), 6, "start");
	running_is(true, "start");
	attempts(LAB_FILE, bad_words, ARRAY_SIZE(bad_words));
	tap_is(file_write(LAB_FILE, "stop\n"), 5, "stop");
	running_is(false, "stop");
}

static void lab_file_read(pid_t pid)
{
	char text[256];
	ssize_t len;
	int fd;

	tap_errno(file_read(LAB_FILE, text, sizeof(text)), 0, "the lab's file is read");
	text[strcspn(text, "\n")] = '\0';
	tap_ok(is_lab_line(text, pid), "it shows the line");

	fd = open(LAB_FILE, O_RDONLY | O_CLOEXEC);
	len = read(fd, text, 3);
	tap_ok(len == 3 && !memcmp(text, "pid", 3), "its first three bytes");
	len = read(fd, text, sizeof(text));
	tap_ok(len > 0 && text[0] == ' ' && text[len - 1] == '\n', "and the rest");
	tap_is(read(fd, text, sizeof(text)), 0, "then its end");
	close(fd);
}

static void no_target(void)
{
	char text[256];

	if (file_write(PROC_FILE, "clear") < 0)
		tap_bail("clear does not work");
	tap_errno(file_read(LAB_FILE, text, sizeof(text)), ESRCH, "without a target: ESRCH");
	tap_is(file_read(ATTRIBUTES "target", text, sizeof(text)), 1, "target is an empty line");
	tap_str(text, "\n", "namely that");
}

static const struct attempt intervals[] = {
	TEXT("100000\n", 0), TEXT("99999\n", EINVAL), TEXT("3600000000000\n", 0),
	TEXT("3600000000001\n", EINVAL), TEXT("0", EINVAL), TEXT("-1", EINVAL), TEXT("1s", EINVAL),
	TEXT("100ms", EINVAL), TEXT("\n", EINVAL), TEXT("0x100000", EINVAL), TEXT(" 100000", EINVAL),
	TEXT("100000 200000", EINVAL), TEXT("18446744073709551615", EINVAL),
	TEXT("18446744073709551616", ERANGE), TEXT("99999999999999999999999", ERANGE),
	TEXT("1000000000", 0),
};

static const struct attempt run_states[] = {
	TEXT("2", EINVAL), TEXT("x", EINVAL), TEXT("\n", EINVAL), TEXT("-1", EINVAL),
	TEXT("start", EINVAL),
};

static void attributes(void)
{
	attempts(ATTRIBUTES "interval_ns", intervals, ARRAY_SIZE(intervals));
	tap_is(file_number(ATTRIBUTES "interval_ns"), NSEC_PER_SEC, "interval_ns is what was written");
	attempts(ATTRIBUTES "running", run_states, ARRAY_SIZE(run_states));
	tap_errno(file_write(ATTRIBUTES "running", "1\n"), 0, "1 to running");
	running_is(true, "1");
	tap_errno(file_write(ATTRIBUTES "running", "1"), 0, "once more");
	attempts(ATTRIBUTES "running", run_states, ARRAY_SIZE(run_states));
	running_is(true, "1 again");
	tap_errno(file_write(ATTRIBUTES "running", "0\n"), 0, "0 to running");
	running_is(false, "0");
}

static void read_only(void)
{
	static const char * const names[] = {
		"version", "target", "targets", "targets_alive", "ticks", "missed_ticks",
		"samples", "lateness_max_ns", "cost_ns",
	};
	char path[128], text[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), ATTRIBUTES "%s", names[i]);
		tap_ok(file_read(path, text, sizeof(text)) > 1, "%s can be read", names[i]);
		tap_ok(strchr(text, '\n') == text + strlen(text) - 1, "it is one line");
		tap_ok(file_write(path, "1") < 0, "it cannot be written");
	}
}

int main(void)
{
	struct child c;

	child_start(&c);
	module_need("target=%d", c.pid);
	dev = dev_open();
	if (dev_ioctl(dev, TM_STOP, NULL))
		tap_bail("TM_STOP does not work");
	lab_file();
	lab_file_read(c.pid);
	attributes();
	read_only();
	no_target();
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&c);
	return tap_done();
}
