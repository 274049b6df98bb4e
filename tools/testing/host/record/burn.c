// SPDX-License-Identifier: GPL-2.0-only
/*
 * burn FILE MS...: a child for each MS that uses so much CPU time, one after
 * another. FILE gets a line each, of what wait4(2) says: PID, microseconds in user
 * and in kernel mode, exit code. Ends with 7.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void burn(long ms)
{
	struct timespec used;

	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	} while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
}

int main(int argc, char **argv)
{
	FILE *out = argc > 1 ? fopen(argv[1], "w") : NULL;
	struct rusage use;
	int i, status;
	pid_t pid;

	if (!out)
		return 1;
	for (i = 2; i < argc; i++) {
		pid = fork();
		if (!pid) {
			burn(atol(argv[i]));
			_exit(i);
		}
		if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
			return 1;
		fprintf(out, "%d %lld %lld %d\n", (int)pid,
			(long long)use.ru_utime.tv_sec * 1000000 + use.ru_utime.tv_usec,
			(long long)use.ru_stime.tv_sec * 1000000 + use.ru_stime.tv_usec,
			WEXITSTATUS(status));
	}
	return fclose(out) ? 1 : 7;
}
