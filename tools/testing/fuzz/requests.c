// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all requests have in common, and those that are asked of any session.
 * The errors are those of Documentation/ioctl.md; where the reason for one can
 * be seen from here, it must come, and must not come without it.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "fuzz.h"

#define IOC(dir, request, size) _IOC(dir, TM_IOC_MAGIC, _IOC_NR(request), size)

static const int get_errors[] = { ESRCH, EPERM, EINVAL, EFAULT, 0 };
static const int start_errors[] = { EPERM, ENOMEM, EINTR, 0 };
static const int stop_errors[] = { EPERM, 0 };
static const int pid_errors[] = { ESRCH, EINVAL, EPERM, EFAULT, ENOMEM, 0 };
static const int state_errors[] = { EPERM, EINVAL, EFAULT, 0 };

bool surely_controls(const struct entry *e)
{
	return e->rights.control || e->own;
}

/* While it is shared somebody may be making it a private session right now. */
bool surely_does_not(const struct entry *e)
{
	return !e->rights.control && !e->own && !e->shared;
}

/* The size that a caller's structure may have: ours, an older or newer one's, or none's. */
unsigned int pick_size(struct actor *a, unsigned int least, unsigned int ours)
{
	switch (rng_below(&a->rng, 10)) {
	case 0: return rng_below(&a->rng, least + 1);
	case 1: return least;
	case 2: return least + 8 * rng_below(&a->rng, 40);
	case 3: return rng_below(&a->rng, 600);
	case 4: return rng_one_in(&a->rng, 4) ? _IOC_SIZEMASK : ours + 1;
	default: return ours;
	}
}

/* Anybody: who stays, who comes and goes, oneself, kernel threads, nobody. */
pid_t pick_pid(struct actor *a)
{
	switch (rng_below(&a->rng, 12)) {
	case 0: return getpid();
	case 1: return (pid_t)rng_below(&a->rng, 400) + 1;
	case 2: return rng_one_in(&a->rng, 2) ? 1 : 2;
	case 3: return (pid_t)rng_next(&a->rng);
	case 4: return rng_one_in(&a->rng, 2) ? 0 : -1;
	case 5: case 6: case 7: return shared->cast[rng_below(&a->rng, CAST_MAX)].pid;
	default: return shared->board[rng_below(&a->rng, BOARD_MAX)];
	}
}

/* In range or not; few are so short that the sampler does nothing else. */
uint64_t pick_interval(struct actor *a)
{
	static const uint64_t edges[] = {
		0, 1, TM_INTERVAL_MIN_NS - 1, TM_INTERVAL_MIN_NS, TM_INTERVAL_MAX_NS,
		TM_INTERVAL_MAX_NS + 1, 1ULL << 63, ~0ULL,
	};

	if (rng_one_in(&a->rng, 6))
		return edges[rng_below(&a->rng, ARRAY_SIZE(edges))];
	return 1000000ULL << rng_below(&a->rng, 20);
}

long call_run(struct actor *a, struct entry *e, struct call *c, struct place *p)
{
	note(a, c->name, e->fd, _IOC_SIZE(c->cmd), (long long)(uintptr_t)p->at);
	c->result = ioctl(e->fd, c->cmd, p->at) < 0 ? -errno : 0;
	return noted(a, c->result);
}

static void done_with_bad(struct actor *a, const struct call *c, const struct place *p)
{
	uint32_t first = 0;

	if (p->readable && p->size >= sizeof(first))
		memcpy(&first, p->at, sizeof(first));
	wrong(a, "%s was done with memory that is not %s and begins with %#x", c->name,
	      p->readable ? "writable" : "readable", first);
}

/*
 * The rules of all requests: a documented error; EFAULT where memory is bad, and
 * no success there; nothing written outside of the structure, nor, unless memory
 * was bad, by one that failed. @reads, @writes: what a success needs of it.
 */
void judge(struct actor *a, const struct entry *e, const struct call *c, const struct place *p,
	   bool reads, bool writes)
{
	bool good = p->readable && p->writable;

	if (c->result && !is_in(c->result, c->errors))
		wrong(a, "%s gave %s, which is not documented", c->name, errno_name(c->result));
	if (c->result == -EFAULT && good)
		wrong(a, "%s gave EFAULT of good memory", c->name);
	if (!c->result && ((reads && !p->readable) || (writes && !p->writable)))
		done_with_bad(a, c, p);
	if (!place_kept_inside(a, p))
		wrong(a, "%s wrote outside of its argument", c->name);
	if (c->result && c->result != -EFAULT && !place_untouched(a, p))
		wrong(a, "%s failed by %s and wrote", c->name, errno_name(c->result));
	if (c->result == -EPERM && e->rights.control && e->rights.everyone && e->rights.system)
		wrong(a, "%s gave EPERM to one who may do all", c->name);
}

/* What was written behind the module's own structure must be zero. */
static bool is_zero(const char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from)
			return false;
	}
	return true;
}

/*
 * Two answers of one target: no counter has gone back. Of one that was removed
 * and added again the split of its time may be another.
 */
