// SPDX-License-Identifier: GPL-2.0-only
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "users.h"

/* Users of a number share a slot; the one asked for last has it. */
#define SLOTS	256

static struct user {
	uint32_t uid;
	char *name;	/* NULL: nobody has asked */
} users[SLOTS];

const char *user_name(uint32_t uid)
{
	static char number[16];
	struct user *user = &users[uid % SLOTS];
	const struct passwd *entry;

	if (user->name && user->uid == uid)
		return user->name;
	free(user->name);
	user->uid = uid;
	entry = getpwuid(uid);
	if (entry)
		user->name = strdup(entry->pw_name);
	else if (asprintf(&user->name, "%u", uid) < 0)
		user->name = NULL;
	if (user->name)
		return user->name;
	snprintf(number, sizeof(number), "%u", uid);
	return number;
}

bool user_find(const char *name, uint32_t *uid)
{
	const struct passwd *entry = getpwnam(name);
	uint64_t number;

	if (entry)
		*uid = entry->pw_uid;
	else if (!parse_uint(name, 0, UINT32_MAX, &number))
		*uid = (uint32_t)number;
	else
		return false;
	return true;
}
