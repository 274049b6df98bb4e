/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one header that front ends need: sessions, and what may be done to them.
 * All of it is called in process context and may sleep, with no lock held that
 * a tick could wait for.
 */
#ifndef TM_CORE_SESSION_H
#define TM_CORE_SESSION_H

#include <linux/taskmonitor.h>
#include <linux/types.h>

struct pid_namespace;
struct tm_rights;
struct tm_session;

#define TM_VERSION_MAJOR 0
#define TM_VERSION_MINOR 1
#define TM_VERSION_PATCH 0
#define TM_VERSION_STRING "0.1.0"

/* A line of the lab: "pid N usr N sys N\n", the longest numbers and the NUL included. */
#define TM_LINE_SIZE 80

/**
 * struct tm_observer - is told of what the default session does
 * @started: the sampler is about to serve it
 * @stopped: it no longer does
 * @sampled: a target was sampled by a tick. @position: the how-manieth of its
 *	tick, from 0. Called by the sampler's thread under the session's lock:
 *	may not call back into it.
 *
 * Set once, before the session is first started.
 */
struct tm_observer {
	void (*started)(void);
	void (*stopped)(void);
	void (*sampled)(const struct task_sample *sample, unsigned int position);
};

struct tm_session *tm_default_session(void);
int tm_session_init(u64 interval_ns);
void tm_session_exit(void);
void tm_session_observe(struct tm_session *s, const struct tm_observer *observer);

int tm_session_start(struct tm_session *s);
int tm_session_stop(struct tm_session *s);
int tm_session_set_interval(struct tm_session *s, u64 interval_ns);

int tm_session_add(struct tm_session *s, pid_t nr);
int tm_session_del(struct tm_session *s, pid_t nr);
int monitor_pid(struct tm_session *s, pid_t nr);
int tm_session_clear(struct tm_session *s);

int tm_session_first(struct tm_session *s, const struct tm_rights *rights,
		     struct pid_namespace *ns, struct task_sample *sample);
int tm_session_first_pid(struct tm_session *s, const struct tm_rights *rights,
			 struct pid_namespace *ns);
bool tm_session_row(struct tm_session *s, unsigned int *row, struct pid_namespace *ns,
		    struct task_sample *sample);
void tm_session_state(struct tm_session *s, struct tm_state *state);

int tm_format_line(char *buf, size_t size, const struct task_sample *sample);

#endif /* TM_CORE_SESSION_H */
