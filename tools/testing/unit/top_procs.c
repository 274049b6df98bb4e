// SPDX-License-Identifier: GPL-2.0-only
/* Processes from screen to screen: births, ends, PIDs that come again, sums. */
#include "../../top/procs.h"
#include "tap.h"

#define MS	1000000ULL
#define AHEAD	(5000 * MS)	/* the machine has been suspended so long */
#define MANY	20000

static struct procs procs;

/* A sample of a process that began at @start ms of CLOCK_MONOTONIC. */
static struct task_sample sample(int32_t pid, uint64_t start, uint64_t usr, uint64_t sys)
{
	return (struct task_sample){
		.pid = pid, .tgid = pid, .ppid = 1, .threads = 1, .state = 'S',
		.start_time_ns = start * MS + AHEAD, .valid = TM_VALID_CPU,
		.utime = usr * MS, .stime = sys * MS, .comm = "sh",
	};
}

static struct task_sample record(int32_t pid, uint64_t start, uint64_t usr, uint64_t sys)
{
	struct task_sample exit = sample(pid, start, usr, sys);

	exit.kind = TM_KIND_EXIT;
	exit.threads = 0;
	exit.valid |= TM_VALID_EXIT;
	exit.exit_code = 9;
	return exit;
}

static void begin(uint64_t time)
{
	procs_begin(&procs, time * MS, AHEAD);
}

static void test_rates(void)
{
	static struct task_sample a1, a2, b2, c2, a3, b3;

	procs_init(&procs, 0);
	a1 = sample(10, 100, 1000, 0);
	begin(2000);
	procs_add(&procs, &a1);
	procs_sweep(&procs);
	procs_settle(&procs);
	CHECK(!procs.sums.known && !procs.all[0]->cpu_known && !procs.all[0]->born,
	      "first screen: nothing is known of what happened");
	CHECK(proc_height(procs.all[0], 0) == -1, "  and no bar is drawn");

	begin(3000);
	a2 = sample(10, 100, 1300, 200);
	a2.state = 'R';
	b2 = sample(11, 2500, 70, 30);	/* born since */
	c2 = sample(12, 50, 900, 0);	/* was there, but not seen */
	procs_add(&procs, &a2);
	procs_add(&procs, &b2);
	procs_add(&procs, &c2);
	procs_sweep(&procs);
	procs_settle(&procs);
	CHECK(procs.sums.processes == 3 && procs.sums.running == 1 && procs.sums.threads == 3,
	      "three live, one runs");
	CHECK(procs_find(&procs, 10, a1.start_time_ns)->cpu_ns == 500 * MS,
	      "what it gained between two screens");
	CHECK(procs_alive(&procs, 11)->born && procs_alive(&procs, 11)->cpu_ns == 100 * MS,
	      "of one that was born since it is all it has used");
	CHECK(!procs_alive(&procs, 12)->born && !procs_alive(&procs, 12)->cpu_known,
	      "of one that only came into sight it is not known");
	CHECK(procs.sums.born == 1, "one was born");
	CHECK(procs.sums.utime_ns == 370 * MS && procs.sums.stime_ns == 230 * MS, "the sums");
	CHECK(proc_height(procs_alive(&procs, 10), 0) == 4, "half a CPU is half a bar");
	CHECK(proc_height(procs_alive(&procs, 11), 0) == 1, "a little is seen");
	CHECK(proc_height(procs_alive(&procs, 11), 1) == -1, "before that there was none");

	begin(4000);
	a3 = sample(10, 100, 1200, 200);	/* backwards */
	b3 = sample(11, 2500, 3070, 30);
	procs_add(&procs, &a3);
	procs_add(&procs, &b3);
	procs_sweep(&procs);
	procs_settle(&procs);
	CHECK(!procs_alive(&procs, 10)->cpu_known, "a figure that goes back is not known");
	CHECK(!procs_alive(&procs, 11)->born, "born is one screen long");
	CHECK(proc_height(procs_alive(&procs, 11), 0) == PROC_HEIGHT, "three CPUs are one bar");
	CHECK(!procs_alive(&procs, 12), "one that is gone without a record is dropped");
	CHECK(!procs.sums.gone, "  and not counted");
	procs_free(&procs);
}

static void one_screen(uint64_t time, const struct task_sample *samples, size_t n,
		       const struct task_sample *exits, size_t exit_count)
{
	size_t i;

	begin(time);
	for (i = 0; i < n; i++)
		procs_add(&procs, &samples[i]);
	procs_sweep(&procs);
	for (i = 0; i < exit_count; i++)
		procs_exit(&procs, &exits[i], true);
	procs_settle(&procs);
}

