// SPDX-License-Identifier: GPL-2.0-only
/* Faults injected one by one: see fault.h. */
#include <fcntl.h>
#include <linux/taskmonitor.h>

#include "fault.h"
#include "session.h"

#define PLACES_AT_MOST	100000
#define FEW		100	/* so many places are all tried, whatever FAULT_STEP is */
#define EDGE		40	/* of very many places: so many first and last ones, if not more, ... */
#define BETWEEN		10	/* ... and so many of those between, mostly one in a loop */
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define STATES_MAX	8

/* What keeps faults from sleeping allocations, from highmem and from single pages. */
static const char * const filters[][2] = {
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
};

static const char * const quiet[] = {
	"/sys/kernel/debug/failslab/verbose",
	"/sys/kernel/debug/fail_page_alloc/verbose",
	"/sys/kernel/debug/fail_usercopy/verbose",
};

static int nth_fd = -1;
static int control_fd = -1;	/* asks how things stand; opened before any fault */

/* How things stand, as far as a failed operation may not change it. */
struct standing {
	int refs, rows, sessions;
	struct {
		unsigned int scope, flags, targets, ring_records;
		unsigned long long interval_ns;
	} session[STATES_MAX];
};

static const char *lacks(void)
{
	size_t i;

	if (!file_exists(FAIL_NTH))
		return "no " FAIL_NTH ": a kernel with FAULT_INJECTION is needed";
	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		if (!file_exists(filters[i][0]))
			return filters[i][0];
	}
	return NULL;
}

bool fault_possible(const char *what)
{
	const char *why = lacks();

	if (why)
		tap_skip(why, "%s", what);
	return !why;
}

long err_of(long ret)
{
	return ret < 0 ? -errno : ret;
}

void fault_begin(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		if (file_write(filters[i][0], filters[i][1]) < 0)
			tap_bail("%s cannot be written", filters[i][0]);
	}
	/* Else each fault leaves a stack trace in the log: thousands. */
	for (i = 0; i < ARRAY_SIZE(quiet); i++)
		file_write(quiet[i], "0");
	nth_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		tap_bail(FAIL_NTH ": %s", strerror(errno));
}

static void cpus_online(const char *yes)
{
	char path[64];
	int cpu;

	for (cpu = 1; ; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		if (!file_exists(path))
			break;
		if (file_write(path, yes) < 0)
			tap_diag("%s takes no %s: %s", path, yes, strerror(errno));
	}
}

static void cpus_back(void)
{
	cpus_online("1");
}

void fault_on_one_cpu(void)
{
	if (atexit(cpus_back))
		tap_bail("atexit: %s", strerror(errno));
	cpus_online("0");
}

void fault_arm(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_fd, text, len, 0) != len)
		tap_bail("fail-nth takes no %u", nth);
}

/*
 * How many places were left to go. Reading copies to user space and writing
 * from it, which are such places as well: with one to go it is the reading that
 * fails.
 */
static unsigned int disarm(void)
{
	char text[16] = "";
	unsigned int left = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 1;

	while (pwrite(nth_fd, "0", 1, 0) != 1)
		;
	return left;
}

bool fault_disarm(void)
{
	return disarm() == 0;
}

static void standing_read(struct standing *now)
{
	struct tm_state states[STATES_MAX] = {};
	struct tm_session_list list = {
		.states = (uintptr_t)states,
		.capacity = STATES_MAX,
		.state_size = sizeof(*states),
	};
	unsigned int i;

	memset(now, 0, sizeof(*now));
	if (!file_exists(MODULE_DIR))
		return;
	if (control_fd < 0)
		control_fd = dev_open();
	if (dev_ioctl(control_fd, TM_SESSIONS, &list))
		tap_bail("TM_SESSIONS: %s", strerror(errno));
	now->refs = module_refs();
	now->rows = row_count();
	now->sessions = list.total;
	for (i = 0; i < list.count; i++) {
		now->session[i].scope = states[i].scope;
		now->session[i].flags = states[i].flags;
		/* Of the whole system they come and go. */
		if (states[i].scope == TM_SCOPE_LIST)
			now->session[i].targets = states[i].targets;
		now->session[i].ring_records = states[i].ring_records;
		now->session[i].interval_ns = states[i].interval_ns;
	}
}

