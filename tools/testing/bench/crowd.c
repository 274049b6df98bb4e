// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd N THREADS COMMAND...: N sleeping processes of so many threads each, the
 * command, and the end of them all. The command finds them in the file that
 * CROWD names: N, THREADS, and the PIDs.
 *
 * Nothing but sleeping: what a look at a process costs is wanted, not what the
 * process does.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *rest(void *arg)
{
	while (pause())
		;
	return arg;
}

static void member(int threads, int ready)
{
	pthread_attr_t attr;
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	while (--threads > 0) {
		errno = pthread_create(&thread, &attr, rest, NULL);
		if (errno)
			die("thread");
	}
	if (write(ready, "", 1) != 1)
		die("ready");
	rest(NULL);
}

/* Each says when it is complete. One that could not be says nothing, and is gone. */
static pid_t start(int threads)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(ready[0]);
		member(threads, ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1) {
		errno = EAGAIN;
		die("a process with all its threads");
	}
	close(ready[0]);
	return pid;
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/crowd.XXXXXX";
	int n, threads, i, status;
	FILE *file;
	pid_t pid, *pids;

	if (argc < 4)
		return 2;
	n = atoi(argv[1]);
	threads = atoi(argv[2]);
	pids = calloc(n, sizeof(*pids));
	file = fdopen(mkstemp(path), "w");
	if (n < 1 || !pids || !file)
		die(path);
	for (i = 0; i < n; i++)
		pids[i] = start(threads);
	fprintf(file, "%d %d\n", n, threads);
	for (i = 0; i < n; i++)
		fprintf(file, "%d\n", pids[i]);
	if (fclose(file) || setenv("CROWD", path, 1))
		die(path);

	pid = fork();
	if (!pid) {
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die(argv[3]);
	unlink(path);
	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
