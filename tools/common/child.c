// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "output.h"
#include "status.h"

/* The process that signals are for; 0: there is none any more. */
static volatile pid_t receiver;
static volatile sig_atomic_t stopped;

/* Does not return. Without a word from the other end, which is gone then, it ends. */
static void become(char **argv, int gate, int answer)
{
	ssize_t n;
	char go;
	int err;

	do {
		n = read(gate, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(STATUS_FAILED);
	output_undo();
	execvp(argv[0], argv);
	err = errno;
	n = write(answer, &err, sizeof(err));
	_exit(err == ENOENT || n < 0 ? 127 : 126);
}

static void close_both(const int ends[2])
{
	int err = errno;

	close(ends[0]);
	close(ends[1]);
	errno = err;
}

int child_spawn(struct child *child, char **argv)
{
	int gate[2], answer[2];

	if (pipe2(gate, O_CLOEXEC))
		return -1;
	if (pipe2(answer, O_CLOEXEC)) {
		close_both(gate);
		return -1;
	}
	child->pid = fork();
	if (child->pid < 0) {
		close_both(gate);
		close_both(answer);
		return -1;
	}
	if (!child->pid) {
		close(gate[1]);
		become(argv, gate[0], answer[1]);
	}
	close(gate[0]);
	close(answer[1]);
	child->gate = gate[1];
	child->answer = answer[0];
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pidfd >= 0)
		return 0;
	child_abandon(child);
	return -1;
}

static void pass_on(int number, siginfo_t *info, void *context)
{
	int err = errno;
	pid_t pid = receiver;

	(void)context;
	if (!pid)
		stopped = 1;
	else if (info->si_code != SI_KERNEL)
		kill(pid, number);
	errno = err;
}

/* Who was started with a signal ignored (nohup) leaves it so. */
static void catch_signals(pid_t pid)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };
	struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction before;
	size_t i;

	receiver = pid;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

int child_release(struct child *child)
{
	int err = 0;
	ssize_t n;

	catch_signals(child->pid);
	do {
		n = write(child->gate, "", 1);
	} while (n < 0 && errno == EINTR);
	close(child->gate);
	/* Closed by exec: then there is nothing to read. */
	do {
		n = read(child->answer, &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	close(child->answer);
	return n == (ssize_t)sizeof(err) ? err : 0;
}

int child_reap(struct child *child)
{
	int wstatus = 0;

	receiver = 0;
	while (waitpid(child->pid, &wstatus, 0) < 0 && errno == EINTR)
		;
	if (child->pidfd >= 0)
		close(child->pidfd);
	return wstatus;
}

void child_abandon(struct child *child)
{
	int err = errno;

	close(child->gate);
	close(child->answer);
	child_reap(child);
	errno = err;
}

bool child_stopped(void)
{
	return stopped;
}