static void compare_got(struct actor *a, struct entry *e, const struct task_sample *s)
{
	struct task_sample *was = &e->got;

	if (e->own && !e->shared && was->pid == s->pid && was->start_time_ns == s->start_time_ns &&
	    was->valid & s->valid & TM_VALID_CPU &&
	    (s->utime < was->utime || s->stime < was->stime || s->time_ns < was->time_ns))
		wrong(a, "TM_GET: %d went back from %llu+%llu at %llu to %llu+%llu at %llu", s->pid,
		      was->utime, was->stime, was->time_ns, s->utime, s->stime, s->time_ns);
	e->got = *s;
}

static void check_got(struct actor *a, struct entry *e, const char *at, size_t size)
{
	struct task_sample s = { .state = '-' };
	const char *flaw;

	memcpy(&s, at, size < sizeof(s) ? size : sizeof(s));
	if (size > sizeof(s) && !is_zero(at + sizeof(s), at + size))
		wrong(a, "TM_GET: not zero behind the structure");
	if (size < sizeof(s))
		return;
	flaw = sample_flaw(&s, IN_READ);
	if (!flaw && s.valid & (TM_VALID_EXIT | TM_VALID_WINDOW))
		flaw = "has what no answer has";
	if (!flaw && e->attr.scope <= TM_SCOPE_TREE && (e->own || !e->shared) &&
	    is_foreign(&e->rights, s.pid))
		flaw = "is of somebody else's process";
	if (flaw)
		wrong(a, "TM_GET: the sample of %d %s", s.pid, flaw);
	compare_got(a, e, &s);
}

void op_get(struct actor *a)
{
	unsigned int size = pick_size(a, TM_SAMPLE_SIZE_VER0, SAMPLE_SIZE);
	struct call c = { "TM_GET", IOC(_IOC_READ, TM_GET, size), get_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	place_fill(a, &p, NULL, 0);
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, false, true);
	if ((c.result == -EINVAL) != (size < TM_SAMPLE_SIZE_VER0))
		wrong(a, "TM_GET of %u bytes: %s", size, errno_name(c.result));
	if (c.result == -EPERM && e->rights.everyone)
		wrong(a, "TM_GET gave EPERM to one who may see all");
	if (!c.result)
		check_got(a, e, p.at, size);
}

void op_get_text(struct actor *a)
{
	unsigned int size = pick_size(a, TM_TEXT_SIZE, TM_TEXT_SIZE);
	struct call c = { "TM_GET_TEXT", IOC(_IOC_READ, TM_GET_TEXT, size), get_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);
	unsigned long long usr, sys;
	int pid, end = 0;

	if (!e)
		return;
	place_fill(a, &p, NULL, 0);
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, false, true);
	if ((c.result == -EINVAL) != (size < TM_TEXT_SIZE))
		wrong(a, "TM_GET_TEXT of %u bytes: %s", size, errno_name(c.result));
	if (c.result)
		return;
	if (!memchr(p.at, '\0', size) ||
	    sscanf(p.at, "pid %d usr %llu sys %llu\n%n", &pid, &usr, &sys, &end) != 3 ||
	    !is_zero(p.at + end, p.at + size) || text_flaw(p.at, (size_t)end))
		wrong(a, "TM_GET_TEXT: not the line: %.80s", p.at);
}

static void control_is_judged(struct actor *a, const struct entry *e, const struct call *c)
{
	if (c->result != -EPERM && surely_does_not(e))
		wrong(a, "%s: %s to one who may not control", c->name, errno_name(c->result));
	if (c->result == -EPERM && surely_controls(e))
		wrong(a, "%s gave EPERM to one who may control", c->name);
}

static void start_or_stop(struct actor *a, struct call *c)
{
	struct entry *e = pick_file(a);
	struct place p = place_any(a, 0);

	if (!e)
		return;
	call_run(a, e, c, &p);
	if (c->result && !is_in(c->result, c->errors))
		wrong(a, "%s gave %s, which is not documented", c->name, errno_name(c->result));
	control_is_judged(a, e, c);
	if (!c->result)
		e->running = c->errors == start_errors;
}

void op_start(struct actor *a)
{
	struct call c = { "TM_START", TM_START, start_errors, 0 };

	start_or_stop(a, &c);
}

void op_stop(struct actor *a)
{
	struct call c = { "TM_STOP", TM_STOP, stop_errors, 0 };

	start_or_stop(a, &c);
}

static void pid_was_got(struct actor *a, const struct entry *e, const struct place *p)
{
	int pid;

	memcpy(&pid, p->at, sizeof(pid));
	if (pid < 0 || pid > 1 << 22)
		wrong(a, "TM_PID got %d", pid);
	if (e->attr.scope <= TM_SCOPE_TREE && (e->own || !e->shared) && is_foreign(&e->rights, pid))
		wrong(a, "TM_PID told of somebody else's process %d", pid);
}

static void pid_was_set(struct actor *a, struct entry *e, int pid, const struct place *p)
{
	if (!place_untouched(a, p))
		wrong(a, "TM_PID to set wrote");
	if (!pid || (e->own && e->attr.scope > TM_SCOPE_TREE))
		wrong(a, "TM_PID took %d, in a scope of %u", pid, e->attr.scope);
	if (is_foreign(&e->rights, pid) && e->own)
		wrong(a, "TM_PID took somebody else's process %d", pid);
	e->targets = 1;
	memset(&e->got, 0, sizeof(e->got));
}

