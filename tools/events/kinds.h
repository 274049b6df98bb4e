/* SPDX-License-Identifier: GPL-2.0-only */
/* What events there are, by their names. */
#ifndef EVENTS_KINDS_H
#define EVENTS_KINDS_H

#include <stdint.h>

/* Of enum tm_kind; "other" of one that only a later module knows. */
const char *kind_name(unsigned int kind);

/**
 * kinds_parse() - read a list of names
 * @list: NAME[,NAME]...
 * @kinds: set to a mask of 1 << enum tm_kind
 *
 * Return: 0, or -EINVAL with @kinds unchanged.
 */
int kinds_parse(const char *list, uint32_t *kinds);

#endif /* EVENTS_KINDS_H */
