// SPDX-License-Identifier: GPL-2.0-only
/*
 * A known load, a known answer: what TM_GET says of a child that did so much
 * and no more, beside what the kernel says of it elsewhere. The child rests
 * while it is looked at, so most figures must be equal, not only alike.
 */
#include <linux/taskmonitor.h>
#include <time.h>

#include "harness.h"

#define TICK_NS		(NSEC_PER_SEC / 100)	/* of /proc/PID/stat */
#define BURN_NS		(200 * NSEC_PER_MSEC)
#define PAGES		3000
#define SLEEPS		100
#define BYTES		100000
#define BATCH		150	/* pages that a CPU or a thread counts for itself first */

/* All that is read of a process at one time. */
struct reading {
	struct proc_stat stat;
	long long statm[2], sched[2];
	long long read_bytes, write_bytes, rchar, wchar;
	long long hiwater_kb, swap_kb, nvcsw, nivcsw;
};

static int dev;

static void read_all(pid_t pid, struct reading *r)
{
	memset(r, 0, sizeof(*r));
	if (!proc_stat(pid, &r->stat) || !proc_numbers(pid, "statm", r->statm, 2) ||
	    !proc_numbers(pid, "schedstat", r->sched, 2))
		tap_bail("process %d cannot be read", pid);
	r->read_bytes = proc_value(pid, "io", "read_bytes");
	r->write_bytes = proc_value(pid, "io", "write_bytes");
	r->rchar = proc_value(pid, "io", "rchar");
	r->wchar = proc_value(pid, "io", "wchar");
	r->hiwater_kb = proc_value(pid, "status", "VmHWM");
	r->swap_kb = proc_value(pid, "status", "VmSwap");
	r->nvcsw = proc_value(pid, "status", "voluntary_ctxt_switches");
	r->nivcsw = proc_value(pid, "status", "nonvoluntary_ctxt_switches");
}

/* A sample, and /proc at the same time: nothing has moved from before to after. */
static void read_both(pid_t pid, struct task_sample *s, struct reading *r)
{
	struct reading before;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		proc_settle(pid);
		read_all(pid, &before);
		if (dev_ioctl(dev, TM_GET, s))
			tap_bail("TM_GET does not work");
		read_all(pid, r);
		if (!memcmp(&before, r, sizeof(*r)))
			return;
	}
	tap_bail("process %d never stands still", pid);
}

static void monitor(pid_t pid)
{
	if (dev_ioctl(dev, TM_PID, &pid))
		tap_bail("TM_PID does not take %d", pid);
}

static void cpu_time(const char *what, const struct task_sample *s, const struct reading *r,
		     long long used)
{
	long long sum = (long long)(s->utime + s->stime);

	tap_ok(s->valid & TM_VALID_CPU, "%s: CPU time is known", what);
	tap_ok_clock(sum >= used, "%s: usr + sys is no less than the child's own clock said", what);
	tap_between((long long)s->utime / TICK_NS - r->stat.utime, -1, 1,
		    "%s: usr is /proc/PID/stat's within a tick", what);
	tap_between((long long)s->stime / TICK_NS - r->stat.stime, -1, 1,
		    "%s: sys is /proc/PID/stat's within a tick", what);
}

static void memory(const char *what, const struct task_sample *s, const struct reading *r)
{
	tap_ok(s->valid & TM_VALID_MEM, "%s: memory is known", what);
	tap_between((long long)s->rss_bytes, (r->statm[1] - 1) * PAGE, (r->statm[1] + 1) * PAGE,
		    "%s: rss is statm's within a page", what);
	tap_is((long long)s->vsize_bytes, r->statm[0] * PAGE, "%s: vsize is statm's", what);
	tap_is((long long)s->vsize_bytes, r->stat.vsize, "%s: and stat's", what);
	/* Newer kernels count VmHWM exactly, but not ru_maxrss, which the peak is. */
	tap_between((long long)s->peak_rss_bytes / PAGE, r->hiwater_kb / (PAGE / 1024) - BATCH,
		    r->hiwater_kb / (PAGE / 1024) + BATCH, "%s: peak is about VmHWM", what);
	tap_is((long long)s->swap_bytes, r->swap_kb * 1024, "%s: swap is VmSwap", what);
}

static void the_rest(const char *what, const struct task_sample *s, const struct reading *r)
{
	tap_is((long long)s->min_flt, r->stat.min_flt, "%s: minor faults", what);
	tap_is((long long)s->maj_flt, r->stat.maj_flt, "%s: major faults", what);
	tap_is((long long)s->read_bytes, r->read_bytes, "%s: read_bytes", what);
	tap_is((long long)s->write_bytes, r->write_bytes, "%s: write_bytes", what);
	tap_is((long long)s->rchar_bytes, r->rchar, "%s: rchar", what);
	tap_is((long long)s->wchar_bytes, r->wchar, "%s: wchar", what);
	tap_is((long long)s->start_time_ns / TICK_NS, r->stat.start, "%s: start time", what);
	tap_is(s->threads, r->stat.threads, "%s: threads", what);
	tap_is(s->ppid, r->stat.ppid, "%s: parent", what);
}

/* These are a thread's in /proc: the process's while there is but one. */
static void of_one_thread(const struct task_sample *s, const struct reading *r)
{
	if (CPU_IS_NATIVE)
		tap_skip(WHY_NATIVE, "usr + sys is schedstat's to the ns");
	else
		tap_is((long long)(s->utime + s->stime), r->sched[0],
		       "usr + sys is schedstat's to the ns");
	tap_is((long long)s->run_delay_ns, r->sched[1], "run delay is schedstat's");
	tap_is((long long)s->nvcsw, r->nvcsw, "voluntary switches are status's");
	tap_is((long long)s->nivcsw, r->nivcsw, "the others are status's");
}

