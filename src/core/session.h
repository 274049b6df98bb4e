/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one header that front ends need: sessions, and what may be done to them.
 * All of it is called in process context and may sleep, with no lock held that
 * a tick could wait for.
 */
#ifndef TM_CORE_SESSION_H
#define TM_CORE_SESSION_H

#include <linux/poll.h>
#include <linux/stringify.h>
#include <linux/taskmonitor.h>
#include <linux/types.h>

struct cgroup;
struct file;
struct tm_cputime;
struct pid_namespace;
struct seq_file;
struct tm_rights;
struct tm_session;
struct vm_area_struct;

#define TM_VERSION_STRING __stringify(TM_VERSION_MAJOR) "." __stringify(TM_VERSION_MINOR) "." \
			  __stringify(TM_VERSION_PATCH)

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

/**
 * struct tm_listener - is told what happens to the targets of sessions that tell of it
 * @happened: a record that is no periodic sample has been made, @sample, of the
 *	session of number @id. From any context, the probes' too: may not sleep.
 */
struct tm_listener {
	void (*happened)(u64 id, const struct task_sample *sample);
};

/**
 * struct tm_batch_view - what tm_session_batch() found
 * @samples: one a target; good until tm_session_batch_done()
 * @count: how many
 * @total: how many targets there are
 * @time_ns: when
 */
struct tm_batch_view {
	const struct task_sample *samples;
	unsigned int count;
	unsigned int total;
	u64 time_ns;
};

/**
 * struct tm_named - what a named session has beside its attributes
 * @name: at most TM_NAME_LEN - 1 bytes, not none
 * @rights: its maker's
 * @ns: PID namespace of its records
 * @cgroup: of TM_SCOPE_CGROUP, otherwise NULL
 *
 * The session takes references of its own.
 */
struct tm_named {
	const char *name;
	const struct tm_rights *rights;
	struct pid_namespace *ns;
	struct cgroup *cgroup;
};

/* All sessions, and the default one. */
int tm_sessions_init(u64 interval_ns, unsigned int records);
void tm_sessions_exit(void);
bool tm_sessions_are_up(void);
unsigned int tm_sessions_states(struct pid_namespace *ns, struct tm_state *states,
				unsigned int capacity, unsigned int *total);
bool tm_sessions_next(struct pid_namespace *ns, u64 id, struct tm_state *state);
void tm_sessions_listen(const struct tm_listener *listener);
struct tm_session *tm_default_session(void);
void tm_session_observe(struct tm_session *s, const struct tm_observer *observer);

int tm_process_sample(pid_t nr, bool thread, struct pid_namespace *ns, struct task_sample *sample);

/* Private ones, and named ones. */
struct tm_session *tm_session_create(struct tm_session_attr *attr, const struct tm_rights *rights);
struct tm_session *tm_session_create_named(struct tm_session_attr *attr,
					   const struct tm_named *named);
void tm_session_close(struct tm_session *s);

int tm_session_start(struct tm_session *s);
int tm_session_stop(struct tm_session *s);
int tm_session_set_interval(struct tm_session *s, u64 interval_ns);

int tm_session_threshold_add(struct tm_session *s, struct tm_threshold *threshold);
int tm_session_threshold_del(struct tm_session *s, u32 id);
unsigned int tm_session_thresholds(struct tm_session *s, struct tm_threshold *thresholds);

int tm_session_add(struct tm_session *s, pid_t nr, bool thread);
int tm_session_del(struct tm_session *s, pid_t nr, bool thread);
int monitor_pid(struct tm_session *s, pid_t nr);
int tm_session_clear(struct tm_session *s);

int tm_session_first(struct tm_session *s, const struct tm_rights *rights,
		     struct pid_namespace *ns, struct task_sample *sample);
int tm_session_first_times(struct tm_session *s, const struct tm_rights *rights,
			   struct pid_namespace *ns, struct tm_cputime *times);
int tm_session_first_pid(struct tm_session *s, const struct tm_rights *rights,
			 struct pid_namespace *ns);
bool tm_session_row(struct tm_session *s, unsigned int *row, struct pid_namespace *ns,
		    struct task_sample *sample);
int tm_session_batch(struct tm_session *s, struct pid_namespace *ns, unsigned int capacity,
		     struct tm_batch_view *batch);
void tm_session_batch_done(struct tm_session *s);
void tm_session_state(struct tm_session *s, struct pid_namespace *ns, struct tm_state *state);

bool tm_session_next_record(struct tm_session *s, u64 *cursor, struct task_sample *sample);
bool tm_session_has_ended(struct tm_session *s);
void tm_session_read_to(struct tm_session *s, u64 cursor);
int tm_session_wait_record(struct tm_session *s, u64 cursor);
__poll_t tm_session_poll(struct tm_session *s, struct file *file,
			 struct poll_table_struct *wait, u64 cursor);
int tm_session_mmap(struct tm_session *s, struct vm_area_struct *vma);

int tm_format_line(char *buf, size_t size, const struct task_sample *sample);
void tm_show_row(struct seq_file *m, const struct task_sample *s);

#endif /* TM_CORE_SESSION_H */
