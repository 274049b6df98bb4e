/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exporter at work: one thread, which waits for records of the module, for
 * requests, for signals and for the time to write the text file.
 *
 *	SIGINT, SIGTERM		end
 *	SIGUSR1			let the module go, so that it can be unloaded
 */
#ifndef TMCTL_EXPORTER_EXPORTER_H
#define TMCTL_EXPORTER_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "http.h"
#include "listen.h"
#include "page.h"
#include "source.h"

/**
 * struct exporter - an exporter
 * @account: who has used what
 * @source: where it comes from
 * @page: what is shown beside that
 * @listener: the socket, until @http has it
 * @http: the server; NULL: none is wanted
 * @textfile: a file to write; NULL: none
 * @interval_ns: how often
 * @textfile_due_ns: when next
 * @textfile_err: what the last attempt said
 * @err: why there is no session; 0: there is
 * @epoll_fd: wakes us
 * @signal_fd: signals
 */
struct exporter {
	struct account account;
	struct source source;
	struct page page;
	struct listener listener;
	struct http *http;
	const char *textfile;
	uint64_t interval_ns;
	uint64_t textfile_due_ns;
	int textfile_err;
	int err;
	int epoll_fd;
	int signal_fd;
};

/* Sample everybody, so that @page can be shown. Return: 0, or what errno was. */
int exporter_sample(struct exporter *exporter);

/* A page's text, to be freed; NULL: no memory. @context is the exporter. */
char *exporter_page(void *context, enum dialect dialect, size_t *length);

/* Write the text file. Return: 0, or what errno was. */
int exporter_write(struct exporter *exporter);

/* Until a signal says so. Return: an exit code. */
int exporter_run(struct exporter *exporter);

#endif /* TMCTL_EXPORTER_EXPORTER_H */
