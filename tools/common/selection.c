// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "parse.h"
#include "pattern.h"
#include "selection.h"
#include "selection_proc.h"
#include "status.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

bool selection_given(const struct selection_args *args)
{
	return args->pids || args->names || args->users || args->cgroup;
}

static int no_memory(const struct selection *sel)
{
	return fail(STATUS_FAILED, "%s: %s", sel->command, strerror(ENOMEM));
}

/* --- the arguments -------------------------------------------------------------- */

static int add_pid(struct selection *sel, const char *text)
{
	pid_t *grown = realloc(sel->pids, (sel->pid_count + 1) * sizeof(*grown));
	pid_t pid = getpid();

	if (!grown)
		return no_memory(sel);
	sel->pids = grown;
	if (strcmp(text, "SELF") && parse_pid(text, &pid))
		return fail_usage("%s: invalid PID '%s' (a positive number, as ps shows it)",
				  sel->command, text);
	sel->pids[sel->pid_count++] = pid;
	return STATUS_DONE;
}

static int add_user(struct selection *sel, const char *text)
{
	uid_t *grown = realloc(sel->uids, (sel->uid_count + 1) * sizeof(*grown));
	uint64_t number;
	uid_t uid;

	if (!grown)
		return no_memory(sel);
	sel->uids = grown;
	if (!parse_uint(text, 0, UINT32_MAX - 1, &number))
		uid = (uid_t)number;
	else if (!selection_find_user(text, &uid))
		return fail_usage("%s: no user '%s' in /etc/passwd (of another source: "
				  "give the number, as id -u has it)", sel->command, text);
	sel->uids[sel->uid_count++] = uid;
	return STATUS_DONE;
}

/* Each of a list with commas. */
static int for_each(struct selection *sel, const char *list,
		    int (*add)(struct selection *sel, const char *text))
{
	char *copy = strdup(list), *rest = copy, *item;
	int status = STATUS_DONE;

	if (!copy)
		return no_memory(sel);
	while (!status && (item = strsep(&rest, ",")))
		status = add(sel, item);
	free(copy);
	return status;
}

static int set_name(struct selection *sel, const char *expression)
{
	int status = pattern_compile(&sel->name, sel->command, expression);

	sel->by_name = !status;
	return status;
}

/* A directory, or a path as /proc/PID/cgroup shows it. */
static int set_cgroup(struct selection *sel, const char *path)
{
	char below[PATH_MAX];
	int err;

	sel->scope = TM_SCOPE_CGROUP;
	snprintf(below, sizeof(below), CGROUP_ROOT "/%s", path);
	sel->cgroup_fd = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sel->cgroup_fd < 0)
		sel->cgroup_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sel->cgroup_fd >= 0)
		return STATUS_DONE;
	err = errno;
	return fail(STATUS_FAILED, "%s: cgroup '%s': %s (a directory below " CGROUP_ROOT ")",
		    sel->command, path, strerror(err));
}

static int check(const struct selection *sel, const struct selection_args *args)
{
	bool pids = sel->pid_count || sel->everybody;

	if (pids + (sel->by_name || sel->uid_count) + !!args->cgroup > 1)
		return fail_usage("%s: one of PIDs, --cgroup, and --command or --user",
				  sel->command);
	if (args->follow && args->threads)
		return fail_usage("%s: --follow or --threads, not both", sel->command);
	if ((args->follow || args->threads) && args->cgroup)
		return fail_usage("%s: --%s goes with PIDs, --command and --user", sel->command,
				  args->follow ? "follow" : "threads");
	return STATUS_DONE;
}

static void settle(struct selection *sel, const struct selection_args *args)
{
	bool filter = sel->by_name || sel->uid_count;

	sel->threads = args->threads;
	if (args->follow && !sel->everybody)
		sel->scope = TM_SCOPE_TREE;
	else if ((filter || sel->everybody) && !args->threads)
		sel->scope = TM_SCOPE_SYSTEM;
	sel->look = (args->threads || filter) && sel->scope <= TM_SCOPE_TREE;
}

int selection_parse(struct selection *sel, const struct selection_args *args, const char *command,
		    int argc, char **argv)
{
	int status = STATUS_DONE;
	int i;

	memset(sel, 0, sizeof(*sel));
	sel->command = command;
	sel->cgroup_fd = -1;
	if (args->pids && !strcmp(args->pids, "ALL"))
		sel->everybody = true;
	else if (args->pids)
		status = for_each(sel, args->pids, add_pid);
	for (i = 0; i < argc && !status; i++)
		status = for_each(sel, argv[i], add_pid);
	if (!status && args->users)
		status = for_each(sel, args->users, add_user);
	if (!status && args->names)
		status = set_name(sel, args->names);
	if (!status && args->cgroup)
		status = set_cgroup(sel, args->cgroup);
	if (!status)
		status = check(sel, args);
	if (!status)
		settle(sel, args);
	return status;
}

