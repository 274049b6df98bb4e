/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * taskmonitor: processes sampled from inside the kernel.
 *
 * This header is all that user space may rely on, for ever: the record
 * (struct task_sample), the requests of /dev/taskmonitor, and their errors.
 * Documentation/ioctl.md has a page for each request.
 *
 * How to add a field to a structure here
 *   1. Append it; never move, resize or reuse what is there. Keep the natural
 *      alignment and leave no hole.
 *   2. Give it a bit in a mask (TM_VALID_*) when it may be absent: an absent
 *      figure is said to be absent, never shown as 0.
 *   3. Extend the size checks in src/frontend/chardev.c and the header test.
 *   The request number carries the size of the caller's structure. A caller
 *   with an older, shorter one gets as much as it has room for; a caller with
 *   a newer, longer one sees zeroes behind what the module knows.
 */
#ifndef _UAPI_LINUX_TASKMONITOR_H
#define _UAPI_LINUX_TASKMONITOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define TM_DEVICE_NAME	"taskmonitor"	/* /dev/taskmonitor */
#define TM_IOC_MAGIC	'N'

/*
 * The version of the module, the library and the tools, which are released
 * together. It stands here alone; whatever else tells it takes it from here.
 */
#define TM_VERSION_MAJOR	0
#define TM_VERSION_MINOR	1
#define TM_VERSION_PATCH	0

#define TM_COMM_LEN	16	/* bytes of task_sample.comm, NUL included */
#define TM_TEXT_SIZE	128	/* bytes of the buffer of TM_GET_TEXT */
#define TM_NAME_LEN	64	/* bytes of tm_state.name, NUL included */

/*
 * Intervals. The lower bound keeps a sampler that does nothing else within
 * the reach of an ordinary machine's timers.
 */
#define TM_INTERVAL_MIN_NS	100000ULL		/* 100 us */
#define TM_INTERVAL_MAX_NS	3600000000000ULL	/* 1 h */

/* task_sample.valid: which groups of figures are filled. */
#define TM_VALID_CPU		(1ULL << 0)	/* utime, stime */
#define TM_VALID_MEM		(1ULL << 1)	/* vsize_bytes, rss_bytes, swap_bytes */
#define TM_VALID_PEAK_RSS	(1ULL << 2)	/* peak_rss_bytes */
#define TM_VALID_FAULTS		(1ULL << 3)	/* min_flt, maj_flt */
#define TM_VALID_SWITCHES	(1ULL << 4)	/* nvcsw, nivcsw */
#define TM_VALID_RUN_DELAY	(1ULL << 5)	/* run_delay_ns */
#define TM_VALID_IO_BYTES	(1ULL << 6)	/* read_bytes, write_bytes */
#define TM_VALID_IO_CHARS	(1ULL << 7)	/* rchar_bytes, wchar_bytes */
#define TM_VALID_CGROUP		(1ULL << 8)	/* cgroup_id */
#define TM_VALID_EXIT		(1ULL << 9)	/* exit_code, exit_time_ns */
#define TM_VALID_WINDOW		(1ULL << 10)	/* window_*, cpu_*_ppm, rss_*_bytes */
#define TM_VALID_THRESHOLD	(1ULL << 11)	/* threshold_*, instead of the former */

/* task_sample.flags */
/*
 * The figures of CPU time are as of the last tick or switch. So they are in
 * records of fork, exec and exiting; of a process that has exited, until its
 * totals are final; and in all samples where the kernel's configuration does
 * not let a task's current slice be read from outside.
 */
#define TM_SAMPLE_CPU_AS_OF_TICK	(1U << 0)
/* The process has exited; what is here is the last that was seen of it. */
#define TM_SAMPLE_EXITED		(1U << 1)
/* The target is one thread, not a whole process. */
#define TM_SAMPLE_THREAD		(1U << 2)
/*
 * In a TM_KIND_EXEC: the target runs a program now that the session's maker
 * may not look into. Nothing is told of it, and it is no target any longer.
 */
#define TM_SAMPLE_DENIED		(1U << 3)
/*
 * rss_bytes and swap_bytes are what the kernel has at hand, of which every CPU
 * may hold back some pages (32, or twice the number of CPUs, of each kind).
 * Periodic samples on machines with more than eight CPUs are so, for adding up
 * all CPUs would cost more than all the rest; samples on demand never are.
 */
