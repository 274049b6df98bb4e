// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has used what: groups' counters, from records and batches in any order.
 * With an argument, openmetrics or text: a page of hostile names, for exporter.t.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../exporter/account.h"
#include "../../exporter/page.h"
#include "tap.h"

#define SEC		1000000000ULL
#define ALL_VALID	(TM_VALID_CPU | TM_VALID_FAULTS | TM_VALID_SWITCHES | TM_VALID_RUN_DELAY | \
			 TM_VALID_IO_BYTES | TM_VALID_IO_CHARS | TM_VALID_CGROUP | TM_VALID_PEAK_RSS)

/* A process, at a time: @cpu_ns in user mode and half of that in kernel mode. */
static struct task_sample at(uint64_t time_ns, uint8_t kind, int pid, const char *comm,
			     uint64_t cpu_ns)
{
	struct task_sample s = {
		.time_ns = time_ns, .kind = kind, .pid = pid, .tgid = pid, .ppid = 1,
		.start_time_ns = 1000 + (uint64_t)pid, .utime = cpu_ns, .stime = cpu_ns / 2,
		.threads = 1, .valid = ALL_VALID, .uid = 4000000000u,
	};

	strncpy(s.comm, comm, TM_COMM_LEN - 1);
	if (kind == TM_KIND_EXIT)
		s.valid |= TM_VALID_EXIT;
	if (kind == TM_KIND_READ) {
		s.valid |= TM_VALID_MEM;
		s.rss_bytes = 4096;
	}
	if (kind == TM_KIND_FORK)
		s.valid &= ~TM_VALID_PEAK_RSS;
	return s;
}

static void record(struct account *a, uint64_t time_ns, uint8_t kind, int pid, const char *comm,
		   uint64_t cpu_ns)
{
	struct task_sample s = at(time_ns, kind, pid, comm, cpu_ns);

	account_record(a, &s);
}

static void sample(struct account *a, uint64_t time_ns, int pid, const char *comm, uint64_t cpu_ns)
{
	struct task_sample s = at(time_ns, TM_KIND_READ, pid, comm, cpu_ns);

	account_sample(a, &s);
}

static void batch_of_one(struct account *a, uint64_t time_ns, int pid, const char *comm,
			 uint64_t cpu_ns)
{
	account_begin(a, time_ns);
	if (pid)
		sample(a, time_ns, pid, comm, cpu_ns);
	account_end(a);
}

static const struct group *group_of(const struct account *a, const char *label)
{
	static const struct group none;
	const struct group *group;

	for (group = groups_next(&a->groups, NULL); group; group = groups_next(&a->groups, group)) {
		if (!strcmp(group->label, label))
			return group;
	}
	return &none;
}

static uint64_t user_ns(const struct account *a, const char *label)
{
	return group_of(a, label)->sums.value[FIGURE_UTIME];
}

static uint64_t sum_ns(const struct account *a)
{
	const struct group *group;
	uint64_t sum = 0;

	for (group = groups_next(&a->groups, NULL); group; group = groups_next(&a->groups, group))
		sum += group->sums.value[FIGURE_UTIME];
	return sum;
}

static struct account account_by(enum naming_by by, size_t limit)
{
	struct account a;

	if (account_init(&a, by, 2, limit, "/nowhere"))
		abort();
	return a;
}

