/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libtaskmonitor: the C library over /dev/taskmonitor.
 *
 * struct tm_device is the module's default session, one for the machine.
 * struct tm_session is a session of one's own, which ends when it is closed;
 * struct tm_ring is its history, mapped. libtaskmonitor(3) has the whole on a
 * page, tools/lib/examples programs to begin with.
 *
 * Each function is one request to the module, unless it says that it is none;
 * the figures' meanings and units are those of struct task_sample and struct
 * tm_state, which <linux/taskmonitor.h> documents field by field.  Times are
 * nanoseconds, sizes bytes, throughout.
 *
 * Errors: a function that returns a pointer returns NULL, any other -1, and
 * errno says why.  A null pointer where an object is asked for is a bug in the
 * caller and ends in an assertion.  Nothing is printed.
 *
 * Any request may fail with
 *   ENOTTY  the file is no taskmonitor device, or its module is older than
 *	     this request
 *   EPERM   whoever opened the device may not do this
 *   EINTR   a signal arrived first; nothing was done
 * further reasons stand at each function.
 *
 * Threads: the library has no state but what its objects hold. A device and a
 * session never change between their opening and their closing, and any number
 * of threads may use one at once; of a ring the same is true but for
 * tm_ring_wait(). Nobody may use an object after it was closed.
 *
 * Growth: where the module's structures are longer than those the caller was
 * built with, what the caller does not know is left out; where they are shorter,
 * the rest is 0. A library whose structures have grown gives the functions that
 * fill them another symbol version, and programs built before keep theirs.
 */
#ifndef TASKMONITOR_TASKMONITOR_H
#define TASKMONITOR_TASKMONITOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/taskmonitor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version, in numbers and as text ("0.1.0"): that of <linux/taskmonitor.h>. */
#define TM_LIB_VERSION_MAJOR	TM_VERSION_MAJOR
#define TM_LIB_VERSION_MINOR	TM_VERSION_MINOR
#define TM_LIB_VERSION_PATCH	TM_VERSION_PATCH
#define TM_LIB_VERSION		TM_LIB_DOTTED(TM_VERSION_MAJOR, TM_VERSION_MINOR, TM_VERSION_PATCH)
/* Two of them, for the first expands what the second makes text of. */
#define TM_LIB_DOTTED(major, minor, patch)	TM_LIB_DOTTED_(major, minor, patch)
#define TM_LIB_DOTTED_(major, minor, patch)	#major "." #minor "." #patch

/* Where the device is, unless tm_open() is told otherwise. */
#define TM_DEVICE_PATH		"/dev/" TM_DEVICE_NAME

/**
 * struct tm_device - an open device, and the session its requests act on
 *
 * Opaque. Made by tm_open(), freed by tm_close(). A child made by fork()
 * shares it with its parent and closes its own copy.
 */
struct tm_device;

/**
 * tm_lib_version() - the version of the library that runs
 *
 * It may be newer than TM_LIB_VERSION, which is what the caller was built
 * against.
 *
 * Return: "MAJOR.MINOR.PATCH", valid for ever.
 */
const char *tm_lib_version(void);

/**
 * tm_open() - open the device
 * @path: the device's file, NULL for TM_DEVICE_PATH
 *
 * The file is closed on exec. It is opened for reading alone where writing
 * is not permitted. Rights are settled here: those of the calling thread at
 * this moment hold for as long as the device is open.
 *
 * Return: the device, to be given to tm_close(); or NULL. ENOENT, ENODEV or
 * ENXIO: the module is not loaded. EACCES, EPERM: not permitted. ENOMEM; or
 * what open(2) says.
 */
struct tm_device *tm_open(const char *path);

/**
 * tm_close() - close a device and free it
 * @dev: the device, or NULL, which does nothing
 *
 * errno is left as it was.
 */
void tm_close(struct tm_device *dev);

/**
 * tm_fd() - the device's file descriptor
 * @dev: the device
 *
 * It stays the device's own: do not close it.
 *
 * Return: the descriptor. Never fails.
 */
int tm_fd(const struct tm_device *dev);

/**
 * tm_get() - sample the first target now
 * @dev: the device
 * @sample: where to put the sample; left alone on failure
 *
 * What an older module does not know is 0 here, with its bit in
 * @sample->valid clear. @sample->comm is always terminated.
 *
 * Return: 0, or -1. ESRCH: there is no target, it has exited, or it is not
 * visible in the caller's PID namespace.
 */
