/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The views of which processes there are, held against each other. Knows
 * nothing of where they come from.
 *
 * All views are taken one after the other, twice: two looks. Whoever is in one
 * view in both looks, with the same start, has lived from one to the other; a
 * view that lacks it in both was read between, and hides it. So nobody who is
 * born or dies meanwhile is ever taken for hidden.
 */
#ifndef TMCTL_HIDDEN_VIEWS_H
#define TMCTL_HIDDEN_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

/* In the order in which they are taken. */
enum view_bit {
	SEEN_TABLE = 1 << 0,	/* the kernel's PID table, by the module */
	SEEN_LIST = 1 << 1,	/* the kernel's task list, by the module */
	SEEN_GETDENTS = 1 << 2,	/* names in /proc, by the system call */
	SEEN_READDIR = 1 << 3,	/* names in /proc, by libc */
	SEEN_PROC = 1 << 4,	/* /proc/PID itself */
	SEEN_KILL = 1 << 5,	/* kill(2) */
};

#define SEEN_BY_MODULE	(SEEN_TABLE | SEEN_LIST)
#define SEEN_IN_ALL	0x3f

/**
 * struct sighting - a process in one look
 * @pid: its number
 * @seen: the views that have it
 * @silent: the views that could not be asked about it
 * @exited: some view says that it has: the PID table's has no such
 * @known: @uid and @comm are
 * @table_ns: its start, by the PID table
 * @list_ns: its start, by the task list
 * @proc_ticks: its start, by /proc
 * @uid: real user id
 * @comm: its name
 */
struct sighting {
	int32_t pid;
	unsigned int seen;
	unsigned int silent;
	bool exited;
	bool known;
	uint64_t table_ns;
	uint64_t list_ns;
	uint64_t proc_ticks;
	uint32_t uid;
	char comm[TM_COMM_LEN];
};

struct look {
	struct sighting *rows;
	size_t n;
	size_t room;
};

/* A row more, all zeroes but for these; NULL: no memory. */
struct sighting *look_add(struct look *look, int32_t pid, unsigned int view);

/* Sort by number, and make one row of all that are of one. */
void look_merge(struct look *look);

struct sighting *look_find(const struct look *look, int32_t pid);
void look_free(struct look *look);

/* The views that should have the process and do not. */
unsigned int look_lacks(const struct sighting *row);

/* The views that hide the process, by two looks; 0: none is known to. */
unsigned int hidden_from(const struct sighting *first, const struct sighting *second);

#define VIEW_NAMES_MAX	64

/* "list,proc", into VIEW_NAMES_MAX bytes */
void view_names(unsigned int views, char *buf);

/* What /proc says about itself, for the reason. */
struct proc_mount {
	bool hidepid;	/* it hides others' processes */
	bool covered;	/* something is mounted over this process's directory */
};

#define REASON_MAX	256

/* Why they hide it, most likely, into REASON_MAX bytes. */
void hidden_reason(unsigned int views, const struct proc_mount *mount, char *buf);

#endif /* TMCTL_HIDDEN_VIEWS_H */
