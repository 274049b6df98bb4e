// SPDX-License-Identifier: GPL-2.0-only
/*
 * actor ROLE NAME: a process of that name for top-guest.sh to find on the screen.
 *
 *	busy		works half of the time: of two CPUs the screen needs one
 *	idle		does nothing
 *	family		has a child of the name NAME-child, and that one NAME-grand
 *	threads		three threads beside the first, of the names NAME-1 to 3
 *	brood N		N children that live for a moment, when SIGUSR1 comes
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void rename_to(const char *name, const char *more)
{
	char full[32];

	snprintf(full, sizeof(full), "%s%s", name, more);
	prctl(PR_SET_NAME, full);
}

static void be_busy(void)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	struct timespec since, now;

	for (;;) {
		nanosleep(&moment, NULL);
		clock_gettime(CLOCK_MONOTONIC, &since);
		do {
			clock_gettime(CLOCK_MONOTONIC, &now);
		} while ((now.tv_sec - since.tv_sec) * 1000000000 + now.tv_nsec - since.tv_nsec <
			 moment.tv_nsec);
	}
}

static void rest(void)
{
	for (;;)
		pause();
}

static void *thread(void *name)
{
	prctl(PR_SET_NAME, name);
	rest();
	return NULL;
}

static void add_threads(const char *name)
{
	static char names[3][16];
	pthread_t id;
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(names[i], sizeof(names[i]), "%s-%d", name, i + 1);
		if (pthread_create(&id, NULL, thread, names[i]))
			exit(1);
	}
}

/* A child that goes when its parent does. */
static int descend(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		exit(1);
	return 1;
}

static void brood(int n, const char *name)
{
	sigset_t signals;
	int signal, i;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (;;) {
		sigwait(&signals, &signal);
		for (i = 0; i < n; i++) {
			if (!fork()) {
				rename_to(name, "-young");
				_exit(3);
			}
		}
		for (i = 0; i < n; i++)
			wait(NULL);
	}
}

int main(int argc, char **argv)
{
	const char *role = argc > 2 ? argv[1] : "";

	if (argc < 3)
		return 2;
	rename_to(argv[2], "");
	if (!strcmp(role, "busy")) {
		be_busy();
	} else if (!strcmp(role, "family")) {
		if (descend()) {
			rename_to(argv[2], "-child");
			if (descend())
				rename_to(argv[2], "-grand");
		}
	} else if (!strcmp(role, "threads")) {
		add_threads(argv[2]);
	} else if (!strcmp(role, "brood") && argc > 3) {
		brood(atoi(argv[3]), argv[2]);
	}
	rest();
}