static long long micros(const struct timeval *tv)
{
	return tv->tv_sec * 1000000LL + tv->tv_usec;
}

/* The child asked for its own figures before and after: the sample lies between. */
static void between_rusages(const char *what, const struct task_sample *s,
			    const struct child_report *before, const struct child_report *after)
{
	const struct rusage *a = &before->ru, *b = &after->ru;

	if (CPU_IS_NATIVE)
		tap_skip(WHY_NATIVE, "%s: usr + sys lies between two readings of its clock", what);
	else
		tap_between((long long)(s->utime + s->stime), before->cpu_ns, after->cpu_ns,
			    "%s: usr + sys lies between two readings of its clock", what);
	tap_between((long long)s->utime / 1000, micros(&a->ru_utime), micros(&b->ru_utime),
		    "%s: usr lies between two getrusage", what);
	tap_between((long long)s->stime / 1000, micros(&a->ru_stime), micros(&b->ru_stime),
		    "%s: so does sys", what);
	tap_between((long long)s->min_flt, a->ru_minflt, b->ru_minflt, "%s: minor faults", what);
	tap_between((long long)s->nvcsw, a->ru_nvcsw, b->ru_nvcsw, "%s: voluntary switches", what);
	tap_between((long long)s->nivcsw, a->ru_nivcsw, b->ru_nivcsw, "%s: the others", what);
	/* getrusage() is as coarse as the kernel's counters; ours has seen it to the page. */
	tap_between((long long)s->peak_rss_bytes / 1024, a->ru_maxrss,
		    b->ru_maxrss + BATCH * PAGE / 1024, "%s: the peak", what);
}

static void one_thread(void)
{
	struct task_sample first, s;
	struct child_report before;
	struct reading r;
	struct child c;

	child_start(&c);
	monitor(c.pid);
	read_both(c.pid, &first, &r);
	child_do(&c, CHILD_BURN, BURN_NS);
	child_do(&c, CHILD_SLEEP, SLEEPS);
	child_do(&c, CHILD_WRITE, BYTES);
	child_do(&c, CHILD_TOUCH, PAGES);
	before = c.report;
	read_both(c.pid, &s, &r);
	child_do(&c, CHILD_NOTHING, 0);

	cpu_time("child", &s, &r, before.cpu_ns);
	memory("child", &s, &r);
	the_rest("child", &s, &r);
	of_one_thread(&s, &r);
	between_rusages("child", &s, &before, &c.report);

	tap_ok((s.utime + s.stime) - (first.utime + first.stime) >= (unsigned long long)BURN_NS,
	       "what was burnt is there");
	tap_between((long long)(s.rss_bytes - first.rss_bytes) / PAGE, PAGES - BATCH,
		    PAGES + BATCH,
		    "what was touched is there");
	tap_ok(s.nvcsw - first.nvcsw >= SLEEPS, "each sleep was a switch");
	tap_between((long long)(s.wchar_bytes - first.wchar_bytes), BYTES, BYTES + PAGE,
		    "what was written is there");
	tap_ok(s.rchar_bytes - first.rchar_bytes >= BYTES, "what was read is there");

	child_do(&c, CHILD_UNTOUCH, 0);
	read_both(c.pid, &first, &r);
	memory("given back", &first, &r);
	tap_ok(first.peak_rss_bytes >= s.peak_rss_bytes, "given back: the peak stays");
	tap_ok(first.rss_bytes + (PAGES - BATCH) * PAGE < s.rss_bytes, "given back: rss does not");
	child_end(&c);
}

/* Threads that have gone are still in the process's figures. */
static void eight_threads(void)
{
	struct child_report before;
	struct task_sample all, s;
	struct reading r;
	struct child c;

	child_start(&c);
	monitor(c.pid);
	child_do(&c, CHILD_THREADS, 8);
	read_both(c.pid, &all, &r);
	tap_is(all.threads, 9, "8 threads and the first");
	cpu_time("8 threads", &all, &r, c.report.cpu_ns);
	memory("8 threads", &all, &r);
	the_rest("8 threads", &all, &r);

	child_do(&c, CHILD_THREADS_END, 4);
	before = c.report;
	read_both(c.pid, &s, &r);
	child_do(&c, CHILD_NOTHING, 0);
	tap_is(s.threads, 5, "4 of them have gone");
	cpu_time("4 gone", &s, &r, before.cpu_ns);
	memory("4 gone", &s, &r);
	the_rest("4 gone", &s, &r);
	between_rusages("4 gone", &s, &before, &c.report);
	tap_ok(s.utime >= all.utime && s.stime >= all.stime && s.run_delay_ns >= all.run_delay_ns,
	       "nothing went backwards as they went");
	child_end(&c);
}

static void the_moment(void)
{
	struct task_sample s;
	struct child c;
	long long before, after;

	child_start(&c);
	monitor(c.pid);
	before = now_ns();
	dev_ioctl(dev, TM_GET, &s);
	after = now_ns();
	tap_between((long long)s.time_ns, before, after, "a sample says when it was taken");
	child_end(&c);
}

int main(void)
{
	module_need("%s", "");
	dev = dev_open();
	one_thread();
	eight_threads();
	the_moment();
	close(dev);
	tap_errno(module_unload(), 0, "rmmod");
	return tap_done();
}