#define TM_SAMPLE_RSS_COARSE		(1U << 4)
/* In a TM_KIND_THRESHOLD: the figure has come back, and the threshold is armed again. */
#define TM_SAMPLE_BELOW			(1U << 5)

/**
 * enum tm_kind - what a record is, in task_sample.kind
 * @TM_KIND_READ: sampled because somebody asked (TM_GET, TM_BATCH, a file)
 * @TM_KIND_PERIODIC: sampled by the sampler at its interval
 * @TM_KIND_FORK: a process that became a target because a target, or in scopes
 *	cgroup and system anybody, made it; it has not run yet
 * @TM_KIND_EXEC: the target runs another program from now on
 * @TM_KIND_EXITING: the target has begun to exit. Told at once; its CPU time is
 *	not final.
 * @TM_KIND_EXIT: the target is gone; its totals are final, and its CPU time is
 *	what its parent hears from wait4(). Comes when the parent has reaped it,
 *	or, for a zombie that is left lying, some tenths of a second later.
 * @TM_KIND_WINDOW: one window of a session that has them: the last sample in
 *	it, and the least, average and greatest of the samples
 * @TM_KIND_LOST: not a sample: lost_records records were overwritten before
 *	this reader came to them. read() alone makes these; seq is that of the
 *	last one lost.
 * @TM_KIND_THRESHOLD: the target has crossed one of the session's thresholds,
 *	or, with TM_SAMPLE_BELOW, has come back: threshold_* say which, and the
 *	rest is the sample that showed it
 */
enum tm_kind {
	TM_KIND_READ = 0,
	TM_KIND_PERIODIC = 1,
	TM_KIND_FORK = 2,
	TM_KIND_EXEC = 3,
	TM_KIND_EXITING = 4,
	TM_KIND_EXIT = 5,
	TM_KIND_WINDOW = 6,
	TM_KIND_LOST = 7,
	TM_KIND_THRESHOLD = 8,
};

/**
 * struct task_sample - one reading of a target
 * @utime: CPU time in user mode, nanoseconds
 * @stime: CPU time in kernel mode, nanoseconds. @utime + @stime is the run
 *	time that the scheduler has accounted, exact to the nanosecond, the
 *	slice that runs right now included; it is split as the kernel itself
 *	splits it (cputime_adjust() in kernel/sched/cputime.c), in proportion
 *	to what the ticks saw. Neither ever goes backwards.
 * @valid: which of the groups below are filled (TM_VALID_*). A figure whose
 *	bit is clear is unknown, not 0.
 * @time_ns: when the sample was taken, CLOCK_MONOTONIC
 * @seq: number of the record in its session, from 1, without a gap; 0 in an
 *	answer to TM_GET, which makes no record
 * @start_time_ns: when the process started, CLOCK_BOOTTIME. Together with
 *	@pid it names a process for ever: a reused pid has another start.
 * @pid: its number in the PID namespace of whoever asked; the thread's own
 *	where the target is a thread. 0: not visible from there.
 * @tgid: the process's number in that namespace
 * @ppid: its parent's number there, 0 if the parent is not visible
 * @uid: real user id, in the initial user namespace
 * @exit_code: as wait4() gives it (TM_VALID_EXIT)
 * @threads: threads of the process, as /proc counts them: one that has exited
 *	first is there until the others have
 * @cpu: the CPU it (its first live thread) ran on last
 * @flags: TM_SAMPLE_*
 * @kind: enum tm_kind
 * @state: one letter, as /proc/PID/stat shows it: R S D T t X Z P I
 * @comm: name of the process (or thread), NUL-terminated
 * @vsize_bytes: virtual size (VmSize)
 * @rss_bytes: resident set (VmRSS), to the page; see TM_SAMPLE_RSS_COARSE
 * @peak_rss_bytes: the most that was ever resident, earlier programs of the
 *	same process included, as ru_maxrss counts it: by the kernel's coarse
 *	counters, so that it may be some pages below @rss_bytes
 * @swap_bytes: swapped out (VmSwap)
 * @min_flt: page faults that needed no I/O
 * @maj_flt: page faults that did
 * @nvcsw: voluntary context switches
 * @nivcsw: involuntary context switches
 * @run_delay_ns: time spent runnable, waiting for a CPU. Threads that had
 *	exited before the target was added are not in it: the kernel keeps no
 *	sum of theirs.
 * @read_bytes: read from storage
 * @write_bytes: written towards storage
 * @rchar_bytes: read through system calls, the page cache's part included
 * @wchar_bytes: written through system calls
 * @exit_time_ns: when it exited, CLOCK_MONOTONIC (TM_VALID_EXIT)
 * @lost_records: in a TM_KIND_LOST: how many
 * @cgroup_id: its cgroup on the unified hierarchy (the inode number of the
 *	cgroup's directory)
 * @window_samples: samples in the window (TM_VALID_WINDOW)
 * @cpu_min_ppm: least CPU use between two samples of the window, millionths
 *	of one CPU (1000000 is one CPU fully used)
 * @cpu_avg_ppm: average CPU use over the window
 * @cpu_max_ppm: greatest CPU use between two samples of the window
 * @rss_min_bytes: least resident set seen in the window
 * @rss_avg_bytes: average resident set over the samples of the window
 * @rss_max_bytes: greatest resident set seen in the window
 * @threshold_id: which threshold (TM_VALID_THRESHOLD)
 * @threshold_what: its enum tm_threshold_what
 * @threshold_value: the figure that crossed it, in that one's unit; of
 *	TM_THRESHOLD_EXIT the exit code
 * @threshold_bound: what it was compared with: the threshold's @above, or with
 *	TM_SAMPLE_BELOW its @below; of TM_THRESHOLD_EXIT 0
 * @threshold_since_ns: since when it had been above, CLOCK_MONOTONIC; of
 *	TM_THRESHOLD_EXIT when it exited
 *
 * The first 16 bytes are the lab's struct; a program that knows only those
 * works against every later module. All of a record is filled at one moment,
 * or the request fails: a record is never half new.
 */
