/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests in the guest share: TAP, the module, files, children that act
 * on command, and readers of /proc to compare with.
 *
 * A result is 0 (or a length) or a negative errno, as in the kernel. Only the
 * first process of a test speaks TAP; its children answer through pipes or
 * shared memory. Not here: <linux/taskmonitor.h>, so that a test can do
 * without it.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL
#define POISON		0xcc
#define PAGE		sysconf(_SC_PAGESIZE)

/*
 * The kernel counts user and system time by a clock of the CPU's own, up to the
 * last tick or switch; what a process's own clock says is another figure.
 */
#ifdef __s390x__
#define CPU_IS_NATIVE	true
#else
#define CPU_IS_NATIVE	false
#endif
#define WHY_NATIVE	"CPU time is not the scheduler's run time on this architecture"

#define DEVICE		"/dev/taskmonitor"
#define LAB_FILE	"/sys/kernel/taskmonitor"
#define PROC_FILE	"/proc/taskmonitor"
#define ATTRIBUTES	"/sys/class/misc/taskmonitor/"
#define DEBUGFS		"/sys/kernel/debug/taskmonitor"
#define MODULE_DIR	"/sys/module/taskmonitor"
#define PARAMETERS	MODULE_DIR "/parameters/"

#define PRINTF(a, b)	__attribute__((format(printf, a, b)))

/* libtap.c */
bool tap_ok(bool ok, const char *name, ...) PRINTF(2, 3);
bool tap_is(long long got, long long want, const char *name, ...) PRINTF(3, 4);
bool tap_between(long long got, long long low, long long high, const char *name, ...) PRINTF(4, 5);
bool tap_errno(long got, int want, const char *name, ...) PRINTF(3, 4);
bool tap_str(const char *got, const char *want, const char *name, ...) PRINTF(3, 4);
void tap_skip(const char *why, const char *name, ...) PRINTF(2, 3);
void tap_diag(const char *format, ...) PRINTF(1, 2);
void tap_bail(const char *format, ...) PRINTF(1, 2) __attribute__((noreturn));
int tap_done(void);

/* Of CPU time, and a process's own clock. */
#define tap_ok_clock(ok, ...)                                                                      \
	do {                                                                                       \
		if (CPU_IS_NATIVE)                                                                 \
			tap_skip(WHY_NATIVE, __VA_ARGS__);                                         \
		else                                                                               \
			tap_ok(ok, __VA_ARGS__);                                                   \
	} while (0)

const char *errno_name(long result);

/* libtime.c */
long long now_ns(void);
long long cpu_ns(void);
void burn_ns(long long ns);
int rounds(int n);

#define PATIENCE_NS (20 * NSEC_PER_SEC)

/* Look again and again until @cond holds; false when patience is at its end. */
#define eventually(cond)                                                                           \
	({                                                                                         \
		long long give_up = now_ns() + PATIENCE_NS;                                        \
		bool holds;                                                                        \
		while (!(holds = (cond)) && now_ns() < give_up)                                    \
			usleep(1000);                                                              \
		holds;                                                                             \
	})

/* libmodule.c */
int module_load(const char *format, ...) PRINTF(1, 2);
void module_need(const char *format, ...) PRINTF(1, 2);
int module_unload(void);
int module_unload_patiently(void);
int module_refs(void);
const char *module_trace(void);
/* The lab's structure; of <linux/taskmonitor.h>. */
#define TM_GET_16 _IOC(_IOC_READ, TM_IOC_MAGIC, _IOC_NR(TM_GET), TM_SAMPLE_SIZE_VER0)
int dev_open(void);
int dev_ioctl(int fd, unsigned long request, void *arg);
int sampler_threads(pid_t *pid);
int wait_sampler_threads(int n);

/* libfile.c */
int file_read(const char *path, char *buf, size_t size);
int file_write(const char *path, const char *text);
int file_write_bytes(const char *path, const void *bytes, size_t size);
int fd_write(int fd, const void *bytes, size_t size);
long long file_number(const char *path);
int file_mode(const char *path);
bool file_exists(const char *path);
void *shared_memory(size_t size);

struct kmsg {
	int fd;
	long long usec;	/* time stamp of the last line */
	char line[1024];
};

void kmsg_open(struct kmsg *k);
bool kmsg_next(struct kmsg *k, int timeout_ms);
bool kmsg_ours(struct kmsg *k, int timeout_ms);
bool is_lab_line(const char *line, pid_t pid);

/* libproc.c */
struct proc_stat {
	char state;
	long long ppid, flags, min_flt, maj_flt, utime, stime, threads, start, vsize, rss, policy;
};

bool proc_stat(pid_t pid, struct proc_stat *st);
char proc_state(pid_t pid);
void proc_settle(pid_t pid);
long long proc_value(pid_t pid, const char *file, const char *key);
bool proc_numbers(pid_t pid, const char *file, long long *numbers, int n);

/* Rows of /proc/taskmonitor */
#define ROW_SIZE 1024
int row_count(void);
bool row_read(pid_t pid, char *row);
bool row_read_nth(int n, char *row);
bool row_word(const char *row, const char *key, char *word, size_t size);
long long row_value(const char *row, const char *key);
bool row_is_absent(const char *row, const char *key);

/*
 * libchild.c: a child that does one thing after the other as it is told, and
 * tells after each what it has used up so far by its own reckoning.
 */
enum child_op {
	CHILD_NOTHING,
	CHILD_BURN,		/* ns of CPU time */
	CHILD_TOUCH,		/* pages, kept */
	CHILD_UNTOUCH,		/* gives back what CHILD_TOUCH took last */
	CHILD_SLEEP,		/* times, a moment each */
	CHILD_WRITE,		/* bytes, to a file in /tmp, and read again */
	CHILD_THREADS,		/* begin so many, each burns a millisecond and waits */
	CHILD_THREADS_END,	/* end so many of them */
	CHILD_CHURN,		/* from now on: threads come, go and burn */
	CHILD_SPIN,		/* from now on: one more thread that only burns */
	CHILD_LEADER_EXIT,	/* the first thread ends, another goes on */
	CHILD_EXEC,		/* a new thread calls exec */
	CHILD_NAME,		/* a name with blanks in it */
	CHILD_NOT_DUMPABLE,
	CHILD_EXIT,		/* with this status; does not answer */
};

struct child_report {
	long long cpu_ns;
	struct rusage ru;
};

struct child {
	pid_t pid;
	int to, from;
	struct child_report report;
};

void child_start(struct child *c);
void child_start_as(struct child *c, uid_t uid);
void child_start_with_pid(struct child *c, pid_t pid);
void child_do(struct child *c, enum child_op op, long arg);
void child_exit(struct child *c, int status);
void child_end(struct child *c);
void child_main(int argc, char **argv);

/* A function in a process of its own; its value (0-255) is what run_end() gives, -1 if it died. */
pid_t run_start(int (*fn)(void *arg), void *arg);
pid_t run_start_in(unsigned long flags, int (*fn)(void *arg), void *arg);
int run_end(pid_t pid);
int run(int (*fn)(void *arg), void *arg);
void become(uid_t uid);

/* @pid, or the caller by 0, runs on that CPU alone from now on. False: it may not, or there is none. */
bool cpu_try(pid_t pid, int cpu);
/* The same, or the test ends. */
void cpu_pin(pid_t pid, int cpu);

#endif /* HARNESS_H */
