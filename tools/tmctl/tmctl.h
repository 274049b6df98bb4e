/* SPDX-License-Identifier: GPL-2.0-only */
/* What tmctl's commands share: the options, the table's rows, the exit codes. */
#ifndef TMCTL_H
#define TMCTL_H

#include <stdbool.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exit codes, as tmctl(8) promises them. */
enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,	/* also: no such process, no target */
	STATUS_FOUND = 1,	/* hidden, doctor: something was */
	STATUS_USAGE = 2,
	STATUS_NO_MODULE = 3,
	STATUS_NOT_PERMITTED = 4,
	STATUS_UNABLE = 5,	/* failed, where 1 is an answer */
	STATUS_TIMEOUT = 124,	/* wait: as timeout(1) has it */
};

/* The command line's options, of every command; an absent one is null or false. */
struct options {
	const char *device;	/* path of the device's file */
	const char *interval;
	const char *count;
	const char *root;
	bool json;
	bool csv;
	bool all;
	/* of run */
	const char *output;
	const char *ring;
	const char *top;
	bool no_chart;
	bool wait_all;
	/* of wait */
	const char *cpu_above;
	const char *rss_above;
	const char *hold;
	const char *timeout;
	bool any;
	bool exit;

	bool help;
	bool version;
};

/**
 * struct command - one command of tmctl
 * @name: as it is typed
 * @run: does it; @argv holds the @argc arguments that are no options, and a
 *	null after them. Returns an exit code, having said what went wrong.
 * @letters: the options it takes beside the common ones, as for getopt(3); with
 *	a '+' before them what follows its first argument is none of its options
 * @usage: its arguments, for the help
 * @help: what it does, in one line
 * @details: further lines of its own help, or NULL
 */
struct command {
	const char *name;
	int (*run)(const struct options *opts, int argc, char **argv);
	const char *letters;
	const char *usage;
	const char *help;
	const char *details;
};

int cmd_get(const struct options *opts, int argc, char **argv);
int cmd_watch(const struct options *opts, int argc, char **argv);
int cmd_start(const struct options *opts, int argc, char **argv);
int cmd_stop(const struct options *opts, int argc, char **argv);
int cmd_pid(const struct options *opts, int argc, char **argv);
int cmd_status(const struct options *opts, int argc, char **argv);
int cmd_hidden(const struct options *opts, int argc, char **argv);
int cmd_doctor(const struct options *opts, int argc, char **argv);
int cmd_run(const struct options *opts, int argc, char **argv);
int cmd_wait(const struct options *opts, int argc, char **argv);
int cmd_help(const struct options *opts, int argc, char **argv);
int cmd_version(const struct options *opts, int argc, char **argv);

#endif /* TMCTL_H */