static void lives(void)
{
	struct account a = account_by(BY_NAME, 10);
	struct task_sample s;

	batch_of_one(&a, 1 * SEC, 5, "shell", 700);
	CHECK(user_ns(&a, "shell") == 700, "who lives already counts with all he has used");
	record(&a, 2 * SEC, TM_KIND_FORK, 6, "shell", 0);
	record(&a, 2 * SEC + 1, TM_KIND_EXEC, 6, "cc", 30);
	record(&a, 2 * SEC + 9, TM_KIND_EXIT, 6, "cc", 130);
	CHECK(user_ns(&a, "shell") == 730, "until its exec a child counts for its parent's name");
	CHECK(user_ns(&a, "cc") == 100, "who lived between two batches counts, to the nanosecond");
	CHECK(group_of(&a, "cc")->sums.value[FIGURE_STIME] == 50, "in kernel mode too");
	CHECK(group_of(&a, "shell")->forks == 1 && group_of(&a, "cc")->execs == 1, "births");
	CHECK(group_of(&a, "cc")->exits[EXIT_OK] == 1, "and an end");
	record(&a, 3 * SEC, TM_KIND_EXIT, 7, "ghost", 40);
	CHECK(user_ns(&a, "ghost") == 40, "an end whose birth was lost counts whole");
	s = at(3 * SEC, TM_KIND_EXIT, 8, "killed", 1);
	s.exit_code = 9;
	account_record(&a, &s);
	s = at(3 * SEC, TM_KIND_EXIT, 9, "killed", 1);
	s.exit_code = 3 << 8;
	account_record(&a, &s);
	CHECK(group_of(&a, "killed")->exits[EXIT_SIGNAL] == 1 &&
	      group_of(&a, "killed")->exits[EXIT_ERROR] == 1, "a signal, a status");
	batch_of_one(&a, 4 * SEC, 5, "shell", 750);
	CHECK(user_ns(&a, "shell") == 780, "the living and the dead");
	CHECK(group_of(&a, "shell")->processes == 1 && group_of(&a, "cc")->processes == 0,
	      "of who lives now, those who do");
	CHECK(group_of(&a, "shell")->rss_bytes == 4096 && group_of(&a, "shell")->memory_known,
	      "their memory");
	CHECK(a.process_count == 1 && !a.vanished, "nobody is kept or missed");
	account_free(&a);
}

static void disorder(void)
{
	struct account a = account_by(BY_NAME, 10);

	/* The batch knows more than the records that come behind it. */
	batch_of_one(&a, 10 * SEC, 5, "late", 500);
	record(&a, 9 * SEC, TM_KIND_FORK, 5, "early", 0);
	record(&a, 9 * SEC + 1, TM_KIND_EXEC, 5, "middle", 20);
	CHECK(user_ns(&a, "late") == 500 && !user_ns(&a, "middle") && !user_ns(&a, "early"),
	      "an older record takes nothing away");
	batch_of_one(&a, 11 * SEC, 5, "late", 600);
	CHECK(user_ns(&a, "late") == 600, "nor moves anybody");
	record(&a, 12 * SEC, TM_KIND_EXEC, 5, "next", 590);
	CHECK(user_ns(&a, "late") == 600, "a figure as of the last tick is not less than it was");
	record(&a, 13 * SEC, TM_KIND_EXIT, 5, "next", 610);
	CHECK(user_ns(&a, "next") == 10 && sum_ns(&a) == 610, "nor counted twice");
	batch_of_one(&a, 14 * SEC, 5, "renamed", 0);
	CHECK(a.process_count == 1, "somebody new of an old PID");
	account_free(&a);
}

static void renamed(void)
{
	struct account a = account_by(BY_NAME, 10);

	batch_of_one(&a, 1 * SEC, 5, "before", 100);
	batch_of_one(&a, 2 * SEC, 5, "after", 150);
	CHECK(user_ns(&a, "before") == 150 && !user_ns(&a, "after"),
	      "a new name without exec: what was used until it was seen stays");
	batch_of_one(&a, 3 * SEC, 5, "after", 170);
	CHECK(user_ns(&a, "before") == 150 && user_ns(&a, "after") == 20, "what follows moves");
	account_free(&a);
}

static void reused(void)
{
	struct account a = account_by(BY_NAME, 10);
	struct task_sample s;

	batch_of_one(&a, 1 * SEC, 5, "a", 100);
	s = at(2 * SEC, TM_KIND_READ, 5, "a", 40);
	s.start_time_ns = 77;
	account_begin(&a, 2 * SEC);
	account_sample(&a, &s);
	account_end(&a);
	CHECK(user_ns(&a, "a") == 140, "a PID that is somebody else's now");
	record(&a, 2 * SEC, TM_KIND_EXIT, 5, "a", 110);
	CHECK(user_ns(&a, "a") == 150 && a.process_count == 1, "the end of the first");
	s.kind = TM_KIND_EXIT;
	s.valid |= TM_VALID_EXIT;
	s.utime = 45;
	account_record(&a, &s);
	CHECK(user_ns(&a, "a") == 155 && !a.process_count, "and of the second");
	account_free(&a);
}

