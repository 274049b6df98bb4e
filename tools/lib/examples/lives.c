// SPDX-License-Identifier: GPL-2.0-only
/*
 * lives COMMAND [ARGUMENT...] - every process that a command made, and its cost
 *
 * Runs the command and prints a line for each process in its tree as it exits,
 * however short it lived: PID, parent, seconds of CPU, peak resident set in KiB,
 * exit code as wait(2) gives it, name. Closes with the sum, and exits as the
 * command did.
 *
 * What it shows: scope tree, life records, read() with poll(). The child waits
 * at a pipe until it is a target, so that nothing of the command is missed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#define AT_ONCE	64

/**
 * struct sums - of all processes
 * @exits: how many
 * @cpu_ns: CPU time
 * @lost: records that came too fast for us
 */
struct sums {
	uint64_t exits;
	uint64_t cpu_ns;
	uint64_t lost;
};

/* The child that becomes the command, once something can be read from @gate. */
static pid_t spawn(char **command, int *gate)
{
	int ends[2];
	pid_t pid;
	char go;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (!pid) {
		close(ends[1]);
		if (read(ends[0], &go, 1) != 1)
			_exit(127);
		close(ends[0]);
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	close(ends[0]);
	*gate = ends[1];
	return pid;
}

static void add(struct sums *sums, const struct task_sample *record)
{
	uint64_t cpu_ns = record->utime + record->stime;

	if (record->kind == TM_KIND_LOST)
		sums->lost += record->lost_records;
	if (record->kind != TM_KIND_EXIT)
		return;
	sums->exits++;
	sums->cpu_ns += cpu_ns;
	printf("%7d %7d %12.6f %9" PRIu64 " %6d  %s\n", record->pid, record->ppid,
	       (double)cpu_ns / 1e9, (uint64_t)record->peak_rss_bytes / 1024, record->exit_code,
	       record->comm);
}

/* Until every target has exited, and all of their records have been read. */
static int report(struct tm_session *session, struct sums *sums)
{
	struct task_sample records[AT_ONCE];
	ssize_t n, i;

	do {
		if (tm_session_wait(session, -1) < 0 && errno != EINTR)
			return -1;
		/* The wait is for the watermark; reading takes what there is. */
		n = tm_session_read(session, records, AT_ONCE);
		for (i = 0; i < n; i++)
			add(sums, &records[i]);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n ? -1 : 0;
}

/*
 * A process's exit record is made when its parent has reaped it, or else some
 * tenths of a second later. We are the command's parent and reap it in the end
 * only; its record comes without that.
 */
static int follow(struct tm_session *session, pid_t pid, int gate)
{
	struct sums sums = { .exits = 0 };
	int failed;

	if (tm_session_add(session, pid)) {
		perror("lives: add");
		return -1;
	}
	printf("%7s %7s %12s %9s %6s  %s\n", "PID", "PPID", "CPU s", "peak KiB", "exit", "name");
	fflush(stdout);
	if (write(gate, "", 1) != 1)
		return -1;
	failed = report(session, &sums);
	if (failed)
		perror("lives: read");
	printf("processes %" PRIu64 " cpu %.6f s lost %" PRIu64 "\n", sums.exits,
	       (double)sums.cpu_ns / 1e9, sums.lost);
	return failed;
}

int main(int argc, char **argv)
{
	struct tm_session_attr attr = {
		.scope = TM_SCOPE_TREE,
		.kinds = 1U << TM_KIND_EXIT,
		.ring_records = 4096,
	};
	struct tm_session *session;
	int gate, failed, wstatus;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: lives COMMAND [ARGUMENT...]\n");
		return 2;
	}
	session = tm_session_open(NULL, &attr);
	if (!session) {
		perror("lives: session");
		return 1;
	}
	pid = spawn(argv + 1, &gate);
	if (pid < 0) {
		perror("lives: fork");
		tm_session_close(session);
		return 1;
	}
	failed = follow(session, pid, gate);
	close(gate);
	tm_session_close(session);
	if (waitpid(pid, &wstatus, 0) != pid || failed)
		return 1;
	return WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : 128 + WTERMSIG(wstatus);
}
