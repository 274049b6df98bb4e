// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left of a CPU: how long a loop takes that does always the same.
 *
 *   idle.none     the module is not loaded (idle none)
 *   idle.loaded   it is, nobody watches anything
 *   idle.stopped  a session of the crowd is there, but stopped
 *   idle.tick     what one tick of one process takes in all, the timer's
 *                 interrupt and the switch to the sampler and back included
 */
#include "bench.h"
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TURNS 100000000L

static void turn(void)
{
	long i;

	for (i = 0; i < TURNS; i++)
		asm volatile("");
}

int main(int argc, char **argv)
{
	double loaded, ticking;
	struct tm_state state;
	int fd, i;

	crowd_read();
	if (argc > 1 && !strcmp(argv[1], "none")) {
		emit_call("idle.none", "loop", best(turn, 3, 1));
		return 0;
	}
	if (crowd.n < 1)
		return 2;
	loaded = best(turn, 3, 1);
	emit_call("idle.loaded", "loop", loaded);

	fd = session(TM_SCOPE_LIST, MS, 1024, 1U << TM_KIND_PERIODIC, TM_SESSION_STOPPED);
	for (i = 0; i < crowd.n; i++)
		session_add(fd, crowd.pids[i]);
	emit_call("idle.stopped", "loop", best(turn, 3, 1));
	close(fd);

	fd = session(TM_SCOPE_LIST, MS, 1024, 1U << TM_KIND_PERIODIC, TM_SESSION_STOPPED);
	session_add(fd, crowd.pids[0]);
	ioctl(fd, TM_START);
	ticking = now_ns();
	turn();
	ticking = now_ns() - ticking;
	ioctl(fd, TM_STOP);
	state = session_state(fd);
	if (state.ticks)
		emit_call("idle.tick", "tick", (ticking - loaded) / state.ticks);
	close(fd);
	return 0;
}
