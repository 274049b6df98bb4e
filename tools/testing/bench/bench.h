/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmarks share: measuring, the processes that are looked at, and
 * the lines that results are written in.
 *
 * Under virtual time a nanosecond is an instruction, so one clock serves both
 * kinds of run; BENCH_UNIT in the environment says which it was.
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/taskmonitor.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MS 1000000LL

long long now_ns(void);
void die(const char *what) __attribute__((noreturn));

/*
 * What one call of @fn takes: the least of @batches, each of @rounds calls. An
 * interrupt or a first page fault may hit any batch, hardly all of them.
 */
double best(void (*fn)(void), int batches, int rounds);

/* The same for one sample of all of the crowd: the larger it is the fewer rounds. */
double best_sample(void (*fn)(void));

/*
 * The processes that are looked at, as crowd.c has left them. Without it there
 * are none. @pids[0] is the first of @n, each of @threads threads.
 */
extern struct crowd {
	int n, threads;
	pid_t *pids;
} crowd;
void crowd_read(void);

/*
 * One result: @value of @unit (NULL: that of time) per @per. @records is how
 * many processes one sample had in it, where that is not the crowd's number.
 */
void emit(const char *method, const char *per, double value, const char *unit, long records);
/* The usual ones: one sample of all of the crowd, and one of anything else. */
void emit_sample(const char *method, double value);
void emit_call(const char *method, const char *per, double value);

/*
 * What birth, exit and wait of a child take, and @fetch of what is told of it
 * (NULL: nothing is), after every so many children: the mean of @n, for what the
 * allocators have at hand varies from child to child, and what comes late,
 * behind a grace period of RCU, shall have its part. Before the first one
 * exit_warm_up().
 *
 * The child has its parent's memory, as by vfork(). To copy that is most of a
 * fork, and varies more than all else.
 */
void exit_warm_up(void);
double mean_exit(int n, void (*fetch)(void));
/* The same with a fork. */
double mean_fork_exit(int n, void (*fetch)(void));

/* Of a file in /proc: the number behind @key. */
long long file_number(const char *path, const char *key);

/* Sessions of the module. */
int session(unsigned int scope, long long interval_ns, unsigned int records, unsigned int kinds,
	    unsigned long long flags);
void session_add(int fd, pid_t pid);
struct tm_state session_state(int fd);

#endif