struct task_sample {
	__u64 utime;
	__u64 stime;
	__u64 valid;
	__u64 time_ns;
	__u64 seq;
	__u64 start_time_ns;
	__s32 pid;
	__s32 tgid;
	__s32 ppid;
	__u32 uid;
	__s32 exit_code;
	__u32 threads;
	__u32 cpu;
	__u16 flags;
	__u8 kind;
	__u8 state;
	char comm[TM_COMM_LEN];
	__u64 vsize_bytes;
	__u64 rss_bytes;
	__u64 peak_rss_bytes;
	__u64 swap_bytes;
	__u64 min_flt;
	__u64 maj_flt;
	__u64 nvcsw;
	__u64 nivcsw;
	__u64 run_delay_ns;
	__u64 read_bytes;
	__u64 write_bytes;
	__u64 rchar_bytes;
	__u64 wchar_bytes;
	union {
		__u64 exit_time_ns;
		__u64 lost_records;
	};
	__u64 cgroup_id;
	union {
		__u32 window_samples;
		__u32 threshold_id;
	};
	union {
		__u32 cpu_min_ppm;
		__u32 threshold_what;
	};
	__u32 cpu_avg_ppm;
	__u32 cpu_max_ppm;
	union {
		__u64 rss_min_bytes;
		__u64 threshold_value;
	};
	union {
		__u64 rss_avg_bytes;
		__u64 threshold_bound;
	};
	union {
		__u64 rss_max_bytes;
		__u64 threshold_since_ns;
	};
};

#define TM_SAMPLE_SIZE_VER0	16	/* the lab's utime and stime */

/**
 * enum tm_scope - whom a session watches
 * @TM_SCOPE_LIST: the processes and threads that were added
 * @TM_SCOPE_TREE: the processes that were added, and all their descendants:
 *	those that live when they are added, and every later one before its
 *	first instruction
 * @TM_SCOPE_CGROUP: every process in one cgroup (v2) and in the cgroups below
 * @TM_SCOPE_SYSTEM: every process, kernel threads included
 */
enum tm_scope {
	TM_SCOPE_LIST = 0,
	TM_SCOPE_TREE = 1,
	TM_SCOPE_CGROUP = 2,
	TM_SCOPE_SYSTEM = 3,
};

/* tm_session_attr.flags */
#define TM_SESSION_STOPPED	(1ULL << 0)	/* wait for TM_START */
/*
 * Tell of what happens to its targets by netlink too, as the default session
 * does: Documentation/netlink.md. CAP_SYS_ADMIN, in the initial PID namespace.
 */
#define TM_SESSION_EVENTS	(1ULL << 1)
#define TM_SESSION_FLAGS	(TM_SESSION_STOPPED | TM_SESSION_EVENTS)

