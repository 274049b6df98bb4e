// SPDX-License-Identifier: GPL-2.0-only
/* without CAPABILITY COMMAND...: run it without that capability, a number. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3 || prctl(PR_CAPBSET_DROP, atoi(argv[1]), 0, 0, 0))
		return 126;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
