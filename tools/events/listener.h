/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's netlink family: its events, received and taken apart. */
#ifndef EVENTS_LISTENER_H
#define EVENTS_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

/* In event.known, beside the bits of task_sample.valid. */
#define EVENT_HAS_TASK	(1ULL << 63)	/* who it is, but for the PID */

/**
 * struct event - one event
 * @number: of all sessions together, without a gap
 * @session: whose target it is
 * @lost: of a TM_KIND_LOST, how many
 * @known: which figures there are
 * @sample: of the target; what is not known is 0
 */
struct event {
	uint64_t number;
	uint64_t session;
	uint64_t lost;
	uint64_t known;
	struct task_sample sample;
};

struct listener;

/* What is done with each; it may be gone when this returns. */
typedef void (*event_fn)(const struct event *event, void *arg);

/**
 * listener_open() - join the group
 * @listener: where to put it
 * @buffer_bytes: of the socket, for what has not been read yet
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int listener_open(struct listener **listener, size_t buffer_bytes);
void listener_close(struct listener *listener);

/* To wait at, for reading. */
int listener_fd(const struct listener *listener);

/**
 * listener_read() - take what has come
 * @listener: the listener
 * @fn: called for each event
 * @arg: for it
 *
 * Return: 0; -ENOBUFS: there was no room, and some are missing; -ENODEV: the
 * module is gone, and nothing comes any more; another negative errno.
 */
int listener_read(struct listener *listener, event_fn fn, void *arg);

/* The newest event's number. Return: 0 or a negative errno. */
int listener_newest(struct listener *listener, uint64_t *number);

#endif /* EVENTS_LISTENER_H */
