// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hidden_proc.h"

/* As getdents64(2) lays them down. */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static int raw_open(const char *path, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_RDONLY | O_CLOEXEC);
}

static void raw_close(int fd)
{
	syscall(SYS_close, fd);
}

/* All of a file that fits, terminated. -1: errno says why. */
static ssize_t raw_read(const char *path, char *buf, size_t size)
{
	int fd = raw_open(path, 0), err;
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	do {
		n = syscall(SYS_read, fd, buf + length, size - 1 - length);
		length += n > 0 ? (size_t)n : 0;
	} while (n > 0 && length < size - 1);
	err = errno;
	raw_close(fd);
	buf[length] = '\0';
	errno = err;
	return n < 0 ? -1 : (ssize_t)length;
}

/* The number that a name is; 0: it is none. */
static int32_t number_of(const char *name)
{
	int64_t number = 0;

	for (; *name >= '0' && *name <= '9' && number <= INT32_MAX; name++)
		number = number * 10 + (*name - '0');
	return *name || number > INT32_MAX ? 0 : (int32_t)number;
}

int proc_check(void)
{
	char link[16] = "";

	if (syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", link, sizeof(link) - 1) < 0)
		return errno;
	return number_of(link) == getpid() ? 0 : ENOTDIR;
}

static int add_name(struct look *look, const char *name, unsigned int view)
{
	int32_t pid = number_of(name);

	return !pid || look_add(look, pid, view) ? 0 : ENOMEM;
}

int proc_getdents(struct look *look)
{
	char buf[32768] __attribute__((aligned(8)));
	int fd = raw_open("/proc", O_DIRECTORY), err = 0;
	long n, at;

	if (fd < 0)
		return errno;
	while (!err && (n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n && !err; at += ((struct entry *)(buf + at))->length)
			err = add_name(look, ((struct entry *)(buf + at))->name, SEEN_GETDENTS);
	}
	if (!err && n < 0)
		err = errno;
	raw_close(fd);
	return err;
}

int proc_readdir(struct look *look)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return errno;
	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			break;
		err = add_name(look, entry->d_name, SEEN_READDIR);
	}
	if (!err)
		err = errno;
	closedir(dir);
	return err;
}

/* The file as /proc lays it out: "PID (NAME) STATE ..."; the start is field 22. */
static bool parse_stat(const char *text, struct sighting *row)
{
	const char *name = strchr(text, '('), *end = strrchr(text, ')'), *p = end;
	size_t length;
	int field;

	if (!name || !end || end < name || strtol(text, NULL, 10) != row->pid)
		return false;
	for (field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return false;
	row->proc_ticks = strtoull(p, NULL, 10);
	row->exited |= end[1] && (end[2] == 'Z' || end[2] == 'X');
	if (!row->known) {
		length = (size_t)(end - name - 1);
		memcpy(row->comm, name + 1,
		       length < sizeof(row->comm) ? length : sizeof(row->comm) - 1);
	}
	return true;
}

void proc_probe(struct sighting *row)
{
	char path[32], text[1024];

	snprintf(path, sizeof(path), "/proc/%d/stat", row->pid);
	if (raw_read(path, text, sizeof(text)) < 0) {
		/* What may not be read is there. */
		if (errno == EPERM || errno == EACCES)
			row->silent |= SEEN_PROC;
	} else if (parse_stat(text, row)) {
		row->seen |= SEEN_PROC;
	}
	if (!syscall(SYS_kill, row->pid, 0) || errno != ESRCH)
		row->seen |= SEEN_KILL;
}

static bool hides_others(const char *options)
{
	static const char *const hiding[] = {
		"hidepid=2", "hidepid=4", "hidepid=invisible", "hidepid=ptraceable",
	};
	size_t i;

	for (i = 0; i < sizeof(hiding) / sizeof(*hiding); i++) {
		if (strstr(options, hiding[i]))
			return true;
	}
	return false;
}

/* Of a line of mountinfo: ID PARENT DEVICE ROOT POINT OPTIONS ... - TYPE SOURCE SUPER */
static void look_at_mount(char *line, const char *directory, struct proc_mount *mount)
{
	char *point = line, *end;
	size_t length = strlen(directory);
	int field;

	for (field = 0; point && field < 4; field++)
		point = strchr(point + 1, ' ');
	end = point ? strchr(++point, ' ') : NULL;
	if (!end)
		return;
	*end = '\0';
	/* The last one on /proc is the one that is seen, and covers what was mounted below before. */
	if (!strcmp(point, "/proc")) {
		mount->covered = false;
		mount->hidepid = hides_others(end + 1);
	}
	if (!strncmp(point, directory, length) && (!point[length] || point[length] == '/'))
		mount->covered = true;
}

void proc_mount_of(int32_t pid, struct proc_mount *mount)
{
	size_t size = 1 << 20;
	char *text = malloc(size), *line, *rest;
	char directory[32];

	memset(mount, 0, sizeof(*mount));
	snprintf(directory, sizeof(directory), "/proc/%d", pid);
	if (text && raw_read("/proc/self/mountinfo", text, size) > 0) {
		for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
			look_at_mount(line, directory, mount);
	}
	free(text);
}
