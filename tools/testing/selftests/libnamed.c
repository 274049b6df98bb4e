// SPDX-License-Identifier: GPL-2.0-only
/* Named sessions: see named.h. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "named.h"

#define CONFIGFS	"/sys/kernel/config"
#define CONFIGFS_KO	"/lib/configfs.ko"

bool named_possible(const char *what)
{
	const char *path = getenv("TM_CONFIGFS");
	bool possible = path && file_exists(path);

	if (!possible)
		tap_skip("no taskmonitor_configfs.ko here", "%s", what);
	return possible;
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = -errno;
	close(fd);
	return err;
}

void named_need(void)
{
	int err;

	/* Built in, or a module. */
	if (!file_exists(CONFIGFS) && (err = load(CONFIGFS_KO)))
		tap_bail("%s does not load: %s", CONFIGFS_KO, errno_name(err));
	err = load(getenv("TM_CONFIGFS"));
	if (err)
		tap_bail("taskmonitor_configfs.ko does not load: %s", errno_name(err));
	if (!file_exists(NAMED_ROOT) && mount("configfs", CONFIGFS, "configfs", 0, NULL))
		tap_bail("configfs cannot be mounted: %s", strerror(errno));
}

int named_unload(void)
{
	DIR *dir = opendir(NAMED_ROOT);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			named_end(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return syscall(SYS_delete_module, "taskmonitor_configfs", O_NONBLOCK) ? -errno : 0;
}

static void path_of(char *path, const char *name, const char *file)
{
	snprintf(path, NAMED_PATH, NAMED_ROOT "/%s%s%s", name, file ? "/" : "", file ?: "");
}

int named_make(const char *name)
{
	char path[NAMED_PATH];

	path_of(path, name, NULL);
	return mkdir(path, 0700) ? -errno : 0;
}

int named_end(const char *name)
{
	char path[NAMED_PATH];

	path_of(path, name, NULL);
	return rmdir(path) ? -errno : 0;
}

int named_put(const char *name, const char *file, const char *text)
{
	char path[NAMED_PATH];

	path_of(path, name, file);
	return file_write(path, text);
}

int named_get(const char *name, const char *file, char *buf, size_t size)
{
	char path[NAMED_PATH];

	path_of(path, name, file);
	return file_read(path, buf, size);
}

long long named_state(const char *name, const char *key)
{
	char buf[1024], *line;
	int len = named_get(name, "state", buf, sizeof(buf));
	size_t size = strlen(key);

	if (len < 0)
		return len;
	for (line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strncmp(line, key, size) && line[size] == ' ')
			return atoll(line + size);
	}
	return -ENOENT;
}

int named_lines(const char *name, const char *file)
{
	char path[NAMED_PATH], buf[4096];
	int fd, n = 0;
	ssize_t len, i;

	path_of(path, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((len = read(fd, buf, sizeof(buf))) > 0) {
		for (i = 0; i < len; i++)
			n += buf[i] == '\n';
	}
	if (len < 0)
		n = -errno;
	close(fd);
	return n;
}