/* tm_session_attr.kinds: 1 << enum tm_kind of what the history shall hold */
#define TM_KINDS_ALL	((1U << TM_KIND_PERIODIC) | (1U << TM_KIND_FORK) | (1U << TM_KIND_EXEC) | \
			 (1U << TM_KIND_EXITING) | (1U << TM_KIND_EXIT) | (1U << TM_KIND_WINDOW) | \
			 (1U << TM_KIND_THRESHOLD))

#define TM_RING_RECORDS_MIN	16
#define TM_RING_RECORDS_MAX	(1U << 20)
#define TM_RING_RECORDS_DEFAULT	1024

/**
 * struct tm_session_attr - what a private session shall be
 * @flags: TM_SESSION_*
 * @interval_ns: between samples, TM_INTERVAL_MIN_NS to TM_INTERVAL_MAX_NS
 * @window_ns: 0: every sample is a record. Otherwise one record a target and
 *	window, with the extremes of the samples in it; at least @interval_ns,
 *	at most TM_INTERVAL_MAX_NS.
 * @scope: enum tm_scope
 * @cgroup_fd: the cgroup's directory, open (TM_SCOPE_CGROUP; otherwise -1 or 0)
 * @ring_records: how many records the history holds: TM_RING_RECORDS_MIN to
 *	TM_RING_RECORDS_MAX, rounded up to a power of two; 0:
 *	TM_RING_RECORDS_DEFAULT. Set to what it has become. Its memory counts
 *	against RLIMIT_MEMLOCK.
 * @watermark: poll() tells of records when there are so many; 0 is 1. At most
 *	half of the history.
 * @kinds: mask of enum tm_kind; 0: all. Without both TM_KIND_PERIODIC and
 *	TM_KIND_WINDOW nothing is sampled at intervals, but for thresholds.
 * @reserved: 0
 */
struct tm_session_attr {
	__u64 flags;
	__u64 interval_ns;
	__u64 window_ns;
	__u32 scope;
	__s32 cgroup_fd;
	__u32 ring_records;
	__u32 watermark;
	__u32 kinds;
	__u32 reserved;
};

#define TM_SESSION_ATTR_SIZE_VER0	48

#define TM_TARGET_THREAD	(1U << 0)	/* pid is one thread's, TM_SCOPE_LIST alone */

/**
 * struct tm_target_spec - a target to add or to remove
 * @pid: in the caller's PID namespace
 * @flags: TM_TARGET_THREAD or 0
 */
struct tm_target_spec {
	__s32 pid;
	__u32 flags;
};

/**
 * struct tm_batch - all targets at once
 * @records: address of an array of @capacity records of @record_size bytes
 * @capacity: how many fit
 * @record_size: bytes of the caller's struct task_sample, at least
 *	TM_SAMPLE_SIZE_VER0 and a multiple of 8
 * @count: out: how many were filled
 * @total: out: how many targets there are; more than @count: come again with
 *	more room
 * @time_ns: out: the one time of all of them, CLOCK_MONOTONIC
 */
struct tm_batch {
	__u64 records;
	__u32 capacity;
	__u32 record_size;
	__u32 count;
	__u32 total;
	__u64 time_ns;
};

#define TM_RING_MAGIC	0x474e524d54000001ULL

/**
 * struct tm_ring_header - the first page of a mapped history
 * @magic: TM_RING_MAGIC
 * @header_size: where the records begin, bytes from here
 * @record_size: bytes of one record
 * @capacity: how many there are, a power of two
 * @reserved: 0
 * @head: records written so far, and so the newest one's seq; read it with
 *	acquire semantics
 * @dropped: processes that could not be watched, for which the life records
 *	are missing
 * @targets_alive: targets that have not exited
 *
 * Record n (from 1) stands in slot (n - 1) % capacity. Its seq is n when it is
 * whole, and something else before, while and after that. To read it: load seq
 * (acquire); if it is n copy the record; after a read barrier load seq again; if
 * it is still n the copy is whole. If not, the writer came round: of the first
 * head - capacity records none is left. libtaskmonitor does it.
 */
struct tm_ring_header {
	__u64 magic;
	__u32 header_size;
	__u32 record_size;
	__u32 capacity;
	__u32 reserved;
	__u64 head;
	__u64 dropped;
	__u64 targets_alive;
};

