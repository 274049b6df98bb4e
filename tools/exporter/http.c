// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "http.h"
#include "status.h"

#define IDLE_SECONDS	10

static const char *const content_types[DIALECTS] = {
	[DIALECT_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
	[DIALECT_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
};

static const char landing_page[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\"><head><title>tmctl exporter</title></head>\n"
	"<body><h1>tmctl exporter</h1><p><a href=\"/metrics\">Metrics</a></p></body></html>\n";

/* A connection, and when it has to be over. */
struct slot {
	int fd;
	uint64_t deadline_ns;
	bool cut;
};

/* A page that has been made; who still sends it has a reference of his own. */
struct made {
	struct MHD_Response *response;
	uint64_t made_ns;
};

struct http {
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct slot slots[HTTP_CONNECTIONS];
	struct made pages[DIALECTS];
	uint64_t connections;
	uint64_t cut_short;
};

/* --- answers ------------------------------------------------------------------------ */

/* One request a connection: its end frees its place. */
static struct MHD_Response *make_response(char *text, size_t length, const char *type,
					  enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(length, text, mode);

	if (!response) {
		if (mode == MHD_RESPMEM_MUST_FREE)
			free(text);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	return response;
}

/* A text that lives as long as the program. */
static enum MHD_Result send_static(struct MHD_Connection *connection, unsigned int status,
				   const char *text, const char *type, const char *allow)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	response = make_response((char *)text, strlen(text), type, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	if (allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum dialect dialect_of(struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, "application/openmetrics-text") ? DIALECT_OPENMETRICS :
									  DIALECT_TEXT;
}

static struct MHD_Response *page_response(struct http *http, enum dialect dialect)
{
	struct made *page = &http->pages[dialect];
	uint64_t now = clock_monotonic_ns();
	size_t length;
	char *text;

	if (page->response && now - page->made_ns < HTTP_FRESH_NS)
		return page->response;
	if (page->response)
		MHD_destroy_response(page->response);
	text = http->config.make(http->config.context, dialect, &length);
	page->response = text ? make_response(text, length, content_types[dialect],
					      MHD_RESPMEM_MUST_FREE) : NULL;
	page->made_ns = now;
	return page->response;
}

static enum MHD_Result send_page(struct http *http, struct MHD_Connection *connection)
{
	struct MHD_Response *response = page_response(http, dialect_of(connection));

	if (!response)
		return send_static(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no memory\n",
				   "text/plain", NULL);
	return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

/* Called once with the headers, then with each part of a body, and at its end. */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *size, void **request)
{
	static int seen;

	(void)version;
	(void)data;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return send_static(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n",
				   "text/plain", "GET, HEAD");
	if (!*request) {
		*request = &seen;
		return MHD_YES;
	}
	if (*size) {
		*size = 0;
		return MHD_YES;
	}
	if (!strcmp(url, "/metrics"))
		return send_page(context, connection);
	if (!strcmp(url, "/"))
		return send_static(connection, MHD_HTTP_OK, landing_page,
				   "text/html; charset=utf-8", NULL);
	return send_static(connection, MHD_HTTP_NOT_FOUND, "not found (try /metrics)\n",
			   "text/plain", NULL);
}

/* --- connections ---------------------------------------------------------------------- */

static void on_connection(void *context, struct MHD_Connection *connection, void **own,
			  enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct http *http = context;
	size_t i;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*own)
			((struct slot *)*own)->fd = -1;
		return;
	}
	http->connections++;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (i = 0; info && i < HTTP_CONNECTIONS; i++) {
		if (http->slots[i].fd >= 0)
			continue;
		http->slots[i].fd = info->connect_fd;
		http->slots[i].deadline_ns = clock_monotonic_ns() + HTTP_CONNECTION_NS;
		http->slots[i].cut = false;
		*own = &http->slots[i];
		return;
	}
}

/*
 * Its own timeout ends connections that are silent; who sends or takes a byte
 * now and then is ended here. Closing is left to the library.
 */
static void cut_slow(struct http *http)
{
	uint64_t now = clock_monotonic_ns();
	size_t i;

	for (i = 0; i < HTTP_CONNECTIONS; i++) {
		struct slot *slot = &http->slots[i];

		if (slot->fd < 0 || slot->cut || now < slot->deadline_ns)
			continue;
		slot->cut = true;
		http->cut_short++;
		shutdown(slot->fd, SHUT_RDWR);
	}
}

/* What strangers do wrong is not for the log. */
__attribute__((format(printf, 2, 0)))
static void say_nothing(void *context, const char *format, va_list args)
{
	(void)context;
	(void)format;
	(void)args;
}

/* --- the server ------------------------------------------------------------------------- */

struct http *http_start(const struct http_config *config)
{
	struct http *http = calloc(1, sizeof(*http));
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)config->tls_cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)config->tls_key },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned int flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG;
	size_t i;

	if (!http)
		return NULL;
	http->config = *config;
	for (i = 0; i < HTTP_CONNECTIONS; i++)
		http->slots[i].fd = -1;
	if (config->tls_cert)
		flags |= MHD_USE_TLS;
	http->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, answer, http,
		MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
		MHD_OPTION_LISTEN_SOCKET, config->fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS_ADDRESS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_REQUEST_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_SECONDS,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_ARRAY, config->tls_cert ? tls : &tls[ARRAY_SIZE(tls) - 1],
		MHD_OPTION_END);
	if (http->daemon)
		return http;
	free(http);
	return NULL;
}

void http_stop(struct http *http)
{
	unsigned int i;

	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	for (i = 0; i < DIALECTS; i++) {
		if (http->pages[i].response)
			MHD_destroy_response(http->pages[i].response);
	}
	free(http);
}

int http_fd(const struct http *http)
{
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int http_timeout_ms(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(http->daemon, &ms) != MHD_YES)
		return -1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

void http_run(struct http *http)
{
	cut_slow(http);
	MHD_run(http->daemon);
}

uint64_t http_connections(const struct http *http)
{
	return http->connections;
}

uint64_t http_cut_short(const struct http *http)
{
	return http->cut_short;
}
