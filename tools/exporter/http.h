/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The web server, within limits: 64 connections at once and 32 of one address,
 * one request each, of no more than 16 KiB, and 20 seconds for all of it. It has
 * no thread of its own and never waits.
 */
#ifndef TMCTL_EXPORTER_HTTP_H
#define TMCTL_EXPORTER_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "metric.h"

#define HTTP_CONNECTIONS	64
#define HTTP_CONNECTIONS_ADDRESS 32
#define HTTP_REQUEST_BYTES	(16 * 1024)
#define HTTP_CONNECTION_NS	(UINT64_C(20) * 1000000000)
/* Requests that come together have one page. */
#define HTTP_FRESH_NS		(UINT64_C(100) * 1000000)

struct http;

/**
 * struct http_config - what it shall serve
 * @fd: a socket that listens
 * @tls_cert: certificate chain, PEM; NULL: no TLS
 * @tls_key: its key, PEM
 * @make: makes a page: a text to be freed, its length in *@length; NULL: no memory
 * @context: for it
 */
struct http_config {
	int fd;
	const char *tls_cert;
	const char *tls_key;
	char *(*make)(void *context, enum dialect dialect, size_t *length);
	void *context;
};

/* Return: the server, or NULL: it cannot be had (so @tls_cert or @tls_key is none). */
struct http *http_start(const struct http_config *config);

void http_stop(struct http *http);

/* A descriptor that is readable when there is something to do. */
int http_fd(const struct http *http);

/* Milliseconds after which there is something to do; -1: until @fd is readable. */
int http_timeout_ms(struct http *http);

/* Do what there is to do. */
void http_run(struct http *http);

/* Connections that were accepted, and such as took too long. */
uint64_t http_connections(const struct http *http);
uint64_t http_cut_short(const struct http *http);

#endif /* TMCTL_EXPORTER_HTTP_H */
