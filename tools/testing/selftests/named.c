// SPDX-License-Identifier: GPL-2.0-only
/*
 * Named sessions with more targets than fit a page or a write, read in every way,
 * from other PID namespaces, and behind the back of whoever removes them.
 * configfs.sh has the rest.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "named.h"
#include "netlink.h"

#define CROWD	1200
#define ROW	1024
#define STACK	8192

static pid_t crowd[CROWD];
static char text[CROWD * 12];
static char rows[CROWD * ROW];

static int member(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pause();
}

/* With our memory, for that of 1200 copies takes debug kernels minutes to take down. */
static void crowd_start(void)
{
	static char stacks[CROWD][STACK] __attribute__((aligned(16)));
	int i;

	for (i = 0; i < CROWD; i++) {
		crowd[i] = clone(member, stacks[i] + STACK, CLONE_VM | SIGCHLD, NULL);
		if (crowd[i] < 0)
			tap_bail("no process: %s", strerror(errno));
	}
}

static void crowd_end(void)
{
	int i;

	for (i = 0; i < CROWD; i++)
		kill(crowd[i], SIGKILL);
	for (i = 0; i < CROWD; i++)
		waitpid(crowd[i], NULL, 0);
}

/* As a shell would: what is left of it again and again. */
static int put_all(const char *name, const char *all, int *writes)
{
	size_t done = 0, len = strlen(all);
	int got;

	for (*writes = 0; done < len; ++*writes) {
		got = named_put(name, "targets", all + done);
		if (got <= 0)
			return got;
		done += (size_t)got;
	}
	return 0;
}

/* A line of each of the crowd, in their order; the first word of it is @key. */
static int lines_of_crowd(const char *all, const char *key)
{
	int i = 0, pid, n = 0;
	const char *line;
	char format[16];

	snprintf(format, sizeof(format), "%s%%d", key);
	for (line = all; *line && i < CROWD; line = strchrnul(line, '\n'), line += !!*line, i++)
		n += sscanf(line, format, &pid) == 1 && pid == crowd[i];
	return n;
}

static void many_targets(void)
{
	size_t len = 0;
	int i, writes, shown;
	char *more;

	/* Room for a cut number: more than a write takes, and no newline where it ends. */
	for (i = 0; i < CROWD; i++)
		len += (size_t)sprintf(text + len, "%d ", crowd[i]);
	tap_ok(len > 4095, "more PIDs than one write takes");
	tap_errno(named_make("many"), 0, "mkdir");
	tap_errno(put_all("many", text, &writes), 0, "all of them are written");
	tap_between(writes, 2, 10, "in several writes");
	tap_is(named_state("many", "targets"), CROWD, "no number was cut");

	tap_ok(named_get("many", "targets", rows, sizeof(rows)) > 0, "targets is read");
	more = strstr(rows, "and ");
	tap_ok(more && strlen(rows) <= 4096, "it says that there are more");
	if (!more)
		return;
	shown = lines_of_crowd(rows, "");
	tap_is(atoi(more + 4), CROWD - shown, "and how many");
	tap_ok(shown > 500, "a page of them is there, in their order");

	tap_ok(named_get("many", "sample", rows, sizeof(rows)) > 0, "sample is read");
	tap_is(lines_of_crowd(rows, "pid "), CROWD, "a row of each, in their order");
	tap_is(named_lines("many", "sample"), CROWD, "and no other");

	for (i = 0, len = 0; i < CROWD; i++)
		len += (size_t)sprintf(text + len, "-%d\n", crowd[i]);
	tap_errno(put_all("many", text, &writes), 0, "all of them are removed");
	tap_is(named_state("many", "targets"), 0, "none is left");
	tap_is(named_lines("many", "sample"), 0, "sample is empty");
	tap_errno(named_end("many"), 0, "rmdir");
}