void selection_free(struct selection *sel)
{
	if (sel->by_name)
		regfree(&sel->name);
	if (sel->cgroup_fd >= 0)
		close(sel->cgroup_fd);
	free(sel->pids);
	free(sel->uids);
}

/* --- the session ------------------------------------------------------------------ */

static bool is_chosen(const struct selection *sel, const char *name, uid_t uid)
{
	size_t i;

	if (sel->by_name && !pattern_matches(&sel->name, name))
		return false;
	for (i = 0; i < sel->uid_count && sel->uids[i] != uid; i++)
		;
	return !sel->uid_count || i < sel->uid_count;
}

bool selection_wants(const struct selection *sel, const struct task_sample *sample)
{
	/* Of a target's session the members are those chosen, threads' names aside. */
	return sel->scope <= TM_SCOPE_TREE || is_chosen(sel, sample->comm, sample->uid);
}

static void add_thread(pid_t tid, void *arg)
{
	tm_session_add_thread(arg, tid);	/* there already, or gone: both are well */
}

static int add(const struct selection *sel, struct tm_session *session, pid_t pid)
{
	if (sel->threads)
		return selection_each_thread(pid, add_thread, session);
	return tm_session_add(session, pid);
}

struct look {
	const struct selection *sel;
	struct tm_session *session;
};

static void look_at(pid_t pid, void *arg)
{
	const struct look *look = arg;
	const struct selection *sel = look->sel;
	char name[TM_COMM_LEN] = "";
	uid_t uid = 0;

	if (sel->by_name && !selection_read_name(pid, name))
		return;
	if (sel->uid_count && !selection_read_uid(pid, &uid))
		return;
	if (is_chosen(sel, name, uid))
		add(sel, look->session, pid);
}

void selection_look(struct selection *sel, struct tm_session *session)
{
	struct look look = { sel, session };
	size_t i;

	if (!sel->look)
		return;
	for (i = 0; i < sel->pid_count; i++)
		add(sel, session, sel->pids[i]);
	if (!sel->pid_count)
		selection_each_process(look_at, &look);
}

/* Those that were named. Each that fails is told of; only if all do is it over. */
static int add_named(struct selection *sel, struct tm_session *session)
{
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; i < sel->pid_count; i++) {
		char object[96];
		int err;

		if (!add(sel, session, sel->pids[i]) || errno == EEXIST)
			continue;
		err = errno;
		sel->missing++;
		snprintf(object, sizeof(object), "%s: process %d", sel->command,
			 (int)sel->pids[i]);
		status = err == ESRCH ? fail(STATUS_FAILED, "%s: %s (see: ps -e)", object,
					     strerror(err)) : fail_errno(object, err);
	}
	return sel->missing < sel->pid_count ? STATUS_DONE : status;
}

static int open_failed(const struct selection *sel, const struct options *opts,
		       const struct tm_session_attr *attr, int err)
{
	char object[PATH_MAX + 32];

	if (err == ENOMEM)
		return fail(STATUS_FAILED, "%s: %s: no memory for a history of %u records (a "
			    "smaller one? or see: ulimit -l)", sel->command, opts->device,
			    attr->ring_records);
	if (err == EPERM && sel->scope == TM_SCOPE_SYSTEM)
		return fail(STATUS_NOT_PERMITTED, "%s: %s: all processes: %s (try as root, or with "
			    "CAP_PERFMON)", sel->command, opts->device, strerror(err));
	snprintf(object, sizeof(object), "%s: %s", sel->command, opts->device);
	return fail_errno(object, err);
}

int selection_open(struct selection *sel, const struct options *opts,
		   const struct tm_session_attr *wish, struct tm_session **session)
{
	struct tm_session_attr attr = *wish;
	int status;

	attr.scope = sel->scope;
	attr.cgroup_fd = sel->cgroup_fd;
	*session = tm_session_open(opts->device, &attr);
	if (!*session && errno == EPERM && sel->scope == TM_SCOPE_SYSTEM && !sel->everybody) {
		sel->look = sel->own_only = true;
		attr.scope = sel->scope = TM_SCOPE_LIST;
		*session = tm_session_open(opts->device, &attr);
	}
	if (!*session)
		return open_failed(sel, opts, &attr, errno);
	status = add_named(sel, *session);
	if (status) {
		tm_session_close(*session);
		*session = NULL;
		return status;
	}
	if (!sel->pid_count)
		selection_look(sel, *session);
	return STATUS_DONE;
}