int tm_get(struct tm_device *dev, struct task_sample *sample);

/**
 * tm_get_text() - sample the first target now, as a line of text
 * @dev: the device
 * @text: where to put "pid 128 usr 36181127855 sys 28725434471\n", terminated
 * @size: bytes at @text; TM_TEXT_SIZE are always enough
 *
 * Return: the line's length, or -1. ERANGE: @size is too small. Else as
 * tm_get(). @text is left alone on failure.
 */
int tm_get_text(struct tm_device *dev, char *text, size_t size);

/**
 * tm_start() - start the session's sampling
 * @dev: the device
 *
 * Return: 0, also when it was running already; or -1.
 */
int tm_start(struct tm_device *dev);

/**
 * tm_stop() - stop the session's sampling
 * @dev: the device
 *
 * Return: 0, also when it was stopped already; or -1.
 */
int tm_stop(struct tm_device *dev);

/**
 * tm_pid_get() - the first target
 * @dev: the device
 *
 * Return: its PID in the caller's PID namespace, 0 if there is no target or
 * it is not visible from there, or -1.
 */
pid_t tm_pid_get(struct tm_device *dev);

/**
 * tm_pid_set() - make one process the only target
 * @dev: the device
 * @pid: its PID in the caller's PID namespace
 *
 * Return: 0, or -1 and the targets stay as they were. ESRCH: no such process
 * (a zombie is none). EINVAL: @pid is not positive.
 */
int tm_pid_set(struct tm_device *dev, pid_t pid);

/**
 * tm_target_add() - make a process a target of the device's session as well
 * @dev: the device
 * @pid: its PID in the caller's PID namespace
 *
 * Return: 0, or -1. ESRCH: no such process (a zombie is none). EEXIST: it is a
 * target. EINVAL: not a PID. ENOSPC: too many.
 */
int tm_target_add(struct tm_device *dev, pid_t pid);

/**
 * tm_target_del() - a process is to be no target of the device's session any longer
 * @dev: the device
 * @pid: its PID in the caller's PID namespace
 *
 * Return: 0, or -1. ESRCH: it is no target. EINVAL: not a PID.
 */
int tm_target_del(struct tm_device *dev, pid_t pid);

/**
 * tm_batch() - sample every target of the device's session now, all with one time
 * @dev: the device
 * @records: where to put the samples; rubbish on failure
 * @n: how many fit
 * @total: set to how many targets there are, unless NULL; more than @n: come
 *	again with more room
 *
 * Targets that have exited are among them, with their last figures.
 *
 * Return: how many were put there, or -1. ENOMEM.
 */
ssize_t tm_batch(struct tm_device *dev, struct task_sample *records, size_t n, size_t *total);

/**
 * tm_state() - what the session is doing
 * @dev: the device
 * @state: where to put it; left alone on failure
 *
 * What an older module does not know is 0.
 *
 * Return: 0, or -1.
 */
int tm_state(struct tm_device *dev, struct tm_state *state);

/**
 * tm_sessions_list() - what all sessions are doing
 * @dev: the device
 * @states: where to put their states, the default session's first
 * @n: how many fit
 * @total: set to how many sessions there are, unless NULL; more than @n: come
 *	again with more room
 *
 * Return: how many were put there, or -1. EPERM: CAP_SYS_ADMIN is needed.
 */
ssize_t tm_sessions_list(struct tm_device *dev, struct tm_state *states, size_t n, size_t *total);

/**
 * tm_tasks_list() - who is on the kernel's task list
 * @dev: the device
 * @tasks: where to put them, zombies among them
 * @n: how many fit
 * @total: set to how many there are, unless NULL; more than @n: come again with
 *	more room
 *
 * Return: how many were put there, or -1. EPERM: CAP_PERFMON or CAP_SYS_ADMIN is
 * needed. EAGAIN: the list changed too fast to be walked. ENOMEM.
 */
ssize_t tm_tasks_list(struct tm_device *dev, struct tm_task *tasks, size_t n, size_t *total);

/* The interval of a session whose attributes name none. */
#define TM_SESSION_INTERVAL_NS	1000000000ULL