#define TM_STATE_RUNNING	(1U << 0)	/* the session is started */
#define TM_STATE_PRIVATE	(1U << 1)	/* it belongs to an open file */
#define TM_STATE_NAMED		(1U << 2)	/* it belongs to a directory of configfs */

#define TM_LATENESS_BUCKETS	20

/**
 * struct tm_state - what a session is doing
 * @version: the module's version, major << 16 | minor << 8 | patch
 * @flags: TM_STATE_*
 * @targets: how many targets it has
 * @targets_alive: how many of them have not exited
 * @interval_ns: the interval asked for
 * @ticks: times that the sampler served it
 * @missed_ticks: deadlines that passed without being served at all
 * @samples: records it has produced
 * @lateness_max_ns: the longest time by which a tick came after its deadline
 * @cost_ns: time the sampler spent on it
 * @id: number of the session; the default session is 0, and an opener without
 *	CAP_SYS_ADMIN is told 0 of every session
 * @window_ns: length of a window, 0 without
 * @scope: enum tm_scope
 * @owner: PID of who made the session, in the caller's PID namespace; 0 of the
 *	default session and of named ones, where it is not visible, and when it is
 *	gone
 * @ring_records: how many records the history holds
 * @watermark: as in struct tm_session_attr
 * @kinds: likewise
 * @reserved: 0
 * @dropped: processes that could not be watched
 * @stretched: ticks delayed because the sampler had used up its share of a CPU
 * @lateness_hist: how many ticks were late by less than 2^i microseconds (and
 *	by no less than half of that); the last one holds the rest
 * @name: what its directory is called (TM_STATE_NAMED), NUL-terminated. Any bytes
 *	but NUL and '/': control characters, and what is no UTF-8.
 */
struct tm_state {
	__u32 version;
	__u32 flags;
	__u32 targets;
	__u32 targets_alive;
	__u64 interval_ns;
	__u64 ticks;
	__u64 missed_ticks;
	__u64 samples;
	__u64 lateness_max_ns;
	__u64 cost_ns;
	__u64 id;
	__u64 window_ns;
	__u32 scope;
	__s32 owner;
	__u32 ring_records;
	__u32 watermark;
	__u32 kinds;
	__u32 reserved;
	__u64 dropped;
	__u64 stretched;
	__u64 lateness_hist[TM_LATENESS_BUCKETS];
	char name[TM_NAME_LEN];
};

#define TM_STATE_SIZE_VER0	64

/**
 * struct tm_session_list - the states of all sessions
 * @states: address of an array of @capacity states of @state_size bytes
 * @capacity: how many fit
 * @state_size: bytes of the caller's struct tm_state, at least
 *	TM_STATE_SIZE_VER0 and a multiple of 8
 * @count: out: how many were filled
 * @total: out: how many sessions there are
 */
struct tm_session_list {
	__u64 states;
	__u32 capacity;
	__u32 state_size;
	__u32 count;
	__u32 total;
};

/**
 * enum tm_threshold_what - the figure that a threshold is about
 * @TM_THRESHOLD_RSS: resident set, bytes
 * @TM_THRESHOLD_CPU: CPU use between two samples, millionths of one CPU (several
 *	threads may pass 1000000)
 * @TM_THRESHOLD_RUN_DELAY: time spent runnable, waiting for a CPU, between two
 *	samples: millionths of the time between them. A wait counts when it is
 *	over, all of it, and each thread's counts: so 1000000 may be passed.
 * @TM_THRESHOLD_THREADS: threads of the process
 * @TM_THRESHOLD_EXIT: no figure: every exit of a target crosses it, at once
 */
enum tm_threshold_what {
	TM_THRESHOLD_RSS = 1,
	TM_THRESHOLD_CPU = 2,
	TM_THRESHOLD_RUN_DELAY = 3,
	TM_THRESHOLD_THREADS = 4,
	TM_THRESHOLD_EXIT = 5,
};

#define TM_THRESHOLDS_MAX	8	/* of a session */

