// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl-events: what happens to processes, told as it happens.
 *
 * The module sends it unasked, to all who listen, and waits for none. Every event
 * has a number: what we had no room for is counted by the gap.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "kinds.h"
#include "listener.h"
#include "options.h"
#include "output.h"
#include "parse.h"
#include "selection.h"
#include "show.h"
#include "status.h"

#define BUFFER_BYTES	(8 * 1024 * 1024)
#define KINDS	((1U << TM_KIND_FORK) | (1U << TM_KIND_EXEC) | (1U << TM_KIND_EXITING) | \
		 (1U << TM_KIND_EXIT) | (1U << TM_KIND_THRESHOLD) | (1U << TM_KIND_LOST))

/* The options' arguments. */
static struct {
	struct selection_args choice;
	const char *kinds;
	const char *session;
	const char *count;
	const char *buffer;
	bool csv;
} args;

/**
 * struct watch - one tmctl events
 * @format: how it is shown
 * @kinds: mask of enum tm_kind that are
 * @sel: whose are, where @own
 * @own: a session of ours that tells of those, or NULL
 * @session: the session whose events are, where @one_session
 * @one_session: see there
 * @count: how many to show; 0: no end
 * @buffer_bytes: of the socket
 * @shown: how many have been
 * @last: number of the newest event that we know to have been
 * @lost: how many of them nobody could show us
 * @heard: @last is known
 * @overrun: there was no room, and no event since
 */
struct watch {
	enum table_format format;
	uint32_t kinds;
	struct selection sel;
	struct tm_session *own;
	uint64_t session;
	bool one_session;
	uint64_t count;
	uint64_t buffer_bytes;
	uint64_t shown;
	uint64_t last;
	uint64_t lost;
	bool heard;
	bool overrun;
};

/* --- the command line ------------------------------------------------------------------ */

static int set_all(struct watch *w)
{
	if (args.kinds && kinds_parse(args.kinds, KINDS, &w->kinds))
		return fail_usage("events: kinds '%s': fork, exec, exiting, exit, threshold or lost, "
				  "with commas", args.kinds);
	if (args.session && parse_uint(args.session, 0, UINT64_MAX, &w->session))
		return fail_usage("events: invalid session '%s' (a number; 0 is the module's own)",
				  args.session);
	w->one_session = args.session;
	if (args.count && parse_uint(args.count, 1, UINT64_MAX, &w->count))
		return fail_usage("events: invalid count '%s' (1 or more)", args.count);
	if (args.buffer && parse_size(args.buffer, &w->buffer_bytes))
		return fail_usage("events: invalid size '%s' (such as 500K or 64M)", args.buffer);
	if (!selection_given(&args.choice))
		return STATUS_DONE;
	if (args.session)
		return fail_usage("events: --session is for others' sessions: choose no processes with it");
	return selection_parse(&w->sel, &args.choice, "events", 0, NULL);
}

/* Nothing is sampled for it, and nobody reads its history. */
static int open_own(struct watch *w, const struct options *opts)
{
	struct tm_session_attr wish = {
		.flags = TM_SESSION_EVENTS,
		.interval_ns = TM_INTERVAL_MAX_NS,
		.kinds = TM_KINDS_ALL & ~(1U << TM_KIND_PERIODIC | 1U << TM_KIND_WINDOW),
		.ring_records = TM_RING_RECORDS_MIN,
	};
	struct tm_state state = { .id = 0 };
	int status = selection_open(&w->sel, opts, &wish, &w->own);

	if (status)
		return status;
	if (tm_session_state(w->own, &state))
		return fail_errno("events: the session", errno);
	w->session = state.id;
	w->one_session = true;
	return STATUS_DONE;
}

/* --- events ------------------------------------------------------------------------------ */

static bool has_kind(uint32_t kinds, unsigned int kind)
{
	return kind < 32 ? kinds >> kind & 1 : kinds == ~0U;
}

/* Loss concerns everybody, whomever they have chosen. */
static bool is_wanted(const struct watch *w, const struct event *event)
{
	if (!has_kind(w->kinds, event->sample.kind))
		return false;
	if (event->sample.kind == TM_KIND_LOST)
		return true;
	if (w->one_session && event->session != w->session)
		return false;
	return !w->own || selection_wants(&w->sel, &event->sample);
}

static bool is_done(const struct watch *w)
{
	return w->count && w->shown >= w->count;
}

static void miss(struct watch *w, uint64_t missed, uint64_t number)
{
	w->lost += missed;
	if (missed && has_kind(w->kinds, TM_KIND_LOST) && !is_done(w))
		show_missed(w->format, missed, number);
}

