// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line's options.
 *
 * They are parsed twice with the same table: once before the command, once
 * after it, so that the common ones may stand on either side.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "options.h"

#define COMMON_LETTERS	"jhV"

enum {
	OPT_DEVICE = 256,	/* it has no letter */
};

static const struct option long_options[] = {
	{ "json",	no_argument,		NULL, 'j' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{ "device",	required_argument,	NULL, OPT_DEVICE },
	{ "all",	no_argument,		NULL, 'a' },
	{ "interval",	required_argument,	NULL, 'i' },
	{ "count",	required_argument,	NULL, 'c' },
	{ "root",	required_argument,	NULL, 'R' },
	{ "output",	required_argument,	NULL, 'o' },
	{ "ring",	required_argument,	NULL, 'r' },
	{ "top",	required_argument,	NULL, 'n' },
	{ "csv",	no_argument,		NULL, 'C' },
	{ "no-chart",	no_argument,		NULL, 'q' },
	{ "wait-all",	no_argument,		NULL, 'w' },
	{ "exit",	no_argument,		NULL, 'e' },
	{ "rss-above",	required_argument,	NULL, 'm' },
	{ "cpu-above",	required_argument,	NULL, 'p' },
	{ "for",	required_argument,	NULL, 'f' },
	{ "timeout",	required_argument,	NULL, 't' },
	{ "any",	no_argument,		NULL, 'y' },
	{ NULL, 0, NULL, 0 }
};

/* Behind it, options may be another program's. */
static bool is_end(const char *arg)
{
	return !strcmp(arg, "--") || !strcmp(arg, "run");
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
 * @arg is where getopt is, which says too little in two cases: of letters that
 * stand together the wrong one is in optopt, and a long option that is another
 * command's has been taken already, maybe with an argument.
 */
static int complain(const struct command *cmd, int problem, const char *arg, int long_index)
{
	const char *name = cmd ? cmd->name : "";
	const char *colon = cmd ? ": " : "";

	if (problem == ':')
		fail_usage("%s%soption '%s' needs an argument", name, colon, arg);
	else if (long_index >= 0)
		fail_usage("%s%sunknown option '--%s'", name, colon, long_options[long_index].name);
	else if (optopt > 0 && optopt < 256 && strncmp(arg, "--", 2))
		fail_usage("%s%sunknown option '-%c'", name, colon, optopt);
	else
		fail_usage("%s%sunknown option '%s'", name, colon, arg);
	return -1;
}

/* A long option is in the one table for all, but may not be this command's. */
static bool taken(int option, const char *letters)
{
	return option == OPT_DEVICE || (option < 256 && strchr(letters, option));
}

static void set_run_option(struct options *opts, int option)
{
	switch (option) {
	case 'o':
		opts->output = optarg;
		break;
	case 'r':
		opts->ring = optarg;
		break;
	case 'n':
		opts->top = optarg;
		break;
	case 'q':
		opts->no_chart = true;
		break;
	case 'w':
		opts->wait_all = true;
		break;
	}
}

static void set_wait_option(struct options *opts, int option)
{
	switch (option) {
	case 'e':
		opts->exit = true;
		break;
	case 'm':
		opts->rss_above = optarg;
		break;
	case 'p':
		opts->cpu_above = optarg;
		break;
	case 'f':
		opts->hold = optarg;
		break;
	case 't':
		opts->timeout = optarg;
		break;
	case 'y':
		opts->any = true;
		break;
	}
}

static void set_option(struct options *opts, int option)
{
	switch (option) {
	case 'j':
		opts->json = true;
		error_in_json(true);
		break;
	case 'h':
		opts->help = true;
		break;
	case 'V':
		opts->version = true;
		break;
	case 'a':
	case 'v':
		opts->all = true;
		break;
	case 'i':
		opts->interval = optarg;
		break;
	case 'c':
		opts->count = optarg;
		break;
	case 'C':
		opts->csv = true;
		break;
	case 'R':
		opts->root = optarg;
		break;
	case OPT_DEVICE:
		opts->device = optarg;
		break;
	default:
		set_run_option(opts, option);
		set_wait_option(opts, option);
	}
}

int options_parse(struct options *opts, const struct command *cmd, int argc, char **argv)
{
	const char *own = cmd ? cmd->letters : "+";
	bool stop = *own == '+';
	char letters[64];
	int option;

	/* '+' stops at the first argument; ':' tells a missing argument from the rest. */
	snprintf(letters, sizeof(letters), "%s:%s%s", stop ? "+" : "", COMMON_LETTERS, own + stop);
	optind = 0;	/* start afresh, as glibc and musl have it */
	opterr = 0;

	for (;;) {
		int long_index = -1;

		option = getopt_long(argc, argv, letters, long_options, &long_index);
		if (option == -1)
			return optind;
		if (option == '?' || option == ':' || !taken(option, letters))
			return complain(cmd, option, argv[optind - 1], long_index);
		set_option(opts, option);
	}
}
