/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * taskmonitor:task_sample: every record, as a trace event. For perf, trace-cmd
 * and bpftrace; a nop while nobody has switched it on.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM taskmonitor

#if !defined(TM_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TM_CORE_TRACE_H

#include <linux/taskmonitor.h>
#include <linux/tracepoint.h>

/* In other records a window's figures stand there. */
#define tm_trace_threshold(sample, field)                                                          \
	((sample)->valid & TM_VALID_THRESHOLD ? (sample)->field : 0)

TRACE_EVENT(task_sample,
	TP_PROTO(u64 session, const struct task_sample *sample),
	TP_ARGS(session, sample),
	TP_STRUCT__entry(
		__field(u64, session)
		__field(u64, seq)
		__field(u64, time_ns)
		__field(u64, utime)
		__field(u64, stime)
		__field(u64, valid)
		__field(u64, rss_bytes)
		__field(u64, run_delay_ns)
		__field(s32, pid)
		__field(s32, exit_code)
		__field(u8, kind)
		__field(u8, state)
		__array(char, comm, TM_COMM_LEN)
		__field(u64, threshold_value)
		__field(u32, threshold_id)
		__field(u16, flags)
	),
	TP_fast_assign(
		__entry->session = session;
		__entry->seq = sample->seq;
		__entry->time_ns = sample->time_ns;
		__entry->utime = sample->utime;
		__entry->stime = sample->stime;
		__entry->valid = sample->valid;
		__entry->rss_bytes = sample->rss_bytes;
		__entry->run_delay_ns = sample->run_delay_ns;
		__entry->pid = sample->pid;
		__entry->exit_code = sample->exit_code;
		__entry->kind = sample->kind;
		__entry->state = sample->state;
		memcpy(__entry->comm, sample->comm, TM_COMM_LEN);
		__entry->threshold_value = tm_trace_threshold(sample, threshold_value);
		__entry->threshold_id = tm_trace_threshold(sample, threshold_id);
		__entry->flags = sample->flags;
	),
	TP_printk("session=%llu seq=%llu kind=%u pid=%d comm=%s state=%c utime=%llu stime=%llu rss_bytes=%llu run_delay_ns=%llu exit_code=%d valid=%#llx flags=%#x threshold_id=%u threshold_value=%llu",
		  __entry->session, __entry->seq, __entry->kind, __entry->pid, __entry->comm,
		  __entry->state, __entry->utime, __entry->stime, __entry->rss_bytes,
		  __entry->run_delay_ns, __entry->exit_code, __entry->valid, __entry->flags,
		  __entry->threshold_id, __entry->threshold_value)
);

#endif /* TM_CORE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