static void take(const struct event *event, void *arg)
{
	struct watch *w = arg;
	/* So many numbers it stands for. */
	uint64_t step = event->sample.kind == TM_KIND_LOST ? event->lost : 1;

	if (w->heard && event->number >= w->last + step)
		miss(w, event->number - w->last - step, event->number - step);
	w->heard = true;
	w->overrun = false;
	w->last = event->number;
	if (event->sample.kind == TM_KIND_LOST)
		w->lost += event->lost;
	if (is_done(w) || !is_wanted(w, event))
		return;
	show_event(w->format, event);
	w->shown++;
}

/* Behind the last event that we were told there may be more that we had no room for. */
static void settle(struct watch *w, struct listener *listener)
{
	uint64_t newest;

	if (w->overrun && w->heard && !listener_newest(listener, &newest) && newest > w->last)
		miss(w, newest - w->last, newest);
	if (w->lost)
		fprintf(stderr, "tmctl: events: %" PRIu64 " were lost\n", w->lost);
}

/* Signals come while we wait, and at no other time: none is overlooked. */
static int listen(struct watch *w, struct listener *listener)
{
	struct pollfd p = { .fd = listener_fd(listener), .events = POLLIN };
	struct timespec look = { .tv_sec = 1 };
	sigset_t none, all;
	int ready, err;

	sigemptyset(&none);
	sigemptyset(&all);
	sigaddset(&all, SIGINT);
	sigaddset(&all, SIGTERM);
	sigprocmask(SIG_BLOCK, &all, NULL);
	while (!is_done(w) && !clock_stopped() && output_flush()) {
		ready = ppoll(&p, 1, w->own && w->sel.look ? &look : NULL, &none);
		if (w->own)
			selection_look(&w->sel, w->own);
		if (ready <= 0)
			continue;
		err = listener_read(listener, take, w);
		if (err == -ENOBUFS)
			w->overrun = true;
		else if (err == -ENODEV)
			return fail(STATUS_NO_MODULE, "events: the module has been unloaded");
		else if (err)
			return fail(STATUS_FAILED, "events: netlink: %s", strerror(-err));
	}
	return STATUS_DONE;
}

static int cmd_events(const struct options *opts, int argc, char **argv)
{
	struct watch w = {
		.format = table_format(opts->json, args.csv),
		.kinds = ~0U,
		.buffer_bytes = BUFFER_BYTES,
	};
	struct listener *listener = NULL;
	int status;

	if (argc)
		return fail_excess("events", argv[0]);
	if (opts->json && args.csv)
		return fail_usage("events: one of --json and --csv");
	w.sel.cgroup_fd = -1;
	status = set_all(&w);
	clock_catch_signals();
	/* First, so that nothing of it is missed. */
	if (!status)
		status = listener_open(&listener, w.buffer_bytes);
	if (!status && selection_given(&args.choice))
		status = open_own(&w, opts);
	if (!status) {
		/* What comes from here on is ours to miss. */
		w.heard = !listener_newest(listener, &w.last);
		show_header(w.format);
		status = listen(&w, listener);
		settle(&w, listener);
	}
	tm_session_close(w.own);
	listener_close(listener);
	if (selection_given(&args.choice))
		selection_free(&w.sel);
	return status;
}

static const struct opt events_opts[] = {
	OPT_VALUE('k', "kinds", "KIND[,KIND]", &args.kinds,
		  "these alone: fork, exec, exiting, exit, threshold, lost"),
	SELECTION_OPTS(args.choice),
	SELECTION_THREADS(args.choice),
	OPT_VALUE('s', "session", "N", &args.session,
		  "of the session of that number alone; 0 is the module's\nown"),
	OPT_VALUE('n', "count", "N", &args.count, "end after so many"),
	OPT_VALUE('b', "buffer", "SIZE", &args.buffer,
		  "room for what has not been read yet (default: 8M)"),
	OPT_FLAG(0, "csv", &args.csv, "comma-separated values"),
	OPT_END
};

static const struct command command_events = {
	.name = "events",
	.run = cmd_events,
	.opts = events_opts,
	.usage = "[OPTION]...",
	.help = "what happens to processes, as it happens",
	.details = "Without a choice of processes these are the events of all sessions that tell\n"
		   "of theirs, the module's own among them.\n\n"
		   "Examples:\n"
		   "  tmctl events                          of the module's targets, and others\n"
		   "  tmctl events -p ALL                   of every process there is\n"
		   "  tmctl events -p 1234 --follow         of one and its descendants\n"
		   "  tmctl events -C '^make$' -k exit --json  what each make has used\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_events, argc, argv);
}