/**
 * struct tm_threshold - what a session shall tell of, of each of its targets
 * @id: its number, from 1, used once in a session
 * @what: enum tm_threshold_what
 * @above: it is crossed when the figure is greater
 * @below: and armed again when it is this or less; at most @above, which 0
 *	stands for
 * @for_ns: only once it has been greater in every sample for so long; 0: at
 *	once. A figure between two samples has been so since the first of them.
 * @flags: 0
 * @reserved: 0
 * @crossed: how many times targets have crossed it
 * @returned: how many times they have come back; who exits does not
 * @unjudged: samples that were not looked at for want of memory
 *
 * TM_THRESHOLD_ADD sets @id, and takes no notice of what stands there and in the
 * three counts; TM_THRESHOLDS fills all. What is stopped and started begins
 * anew: who is above then crosses again. Of TM_THRESHOLD_EXIT @above, @below and @for_ns are 0.
 */
struct tm_threshold {
	__u32 id;
	__u32 what;
	__u64 above;
	__u64 below;
	__u64 for_ns;
	__u32 flags;
	__u32 reserved;
	__u64 crossed;
	__u64 returned;
	__u64 unjudged;
};

#define TM_THRESHOLD_SIZE_VER0	64

/**
 * struct tm_threshold_list - the thresholds of a session
 * @thresholds: address of an array of @capacity thresholds of @threshold_size
 *	bytes
 * @capacity: how many fit
 * @threshold_size: bytes of the caller's struct tm_threshold, at least
 *	TM_THRESHOLD_SIZE_VER0 and a multiple of 8
 * @count: out: how many were filled
 * @total: out: how many there are
 */
struct tm_threshold_list {
	__u64 thresholds;
	__u32 capacity;
	__u32 threshold_size;
	__u32 count;
	__u32 total;
};

#define TM_TASK_EXITED	(1U << 0)	/* its last thread has exited: a zombie, or soon gone */

/**
 * struct tm_task - a process on the kernel's task list
 * @start_time_ns: when it started, CLOCK_BOOTTIME: the same as in struct
 *	task_sample
 * @pid: its number in the caller's PID namespace
 * @uid: real user id, in the initial user namespace
 * @flags: TM_TASK_EXITED or 0
 * @reserved: 0
 * @comm: its name, NUL-terminated
 */
struct tm_task {
	__u64 start_time_ns;
	__s32 pid;
	__u32 uid;
	__u32 flags;
	__u32 reserved;
	char comm[TM_COMM_LEN];
};

#define TM_TASK_SIZE_VER0	40

/**
 * struct tm_task_list - who is on the kernel's task list
 * @tasks: address of an array of @capacity tasks of @task_size bytes
 * @capacity: how many fit
 * @task_size: bytes of the caller's struct tm_task, at least
 *	TM_TASK_SIZE_VER0 and a multiple of 8
 * @count: out: how many were filled
 * @total: out: how many there are; more than @count: come again with more room
 */
struct tm_task_list {
	__u64 tasks;
	__u32 capacity;
	__u32 task_size;
	__u32 count;
	__u32 total;
};

/*
 * Requests of /dev/taskmonitor. They act on the session of the file: the
 * module's default session, until the file asks for one of its own.
 *
 * Errors that every request may give: ENOTTY (no such request), EFAULT (bad
 * pointer), EINVAL (the size in the request's number is smaller than the
 * structure's first version), EPERM (the file's opener may not do this).
 */

/*
 * TM_GET - sample the first target now.
 * ESRCH: there is no target, it has exited, or it is not visible in the
 * caller's PID namespace. EPERM: it is not the opener's own process, without
 * CAP_SYS_PTRACE; of the default session instead of ESRCH as well, without
 * CAP_SYS_ADMIN too.
 */
#define TM_GET		_IOR(TM_IOC_MAGIC, 0xA0, struct task_sample)

/*
 * TM_GET_TEXT - the same as one line of text, NUL-terminated:
 * "pid 128 usr 36181127855 sys 28725434471\n". Errors as TM_GET.
 */
#define TM_GET_TEXT	_IOR(TM_IOC_MAGIC, 0xA1, char[TM_TEXT_SIZE])

/* TM_START, TM_STOP - start or stop the sampling; done already: no error. */
#define TM_START	_IO(TM_IOC_MAGIC, 0xA2)
#define TM_STOP		_IO(TM_IOC_MAGIC, 0xA3)

/*
 * TM_PID - a negative value: gets the first target's PID, 0 if there is none
 * (or it is not visible from the caller's PID namespace). A positive value:
 * makes that process the only target; ESRCH if there is no such process (a
 * zombie is none), and the targets stay as they were. Zero: EINVAL.
 */
#define TM_PID		_IOWR(TM_IOC_MAGIC, 0xA4, int)