void op_pid(struct actor *a)
{
	int pid = rng_one_in(&a->rng, 3) ? -1 : pick_pid(a);
	unsigned int size = rng_one_in(&a->rng, 8) ? pick_size(a, 4, 4) : 4;
	struct call c = { "TM_PID", IOC(_IOC_READ | _IOC_WRITE, TM_PID, size), pid_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);

	if (!e)
		return;
	place_fill(a, &p, &pid, size < sizeof(pid) ? size : sizeof(pid));
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, true, pid < 0);
	if (size != sizeof(pid) && c.result != -EINVAL)
		wrong(a, "TM_PID of %u bytes: %s", size, errno_name(c.result));
	if (c.result == -EPERM && e->rights.everyone && surely_controls(e))
		wrong(a, "TM_PID %d gave EPERM to one who may", pid);
	if (!c.result && pid >= 0 && surely_does_not(e))
		wrong(a, "TM_PID %d was set by one who may not control", pid);
	if (!c.result && pid < 0)
		pid_was_got(a, e, &p);
	else if (!c.result)
		pid_was_set(a, e, pid, &p);
}

/* What is known of an unshared session of one's own. */
static const char *own_flaw(const struct entry *e, const struct tm_state *s)
{
	if (s->interval_ns != e->attr.interval_ns || s->window_ns != e->attr.window_ns)
		return "has another interval or window";
	if (!(s->flags & TM_STATE_PRIVATE) || !!(s->flags & TM_STATE_RUNNING) != e->running)
		return "has another run state";
	if (s->scope != e->attr.scope || s->ring_records != e->attr.ring_records ||
	    s->watermark != (e->attr.watermark ?: 1) || s->kinds != (e->attr.kinds ?: TM_KINDS_ALL))
		return "is not as it was made";
	if (s->scope == TM_SCOPE_LIST && s->targets != e->targets)
		return "has another number of targets";
	return NULL;
}

static void check_state(struct actor *a, struct entry *e, const struct tm_state *s)
{
	const char *flaw = state_flaw(s, e->rights.control);

	if (!flaw && e->own && !e->shared)
		flaw = own_flaw(e, s);
	if (!flaw && (s->samples < e->samples || s->samples < e->cursor) && !e->shared)
		flaw = "has fewer records than before";
	if (flaw)
		wrong(a, "TM_STATE: session %llu %s", s->id, flaw);
	e->samples = s->samples;
}

void op_state(struct actor *a)
{
	unsigned int size = pick_size(a, TM_STATE_SIZE_VER0, sizeof(struct tm_state));
	struct call c = { "TM_STATE", IOC(_IOC_READ, TM_STATE, size), state_errors, 0 };
	struct entry *e = pick_file(a);
	struct place p = place_any(a, size);
	struct tm_state s;

	if (!e)
		return;
	place_fill(a, &p, NULL, 0);
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, false, true);
	control_is_judged(a, e, &c);
	if (surely_controls(e) && (c.result == -EINVAL) != (size < TM_STATE_SIZE_VER0))
		wrong(a, "TM_STATE of %u bytes: %s", size, errno_name(c.result));
	if (c.result)
		return;
	if (size > sizeof(s) && !is_zero(p.at + sizeof(s), p.at + size))
		wrong(a, "TM_STATE: not zero behind the structure");
	if (size >= sizeof(s)) {
		memcpy(&s, p.at, sizeof(s));
		check_state(a, e, &s);
	}
}

/* Another type, number or direction: there is no such request. */
void op_no_request(struct actor *a)
{
	static const int errors[] = { ENOTTY, 0 };
	static const unsigned int dirs[] = { 2, 2, 0, 0, 3, 2, 3, 1, 1, 1, 3, 3, 3, 3, 1, 3 };
	unsigned int cmd = (unsigned int)rng_next(&a->rng);
	struct place p = place_any(a, 256);
	struct call c = { "ioctl", 0, errors, 0 };
	struct entry *e = pick_file(a);
	unsigned int nr;

	if (!e)
		return;
	/* Of our type, for of others the kernel answers some by itself (FIONBIO, ...). */
	cmd = _IOC(cmd >> 30, TM_IOC_MAGIC, rng_one_in(&a->rng, 2) ? cmd & 0xff : 0x98 + (cmd & 31),
		   cmd >> 16 & _IOC_SIZEMASK);
	nr = _IOC_NR(cmd) - 0xA0;
	if (nr < ARRAY_SIZE(dirs) && dirs[nr] == _IOC_DIR(cmd) &&
	    (_IOC_DIR(cmd) != _IOC_NONE || !_IOC_SIZE(cmd)))
		return;
	place_fill(a, &p, NULL, 0);
	c.cmd = cmd;
	call_run(a, e, &c, &p);
	judge(a, e, &c, &p, false, false);
	if (!c.result)
		wrong(a, "request %#x was done, and there is none such", cmd);
}
