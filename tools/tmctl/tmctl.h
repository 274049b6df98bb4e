/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that are in tmctl itself. */
#ifndef TMCTL_H
#define TMCTL_H

#include "options.h"
#include "status.h"

extern const struct command command_add;
extern const struct command command_del;
extern const struct command command_doctor;
extern const struct command command_get;
extern const struct command command_hidden;
extern const struct command command_list;
extern const struct command command_pid;
extern const struct command command_run;
extern const struct command command_start;
extern const struct command command_status;
extern const struct command command_stop;
extern const struct command command_version;
extern const struct command command_wait;
extern const struct command command_watch;

#endif /* TMCTL_H */
