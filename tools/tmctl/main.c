// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl: the command line of taskmonitor.
 *
 * Floors, lowest first; a file uses only those below it:
 *	utf8 json parse rates clock	know nothing of tmctl
 *	timeline chart run_tree		likewise
 *	error output			how it ends
 *	field outcome columns		what is shown, and how
 *	table				rows of fields
 *	run_report run_child		parts of tmctl run
 *	request				libtaskmonitor, with messages
 *	hidden_*			the views that hidden compares
 *	doctor_*			the checks that doctor makes
 *	cmd_*				one file for a family of commands
 *	options main			the command line
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

#include "error.h"
#include "options.h"
#include "output.h"
#include "tmctl.h"

static const struct command commands[] = {
	{ "get", cmd_get, "av", "[--all]", "sample the target now",
	  "  -a, -v, --all         every figure, one a line\n" },
	{ "watch", cmd_watch, "i:c:", "[SECONDS [COUNT]]", "a row each interval, then averages",
	  "  -i, --interval=TIME   between two rows: 2, 0.5, 100ms (default: 1 second)\n"
	  "  -c, --count=COUNT     rows to print (default: until Ctrl-C)\n" },
	{ "start", cmd_start, "", "", "start the sampling", NULL },
	{ "stop", cmd_stop, "", "", "stop the sampling", NULL },
	{ "pid", cmd_pid, "", "[PID]", "show the target, or make PID the target", NULL },
	{ "status", cmd_status, "", "", "what the sampler does, and every session", NULL },
	{ "hidden", cmd_hidden, "C", "[--csv]", "processes that hide from some views of the machine",
	  "  -C, --csv             comma separated values\n\n"
	  "Exit codes: 0 none hides, 1 some do, 5 failed; 2, 3, 4 as everywhere.\n" },
	{ "doctor", cmd_doctor, "R:", "", "why something does not work, and what to do",
	  "  -R, --root=DIR        look at the files of the machine below DIR\n\n"
	  "Exit codes: 0 nothing is in the way (warnings may be), 1 something is.\n" },
	{ "run", cmd_run, "+ai:n:o:r:Cqw", "[--] CMD...", "run CMD, sum up all it has started",
	  "CMD's exit code is passed on, 128+N if signal N ended it, 127 if it is not found,\n"
	  "126 if it cannot be run. The summary goes to standard error.\n"
	  "\n"
	  "  -i, --interval=TIME   between two samples (default: 10ms)\n"
	  "  -n, --top=N           processes in the table, by CPU time (default: 10)\n"
	  "  -a, --all             all of them (default with --json and --csv)\n"
	  "  -o, --output=FILE     write the summary to FILE\n"
	  "  -C, --csv             the table of processes alone, comma-separated\n"
	  "  -q, --no-chart        no chart of CPU and memory\n"
	  "  -w, --wait-all        until every descendant has exited, not CMD alone\n"
	  "  -r, --ring=RECORDS    length of the history (default: 16384)\n" },
	{ "wait", cmd_wait, "ei:m:p:f:t:y", "[OPTION]... PID...", "wait until something happens",
	  "  -e, --exit            it exits (the default)\n"
	  "  -m, --rss-above=SIZE  its resident set is above SIZE: bytes, or 500K, 1.5G\n"
	  "  -p, --cpu-above=PCT   its CPU use is, percent of one CPU\n"
	  "  -f, --for=TIME        and stays so for TIME\n"
	  "  -y, --any             to one of the PIDs, not to each\n"
	  "  -t, --timeout=TIME    wait no longer; exit code 124 then\n"
	  "  -i, --interval=TIME   between two looks at memory and CPU (default: 100ms)\n" },
	{ "version", cmd_version, "", "", "versions of tmctl, library and module", NULL },
	{ "help", cmd_help, "", "[COMMAND]", "this help, or a command's", NULL },
};

static const char common_help[] =
	"Options, before or after the command:\n"
	"  -j, --json            one JSON object a line, errors included\n"
	"      --device=PATH     instead of " TM_DEVICE_PATH "\n"
	"                        (also: environment variable TASKMONITOR_DEVICE)\n"
	"  -h, --help            this help, or the command's\n"
	"  -V, --version         versions\n";

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
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int unknown_command(const char *name)
{
	return fail_usage("unknown command '%s'", name);
}

static int print_help(void)
{
	size_t i;

	printf("Usage: tmctl [OPTION]... COMMAND [ARGUMENT]...\n"
	       "Processes sampled from inside the kernel, by the taskmonitor module.\n"
	       "\n"
	       "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-7s %-18s %s\n", commands[i].name, commands[i].usage, commands[i].help);
	printf("\n%s%s", common_help, closing_help);
	return STATUS_DONE;
}

static int print_command_help(const struct command *cmd)
{
	printf("Usage: tmctl %s%s%s\n%s: %s\n\n", cmd->name, *cmd->usage ? " " : "", cmd->usage,
	       cmd->name, cmd->help);
	if (cmd->details)
		printf("%s\n", cmd->details);
	printf("%s", common_help);
	return STATUS_DONE;
}

int cmd_help(const struct options *opts, int argc, char **argv)
{
	const struct command *cmd;

	(void)opts;
	if (!argc)
		return print_help();
	if (argc > 1)
		return fail_excess("help", argv[1]);
	cmd = find_command(argv[0]);
	return cmd ? print_command_help(cmd) : unknown_command(argv[0]);
}

static int run_command(struct options *opts, const struct command *cmd, int argc, char **argv)
{
	int first = options_parse(opts, cmd, argc, argv);

	if (first < 0)
		return STATUS_USAGE;
	if (opts->help)
		return print_command_help(cmd);
	if (opts->version)
		return cmd_version(opts, 0, NULL);
	return cmd->run(opts, argc - first, argv + first);
}

static int tmctl(int argc, char **argv)
{
	const char *device = getenv("TASKMONITOR_DEVICE");
	struct options opts = { .device = device && *device ? device : TM_DEVICE_PATH };
	const struct command *cmd;
	int first;

	if (!options_first_look(argc, argv))
		return STATUS_USAGE;
	first = options_parse(&opts, NULL, argc, argv);
	if (first < 0)
		return STATUS_USAGE;
	if (opts.help && first == argc)
		return print_help();
	if (opts.version && first == argc)
		return cmd_version(&opts, 0, NULL);
	if (first == argc)
		return fail_usage("no command given");
	cmd = find_command(argv[first]);
	if (!cmd)
		return unknown_command(argv[first]);
	return run_command(&opts, cmd, argc - first, argv + first);
}

int main(int argc, char **argv)
{
	output_init();
	return output_close(tmctl(argc, argv));
}
