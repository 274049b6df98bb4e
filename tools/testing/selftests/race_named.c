// SPDX-License-Identifier: GPL-2.0-only
/*
 * Named sessions: made, removed, told, started and read by several at once; removed
 * while their targets fork by the dozen, and while they tick.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>

#include "named.h"
#include "race.h"

#define NAME "race"
#define FORKS 20

static struct child target;
static char pid[16];
static char ours[16];

static long make(void *arg, int round)
{
	(void)round;
	return named_make(arg);
}

static long end(void *arg, int round)
{
	(void)round;
	return named_end(arg);
}

static long put(void *arg, int round)
{
	/* "file text", and another text in every other round */
	char *word = strchr(arg, ' ');
	char file[16], text[32];

	snprintf(file, sizeof(file), "%.*s", (int)(word - (char *)arg), (char *)arg);
	snprintf(text, sizeof(text), "%s", !strcmp(word, " PID") ? pid : word + 1);
	if (!strcmp(file, "run") && round % 2)
		strcpy(text, "stop");
	return named_put(NAME, file, text);
}

static long get(void *arg, int round)
{
	char buf[8192];

	(void)round;
	return named_get(NAME, arg, buf, sizeof(buf));
}

static long forks(void *arg, int round)
{
	(void)arg;
	(void)round;
	return race_forks(FORKS, NULL);
}

static void gone(int round)
{
	(void)round;
	if (named_end(NAME) && errno != ENOENT)
		tap_bail("rmdir: %s", strerror(errno));
}

static void there(int round)
{
	gone(round);
	if (named_make(NAME))
		tap_bail("mkdir: %s", strerror(errno));
}

static void ready(int round, const char *scope, const char *targets)
{
	there(round);
	if (named_put(NAME, "scope", scope) < 0 || named_put(NAME, "interval", "1ms") < 0 ||
	    named_put(NAME, "history", "64") < 0 ||
	    (targets && named_put(NAME, "targets", targets) < 0) ||
	    named_put(NAME, "run", "start") < 0)
		tap_bail("a session of scope %s does not start", scope);
}

static void list_running(int round) { ready(round, "list", pid); }
static void tree_running(int round) { ready(round, "tree", ours); }
static void system_running(int round) { ready(round, "system", NULL); }

static long rmmod(void *arg, int round)
{
	(void)arg;
	(void)round;
	return syscall(SYS_delete_module, "taskmonitor_configfs", O_NONBLOCK) ? -errno : 0;
}

static void loaded(int round)
{
	(void)round;
	if (!file_exists(NAMED_MODULE))
		named_need();
	gone(round);
}

/* Who comes too late finds nothing; whom rmdir hits in the midst, neither. */
#define GONE { ENOENT, ENODEV }

static const struct race races[] = {
	{ "mkdir, mkdir, rmdir and rmdir of one name", 50, .racers = {
		{ "mkdir", make, NAME, { EEXIST, ENOENT, EINVAL } },
		{ "mkdir", make, NAME, { EEXIST, ENOENT, EINVAL } },
		{ "rmdir", end, NAME, { ENOENT } },
		{ "rmdir", end, NAME, { ENOENT } },
	} },
	{ "rmdir, and it is told what to be and started", 50, there, .racers = {
		{ "rmdir", end, NAME, { ENOENT } },
		{ "scope", put, "scope tree", { ENOENT, ENODEV, EBUSY } },
		{ "interval", put, "interval 1ms", GONE },
		{ "targets", put, "targets PID", GONE },
		{ "run", put, "run start", GONE },
	} },
	{ "rmdir of one that ticks, and its readers", 50, list_running, .racers = {
		{ "rmdir", end, NAME, { ENOENT } },
		{ "sample", get, "sample", GONE },
		{ "records", get, "records", GONE },
		{ "state", get, "state", GONE },
		{ "targets", get, "targets", GONE },
		{ "run", put, "run start", GONE },
	} },
	{ "the first target, the first start, and a scope", 50, there, .racers = {
		{ "scope", put, "scope tree", { EBUSY } },
		{ "targets", put, "targets PID" },
		{ "run", put, "run start" },
		{ "sample", get, "sample" },
		{ "history", put, "history 16", { EBUSY } },
	} },
	{ "rmdir of a tree that forks", 25, tree_running, .racers = {
		{ "forks", forks },
		{ "forks", forks },
		{ "rmdir", end, NAME, { ENOENT } },
		{ "sample", get, "sample", GONE },
	} },
	{ "rmdir of the whole system, which forks", 25, system_running, .racers = {
		{ "forks", forks },
		{ "rmdir", end, NAME, { ENOENT } },
		{ "records", get, "records", GONE },
	} },
	{ "rmmod of its module, mkdir and rmdir", 25, loaded, .racers = {
		{ "rmmod", rmmod, NULL, { EAGAIN, EBUSY, ENOENT } },
		{ "mkdir", make, NAME, { ENOENT, EINVAL, EPERM } },
		{ "rmdir", end, NAME, { ENOENT } },
	} },
};

int main(void)
{
	size_t i;

	if (!named_possible("races of named sessions"))
		return tap_done();
	module_need("log=N");
	named_need();
	child_start(&target);
	snprintf(pid, sizeof(pid), "%d\n", target.pid);
	snprintf(ours, sizeof(ours), "%d\n", getpid());
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	loaded(0);
	child_end(&target);
	tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
	race_leaves_nothing("at the end");
	return tap_done();
}
