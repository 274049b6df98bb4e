/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libtaskmonitor: the C library over /dev/taskmonitor.
 *
 * Each function is one request to the module; the figures' meanings and units
 * are those of struct task_sample and struct tm_state, which
 * <linux/taskmonitor.h> documents field by field.  Times are nanoseconds,
 * sizes bytes, throughout.
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
 * Threads: the library has no state but what struct tm_device holds, and that
 * never changes between tm_open() and tm_close(). Any number of threads may
 * use one device at once; nobody may use it after tm_close().
 */
#ifndef TASKMONITOR_TASKMONITOR_H
#define TASKMONITOR_TASKMONITOR_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/taskmonitor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version; the build takes file names and soname from here. */
#define TM_LIB_VERSION_MAJOR	0
#define TM_LIB_VERSION_MINOR	1
#define TM_LIB_VERSION_PATCH	0
#define TM_LIB_VERSION		"0.1.0"

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
 * tm_state() - what the session is doing
 * @dev: the device
 * @state: where to put it; left alone on failure
 *
 * What an older module does not know is 0.
 *
 * Return: 0, or -1.
 */
int tm_state(struct tm_device *dev, struct tm_state *state);

#ifdef __cplusplus
}
#endif

#endif /* TASKMONITOR_TASKMONITOR_H */
