// SPDX-License-Identifier: GPL-2.0-only
/* Percentages, averages and deadlines, on samples made up for it. */
#include "../../common/rates.h"
#include "tap.h"

#define SEC	1000000000ULL
#define MSEC	1000000ULL

static struct task_sample sample(uint64_t time_ns, uint64_t utime, uint64_t stime)
{
	struct task_sample s;

	memset(&s, 0, sizeof(s));
	s.pid = 128;
	s.start_time_ns = 5 * SEC;
	s.time_ns = time_ns;
	s.utime = utime;
	s.stime = stime;
	s.valid = TM_VALID_CPU;
	return s;
}

static int near(double got, double wanted)
{
	return got > wanted - 1e-9 && got < wanted + 1e-9;
}

static void percentages(void)
{
	struct task_sample a = sample(10 * SEC, 7 * SEC, 3 * SEC), b;
	struct rates r;

	b = sample(11 * SEC, 9 * SEC, 3 * SEC);
	r = rates_between(&a, &b);
	CHECK(r.cpu_known && near(r.usr, 200) && near(r.sys, 0) && near(r.cpu, 200),
	      "two busy threads are 200 %%");
	CHECK(r.duration_ns == SEC, "the duration is the samples'");
	CHECK(!r.wait_known, "no run delay, no percentage of waiting");

	b = sample(10 * SEC + 250 * MSEC, 7 * SEC + 50 * MSEC, 3 * SEC + 25 * MSEC);
	r = rates_between(&a, &b);
	CHECK(near(r.usr, 20) && near(r.sys, 10) && near(r.cpu, 30),
	      "a quarter of a second counts as one");

	b = sample(1000000 * SEC, 7 * SEC, 3 * SEC);
	r = rates_between(&a, &b);
	CHECK(r.cpu_known && near(r.cpu, 0), "idle is 0 %%, and known");
}

static void waiting(void)
{
	struct task_sample a = sample(SEC, 0, 0), b = sample(2 * SEC, 0, 0);
	struct rates r;

	a.valid |= TM_VALID_RUN_DELAY;
	b.valid |= TM_VALID_RUN_DELAY;
	b.run_delay_ns = 750 * MSEC;
	r = rates_between(&a, &b);
	CHECK(r.wait_known && near(r.wait, 75), "waiting for a CPU is 75 %%");
	b.valid &= ~TM_VALID_RUN_DELAY;
	CHECK(!rates_between(&a, &b).wait_known, "one end unknown: waiting unknown");
}

static int unknown(struct task_sample a, struct task_sample b)
{
	return !rates_between(&a, &b).cpu_known;
}

static void unknowns(void)
{
	struct task_sample a = sample(10 * SEC, SEC, SEC), b;

	b = sample(10 * SEC, 2 * SEC, SEC);
	CHECK(unknown(a, b), "no time between: unknown");
	b = sample(9 * SEC, 2 * SEC, SEC);
	CHECK(unknown(a, b) && !rates_between(&a, &b).duration_ns, "time gone back: unknown");
	b = sample(11 * SEC, SEC - 1, SEC);
	CHECK(unknown(a, b), "user time gone back: unknown");
	b = sample(11 * SEC, SEC, SEC - 1);
	CHECK(unknown(a, b), "system time gone back: unknown");
	b = sample(11 * SEC, 2 * SEC, SEC);
	b.valid = 0;
	CHECK(unknown(a, b), "CPU time not known now: unknown");
	CHECK(unknown(b, a), "CPU time not known before: unknown");
	b = sample(11 * SEC, 2 * SEC, SEC);
	b.pid = 129;
	CHECK(unknown(a, b), "another pid: unknown");
	b = sample(11 * SEC, 2 * SEC, SEC);
	b.start_time_ns++;
	CHECK(unknown(a, b), "the pid's next owner: unknown");
}

static void runs(void)
{
	struct task_sample s = sample(10 * SEC, 0, 0), sum;
	struct run run;
	struct rates r;

	run_begin(&run, &s);
	CHECK(run.rows == 0, "the first sample is no row");
	s = sample(11 * SEC, SEC, 0);
	s.valid |= TM_VALID_MEM;
	s.rss_bytes = 1000;
	r = run_add(&run, &s);
	CHECK(near(r.usr, 100), "first row");
	s.time_ns = 14 * SEC;
	s.rss_bytes = 4000;
	r = run_add(&run, &s);
	CHECK(near(r.usr, 0), "second row");
	s.time_ns = 15 * SEC;
	s.valid &= ~TM_VALID_MEM;
	s.rss_bytes = 0;
	run_add(&run, &s);
	r = run_average(&run, &sum);
	CHECK(run.rows == 3 && r.duration_ns == 5 * SEC, "three rows over five seconds");
	CHECK(near(r.usr, 20), "CPU is averaged over time, not over rows");
	CHECK(sum.valid & TM_VALID_MEM && sum.rss_bytes == 2500,
	      "resident set is averaged over the rows that knew it");
}

static void runs_without_memory(void)
{
	struct task_sample s = sample(10 * SEC, 0, 0), sum;
	struct run run;

	s.valid |= TM_VALID_MEM;
	s.rss_bytes = 4096;
	run_begin(&run, &s);
	s = sample(11 * SEC, SEC, 0);
	run_add(&run, &s);
	run_average(&run, &sum);
	CHECK(!(sum.valid & TM_VALID_MEM), "no row knew the resident set: no average");
}

static void large_runs(void)
{
	struct task_sample s = sample(10 * SEC, 0, 0), sum;
	struct run run;
	int i;

	run_begin(&run, &s);
	s.valid |= TM_VALID_MEM;
	s.rss_bytes = 1ULL << 62;
	for (i = 0; i < 100; i++) {
		s.time_ns += SEC;
		run_add(&run, &s);
	}
	run_average(&run, &sum);
	CHECK(sum.rss_bytes == 1ULL << 62, "the sum of the rows may pass 64 bits");
}

static void deadlines(void)
{
	CHECK(next_deadline(100, 10, 100) == 110, "in time");
	CHECK(next_deadline(100, 10, 109) == 110, "late, but not by a whole interval");
	CHECK(next_deadline(100, 10, 110) == 120, "one missed exactly");
	CHECK(next_deadline(100, 10, 111) == 120, "one missed");
	CHECK(next_deadline(100, 10, 100000) == 100010, "thousands missed, beat kept");
	CHECK(next_deadline(100, 10, 5) == 110, "woken early");
}

int main(void)
{
	percentages();
	waiting();
	unknowns();
	runs();
	runs_without_memory();
	large_runs();
	deadlines();
	return tap_end();
}
