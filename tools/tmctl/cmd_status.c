// SPDX-License-Identifier: GPL-2.0-only
/* tmctl status and version: what the session does, and what runs at all. */
#include <errno.h>
#include <stdio.h>

#include "error.h"
#include "field.h"
#include "request.h"
#include "tmctl.h"

#define HAVE_TICKS	1ULL
#define HAVE_MODULE	2ULL

/* What status shows: the module's word, and what follows from it. */
struct report {
	struct tm_state state;
	const char *device;
	const char *session;
	const char *tmctl;
	const char *library;
	int32_t pid;
	uint64_t cost_per_tick_ns;
};

#define STATE(member)	FIELD_AT(struct report, state.member)
#define REPORT(member)	FIELD_AT(struct report, member)

static const struct field status_fields[] = {
	{ "device", "Device", NULL, &field_string, REPORT(device) },
	{ "session", "Session", NULL, &field_string, REPORT(session) },
	{ "running", "Running", NULL, &field_flag, STATE(flags), .mask = TM_STATE_RUNNING },
	{ "pid", "First target", NULL, &field_signed, REPORT(pid), .zero_unknown = true },
	{ "targets", "Targets", NULL, &field_number, STATE(targets) },
	{ "targets_alive", "Targets alive", NULL, &field_number, STATE(targets_alive) },
	{ "interval_ns", "Interval", NULL, &field_span, STATE(interval_ns), .zero_unknown = true },
	{ "samples", "Samples", NULL, &field_number, STATE(samples) },
	{ "ticks", "Ticks", NULL, &field_number, STATE(ticks) },
	{ "missed_ticks", "Missed", NULL, &field_number, STATE(missed_ticks) },
	{ "lateness_max_ns", "Worst lateness", NULL, &field_span, STATE(lateness_max_ns),
	  HAVE_TICKS },
	{ "cost_ns", "Cost", NULL, &field_span, STATE(cost_ns) },
	{ "cost_per_tick_ns", "Cost of a tick", NULL, &field_span, REPORT(cost_per_tick_ns),
	  HAVE_TICKS },
	{ "module_version", "Module", NULL, &field_version, STATE(version), .zero_unknown = true },
	{ "tmctl_version", "tmctl", NULL, &field_string, REPORT(tmctl) },
};

static const struct field version_fields[] = {
	{ "tmctl_version", "tmctl", NULL, &field_string, REPORT(tmctl) },
	{ "library_version", "libtaskmonitor", NULL, &field_string, REPORT(library) },
	{ "module_version", "taskmonitor.ko", NULL, &field_version, STATE(version), HAVE_MODULE,
	  .zero_unknown = true },
};

static void print(const struct options *opts, const char *schema, const struct field *fields,
		  size_t count, const struct report *report, uint64_t known)
{
	struct json json;
	size_t i;

	if (opts->json) {
		json_begin(&json, stdout, schema);
		for (i = 0; i < count; i++)
			field_to_json(&fields[i], report, known, &json);
		json_end(&json);
		return;
	}
	for (i = 0; i < count; i++)
		field_print_line(&fields[i], report, known);
}

static struct report new_report(const struct options *opts)
{
	return (struct report){
		.device = opts->device,
		.tmctl = TM_LIB_VERSION,
		.library = tm_lib_version(),
	};
}

static int show_status(const struct options *opts, struct tm_device *dev)
{
	struct report report = new_report(opts);
	const struct tm_state *state = &report.state;
	uint64_t known = 0;

	if (tm_state(dev, &report.state))
		return request_failed(opts, dev, errno);
	report.pid = tm_pid_get(dev);
	if (report.pid < 0)
		return request_failed(opts, dev, errno);
	report.session = state->flags & TM_STATE_PRIVATE ? "private" : "default";
	if (state->ticks) {
		report.cost_per_tick_ns = state->cost_ns / state->ticks;
		known |= HAVE_TICKS;
	}
	print(opts, "taskmonitor.status/1", status_fields, ARRAY_SIZE(status_fields), &report,
	      known);
	return STATUS_DONE;
}

int cmd_status(const struct options *opts, int argc, char **argv)
{
	struct tm_device *dev;
	int status;

	if (argc)
		return fail_excess("status", argv[0]);
	dev = request_open(opts, &status);
	if (!dev)
		return status;
	status = show_status(opts, dev);
	tm_close(dev);
	return status;
}

/* The module's version is unknown where there is none to ask: no failure. */
int cmd_version(const struct options *opts, int argc, char **argv)
{
	struct report report = new_report(opts);
	struct tm_device *dev;
	uint64_t known = 0;

	if (argc)
		return fail_excess("version", argv[0]);
	dev = tm_open(opts->device);
	if (dev && !tm_state(dev, &report.state))
		known = HAVE_MODULE;
	tm_close(dev);
	print(opts, "taskmonitor.version/1", version_fields, ARRAY_SIZE(version_fields), &report,
	      known);
	return STATUS_DONE;
}
