/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of private sessions share: making them, asking them, and
 * keeping a diary of their records.
 */
#ifndef SESSION_H
#define SESSION_H

#include <linux/taskmonitor.h>

#include "harness.h"

#define ALICE	1000
#define BOB	1001

/* Open and made, or the test is over. The history alone: no tick comes by in an hour. */
struct tm_session_attr session_attr(unsigned int scope);
int session_make(const struct tm_session_attr *attr);
int session_open(unsigned int scope);
int session_try(const struct tm_session_attr *attr);

int session_add(int fd, pid_t pid);
int session_del(int fd, pid_t pid);
void session_child(int fd, struct child *c);	/* one begun and added, or the test is over */
int session_add_flags(int fd, pid_t pid, unsigned int flags);
int session_del_flags(int fd, pid_t pid, unsigned int flags);
int session_interval(int fd, unsigned long long ns);
int session_pid(int fd);	/* TM_PID to get; negative errno */
void session_nonblock(int fd);
void session_state(int fd, struct tm_state *state);

/* How many there are, the default one included; asked through a file of its own. */
int sessions_total(void);
int wait_sessions(int n);

/* All targets, as many as fit: how many there are, or a negative errno. */
int session_batch(int fd, struct task_sample *samples, unsigned int capacity);
bool session_has(int fd, pid_t pid, struct task_sample *sample);

/* A diary: every record of a session that has been read so far. */
struct diary {
	int fd;
	struct task_sample *records;
	unsigned int n, room;
};

void diary_begin(struct diary *d, int fd);
void diary_end(struct diary *d);
void diary_read(struct diary *d);
const struct task_sample *diary_find(struct diary *d, pid_t pid, unsigned int kind);
const struct task_sample *diary_await(struct diary *d, pid_t pid, unsigned int kind);
unsigned int diary_count(struct diary *d, pid_t pid, unsigned int kind);

/* The whole history, for reading; NULL on error. */
const struct tm_ring_header *ring_map(int fd);
void ring_unmap(const struct tm_ring_header *ring);
unsigned long long ring_head(const struct tm_ring_header *ring);
size_t ring_bytes(unsigned int records);
bool ring_has(const struct tm_ring_header *ring, pid_t pid, unsigned int kind);

/* Files passed between processes. */
void file_send(int sock, int fd);
int file_receive(int sock);

/* @pid becomes a member of the cgroup v2 whose directory this is, or the test is over. */
void cgroup_move(const char *cgroup, pid_t pid);

/* A thread or process sleeps in this system call. */
bool is_blocked_in(pid_t tid, long syscall_nr);
/* A number that no process has. */
pid_t unused_pid(void);
/* Any process comes and goes; when it returns it has been reaped. */
pid_t passer_by(void);

#endif /* SESSION_H */
