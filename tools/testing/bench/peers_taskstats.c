// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures of a crowd by taskstats over netlink, one request a process, on a
 * socket that stays open.
 *
 *   taskstats.pid   of the thread that has this number: for a process of one
 *                   thread that is all of it
 *   taskstats.tgid  of the process, all threads summed up, as far as the kernel
 *                   sums: delays, switches, CPU time
 */
#include "bench.h"
#include "taskstats.h"

static int attribute;

static void get_all(void)
{
	struct taskstats stats;
	int i;

	for (i = 0; i < crowd.n; i++)
		taskstats_get(attribute, crowd.pids[i], &stats);
}

int main(void)
{
	crowd_read();
	if (crowd.n < 1)
		return 2;
	taskstats_open();
	attribute = TASKSTATS_CMD_ATTR_PID;
	emit_sample("taskstats.pid", best_sample(get_all));
	attribute = TASKSTATS_CMD_ATTR_TGID;
	emit_sample("taskstats.tgid", best_sample(get_all));
	return 0;
}
