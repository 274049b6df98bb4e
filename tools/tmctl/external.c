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
	const char *packages;	/* what building it needs, by Debian's names */
} externals[] = {
	{ "top", "[OPTION]...", "the whole system on the screen", "libncurses-dev" },
	{ "record", "-o FILE ...", "keep the history of processes in a file", "libsqlite3-dev" },
	{ "report", "FILE", "what is in such a file, as tables", "libsqlite3-dev" },
	{ "export", "FILE", "the same as CSV, JSON lines or a trace", "libsqlite3-dev" },
	{ "plot", "FILE -o PICTURE", "the same as a picture", "libsqlite3-dev, libcairo2-dev" },
	{ "events", "[OPTION]...", "what happens to processes, as it happens", "libnl-genl-3-dev" },
	{ "exporter", "[OPTION]...", "metrics for Prometheus", "libmicrohttpd-dev" },
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
			return fail(STATUS_FAILED, "%s: tmctl-%s: %s (built where there is %s; "
				    "see: make tools)", name, name, strerror(err),
				    externals[i].packages);
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
