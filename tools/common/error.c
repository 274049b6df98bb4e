// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "status.h"

static bool in_json;
static FILE *json_out;	/* NULL: stdout */

static const struct reason {
	int err;
	int status;
	const char *next_step;
} reasons[] = {
	{ ENOENT, STATUS_NO_MODULE, "is the module loaded? try: modprobe taskmonitor" },
	{ ENODEV, STATUS_NO_MODULE, "is the module loaded? try: modprobe taskmonitor" },
	{ ENXIO, STATUS_NO_MODULE, "is the module loaded? try: modprobe taskmonitor" },
	{ ENOTTY, STATUS_NO_MODULE,
	  "no taskmonitor device, or its module is older than this tmctl; see: tmctl version" },
	{ EACCES, STATUS_NOT_PERMITTED,
	  "try as root, or as a member of the group that owns the device" },
	{ EPERM, STATUS_NOT_PERMITTED, "try as root; tmctl(8) says who may do what" },
};

static const struct reason *find_reason(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].err == err)
			return &reasons[i];
	}
	return NULL;
}

void error_in_json(bool on)
{
	in_json = on;
}

void error_json_to(FILE *out)
{
	json_out = out;
}

int error_status(int err)
{
	const struct reason *reason = find_reason(err);

	return reason ? reason->status : STATUS_FAILED;
}

static void print_json(int status, const char *message)
{
	struct json json;

	json_begin(&json, json_out ? json_out : stdout, "taskmonitor.error/1");
	json_string(&json, "error", message, strlen(message));
	json_int(&json, "exit", status);
	json_end(&json);
}

static int vfail(int status, const char *format, va_list args)
{
	char message[1024];

	vsnprintf(message, sizeof(message), format, args);
	fprintf(stderr, "tmctl: %s\n", message);
	if (in_json)
		print_json(status, message);
	return status;
}

int fail(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	status = vfail(status, format, args);
	va_end(args);
	return status;
}

int fail_usage(const char *format, ...)
{
	va_list args;
	int status;

	va_start(args, format);
	status = vfail(STATUS_USAGE, format, args);
	va_end(args);
	fputs("Try 'tmctl --help'\n", stderr);
	return status;
}

int fail_errno(const char *object, int err)
{
	const struct reason *reason = find_reason(err);

	if (!reason)
		return fail(STATUS_FAILED, "%s: %s", object, strerror(err));
	return fail(reason->status, "%s: %s (%s)", object, strerror(err), reason->next_step);
}

int fail_excess(const char *command, const char *argument)
{
	return fail_usage("%s: unexpected argument '%s'", command, argument);
}