static void missing(void)
{
	struct account a = account_by(BY_NAME, 10);

	batch_of_one(&a, 1 * SEC, 5, "a", 100);
	batch_of_one(&a, 61 * SEC, 0, "", 0);
	CHECK(!a.vanished && a.process_count == 1, "a zombie between two distant batches is kept");
	record(&a, 61 * SEC, TM_KIND_EXIT, 5, "a", 130);
	CHECK(user_ns(&a, "a") == 130, "so that its end counts what is new, and not all again");
	batch_of_one(&a, 100 * SEC, 6, "b", 100);
	batch_of_one(&a, 101 * SEC, 0, "", 0);
	batch_of_one(&a, 102 * SEC, 6, "b", 100);
	batch_of_one(&a, 103 * SEC, 0, "", 0);
	batch_of_one(&a, 112 * SEC, 0, "", 0);
	CHECK(!a.vanished, "not for ten seconds");
	batch_of_one(&a, 113 * SEC, 0, "", 0);
	CHECK(a.vanished == 1 && !a.process_count, "then it has vanished, and that is counted");
	CHECK(user_ns(&a, "b") == 100, "what is known of it stays");
	account_free(&a);
}

static void limits(void)
{
	struct account a = account_by(BY_NAME, 2);

	account_begin(&a, 1 * SEC);
	sample(&a, 1 * SEC, 1, "one", 1);
	sample(&a, 1 * SEC, 2, "two", 2);
	sample(&a, 1 * SEC, 3, "three", 4);
	sample(&a, 1 * SEC, 4, "four", 8);
	sample(&a, 1 * SEC, 5, "one", 16);
	account_end(&a);
	CHECK(user_ns(&a, "one") == 17 && user_ns(&a, "other") == 12, "two groups and the rest");
	CHECK(a.groups.turned_away == 2 && a.groups.count == 2, "counted");
	record(&a, 2 * SEC, TM_KIND_EXIT, 2, "two", 2);
	batch_of_one(&a, 2 * SEC + GROUP_IDLE_NS - 1, 1, "one", 1);
	CHECK(user_ns(&a, "two") == 2, "a group stays for an hour without a process");
	batch_of_one(&a, 2 * SEC + GROUP_IDLE_NS, 1, "one", 1);
	CHECK(!user_ns(&a, "two") && a.groups.forgotten == 1, "then it goes");
	CHECK(user_ns(&a, "other") == 12, "and leaves nothing to the rest");
	record(&a, 3 * SEC + GROUP_IDLE_NS, TM_KIND_EXIT, 9, "five", 3);
	CHECK(user_ns(&a, "five") == 3, "its place is free");
	account_free(&a);
}

static void kernel_threads(void)
{
	struct account a = account_by(BY_NAME, 10);
	struct task_sample s = at(1 * SEC, TM_KIND_READ, 2, "kthreadd", 5);

	s.valid &= ~(TM_VALID_MEM | TM_VALID_PEAK_RSS);
	account_begin(&a, 1 * SEC);
	account_sample(&a, &s);
	account_end(&a);
	s = at(2 * SEC, TM_KIND_FORK, 60, "kthreadd", 0);
	s.ppid = 2;
	account_record(&a, &s);
	CHECK(user_ns(&a, GROUP_KERNEL) == 5 && group_of(&a, GROUP_KERNEL)->forks == 1,
	      "kernel threads are one group, from birth on");
	record(&a, 3 * SEC, TM_KIND_EXEC, 60, "modprobe", 7);
	record(&a, 3 * SEC, TM_KIND_EXIT, 60, "modprobe", 9);
	CHECK(user_ns(&a, GROUP_KERNEL) == 12 && user_ns(&a, "modprobe") == 2,
	      "until one runs a program");
	s = at(3 * SEC, TM_KIND_EXIT, 61, "kworker/0:1", 3);
	s.valid &= ~TM_VALID_PEAK_RSS;
	account_record(&a, &s);
	CHECK(user_ns(&a, GROUP_KERNEL) == 15, "an end alone tells, too");
	CHECK(a.groups.count == 1, "it takes no place");
	account_free(&a);
}

