/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that a recording is being written of, found by who they are.
 *
 * Those that have exited are let go some seconds later, so that the memory is
 * that of the processes there are, not of those there were.
 */
#ifndef TMCTL_RECORDING_LIVES_H
#define TMCTL_RECORDING_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

enum life_stage {
	LIFE_ALIVE,
	LIFE_EXITING,	/* its totals have still to come */
	LIFE_GONE,	/* they have, or nothing is told of it any more */
};

/**
 * struct life - one process or thread
 * @last: its latest record
 * @id: of its row in table process
 * @name: the name that the file has for it
 * @ppid: who made it, not who it was left to
 * @first_ns: time of its first record
 * @last_ns: of its latest, or its exit
 * @exit_time_ns: when it exited
 * @exit_code: how, as wait4(2) has it
 * @stage: how far it has come
 * @exit_known: whether those two are known
 * @final: its totals are
 * @stored: @last, or one that is the same but for its time, is in the file
 * @folded: @last is not in the file itself
 * @dirty: its row has to be written
 * @row: there is one
 * @parent_told: the row has its parent
 * @next: in its chain
 * @next_dirty: in the list of those that are dirty
 */
struct life {
	struct task_sample last;
	int64_t id;
	char name[TM_COMM_LEN];
	int32_t ppid;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t exit_time_ns;
	int32_t exit_code;
	enum life_stage stage;
	bool exit_known;
	bool final;
	bool stored;
	bool folded;
	bool dirty;
	bool row;
	bool parent_told;
	struct life *next;
	struct life *next_dirty;
};

/**
 * struct lives - all of them
 * @chains: heads of the chains, by PID, the latest life first
 * @chain_count: how many, a power of two
 * @count: how many lives
 * @alive: how many of them are LIFE_ALIVE
 * @exiting: how many are LIFE_EXITING
 * @dirty: those whose rows have to be written
 */
struct lives {
	struct life **chains;
	size_t chain_count;
	size_t count;
	size_t alive;
	size_t exiting;
	struct life *dirty;
};

/* Return: 0, or -1: no memory. */
int lives_init(struct lives *lives);
void lives_free(struct lives *lives);

/* Whose record this is; NULL: not known yet. */
struct life *lives_find(const struct lives *lives, const struct task_sample *record);

/* The latest process of a PID, no thread; NULL: none is known. */
struct life *lives_of_pid(const struct lives *lives, int32_t pid);

/* A new one, with the record as its first and latest. NULL: no memory. */
struct life *lives_add(struct lives *lives, const struct task_sample *record);

/* Its row has to be written. */
void lives_touch(struct lives *lives, struct life *life);

/* The next one whose row has to be written, off the list; NULL: none. */
struct life *lives_take_dirty(struct lives *lives);

/* @life has come so far; there is no way back. */
void lives_set_stage(struct lives *lives, struct life *life, enum life_stage stage);

/* Forget who exited before @time_ns and has been written. */
void lives_forget(struct lives *lives, uint64_t time_ns);

/* Call @visit for each, until it does not return 0. Return: what it returned. */
int lives_each(const struct lives *lives, int (*visit)(struct life *life, void *arg), void *arg);

#endif /* TMCTL_RECORDING_LIVES_H */
