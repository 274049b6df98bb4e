/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording that is read: one state of it, also while it is being written. */
#ifndef TMCTL_RECORDING_READER_H
#define TMCTL_RECORDING_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include <linux/taskmonitor.h>

#define META_TEXT_MAX	256

/**
 * struct meta - table meta; 0 and "" are what is not known
 * @begin_ns: when it began, CLOCK_MONOTONIC
 * @end_ns: the moment up to which it tells of all
 * @begin_realtime_ns: when it began, CLOCK_REALTIME
 * @begin_boottime_ns: the same, CLOCK_BOOTTIME
 * @evicted_ns: samples from before this moment are gone
 */
struct meta {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t begin_realtime_ns;
	uint64_t begin_boottime_ns;
	uint64_t interval_ns;
	uint64_t cpus;
	uint64_t page_bytes;
	uint64_t complete;
	uint64_t records;
	uint64_t lost_records;
	uint64_t dropped;
	uint64_t missed_ticks;
	uint64_t evicted_samples;
	uint64_t evicted_ns;
	char scope[META_TEXT_MAX];
	char command[META_TEXT_MAX];
	char hostname[META_TEXT_MAX];
	char kernel[META_TEXT_MAX];
	char module_version[META_TEXT_MAX];
	char tool_version[META_TEXT_MAX];
};

/**
 * struct process - a row of table process
 * @start_ns: when it began, CLOCK_MONOTONIC; may be before the recording or,
 *	as a negative number, before the boot of that clock
 * @parent: index of its parent's row; -1: not known
 * @uid_known: whether @uid is
 * @exit_known: whether @exit_time_ns and @exit_code are
 * @final: its totals are, those of its last sample
 *
 * The rest is as in struct task_sample and in table process.
 */
struct process {
	int64_t id;
	int64_t parent;
	int64_t start_ns;
	uint64_t start_time_ns;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t exit_time_ns;
	int32_t pid;
	int32_t tgid;
	int32_t ppid;
	uint32_t uid;
	int32_t exit_code;
	bool thread;
	bool uid_known;
	bool exit_known;
	bool final;
	char comm[TM_COMM_LEN];
};

/**
 * struct reader - an open recording
 * @path: its file
 * @db: the database, in a transaction that reads
 * @meta: what is said of the whole
 * @processes: all of them, by id
 * @count: how many
 */
struct reader {
	const char *path;
	sqlite3 *db;
	struct meta meta;
	struct process *processes;
	size_t count;
};

/**
 * reader_open() - open a recording
 * @r: what to fill
 * @command: who asks, for what is said where it fails
 * @path: the file
 *
 * Return: 0; or the exit code, having complained, and @r is closed.
 */
int reader_open(struct reader *r, const char *command, const char *path);

void reader_close(struct reader *r);

/* It could not be read: complain. Return: the exit code. */
int reader_failed(const struct reader *r, const char *command, int err);

/* How the samples come. */
enum order {
	BY_PROCESS,	/* then in the order of the history */
	BY_TIME,	/* in the order of the history */
};

/**
 * reader_each() - look at all samples
 * @r: the recording
 * @order: in which order
 * @visit: called with each, its process's index in @r->processes, and @arg; a
 *	name that is not told is empty. Ends all if it returns false.
 * @arg: for @visit
 *
 * Return: 0 or SQLite's code.
 */
int reader_each(struct reader *r, enum order order,
		bool (*visit)(size_t process, const struct task_sample *sample, void *arg),
		void *arg);

#endif /* TMCTL_RECORDING_READER_H */
