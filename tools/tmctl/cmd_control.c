// SPDX-License-Identifier: GPL-2.0-only
/* tmctl start, stop and pid: what steers the session. Silent when done. */
#include <errno.h>
#include <stdio.h>

#include "error.h"
#include "json.h"
#include "parse.h"
#include "request.h"
#include "tmctl.h"

static int set_running(const struct options *opts, bool run)
{
	struct tm_device *dev;
	struct json json;
	int status;

	dev = request_open(opts, &status);
	if (!dev)
		return status;
	if (run ? tm_start(dev) : tm_stop(dev)) {
		status = request_failed(opts, dev, errno);
	} else if (opts->json) {
		json_begin(&json, stdout, "taskmonitor.control/1");
		json_bool(&json, "running", run);
		json_end(&json);
	}
	tm_close(dev);
	return status;
}

static int cmd_start(const struct options *opts, int argc, char **argv)
{
	if (argc)
		return fail_excess("start", argv[0]);
	return set_running(opts, true);
}

static int cmd_stop(const struct options *opts, int argc, char **argv)
{
	if (argc)
		return fail_excess("stop", argv[0]);
	return set_running(opts, false);
}

static void print_pid_json(pid_t pid)
{
	struct json json;

	json_begin(&json, stdout, "taskmonitor.pid/1");
	if (pid)
		json_int(&json, "pid", pid);
	else
		json_null(&json, "pid");
	json_end(&json);
}

/* No target is an answer, not a failure. */
static int show_pid(const struct options *opts, struct tm_device *dev)
{
	pid_t pid = tm_pid_get(dev);

	if (pid < 0)
		return request_failed(opts, dev, errno);
	if (opts->json) {
		print_pid_json(pid);
		return STATUS_DONE;
	}
	printf("%d\n", (int)pid);
	if (!pid)
		fputs("tmctl: no target (set one: tmctl pid PID)\n", stderr);
	return STATUS_DONE;
}

static int set_pid(const struct options *opts, struct tm_device *dev, pid_t pid)
{
	if (tm_pid_set(dev, pid)) {
		if (errno == ESRCH)
			return fail(STATUS_FAILED, "process %d: No such process (see: ps -e)",
				    (int)pid);
		return request_failed(opts, dev, errno);
	}
	if (opts->json)
		print_pid_json(pid);
	return STATUS_DONE;
}

static int cmd_pid(const struct options *opts, int argc, char **argv)
{
	struct tm_device *dev;
	pid_t pid = 0;
	int status;

	if (argc > 1)
		return fail_excess("pid", argv[1]);
	if (argc && parse_pid(argv[0], &pid))
		return fail_usage("pid: invalid PID '%s' (a positive number, as ps shows it)",
				  argv[0]);
	dev = request_open(opts, &status);
	if (!dev)
		return status;
	status = argc ? set_pid(opts, dev, pid) : show_pid(opts, dev);
	tm_close(dev);
	return status;
}

static int change_failed(const struct options *opts, const char *command, pid_t pid, int err)
{
	switch (err) {
	case ESRCH:
		return fail(STATUS_FAILED, *command == 'a' ? "add: process %d: No such process "
			    "(see: ps -e)" : "del: process %d is no target (see: tmctl list)",
			    (int)pid);
	case EEXIST:
		return fail(STATUS_FAILED, "add: process %d is a target already", (int)pid);
	default:
		return fail_errno(opts->device, err);
	}
}

/* Each of them; the last error is the exit code. */
static int change_targets(const struct options *opts, const char *command, int argc, char **argv,
			  int (*change)(struct tm_device *dev, pid_t pid))
{
	struct tm_device *dev;
	int i, status;
	pid_t pid;

	if (!argc)
		return fail_usage("%s: no PID given", command);
	for (i = 0; i < argc; i++) {
		if (parse_pid(argv[i], &pid))
			return fail_usage("%s: invalid PID '%s' (a positive number, as ps shows "
					  "it)", command, argv[i]);
	}
	dev = request_open(opts, &status);
	for (i = 0; dev && i < argc; i++) {
		parse_pid(argv[i], &pid);
		if (change(dev, pid))
			status = change_failed(opts, command, pid, errno);
	}
	tm_close(dev);
	return status;
}

static int cmd_add(const struct options *opts, int argc, char **argv)
{
	return change_targets(opts, "add", argc, argv, tm_target_add);
}

static int cmd_del(const struct options *opts, int argc, char **argv)
{
	return change_targets(opts, "del", argc, argv, tm_target_del);
}

const struct command command_add = {
	.name = "add",
	.run = cmd_add,
	.usage = "PID...",
	.help = "make processes targets of the default session too",
};

const struct command command_del = {
	.name = "del",
	.run = cmd_del,
	.usage = "PID...",
	.help = "take targets away",
};

const struct command command_start = {
	.name = "start",
	.run = cmd_start,
	.usage = "",
	.help = "start the sampling",
};

const struct command command_stop = {
	.name = "stop",
	.run = cmd_stop,
	.usage = "",
	.help = "stop the sampling",
};

const struct command command_pid = {
	.name = "pid",
	.run = cmd_pid,
	.usage = "[PID]",
	.help = "show the target, or make PID the target",
};
