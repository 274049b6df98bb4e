// SPDX-License-Identifier: GPL-2.0-only
/* Records of a tree made into lives, sums and what was resident at one moment. */
#include <errno.h>
#include <stdlib.h>

#include "../../tmctl/run_tree.h"
#include "tap.h"

#define MS		1000000ULL
#define BEGIN		(1000 * MS)
#define SUSPENDED	(500 * MS)
#define PAGES(n)	((n) * 4096ULL)

static struct tree tree;

static void begin(void)
{
	tree_init(&tree, BEGIN, SUSPENDED, 10 * MS);
}

/* A record of a process that began at @start ms of the run, at @at ms of it. */
static struct task_sample record(uint8_t kind, int32_t pid, uint64_t start, uint64_t at)
{
	return (struct task_sample){
		.kind = kind, .pid = pid, .tgid = pid, .ppid = 1,
		.start_time_ns = BEGIN + SUSPENDED + start * MS,
		.time_ns = BEGIN + at * MS, .valid = TM_VALID_CPU,
	};
}

static void add(struct task_sample r)
{
	if (tree_add(&tree, &r))
		CHECK(0, "memory for a record");
}

static void sample(int32_t pid, uint64_t at_us, uint64_t cpu_ms, uint64_t rss)
{
	struct task_sample r = record(TM_KIND_PERIODIC, pid, 0, 0);

	r.time_ns += at_us * 1000;
	r.utime = cpu_ms * MS;
	r.rss_bytes = rss;
	r.valid |= TM_VALID_MEM;
	add(r);
}

static void exits(uint8_t kind, int32_t pid, uint64_t at, uint64_t cpu_ms, int code)
{
	struct task_sample r = record(kind, pid, 0, at + 1);

	r.utime = cpu_ms * MS;
	r.stime = 1;
	r.exit_code = code;
	r.exit_time_ns = BEGIN + at * MS;
	r.valid |= TM_VALID_EXIT;
	add(r);
}

static void life(void)
{
	const struct life *one;
	struct task_sample r;

	begin();
	r = record(TM_KIND_FORK, 7, 3, 3);
	r.ppid = 6;
	r.valid |= TM_VALID_FAULTS;
	r.min_flt = 5;
	add(r);
	one = tree_find(&tree, 7);
	CHECK(one && one->start_ns == 3 * MS, "it began by the clock that goes on in suspend");
	CHECK(one->stage == LIFE_ALIVE && !one->end_ns, "it lives");
	r = record(TM_KIND_EXITING, 7, 3, 8);
	r.valid |= TM_VALID_EXIT | TM_VALID_PEAK_RSS;
	r.exit_time_ns = BEGIN + 8 * MS;
	r.peak_rss_bytes = PAGES(3);
	add(r);
	CHECK(tree.unsettled == 1 && one->stage == LIFE_EXITING, "its totals have to come");
	r = record(TM_KIND_EXIT, 7, 3, 12);
	r.valid |= TM_VALID_EXIT;
	r.ppid = 1;
	r.exit_time_ns = BEGIN + 8 * MS;
	r.exit_code = 9;
	r.utime = 4 * MS;
	add(r);
	CHECK(!tree.unsettled && one->stage == LIFE_GONE, "they have come");
	CHECK(one->end_ns == 8 * MS && one->last.exit_code == 9, "when and how it ended");
	CHECK(one->last.ppid == 6, "its parent is who made it");
	CHECK(one->last.min_flt == 5 && one->last.valid & TM_VALID_FAULTS &&
	      one->peak_rss_bytes == PAGES(3), "what a record lacks stays as it was");
	CHECK(life_cpu_ns(one) == 4 * MS, "the totals");
	tree_free(&tree);
}

static void same_number(void)
{
	begin();
	add(record(TM_KIND_FORK, 7, 0, 0));
	exits(TM_KIND_EXITING, 7, 1, 2, 0);
	add(record(TM_KIND_FORK, 7, 5, 5));
	exits(TM_KIND_EXIT, 7, 1, 2, 0);
	CHECK(tree.count == 2, "a PID that comes again is another process");
	CHECK(tree.lives[0].stage == LIFE_GONE && tree.lives[1].stage == LIFE_ALIVE,
	      "the end is that of the first");
	CHECK(tree_find(&tree, 7) == &tree.lives[1], "the latest is found");
	CHECK(!tree_find(&tree, 8), "and nobody else");
	tree_free(&tree);
}

