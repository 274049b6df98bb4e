/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users by the system's database (NSS), for programs that are linked dynamically.
 * tmctl itself may be static, see selection_find_user().
 */
#ifndef TMCTL_USERS_H
#define TMCTL_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The user's name, as the system's database has it, or the number; asked for once. */
const char *user_name(uint32_t uid);

/* A user's number, by name or number; false: there is no such user. */
bool user_find(const char *name, uint32_t *uid);

#endif /* TMCTL_USERS_H */