static void test_ends(void)
{
	struct task_sample first[3] = {
		sample(10, 100, 1000, 0), sample(11, 100, 50, 0), sample(12, 100, 0, 0),
	};
	struct task_sample second[2] = { sample(12, 100, 10, 0), sample(13, 1500, 5, 0) };
	struct task_sample exits[5] = {
		record(10, 100, 1100, 20),	/* gone before the batch */
		record(12, 100, 15, 5),		/* just after it */
		record(14, 1600, 30, 10),	/* came and went */
		record(15, 200, 5000, 0),	/* seen by nobody, from before */
		record(16, 1700, 1, 0),
	};
	struct task_sample later[2] = { sample(13, 1500, 5, 0), sample(10, 2500, 7, 0) };
	struct proc *proc;

	memcpy(exits[4].comm, "cc1\0", 4);
	procs_init(&procs, 1500 * MS);
	one_screen(1000, first, 3, NULL, 0);
	one_screen(2000, second, 2, exits, 5);
	CHECK(procs.sums.gone == 5 && procs.sums.born == 3, "five have gone, three were born");
	CHECK(procs.sums.gone_cpu_ns == (120 + 20 + 40 + 1) * MS,
	      "what they used since the last screen");
	CHECK(procs.sums.utime_ns == (100 + 15 + 30 + 1 + 5) * MS, "is in the sums, once");
	CHECK(procs.sums.processes == 1, "one lives");
	CHECK(procs.sums.name_count == 2 && procs.sums.names[0].count == 4 &&
	      !strcmp(procs.sums.names[1].comm, "cc1"), "names, the most frequent first");
	proc = procs_find(&procs, 10, first[0].start_time_ns);
	CHECK(proc && proc->stage == PROC_ENDED && proc->cpu_ns == 120 * MS &&
	      proc->now->exit_code == 9, "one that has ended is shown with its last figures");
	CHECK(!procs_alive(&procs, 10), "  and is not alive");
	CHECK(!procs_find(&procs, 11, first[1].start_time_ns), "one without a record is not");
	proc = procs_find(&procs, 15, exits[3].start_time_ns);
	CHECK(proc && !proc->cpu_known && !proc->born, "what an unseen one used is not known");

	/* 10 again, another one. */
	one_screen(3000, later, 2, exits, 5);
	CHECK(!procs.sums.gone, "an end is told once");
	proc = procs_find(&procs, 10, first[0].start_time_ns);
	CHECK(proc && proc->stage == PROC_ENDED && !proc->cpu_known && !proc->before,
	      "it stays for a while, without percentages");
	CHECK(procs_alive(&procs, 10) && procs_alive(&procs, 10) != proc &&
	      procs_alive(&procs, 10)->born, "a PID that comes again is another process");
	one_screen(4000, later, 2, NULL, 0);
	CHECK(procs.count == 2, "then it goes");
	procs_free(&procs);
}

static void test_many(void)
{
	static struct task_sample samples[2][MANY];
	size_t screen, i, wrong = 0;

	procs_init(&procs, 0);
	for (screen = 0; screen < 4; screen++) {
		struct task_sample *batch = samples[screen % 2];

		/* Half of them have other PIDs on each screen. */
		for (i = 0; i < MANY; i++)
			batch[i] = sample((int32_t)(i % 2 ? i : i + screen * MANY) + 1, i,
					  screen * 10, 0);
		one_screen(1000 * (screen + 1) + MANY, batch, MANY, NULL, 0);
	}
	CHECK(procs.count == MANY, "%d processes, half of them new on each screen", MANY);
	for (i = 0; i < MANY; i++) {
		struct proc *proc = procs_find(&procs, samples[1][i].pid,
					       samples[1][i].start_time_ns);

		wrong += !proc || proc->now != &samples[1][i] || proc->cpu_known != (i % 2) ||
			 (i % 2 && proc->cpu_ns != 10 * MS);
	}
	CHECK(!wrong, "each is found, with what it gained (%zu are not)", wrong);
	procs_free(&procs);
}

static void test_names(void)
{
	struct task_sample exit;
	int i;

	procs_init(&procs, 0);
	one_screen(1000, NULL, 0, NULL, 0);
	begin(2000);
	for (i = 0; i < 2 * GONE_NAMES; i++) {
		exit = record(100 + i, 1500, 1, 0);
		snprintf(exit.comm, sizeof(exit.comm), "n%d", i);
		procs_exit(&procs, &exit, false);
	}
	procs_settle(&procs);
	CHECK(procs.sums.gone == 2 * GONE_NAMES && procs.sums.name_count == GONE_NAMES,
	      "more names than are told apart are counted");
	CHECK(!procs.count, "and nobody is kept who is not to be shown");
	procs_free(&procs);
}

int main(void)
{
	test_rates();
	test_ends();
	test_many();
	test_names();
	return tap_end();
}
