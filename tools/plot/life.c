// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <linux/taskmonitor.h>

#include "life.h"
#include "status.h"

enum { COLUMN_TIME, COLUMN_KIND, COLUMN_UTIME, COLUMN_STIME, COLUMN_RSS, COLUMN_PEAK };

static const char select_samples[] =
	"SELECT time_ns, kind, utime_ns, stime_ns, rss_bytes, peak_rss_bytes "
	"FROM sample WHERE process = ?1 ORDER BY seq";

/**
 * struct moment - a sample
 * @time_ns: when
 * @cpu_ns: CPU time so far
 * @rss_bytes: resident
 * @peak_bytes: the most that ever was
 * @kind: enum tm_kind
 * @cpu_known: whether @cpu_ns is
 * @rss_known: whether @rss_bytes is
 * @peak_known: whether @peak_bytes is
 */
struct moment {
	uint64_t time_ns;
	uint64_t cpu_ns;
	uint64_t rss_bytes;
	uint64_t peak_bytes;
	uint64_t kind;
	bool cpu_known;
	bool rss_known;
	bool peak_known;
};

/**
 * struct walk - where a walk is
 * @cpu: the last sample whose CPU time counts
 * @stale: one after it whose CPU time is behind, for want of a better one
 * @rss: the last sample
 */
struct walk {
	struct moment cpu;
	struct moment stale;
	struct moment rss;
};

sqlite3_stmt *life_prepare(const struct recording *rec)
{
	return recording_prepare(rec, select_samples);
}

static bool take_moment(struct moment *now, sqlite3_stmt *row)
{
	uint64_t utime = 0, stime = 0;

	memset(now, 0, sizeof(*now));
	now->kind = UINT64_MAX;
	column_uint(row, COLUMN_KIND, &now->kind);
	now->cpu_known = column_uint(row, COLUMN_UTIME, &utime) &&
			 column_uint(row, COLUMN_STIME, &stime) &&
			 !__builtin_add_overflow(utime, stime, &now->cpu_ns);
	/* It has not run yet. */
	now->cpu_known |= now->kind == TM_KIND_FORK;
	now->rss_known = column_uint(row, COLUMN_RSS, &now->rss_bytes);
	now->peak_known = column_uint(row, COLUMN_PEAK, &now->peak_bytes);
	return column_uint(row, COLUMN_TIME, &now->time_ns);
}

/* The last record comes when the process has been reaped; it ran no longer than this. */
static uint64_t cpu_end(const struct life *life, const struct moment *now)
{
	const struct process *p = life->p;

	return p->exited && p->exit_time_ns < now->time_ns ? p->exit_time_ns : now->time_ns;
}

static void count_cpu(const struct life *life, struct moment *last, const struct moment *now)
{
	uint64_t from = last->time_ns, to = cpu_end(life, now);

	/* A counter that falls is no process's: nothing until it has caught up. */
	if (now->cpu_ns < last->cpu_ns)
		return;
	if (to < from)
		from = to;
	life->cpu(life, from, to, now->cpu_ns - last->cpu_ns);
	*last = *now;
}

static void walk_cpu(const struct life *life, struct walk *walk, const struct moment *now)
{
	bool stale = now->kind == TM_KIND_EXEC || now->kind == TM_KIND_EXITING;

	if (!now->cpu_known)
		return;
	if (!walk->cpu.cpu_known) {
		walk->cpu = *now;
		return;
	}
	walk->stale = stale ? *now : (struct moment){ 0 };
	if (!stale)
		count_cpu(life, &walk->cpu, now);
}

static void walk_rss(const struct life *life, struct walk *walk, const struct moment *now)
{
	uint64_t end = now->time_ns;

	if (life->p->exited && life->p->exit_time_ns < end)
		end = life->p->exit_time_ns;
	if (walk->rss.rss_known && end > walk->rss.time_ns)
		life->rss(life, walk->rss.time_ns, end, walk->rss.rss_bytes);
	if (now->peak_known)
		life->peak(life, now->time_ns, now->peak_bytes);
	walk->rss = *now;
}

/* Nothing changes after the last sample until the process was last heard of. */
static void end_walk(const struct life *life, struct walk *walk)
{
	struct moment end = walk->rss;

	if (walk->stale.cpu_known)
		count_cpu(life, &walk->cpu, &walk->stale);
	end.peak_known = false;
	end.time_ns = life->p->exited ? life->p->exit_time_ns : life->p->last_ns;
	if (end.time_ns <= walk->rss.time_ns)
		return;
	walk_rss(life, walk, &end);
	if (walk->cpu.cpu_known && !life->p->exited) {
		end.cpu_ns = walk->cpu.cpu_ns;
		count_cpu(life, &walk->cpu, &end);
	}
}

int life_walk(const struct life *life, const struct recording *rec, sqlite3_stmt *samples)
{
	struct walk walk = { 0 };
	struct moment now;
	int err;

	sqlite3_bind_int64(samples, 1, life->p->id);
	while ((err = sqlite3_step(samples)) == SQLITE_ROW) {
		/* Records that another CPU made may stand a little out of order. */
		if (!take_moment(&now, samples) || now.time_ns < walk.rss.time_ns)
			continue;
		walk_cpu(life, &walk, &now);
		walk_rss(life, &walk, &now);
	}
	if (err == SQLITE_DONE)
		end_walk(life, &walk);
	else
		recording_fail(rec);
	sqlite3_reset(samples);
	return err == SQLITE_DONE ? STATUS_DONE : STATUS_FAILED;
}