static void unknown(void)
{
	struct account a = account_by(BY_NAME, 10);
	struct task_sample s = at(1 * SEC, TM_KIND_READ, 5, "a", 5);

	s.valid &= ~(TM_VALID_IO_BYTES | TM_VALID_MEM);
	account_begin(&a, 1 * SEC);
	account_sample(&a, &s);
	s.pid = 0;
	account_sample(&a, &s);
	s.pid = 6;
	s.flags = TM_SAMPLE_EXITED;
	account_sample(&a, &s);
	account_end(&a);
	CHECK(!amount_known(&group_of(&a, "a")->sums, FIGURE_READ) &&
	      amount_known(&group_of(&a, "a")->sums, FIGURE_RCHAR), "what is not known is not 0");
	CHECK(!group_of(&a, "a")->memory_known, "nor is memory");
	CHECK(a.process_count == 1, "whose PID is not visible, and who has exited: left out");
	account_free(&a);
}

static void labels(void)
{
	struct account a = account_by(BY_NAME, 10);
	struct account by_user = account_by(BY_USER, 10);

	account_begin(&a, SEC);
	sample(&a, SEC, 1, "x\xff", 1);
	sample(&a, SEC, 2, "x\xfe", 2);
	sample(&a, SEC, 3, "x\033", 4);
	sample(&a, SEC, 4, "x\n", 8);
	account_end(&a);
	CHECK(user_ns(&a, "x?") == 15, "what cannot be told apart is one group");
	batch_of_one(&by_user, SEC, 1, "x", 3);
	CHECK(user_ns(&by_user, "4000000000") == 3, "a user without a name");
	account_free(&a);
	account_free(&by_user);
}

static uint64_t inode_of(const char *path)
{
	struct stat file;

	return stat(path, &file) ? 0 : file.st_ino;
}

static void in_cgroup(struct account *a, uint64_t time_ns, int pid, uint8_t kind, uint64_t cgroup,
		      uint64_t ns)
{
	struct task_sample s = at(time_ns, kind, pid, "x", ns);

	s.cgroup_id = cgroup;
	if (kind == TM_KIND_READ)
		account_sample(a, &s);
	else
		account_record(a, &s);
}

static void by_cgroup(void)
{
	char root[] = "/tmp/exporter.XXXXXX";
	struct account a;

	if (!mkdtemp(root) || chdir(root) || mkdir("a", 0700) || mkdir("a/b", 0700) ||
	    mkdir("a/b/c", 0700)) {
		CHECK(0, "directories for cgroups");
		return;
	}
	CHECK(!account_init(&a, BY_CGROUP, 2, 10, root), "by cgroup");
	in_cgroup(&a, 1, 1, TM_KIND_EXIT, inode_of("."), 1);
	in_cgroup(&a, 1, 2, TM_KIND_EXIT, inode_of("a"), 2);
	in_cgroup(&a, 1, 3, TM_KIND_EXIT, inode_of("a/b"), 4);
	in_cgroup(&a, 1, 4, TM_KIND_EXIT, inode_of("a/b/c"), 8);
	CHECK(user_ns(&a, "/") == 1 && user_ns(&a, "/a") == 2, "their paths");
	CHECK(user_ns(&a, "/a/b") == 12, "no deeper than asked for");
	CHECK(!mkdir("d", 0700), "one more");
	in_cgroup(&a, SEC, 5, TM_KIND_EXIT, inode_of("d"), 16);
	in_cgroup(&a, SEC, 6, TM_KIND_FORK, inode_of("d"), 0);
	CHECK(user_ns(&a, CGROUP_GONE) == 16, "one walk a second");
	in_cgroup(&a, SEC + 1, 7, TM_KIND_EXIT, inode_of("d"), 32);
	CHECK(user_ns(&a, "/d") == 32, "a new one is found at the next");
	in_cgroup(&a, SEC + 2, 6, TM_KIND_READ, inode_of("d"), 64);
	in_cgroup(&a, SEC + 3, 6, TM_KIND_READ, inode_of("d"), 128);
	CHECK(user_ns(&a, "/d") == 96 && user_ns(&a, CGROUP_GONE) == 80,
	      "who was born there before moves to it");
	account_free(&a);
	if (rmdir("a/b/c") || rmdir("a/b") || rmdir("a") || rmdir("d") || chdir("/") || rmdir(root))
		CHECK(0, "the directories are gone");
}

