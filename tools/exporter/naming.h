/* SPDX-License-Identifier: GPL-2.0-only */
/* Which group a process is in: the label of its name, its cgroup or its user. */
#ifndef TMCTL_EXPORTER_NAMING_H
#define TMCTL_EXPORTER_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/taskmonitor.h>

#include "cgroup.h"

enum naming_by {
	BY_NAME,
	BY_CGROUP,
	BY_USER,
};

#define CGROUP_GONE	"(gone)"	/* no path begins so */
#define LABEL_MAX	512		/* bytes of a label, NUL included */

/**
 * struct naming - how labels are made
 * @by: of what
 * @depth: of a cgroup's path no more than so many names
 * @cgroups: their paths
 */
struct naming {
	enum naming_by by;
	unsigned int depth;
	struct cgroups cgroups;
};

/**
 * naming_label() - the label of a process's group
 * @naming: how
 * @sample: the process, no kernel thread
 * @label: where to put it, LABEL_MAX bytes: printable UTF-8
 */
void naming_label(struct naming *naming, const struct task_sample *sample, char *label);

/* Whether what the label is made of is the same in both. */
bool naming_same(const struct naming *naming, const struct task_sample *a,
		 const struct task_sample *b);

#endif /* TMCTL_EXPORTER_NAMING_H */
