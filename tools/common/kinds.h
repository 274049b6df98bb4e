/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of samples, records and events by their names. */
#ifndef COMMON_KINDS_H
#define COMMON_KINDS_H

#include <stdint.h>

/* Of enum tm_kind; "other" of one that only a later module knows. */
const char *kind_name(unsigned int kind);

/**
 * kinds_parse() - read a list of names
 * @list: NAME[,NAME]...
 * @choice: 1 << enum tm_kind of those that can be chosen
 * @kinds: set to such a mask
 *
 * Return: 0, or -EINVAL with @kinds unchanged.
 */
int kinds_parse(const char *list, uint32_t choice, uint32_t *kinds);

#endif /* COMMON_KINDS_H */
