/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TMCTL_OPTIONS_H
#define TMCTL_OPTIONS_H

#include "tmctl.h"

/**
 * options_parse() - read the options at hand, up to the command or after it
 * @opts: where to put them; those that are absent stay as they were
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

#endif /* TMCTL_OPTIONS_H */
