// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "exporter.h"
#include "status.h"
#include "textfile.h"

#define DRAIN_MS	500	/* with nothing to wake us */
#define RETRY_MS	1000	/* while the module is away */

enum { EVENT_HISTORY, EVENT_HTTP, EVENT_SIGNAL };

/* --- the module ------------------------------------------------------------------ */

static int watch_fd(const struct exporter *exporter, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(exporter->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* Say it when it changes, not each second. */
static void tell(struct exporter *exporter, int err)
{
	char object[128];

	if (err && err != exporter->err && err != EAGAIN) {
		snprintf(object, sizeof(object), "exporter: %s", exporter->source.device);
		fail_errno(object, err);
	}
	if (!err && exporter->err)
		fprintf(stderr, "tmctl: exporter: %s is there\n", exporter->source.device);
	exporter->err = err;
}

/* By edges: poll() tells of what read() has not fetched, and we never read. */
static int connect_module(struct exporter *exporter)
{
	struct source *source = &exporter->source;
	bool had = source->session;
	int err = source_open(source);

	if (!err && !had && exporter->epoll_fd >= 0)
		watch_fd(exporter, tm_session_fd(source->session), EPOLLIN | EPOLLET,
			 EVENT_HISTORY);
	tell(exporter, err);
	return err;
}

static void release_module(struct exporter *exporter)
{
	struct source *source = &exporter->source;

	if (!source->session)
		return;
	source_drain(source, &exporter->account);
	epoll_ctl(exporter->epoll_fd, EPOLL_CTL_DEL, tm_session_fd(source->session), NULL);
	source_release(source);
	exporter->page.up = false;
	fprintf(stderr, "tmctl: exporter: %s is let go, for 30 seconds at most\n", source->device);
	exporter->err = EAGAIN;
}

int exporter_sample(struct exporter *exporter)
{
	uint64_t begin = clock_monotonic_ns();
	struct page *page = &exporter->page;
	int err = connect_module(exporter);

	page->up = false;
	page->scrapes++;
	if (!err)
		err = source_batch(&exporter->source, &exporter->account);
	page->up = !err;
	page->scrape_ns = clock_monotonic_ns() - begin;
	return err;
}

/* --- pages ------------------------------------------------------------------------- */

char *exporter_page(void *context, enum dialect dialect, size_t *length)
{
	struct exporter *exporter = context;
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (!out)
		return NULL;
	exporter_sample(exporter);
	if (exporter->http) {
		exporter->page.connections = http_connections(exporter->http);
		exporter->page.cut_short = http_cut_short(exporter->http);
	}
	page_print(out, dialect, &exporter->page);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

int exporter_write(struct exporter *exporter)
{
	size_t length;
	char *text = exporter_page(exporter, DIALECT_TEXT, &length);
	int err = text ? textfile_write(exporter->textfile, text, length) : ENOMEM;

	free(text);
	if (err)
		exporter->page.textfile_failures++;
	if (err && err != exporter->textfile_err)
		fail(STATUS_FAILED, "exporter: %s: %s", exporter->textfile, strerror(err));
	exporter->textfile_err = err;
	return err;
}

/* --- the loop -------------------------------------------------------------------------- */

/* Those that are late are left out, not made up for. */
static void write_if_due(struct exporter *exporter)
{
	uint64_t now = clock_monotonic_ns();

	if (!exporter->textfile || now < exporter->textfile_due_ns)
		return;
	exporter_write(exporter);
	while (exporter->textfile_due_ns <= now)
		exporter->textfile_due_ns += exporter->interval_ns;
}

static int timeout_ms(struct exporter *exporter)
{
	int ms = exporter->source.session ? DRAIN_MS : RETRY_MS;
	int http_ms = exporter->http ? http_timeout_ms(exporter->http) : -1;
	uint64_t now = clock_monotonic_ns(), left;

	if (http_ms >= 0 && http_ms < ms)
		ms = http_ms;
	if (!exporter->textfile)
		return ms;
	left = exporter->textfile_due_ns > now ? exporter->textfile_due_ns - now : 0;
	left = (left + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
	return left < (uint64_t)ms ? (int)left : ms;
}

/* Return: whether it is time to end. */
static bool take_signal(struct exporter *exporter)
{
	struct signalfd_siginfo info;

	if (read(exporter->signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo != SIGUSR1)
		return true;
	release_module(exporter);
	return false;
}

static int prepare(struct exporter *exporter)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	exporter->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	exporter->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (exporter->epoll_fd < 0 || exporter->signal_fd < 0 ||
	    watch_fd(exporter, exporter->signal_fd, EPOLLIN, EVENT_SIGNAL))
		return errno;
	if (exporter->http && watch_fd(exporter, http_fd(exporter->http), EPOLLIN, EVENT_HTTP))
		return errno;
	if (exporter->source.session &&
	    watch_fd(exporter, tm_session_fd(exporter->source.session), EPOLLIN | EPOLLET,
		     EVENT_HISTORY))
		return errno;
	return 0;
}

int exporter_run(struct exporter *exporter)
{
	int err = prepare(exporter), n, i;
	struct epoll_event events[4];
	bool ended = false;

	if (err)
		return fail(STATUS_FAILED, "exporter: %s", strerror(err));
	exporter->textfile_due_ns = clock_monotonic_ns() + exporter->interval_ns;
	while (!ended) {
		n = epoll_wait(exporter->epoll_fd, events, ARRAY_SIZE(events),
			       timeout_ms(exporter));
		source_drain(&exporter->source, &exporter->account);
		for (i = 0; i < n; i++)
			ended |= events[i].data.u32 == EVENT_SIGNAL && take_signal(exporter);
		connect_module(exporter);
		if (exporter->http)
			http_run(exporter->http);
		write_if_due(exporter);
	}
	return STATUS_DONE;
}
