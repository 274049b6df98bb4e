// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "status.h"

#define FILE_MAX	4096

/* Kept open: to open one costs as much as to read it. */
struct proc_file {
	const char *path;
	int fd;		/* 0: not yet opened; -1: it cannot be */
};

static struct proc_file meminfo = { "/proc/meminfo", 0 };
static struct proc_file loadavg = { "/proc/loadavg", 0 };

static bool read_file(struct proc_file *file, char *text)
{
	ssize_t n = -1;

	if (!file->fd)
		file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
	if (file->fd > 0)
		n = pread(file->fd, text, FILE_MAX - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static bool find_kib(const char *text, const char *key, uint64_t *bytes)
{
	const char *at = strstr(text, key);
	uint64_t kib;

	if (!at || sscanf(at + strlen(key), " %" SCNu64 " kB", &kib) != 1)
		return false;
	*bytes = kib * 1024;
	return true;
}

bool machine_parse_memory(struct machine *machine, const char *text)
{
	return find_kib(text, "MemTotal:", &machine->total_bytes) &&
	       find_kib(text, "MemAvailable:", &machine->available_bytes) &&
	       find_kib(text, "SwapTotal:", &machine->swap_total_bytes) &&
	       find_kib(text, "SwapFree:", &machine->swap_free_bytes);
}

void machine_read(struct machine *machine)
{
	char text[FILE_MAX];
	size_t i, blanks = 0;

	if (!machine->cpus)
		machine->cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	machine->memory_known = read_file(&meminfo, text) && machine_parse_memory(machine, text);
	/* "0.52 0.48 0.40 1/63 1234": the first three. */
	read_file(&loadavg, text);
	for (i = 0; text[i] && i < sizeof(machine->load) - 1; i++) {
		if (text[i] == ' ' && ++blanks == 3)
			break;
		machine->load[i] = text[i];
	}
	machine->load[i] = '\0';
}
