// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each place of every request of the device fails in turn: making sessions,
 * adding targets, starting, mapping, reading, asking.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fault.h"
#include "session.h"

#define KIDS 3

static struct child target;
static pid_t parent;	/* of KIDS children: a small tree */
static int fd, cgroup = -1;
static struct tm_session_attr attr;
static const struct tm_ring_header *ring;

/* --- opening and making ------------------------------------------------- */

static void no_file(void)
{
	fd = -1;
}

static long device_open(void)
{
	return fd = err_of(open(DEVICE, O_RDWR | O_CLOEXEC));
}

static void device_close(void)
{
	close(fd);
}

static void open_blank(unsigned int scope)
{
	fd = dev_open();
	attr = session_attr(scope);
	attr.cgroup_fd = scope == TM_SCOPE_CGROUP ? cgroup : 0;
	/* The kernel's own vmalloc() of many pages is not what is tested here. */
	attr.ring_records = 32;
}

static void blank_for_list(void) { open_blank(TM_SCOPE_LIST); }
static void blank_for_tree(void) { open_blank(TM_SCOPE_TREE); }
static void blank_for_cgroup(void) { open_blank(TM_SCOPE_CGROUP); }
static void blank_for_system(void) { open_blank(TM_SCOPE_SYSTEM); }

static long make(void)
{
	struct tm_session_attr copy = attr;

	return dev_ioctl(fd, TM_SESSION, &copy);
}

static bool is_made(void)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.scope == attr.scope && state.ring_records == attr.ring_records;
}

static long add_target(void) { return session_add(fd, target.pid); }

/* --- a session's requests ------------------------------------------------ */

static void fresh_list(void)
{
	blank_for_list();
	if (make())
		tap_bail("no session");
}

static void fresh_tree(void)
{
	blank_for_tree();
	if (make())
		tap_bail("no session");
}

static void list_of_one(void)
{
	fresh_list();
	if (session_add(fd, target.pid))
		tap_bail("the target cannot be added");
}

/* A session that is stopped; what runs is @other's. */
static void list_at_rest_beside(int other)
{
	struct tm_state state;

	if (!eventually((session_state(other, &state), state.ticks)))
		tap_bail("the sampler does not come by");
	blank_for_list();
	attr.flags = TM_SESSION_STOPPED;
	if (make() || add_target())
		tap_bail("no session at rest");
}

/* Nothing runs: nor is a sampler left of a session that was closed a moment ago. */
static void list_at_rest(void)
{
	blank_for_list();
	attr.flags = TM_SESSION_STOPPED;
	if (make() || add_target())
		tap_bail("no session at rest");
	if (wait_sampler_threads(0))
		tap_bail("a sampler runs, for nobody");
}

/* With some records to be had. */
static void list_with_history(void)
{
	list_of_one();
	if (session_interval(fd, NSEC_PER_MSEC) || dev_ioctl(fd, TM_START, NULL) ||
	    poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1) != 1 || dev_ioctl(fd, TM_STOP, NULL))
		tap_bail("no history");
}

static long add_thread(void) { return session_add_flags(fd, target.pid, TM_TARGET_THREAD); }
static long add_tree(void) { return session_add(fd, parent); }
static long del_target(void) { return session_del(fd, target.pid); }
static long start(void) { return dev_ioctl(fd, TM_START, NULL); }
static long stop(void) { return dev_ioctl(fd, TM_STOP, NULL); }
static long set_interval(void) { return session_interval(fd, 10 * NSEC_PER_MSEC); }

static bool has_target(void) { return session_has(fd, target.pid, NULL); }
static bool has_none(void) { return !has_target(); }

static bool has_tree(void)
{
	static struct task_sample samples[64];

	return session_batch(fd, samples, ARRAY_SIZE(samples)) == 1 + KIDS;
}

static bool is_running(void)
{
	struct tm_state state;

	session_state(fd, &state);
	return state.flags & TM_STATE_RUNNING && wait_sampler_threads(1) == 1;
}

static long get(void)
{
	struct task_sample s;

	return dev_ioctl(fd, TM_GET, &s);
}

