/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which entry of an array is a process's: found by its PID and its start, which
 * together are its name for ever. The array is the caller's, who may move it.
 */
#ifndef TMCTL_IDENTITY_H
#define TMCTL_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

#define NO_ENTRY	UINT32_MAX

/**
 * struct identity_slot - one process
 * @start_time_ns: its start
 * @pid: its PID
 * @entry: number of its entry; NO_ENTRY: the slot is free
 */
struct identity_slot {
	uint64_t start_time_ns;
	int32_t pid;
	uint32_t entry;
};

/**
 * struct identities - all of them; all zeroes: none
 * @slots: open addressing, at most half of them taken, so that a search is short
 * @slot_count: how many, a power of two
 * @count: how many are taken
 */
struct identities {
	struct identity_slot *slots;
	size_t slot_count;
	size_t count;
};

/* The entry of the process that a sample is of; NO_ENTRY: it has none. */
uint32_t identities_find(const struct identities *ids, const struct task_sample *sample);

/**
 * identities_add() - give a process an entry
 * @ids: the processes
 * @sample: a sample of it; it has no entry yet
 * @entry: the number
 *
 * Return: 0, or -ENOMEM; not for as many as there were before identities_clear().
 */
int identities_add(struct identities *ids, const struct task_sample *sample, uint32_t entry);

/* None has an entry any longer. */
void identities_clear(struct identities *ids);

void identities_free(struct identities *ids);

#endif /* TMCTL_IDENTITY_H */
