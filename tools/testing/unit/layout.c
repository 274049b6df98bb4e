/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UAPI's layout, as every program that was ever built relies on it. Nothing
 * to run: headers.t compiles this as C and C++, 64-bit and 32-bit. A line here
 * may be added, never changed.
 */
#include <linux/taskmonitor.h>

#ifdef WITH_LIBRARY
#include <taskmonitor/taskmonitor.h>
#endif

#ifndef __cplusplus
#define static_assert _Static_assert
#endif

#define AT(type, member, offset, size)							\
	static_assert(__builtin_offsetof(struct type, member) == (offset),		\
		      #type "." #member " has moved");					\
	static_assert(sizeof(((struct type *)0)->member) == (size),			\
		      #type "." #member " has another size")

AT(task_sample, utime, 0, 8);
AT(task_sample, stime, 8, 8);
AT(task_sample, valid, 16, 8);
AT(task_sample, time_ns, 24, 8);
AT(task_sample, seq, 32, 8);
AT(task_sample, start_time_ns, 40, 8);
AT(task_sample, pid, 48, 4);
AT(task_sample, tgid, 52, 4);
AT(task_sample, ppid, 56, 4);
AT(task_sample, uid, 60, 4);
AT(task_sample, exit_code, 64, 4);
AT(task_sample, threads, 68, 4);
AT(task_sample, cpu, 72, 4);
AT(task_sample, flags, 76, 2);
AT(task_sample, kind, 78, 1);
AT(task_sample, state, 79, 1);
AT(task_sample, comm, 80, 16);
AT(task_sample, vsize_bytes, 96, 8);
AT(task_sample, rss_bytes, 104, 8);
AT(task_sample, peak_rss_bytes, 112, 8);
AT(task_sample, swap_bytes, 120, 8);
AT(task_sample, min_flt, 128, 8);
AT(task_sample, maj_flt, 136, 8);
AT(task_sample, nvcsw, 144, 8);
AT(task_sample, nivcsw, 152, 8);
AT(task_sample, run_delay_ns, 160, 8);
AT(task_sample, read_bytes, 168, 8);
AT(task_sample, write_bytes, 176, 8);
AT(task_sample, rchar_bytes, 184, 8);
AT(task_sample, wchar_bytes, 192, 8);
AT(task_sample, exit_time_ns, 200, 8);
AT(task_sample, lost_records, 200, 8);
AT(task_sample, cgroup_id, 208, 8);
AT(task_sample, window_samples, 216, 4);
AT(task_sample, cpu_min_ppm, 220, 4);
AT(task_sample, cpu_avg_ppm, 224, 4);
AT(task_sample, cpu_max_ppm, 228, 4);
AT(task_sample, rss_min_bytes, 232, 8);
AT(task_sample, rss_avg_bytes, 240, 8);
AT(task_sample, rss_max_bytes, 248, 8);
AT(task_sample, threshold_id, 216, 4);
AT(task_sample, threshold_what, 220, 4);
AT(task_sample, threshold_value, 232, 8);
AT(task_sample, threshold_bound, 240, 8);
AT(task_sample, threshold_since_ns, 248, 8);
static_assert(sizeof(struct task_sample) >= 256, "task_sample has shrunk");
static_assert(TM_SAMPLE_SIZE_VER0 == 16, "the lab's struct has 16 bytes");

AT(tm_state, version, 0, 4);
AT(tm_state, flags, 4, 4);
AT(tm_state, targets, 8, 4);
AT(tm_state, targets_alive, 12, 4);
AT(tm_state, interval_ns, 16, 8);
AT(tm_state, ticks, 24, 8);
AT(tm_state, missed_ticks, 32, 8);
AT(tm_state, samples, 40, 8);
AT(tm_state, lateness_max_ns, 48, 8);
AT(tm_state, cost_ns, 56, 8);
AT(tm_state, id, 64, 8);
AT(tm_state, window_ns, 72, 8);
AT(tm_state, scope, 80, 4);
AT(tm_state, owner, 84, 4);
AT(tm_state, ring_records, 88, 4);
AT(tm_state, watermark, 92, 4);
AT(tm_state, kinds, 96, 4);
AT(tm_state, reserved, 100, 4);
AT(tm_state, dropped, 104, 8);
AT(tm_state, stretched, 112, 8);
AT(tm_state, lateness_hist, 120, 160);
AT(tm_state, name, 280, 64);
static_assert(sizeof(struct tm_state) >= 344, "tm_state has shrunk");
static_assert(TM_STATE_SIZE_VER0 == 64, "tm_state began with 64 bytes");

AT(tm_session_attr, flags, 0, 8);
AT(tm_session_attr, interval_ns, 8, 8);
AT(tm_session_attr, window_ns, 16, 8);
AT(tm_session_attr, scope, 24, 4);
AT(tm_session_attr, cgroup_fd, 28, 4);
AT(tm_session_attr, ring_records, 32, 4);
AT(tm_session_attr, watermark, 36, 4);
AT(tm_session_attr, kinds, 40, 4);
AT(tm_session_attr, reserved, 44, 4);
static_assert(sizeof(struct tm_session_attr) >= 48, "tm_session_attr has shrunk");
static_assert(TM_SESSION_ATTR_SIZE_VER0 == 48, "tm_session_attr began with 48 bytes");

/* Those whose requests take no other size never grow. */
AT(tm_target_spec, pid, 0, 4);
AT(tm_target_spec, flags, 4, 4);
static_assert(sizeof(struct tm_target_spec) == 8, "tm_target_spec has another size");

AT(tm_batch, records, 0, 8);
AT(tm_batch, capacity, 8, 4);
AT(tm_batch, record_size, 12, 4);
AT(tm_batch, count, 16, 4);
AT(tm_batch, total, 20, 4);
AT(tm_batch, time_ns, 24, 8);
static_assert(sizeof(struct tm_batch) == 32, "tm_batch has another size");

AT(tm_session_list, states, 0, 8);
AT(tm_session_list, capacity, 8, 4);
AT(tm_session_list, state_size, 12, 4);
AT(tm_session_list, count, 16, 4);
AT(tm_session_list, total, 20, 4);
static_assert(sizeof(struct tm_session_list) == 24, "tm_session_list has another size");

AT(tm_task, start_time_ns, 0, 8);
AT(tm_task, pid, 8, 4);
AT(tm_task, uid, 12, 4);
AT(tm_task, flags, 16, 4);
AT(tm_task, reserved, 20, 4);
AT(tm_task, comm, 24, 16);
static_assert(sizeof(struct tm_task) >= 40, "tm_task has shrunk");
static_assert(TM_TASK_SIZE_VER0 == 40, "tm_task began with 40 bytes");

AT(tm_task_list, tasks, 0, 8);
AT(tm_task_list, capacity, 8, 4);
AT(tm_task_list, task_size, 12, 4);
AT(tm_task_list, count, 16, 4);
AT(tm_task_list, total, 20, 4);
static_assert(sizeof(struct tm_task_list) == 24, "tm_task_list has another size");

AT(tm_threshold, id, 0, 4);
AT(tm_threshold, what, 4, 4);
AT(tm_threshold, above, 8, 8);
AT(tm_threshold, below, 16, 8);
AT(tm_threshold, for_ns, 24, 8);
AT(tm_threshold, flags, 32, 4);
AT(tm_threshold, reserved, 36, 4);
AT(tm_threshold, crossed, 40, 8);
AT(tm_threshold, returned, 48, 8);
AT(tm_threshold, unjudged, 56, 8);
static_assert(sizeof(struct tm_threshold) >= 64, "tm_threshold has shrunk");
static_assert(TM_THRESHOLD_SIZE_VER0 == 64, "tm_threshold began with 64 bytes");

AT(tm_threshold_list, thresholds, 0, 8);
AT(tm_threshold_list, capacity, 8, 4);
AT(tm_threshold_list, threshold_size, 12, 4);
AT(tm_threshold_list, count, 16, 4);
AT(tm_threshold_list, total, 20, 4);
static_assert(sizeof(struct tm_threshold_list) == 24, "tm_threshold_list has another size");

/* Grows at its end: header_size says where the records begin. */
AT(tm_ring_header, magic, 0, 8);
AT(tm_ring_header, header_size, 8, 4);
AT(tm_ring_header, record_size, 12, 4);
AT(tm_ring_header, capacity, 16, 4);
AT(tm_ring_header, reserved, 20, 4);
AT(tm_ring_header, head, 24, 8);
AT(tm_ring_header, dropped, 32, 8);
AT(tm_ring_header, targets_alive, 40, 8);
static_assert(sizeof(struct tm_ring_header) >= 48, "tm_ring_header has shrunk");
static_assert(TM_RING_MAGIC == 0x474e524d54000001ULL, "a mapped history begins otherwise");

/* No hole at the end: the last member's end is the structure's. */
static_assert(sizeof(struct task_sample) % 8 == 0, "task_sample has a hole at its end");
static_assert(sizeof(struct tm_state) % 8 == 0, "tm_state has a hole at its end");
static_assert(sizeof(struct tm_session_attr) % 8 == 0, "tm_session_attr has a hole at its end");
static_assert(sizeof(struct tm_task) % 8 == 0, "tm_task has a hole at its end");
static_assert(sizeof(struct tm_threshold) % 8 == 0, "tm_threshold has a hole at its end");

/* What records, scopes and kinds are called in programs that are out there. */
#define NUMBER(name, number)								\
	static_assert((name) == (number), #name " is another number")

NUMBER(TM_KIND_READ, 0);
NUMBER(TM_KIND_PERIODIC, 1);
NUMBER(TM_KIND_FORK, 2);
NUMBER(TM_KIND_EXEC, 3);
NUMBER(TM_KIND_EXITING, 4);
NUMBER(TM_KIND_EXIT, 5);
NUMBER(TM_KIND_WINDOW, 6);
NUMBER(TM_KIND_LOST, 7);
NUMBER(TM_KIND_THRESHOLD, 8);
NUMBER(TM_THRESHOLD_RSS, 1);
NUMBER(TM_THRESHOLD_CPU, 2);
NUMBER(TM_THRESHOLD_RUN_DELAY, 3);
NUMBER(TM_THRESHOLD_THREADS, 4);
NUMBER(TM_THRESHOLD_EXIT, 5);
NUMBER(TM_SCOPE_LIST, 0);
NUMBER(TM_SCOPE_TREE, 1);
NUMBER(TM_SCOPE_CGROUP, 2);
NUMBER(TM_SCOPE_SYSTEM, 3);
NUMBER(TM_SESSION_STOPPED, 1);
NUMBER(TM_SESSION_EVENTS, 2);
NUMBER(TM_TARGET_THREAD, 1);
NUMBER(TM_TASK_EXITED, 1);
NUMBER(TM_STATE_RUNNING, 1);
NUMBER(TM_STATE_PRIVATE, 2);
NUMBER(TM_STATE_NAMED, 4);
NUMBER(TM_SAMPLE_CPU_AS_OF_TICK, 1);
NUMBER(TM_SAMPLE_EXITED, 2);
NUMBER(TM_SAMPLE_THREAD, 4);
NUMBER(TM_SAMPLE_DENIED, 8);
NUMBER(TM_SAMPLE_RSS_COARSE, 16);
NUMBER(TM_SAMPLE_BELOW, 32);

/* Numbers without their sizes, which may grow. */
#define REQUEST(request, direction, number)						\
	static_assert(_IOC_TYPE(request) == 'N' && _IOC_NR(request) == (number) &&	\
		      _IOC_DIR(request) == (direction), #request " has another number")

REQUEST(TM_GET, _IOC_READ, 0xA0);
REQUEST(TM_GET_TEXT, _IOC_READ, 0xA1);
REQUEST(TM_START, _IOC_NONE, 0xA2);
REQUEST(TM_STOP, _IOC_NONE, 0xA3);
REQUEST(TM_PID, _IOC_READ | _IOC_WRITE, 0xA4);
REQUEST(TM_STATE, _IOC_READ, 0xA5);
REQUEST(TM_SESSION, _IOC_READ | _IOC_WRITE, 0xA6);
REQUEST(TM_ADD, _IOC_WRITE, 0xA7);
REQUEST(TM_DEL, _IOC_WRITE, 0xA8);
REQUEST(TM_INTERVAL, _IOC_WRITE, 0xA9);
REQUEST(TM_BATCH, _IOC_READ | _IOC_WRITE, 0xAA);
REQUEST(TM_SESSIONS, _IOC_READ | _IOC_WRITE, 0xAB);
REQUEST(TM_TASKS, _IOC_READ | _IOC_WRITE, 0xAC);
REQUEST(TM_THRESHOLD_ADD, _IOC_READ | _IOC_WRITE, 0xAD);
REQUEST(TM_THRESHOLD_DEL, _IOC_WRITE, 0xAE);
REQUEST(TM_THRESHOLDS, _IOC_READ | _IOC_WRITE, 0xAF);
static_assert(_IOC_SIZE(TM_THRESHOLD_DEL) == 4, "TM_THRESHOLD_DEL has another size");
static_assert(_IOC_SIZE(TM_INTERVAL) == 8, "TM_INTERVAL has another size");
static_assert(_IOC_SIZE(TM_GET_TEXT) == 128, "TM_GET_TEXT has another size");
static_assert(_IOC_SIZE(TM_PID) == 4, "TM_PID has another size");

#ifdef PLANTED	/* headers.t sees that this file can fail */
AT(task_sample, comm, 81, 16);
#endif