static long get_text(void)
{
	char text[TM_TEXT_SIZE];

	return dev_ioctl(fd, TM_GET_TEXT, text);
}

static long get_pid(void)
{
	int pid = -1;

	return dev_ioctl(fd, TM_PID, &pid) ?: pid != target.pid;
}

static long set_pid(void)
{
	int pid = target.pid;

	return dev_ioctl(fd, TM_PID, &pid);
}

static long state(void)
{
	struct tm_state now;

	return dev_ioctl(fd, TM_STATE, &now);
}

static long batch(void)
{
	struct task_sample samples[2];

	return session_batch(fd, samples, ARRAY_SIZE(samples));
}

static long sessions(void)
{
	struct tm_state states[4];
	struct tm_session_list list = {
		.states = (uintptr_t)states,
		.capacity = ARRAY_SIZE(states),
		.state_size = sizeof(*states),
	};

	return dev_ioctl(fd, TM_SESSIONS, &list);
}

static long tasks(void)
{
	struct tm_task some[4];
	struct tm_task_list list = {
		.tasks = (uintptr_t)some,
		.capacity = ARRAY_SIZE(some),
		.task_size = sizeof(*some),
	};

	return dev_ioctl(fd, TM_TASKS, &list);
}

static unsigned int threshold_id;

static struct tm_threshold threshold(void)
{
	return (struct tm_threshold){ .what = TM_THRESHOLD_THREADS, .above = 1000 };
}

static long add_threshold(void)
{
	struct tm_threshold t = threshold();
	long err = dev_ioctl(fd, TM_THRESHOLD_ADD, &t);

	threshold_id = t.id;
	return err;
}

static void list_with_threshold(void)
{
	list_of_one();
	if (add_threshold())
		tap_bail("no threshold");
}

static long del_threshold(void)
{
	return dev_ioctl(fd, TM_THRESHOLD_DEL, &threshold_id);
}

static long thresholds_to(struct tm_threshold *one)
{
	struct tm_threshold_list list = {
		.thresholds = (uintptr_t)one,
		.capacity = 1,
		.threshold_size = sizeof(*one),
	};
	int err = dev_ioctl(fd, TM_THRESHOLDS, &list);

	return err ?: (long)list.total;
}

static long thresholds(void)
{
	struct tm_threshold one;

	return thresholds_to(&one);
}

/* One whose adding failed is not there. */
static bool has_threshold(void)
{
	struct tm_threshold one;

	return thresholds_to(&one) == 1 && one.above == threshold().above;
}

static bool has_no_threshold(void)
{
	return !thresholds();
}

/* --- history --------------------------------------------------------------- */

static long map(void)
{
	void *p = mmap(NULL, ring_bytes(attr.ring_records), PROT_READ, MAP_SHARED, fd, 0);

	ring = p == MAP_FAILED ? NULL : p;
	return ring ? 0 : -errno;
}

static bool is_mapped(void)
{
	return ring->capacity == attr.ring_records;
}

static void unmap(void)
{
	ring_unmap(ring);
	close(fd);
}

static long read_one(void)
{
	struct task_sample s;

	return err_of(read(fd, &s, sizeof(s)));
}

static long wait_by_poll(void)
{
	return err_of(poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0));
}

static long wait_by_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	long ret = ep;

	if (ep >= 0)
		ret = epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
	if (!ret)
		ret = epoll_wait(ep, &event, 1, 0);
	ret = err_of(ret);
	if (ep >= 0)
		close(ep);
	return ret;
}

