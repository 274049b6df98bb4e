// SPDX-License-Identifier: GPL-2.0-only
/* tmctl record: from the options to a session, a file with what is said of it, a command. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "record.h"
#include "record_live.h"
#include "status.h"

#define PRIORITY	(-20)

static int no_session(const struct record *rec, int err)
{
	char object[128];

	snprintf(object, sizeof(object), "record: %s", rec->opts->device);
	return fail_errno(object, err);
}

int record_not_written(const struct record *rec, int err)
{
	const char *reason = rec->writer.db ? sqlite3_errmsg(rec->writer.db) : sqlite3_errstr(err);

	live_clear();
	if (!rec->writer.end_ns)
		return fail(STATUS_FAILED, "record: %s: %s", rec->place.path, reason);
	return fail(STATUS_FAILED, "record: %s: %s (what was recorded in the first %.1f s is kept)",
		    rec->place.path, reason,
		    (double)(rec->writer.end_ns - rec->begin_ns) / NSEC_PER_SEC);
}

static void describe_choice(char *buf, size_t size)
{
	const struct selection_args *c = &record_args.chosen;

	snprintf(buf, size, "%s%s%s%s%s%s%s%s%s%s", c->pids ? "-p " : "", c->pids ? c->pids : "",
		 c->names ? " -C " : "", c->names ? c->names : "",
		 c->users ? " -U " : "", c->users ? c->users : "",
		 c->cgroup ? " -G " : "", c->cgroup ? c->cgroup : "",
		 c->threads ? " -t" : "", c->follow ? " --follow" : "");
}

/* What is recorded, for people. */
static void describe(const struct record *rec, char *buf, size_t size)
{
	size_t used = 0;
	char **arg;

	if (!rec->argv) {
		describe_choice(buf, size);
		return;
	}
	*buf = '\0';
	for (arg = rec->argv; *arg && used < size; arg++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", *arg);
}

static int write_machine(struct writer *w, const struct tm_state *state)
{
	struct utsname names;
	char version[32];
	int err;

	snprintf(version, sizeof(version), "%u.%u.%u", state->version >> 16,
		 state->version >> 8 & 0xff, state->version & 0xff);
	err = uname(&names) ? SQLITE_OK : writer_meta_text(w, "hostname", names.nodename);
	if (!err)
		err = writer_meta_text(w, "kernel", names.release);
	if (!err && state->version)
		err = writer_meta_text(w, "module_version", version);
	if (!err)
		err = writer_meta_text(w, "tool_version", TM_LIB_VERSION);
	if (!err)
		err = writer_meta_int(w, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	return err ? err : writer_meta_int(w, "page_bytes", (uint64_t)sysconf(_SC_PAGESIZE));
}

static int write_meta(struct record *rec)
{
	static const char *const scopes[] = { "list", "tree", "cgroup", "system" };
	struct writer *w = &rec->writer;
	struct tm_state state = { 0 };
	char what[1024];
	int err;

	tm_session_state(rec->target.session, &state);
	describe(rec, what, sizeof(what));
	err = write_machine(w, &state);
	if (!err)
		err = writer_meta_int(w, "begin_ns", rec->begin_ns);
	if (!err)
		err = writer_meta_int(w, "begin_realtime_ns", rec->begin_realtime_ns);
	if (!err)
		err = writer_meta_int(w, "begin_boottime_ns", rec->begin_boottime_ns);
	if (!err)
		err = writer_meta_int(w, "interval_ns", rec->attr.interval_ns);
	if (!err)
		err = writer_meta_text(w, "scope", scopes[rec->argv ? TM_SCOPE_TREE
								 : rec->selection.scope]);
	if (!err)
		err = writer_meta_text(w, "command", what);
	if (!err)
		err = writer_meta_int(w, "complete", 0);
	return err ? err : writer_commit(w, rec->begin_ns);
}

static int watch_fd(struct record *rec, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(rec->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* By edges: poll() tells of what read() has not fetched, and we never read. */
static int open_epoll(struct record *rec)
{
	rec->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (rec->epoll_fd < 0)
		return -1;
	if (watch_fd(rec, tm_session_fd(rec->target.session), EPOLLIN | EPOLLET, EVENT_HISTORY))
		return -1;
	return rec->argv ? watch_fd(rec, rec->child.pidfd, EPOLLIN, EVENT_CHILD) : 0;
}

static int set_ring(struct record *rec)
{
	uint32_t wanted = rec->attr.ring_records;

	rec->attr.ring_records = target_ring_records(rec->opts->device, wanted);
	rec->attr.watermark = rec->attr.ring_records / 8;
	if (rec->attr.ring_records)
		return STATUS_DONE;
	return fail(STATUS_FAILED, "record: %s: a history of %u records: %s (ask for a shorter "
		    "one, --ring=1024, or see: ulimit -l)", rec->opts->device,
		    (unsigned int)wanted, strerror(ENOMEM));
}

static int open_tree(struct record *rec)
{
	rec->target.session = tm_session_open(rec->opts->device, &rec->attr);
	if (!rec->target.session || tm_session_add(rec->target.session, rec->child.pid))
		return no_session(rec, errno);
	return STATUS_DONE;
}

static int open_session(struct record *rec)
{
	int status = set_ring(rec);

	if (!status && rec->argv)
		status = open_tree(rec);
	else if (!status)
		status = selection_open(&rec->selection, rec->opts, &rec->attr,
					&rec->target.session);
	if (!status && (target_map(&rec->target) || open_epoll(rec)))
		status = no_session(rec, errno);
	return status;
}

bool record_wants(const struct record *rec, const struct task_sample *sample)
{
	if (rec->argv || selection_wants(&rec->selection, sample))
		return true;
	/* Who was chosen by name may have another one at the end. */
	return sample->flags & TM_SAMPLE_DENIED || lives_find(&rec->writer.lives, sample);
}

static int create(struct record *rec)
{
	int status = place_take(&rec->place), err;

	if (status)
		return status;
	err = writer_create(&rec->writer, rec->place.path, rec->max_bytes);
	if (!err)
		err = write_meta(rec);
	if (!err)
		return STATUS_DONE;
	rec->writer.end_ns = 0;
	status = record_not_written(rec, err);
	writer_abandon(&rec->writer);
	place_undo(&rec->place);
	return status;
}

/* As shells do: 127 where there is no such command, 126 where it cannot be run. */
static int not_run(struct record *rec, int err)
{
	child_reap(&rec->child);
	writer_abandon(&rec->writer);
	place_undo(&rec->place);
	return fail(err == ENOENT ? 127 : 126, "record: %s: %s%s", rec->argv[0], strerror(err),
		    err == ENOENT ? " (is it in the PATH?)" : "");
}

static void note_begin(struct record *rec)
{
	rec->begin_realtime_ns = clock_realtime_ns();
	rec->begin_boottime_ns = clock_boottime_ns();
	rec->begin_ns = clock_monotonic_ns();
}

/*
 * A command begins with it; of others it is where they have come by now that
 * counts. What the history has told of them before that is older news.
 */
static int open_and_look(struct record *rec)
{
	int status = open_session(rec), err;

	if (status || rec->argv)
		return status;
	note_begin(rec);
	err = batch_take(&rec->first, rec->target.session, NULL);
	return err ? no_session(rec, err) : STATUS_DONE;
}

/*
 * Where everybody wants the CPU the history would be overwritten before it is our
 * turn. Who may not do that, or has it otherwise already, is not worse off than
 * without. After the command's process has been made, which is as it was.
 */
static void hurry(void)
{
	setpriority(PRIO_PROCESS, 0, PRIORITY);
}

int record_begin(struct record *rec)
{
	int status, err;

	note_begin(rec);
	if (rec->argv && child_spawn(&rec->child, rec->argv))
		return fail(STATUS_FAILED, "record: cannot make a process: %s", strerror(errno));
	hurry();
	status = open_and_look(rec);
	if (!status)
		status = create(rec);
	if (status && rec->argv)
		child_abandon(&rec->child);
	if (status)
		return status;
	err = rec->argv ? child_release(&rec->child) : 0;
	if (err)
		return not_run(rec, err);
	place_keep(&rec->place);
	if (!rec->argv)
		clock_catch_signals();
	return STATUS_DONE;
}

