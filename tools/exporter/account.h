/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has used what, by groups.
 *
 * Of each process is kept how much of it has been counted. Whatever a record or a
 * sample says beyond that is added to the group which the process is in then. So
 * a group's counters never go backwards, whatever comes and in whatever order;
 * their sum is what the dead have used, exactly, and the living up to the last
 * batch; and a process that runs another program takes nothing with it: what it
 * uses from then on counts for the new group.
 *
 * Nothing here asks the kernel, but for the names of users and cgroups.
 */
#ifndef TMCTL_EXPORTER_ACCOUNT_H
#define TMCTL_EXPORTER_ACCOUNT_H

#include "group.h"
#include "naming.h"

#define MISSING_NS	(UINT64_C(10) * 1000000000)

/**
 * struct process - a process that has not left its last record
 * @next: of the same bucket
 * @seen: what was last said of it; its (pid, start_time_ns) is its name for ever
 * @counted: how much of it has been counted
 * @group: in whose sums
 * @kernel: a kernel thread
 * @batch: number of the last batch that had it
 * @missing_ns: time of the first batch that had it no longer; 0: it had
 */
struct process {
	struct process *next;
	struct task_sample seen;
	struct amounts counted;
	struct group *group;
	bool kernel;
	uint64_t batch;
	uint64_t missing_ns;
};

/**
 * struct account - all that is known
 * @naming: how groups are named
 * @groups: the groups
 * @buckets: processes, by PID
 * @bucket_count: a power of two
 * @process_count: how many
 * @batch: number of the last batch
 * @batch_ns: its time
 * @vanished: processes whose last record never came: what they used last is missing
 * @starved: samples and records for which there was no memory
 */
struct account {
	struct naming naming;
	struct groups groups;
	struct process **buckets;
	size_t bucket_count;
	size_t process_count;
	uint64_t batch;
	uint64_t batch_ns;
	uint64_t vanished;
	uint64_t starved;
};

/* Return: 0, or -1: no memory. @cgroup_root: as cgroups_init() has it. */
int account_init(struct account *account, enum naming_by by, unsigned int depth,
		 size_t max_groups, const char *cgroup_root);

void account_free(struct account *account);

/* A record of fork, exec or exit; of what else there may be nothing is counted. */
void account_record(struct account *account, const struct task_sample *record);

/*
 * A batch: its time, each of its samples, its end. Empty the history before it
 * and behind it: whoever is missing has left his record before the batch was
 * taken, but for a zombie, whose record may be MISSING_NS late.
 */
void account_begin(struct account *account, uint64_t time_ns);
void account_sample(struct account *account, const struct task_sample *sample);
void account_end(struct account *account);

/**
 * account_busiest() - the processes that have used most CPU time
 * @account: the account
 * @n: how many at most; set to how many there are
 * @left_out: set to how many had to be left out
 *
 * Return: they, the busiest first, to be freed; NULL: none, or no memory.
 */
const struct process **account_busiest(const struct account *account, size_t *n,
				       uint64_t *left_out);

#endif /* TMCTL_EXPORTER_ACCOUNT_H */
