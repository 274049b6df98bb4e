// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

#include "error.h"
#include "options.h"
#include "output.h"
#include "status.h"

#define OPTIONS_MAX	48	/* of one command, the common ones included */
#define NUMBERED	256	/* what getopt gives: this and an option's place in the table */

static struct options common;

static const struct opt common_opts[] = {
	OPT_FLAG('j', "json", &common.json, "one JSON object a line, errors included"),
	OPT_VALUE(0, "device", "PATH", &common.device,
		  "instead of " TM_DEVICE_PATH "\n"
		  "(also: environment variable TASKMONITOR_DEVICE)"),
	OPT_FLAG('h', "help", &common.help, "this help, or the command's"),
	OPT_FLAG('V', "version", &common.version, "versions"),
	OPT_END
};

/**
 * struct table - the options of one command as getopt wants them
 * @opts: each option
 * @longs: the same for getopt_long()
 * @letters: the letters, as for getopt()
 * @n: how many
 */
struct table {
	const struct opt *opts[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 3];
	size_t n;
};

static void table_add(struct table *t, const struct opt *opts)
{
	char *letters = t->letters + strlen(t->letters);

	for (; opts && opts->name && t->n < OPTIONS_MAX; opts++, t->n++) {
		t->opts[t->n] = opts;
		t->longs[t->n].name = opts->name;
		t->longs[t->n].has_arg = opts->arg ? required_argument : no_argument;
		t->longs[t->n].val = NUMBERED + (int)t->n;
		if (opts->letter)
			*letters++ = opts->letter;
		if (opts->letter && opts->arg)
			*letters++ = ':';
	}
}

/* Behind it, options may be another program's. */
static bool is_end(const char *arg)
{
	return !strcmp(arg, "--") || !strcmp(arg, "run") || !strcmp(arg, "record");
}

bool options_first_look(int argc, char **argv)
{
	const char *negative = NULL;
	int i;

	for (i = 1; i < argc && !is_end(argv[i]); i++) {
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json"))
			error_in_json(true);
		if (argv[i][0] == '-' && isdigit((unsigned char)argv[i][1]) && !negative)
			negative = argv[i];
	}
	if (negative)
		fail_usage("invalid argument '%s': numbers are positive", negative);
	return !negative;
}

/*
 * @arg is where getopt is, which says too little in one case: of letters that
 * stand together the wrong one is in optopt.
 */
static int complain(const struct command *cmd, int problem, const char *arg)
{
	const char *name = cmd ? cmd->name : "";
	const char *colon = cmd ? ": " : "";

	if (problem == ':')
		fail_usage("%s%soption '%s' needs an argument", name, colon, arg);
	else if (optopt > 0 && optopt < NUMBERED && strncmp(arg, "--", 2))
		fail_usage("%s%sunknown option '-%c'", name, colon, optopt);
	else
		fail_usage("%s%sunknown option '%s'", name, colon, arg);
	return -1;
}

static const struct opt *find_option(const struct table *t, int found)
{
	size_t i;

	if (found >= NUMBERED)
		return t->opts[found - NUMBERED];
	for (i = 0; i < t->n; i++) {
		if (t->opts[i]->letter == found)
			return t->opts[i];
	}
	return NULL;
}

static void set_option(const struct opt *opt)
{
	if (opt->arg)
		*opt->value = optarg;
	else
		*opt->flag = true;
	if (common.json)
		error_in_json(true);
}

void options_init(struct options *opts)
{
	const char *device = getenv("TASKMONITOR_DEVICE");

	memset(opts, 0, sizeof(*opts));
	opts->device = device && *device ? device : TM_DEVICE_PATH;
}

int options_parse(struct options *opts, const struct command *cmd, int argc, char **argv)
{
	struct table table = { 0 };
	int found;

	/* '+' stops at the first argument; ':' tells a missing argument from the rest. */
	strcpy(table.letters, !cmd || cmd->stops ? "+:" : ":");
	table_add(&table, common_opts);
	table_add(&table, cmd ? cmd->opts : NULL);
	optind = 0;	/* start afresh, as glibc and musl have it */
	opterr = 0;
	common = *opts;

	while ((found = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1) {
		const struct opt *opt = find_option(&table, found);

		if (!opt)
			return complain(cmd, found, argv[optind - 1]);
		set_option(opt);
	}
	*opts = common;
	return optind;
}

static void print_option(const struct opt *opt)
{
	const char *line = opt->help;
	char left[64];

	snprintf(left, sizeof(left), "%c%c%c --%s%s%s", opt->letter ? '-' : ' ',
		 opt->letter ? opt->letter : ' ', opt->letter ? ',' : ' ', opt->name,
		 opt->arg ? "=" : "", opt->arg ? opt->arg : "");
	printf("  %-21s", left);
	while (*line) {
		int length = (int)strcspn(line, "\n");

		printf(" %.*s\n", length, line);
		line += length;
		if (*line++ != '\n')
			break;
		printf("  %-21s", "");
	}
}

static void print_options(const struct opt *opts)
{
	for (; opts->name; opts++)
		print_option(opts);
}

void options_print_common(void)
{
	printf("Options, before or after the command:\n");
	print_options(common_opts);
}

int command_print_help(const struct command *cmd)
{
	printf("Usage: tmctl %s%s%s\n%s: %s\n\n", cmd->name, *cmd->usage ? " " : "", cmd->usage,
	       cmd->name, cmd->help);
	if (cmd->opts) {
		print_options(cmd->opts);
		putchar('\n');
	}
	if (cmd->details)
		printf("%s\n", cmd->details);
	if (cmd->more_help)
		cmd->more_help();
	options_print_common();
	return STATUS_DONE;
}

static int run_program(const struct command *cmd, int argc, char **argv)
{
	struct options opts;
	int first;

	options_init(&opts);
	if (!cmd->stops && !options_first_look(argc, argv))
		return STATUS_USAGE;
	first = options_parse(&opts, cmd, argc, argv);
	if (first < 0)
		return STATUS_USAGE;
	if (opts.help)
		return command_print_help(cmd);
	if (opts.version) {
		printf("tmctl-%s %s\n", cmd->name, TM_LIB_VERSION);
		return STATUS_DONE;
	}
	return cmd->run(&opts, argc - first, argv + first);
}

int program_main(const struct command *cmd, int argc, char **argv)
{
	output_init();
	return output_close(run_program(cmd, argc, argv));
}
