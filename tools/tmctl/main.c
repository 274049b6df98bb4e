// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl: the command line of taskmonitor.
 *
 * Floors, lowest first; a file uses only those below it:
 *	../common			what is shown and how, errors, the library with messages
 *	run_tree			knows nothing of tmctl
 *	run_report			the report of tmctl run
 *	hidden_*			the views that hidden compares
 *	doctor_*			the checks that doctor makes
 *	cmd_*				one file for a family of commands
 *	external			commands that are other programs
 *	main				the command line
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

#include "error.h"
#include "external.h"
#include "options.h"
#include "output.h"
#include "tmctl.h"

static int cmd_help(const struct options *opts, int argc, char **argv);

static const struct command command_help = {
	.name = "help",
	.run = cmd_help,
	.usage = "[COMMAND]",
	.help = "this help, or a command's",
};

static const struct command *const commands[] = {
	&command_get, &command_list, &command_watch, &command_pid, &command_add, &command_del,
	&command_start, &command_stop, &command_status, &command_hidden, &command_doctor, &command_run, &command_wait,
	&command_version, &command_help,
};

static const char closing_help[] =
	"\n"
	"Examples:\n"
	"  tmctl pid 128         make process 128 the target\n"
	"  tmctl get             pid 128 usr 36181127855 sys 28725434471\n"
	"  tmctl watch 1 5       five rows, a second apart, then their average\n"
	"  tmctl -j watch        the same for a program, without end\n"
	"\n"
	"An unknown figure is '-', in JSON null. Times are nanoseconds and sizes bytes in\n"
	"JSON; tables show seconds and KiB.\n"
	"\n"
	"Exit codes: 0 done, 1 failed or no such process, 2 usage, 3 the module is not\n"
	"there, 4 not permitted.\n";

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static int print_help(void)
{
	size_t i;

	printf("Usage: tmctl [OPTION]... COMMAND [ARGUMENT]...\n"
	       "Processes sampled from inside the kernel, by the taskmonitor module.\n"
	       "\n"
	       "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-8s %-18s %s\n", commands[i]->name, commands[i]->usage,
		       commands[i]->help);
	external_print_help();
	putchar('\n');
	options_print_common();
	printf("%s", closing_help);
	return STATUS_DONE;
}

static int external_help(const char *name)
{
	char help[] = "--help";
	char *argv[] = { NULL, help, NULL };

	return external_run(name, argv);
}

static int cmd_help(const struct options *opts, int argc, char **argv)
{
	const struct command *cmd;

	(void)opts;
	if (!argc)
		return print_help();
	if (argc > 1)
		return fail_excess("help", argv[1]);
	cmd = find_command(argv[0]);
	return cmd ? command_print_help(cmd) : external_help(argv[0]);
}

static int run_command(struct options *opts, const struct command *cmd, int argc, char **argv)
{
	int first = options_parse(opts, cmd, argc, argv);

	if (first < 0)
		return STATUS_USAGE;
	if (opts->help)
		return command_print_help(cmd);
	if (opts->version)
		return command_version.run(opts, 0, NULL);
	return cmd->run(opts, argc - first, argv + first);
}

/* The options before its name are its own as much as those behind it. */
static int run_external(char **argv, int command)
{
	const char *name = argv[command];

	memmove(&argv[1], &argv[0], (size_t)command * sizeof(*argv));
	return external_run(name, argv + 1);
}

static int tmctl(int argc, char **argv)
{
	struct options opts;
	const struct command *cmd;
	int first;

	options_init(&opts);
	if (!options_first_look(argc, argv))
		return STATUS_USAGE;
	first = options_parse(&opts, NULL, argc, argv);
	if (first < 0)
		return STATUS_USAGE;
	if (opts.help && first == argc)
		return print_help();
	if (opts.version && first == argc)
		return command_version.run(&opts, 0, NULL);
	if (first == argc)
		return fail_usage("no command given");
	cmd = find_command(argv[first]);
	if (!cmd)
		return run_external(argv, first);
	return run_command(&opts, cmd, argc - first, argv + first);
}

int main(int argc, char **argv)
{
	output_init();
	return output_close(tmctl(argc, argv));
}
