// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/taskmonitor.h>

#include "kinds.h"
#include "status.h"

static const char *const names[] = {
	[TM_KIND_READ] = "read",
	[TM_KIND_PERIODIC] = "periodic",
	[TM_KIND_FORK] = "fork",
	[TM_KIND_EXEC] = "exec",
	[TM_KIND_EXITING] = "exiting",
	[TM_KIND_EXIT] = "exit",
	[TM_KIND_LOST] = "lost",
	[TM_KIND_THRESHOLD] = "threshold",
};

const char *kind_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "other";
}

/* The kind of a name that is @length long; -1: none. */
static int find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i] && strlen(names[i]) == length && !memcmp(names[i], name, length))
			return (int)i;
	}
	return -1;
}

int kinds_parse(const char *list, uint32_t choice, uint32_t *kinds)
{
	uint32_t mask = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		int kind = find(list, length);

		if (kind < 0 || !(choice & 1U << kind))
			return -EINVAL;
		mask |= 1U << kind;
		if (!list[length])
			break;
		list += length + 1;
	}
	*kinds = mask;
	return 0;
}
