// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "selection_proc.h"

static int each_number(const char *path, void (*call)(pid_t pid, void *arg), void *arg)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	pid_t pid;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (isdigit((unsigned char)*entry->d_name) && !parse_pid(entry->d_name, &pid))
			call(pid, arg);
	}
	closedir(dir);
	return 0;
}

void selection_each_process(void (*call)(pid_t pid, void *arg), void *arg)
{
	each_number("/proc", call, arg);
}

int selection_each_thread(pid_t pid, void (*call)(pid_t tid, void *arg), void *arg)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	ret = each_number(path, call, arg);
	if (ret && errno == ENOENT)
		errno = ESRCH;
	return ret;
}

static FILE *open_file(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

bool selection_read_name(pid_t pid, char name[TM_COMM_LEN])
{
	FILE *file = open_file(pid, "comm");
	size_t length;

	if (!file)
		return false;
	/* A name may have a line's end in it; the last one is the file's. */
	length = fread(name, 1, TM_COMM_LEN, file);
	fclose(file);
	if (!length)
		return false;
	name[length - 1] = '\0';
	return true;
}

bool selection_read_uid(pid_t pid, uid_t *uid)
{
	FILE *file = open_file(pid, "status");
	char line[256];
	bool found = false;
	unsigned int number;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "Uid: %u", &number) == 1;
	fclose(file);
	if (found)
		*uid = number;
	return found;
}

/*
 * Not getpwnam(): a program that is linked statically would need the very libc
 * that it was built with, for NSS, at run time.
 */
bool selection_find_user(const char *name, uid_t *uid)
{
	const struct passwd *entry;
	FILE *file = fopen("/etc/passwd", "re");
	bool found = false;

	if (!file)
		return false;
	while (!found && (entry = fgetpwent(file))) {
		found = !strcmp(entry->pw_name, name);
		if (found)
			*uid = entry->pw_uid;
	}
	fclose(file);
	return found;
}
