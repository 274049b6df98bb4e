/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of cgroups (v2): their paths, found by a walk, as their numbers alone are in samples. */
#ifndef TMCTL_EXPORTER_CGROUP_H
#define TMCTL_EXPORTER_CGROUP_H

#include <stddef.h>
#include <stdint.h>

struct cgroup_entry;

/**
 * struct cgroups - those that the last walk found
 * @root: the file system's directory; NULL: there is none
 * @entries: by number
 * @count: how many
 * @room: for how many there is
 * @walked_ns: when the last walk was; 0: there was none
 */
struct cgroups {
	const char *root;
	struct cgroup_entry *entries;
	size_t count;
	size_t room;
	uint64_t walked_ns;
};

/* @root: a directory of cgroup v2; NULL: look where one is mounted. */
void cgroups_init(struct cgroups *cgroups, const char *root);

void cgroups_free(struct cgroups *cgroups);

/**
 * cgroups_path() - the path of a cgroup below the root, "/" of the root itself
 * @cgroups: they
 * @id: its number
 * @now_ns: the time; where the number is not known there is a walk, once a second
 *
 * Return: the path, good until the next call; NULL: it is gone, or cannot be seen.
 */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id, uint64_t now_ns);

#endif /* TMCTL_EXPORTER_CGROUP_H */
