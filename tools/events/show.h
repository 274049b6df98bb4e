/* SPDX-License-Identifier: GPL-2.0-only */
/* How events are shown: as a table, as CSV, as objects. */
#ifndef EVENTS_SHOW_H
#define EVENTS_SHOW_H

#include "listener.h"
#include "table.h"

/* What heads the rows, at once: whoever sees it knows that we listen. */
void show_header(enum table_format format);

void show_event(enum table_format format, const struct event *event);

/* @missed: events that came before @event, or before the end, and did not reach us */
void show_missed(enum table_format format, uint64_t missed, uint64_t number);

#endif /* EVENTS_SHOW_H */
