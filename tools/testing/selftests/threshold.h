/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of thresholds share. A crossing is awaited, never slept for;
 * that there is none is known when the sampler has come by some more times.
 */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "session.h"

#define INTERVAL_NS (10 * NSEC_PER_MSEC)
#define MIB	    (1LL << 20)
#define PPM	    1000000
#define WAIT_MS	    (int)(PATIENCE_NS / NSEC_PER_MSEC)

/* A session of records of thresholds and no others, with a watermark that they never reach. */
struct tm_session_attr quiet_attr(unsigned int scope);
int quiet_session_of(const struct tm_session_attr *attr);
int quiet_session(unsigned int scope);

/* The requests: 0, or how many are listed; or a negative errno. */
int try_threshold(int fd, struct tm_threshold *t);
int del_threshold(int fd, unsigned int id);
int list_thresholds(int fd, struct tm_threshold *thresholds, unsigned int capacity,
		    unsigned int *total);

/* Added, or the test is over: its number. And what has become of it. */
unsigned int add_threshold(int fd, struct tm_threshold t);
struct tm_threshold look_up(int fd, unsigned int id);

/* What poll() says. */
short events_of(int fd, short asked, int timeout_ms);
/* The next record of a threshold; others are passed over. */
bool next_crossing(int fd, struct task_sample *s);
/* So often has everybody been judged since. */
void some_ticks(int fd, int n);
/* Nobody crosses, in so many ticks that somebody would have. */
bool is_silent(int fd);

/* TAP: the next record is that of this crossing, or coming back; and the counts. */
void expect(int fd, unsigned int id, pid_t pid, bool below, const char *what,
	    struct task_sample *s);
void counts(int fd, unsigned int id, unsigned int crossed, unsigned int returned);

#endif /* THRESHOLD_H */
