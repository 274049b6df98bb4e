/* SPDX-License-Identifier: GPL-2.0-only */
/* How a process ended: what wait4(2) says, taken apart. */
#ifndef TMCTL_OUTCOME_H
#define TMCTL_OUTCOME_H

#include <stdint.h>

#include "field.h"

/* Fields of an int32_t as wait4(2) gives it. */
extern const struct field_type field_outcome;	/* 3, or for people: SIGKILL */
extern const struct field_type field_exit_status;	/* null where a signal ended it */
extern const struct field_type field_term_signal;	/* null where none did */

/* The code that a shell has for it: 128 + N for signal N. */
int outcome_shell(int32_t code);

#endif /* TMCTL_OUTCOME_H */