/**
 * struct tm_session - a session of one's own
 *
 * Opaque. Made by tm_session_open(), freed by tm_session_close(). A child made
 * by fork() shares it with its parent: the session ends when both have closed
 * it, or ended.
 */
struct tm_session;

/**
 * tm_session_open() - make a session
 * @path: the device's file, NULL for TM_DEVICE_PATH
 * @attr: what it shall be, or NULL. Every 0 in it is a default: of the interval
 *	TM_SESSION_INTERVAL_NS, of the rest what struct tm_session_attr says.
 *	So { .scope = TM_SCOPE_TREE } is all that one needs to write.
 *
 * It is started at once, unless attr->flags has TM_SESSION_STOPPED. The file is
 * closed on exec. Rights are settled here: those of the calling thread at this
 * moment hold for as long as the session is open.
 *
 * Return: the session, to be given to tm_session_close(); or NULL. ENOENT,
 * ENODEV, ENXIO: the module is not loaded. ENOTTY: it is older than sessions.
 * EACCES: the device's file is not permitted. EPERM: the scope is not. EINVAL:
 * a value out of its range, or unknown. EBADF: no open cgroup v2 directory.
 * ENOMEM: also where the history is over RLIMIT_MEMLOCK.
 */
struct tm_session *tm_session_open(const char *path, const struct tm_session_attr *attr);

/**
 * tm_session_close() - close a session, and so end it
 * @s: the session, or NULL, which does nothing
 *
 * A history that is mapped keeps the session going until tm_ring_unmap(): it is
 * the mapping that goes last. errno is left as it was.
 */
void tm_session_close(struct tm_session *s);

/**
 * tm_session_fd() - the session's file descriptor, for poll(2) and epoll(7)
 * @s: the session
 *
 * POLLIN: there are as many records that read has not fetched as the watermark
 * says, or any once the end has come. POLLPRI: the record of a threshold is
 * among them, whatever the watermark. POLLHUP: every target has exited, and
 * left its last record. It stays the session's own: do not close it. O_NONBLOCK
 * may be set on it.
 *
 * Return: the descriptor. Never fails.
 */
int tm_session_fd(const struct tm_session *s);

/**
 * tm_session_add() - make a process a target
 * @s: the session, of scope list or tree
 * @pid: its PID in the caller's PID namespace; in scope tree with all its
 *	descendants
 *
 * Return: 0, or -1. ESRCH: no such process (a zombie is none). EEXIST: it is a
 * target. EPERM: another user's process, without CAP_SYS_PTRACE. EINVAL: not a
 * PID, or the scope takes no list. ENOSPC: too many.
 */
int tm_session_add(struct tm_session *s, pid_t pid);

/**
 * tm_session_add_thread() - make one thread a target
 * @s: the session, of scope list
 * @tid: its number in the caller's PID namespace
 *
 * Return: as tm_session_add().
 */
int tm_session_add_thread(struct tm_session *s, pid_t tid);

/**
 * tm_session_del() - a process is to be no target any longer
 * @s: the session
 * @pid: its PID in the caller's PID namespace; in scope tree it alone
 *
 * Return: 0, or -1. ESRCH: it is no target. EINVAL: as tm_session_add().
 */
int tm_session_del(struct tm_session *s, pid_t pid);

/**
 * tm_session_del_thread() - a thread is to be no target any longer
 * @s: the session
 * @tid: its number in the caller's PID namespace
 *
 * Return: as tm_session_del().
 */
int tm_session_del_thread(struct tm_session *s, pid_t tid);

/**
 * tm_session_start() - start the session's sampling
 * @s: the session
 *
 * Return: 0, also when it was running already; or -1.
 */
int tm_session_start(struct tm_session *s);

/**
 * tm_session_stop() - stop the session's sampling
 * @s: the session
 *
 * No record is made until it is started again; tm_session_batch() goes on.
 *
 * Return: 0, also when it was stopped already; or -1.
 */
int tm_session_stop(struct tm_session *s);

/**
 * tm_session_set_interval() - sample at another interval from now on
 * @s: the session
 * @interval_ns: TM_INTERVAL_MIN_NS to TM_INTERVAL_MAX_NS
 *
 * Return: 0, or -1. EINVAL: out of range, or longer than the session's window.
 */
int tm_session_set_interval(struct tm_session *s, uint64_t interval_ns);

