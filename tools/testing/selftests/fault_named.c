// SPDX-License-Identifier: GPL-2.0-only
/* Each place of what is done with named sessions fails in turn: mkdir, every file, rmdir. */
#include <fcntl.h>
#include <sys/stat.h>

#include "fault.h"
#include "named.h"

#define NAME	"web"
#define LONG	"a name that does not fit what configfs has at hand for it"
#define FEW	10	/* of the many places that the targets in waiting make */
#define CGROUP	"/sys/fs/cgroup/fault-named"

static struct child target, other;
static char pids[32];

static void must(int ret)
{
	if (ret < 0)
		tap_bail("%s", errno_name(ret));
}

static long put(const char *file, const char *text)
{
	long ret = named_put(NAME, file, text);

	/* Less than all was taken: with the rest comes the error. */
	return ret >= 0 && ret < (long)strlen(text) ? -ENOMEM : ret;
}

static long get(const char *file)
{
	char buf[8192];

	return named_get(NAME, file, buf, sizeof(buf));
}

static bool says(const char *file, const char *text)
{
	char buf[256];

	return named_get(NAME, file, buf, sizeof(buf)) >= 0 && !strcmp(buf, text);
}

static void remove_it(void) { must(named_end(NAME)); }
static void remove_long(void) { must(named_end(LONG)); }
static void blank(void) { must(named_make(NAME)); }

static void of_scope(const char *scope)
{
	blank();
	/* The kernel's own vmalloc() of many pages is not what is tested here. */
	must(named_put(NAME, "history", "32"));
	must(named_put(NAME, "scope", scope));
}

static void list(void) { of_scope("list"); }
static void tree(void) { of_scope("tree"); }
static void system_wide(void) { of_scope("system"); }

static void cgroup(void)
{
	of_scope("cgroup");
	must(named_put(NAME, "cgroup", "fault-named"));
}

static void made(void)
{
	list();
	must(named_put(NAME, "targets", pids));
}

/* With some records, and nothing that adds to them. */
static void with_records(void)
{
	made();
	must(named_put(NAME, "interval", "1ms"));
	must(named_put(NAME, "run", "start"));
	if (!eventually(named_state(NAME, "records") >= 8))
		tap_bail("no records");
	must(named_put(NAME, "run", "stop"));
}

static long make(void) { return named_make(NAME); }
static long make_long(void) { return named_make(LONG); }
static long end(void) { return named_end(NAME); }
static long put_scope(void) { return put("scope", "tree\n"); }
static long put_cgroup(void) { return put("cgroup", "fault-named\n"); }
static long put_history(void) { return put("history", "64\n"); }
static long put_kinds(void) { return put("kinds", "exit fork\n"); }
static long put_interval(void) { return put("interval", "20ms\n"); }
static long put_targets(void) { return put("targets", pids); }
static long put_threshold(void) { return put("thresholds", "rss above 1M for 1s\n"); }
static long put_start(void) { return put("run", "start\n"); }
static long put_stop(void) { return put("run", "stop\n"); }
static long get_scope(void) { return get("scope"); }
static long get_cgroup(void) { return get("cgroup"); }
static long get_state(void) { return get("state"); }
static long get_targets(void) { return get("targets"); }
static long get_thresholds(void) { return get("thresholds"); }
static long get_sample(void) { return get("sample"); }
static long get_records(void) { return get("records"); }

static bool is_tree(void) { return says("scope", "tree\n"); }
static bool is_cgroup(void) { return says("cgroup", "/fault-named\n"); }
static bool is_history(void) { return says("history", "64\n"); }
static bool is_kinds(void) { return says("kinds", "fork exit\n"); }
static bool is_interval(void) { return says("interval", "20ms\n"); }
static bool is_running(void) { return says("run", "start\n") && wait_sampler_threads(1) == 1; }
static bool has_both(void) { return named_state(NAME, "targets") == 2; }
static bool has_threshold(void) { return get("thresholds") > 0; }
static bool is_empty(void) { return named_state(NAME, "targets") == 0; }

static bool is_there(void)
{
	struct stat st;

	return !stat(NAMED_ROOT "/" NAME "/run", &st);
}

static const struct fault_op ops[] = {
	{ "mkdir", NULL, make, is_there, remove_it },
	{ "mkdir, a long name", NULL, make_long, NULL, remove_long },
	/* The kernel's places before ours are one more now and then, and ours is passed over. */
	{ "mkdir, a long name, again", NULL, make_long, NULL, remove_long },
	/* configfs makes what a file is told a page of its own first. */
	{ "scope written", blank, put_scope, is_tree, remove_it },
	{ "cgroup written", blank, put_cgroup, is_cgroup, remove_it },
	{ "history written", blank, put_history, is_history, remove_it },
	{ "kinds written", blank, put_kinds, is_kinds, remove_it },
	{ "interval written", made, put_interval, is_interval, remove_it },
	/* A target that was added stays so when the next one fails. */
	{ "targets written", list, put_targets, has_both, remove_it, .in_parts = true },
	{ "targets of a tree written", tree, put_targets, NULL, remove_it, .last = FEW,
	  .in_parts = true },
	{ "thresholds written", list, put_threshold, has_threshold, remove_it },
	{ "started, a list", list, put_start, is_running, remove_it },
	{ "started, a tree", tree, put_start, is_running, remove_it, .last = FEW },
	{ "started, a cgroup", cgroup, put_start, is_running, remove_it, .last = FEW },
	{ "started, the system", system_wide, put_start, is_running, remove_it, .last = FEW },
	{ "stopped", with_records, put_stop, NULL, remove_it },
	{ "scope read", blank, get_scope, NULL, remove_it },
	{ "cgroup read", cgroup, get_cgroup, NULL, remove_it },
	{ "state read", made, get_state, NULL, remove_it },
	{ "targets read", made, get_targets, NULL, remove_it },
	{ "thresholds read", made, get_thresholds, NULL, remove_it },
	{ "sample read", made, get_sample, has_both, remove_it },
	{ "records read", with_records, get_records, NULL, remove_it },
	{ "rmdir", with_records, end, NULL, NULL, .never_fails = true },
};

int main(void)
{
	size_t i;

	if (!fault_possible("faults in named sessions") ||
	    !named_possible("faults in named sessions"))
		return tap_done();
	module_need("log=N");
	named_need();
	mkdir(CGROUP, 0755);
	child_start(&target);
	child_start(&other);
	snprintf(pids, sizeof(pids), "%d %d\n", target.pid, other.pid);
	fault_begin();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fault_each(&ops[i]);
	/* A start that failed left it as it was: it can still be told what to be. */
	list();
	tap_ok(is_empty() && put_scope() > 0, "one that was told nothing yet can be told");
	remove_it();
	child_end(&target);
	child_end(&other);
	rmdir(CGROUP);
	tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
