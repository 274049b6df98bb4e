// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "error.h"
#include "listen.h"
#include "parse.h"
#include "status.h"

#define BACKLOG		64
#define INHERITED_FD	3	/* SD_LISTEN_FDS_START */

/* --- TCP --------------------------------------------------------------------------- */

/* HOST:PORT, [HOST]:PORT or PORT, cut in two in place. Return: 0, or -1. */
static int split_address(char *address, const char **host, const char **port)
{
	char *colon = strrchr(address, ':');
	uint64_t number;

	*host = LISTEN_ADDRESS;
	*port = address;
	if (colon) {
		*colon = '\0';
		*host = address;
		*port = colon + 1;
	}
	if (**host == '[') {
		size_t length = strlen(++*host);

		if (!length || (*host)[length - 1] != ']')
			return -1;
		address[length] = '\0';
	} else if (strchr(*host, ':')) {
		return -1;
	}
	return **host ? parse_uint(*port, 0, 65535, &number) : -1;
}

static void tell_where(struct listener *listener)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	char host[64] = "?", port[16] = "?";

	if (!getsockname(listener->fd, (struct sockaddr *)&address, &length))
		getnameinfo((struct sockaddr *)&address, length, host, sizeof(host), port,
			    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(listener->where, sizeof(listener->where), strchr(host, ':') ? "[%s]:%s" : "%s:%s",
		 host, port);
}

static int bind_tcp(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

int listen_tcp(struct listener *listener, const char *address)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *info = NULL;
	const char *host, *port;
	char *copy = strdup(address);
	int err;

	listener->fd = -1;
	if (!copy)
		return fail_errno("exporter", ENOMEM);
	if (split_address(copy, &host, &port)) {
		free(copy);
		return fail_usage("exporter: invalid address '%s' (such as 127.0.0.1:9971, "
				  "[::1]:9971 or 9971)", address);
	}
	err = getaddrinfo(host, port, &hints, &info);
	free(copy);
	if (err)
		return fail(STATUS_FAILED, "exporter: %s: %s", address, gai_strerror(err));
	listener->fd = bind_tcp(info);
	err = errno;
	freeaddrinfo(info);
	if (listener->fd < 0)
		return fail(STATUS_FAILED, "exporter: %s: %s%s", address, strerror(err),
			    err == EADDRINUSE ? " (try another with --listen)" : "");
	tell_where(listener);
	return STATUS_DONE;
}

/* --- a socket in the file system ------------------------------------------------------- */

/* Remove a socket that its listener has left behind. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat file;

	if (fd < 0)
		return;
	if (!lstat(address->sun_path, &file) && S_ISSOCK(file.st_mode) &&
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

/* It has its mode from the beginning: who may not connect never could. */
static int bind_unix(const struct sockaddr_un *address, mode_t mode)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), bound;
	mode_t mask = umask(~mode & 0777);

	bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)address, sizeof(*address));
	umask(mask);
	if (!bound && !listen(fd, BACKLOG))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int listen_unix(struct listener *listener, const char *path, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	listener->fd = -1;
	if (!*path || strlen(path) >= sizeof(address.sun_path))
		return fail_usage("exporter: socket '%s': a path of 1 to %zu bytes", path,
				  sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, path);
	remove_stale(&address);
	listener->fd = bind_unix(&address, mode);
	if (listener->fd < 0)
		return fail(STATUS_FAILED, "exporter: %s: %s", path, strerror(errno));
	if (!stat(path, &listener->made))
		listener->path = path;
	snprintf(listener->where, sizeof(listener->where), "%s", path);
	return STATUS_DONE;
}

/* --- what systemd has opened ------------------------------------------------------------- */

static uint64_t number_of(const char *variable)
{
	const char *text = getenv(variable);
	uint64_t number;

	return text && !parse_uint(text, 0, INT32_MAX, &number) ? number : 0;
}

int listen_inherited(struct listener *listener)
{
	uint64_t count = number_of("LISTEN_FDS");
	int listens = 0, flags;
	socklen_t length = sizeof(listens);

	listener->fd = -1;
	if (!count || number_of("LISTEN_PID") != (uint64_t)getpid())
		return STATUS_DONE;
	flags = fcntl(INHERITED_FD, F_GETFL);
	if (count != 1 || flags < 0 ||
	    getsockopt(INHERITED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) || !listens)
		return fail(STATUS_FAILED, "exporter: systemd has to give one socket that listens "
			    "(see: ListenStream= in systemd.socket(5))");
	fcntl(INHERITED_FD, F_SETFL, flags | O_NONBLOCK);
	fcntl(INHERITED_FD, F_SETFD, FD_CLOEXEC);
	listener->fd = INHERITED_FD;
	tell_where(listener);
	return STATUS_DONE;
}

/* Not the file of somebody who has taken the place since. */
void listen_close(struct listener *listener)
{
	struct stat file;

	if (listener->path && !lstat(listener->path, &file) &&
	    file.st_ino == listener->made.st_ino && file.st_dev == listener->made.st_dev)
		unlink(listener->path);
	listener->path = NULL;
	if (listener->fd >= 0)
		close(listener->fd);
	listener->fd = -1;
}