/**
 * tm_session_state() - what the session is doing
 * @s: the session
 * @state: where to put it; left alone on failure
 *
 * Return: 0, or -1.
 */
int tm_session_state(struct tm_session *s, struct tm_state *state);

/**
 * tm_session_batch() - sample every target now, all with one time
 * @s: the session
 * @records: where to put the samples; rubbish on failure
 * @n: how many fit
 * @total: set to how many targets there are, unless NULL; more than @n: come
 *	again with more room
 * @time_ns: set to the samples' time, CLOCK_MONOTONIC, unless NULL
 *
 * Targets of a list that have exited are among them, with their last figures.
 * Makes no record in the history, and takes none.
 *
 * Return: how many were put there, or -1. ENOMEM.
 */
ssize_t tm_session_batch(struct tm_session *s, struct task_sample *records, size_t n,
			 size_t *total, uint64_t *time_ns);

/**
 * tm_session_read() - fetch the next records of the history
 * @s: the session
 * @records: where to put them
 * @n: how many fit, at least 1
 *
 * Whole records alone. Each is fetched once: all threads and processes that use
 * the session share one place to go on from. Where records were overwritten
 * before they were fetched, a record of kind TM_KIND_LOST stands in their place
 * and has their number. Waits for the first record, unless the descriptor is
 * O_NONBLOCK.
 *
 * Return: how many were put there; 0: every target has exited, and all has been
 * fetched; or -1. EAGAIN: there is none yet. EINVAL: @n is 0.
 */
ssize_t tm_session_read(struct tm_session *s, struct task_sample *records, size_t n);

/**
 * tm_session_threshold_add() - tell of targets that cross a threshold
 * @s: the session; its kinds, unless all, have TM_KIND_THRESHOLD
 * @threshold: what, above, below and for_ns as struct tm_threshold says, the rest
 *	0; its id is set
 *
 * Of every target, those who join later too: by a record of kind
 * TM_KIND_THRESHOLD, which makes the descriptor POLLPRI and tm_session_wait()
 * return, whatever the watermark. Targets are judged at the session's interval;
 * an exit at once.
 *
 * Return: 0, or -1. EINVAL: a value out of its range or unknown, or the
 * session's kinds lack it. ENOSPC: TM_THRESHOLDS_MAX. EOPNOTSUPP: the kernel
 * does not keep that figure. ENOTTY: also where the module is older than
 * thresholds.
 */
int tm_session_threshold_add(struct tm_session *s, struct tm_threshold *threshold);

/**
 * tm_session_threshold_del() - no longer tell of it
 * @s: the session
 * @id: the threshold's
 *
 * Return: 0, or -1. ENOENT: the session has none of that number.
 */
int tm_session_threshold_del(struct tm_session *s, uint32_t id);

/**
 * tm_session_thresholds() - the session's thresholds, with their counts
 * @s: the session
 * @thresholds: where to put them
 * @n: how many fit; there are TM_THRESHOLDS_MAX at most
 * @total: set to how many there are, unless NULL
 *
 * Return: how many were put there, or -1.
 */
ssize_t tm_session_thresholds(struct tm_session *s, struct tm_threshold *thresholds, size_t n,
			      size_t *total);

/* What tm_session_wait() and tm_ring_wait() say; several may be. */
#define TM_WAIT_RECORDS		1	/* there are records */
#define TM_WAIT_END		2	/* every target has exited, and left its last record */
#define TM_WAIT_THRESHOLD	4	/* one of them is a threshold's; not by tm_ring_wait() */

/**
 * tm_session_wait() - wait until there is something to read
 * @s: the session
 * @timeout_ms: how long at most; negative: for ever; 0: only look
 *
 * For who uses tm_session_read(): what that has not fetched counts. For a
 * mapped history there is tm_ring_wait().
 *
 * Return: TM_WAIT_*; 0: the time is over; or -1.
 */
int tm_session_wait(struct tm_session *s, int timeout_ms);

/**
 * struct tm_ring - a session's history, mapped read-only
 *
 * Opaque. Made by tm_ring_map(), freed by tm_ring_unmap(). The module overwrites
 * the oldest records and waits for nobody; a reader finds out by itself, and
 * counts what it has missed. Readers are independent of each other and of
 * tm_session_read(): each has its own cursor.
 */
