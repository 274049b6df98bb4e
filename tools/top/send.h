/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals to processes of the table. */
#ifndef TMCTL_TOP_SEND_H
#define TMCTL_TOP_SEND_H

#include "menu.h"
#include "source.h"

/* The signals, as a menu; the bar stands on SIGTERM. */
void send_menu(struct menu *menu, const char *title);

/* A signal's name, or "". */
const char *send_name(int signal);

/**
 * send_signal() - to a process, and to no other that has come by its number since
 * @source: the session that it was seen in
 * @pid: its number
 * @start_time_ns: and start
 * @signal: the signal
 *
 * Return: 0, or what errno was. ESRCH: it is gone.
 */
int send_signal(struct source *source, int32_t pid, uint64_t start_time_ns, int signal);

#endif /* TMCTL_TOP_SEND_H */