static bool standing_changed(const struct standing *before)
{
	struct standing now;

	/* A file that was closed may still be on its way out. */
	return !eventually((standing_read(&now), !memcmp(&now, before, sizeof(now))));
}

struct tally {
	int places, errors, shrugs, bad;
};

static void complain(const struct fault_op *op, struct tally *t, unsigned int nth,
		     const char *what, long ret)
{
	t->bad++;
	tap_diag("%s, place %u: %s (%s)", op->name, nth, what, errno_name(ret));
}

static void failed(const struct fault_op *op, struct tally *t, unsigned int nth, long ret,
		   const struct standing *before)
{
	t->errors++;
	if (ret != -ENOMEM && ret != -EFAULT)
		complain(op, t, nth, "an error of another kind", ret);
	if (!op->in_parts && standing_changed(before))
		complain(op, t, nth, "failed, yet something is not as before", ret);
	ret = op->go();
	if (ret < 0)
		complain(op, t, nth, "the next try does not work", ret);
}

/* One try. False if there was no such place any more. */
static bool one_place(const struct fault_op *op, struct tally *t, unsigned int nth)
{
	struct standing before;
	bool fired;
	long ret;

	if (op->prepare)
		op->prepare();
	standing_read(&before);
	fault_arm(nth);
	ret = op->go();
	fired = fault_disarm();
	if (ret < 0 && !fired)
		complain(op, t, nth, "fails with no fault", ret);
	else if (ret < 0)
		failed(op, t, nth, ret, &before);
	else if (fired)
		t->shrugs++;
	t->places += fired;
	if (op->right && !op->right())
		complain(op, t, nth, "did not do what it should", ret);
	if (op->undo)
		op->undo();
	return fired && t->bad < 5;
}

unsigned int fault_places(long (*go)(void), long *ret)
{
	fault_arm(PLACES_AT_MOST);
	*ret = go();
	return PLACES_AT_MOST - disarm();
}

/* How many places there are; the next time there may be a few more or less. */
static unsigned int count_places(const struct fault_op *op)
{
	unsigned int places;
	long ret;

	if (op->prepare)
		op->prepare();
	places = fault_places(op->go, &ret);
	if (ret < 0)
		tap_bail("%s: %s with no fault at all", op->name, errno_name(ret));
	if (op->undo)
		op->undo();
	return places;
}

/* On a kernel that is not the only one, each second place will do where there are many. */
static unsigned int each(unsigned int all)
{
	const char *step = getenv("FAULT_STEP");

	return step && atoi(step) > 1 && all > FEW ? atoi(step) : 1;
}

static unsigned int next_place(const struct fault_op *op, unsigned int nth, unsigned int all)
{
	unsigned int last = op->last ?: EDGE, first = op->skip + EDGE;
	unsigned int step = each(all), next = nth + step;

	if (nth >= first && nth + last < all)
		next = nth + 1 + (all - first - last) / BETWEEN;
	if (next > nth + step && next + last > all)
		next = all - last;
	return next;
}

void fault_each(const struct fault_op *op)
{
	/* The first time has places that come once in a machine's life, a thousand for insmod. */
	unsigned int nth, all = (count_places(op), count_places(op));
	struct tally t = {};

	for (nth = op->skip + 1; one_place(op, &t, nth); nth = next_place(op, nth, all))
		;
	tap_is(t.bad, 0, "%s: each place failed in turn", op->name);
	tap_diag("%u places, %d failed: %d times an error, %d times it made no difference", all,
		 t.places, t.errors, t.shrugs);
	if (!op->never_fails)
		tap_ok(t.errors > 0, "%s: it can fail", op->name);
	if (control_fd >= 0)
		close(control_fd);
	control_fd = -1;
}
