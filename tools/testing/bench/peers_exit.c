// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others add to fork, exit and wait of a process that tell of its end.
 *
 *   exit.taskstats  the exit messages of taskstats, received
 *   exit.acct       process accounting into a file in memory, read back
 *
 * With what it takes while nobody listens beside each (.bare).
 */
#include "bench.h"
#include "taskstats.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/acct.h>
#include <unistd.h>

#define CHILDREN 10000

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

int main(void)
{
	char path[] = "/tmp/account.XXXXXX";

	exit_warm_up();
	emit_call("exit.taskstats.bare", "exit", mean_exit(CHILDREN, NULL));
	taskstats_open();
	taskstats_listen();
	emit_call("exit.taskstats", "exit", mean_exit(CHILDREN, fetch_taskstats));
	check("taskstats");
	taskstats_close();

	emit_call("exit.acct.bare", "exit", mean_exit(CHILDREN, NULL));
	account = mkstemp(path);
	if (account < 0 || acct(path))
		die(path);
	emit_call("exit.acct", "exit", mean_exit(CHILDREN, fetch_account));
	acct(NULL);
	unlink(path);
	check("the account");
	return 0;
}
