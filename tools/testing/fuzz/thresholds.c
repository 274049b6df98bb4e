// SPDX-License-Identifier: GPL-2.0-only
/* TM_THRESHOLD_ADD and TM_THRESHOLD_DEL; what there is of them is asked in batch.c. */
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "fuzz.h"

#define IOC(dir, request, size) _IOC(dir, TM_IOC_MAGIC, _IOC_NR(request), size)

static const int add_errors[] = { EINVAL, E2BIG, ENOSPC, EOPNOTSUPP, EPERM, EFAULT, 0 };
static const int del_errors[] = { ENOENT, EINVAL, EPERM, EFAULT, 0 };

/* The module's structure, and what a newer program's may have behind it. */
struct given {
	struct tm_threshold t;
	char more[_IOC_SIZEMASK + 1 - sizeof(struct tm_threshold)];
};

/* Most are crossed by somebody sooner or later. */
static void pick_threshold(struct actor *a, struct tm_threshold *t)
{
	uint64_t any = rng_next(&a->rng) >> rng_below(&a->rng, 64);

	memset(t, 0, sizeof(*t));
	t->what = TM_THRESHOLD_RSS + rng_below(&a->rng, TM_THRESHOLD_EXIT);
	if (t->what != TM_THRESHOLD_EXIT) {
		t->above = rng_below(&a->rng, 1U << rng_below(&a->rng, 24));
		if (rng_one_in(&a->rng, 2))
			t->below = rng_below(&a->rng, (uint32_t)t->above + 1);
		if (rng_one_in(&a->rng, 3))
			t->for_ns = rng_below(&a->rng, 1U << rng_below(&a->rng, 30));
	}
	/* What the module sets is nobody's business before. */
	t->id = (uint32_t)any;
	t->crossed = any;
	if (!rng_one_in(&a->rng, 4))
		return;
	switch (rng_below(&a->rng, 6)) {
	case 0: t->what = (uint32_t)any; break;
	case 1: t->above = any; break;
	case 2: t->below = any; break;
	case 3: t->for_ns = any; break;
	case 4: t->flags = (uint32_t)any; break;
	case 5: t->reserved = (uint32_t)any; break;
	}
}

/* Which of them the documents say are invalid. */
static bool is_invalid(const struct tm_threshold *t)
{
	if (t->what < TM_THRESHOLD_RSS || t->what > TM_THRESHOLD_EXIT || t->flags || t->reserved)
		return true;
	return t->below > t->above ||
	       (t->what == TM_THRESHOLD_EXIT && (t->above || t->below || t->for_ns));
}

static bool is_exact(const struct entry *e)
{
	return e->own && !e->shared;
}

static bool lacks_kind(const struct entry *e)
{
	return e->own && e->attr.kinds && !(e->attr.kinds & 1U << TM_KIND_THRESHOLD);
}

/* Why it cannot be, or NULL. */
static const char *why_not(const struct entry *e, const struct given *g, unsigned int size)
{
	if (size < TM_THRESHOLD_SIZE_VER0 || is_invalid(&g->t))
		return "an invalid one";
	if (size > sizeof(g->t) && g->more[0])
		return "what it does not know";
	if (surely_does_not(e))
		return "somebody who may not control";
	if (is_exact(e) && lacks_kind(e))
		return "a kind that the session has not";
	return is_exact(e) && e->thresholds == TM_THRESHOLDS_MAX ? "one too many" : NULL;
}

static void is_added(struct actor *a, struct entry *e, const struct given *g, const struct place *p)
{
	struct tm_threshold now, want = g->t;

	memcpy(&now, p->at, sizeof(now));
	want.id = now.id;
	if (memcmp(&now, &want, sizeof(now)))
		wrong(a, "TM_THRESHOLD_ADD changed what it was given");
	if (!now.id || (is_exact(e) && now.id <= e->threshold_id))
		wrong(a, "TM_THRESHOLD_ADD gave the number %u, behind %u", now.id,
		      e->threshold_id);
	e->threshold_id = now.id;
	e->thresholds++;
}

void op_threshold_add(struct actor *a)
{
	const unsigned int ours = sizeof(struct tm_threshold);
	unsigned int size = rng_one_in(&a->rng, 8) ? pick_size(a, ours, ours) : ours;
	unsigned int cmd = IOC(_IOC_READ | _IOC_WRITE, TM_THRESHOLD_ADD, size);
	struct call c = { "TM_THRESHOLD_ADD", cmd, add_errors, 0 };
	struct place p = place_any(a, size);
	struct entry *e = pick_file(a);
	const char *not;
	struct given g;

	if (!e)
		return;
	memset(&g, 0, sizeof(g));
	pick_threshold(a, &g.t);
	if (rng_one_in(&a->rng, 2))
		g.more[0] = 1;
	place_fill(a, &p, &g, size);
	not = why_not(e, &g, size);
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, true);
	if (!c.result && not)
		wrong(a, "TM_THRESHOLD_ADD allowed %s", not);
	if (c.result == -EPERM && surely_controls(e))
		wrong(a, "TM_THRESHOLD_ADD gave EPERM to one who may");
	if (c.result == -EINVAL && !not && is_exact(e))
		wrong(a, "TM_THRESHOLD_ADD refused a good one");
	if (c.result == -ENOSPC && is_exact(e) && e->thresholds < TM_THRESHOLDS_MAX)
		wrong(a, "TM_THRESHOLD_ADD: full with %u", e->thresholds);
	if (!c.result)
		is_added(a, e, &g, &p);
}

void op_threshold_del(struct actor *a)
{
	unsigned int size = rng_one_in(&a->rng, 12) ? pick_size(a, 4, 4) : 4;
	unsigned int cmd = IOC(_IOC_WRITE, TM_THRESHOLD_DEL, size);
	struct call c = { "TM_THRESHOLD_DEL", cmd, del_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);
	uint32_t id;

	if (!e)
		return;
	/* One of the last few: they are there as likely as not. */
	id = e->threshold_id - rng_below(&a->rng, TM_THRESHOLDS_MAX);
	if (rng_one_in(&a->rng, 8))
		id = (uint32_t)rng_next(&a->rng);
	place_fill(a, &p, &id, size < sizeof(id) ? size : sizeof(id));
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, false);
	if (!place_untouched(a, &p))
		wrong(a, "TM_THRESHOLD_DEL wrote");
	if (!c.result && (size != sizeof(id) || surely_does_not(e)))
		wrong(a, "TM_THRESHOLD_DEL was done, with %u bytes", size);
	if (is_exact(e) && !c.result && (!id || id > e->threshold_id || !e->thresholds))
		wrong(a, "TM_THRESHOLD_DEL removed %u, which there was not", id);
	if (!c.result && e->thresholds)
		e->thresholds--;
}