/* TM_STATE - what the session is doing. Grows at its end, as TM_GET does. */
#define TM_STATE	_IOR(TM_IOC_MAGIC, 0xA5, struct tm_state)

/*
 * TM_SESSION - make the file a session of its own: the requests act on that one
 * from now on, read(), poll() and mmap() give its history, close() ends it.
 * Started at once. Short structures are taken with zeroes behind them; long
 * ones if what we do not know is zero.
 * EBUSY: the file has one. EINVAL: an unknown flag, scope or kind, a non-zero
 * reserved field, a value out of its range, watermark over half the history.
 * E2BIG: the structure is longer than known and not zero there. EPERM: cgroup
 * and system scope need CAP_PERFMON (or CAP_SYS_ADMIN), TM_SESSION_EVENTS
 * CAP_SYS_ADMIN and the initial PID namespace. EBADF: not an open
 * cgroup v2 directory. ENOMEM: also over RLIMIT_MEMLOCK.
 */
#define TM_SESSION	_IOWR(TM_IOC_MAGIC, 0xA6, struct tm_session_attr)

/*
 * TM_ADD, TM_DEL - a target more, a target less. In scope tree a process is
 * added with all its descendants, and removed alone.
 * ESRCH: no such process or thread (a zombie is none), or for TM_DEL not a
 * target. EEXIST: is one. EPERM: another user's process, without
 * CAP_SYS_PTRACE. EINVAL: not a PID, an unknown flag, or the scope takes no
 * list. ENOSPC: 65536 targets.
 */
#define TM_ADD		_IOW(TM_IOC_MAGIC, 0xA7, struct tm_target_spec)
#define TM_DEL		_IOW(TM_IOC_MAGIC, 0xA8, struct tm_target_spec)

/*
 * TM_INTERVAL - sample at this interval, in ns, from now on. EINVAL: out of
 * range, or longer than the session's window.
 */
#define TM_INTERVAL	_IOW(TM_IOC_MAGIC, 0xA9, __u64)

/*
 * TM_BATCH - sample every target now, all with one time. Exited targets of a
 * list are in it, with their last figures. EINVAL: @record_size.
 */
#define TM_BATCH	_IOWR(TM_IOC_MAGIC, 0xAA, struct tm_batch)

/* TM_SESSIONS - the states of all sessions (CAP_SYS_ADMIN). EINVAL: @state_size. */
#define TM_SESSIONS	_IOWR(TM_IOC_MAGIC, 0xAB, struct tm_session_list)

/*
 * TM_TASKS - the processes on the kernel's task list, zombies among them. That
 * list is another than the PID table by which scope system and /proc find
 * processes: who is in one alone hides. CAP_PERFMON or CAP_SYS_ADMIN.
 * EINVAL: @task_size. EAGAIN: the list changed too fast to be walked.
 */
#define TM_TASKS	_IOWR(TM_IOC_MAGIC, 0xAC, struct tm_task_list)

/*
 * TM_THRESHOLD_ADD - tell of targets that cross it, those who join later too:
 * by a record of TM_KIND_THRESHOLD, and of poll() by POLLPRI, whatever the
 * watermark, until read() has come to that record. The session's targets are
 * sampled at its interval for it, also where its kinds have no samples.
 * Structures of other lengths as in TM_SESSION, and E2BIG.
 * EINVAL: an unknown what, @below over @above, of TM_THRESHOLD_EXIT a figure
 * that is not 0, a flag, a reserved field; or the session's kinds lack
 * TM_KIND_THRESHOLD. ENOSPC: TM_THRESHOLDS_MAX. EOPNOTSUPP: the kernel does not
 * keep that figure.
 */
#define TM_THRESHOLD_ADD	_IOWR(TM_IOC_MAGIC, 0xAD, struct tm_threshold)

/*
 * TM_THRESHOLD_DEL - a threshold less, by its id; no record tells of it after
 * that. ENOENT: the session has none of that id.
 */
#define TM_THRESHOLD_DEL	_IOW(TM_IOC_MAGIC, 0xAE, __u32)

/* TM_THRESHOLDS - the thresholds, with their counts. EINVAL: @threshold_size. */
#define TM_THRESHOLDS		_IOWR(TM_IOC_MAGIC, 0xAF, struct tm_threshold_list)

#endif /* _UAPI_LINUX_TASKMONITOR_H */
