/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of a recording, and what each of them used. */
#ifndef PLOT_PROCESS_H
#define PLOT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording.h"

#define PROCESS_COMM_MAX	64	/* the kernel's is 16; who knows who wrote the file */
#define PROCESS_NONE		SIZE_MAX

/**
 * struct process - a process, or a thread where threads were recorded
 * @id: in the recording
 * @parent_id: its parent's there; 0: not recorded
 * @start_time_ns: with @pid its identity; CLOCK_BOOTTIME
 * @last_ns: when it was last heard of
 * @exit_time_ns: when it exited, if @exited
 * @parent: its parent's place in the list, or PROCESS_NONE
 * @group: place of the process that its group is named after
 * @cpu_ns: CPU time in the picture
 * @rss_byte_ns: resident bytes times nanoseconds there
 * @peak_rss_bytes: the most that was resident up to the picture's end
 * @pid: its number
 * @tgid: its process's, of a thread
 * @exit_code: as wait4(2) has it, if @exit_known
 * @thread: whether it is a thread
 * @exited: whether its end was recorded
 * @exit_known: whether how it ended was
 * @wanted: whether it is in the picture
 * @cpu_known: whether anything is known of its CPU time there
 * @rss_known: whether anything is known of its memory there
 * @peak_known: whether @peak_rss_bytes is
 * @comm: its latest name; any bytes
 */
struct process {
	sqlite3_int64 id;
	sqlite3_int64 parent_id;
	uint64_t start_time_ns;
	uint64_t last_ns;
	uint64_t exit_time_ns;
	size_t parent;
	size_t group;
	uint64_t cpu_ns;
	double rss_byte_ns;
	uint64_t peak_rss_bytes;
	int32_t pid;
	int32_t tgid;
	int32_t exit_code;
	bool thread;
	bool exited;
	bool exit_known;
	bool wanted;
	bool cpu_known;
	bool rss_known;
	bool peak_known;
	char comm[PROCESS_COMM_MAX];
};

/**
 * struct processes - all of them, by id
 * @list: the processes
 * @n: how many
 */
struct processes {
	struct process *list;
	size_t n;
};

/**
 * processes_read() - take them out of a recording
 * @all: where to put them; processes_free() it whatever is returned
 * @rec: the recording
 *
 * Return: a status; what is wrong has been said.
 */
int processes_read(struct processes *all, const struct recording *rec);

void processes_free(struct processes *all);

/* What one line of the picture stands for. */
enum group_by {
	GROUP_PROCESS,
	GROUP_COMMAND,	/* processes of one name */
	GROUP_TREE,	/* a process and its descendants */
};

/**
 * processes_group() - set each process's group
 * @all: the processes; the ones that are not wanted are left alone
 * @by: which groups
 *
 * A tree begins at a process whose parent is not there, or is process 1 or 2.
 * Where that makes all of it one tree, its branches are the trees.
 *
 * Return: 0, or -ENOMEM.
 */
int processes_group(struct processes *all, enum group_by by);

#endif /* PLOT_PROCESS_H */
