/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whom a command watches: processes by PID, name, user or cgroup, with their
 * descendants or thread by thread, and the session that this takes.
 *
 *	-p PIDs			scope list; with --follow scope tree
 *	-p ALL			scope system
 *	-G CGROUP		scope cgroup
 *	-C NAME, -U USER	scope system and a filter on what comes, so that
 *				nobody is missed however short he lives; where that is
 *				not permitted, or with --follow or -t, those that a
 *				look through /proc finds, each time anew
 */
#ifndef TMCTL_SELECTION_H
#define TMCTL_SELECTION_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <taskmonitor/taskmonitor.h>

#include "options.h"

/**
 * struct selection_args - the arguments of the options
 * @pids: PID[,PID]..., SELF or ALL
 * @names: an extended regular expression
 * @users: USER[,USER]..., names or numbers
 * @cgroup: a directory, or a path below /sys/fs/cgroup
 * @threads: each thread by itself
 * @follow: descendants too
 */
struct selection_args {
	const char *pids;
	const char *names;
	const char *users;
	const char *cgroup;
	bool threads;
	bool follow;
};

/* For a command's table of options. */
#define SELECTION_OPTS(args)									\
	OPT_VALUE('p', "pid", "PID[,PID]", &(args).pids, "these processes; SELF, or ALL of them"), \
	OPT_VALUE('C', "command", "NAME", &(args).names,					\
		  "those whose name matches NAME, a regular expression"),			\
	OPT_VALUE('U', "user", "USER[,USER]", &(args).users, "those of these users"),		\
	OPT_VALUE('G', "cgroup", "PATH", &(args).cgroup,					\
		  "those in a cgroup, and in the cgroups below"),				\
	OPT_FLAG(0, "follow", &(args).follow, "and all their descendants")
#define SELECTION_THREADS(args)									\
	OPT_FLAG('t', "threads", &(args).threads, "each of their threads by itself")

/**
 * struct selection - whom
 * @command: the command's name, for messages
 * @scope: of the session
 * @pids: the PIDs that were named
 * @pid_count: how many
 * @name: names have to match it, if @by_name
 * @uids: these users alone, if @uid_count
 * @uid_count: how many
 * @cgroup_fd: the cgroup, or -1
 * @by_name: see @name
 * @everybody: there was no restriction but ALL
 * @threads: thread by thread
 * @look: members are found by looking through /proc
 * @own_only: the look found own processes alone, for want of a right
 * @missing: named PIDs that could not be watched, each complained about
 *
 * Read it; change it through the functions below alone.
 */
struct selection {
	const char *command;
	enum tm_scope scope;
	pid_t *pids;
	size_t pid_count;
	regex_t name;
	uid_t *uids;
	size_t uid_count;
	int cgroup_fd;
	bool by_name;
	bool everybody;
	bool threads;
	bool look;
	bool own_only;
	size_t missing;
};

/* Whether any of the options that choose was given. */
bool selection_given(const struct selection_args *args);

/**
 * selection_parse() - understand the arguments
 * @sel: what to fill; selection_free() it, whatever this returns
 * @args: the arguments; selection_given() of them, or @argc is not 0
 * @command: name of the command
 * @argc: further PIDs
 * @argv: they
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int selection_parse(struct selection *sel, const struct selection_args *args, const char *command,
		    int argc, char **argv);

void selection_free(struct selection *sel);

/**
 * selection_open() - make the session
 * @sel: whom to watch
 * @opts: name the device
 * @wish: what the session shall be; scope and cgroup_fd are set here
 * @session: where to put it
 *
 * Named PIDs that cannot be watched are complained about; only if there is none
 * left is that a failure. A look that finds nobody is none.
 *
 * Return: an exit code, having complained if it is not STATUS_DONE.
 */
int selection_open(struct selection *sel, const struct options *opts,
		   const struct tm_session_attr *wish, struct tm_session **session);

/**
 * selection_look() - find who has come since
 * @sel: whom to watch
 * @session: its session
 *
 * Does nothing where the kernel knows by itself. Call it once an interval.
 */
void selection_look(struct selection *sel, struct tm_session *session);

/* Whether a record of the session is of somebody who was chosen. */
bool selection_wants(const struct selection *sel, const struct task_sample *sample);

#endif /* TMCTL_SELECTION_H */
