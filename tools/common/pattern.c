// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "error.h"
#include "pattern.h"
#include "status.h"

int pattern_compile(regex_t *pattern, const char *command, const char *expression)
{
	int err = regcomp(pattern, expression, REG_EXTENDED | REG_NOSUB);
	char why[128];

	if (!err)
		return STATUS_DONE;
	regerror(err, pattern, why, sizeof(why));
	return fail_usage("%s: invalid expression '%s': %s", command, expression, why);
}

bool pattern_matches(const regex_t *pattern, const char *name)
{
	return !regexec(pattern, name, 0, NULL, 0);
}
