// SPDX-License-Identifier: GPL-2.0-only
/* TM_ADD, TM_DEL, TM_INTERVAL. */
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "fuzz.h"

#define IOW(request, size) _IOC(_IOC_WRITE, TM_IOC_MAGIC, _IOC_NR(request), size)

static const int add_errors[] = { ESRCH, EEXIST, EPERM, EINVAL, ENOSPC, ENOMEM, EFAULT, 0 };
static const int del_errors[] = { ESRCH, EINVAL, EPERM, EFAULT, 0 };
static const int interval_errors[] = { EINVAL, EPERM, EFAULT, 0 };

static struct tm_target_spec pick_spec(struct actor *a)
{
	struct tm_target_spec spec = { .pid = pick_pid(a) };

	if (rng_one_in(&a->rng, 4))
		spec.flags = TM_TARGET_THREAD;
	if (rng_one_in(&a->rng, 16))
		spec.flags = (unsigned int)rng_next(&a->rng);
	return spec;
}

/* These must be refused, whatever else is the matter. */
static bool is_refused(const struct entry *e, const struct tm_target_spec *spec, unsigned int size)
{
	if (size != sizeof(*spec) || spec->pid <= 0 || spec->flags & ~TM_TARGET_THREAD)
		return true;
	if (surely_does_not(e))
		return true;
	return e->own && e->attr.scope > TM_SCOPE_TREE;
}

static bool is_exact(const struct entry *e)
{
	return e->own && !e->shared && e->attr.scope == TM_SCOPE_LIST;
}

static unsigned int odd_size(struct actor *a, unsigned int size)
{
	return rng_one_in(&a->rng, 12) ? pick_size(a, size, size) : size;
}

void op_add(struct actor *a)
{
	struct tm_target_spec spec = pick_spec(a);
	unsigned int size = odd_size(a, sizeof(spec));
	struct call c = { "TM_ADD", IOW(TM_ADD, size), add_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	place_fill(a, &p, &spec, size < sizeof(spec) ? size : sizeof(spec));
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, false);
	if (!place_untouched(a, &p))
		wrong(a, "TM_ADD wrote");
	if (!c.result && is_refused(e, &spec, size))
		wrong(a, "TM_ADD took %d, flags %#x", spec.pid, spec.flags);
	if (!c.result && e->own && e->attr.scope == TM_SCOPE_TREE && spec.flags)
		wrong(a, "TM_ADD took a thread into a tree");
	if (!c.result && e->own && is_foreign(&e->rights, spec.pid))
		wrong(a, "TM_ADD took somebody else's process %d", spec.pid);
	if (c.result == -EPERM && e->rights.everyone && surely_controls(e))
		wrong(a, "TM_ADD %d gave EPERM to one who may", spec.pid);
	if (c.result == -EEXIST && is_exact(e) && !e->targets)
		wrong(a, "TM_ADD: %d exists in an empty session", spec.pid);
	e->targets += !c.result;
}

void op_del(struct actor *a)
{
	struct tm_target_spec spec = pick_spec(a);
	unsigned int size = odd_size(a, sizeof(spec));
	struct call c = { "TM_DEL", IOW(TM_DEL, size), del_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	place_fill(a, &p, &spec, size < sizeof(spec) ? size : sizeof(spec));
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, false);
	if (!place_untouched(a, &p))
		wrong(a, "TM_DEL wrote");
	if (!c.result && is_refused(e, &spec, size))
		wrong(a, "TM_DEL took %d, flags %#x", spec.pid, spec.flags);
	if (c.result == -EPERM && surely_controls(e))
		wrong(a, "TM_DEL gave EPERM to one who may");
	if (!c.result && is_exact(e) && !e->targets)
		wrong(a, "TM_DEL found %d in an empty session", spec.pid);
	if (!c.result) {
		e->targets--;
		memset(&e->got, 0, sizeof(e->got));
	}
}

void op_interval(struct actor *a)
{
	uint64_t ns = pick_interval(a);
	unsigned int size = odd_size(a, sizeof(ns));
	struct call c = { "TM_INTERVAL", IOW(TM_INTERVAL, size), interval_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);
	bool out, inside;

	if (!e)
		return;
	place_fill(a, &p, &ns, size < sizeof(ns) ? size : sizeof(ns));
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, false);
	if (!place_untouched(a, &p))
		wrong(a, "TM_INTERVAL wrote");
	inside = ns >= TM_INTERVAL_MIN_NS && ns <= TM_INTERVAL_MAX_NS;
	out = e->own && e->attr.window_ns && ns > e->attr.window_ns;
	if (!c.result && (!inside || out || size != sizeof(ns) || surely_does_not(e)))
		wrong(a, "TM_INTERVAL took %llu", (unsigned long long)ns);
	if (c.result == -EINVAL && inside && !out && size == sizeof(ns) && (e->own || !e->shared))
		wrong(a, "TM_INTERVAL refused %llu", (unsigned long long)ns);
	if (!c.result)
		e->attr.interval_ns = ns;
}