/* The last line of a file; how many there are, and bytes in all. */
static int last_line(const char *path, char *last, size_t size, long long *bytes)
{
	char buf[1024], *line = NULL;
	FILE *f = fopen(path, "re");
	int n = 0;

	*bytes = 0;
	*last = '\0';
	for (; f && (line = fgets(buf, sizeof(buf), f)); n++) {
		*bytes += (long long)strlen(line);
		snprintf(last, size, "%s", line);
	}
	if (f)
		fclose(f);
	return n;
}

/* More records than 64 MiB of text can tell of. */
static void many_records(void)
{
	const long long wanted = 240000, limit = 64 << 20;
	long long bytes, left, total;
	int i, lines, writes;
	char last[64];
	size_t len = 0;

	if (rounds(10) < 10) {
		tap_skip("a slow kernel", "more records than 64 MiB of text can tell of");
		return;
	}
	for (i = 0; i < CROWD; i++)
		len += (size_t)sprintf(text + len, "%d ", crowd[i]);
	named_make("log");
	named_put("log", "history", "262144");
	named_put("log", "kinds", "periodic");
	named_put("log", "interval", "1ms");
	tap_errno(put_all("log", text, &writes), 0, "a session of all of them");
	named_put("log", "run", "start");
	for (i = 0; i < 10 && !eventually(named_state("log", "records") >= wanted); i++)
		;
	named_put("log", "run", "stop");
	total = named_state("log", "records");
	tap_ok(total >= wanted, "it records");
	if (total > 262144)
		total = 262144;
	lines = last_line(NAMED_ROOT "/log/records", last, sizeof(last), &bytes);
	tap_ok(sscanf(last, "and %lld more\n", &left) == 1, "its end says that there are more");
	tap_between(bytes, limit / 2, limit, "it has 64 MiB at most");
	tap_is(lines - 1 + left, total, "lines and what is missing are all");
	named_end("log");
}

/* 4095 bytes without a blank are no number. */
static void long_writes(void)
{
	memset(text, '1', 8000);
	text[8000] = '\0';
	named_make("long");
	tap_errno(named_put("long", "targets", text), EINVAL, "a number of 8000 digits");
	memset(text, ' ', 8000);
	tap_errno(named_put("long", "targets", text), EINVAL, "8000 blanks");
	sprintf(text + 4093, "%d", crowd[0]);
	text[strlen(text)] = ' ';
	tap_errno(named_put("long", "targets", text), EINVAL, "a number that is cut, and blanks before it");
	tap_is(named_state("long", "targets"), 0, "nobody was added");
	memset(text, 'x', 8000);
	text[8000] = '\0';
	tap_errno(named_put("long", "cgroup", text), ENOENT, "a path longer than any");
	tap_errno(named_put("long", "kinds", text), EINVAL, "a kind of 8000 letters");
	named_end("long");
}

/* Some bytes at a time: it is the text of one moment. */
static void piecemeal(void)
{
	char path[NAMED_PATH], whole[8192], again[8192];
	int fd, other, len = 0, got;

	named_make("parts");
	sprintf(text, "%d %d", crowd[0], crowd[1]);
	named_put("parts", "targets", text);
	snprintf(path, sizeof(path), NAMED_ROOT "/parts/sample");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	other = open(path, O_RDONLY | O_CLOEXEC);
	while ((got = read(fd, whole + len, 7)) > 0) {
		len += got;
		/* One that began later, and another target meanwhile. */
		if (len == 7) {
			sprintf(text, "%d", crowd[2]);
			named_put("parts", "targets", text);
			tap_between(read(other, again, sizeof(again)), 100, 8192, "another reader");
		}
	}
	whole[len] = '\0';
	tap_ok(got == 0 && lines_of_crowd(whole, "pid ") == 2, "read in sevens: two whole rows");
	tap_is(lines_of_crowd(again, "pid "), 3, "the other has three");
	close(fd);
	close(other);
	named_end("parts");
}

