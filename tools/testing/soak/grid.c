// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's periodic records against the clock: see soak.h.
 *
 * The deadline of a tick is the start plus a whole number of intervals, and it is
 * served no earlier, and on a machine that does little else a moment later. So
 * the n-th record of a target belongs to the n-th point of the grid, and its time
 * stamp must say so: one too many or too few would shift all that follow.
 */
#include "soak.h"

void grid_begin(struct grid *g, const char *name, int fd, unsigned int targets,
		unsigned long long interval_ns)
{
	memset(g, 0, sizeof(*g));
	g->name = name;
	g->fd = fd;
	g->targets = targets;
	g->interval_ns = interval_ns;
	session_nonblock(fd);
	g->begun[0] = (unsigned long long)now_ns();
	if (dev_ioctl(fd, TM_START, NULL))
		tap_bail("%s does not start", name);
	g->begun[1] = (unsigned long long)now_ns();
}

/* All targets of a tick carry one time: the first of them says which tick it is. */
static void grid_take(struct grid *g, const struct task_sample *s)
{
	unsigned long long tick = g->records++ / g->targets;
	unsigned long long late;

	if (s->time_ns < g->begun[0] + tick * g->interval_ns) {
		g->wrong++;
		return;
	}
	late = s->time_ns - (g->begun[0] + tick * g->interval_ns);
	if (late >= g->interval_ns / 2)
		g->wrong++;
	if (late > g->late_ns)
		g->late_ns = late;
	g->ticks = tick + 1;
}

void grid_read(struct grid *g)
{
	struct task_sample buf[64];
	ssize_t len;
	size_t i;

	while ((len = read(g->fd, buf, sizeof(buf))) > 0) {
		for (i = 0; i < (size_t)len / sizeof(buf[0]); i++) {
			if (buf[i].kind == TM_KIND_LOST)
				g->lost += buf[i].lost_records;
			else if (buf[i].kind == TM_KIND_PERIODIC)
				grid_take(g, &buf[i]);
		}
	}
	if (len < 0 && errno != EAGAIN)
		tap_bail("%s: read: %s", g->name, strerror(errno));
}

/* To be asked while no tick is due: between two points of the grid. */
bool grid_is_right(struct grid *g)
{
	unsigned long long now, due;
	struct tm_state state;

	grid_read(g);
	now = (unsigned long long)now_ns();
	session_state(g->fd, &state);
	due = (now - g->begun[1]) / g->interval_ns + 1;
	if (!g->wrong && !g->lost && !state.missed_ticks && state.ticks == due &&
	    g->ticks == due && g->records == due * g->targets)
		return true;
	tap_diag("%s: %llu due, %llu served, %llu missed; %llu records of %llu ticks, %llu wrong, %llu lost",
		 g->name, due, (unsigned long long)state.ticks,
		 (unsigned long long)state.missed_ticks, g->records, g->ticks, g->wrong, g->lost);
	return false;
}