static void resident(void)
{
	begin();
	sample(1, 10000, 0, PAGES(10));
	sample(2, 10000, 0, PAGES(20));
	sample(3, 10050, 0, PAGES(30));		/* the second 32 of the tick */
	CHECK(!tree.rss_known, "a tick that may go on is not looked at");
	sample(1, 20000, 0, PAGES(5));
	CHECK(tree.rss_known && tree.rss_peak_bytes == PAGES(60), "all of one tick");
	CHECK(tree.rss_peak_at_ns == 10050000, "and when");
	exits(TM_KIND_EXITING, 3, 20, 0, 0);
	sample(3, 20010, 0, PAGES(90));		/* was under way at the exit */
	sample(2, 20010, 0, PAGES(40));
	sample(1, 22000, 0, PAGES(30));		/* again, too early: a late tick */
	CHECK(tree.rss_peak_bytes == PAGES(60), "who has exited holds nothing");
	sample(2, 22001, 0, PAGES(40));
	tree_end(&tree);
	CHECK(tree.rss_peak_bytes == PAGES(70) && tree.rss_peak_at_ns == 22001000,
	      "the last tick counts");
	CHECK(tree.lives[2].peak_rss_bytes == PAGES(30), "late news is left out");
	tree_free(&tree);
}

static void over_time(void)
{
	begin();
	add(record(TM_KIND_FORK, 1, 0, 0));
	sample(1, 10000, 4, PAGES(1));
	sample(1, 20000, 10, PAGES(1));
	exits(TM_KIND_EXITING, 1, 25, 9, 0);	/* behind what was seen */
	exits(TM_KIND_EXIT, 1, 25, 12, 0);
	CHECK(tree.timeline.bins[0].cpu_ns == 4 * MS && tree.timeline.bins[1].cpu_ns == 6 * MS,
	      "CPU time where it was used");
	CHECK(tree.timeline.bins[2].cpu_ns >= 2 * MS && tree.timeline.used == 3,
	      "what the totals add is at the exit");
	tree_free(&tree);
}

static void sums(void)
{
	struct tree_sums sum;
	struct task_sample r;
	const struct life **sorted;

	begin();
	sample(1, 10000, 4, PAGES(10));
	add(record(TM_KIND_FORK, 2, 0, 0));
	exits(TM_KIND_EXIT, 2, 30, 8, 0);
	add(record(TM_KIND_FORK, 3, 0, 0));
	r = (struct task_sample){
		.kind = TM_KIND_EXEC, .pid = 3, .flags = TM_SAMPLE_DENIED,
	};
	add(r);
	r.pid = 77;
	add(r);
	sum = tree_sum(&tree);
	CHECK(sum.total.utime == 12 * MS && sum.total.stime == 1, "CPU time of all");
	CHECK(sum.total.valid == TM_VALID_CPU, "known is what any of them knows");
	CHECK(sum.alive == 1 && sum.denied == 1 && tree.count == 3, "who lives, who may not be seen");
	CHECK(sum.largest == &tree.lives[0] && sum.end_ns == 30 * MS, "the largest; the end");
	sorted = tree_by_cpu(&tree);
	CHECK(sorted && sorted[0]->last.pid == 2 && sorted[1]->last.pid == 1 &&
	      sorted[2]->last.pid == 3, "by CPU time");
	free(sorted);
	tree_free(&tree);
	begin();
	sum = tree_sum(&tree);
	sorted = tree_by_cpu(&tree);
	CHECK(!sum.largest && !sum.total.valid && sorted, "nobody at all");
	free(sorted);
	tree_free(&tree);
}

static void many(void)
{
	struct tree_sums sum;
	int32_t pid;

	begin();
	for (pid = 1; pid <= 20000; pid++) {
		add(record(TM_KIND_FORK, pid, (uint64_t)pid % 7, 1));
		if (pid % 3 == 0)
			add(record(TM_KIND_EXEC, pid, (uint64_t)pid % 7, 2));
	}
	sum = tree_sum(&tree);
	CHECK(tree.count == 20000 && sum.alive == 20000, "as many as there are");
	CHECK(tree_find(&tree, 19999) == &tree.lives[19998], "each is found");
	tree_free(&tree);
}

int main(void)
{
	life();
	same_number();
	resident();
	over_time();
	sums();
	many();
	return tap_end();
}
