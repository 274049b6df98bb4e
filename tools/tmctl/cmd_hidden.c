// SPDX-License-Identifier: GPL-2.0-only
/* tmctl hidden: processes that some views of the machine lack. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "hidden_module.h"
#include "hidden_proc.h"
#include "hidden_views.h"
#include "request.h"
#include "table.h"
#include "tmctl.h"

/* Between the two looks, for what is about to change to have changed. */
#define PAUSE_US	20000

#define HAVE_START	1ULL
#define HAVE_USER	2ULL

struct finding {
	int32_t pid;
	uint32_t uid;
	uint64_t start_time_ns;
	char comm[TM_COMM_LEN];
	const char *lacks;
	const char *reason;
};

#define FINDING(member)	FIELD_AT(struct finding, member)

static const struct table_column columns[] = {
	{ { "pid", "PID", NULL, &field_signed, FINDING(pid) }, 8 },
	{ { "start_time_ns", "STARTED", NULL, &field_seconds, FINDING(start_time_ns),
	    HAVE_START }, 18 },
	{ { "uid", "UID", NULL, &field_number, FINDING(uid), HAVE_USER }, 8 },
	{ { "comm", "COMMAND", NULL, &field_name, FINDING(comm) }, -15 },
	{ { "lacks", "NOT IN", NULL, &field_string, FINDING(lacks) }, -24 },
	{ { "reason", "LIKELY", NULL, &field_string, FINDING(reason) }, -1 },
};

static const struct table findings = {
	"taskmonitor.hidden/1", "-", columns, ARRAY_SIZE(columns),
};

/* How many each view has, and how many of all are hidden from some. */
struct summary {
	uint64_t processes;
	uint64_t hidden;
	uint64_t by_view[6];
};

#define SUMMARY(member)	FIELD_AT(struct summary, member)

static const struct table_column summary_columns[] = {
	{ { "processes", NULL, NULL, &field_number, SUMMARY(processes) }, 0 },
	{ { "hidden", NULL, NULL, &field_number, SUMMARY(hidden) }, 0 },
	{ { "in_table", NULL, NULL, &field_number, SUMMARY(by_view[0]) }, 0 },
	{ { "in_list", NULL, NULL, &field_number, SUMMARY(by_view[1]) }, 0 },
	{ { "in_getdents", NULL, NULL, &field_number, SUMMARY(by_view[2]) }, 0 },
	{ { "in_readdir", NULL, NULL, &field_number, SUMMARY(by_view[3]) }, 0 },
	{ { "in_proc", NULL, NULL, &field_number, SUMMARY(by_view[4]) }, 0 },
	{ { "in_kill", NULL, NULL, &field_number, SUMMARY(by_view[5]) }, 0 },
};

static const struct table summaries = {
	"taskmonitor.views/1", "-", summary_columns, ARRAY_SIZE(summary_columns),
};

static bool csv;

/* 1 is an answer here, so a failure is another number. */
static int unable(const char *object, int err)
{
	int status = error_status(err);

	if (status != STATUS_FAILED)
		return fail_errno(object, err);
	return fail(STATUS_UNABLE, "hidden: %s: %s", object, strerror(err));
}

static int no_proc(int err)
{
	if (err == ENOTDIR)
		return fail(STATUS_UNABLE, "hidden: /proc: it shows another PID namespace (mount "
			    "this one's: mount -t proc proc /proc)");
	return fail(STATUS_UNABLE, "hidden: /proc: %s (is it mounted? try: mount -t proc proc "
		    "/proc)", strerror(err));
}

/* Each view in its turn. 0, or an exit code, having complained. */
static int take_look(const struct options *opts, struct tm_device *dev, struct look *look)
{
	int err = module_table(opts->device, look);

	if (!err)
		err = module_list(dev, look);
	if (err)
		return unable(opts->device, err);
	err = proc_getdents(look);
	if (!err)
		err = proc_readdir(look);
	if (err)
		return no_proc(err);
	look_merge(look);
	return STATUS_DONE;
}

