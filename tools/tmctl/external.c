// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "external.h"
#include "output.h"
#include "status.h"

static const struct external {
	const char *name;
	const char *usage;
	const char *help;
	/* By Debian's names: what it is in, and what building it needs. */
	const char *package;
	const char *needs;
} externals[] = {
	{ "top", "[OPTION]...", "the whole system on the screen", "tmctl-top", "libncurses-dev" },
	{ "record", "-o FILE ...", "keep the history of processes in a file", "tmctl-record",
	  "libsqlite3-dev" },
	{ "report", "FILE", "what is in such a file, as tables", "tmctl-record",
	  "libsqlite3-dev" },
	{ "export", "FILE", "the same as CSV, JSON lines or a trace", "tmctl-record",
	  "libsqlite3-dev" },
	{ "plot", "FILE -o PICTURE", "the same as a picture", "tmctl-plot",
	  "libsqlite3-dev, libcairo2-dev" },
	{ "events", "[OPTION]...", "what happens to processes, as it happens", "tmctl-events",
	  "libnl-genl-3-dev" },
	{ "exporter", "[OPTION]...", "metrics for Prometheus", "tmctl-exporter",
	  "libmicrohttpd-dev" },
};

void external_print_help(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(externals); i++)
		printf("  %-8s %-18s %s\n", externals[i].name, externals[i].usage,
		       externals[i].help);
}

static int not_there(const char *name, int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(externals); i++) {
		if (!strcmp(externals[i].name, name))
			return fail(STATUS_FAILED, "%s: tmctl-%s: %s (Debian: apt install %s; by "
				    "make tools where there is %s)", name, name, strerror(err),
				    externals[i].package, externals[i].needs);
	}
	return fail_usage("unknown command '%s'", name);
}

/* The path of a program in tmctl's own directory; false: it would be too long. */
static bool beside(const char *program, char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (length <= 0)
		return false;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + 1 - path) + strlen(program) >= size)
		return false;
	strcpy(slash + 1, program);
	return true;
}

int external_run(const char *name, char **argv)
{
	char program[64], path[PATH_MAX];
	int length = snprintf(program, sizeof(program), "tmctl-%s", name);

	if (strchr(name, '/') || length >= (int)sizeof(program))
		return fail_usage("unknown command '%s'", name);
	argv[0] = program;
	output_undo();
	if (beside(program, path, sizeof(path)))
		execv(path, argv);
	execvp(program, argv);
	return not_there(name, errno);
}