static void removed_meanwhile(void)
{
	static const char * const files[] = { "state", "sample", "records", "run" };
	char path[NAMED_PATH], buf[256];
	int fd[ARRAY_SIZE(files)];
	size_t i;

	named_make("gone");
	sprintf(text, "%d", crowd[0]);
	named_put("gone", "targets", text);
	named_put("gone", "run", "start");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), NAMED_ROOT "/gone/%s", files[i]);
		fd[i] = open(path, i == 3 ? O_RDWR : O_RDONLY);
	}
	tap_errno(named_end("gone"), 0, "rmdir, with its files open");
	for (i = 0; i < ARRAY_SIZE(files); i++)
		tap_errno(read(fd[i], buf, sizeof(buf)) < 0 ? -errno : 0, ENOENT,
			  "%s: nothing is read any more", files[i]);
	tap_errno(fd_write(fd[3], "stop", 4), ENOENT, "run: nothing is written any more");
	tap_errno(named_make("gone"), 0, "another of that name");
	tap_errno(read(fd[0], buf, sizeof(buf)) < 0 ? -errno : 0, ENOENT, "is another");
	tap_is(named_state("gone", "targets"), 0, "and has no target");
	for (i = 0; i < ARRAY_SIZE(files); i++)
		close(fd[i]);
	tap_is(wait_sampler_threads(0), 0, "no sampler is left");
	named_end("gone");
}

static int in_namespace(void *arg)
{
	char buf[4096], word[16];
	int bad = 0;

	(void)arg;
	/* 1 is us: somebody else than init. */
	bad |= 1 * (named_put("ns", "targets", "1") != 1);
	bad |= 2 * (named_get("ns", "targets", buf, sizeof(buf)) < 0 || strcmp(buf, "1\n"));
	bad |= 4 * (named_get("ns", "sample", buf, sizeof(buf)) < 0 ||
		    !row_word(buf, "pid", word, sizeof(word)) || strcmp(word, "1"));
	sprintf(text, "%d", crowd[0]);
	bad |= 8 * (named_put("ns", "targets", text) != -ESRCH);
	return bad;
}

static void namespaces(void)
{
	pid_t pid;

	named_make("ns");
	sprintf(text, "%d", crowd[1]);
	named_put("ns", "targets", text);
	pid = run_start_in(CLONE_NEWPID, in_namespace, NULL);
	tap_is(run_end(pid), 0, "in another namespace PIDs are its own, and others are not shown");
	tap_is(named_state("ns", "targets"), 2, "it is the same session");
	named_end("ns");
}

/* In the list of sessions: the default one has no name, and is nobody's. */
static void told_by_netlink(void)
{
	static const char name[] = "a\377\033name";
	int err, names = 0, sessions = 0;
	struct nl_received got;
	struct nl_request r;
	struct nl_message m;
	bool done = false;
	struct nl nl;

	err = nl_open(&nl);
	if (err == -ENOENT) {
		tap_skip("no netlink family", "a name told by netlink");
		return;
	}
	named_make(name);
	named_put(name, "run", "start");
	r = nl_request(&nl, TASKMONITOR_CMD_SESSION_GET, NLM_F_DUMP);
	err = err ?: nl_send(&nl, &r, r.h.nlmsg_len);
	while (!err && !done && nl_receive(&nl, &got, PATIENCE_NS / NSEC_PER_MSEC) > 0) {
		while (!done && nl_next(&got, &m)) {
			const struct nlattr *a;

			done = m.h->nlmsg_type < NLMSG_MIN_TYPE;
			a = done ? NULL : nl_attr(&m, TASKMONITOR_A_SESSION_NAME);
			sessions += !done;
			names += a && nl_len(a) == strlen(name) &&
				 !memcmp(nl_data(a), name, strlen(name)) &&
				 nl_number(nl_attr(&m, TASKMONITOR_A_SESSION_FLAGS)) &
					 TASKMONITOR_SESSION_FLAG_NAMED;
		}
	}
	tap_ok(done && sessions == 2 && names == 1, "netlink tells the name, byte for byte");
	nl_close(&nl);
	named_end(name);
}

int main(void)
{
	if (!named_possible("named sessions"))
		return tap_done();
	module_need("log=N");
	named_need();
	crowd_start();
	many_targets();
	many_records();
	long_writes();
	piecemeal();
	removed_meanwhile();
	namespaces();
	told_by_netlink();
	crowd_end();
	tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