static void probe_all(struct look *look, struct summary *sum)
{
	size_t i, bit;

	sum->processes = look->n;
	for (i = 0; i < look->n; i++) {
		proc_probe(&look->rows[i]);
		for (bit = 0; bit < ARRAY_SIZE(sum->by_view); bit++)
			sum->by_view[bit] += look->rows[i].seen >> bit & 1;
	}
}

/* Of the second look only those matter that the first could not find everywhere. */
static void probe_suspects(const struct look *first, struct look *second)
{
	struct sighting *again;
	size_t i;

	for (i = 0; i < first->n; i++) {
		if (!look_lacks(&first->rows[i]))
			continue;
		again = look_find(second, first->rows[i].pid);
		if (again)
			proc_probe(again);
	}
}

static bool any_suspect(const struct look *look)
{
	size_t i;

	for (i = 0; i < look->n && !look_lacks(&look->rows[i]); i++)
		;
	return i < look->n;
}

static void print_finding(const struct options *opts, const struct sighting *row,
			  unsigned int views)
{
	char lacks[VIEW_NAMES_MAX], reason[REASON_MAX];
	struct finding finding = { .pid = row->pid, .uid = row->uid };
	struct proc_mount mount;
	uint64_t known = 0;

	proc_mount_of(row->pid, &mount);
	view_names(views, lacks);
	hidden_reason(views, &mount, reason);
	finding.lacks = lacks;
	finding.reason = reason;
	memcpy(finding.comm, row->comm, sizeof(finding.comm));
	finding.start_time_ns = row->seen & SEEN_TABLE ? row->table_ns : row->list_ns;
	if (row->seen & SEEN_BY_MODULE)
		known |= HAVE_START;
	if (row->known)
		known |= HAVE_USER;
	table_print_row(stdout, &findings, table_format(opts->json, csv), &finding, known);
}

/* Those that hide, by two looks. */
static void compare(const struct options *opts, const struct look *first,
		    const struct look *second, struct summary *sum)
{
	const struct sighting *again;
	unsigned int views;
	size_t i;

	for (i = 0; i < first->n; i++) {
		again = look_find(second, first->rows[i].pid);
		views = again ? hidden_from(&first->rows[i], again) : 0;
		if (!views)
			continue;
		if (!sum->hidden++)
			table_print_header(stdout, &findings, table_format(opts->json, csv));
		print_finding(opts, again, views);
	}
}

static void print_summary(const struct options *opts, const struct summary *sum)
{
	if (opts->json)
		table_print_row(stdout, &summaries, TABLE_JSON, sum, 0);
	else if (csv && !sum->hidden)
		table_print_header(stdout, &findings, TABLE_CSV);
	else if (!csv && !sum->hidden)
		printf("None of %llu processes is hidden.\n", (unsigned long long)sum->processes);
}

static int hunt(const struct options *opts, struct tm_device *dev)
{
	struct look first = { 0 }, second = { 0 };
	struct summary sum = { 0 };
	int status = take_look(opts, dev, &first);

	if (status)
		goto out;
	probe_all(&first, &sum);
	if (any_suspect(&first)) {
		usleep(PAUSE_US);
		status = take_look(opts, dev, &second);
		if (status)
			goto out;
		probe_suspects(&first, &second);
		compare(opts, &first, &second, &sum);
	}
	print_summary(opts, &sum);
	status = sum.hidden ? STATUS_FOUND : STATUS_DONE;

out:
	look_free(&first);
	look_free(&second);
	return status;
}

static int cmd_hidden(const struct options *opts, int argc, char **argv)
{
	struct tm_device *dev;
	int status, err;

	if (argc)
		return fail_excess("hidden", argv[0]);
	err = proc_check();
	if (err)
		return no_proc(err);
	dev = tm_open(opts->device);
	if (!dev)
		return unable(opts->device, errno);
	status = hunt(opts, dev);
	tm_close(dev);
	return status;
}

static const struct opt hidden_opts[] = {
	OPT_FLAG(0, "csv", &csv, "comma separated values"),
	OPT_END
};

const struct command command_hidden = {
	.name = "hidden",
	.run = cmd_hidden,
	.opts = hidden_opts,
	.usage = "[--csv]",
	.help = "processes that hide from some views of the machine",
	.details = "Exit codes: 0 none hides, 1 some do, 5 failed; 2, 3, 4 as everywhere.\n",
};
