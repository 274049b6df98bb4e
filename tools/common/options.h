/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command's options: one table for getopt, for the help and for completion.
 *
 * Options may stand before and after a command, the common ones on either side.
 */
#ifndef TMCTL_OPTIONS_H
#define TMCTL_OPTIONS_H

#include <stdbool.h>

/**
 * struct options - those that every command takes; an absent one is null or false
 * @device: path of the device's file; never null
 * @json: one JSON object a line
 * @help: the help is all that is wanted
 * @version: the versions are
 */
struct options {
	const char *device;
	bool json;
	bool help;
	bool version;
};

/**
 * struct opt - an option of one command
 * @letter: its letter, 0: none
 * @name: its long name
 * @arg: what its argument is called in the help; NULL: it takes none
 * @flag: set to true where it takes none
 * @value: set to its argument otherwise
 * @help: what it does; more lines behind a \n
 */
struct opt {
	char letter;
	const char *name;
	const char *arg;
	bool *flag;
	const char **value;
	const char *help;
};

#define OPT_FLAG(letter, name, flag, help)		{ letter, name, NULL, flag, NULL, help }
#define OPT_VALUE(letter, name, arg, value, help)	{ letter, name, arg, NULL, value, help }
#define OPT_END						{ 0, NULL, NULL, NULL, NULL, NULL }

/**
 * struct command - a command of tmctl
 * @name: as it is typed
 * @run: does it; @argv holds the @argc arguments that are no options, and a
 *	null after them. Returns an exit code, having said what went wrong.
 * @opts: the options it takes beside the common ones, OPT_END behind them; or NULL
 * @stops: what follows its first argument is none of its options
 * @usage: its arguments, for the help
 * @help: what it does, in one line
 * @details: further lines of its own help, or NULL
 * @more_help: prints still more of it, or NULL
 */
struct command {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	const struct opt *opts;
	bool stops;
	const char *usage;
	const char *help;
	const char *details;
	void (*more_help)(void);
};

/**
 * options_init() - the defaults
 * @opts: what to fill
 */
void options_init(struct options *opts);

/**
 * options_parse() - read the options at hand, up to the command or after it
 * @opts: where to put the common ones; those that are absent stay as they were
 * @cmd: the command whose options these are; NULL: stop at the first argument
 *	that is no option, which is the command
 * @argc: arguments in @argv, @argv[0] (a name) included
 * @argv: reordered so that what is no option comes last
 *
 * Return: the index in @argv of the first argument that is no option, or
 * -1 if usage was wrong and has been complained about.
 */
int options_parse(struct options *opts, const struct command *cmd, int argc, char **argv);

/**
 * options_first_look() - what must be known before any option is parsed
 * @argc: of main()
 * @argv: of main()
 *
 * Whether errors are to be told in JSON too, wherever -j stands. A negative
 * number is complained about here: getopt would call it an unknown option.
 *
 * Return: whether the command line may be parsed.
 */
bool options_first_look(int argc, char **argv);

/* The help: of the common options, of a command. */
void options_print_common(void);
int command_print_help(const struct command *cmd);

/**
 * program_main() - main() of a program that is one command (tmctl-NAME)
 * @cmd: the command
 * @argc: of main()
 * @argv: of main()
 *
 * Return: the exit code.
 */
int program_main(const struct command *cmd, int argc, char **argv);

#endif /* TMCTL_OPTIONS_H */
