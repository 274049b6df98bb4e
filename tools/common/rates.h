/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From samples to percentages and averages.
 *
 * Model: a sample carries two clocks, its own time and the CPU time used so
 * far; a percentage is the CPU time gained between two samples over the time
 * between them, in hundredths of one CPU:
 *
 *	%usr = 100 * (utime2 - utime1) / (time2 - time1)
 *
 * The time is the samples' own, not the interval asked for: a row that comes
 * late is still right.
 *
 *	Two threads busy in user mode on four CPUs, samples at 10.0 s and 11.0 s:
 *	utime grows by 2 s, so %usr is 200.
 *
 *	A process sampled at 10.0 s and 11.0 s exits at 11.4 s: the last row
 *	covers up to 11.0 s. What it used after that is in no row and in no
 *	average; the averages divide by 1.0 s, not by 1.4.
 *
 * A percentage is only known between two samples of one process that both know
 * the CPU time, with time gone by between them. Otherwise it is unknown.
 */
#ifndef TMCTL_RATES_H
#define TMCTL_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/taskmonitor.h>

/**
 * struct rates - what happened between two samples
 * @duration_ns: time between them; 0: nothing here is known
 * @cpu_known: whether @usr, @sys and @cpu are
 * @wait_known: whether @wait is
 * @usr: CPU time in user mode, percent of one CPU
 * @sys: CPU time in kernel mode, percent of one CPU
 * @cpu: both
 * @wait: time spent waiting for a CPU, percent of the time between
 * @faults_known: whether @min_flt and @maj_flt are
 * @switches_known: whether @nvcsw and @nivcsw are
 * @io_known: whether @read and @write are
 * @min_flt: page faults without I/O, a second
 * @maj_flt: page faults with it
 * @nvcsw: voluntary context switches, a second
 * @nivcsw: involuntary ones
 * @read: bytes from storage, a second
 * @write: bytes to storage
 */
struct rates {
	uint64_t duration_ns;
	bool cpu_known;
	bool wait_known;
	double usr;
	double sys;
	double cpu;
	double wait;
	bool faults_known;
	bool switches_known;
	bool io_known;
	double min_flt;
	double maj_flt;
	double nvcsw;
	double nivcsw;
	double read;
	double write;
};

/**
 * struct run - one process being watched
 * @first: its first sample
 * @last: its latest
 * @rows: samples after the first
 * @rss_rows: how many of those knew the resident set
 * @rss_mean: average of these
 */
struct run {
	struct task_sample first;
	struct task_sample last;
	uint64_t rows;
	uint64_t rss_rows;
	double rss_mean;
};

/* Whether two samples are of one process, not of two that shared a pid. */
bool same_process(const struct task_sample *a, const struct task_sample *b);

struct rates rates_between(const struct task_sample *from, const struct task_sample *to);

/* A run begins with a first sample, which makes no row. */
void run_begin(struct run *run, const struct task_sample *first);

/* Add a row's sample; returns what happened since the one before it. */
struct rates run_add(struct run *run, const struct task_sample *sample);

/**
 * run_average() - sum a run up
 * @run: the run
 * @sample: the last sample, its resident set replaced by the rows' average
 *
 * Return: the rates over all of the run.
 */
struct rates run_average(const struct run *run, struct task_sample *sample);

/**
 * next_deadline() - when the next row is due
 * @deadline: when the last one was
 * @interval: between the two
 * @now: the time
 *
 * Deadlines that have already passed are left out, not made up for: the rows
 * stay on the beat and no burst follows a pause.
 */
uint64_t next_deadline(uint64_t deadline, uint64_t interval, uint64_t now);

#endif /* TMCTL_RATES_H */
