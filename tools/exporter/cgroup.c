// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup.h"
#include "clock.h"

#define WALK_NS		NSEC_PER_SEC
#define DEPTH_MAX	64	/* of directories; the kernel lets more be made */

struct cgroup_entry {
	uint64_t id;
	char *path;
};

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

void cgroups_init(struct cgroups *cgroups, const char *root)
{
	memset(cgroups, 0, sizeof(*cgroups));
	cgroups->root = root;
	if (!root && is_cgroup2("/sys/fs/cgroup"))
		cgroups->root = "/sys/fs/cgroup";
	else if (!root && is_cgroup2("/sys/fs/cgroup/unified"))
		cgroups->root = "/sys/fs/cgroup/unified";
}

static void forget(struct cgroups *cgroups)
{
	while (cgroups->count)
		free(cgroups->entries[--cgroups->count].path);
}

void cgroups_free(struct cgroups *cgroups)
{
	forget(cgroups);
	free(cgroups->entries);
	memset(cgroups, 0, sizeof(*cgroups));
}

/* What there is no memory for is not known, as if it were gone. */
static void add(struct cgroups *cgroups, uint64_t id, const char *path)
{
	if (cgroups->count == cgroups->room) {
		size_t room = cgroups->room ? 2 * cgroups->room : 256;
		struct cgroup_entry *entries = realloc(cgroups->entries, room * sizeof(*entries));

		if (!entries)
			return;
		cgroups->entries = entries;
		cgroups->room = room;
	}
	cgroups->entries[cgroups->count].id = id;
	cgroups->entries[cgroups->count].path = strdup(path);
	if (cgroups->entries[cgroups->count].path)
		cgroups->count++;
}

/* The directories in @fd, which is closed here; @path has room for PATH_MAX and is put back. */
static void walk(struct cgroups *cgroups, int fd, char *path, unsigned int depth)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t length = strlen(path);
	struct dirent *entry;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		size_t room = PATH_MAX - length;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    (size_t)snprintf(path + length, room, "/%s", entry->d_name) >= room)
			continue;
		add(cgroups, entry->d_ino, path);
		if (depth < DEPTH_MAX)
			walk(cgroups, openat(dirfd(dir), entry->d_name,
					     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			     path, depth + 1);
	}
	path[length] = '\0';
	if (dir)
		closedir(dir);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct cgroup_entry *)a)->id;
	uint64_t y = ((const struct cgroup_entry *)b)->id;

	return (x > y) - (x < y);
}

static void walk_all(struct cgroups *cgroups)
{
	char path[PATH_MAX] = "";
	struct stat root;

	forget(cgroups);
	if (!cgroups->root || stat(cgroups->root, &root))
		return;
	add(cgroups, root.st_ino, "/");
	walk(cgroups, open(cgroups->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, 1);
	if (cgroups->count)
		qsort(cgroups->entries, cgroups->count, sizeof(*cgroups->entries), compare);
}

static const struct cgroup_entry *find(const struct cgroups *cgroups, uint64_t id)
{
	const struct cgroup_entry key = { .id = id };

	if (!cgroups->count)
		return NULL;
	return bsearch(&key, cgroups->entries, cgroups->count, sizeof(key), compare);
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id, uint64_t now_ns)
{
	const struct cgroup_entry *found = find(cgroups, id);

	if (!found && (!cgroups->walked_ns || now_ns >= cgroups->walked_ns + WALK_NS)) {
		cgroups->walked_ns = now_ns;
		walk_all(cgroups);
		found = find(cgroups, id);
	}
	return found ? found->path : NULL;
}
