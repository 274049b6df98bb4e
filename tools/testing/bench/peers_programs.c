// SPDX-License-Identifier: GPL-2.0-only
/*
 * peers_programs NAME COMMAND...: what one sample costs a program that takes
 * samples at intervals, and what its start costs. In COMMAND %d stands for how
 * many samples it shall take, and is the last word.
 *
 * Counted is all CPU time of the program, the kernel's on its behalf included:
 * so many samples more, less so many. What it prints is thrown away, but printed.
 */
#include "bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FEW 2
#define MANY 3

static double run(char **argv, int samples)
{
	struct rusage usage;
	char number[16];
	int i, null, status;
	pid_t pid = fork();

	if (!pid) {
		for (i = 0; argv[i + 1]; i++)
			;
		snprintf(number, sizeof(number), "%d", samples);
		if (strcmp(argv[i], "%d"))
			exit(2);
		argv[i] = number;
		null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		die("fork");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "%s ended with status %x\n", argv[0], status);
		exit(1);
	}
	return 1e9 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e3 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Instructions are the same each time; of times the least tells. */
static double least(char **argv, int samples)
{
	int again = strcmp(getenv("BENCH_UNIT") ?: "", "instructions") ? 4 : 0;
	double cost = run(argv, samples);

	while (again--) {
		double other = run(argv, samples);

		if (other < cost)
			cost = other;
	}
	return cost;
}

int main(int argc, char **argv)
{
	char method[64];
	double few, sample;

	if (argc < 3)
		return 2;
	crowd_read();
	few = least(argv + 2, FEW);
	sample = (least(argv + 2, MANY) - few) / (MANY - FEW);
	emit_sample(argv[1], sample);
	snprintf(method, sizeof(method), "%s.start", argv[1]);
	emit_call(method, "start", few - FEW * sample);
	return 0;
}
