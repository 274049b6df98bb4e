// SPDX-License-Identifier: GPL-2.0-only
/* tmctl status and version: what the sessions do, and what runs at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "field.h"
#include "request.h"
#include "table.h"
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

/* Every session, a row each. */
struct session_row {
	struct tm_state state;
	const char *scope;
};

#define HAVE_SCOPE	4ULL
#define HAVE_NAME	8ULL
#define ROW(member)	FIELD_AT(struct session_row, state.member)

static const struct table_column session_columns[] = {
	{ { "id", "ID", NULL, &field_number, ROW(id) }, 5 },
	{ { "owner", "OWNER", NULL, &field_signed, ROW(owner), .zero_unknown = true }, 8 },
	{ { "scope", "SCOPE", NULL, &field_string, FIELD_AT(struct session_row, scope),
	    HAVE_SCOPE }, 7 },
	{ { "running", "RUNNING", NULL, &field_flag, ROW(flags), .mask = TM_STATE_RUNNING }, 8 },
	{ { "interval_ns", "INTERVAL", NULL, &field_span, ROW(interval_ns),
	    .zero_unknown = true }, 11 },
	{ { "window_ns", NULL, NULL, &field_span, ROW(window_ns), .zero_unknown = true }, 0 },
	{ { "targets", "TARGETS", NULL, &field_number, ROW(targets) }, 8 },
	{ { "targets_alive", "ALIVE", NULL, &field_number, ROW(targets_alive) }, 6 },
	{ { "samples", "RECORDS", NULL, &field_number, ROW(samples) }, 10 },
	{ { "dropped", "DROPPED", NULL, &field_number, ROW(dropped) }, 8 },
	{ { "ticks", NULL, NULL, &field_number, ROW(ticks) }, 0 },
	{ { "missed_ticks", "MISSED", NULL, &field_number, ROW(missed_ticks) }, 7 },
	{ { "stretched", NULL, NULL, &field_number, ROW(stretched) }, 0 },
	{ { "lateness_max_ns", NULL, NULL, &field_span, ROW(lateness_max_ns), HAVE_TICKS }, 0 },
	{ { "cost_ns", NULL, NULL, &field_span, ROW(cost_ns) }, 0 },
	{ { "ring_records", NULL, NULL, &field_number, ROW(ring_records),
	    .zero_unknown = true }, 0 },
	{ { "watermark", NULL, NULL, &field_number, ROW(watermark), .zero_unknown = true }, 0 },
	{ { "name", "NAME", NULL, &field_name, ROW(name), HAVE_NAME }, -1 },
};

static const struct table sessions = {
	"taskmonitor.session/1", "", session_columns, ARRAY_SIZE(session_columns),
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
	size_t i;

	if (opts->json) {
		fields_print_json(stdout, schema, fields, count, report, known);
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

static const char *scope_name(uint32_t scope)
{
	static const char *const names[] = {
		[TM_SCOPE_LIST] = "list",
		[TM_SCOPE_TREE] = "tree",
		[TM_SCOPE_CGROUP] = "cgroup",
		[TM_SCOPE_SYSTEM] = "system",
	};

	return scope < ARRAY_SIZE(names) ? names[scope] : NULL;
}

static void print_session(const struct options *opts, const struct tm_state *state)
{
	struct session_row row = { .state = *state, .scope = scope_name(state->scope) };
	uint64_t known = (state->ticks ? HAVE_TICKS : 0) | (row.scope ? HAVE_SCOPE : 0) |
			 (state->flags & TM_STATE_NAMED ? HAVE_NAME : 0);

	table_print_row(stdout, &sessions, table_format(opts->json, false), &row, known);
}

/* All states there are, to be freed, and their number; NULL: errno says why. */
static struct tm_state *list_sessions(struct tm_device *dev, size_t *count)
{
	size_t room = 16, total;
	struct tm_state *states;
	ssize_t n;

	for (;;) {
		states = calloc(room, sizeof(*states));
		if (!states)
			return NULL;
		n = tm_sessions_list(dev, states, room, &total);
		if (n >= 0 && ((size_t)n < room || total <= room))
			break;
		free(states);
		if (n < 0)
			return NULL;
		/* Others may come while we ask again. */
		room = 2 * (total > room ? total : room);
	}
	*count = (size_t)n;
	return states;
}

/*
 * The sessions are told of only to who may see them, and by a module that has
 * such: to others the default session's block is all there is, and no failure.
 */
static int show_sessions(const struct options *opts, struct tm_device *dev)
{
	struct tm_state *states;
	size_t count, i;

	states = list_sessions(dev, &count);
	if (!states) {
		if (errno == EPERM || errno == ENOTTY)
			return STATUS_DONE;
		return request_failed(opts, dev, errno);
	}
	if (!opts->json)
		putchar('\n');
	table_print_header(stdout, &sessions, table_format(opts->json, false));
	for (i = 0; i < count; i++)
		print_session(opts, &states[i]);
	free(states);
	return STATUS_DONE;
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
	return show_sessions(opts, dev);
}

static int cmd_status(const struct options *opts, int argc, char **argv)
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
static int cmd_version(const struct options *opts, int argc, char **argv)
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

const struct command command_status = {
	.name = "status",
	.run = cmd_status,
	.usage = "",
	.help = "what the sampler does, and every session",
};

const struct command command_version = {
	.name = "version",
	.run = cmd_version,
	.usage = "",
	.help = "versions of tmctl, library and module",
};
