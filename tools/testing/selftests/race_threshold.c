// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thresholds that come and go while targets are judged and exit, sessions are
 * stopped and started, and the counts are read. No record tells of a threshold
 * after it was removed, and what was counted is what was recorded.
 */
#include <fcntl.h>

#include "race.h"

#define RECORDS 4096
#define ADDERS	4

static int fd;
static struct child kid;

/* What a racer has done to its threshold. */
static struct deed {
	unsigned int id;
	unsigned long long gone_at;	/* records that there were when it was gone */
	unsigned long long crossed;	/* when it was still there; more may have come */
} deeds[ADDERS];

static void begin(int round)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);

	(void)round;
	attr.interval_ns = TM_INTERVAL_MIN_NS;
	attr.kinds = 1U << TM_KIND_THRESHOLD;
	attr.ring_records = RECORDS;
	fd = session_make(&attr);
	session_nonblock(fd);
	session_child(fd, &kid);
	memset(deeds, 0, sizeof(deeds));
}

static int list(struct tm_threshold *all, unsigned int capacity, unsigned int *total)
{
	struct tm_threshold_list list = {
		.thresholds = (uintptr_t)all,
		.capacity = capacity,
		.threshold_size = sizeof(*all),
	};
	int err = dev_ioctl(fd, TM_THRESHOLDS, &list);

	*total = list.total;
	return err ?: (int)list.count;
}

static long add(struct deed *deed, unsigned int what, unsigned long long above)
{
	struct tm_threshold t = { .what = what, .above = above };
	long err = dev_ioctl(fd, TM_THRESHOLD_ADD, &t);

	deed->id = t.id;
	return err;
}

static long del(struct deed *deed)
{
	struct tm_threshold all[TM_THRESHOLDS_MAX];
	struct tm_state state;
	unsigned int total;
	long err;
	int n = list(all, ARRAY_SIZE(all), &total);

	while (n-- > 0) {
		if (all[n].id == deed->id)
			deed->crossed = all[n].crossed;
	}
	err = dev_ioctl(fd, TM_THRESHOLD_DEL, &deed->id);
	session_state(fd, &state);
	deed->gone_at = state.samples;
	return err;
}

static long add_and_del(struct deed *deed, unsigned int what)
{
	return add(deed, what, 0) ?: del(deed);
}

static long exits_told(void *arg, int round)
{
	(void)round;
	return add_and_del(arg, TM_THRESHOLD_EXIT);
}

/* Everybody has more than no thread. */
static long threads_told(void *arg, int round)
{
	(void)round;
	return add_and_del(arg, TM_THRESHOLD_THREADS);
}

static long kid_exits(void *arg, int round)
{
	(void)arg;
	(void)round;
	child_exit(&kid, 0);
	return 0;
}

static long kid_leaves(void *arg, int round)
{
	(void)arg;
	(void)round;
	return session_del(fd, kid.pid) ?: session_add(fd, kid.pid);
}

static long stop_and_start(void *arg, int round)
{
	(void)arg;
	(void)round;
	return dev_ioctl(fd, TM_STOP, NULL) ?: dev_ioctl(fd, TM_START, NULL);
}

/* All that there may be, by several at once; nobody crosses them. */
static long fill(void *arg, int round)
{
	struct deed mine[TM_THRESHOLDS_MAX];
	unsigned int n = 0, i;
	long err = 0;

	(void)arg;
	(void)round;
	while (n < ARRAY_SIZE(mine) && !add(&mine[n], TM_THRESHOLD_CPU, UINT64_MAX))
		n++;
	for (i = 0; i < n; i++)
		err = del(&mine[i]) ?: err;
	return err;
}

static const struct deed *deed_of(unsigned int id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(deeds); i++) {
		if (deeds[i].id == id)
			return &deeds[i];
	}
	return NULL;
}

static bool record_is_right(const struct task_sample *s, unsigned long long *told)
{
	const struct deed *deed = deed_of(s->threshold_id);

	if (s->kind != TM_KIND_THRESHOLD || !(s->valid & TM_VALID_THRESHOLD) || !deed) {
		tap_diag("record %llu is of kind %u, threshold %u", (unsigned long long)s->seq,
			 s->kind, s->threshold_id);
		return false;
	}
	told[deed - deeds]++;
	if (s->seq > deed->gone_at)
		tap_diag("record %llu of threshold %u, gone at %llu", (unsigned long long)s->seq,
			 s->threshold_id, deed->gone_at);
	return s->seq <= deed->gone_at;
}

/* A stop may come between the counting and the recording: then there is a record less. */
static bool told_once(const unsigned long long *told, bool stopped)
{
	bool right = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(deeds); i++) {
		if (!stopped && told[i] < deeds[i].crossed)
			right = false;
		if (!right)
			tap_diag("threshold %u: %llu records, %llu counted", deeds[i].id, told[i],
				 deeds[i].crossed);
	}
	return right;
}

static bool all_is_right(bool stopped)
{
	unsigned long long told[ADDERS] = {};
	struct task_sample s;
	unsigned int total;
	bool right = true;

	while (read(fd, &s, sizeof(s)) == sizeof(s))
		right = record_is_right(&s, told) && right;
	right = told_once(told, stopped) && right;
	right = !list(NULL, 0, &total) && !total && right;
	close(fd);
	return right;
}

static bool after_exit(int round)
{
	(void)round;
	return all_is_right(false);
}

static bool after_stop(int round)
{
	bool right = all_is_right(true);

	(void)round;
	child_end(&kid);
	return right;
}

#define EXITS(i) { "a threshold of exits", exits_told, &deeds[i], {} }
#define THREADS(i) { "a threshold of threads", threads_told, &deeds[i], {} }
#define LEAVE { "TM_DEL and TM_ADD", kid_leaves, NULL, {} }
#define RESTART { "TM_STOP and TM_START", stop_and_start, NULL, {} }

static const struct race races[] = {
	{ "thresholds against an exit", 60, begin, after_exit,
	  { EXITS(0), EXITS(1), THREADS(2), { "an exit", kid_exits, NULL, {} } } },
	{ "thresholds against the tick", 50, begin, after_stop, { THREADS(0), THREADS(1), LEAVE } },
	{ "thresholds against stop and start", 50, begin, after_stop,
	  { EXITS(0), THREADS(1), THREADS(2), RESTART, LEAVE } },
	{ "more thresholds than there may be", 20, begin, after_stop,
	  { { "all of them", fill, NULL, {} }, { "all of them", fill, NULL, {} },
	    { "all of them", fill, NULL, {} }, RESTART } },
};

int main(void)
{
	size_t i;

	module_need("log=N");
	for (i = 0; i < ARRAY_SIZE(races); i++)
		race_run(&races[i]);
	race_leaves_nothing("all of it");
	return tap_done();
}
