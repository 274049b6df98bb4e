// SPDX-License-Identifier: GPL-2.0-only
/*
 * tmctl run: its sums against getrusage(2) of the very processes that it ran.
 *
 * Called with the name of a load this program is that load, and writes into
 * LOAD_FILE what it and its children have used.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "harness.h"

#define LOAD_FILE	"/tmp/load"
#define REPORT		"/tmp/report"
#define KIDS		rounds(1000)
#define SOME		rounds(100)
#define MIB		(1LL << 20)

static long long usec(struct timeval tv)
{
	return tv.tv_sec * 1000000LL + tv.tv_usec;
}

/* --- loads -------------------------------------------------------------------- */

static void tell_usage(void)
{
	struct rusage kids;
	FILE *out = fopen(LOAD_FILE, "w");

	getrusage(RUSAGE_CHILDREN, &kids);
	if (!out)
		_exit(1);
	fprintf(out, "usec %lld\nminflt %ld\nmaxrss %ld\n",
		usec(kids.ru_utime) + usec(kids.ru_stime), kids.ru_minflt, kids.ru_maxrss);
	fclose(out);
}

/* One after the other, each a millisecond of CPU. */
static int load_kids(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid) {
			burn_ns(NSEC_PER_MSEC);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	tell_usage();
	return 0;
}

/**
 * struct holder - a process that holds memory until it is let go
 * @pid: the process
 * @ready: a byte comes from here when all of it is resident
 * @gate: closed to let it go
 */
struct holder {
	pid_t pid;
	int ready;
	int gate;
};

static struct holder hold(long long bytes)
{
	int ready[2], gate[2];
	struct holder h;
	char c = 0;

	if (pipe2(ready, O_CLOEXEC) || pipe2(gate, O_CLOEXEC))
		_exit(1);
	h.pid = fork();
	if (!h.pid) {
		char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		close(gate[1]);
		memset(memory, 1, (size_t)bytes);
		(void)!write(ready[1], &c, 1);
		(void)!read(gate[0], &c, 1);
		_exit(0);
	}
	close(ready[1]);
	close(gate[0]);
	h.ready = ready[0];
	h.gate = gate[1];
	return h;
}

static void let_go(struct holder *h)
{
	close(h->ready);
	close(h->gate);
	waitpid(h->pid, NULL, 0);
}

static void until_held(const struct holder *h)
{
	char c;

	(void)!read(h->ready, &c, 1);
}

/* Two that are large together, then one that is larger than either, alone. */
static int load_memory(void)
{
	struct holder b = hold(16 * MIB), a = hold(24 * MIB), c;

	until_held(&a);
	until_held(&b);
	usleep(400000);	/* for many samples, of both as they are now */
	let_go(&a);
	let_go(&b);
	c = hold(30 * MIB);
	until_held(&c);
	let_go(&c);
	tell_usage();
	return 0;
}

/*
 * On one CPU a child has left it when its parent is told of its time. Where there are two,
 * the parent may be told before the child's last slice is accounted, by up to a tick less
 * than a sample has already shown; and what was shown is not taken back.
 */
static int load_kids_on_one_cpu(int n)
{
	cpu_pin(0, 0);
	return load_kids(n);
}

/* Where the last of the held orphans waits for its end. */
#define HELD_BY 9

/* Each forks the next and dies: only the last lives for a while, or until it is let go. */
static int load_orphans(bool held)
{
	char none;
	int i;

	for (i = 0; i < 20; i++) {
		if (fork())
			_exit(0);
	}
	if (held)
		return (int)read(HELD_BY, &none, sizeof(none));
	usleep(300000);
	return 0;
}

/* --- reading the report ---------------------------------------------------------- */

static char report[8 << 20];

static long long value_at(const char *text, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(text, quoted);
	return at ? strtoll(at + strlen(quoted), NULL, 10) : -1;
}

static const char *summary(void)
{
	const char *at = strstr(report, "\"taskmonitor.run/1\"");

	return at ? at : "";
}

/* The sum of a figure over the processes that process @ppid made. */
static long long sum_of(const char *key, long long ppid, int *count)
{
	const char *line = report, *end = summary();
	long long sum = 0;

	*count = 0;
	while ((line = strstr(line, "\"taskmonitor.process/1\"")) && line < end) {
		if (value_at(line, "ppid") == ppid) {
			sum += value_at(line, key);
			++*count;
		}
		line++;
	}
	return sum;
}

