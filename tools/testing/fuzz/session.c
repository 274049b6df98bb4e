// SPDX-License-Identifier: GPL-2.0-only
/* TM_SESSION: attributes of all sorts, and which of them must be refused. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>

#include "fuzz.h"

static const int session_errors[] = { EBUSY,  EINVAL, E2BIG, EPERM,
				      EBADF,  ENOMEM, EINTR, EFAULT, 0 };

/* The module's structure, and what a newer program's may have behind it. */
struct given {
	struct tm_session_attr attr;
	char more[_IOC_SIZEMASK + 1 - sizeof(struct tm_session_attr)];
};

/* Lists are cheap; the others look at every process, and stock a thousand targets for its forks. */
static unsigned int pick_scope(struct actor *a)
{
	unsigned int dice = rng_below(&a->rng, 64);

	return dice < 57 ? TM_SCOPE_LIST : dice < 60 ? TM_SCOPE_TREE :
	       dice < 62 ? TM_SCOPE_CGROUP : TM_SCOPE_SYSTEM;
}

static uint32_t pick_records(struct actor *a)
{
	/* Who has no right to lock memory may ask for more than there is. */
	if (!a->ipc_lock && rng_one_in(&a->rng, 8))
		return TM_RING_RECORDS_MAX;
	return rng_one_in(&a->rng, 4) ? rng_below(&a->rng, 2000) :
					(uint32_t)TM_RING_RECORDS_MIN << rng_below(&a->rng, 7);
}

static void pick_attr(struct actor *a, struct tm_session_attr *attr)
{
	memset(attr, 0, sizeof(*attr));
	attr->flags = rng_one_in(&a->rng, 4) ? TM_SESSION_STOPPED : 0;
	if (rng_one_in(&a->rng, a->rights.control ? 3 : 12))
		attr->flags |= TM_SESSION_EVENTS;
	attr->interval_ns = pick_interval(a);
	if (rng_one_in(&a->rng, 3))
		attr->window_ns = attr->interval_ns * rng_below(&a->rng, 20);
	if (rng_one_in(&a->rng, 40))
		attr->interval_ns = TM_INTERVAL_MIN_NS;
	attr->scope = pick_scope(a);
	attr->cgroup_fd = rng_one_in(&a->rng, 2) ? -1 : 0;
	attr->ring_records = pick_records(a);
	attr->watermark = rng_below(&a->rng, 12);
	if (rng_one_in(&a->rng, 3))
		attr->kinds = rng_one_in(&a->rng, 8) ? (uint32_t)rng_next(&a->rng) :
						       TM_KINDS_ALL & (uint32_t)rng_next(&a->rng);
}

/* One field that is anything at all. */
static void spoil(struct actor *a, struct tm_session_attr *attr)
{
	uint64_t any = rng_next(&a->rng) >> rng_below(&a->rng, 64);

	switch (rng_below(&a->rng, 9)) {
	case 0: attr->flags = any; break;
	case 1: attr->interval_ns = any; break;
	case 2: attr->window_ns = any; break;
	case 3: attr->scope = (uint32_t)any; break;
	case 4: attr->cgroup_fd = (int)any; break;
	case 5: attr->ring_records = TM_RING_RECORDS_MAX + 1 + (uint32_t)(any & 0xffff); break;
	case 6: attr->watermark = (uint32_t)any; break;
	case 7: attr->kinds = (uint32_t)any; break;
	case 8: attr->reserved = (uint32_t)any; break;
	}
}

/* Which of them the documents say are invalid. */
static bool is_invalid(const struct tm_session_attr *attr)
{
	uint32_t records = attr->ring_records ?: TM_RING_RECORDS_DEFAULT, capacity = 1;

	while (capacity < records && capacity < TM_RING_RECORDS_MAX)
		capacity *= 2;
	if (attr->flags & ~TM_SESSION_FLAGS || attr->reserved || attr->scope > TM_SCOPE_SYSTEM ||
	    attr->kinds & ~TM_KINDS_ALL)
		return true;
	if (attr->interval_ns < TM_INTERVAL_MIN_NS || attr->interval_ns > TM_INTERVAL_MAX_NS)
		return true;
	if (attr->window_ns &&
	    (attr->window_ns < attr->interval_ns || attr->window_ns > TM_INTERVAL_MAX_NS))
		return true;
	if (records < TM_RING_RECORDS_MIN || records > TM_RING_RECORDS_MAX)
		return true;
	return attr->watermark > capacity / 2 ||
	       (attr->scope != TM_SCOPE_CGROUP && attr->cgroup_fd > 0);
}

