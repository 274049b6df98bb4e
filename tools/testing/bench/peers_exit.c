// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others add to fork, exit and wait of a process that tell of its end.
 *
 *   exit.taskstats  the exit messages of taskstats, received
 *   exit.acct       process accounting into a file in memory, read back
 *
 *   exit.peers.bare nobody listens
 *
 * In turns, as in ours_exit.c.
 */
#include "bench.h"
#include "taskstats.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/acct.h>
#include <unistd.h>

#define TURNS 8
#define CHILDREN 2000	/* a turn */

static long got;
static int account;

static void fetch_taskstats(void)
{
	struct taskstats last;

	got += taskstats_exits(&last);
}

static void fetch_account(void)
{
	static struct acct_v3 records[4096];
	ssize_t n = read(account, records, sizeof(records));

	if (n < 0)
		die("the account");
	got += n / sizeof(*records);
}

static void check(const char *what)
{
	if (got < CHILDREN * 9 / 10) {
		errno = ENODATA;
		die(what);
	}
	got = 0;
}

static double by_taskstats(void)
{
	double cost;

	taskstats_open();
	taskstats_listen();
	cost = mean_exit(CHILDREN, fetch_taskstats);
	check("taskstats");
	taskstats_close();
	return cost;
}

static double by_account(void)
{
	char path[] = "/tmp/account.XXXXXX";
	double cost;

	account = mkstemp(path);
	if (account < 0 || acct(path))
		die(path);
	cost = mean_exit(CHILDREN, fetch_account);
	acct(NULL);
	check("the account");
	close(account);
	unlink(path);
	return cost;
}

int main(void)
{
	double bare = 0, taskstats = 0, accounted = 0;
	int i;

	exit_warm_up();
	for (i = 0; i < TURNS; i++) {
		bare += mean_exit(CHILDREN, NULL);
		taskstats += by_taskstats();
		accounted += by_account();
	}
	emit_call("exit.peers.bare", "exit", bare / TURNS);
	emit_call("exit.taskstats", "exit", taskstats / TURNS);
	emit_call("exit.acct", "exit", accounted / TURNS);
	return 0;
}