static long long load_value(const char *key)
{
	char text[256], *at;

	if (file_read(LOAD_FILE, text, sizeof(text)) <= 0)
		return -1;
	at = strstr(text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

/* Which process of the report is the load itself: the one whose parent is none of them. */
static long long root_pid(pid_t tmctl)
{
	const char *line = report;

	while ((line = strstr(line, "\"taskmonitor.process/1\""))) {
		if (value_at(line, "ppid") == tmctl)
			return value_at(line, "pid");
		line++;
	}
	return -1;
}

/* tmctl's own pid; its exit status in @status. */
static pid_t run_load(const char *load, const char *option, int *status)
{
	char self[256];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	pid_t pid = fork();

	if (!pid) {
		self[length > 0 ? length : 0] = '\0';
		execlp("tmctl", "tmctl", "run", "--json", "--output=" REPORT, option, "--", self,
		       load, (char *)NULL);
		_exit(99);
	}
	waitpid(pid, status, 0);
	if (file_read(REPORT, report, sizeof(report)) < 0)
		report[0] = '\0';
	return pid;
}

static void nothing_lost(const char *load)
{
	tap_is(value_at(summary(), "lost_records"), 0, "%s: no record is lost", load);
	tap_is(value_at(summary(), "dropped"), 0, "%s: no process is missed", load);
}

/* --- what is promised ------------------------------------------------------------------ */

static void many_short_ones(const char *load, const char *option, bool unsampled)
{
	long long want, got;
	int status, count;
	pid_t tmctl = run_load(load, option, &status);
	long long root = root_pid(tmctl);

	tap_is(status, 0, "%s, %s: exit code 0", load, option);
	nothing_lost(load);
	got = sum_of("utime_ns", root, &count) + sum_of("stime_ns", root, &count);
	tap_is(count, KIDS, "kids: each is in the table");
	want = load_value("usec ") * 1000;
	tap_diag("CPU %lld ns, getrusage %lld ns", got, want);
	/*
	 * getrusage() cuts user and system time to microseconds each. A sample may be ahead
	 * of the scheduler, see tm_running_rtime(): by long, where the host takes a CPU away.
	 * And with native accounting records have the end of the exit, too.
	 */
	if (unsampled && !CPU_IS_NATIVE)
		tap_between(got, want - 1, want + 2000,
			    "kids: CPU time is what wait4() has told, to the microsecond");
	else
		tap_between(got, want - 1, want + want / 50,
			    "kids: CPU time is what wait4() has told, and little more");
	tap_is(sum_of("min_flt", root, &count), load_value("minflt "), "kids: page faults");
	tap_is(value_at(summary(), "processes"), KIDS + 1, "kids: how many there were");
	tap_is(value_at(summary(), "processes_alive"), 0, "kids: none is left");
}

static void memory_of_all(void)
{
	long long peak, largest;
	int status;

	run_load("memory", "--interval=5ms", &status);
	tap_is(status, 0, "memory: exit code 0");
	nothing_lost("memory");
	peak = value_at(summary(), "tree_rss_peak_bytes");
	largest = value_at(summary(), "largest_rss_bytes");
	tap_between(peak, 40 * MIB, 44 * MIB, "memory: 24 and 16 MiB at one moment");
	tap_between(largest, 30 * MIB, 33 * MIB, "memory: 30 MiB in one process");
	tap_between(largest / 1024, load_value("maxrss ") - 256, load_value("maxrss ") + 256,
		    "memory: which is ru_maxrss");
}

static void held_orphans(void)
{
	int status, ends[2];

	if (pipe2(ends, O_CLOEXEC) || dup2(ends[0], HELD_BY) < 0)
		tap_bail("pipe: %s", strerror(errno));
	run_load("held", "--interval=5ms", &status);
	close(ends[1]);
	close(ends[0]);
	close(HELD_BY);
	tap_is(status, 0, "orphans: exit code 0");
	tap_ok(value_at(summary(), "processes_alive") > 0,
	       "orphans: only the command is waited for");
}

static void orphans(void)
{
	int status;

	run_load("orphans", "--wait-all", &status);
	tap_is(value_at(summary(), "processes"), 21, "orphans: with --wait-all, all of them");
	tap_is(value_at(summary(), "processes_alive"), 0, "orphans: to their end");
	tap_ok(value_at(summary(), "elapsed_ns") >= 300 * NSEC_PER_MSEC,
	       "orphans: which is the end of the run");
	nothing_lost("orphans");
}

/* A history of 16 records is too short for anything: it must be said. */
static void loss(void)
{
	long long lost, heard;
	int status, count;
	pid_t tmctl = run_load("some", "--ring=16", &status);

	tap_is(status, 0, "a short history: exit code 0");
	lost = value_at(summary(), "lost_records");
	heard = value_at(summary(), "processes");
	sum_of("utime_ns", root_pid(tmctl), &count);
	tap_diag("lost %lld, processes %lld", lost, heard);
	tap_ok(lost > 0 || heard == SOME + 1, "a short history: what is lost is counted");
}

static int load_main(const char *load)
{
	if (!strcmp(load, "kids"))
		return load_kids(KIDS);
	if (!strcmp(load, "kids-on-one-cpu"))
		return load_kids_on_one_cpu(KIDS);
	if (!strcmp(load, "some"))
		return load_kids(SOME);
	if (!strcmp(load, "memory"))
		return load_memory();
	return load_orphans(!strcmp(load, "held"));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return load_main(argv[1]);
	module_need("log=N");
	many_short_ones("kids", "--interval=60s", true);
	many_short_ones("kids-on-one-cpu", "--interval=1ms", false);
	memory_of_all();
	held_orphans();
	orphans();
	loss();
	tap_is(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
