// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "send.h"
#include "status.h"

static const struct {
	int number;
	const char *name;
} signals[] = {
	{ SIGTERM, "SIGTERM" }, { SIGKILL, "SIGKILL" }, { SIGINT, "SIGINT" },
	{ SIGHUP, "SIGHUP" }, { SIGQUIT, "SIGQUIT" }, { SIGSTOP, "SIGSTOP" },
	{ SIGCONT, "SIGCONT" }, { SIGTSTP, "SIGTSTP" }, { SIGUSR1, "SIGUSR1" },
	{ SIGUSR2, "SIGUSR2" }, { SIGABRT, "SIGABRT" }, { SIGALRM, "SIGALRM" },
	{ SIGCHLD, "SIGCHLD" }, { SIGPIPE, "SIGPIPE" }, { SIGSEGV, "SIGSEGV" },
	{ SIGBUS, "SIGBUS" }, { SIGFPE, "SIGFPE" }, { SIGILL, "SIGILL" },
	{ SIGTRAP, "SIGTRAP" }, { SIGSYS, "SIGSYS" }, { SIGTTIN, "SIGTTIN" },
	{ SIGTTOU, "SIGTTOU" }, { SIGURG, "SIGURG" }, { SIGWINCH, "SIGWINCH" },
	{ SIGXCPU, "SIGXCPU" }, { SIGXFSZ, "SIGXFSZ" },
};

void send_menu(struct menu *menu, const char *title)
{
	char label[32];
	size_t i;

	menu_begin(menu, title);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		snprintf(label, sizeof(label), "%2d %s", signals[i].number, signals[i].name);
		menu_add(menu, label, (uint64_t)signals[i].number, signals[i].number == SIGTERM);
	}
}

const char *send_name(int signal)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		if (signals[i].number == signal)
			return signals[i].name;
	}
	return "";
}

/* Return: 0 if it lives, or what errno was. */
static int is_alive(struct source *source, int32_t pid, uint64_t start_time_ns)
{
	struct batch batch = { 0 };
	int err = batch_take(&batch, source->session, NULL);
	size_t i;

	if (!err)
		err = ESRCH;
	for (i = 0; i < batch.count; i++) {
		const struct task_sample *sample = &batch.samples[i];

		if (sample->pid == pid && sample->start_time_ns == start_time_ns &&
		    !(sample->flags & TM_SAMPLE_EXITED))
			err = 0;
	}
	batch_free(&batch);
	return err;
}

/*
 * The descriptor is taken first, then looked whether the process still lives: it
 * had its number before that, so has had it all the while, and is the one that the
 * descriptor is of.
 */
int send_signal(struct source *source, int32_t pid, uint64_t start_time_ns, int signal)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	int err = fd < 0 ? errno : is_alive(source, pid, start_time_ns);

	if (!err && syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0))
		err = errno;
	if (fd >= 0)
		close(fd);
	return err;
}
