/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket that is listened on: TCP, of the file system, or what systemd has opened. */
#ifndef TMCTL_EXPORTER_LISTEN_H
#define TMCTL_EXPORTER_LISTEN_H

#include <stddef.h>
#include <sys/stat.h>

/* Where it listens unless told otherwise: nobody else's machine. */
#define LISTEN_ADDRESS	"127.0.0.1"
#define LISTEN_PORT	"9971"

/**
 * struct listener - a socket that listens
 * @fd: it; -1: there is none
 * @where: for people: ADDRESS:PORT, or a path
 * @path: of a socket in the file system, which is removed at the end; or NULL
 * @made: the file that @path was then
 */
struct listener {
	int fd;
	char where[128];
	const char *path;
	struct stat made;
};

/* @address: ADDRESS:PORT, [ADDRESS]:PORT or PORT; port 0: a free one. Return: an exit code. */
int listen_tcp(struct listener *listener, const char *address);

/* A socket that nobody listens on any longer is replaced. Return: an exit code. */
int listen_unix(struct listener *listener, const char *path, mode_t mode);

/* What systemd has opened (sd_listen_fds(3)), if it has. Return: an exit code; fd -1: nothing. */
int listen_inherited(struct listener *listener);

void listen_close(struct listener *listener);

#endif /* TMCTL_EXPORTER_LISTEN_H */