static bool tells_unasked(const struct entry *e, const struct tm_session_attr *attr)
{
	return attr->flags & TM_SESSION_EVENTS && !e->rights.control;
}

static bool over_memlock(const struct actor *a, const struct tm_session_attr *attr)
{
	return !a->ipc_lock && attr->ring_records * SAMPLE_SIZE > MEMLOCK_MAX;
}

/* Why it cannot be, or NULL. */
static const char *why_not(const struct actor *a, const struct entry *e, const struct given *g,
			   unsigned int size)
{
	if (e->own)
		return "a second session for a file";
	if (size < TM_SESSION_ATTR_SIZE_VER0 || is_invalid(&g->attr))
		return "invalid attributes";
	if (size > sizeof(g->attr) && g->more[0])
		return "what it does not know";
	if (g->attr.scope >= TM_SCOPE_CGROUP && !e->rights.system)
		return "a scope that one may not have";
	if (tells_unasked(e, &g->attr))
		return "events of one who is no administrator";
	if (over_memlock(a, &g->attr))
		return "more memory than may be locked";
	return NULL;
}

static void session_is_made(struct actor *a, struct entry *e, const struct given *g,
			    const struct place *p)
{
	struct tm_session_attr now, want = g->attr;

	memcpy(&now, p->at, sizeof(now));
	want.ring_records = now.ring_records;
	if (memcmp(&now, &want, sizeof(now)))
		wrong(a, "TM_SESSION changed what it was given");
	if (now.ring_records < (g->attr.ring_records ?: TM_RING_RECORDS_DEFAULT) ||
	    now.ring_records & (now.ring_records - 1))
		wrong(a, "TM_SESSION made a history of %u for %u", now.ring_records,
		      g->attr.ring_records);
	/* What others hold too counts against our memory until they let go of it. */
	a->gave |= e->shared;
	e->own = true;
	e->attr = now;
	e->running = !(now.flags & TM_SESSION_STOPPED);
	e->targets = 0;
	e->thresholds = 0;
	e->threshold_id = 0;
	e->cursor = 0;
	e->samples = 0;
	memset(&e->got, 0, sizeof(e->got));
}

/* Of a shared file somebody else may make a session; what kind of, we do not know then. */
static void judge_session(struct actor *a, struct entry *e, const struct call *c,
			  const struct given *g, const struct place *p)
{
	const char *not = why_not(a, e, g, _IOC_SIZE(c->cmd));

	judge(a, e, c, p, true, true);
	if (!c->result && not)
		wrong(a, "TM_SESSION allowed %s", not);
	if (c->result == -EPERM && e->rights.system && !tells_unasked(e, &g->attr))
		wrong(a, "TM_SESSION gave EPERM to one who may");
	if (c->result == -EBUSY && !e->own && !e->shared)
		wrong(a, "TM_SESSION: busy, and there was none");
	if (c->result == -EINVAL && !not)
		wrong(a, "TM_SESSION refused good attributes");
	if (!c->result)
		session_is_made(a, e, g, p);
}

void op_session(struct actor *a)
{
	unsigned int size = rng_one_in(&a->rng, 6) ? pick_size(a, 48, 48) : 48;
	unsigned int cmd = _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC, _IOC_NR(TM_SESSION), size);
	struct call c = { "TM_SESSION", cmd, session_errors, 0 };
	struct place p = rng_one_in(&a->rng, 4) ? place_any(a, size) : place_good(a, size);
	struct entry *e = pick_file(a);
	struct given g;
	char path[64];
	int cgroup = -1;

	if (!e || (e->own && !rng_one_in(&a->rng, 8)))
		return;
	memset(&g, 0, sizeof(g));
	pick_attr(a, &g.attr);
	if (rng_one_in(&a->rng, 4))
		spoil(a, &g.attr);
	if (g.attr.scope == TM_SCOPE_CGROUP && !rng_one_in(&a->rng, 8)) {
		snprintf(path, sizeof(path), CGROUP "/%u", rng_below(&a->rng, CGROUPS));
		cgroup = open(path, O_RDONLY | O_CLOEXEC);
		g.attr.cgroup_fd = cgroup;
	}
	if (rng_one_in(&a->rng, 2))
		g.more[0] = 1;
	place_fill(a, &p, &g, size);
	call_run(a, e, &c, &p);
	/* Anything that was open as cgroup_fd, this file among it, is no cgroup. */
	judge_session(a, e, &c, &g, &p);
	if (cgroup >= 0)
		close(cgroup);
}
