// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "error.h"
#include "output.h"
#include "status.h"

/* Why the first write that failed did; 0: none has. */
static int write_error;

/* What SIGPIPE did before us. */
static void (*inherited)(int);

void output_init(void)
{
	inherited = signal(SIGPIPE, SIG_IGN);
}

void output_undo(void)
{
	signal(SIGPIPE, inherited == SIG_IGN ? SIG_IGN : SIG_DFL);
}

bool output_flush(void)
{
	if (write_error)
		return false;
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		write_error = errno ? errno : EIO;
	return !write_error;
}

int output_close(int status)
{
	output_flush();
	if (fclose(stdout) && !write_error)
		write_error = errno ? errno : EIO;
	if (!write_error || write_error == EPIPE)
		return status;

	error_in_json(false);	/* there is nowhere to put an object */
	fail_errno("standard output", write_error);
	return status ? status : STATUS_FAILED;
}