struct tm_ring;

/**
 * tm_ring_map() - map the session's history
 * @s: the session
 *
 * The ring may outlive @s, and keeps the session going.
 *
 * Return: the ring, to be given to tm_ring_unmap(); or NULL. EPROTO: the
 * module's history is of a kind unknown to this library. ENOMEM; or what
 * mmap(2) and epoll_create1(2) say.
 */
struct tm_ring *tm_ring_map(struct tm_session *s);

/**
 * tm_ring_unmap() - give a ring back
 * @ring: the ring, or NULL, which does nothing
 *
 * errno is left as it was.
 */
void tm_ring_unmap(struct tm_ring *ring);

/**
 * tm_ring_next() - the next record, without a system call
 * @ring: the ring
 * @cursor: the number of the last record that has been dealt with, which the
 *	caller keeps: 0 to begin with the oldest, tm_ring_head() with the next one
 *	to come. Moved on, also where 0 is returned.
 * @record: where to put it; rubbish where 0 is returned
 * @lost: increased by the number of records that were overwritten before they
 *	could be copied, unless NULL
 *
 * A record is whole, and its seq greater than that of every record before it.
 * Nothing goes missing in silence: records got plus records lost is always how
 * far the cursor has come, and when 0 is returned that is all there was.
 *
 * Return: 1: a record. 0: there is no further one yet. Never fails.
 */
int tm_ring_next(const struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
		 uint64_t *lost);

/**
 * tm_ring_peek() - look at the next record where it is, without copying it
 * @ring: the ring
 * @cursor: as tm_ring_next()'s, but not moved past what is returned: tm_ring_keep()
 *	does that
 * @lost: as tm_ring_next()'s
 *
 * For who wants a few fields of many records. Take them out, each by one read,
 * and believe none of them before tm_ring_keep() has said that they are all of
 * this record: the module may be overwriting it. Nothing else can go wrong with
 * it meanwhile; the memory stays until tm_ring_unmap().
 *
 * Return: the record, good until the next call for this ring; or NULL: there is
 * no further one yet. Never fails.
 */
const volatile struct task_sample *tm_ring_peek(struct tm_ring *ring, uint64_t *cursor,
						uint64_t *lost);

/**
 * tm_ring_keep() - was what has been read of a record that record's?
 * @ring: the ring
 * @cursor: as given to tm_ring_peek(); moved past the record
 * @record: what tm_ring_peek() returned
 * @lost: as tm_ring_next()'s
 *
 * Return: 1: it was. 0: it was overwritten meanwhile, and has been counted as lost.
 */
int tm_ring_keep(const struct tm_ring *ring, uint64_t *cursor,
		 const volatile struct task_sample *record, uint64_t *lost);

/**
 * tm_ring_wait() - wait until there are new records
 * @ring: the ring
 * @timeout_ms: how long at most; negative: for ever; 0: only look
 *
 * It returns when as many records as the session's watermark says have been
 * written since it did so before, or the end has come. Empty the ring with
 * tm_ring_next() after each return, whatever it says, and only then end at
 * TM_WAIT_END. One thread at a time; another maps the history for itself.
 *
 * Return: TM_WAIT_*; 0: the time is over; or -1.
 */
int tm_ring_wait(struct tm_ring *ring, int timeout_ms);

/**
 * tm_ring_head() - how many records have been written so far
 * @ring: the ring
 *
 * Return: their number, and so the newest one's seq. No system call.
 */
uint64_t tm_ring_head(const struct tm_ring *ring);

/**
 * tm_ring_capacity() - how many records the history holds
 * @ring: the ring
 *
 * Return: a power of two. No system call.
 */
size_t tm_ring_capacity(const struct tm_ring *ring);

/**
 * tm_ring_dropped() - processes that could not be watched
 * @ring: the ring
 *
 * Return: how many, so far. No system call.
 */
uint64_t tm_ring_dropped(const struct tm_ring *ring);

/**
 * tm_ring_targets_alive() - targets that have not exited
 * @ring: the ring
 *
 * Return: how many there are now. No system call.
 */
uint64_t tm_ring_targets_alive(const struct tm_ring *ring);

#ifdef __cplusplus
}
#endif

#endif /* TASKMONITOR_TASKMONITOR_H */