static const struct fault_op ops[] = {
	{ "open", no_file, device_open, NULL, device_close },
	{ "TM_SESSION, list", blank_for_list, make, is_made, device_close },
	{ "TM_SESSION, tree", blank_for_tree, make, is_made, device_close },
	{ "TM_SESSION, cgroup", blank_for_cgroup, make, is_made, device_close },
	{ "TM_SESSION, system", blank_for_system, make, is_made, device_close },
	{ "TM_ADD", fresh_list, add_target, has_target, device_close },
	{ "TM_ADD of a thread", fresh_list, add_thread, has_target, device_close },
	{ "TM_ADD of a tree", fresh_tree, add_tree, has_tree, device_close },
	{ "TM_DEL", list_of_one, del_target, has_none, device_close },
	{ "TM_START", list_at_rest, start, is_running, device_close },
	{ "TM_STOP", list_with_history, stop, NULL, device_close, .never_fails = true },
	{ "TM_INTERVAL", list_of_one, set_interval, NULL, device_close },
	{ "TM_GET", list_of_one, get, NULL, device_close, .never_fails = true },
	{ "TM_GET_TEXT", list_of_one, get_text, NULL, device_close, .never_fails = true },
	{ "TM_PID to get", list_of_one, get_pid, NULL, device_close, .never_fails = true },
	{ "TM_PID to set", fresh_list, set_pid, has_target, device_close },
	{ "TM_STATE", list_of_one, state, NULL, device_close, .never_fails = true },
	{ "TM_BATCH", list_of_one, batch, NULL, device_close },
	{ "TM_SESSIONS", list_of_one, sessions, NULL, device_close },
	{ "TM_TASKS", list_of_one, tasks, NULL, device_close },
	{ "TM_THRESHOLD_ADD", list_of_one, add_threshold, has_threshold, device_close },
	{ "TM_THRESHOLD_DEL", list_with_threshold, del_threshold, has_no_threshold, device_close },
	{ "TM_THRESHOLDS", list_with_threshold, thresholds, NULL, device_close },
	{ "mmap", list_with_history, map, is_mapped, unmap },
	{ "read", list_with_history, read_one, NULL, device_close, .never_fails = true },
	{ "poll", list_with_history, wait_by_poll, NULL, device_close },
	{ "epoll", list_with_history, wait_by_epoll, NULL, device_close },
};

static int have_kids(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < KIDS; i++) {
		if (!fork())
			pause();
	}
	return pause();
}

static int kids_of(pid_t pid)
{
	char path[64], buf[256];
	int n = 0;
	char *s;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	if (file_read(path, buf, sizeof(buf)) < 0)
		return -1;
	for (s = strtok(buf, " "); s; s = strtok(NULL, " "))
		n++;
	return n;
}

/*
 * Not an operation of ours but the sampler's: what it needs to judge a target by.
 * Another session keeps its thread while the fault is armed.
 */
static void judge_without_memory(void)
{
	struct tm_threshold t = { .what = TM_THRESHOLD_THREADS }, one = {};
	int other = session_open(TM_SCOPE_LIST);
	char path[64];
	pid_t sampler;

	list_at_rest_beside(other);
	if (dev_ioctl(fd, TM_THRESHOLD_ADD, &t) || session_interval(fd, NSEC_PER_MSEC) ||
	    sampler_threads(&sampler) != 1)
		tap_bail("no threshold");
	snprintf(path, sizeof(path), "/proc/%d/fail-nth", sampler);
	if (file_write(path, "1") < 0)
		tap_bail("%s cannot be written", path);
	tap_errno(start(), 0, "sampling, with no memory to judge by");
	tap_ok(eventually(thresholds_to(&one) == 1 && one.crossed), "the next sample is judged");
	tap_ok(one.crossed == 1 && one.unjudged == 1, "one was not, and is counted: %llu, %llu",
	       (unsigned long long)one.crossed, (unsigned long long)one.unjudged);
	device_close();
	close(other);
}

int main(void)
{
	size_t i;

	if (!fault_possible("faults in sessions"))
		return tap_done();
	module_need("log=N");
	/* It would keep a sampler running for all. */
	if (file_write(LAB_FILE, "stop") < 0)
		tap_bail("the default session does not stop");
	child_start(&target);
	parent = run_start(have_kids, NULL);
	if (!eventually(kids_of(parent) == KIDS))
		tap_bail("%d has not its children", parent);
	cgroup = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fault_begin();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fault_each(&ops[i]);
	judge_without_memory();
	child_end(&target);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
