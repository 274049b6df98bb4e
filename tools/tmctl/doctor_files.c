// SPDX-License-Identifier: GPL-2.0-only
/* The files that doctor looks into. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"

#define SIGNATURE	"~Module signature appended~\n"

void file_path(const struct patient *p, const char *path, char *buf)
{
	snprintf(buf, PATH_BYTES, "%s%s", p->root, path);
}

bool file_exists(const struct patient *p, const char *path)
{
	char full[PATH_BYTES];
	struct stat st;

	file_path(p, path, full);
	return !stat(full, &st);
}

static FILE *file_open(const struct patient *p, const char *path)
{
	char full[PATH_BYTES];

	file_path(p, path, full);
	return fopen(full, "re");
}

int file_text(const struct patient *p, const char *path, char *buf, size_t size)
{
	FILE *file = file_open(p, path);
	size_t length;

	buf[0] = '\0';
	if (!file)
		return -1;
	length = fread(buf, 1, size - 1, file);
	fclose(file);
	buf[length] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

bool module_is_compressed(const struct patient *p)
{
	const char *dot = strrchr(p->file, '.');

	return dot && strcmp(dot, ".ko");
}

/* All of the module's file, to be freed; NULL: it cannot be read. */
static char *module_read(const struct patient *p, size_t *size)
{
	FILE *file = file_open(p, p->file);
	struct stat st;
	char *bytes = NULL;

	if (!file)
		return NULL;
	if (!fstat(fileno(file), &st))
		bytes = malloc((size_t)st.st_size + 1);
	*size = bytes ? fread(bytes, 1, (size_t)st.st_size, file) : 0;
	fclose(file);
	return bytes;
}

bool module_info(const struct patient *p, const char *key, char *buf, size_t size)
{
	size_t bytes, length = strlen(key);
	char *image = module_read(p, &bytes), *at;

	if (!image)
		return false;
	at = memmem(image, bytes, key, length);
	if (at) {
		at += length;
		bytes -= (size_t)(at - image);
		bytes = strnlen(at, bytes < size - 1 ? bytes : size - 1);
		memcpy(buf, at, bytes);
		buf[bytes] = '\0';
	}
	free(image);
	return at;
}

bool module_is_signed(const struct patient *p)
{
	const size_t length = strlen(SIGNATURE);
	size_t bytes;
	char *image = module_read(p, &bytes);
	bool is_signed = image && bytes >= length &&
			 !memcmp(image + bytes - length, SIGNATURE, length);

	free(image);
	return is_signed;
}

/* "kernel/a/b.ko.xz: kernel/c.ko ..." */
static bool in_modules_dep(const struct patient *p, const char *release, char *buf, size_t size)
{
	char path[PATH_BYTES], line[4096], *end, *name;
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = file_open(p, path);
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		end = strchr(line, ':');
		name = strstr(line, "taskmonitor.ko");
		if (!end || !name || name > end || (name > line && name[-1] != '/'))
			continue;
		*end = '\0';
		/* What is outside of the kernel's directory has its whole path. */
		if (*line == '/')
			snprintf(buf, size, "%s", line);
		else
			snprintf(buf, size, "/lib/modules/%s/%s", release, line);
		found = true;
	}
	fclose(file);
	return found;
}

bool module_find(const struct patient *p, const char *release, char *buf, size_t size, bool *known)
{
	static const char *const places[] = { "updates", "updates/dkms", "extra" };
	static const char *const endings[] = { "", ".xz", ".zst", ".gz" };
	size_t i, k;

	*known = in_modules_dep(p, release, buf, size);
	if (*known && file_exists(p, buf))
		return true;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = 0; k < ARRAY_SIZE(endings); k++) {
			*known = false;
			snprintf(buf, size, "/lib/modules/%s/%s/taskmonitor.ko%s", release,
				 places[i], endings[k]);
			if (file_exists(p, buf))
				return true;
		}
	}
	buf[0] = '\0';
	return false;
}

bool module_elsewhere(const struct patient *p, char *buf, size_t size)
{
	char path[PATH_BYTES], file[512];
	struct dirent *entry;
	bool found = false, known;
	DIR *dir;

	file_path(p, "/lib/modules", path);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, p->release))
			continue;
		found = module_find(p, entry->d_name, file, sizeof(file), &known);
		if (found)
			snprintf(buf, size, "%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}