/* Whatever comes, no counter of any group goes back, and nothing is counted twice. */
static void storm(void)
{
	enum { PIDS = 300, STEPS = 60000 };
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	static uint64_t most[PIDS], before[8];
	struct account a = account_by(BY_NAME, 4);
	uint64_t wanted = 0, back = 0;
	const struct group *group;
	int step, pid;
	size_t i;

	srand(7);
	for (step = 1; step < STEPS; step++) {
		uint64_t time_ns = (uint64_t)step * 1000 - (uint64_t)(rand() % 5000);
		const char *name = names[(unsigned int)rand() % 6];

		pid = rand() % (PIDS - 1) + 1;
		if (step % 500 == 0) {
			account_begin(&a, time_ns);
			for (pid = 1; pid < PIDS; pid += 2)
				sample(&a, time_ns, pid, name, most[pid]);
			account_end(&a);
		} else {
			uint64_t cpu_ns = most[pid] + (uint64_t)(rand() % 100) - (rand() % 4 ? 0 :
					  most[pid] / 2);

			most[pid] = cpu_ns > most[pid] ? cpu_ns : most[pid];
			record(&a, time_ns, rand() % 2 ? TM_KIND_FORK : TM_KIND_EXEC, pid, name,
			       cpu_ns);
		}
		for (i = 0; i < 6; i++) {
			group = group_of(&a, names[i]);
			back += group->sums.value[FIGURE_UTIME] < before[i];
			before[i] = group->sums.value[FIGURE_UTIME];
		}
	}
	for (pid = 1; pid < PIDS; pid++)
		wanted += most[pid];
	CHECK(!back, "no counter went back");
	CHECK(sum_ns(&a) == wanted && wanted, "all is counted, and once");
	account_free(&a);
}

static void many(void)
{
	struct account a = account_by(BY_NAME, 10);
	const struct process **list;
	uint64_t left_out;
	size_t n = 3;
	int pid;

	account_begin(&a, SEC);
	for (pid = 1; pid <= 20000; pid++)
		sample(&a, SEC, pid, "x", (uint64_t)pid % 5000);
	account_end(&a);
	CHECK(a.process_count == 20000 && group_of(&a, "x")->processes == 20000, "20 000 processes");
	list = account_busiest(&a, &n, &left_out);
	CHECK(list && n == 3 && left_out == 19997, "the busiest three");
	CHECK(list && list[0]->seen.pid == 4999 && list[2]->seen.pid == 14999, "the right ones");
	free(list);
	n = 30000;
	list = account_busiest(&a, &n, &left_out);
	CHECK(n == 20000 && !left_out, "no more than there are");
	free(list);
	account_free(&a);
}

static int hostile_page(const char *dialect)
{
	struct account a = account_by(BY_NAME, 6);
	struct source source = { 0 };
	struct page page = { .account = &a, .source = &source, .up = true, .pids = 3 };

	account_begin(&a, SEC);
	sample(&a, SEC, 1, "quote\"back\\", 1500000000);
	sample(&a, SEC, 2, "new\nline\r\t\033[2J", 2);
	sample(&a, SEC, 3, "\xff\xc0\xaf\xed\xa0\x80", 3);
	sample(&a, SEC, 4, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac", 4);
	sample(&a, SEC, 5, "# EOF", 5);
	sample(&a, SEC, 6, "} 1", 6);
	sample(&a, SEC, 7, "too many", 7);
	account_end(&a);
	page_print(stdout, strcmp(dialect, "text") ? DIALECT_OPENMETRICS : DIALECT_TEXT, &page);
	account_free(&a);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return hostile_page(argv[1]);
	lives();
	disorder();
	renamed();
	reused();
	missing();
	limits();
	kernel_threads();
	unknown();
	labels();
	by_cgroup();
	storm();
	many();
	return tap_end();
}
