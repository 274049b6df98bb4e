// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads whose CPU time is known, for exporter.t.
 *
 *	load begin NAME FIFO	is called NAME, and does what it reads from FIFO, a line each:
 *		burn N MS	N children, one after the other, each of which uses MS of CPU
 *				time and exits. Prints what wait4(2) said of them all: "used
 *				NANOSECONDS", of which it keeps back less than 2 us a child
 *		exec N MS PATH	the same, each child running PATH, a name of this program
 *		storm N		N children that do nothing: "stormed"
 *		kill		a child that is killed, and one that exits with 3: "killed"
 *		name TEXT	it is called TEXT now: "named"
 *	load spin MS		uses MS of CPU time and exits
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t used_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void spin(unsigned long ms)
{
	uint64_t until = used_ns() + ms * 1000000;

	while (used_ns() < until)
		;
}

static uint64_t ns_of(struct timeval t)
{
	return ((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec) * 1000;
}

/* A child that runs @path, or uses @ms by itself. Return: what it has used. */
static uint64_t child(const char *path, const char *ms)
{
	struct rusage usage;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid && path) {
		execl(path, path, "spin", ms, (char *)NULL);
		_exit(127);
	}
	if (!pid) {
		spin(strtoul(ms, NULL, 10));
		_exit(0);
	}
	if (wait4(pid, NULL, 0, &usage) != pid)
		die("wait4");
	return ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

static void burn(unsigned long n, const char *ms, const char *path)
{
	uint64_t sum = 0;

	while (n--)
		sum += child(path, ms);
	printf("used %llu\n", (unsigned long long)sum);
}

static void end_badly(void)
{
	int how;

	for (how = 0; how < 2; how++) {
		pid_t pid = fork();

		if (!pid && how)
			_exit(3);
		if (!pid)
			raise(SIGKILL);
		waitpid(pid, NULL, 0);
	}
	puts("killed");
}

static void obey(char *line)
{
	char *word[4] = { NULL };
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "name ", 5)) {
		prctl(PR_SET_NAME, line + 5);
		puts("named");
		return;
	}
	for (i = 0; i < 4; i++)
		word[i] = strtok(i ? NULL : line, " ");
	if (!word[0])
		return;
	if (!strcmp(word[0], "kill")) {
		end_badly();
	} else if (!strcmp(word[0], "storm") && word[1]) {
		unsigned long n = strtoul(word[1], NULL, 10);

		while (n--)
			child(NULL, "0");
		puts("stormed");
	} else if (word[1] && word[2]) {
		burn(strtoul(word[1], NULL, 10), word[2], word[3]);
	}
}

/* The writer opens and closes it for each line. */
static void serve(const char *name, const char *fifo)
{
	char line[256];
	FILE *in;

	prctl(PR_SET_NAME, name);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (;;) {
		in = fopen(fifo, "r");
		if (!in)
			die(fifo);
		while (fgets(line, sizeof(line), in))
			obey(line);
		fclose(in);
	}
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "begin"))
		serve(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "spin"))
		spin(strtoul(argv[2], NULL, 10));
	return 0;
}
