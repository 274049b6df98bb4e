// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "naming.h"
#include "users.h"
#include "utf8.h"

/* The first @depth names of a path. */
static void cut_path(char *path, unsigned int depth)
{
	char *end = path;

	while (*end && depth--)
		end += 1 + strcspn(end + 1, "/");
	*end = '\0';
}

static void cgroup_label(struct naming *naming, const struct task_sample *sample, char *label)
{
	const char *path = NULL;
	char cut[LABEL_MAX];

	if (sample->valid & TM_VALID_CGROUP)
		path = cgroups_path(&naming->cgroups, sample->cgroup_id, sample->time_ns);
	snprintf(cut, sizeof(cut), "%s", path ? path : CGROUP_GONE);
	if (path)
		cut_path(cut, naming->depth);
	utf8_printable(cut, label, LABEL_MAX);
}

void naming_label(struct naming *naming, const struct task_sample *sample, char *label)
{
	switch (naming->by) {
	case BY_NAME:
		utf8_printable(sample->comm, label, LABEL_MAX);
		break;
	case BY_CGROUP:
		cgroup_label(naming, sample, label);
		break;
	case BY_USER:
		utf8_printable(user_name(sample->uid), label, LABEL_MAX);
		break;
	}
}

bool naming_same(const struct naming *naming, const struct task_sample *a,
		 const struct task_sample *b)
{
	switch (naming->by) {
	case BY_NAME:
		return !strncmp(a->comm, b->comm, TM_COMM_LEN);
	case BY_CGROUP:
		return a->cgroup_id == b->cgroup_id;
	case BY_USER:
		break;
	}
	return a->uid == b->uid;
}
