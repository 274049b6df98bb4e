// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples and states as netlink attributes, one a figure, by two tables. What is
 * unknown has no attribute.
 */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "../core/session.h"
#include "netlink.h"

/* The numbers of the specification are those of the header. */
static_assert((int)TASKMONITOR_KIND_READ == TM_KIND_READ);
static_assert((int)TASKMONITOR_KIND_PERIODIC == TM_KIND_PERIODIC);
static_assert((int)TASKMONITOR_KIND_FORK == TM_KIND_FORK);
static_assert((int)TASKMONITOR_KIND_EXEC == TM_KIND_EXEC);
static_assert((int)TASKMONITOR_KIND_EXITING == TM_KIND_EXITING);
static_assert((int)TASKMONITOR_KIND_EXIT == TM_KIND_EXIT);
static_assert((int)TASKMONITOR_KIND_WINDOW == TM_KIND_WINDOW);
static_assert((int)TASKMONITOR_KIND_LOST == TM_KIND_LOST);
static_assert((int)TASKMONITOR_KIND_THRESHOLD == TM_KIND_THRESHOLD);
static_assert((int)TASKMONITOR_FIGURE_RSS == TM_THRESHOLD_RSS);
static_assert((int)TASKMONITOR_FIGURE_CPU == TM_THRESHOLD_CPU);
static_assert((int)TASKMONITOR_FIGURE_RUN_DELAY == TM_THRESHOLD_RUN_DELAY);
static_assert((int)TASKMONITOR_FIGURE_THREADS == TM_THRESHOLD_THREADS);
static_assert((int)TASKMONITOR_FIGURE_EXIT == TM_THRESHOLD_EXIT);
static_assert(TASKMONITOR_SAMPLE_FLAG_CPU_AS_OF_TICK == TM_SAMPLE_CPU_AS_OF_TICK);
static_assert(TASKMONITOR_SAMPLE_FLAG_EXITED == TM_SAMPLE_EXITED);
static_assert(TASKMONITOR_SAMPLE_FLAG_THREAD == TM_SAMPLE_THREAD);
static_assert(TASKMONITOR_SAMPLE_FLAG_DENIED == TM_SAMPLE_DENIED);
static_assert(TASKMONITOR_SAMPLE_FLAG_RSS_COARSE == TM_SAMPLE_RSS_COARSE);
static_assert(TASKMONITOR_SAMPLE_FLAG_BELOW == TM_SAMPLE_BELOW);
static_assert(TASKMONITOR_SESSION_FLAG_RUNNING == TM_STATE_RUNNING);
static_assert(TASKMONITOR_SESSION_FLAG_PRIVATE == TM_STATE_PRIVATE);
static_assert(TASKMONITOR_SESSION_FLAG_NAMED == TM_STATE_NAMED);
static_assert((int)TASKMONITOR_SCOPE_LIST == TM_SCOPE_LIST);
static_assert((int)TASKMONITOR_SCOPE_TREE == TM_SCOPE_TREE);
static_assert((int)TASKMONITOR_SCOPE_CGROUP == TM_SCOPE_CGROUP);
static_assert((int)TASKMONITOR_SCOPE_SYSTEM == TM_SCOPE_SYSTEM);

/**
 * struct tm_figure - a field, and the attribute that it becomes
 * @attr: the attribute
 * @size: 8, 4, 2 or 1 bytes; the last two become 4
 * @nonzero: 0 is no value
 * @offset: of the field
 * @valid: bits of which one must be set in task_sample.valid
 */
struct tm_figure {
	u8 attr;
	u8 size;
	bool nonzero;
	u16 offset;
	u64 valid;
};

#define TM_SAMPLE_FIGURE(_attr, _field, _valid, _nonzero)                                          \
	{                                                                                          \
		.attr = TASKMONITOR_A_SAMPLE_##_attr,                                              \
		.size = sizeof_field(struct task_sample, _field),                                  \
		.nonzero = _nonzero,                                                               \
		.offset = offsetof(struct task_sample, _field),                                    \
		.valid = TM_VALID_##_valid,                                                        \
	}

/* What is known of every sample, and what is known of one that shows a task. */
#define TM_VALID_AS_SUCH (1ULL << 62)
#define TM_VALID_TASK (1ULL << 63)

static const struct tm_figure tm_sample_figures[] = {
	TM_SAMPLE_FIGURE(PID, pid, AS_SUCH, true),
	TM_SAMPLE_FIGURE(KIND, kind, AS_SUCH, false),
	TM_SAMPLE_FIGURE(FLAGS, flags, AS_SUCH, false),
	TM_SAMPLE_FIGURE(SEQ, seq, AS_SUCH, true),
	TM_SAMPLE_FIGURE(TIME_NS, time_ns, AS_SUCH, false),
	TM_SAMPLE_FIGURE(START_TIME_NS, start_time_ns, TASK, false),
	TM_SAMPLE_FIGURE(TGID, tgid, AS_SUCH, true),
	TM_SAMPLE_FIGURE(PPID, ppid, TASK, true),
	TM_SAMPLE_FIGURE(UID, uid, TASK, false),
	TM_SAMPLE_FIGURE(THREADS, threads, TASK, false),
	TM_SAMPLE_FIGURE(CPU, cpu, TASK, false),
	TM_SAMPLE_FIGURE(UTIME_NS, utime, CPU, false),
	TM_SAMPLE_FIGURE(STIME_NS, stime, CPU, false),
	TM_SAMPLE_FIGURE(VSIZE_BYTES, vsize_bytes, MEM, false),
	TM_SAMPLE_FIGURE(RSS_BYTES, rss_bytes, MEM, false),
	TM_SAMPLE_FIGURE(PEAK_RSS_BYTES, peak_rss_bytes, PEAK_RSS, false),
	TM_SAMPLE_FIGURE(SWAP_BYTES, swap_bytes, MEM, false),
	TM_SAMPLE_FIGURE(MIN_FLT, min_flt, FAULTS, false),
	TM_SAMPLE_FIGURE(MAJ_FLT, maj_flt, FAULTS, false),
	TM_SAMPLE_FIGURE(NVCSW, nvcsw, SWITCHES, false),
	TM_SAMPLE_FIGURE(NIVCSW, nivcsw, SWITCHES, false),
	TM_SAMPLE_FIGURE(RUN_DELAY_NS, run_delay_ns, RUN_DELAY, false),
	TM_SAMPLE_FIGURE(READ_BYTES, read_bytes, IO_BYTES, false),
	TM_SAMPLE_FIGURE(WRITE_BYTES, write_bytes, IO_BYTES, false),
	TM_SAMPLE_FIGURE(RCHAR_BYTES, rchar_bytes, IO_CHARS, false),
	TM_SAMPLE_FIGURE(WCHAR_BYTES, wchar_bytes, IO_CHARS, false),
	TM_SAMPLE_FIGURE(CGROUP_ID, cgroup_id, CGROUP, false),
	TM_SAMPLE_FIGURE(EXIT_CODE, exit_code, EXIT, false),
	TM_SAMPLE_FIGURE(EXIT_TIME_NS, exit_time_ns, EXIT, false),
	TM_SAMPLE_FIGURE(WINDOW_SAMPLES, window_samples, WINDOW, false),
	TM_SAMPLE_FIGURE(CPU_MIN_PPM, cpu_min_ppm, WINDOW, false),
	TM_SAMPLE_FIGURE(CPU_AVG_PPM, cpu_avg_ppm, WINDOW, false),
	TM_SAMPLE_FIGURE(CPU_MAX_PPM, cpu_max_ppm, WINDOW, false),
	TM_SAMPLE_FIGURE(RSS_MIN_BYTES, rss_min_bytes, WINDOW, false),
	TM_SAMPLE_FIGURE(RSS_AVG_BYTES, rss_avg_bytes, WINDOW, false),
	TM_SAMPLE_FIGURE(RSS_MAX_BYTES, rss_max_bytes, WINDOW, false),
	TM_SAMPLE_FIGURE(THRESHOLD_ID, threshold_id, THRESHOLD, false),
	TM_SAMPLE_FIGURE(THRESHOLD_WHAT, threshold_what, THRESHOLD, false),
	TM_SAMPLE_FIGURE(THRESHOLD_VALUE, threshold_value, THRESHOLD, false),
	TM_SAMPLE_FIGURE(THRESHOLD_BOUND, threshold_bound, THRESHOLD, false),
	TM_SAMPLE_FIGURE(THRESHOLD_SINCE_NS, threshold_since_ns, THRESHOLD, false),
};

#define TM_STATE_FIGURE(_attr, _field, _nonzero)                                                   \
	{                                                                                          \
		.attr = TASKMONITOR_A_SESSION_##_attr,                                             \
		.size = sizeof_field(struct tm_state, _field),                                     \
		.nonzero = _nonzero,                                                               \
		.offset = offsetof(struct tm_state, _field),                                       \
	}

static const struct tm_figure tm_state_figures[] = {
	TM_STATE_FIGURE(ID, id, false),
	TM_STATE_FIGURE(FLAGS, flags, false),
	TM_STATE_FIGURE(SCOPE, scope, false),
	TM_STATE_FIGURE(KINDS, kinds, false),
	TM_STATE_FIGURE(OWNER, owner, true),
	TM_STATE_FIGURE(TARGETS, targets, false),
	TM_STATE_FIGURE(TARGETS_ALIVE, targets_alive, false),
	TM_STATE_FIGURE(INTERVAL_NS, interval_ns, false),
	TM_STATE_FIGURE(WINDOW_NS, window_ns, true),
	TM_STATE_FIGURE(RING_RECORDS, ring_records, false),
	TM_STATE_FIGURE(WATERMARK, watermark, false),
	TM_STATE_FIGURE(TICKS, ticks, false),
	TM_STATE_FIGURE(MISSED_TICKS, missed_ticks, false),
	TM_STATE_FIGURE(STRETCHED, stretched, false),
	TM_STATE_FIGURE(RECORDS, samples, false),
	TM_STATE_FIGURE(DROPPED, dropped, false),
	TM_STATE_FIGURE(LATENESS_MAX_NS, lateness_max_ns, false),
	TM_STATE_FIGURE(COST_NS, cost_ns, false),
};

/* Every set has its padding at 1. */
static_assert(TASKMONITOR_A_SAMPLE_PAD == 1 && TASKMONITOR_A_SESSION_PAD == 1);

static int tm_put_figure(struct sk_buff *skb, const struct tm_figure *figure, const void *from)
{
	const void *field = from + figure->offset;
	u64 value;

	switch (figure->size) {
	case 8:
		value = *(const u64 *)field;
		break;
	case 4:
		value = *(const u32 *)field;
		break;
	case 2:
		value = *(const u16 *)field;
		break;
	default:
		value = *(const u8 *)field;
	}
	if (figure->nonzero && !value)
		return 0;
	if (figure->size == 8)
		return nla_put_u64_64bit(skb, figure->attr, value, TASKMONITOR_A_SAMPLE_PAD);
	return nla_put_u32(skb, figure->attr, value);
}

/* Its name and state, where it shows a task. */
static int tm_put_task(struct sk_buff *skb, const struct task_sample *sample)
{
	return nla_put(skb, TASKMONITOR_A_SAMPLE_COMM, strnlen(sample->comm, sizeof(sample->comm)),
		       sample->comm) ?:
	       nla_put_u8(skb, TASKMONITOR_A_SAMPLE_STATE, sample->state);
}

/**
 * tm_put_sample - a sample as a nest of attributes
 * @skb: where to
 * @attr: the nest's
 * @sample: the sample
 *
 * Return: 0, -EMSGSIZE where it does not fit.
 */
int tm_put_sample(struct sk_buff *skb, int attr, const struct task_sample *sample)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	/* One that shows no task has a dash for its state. */
	bool task = sample->state != '-';
	u64 valid = sample->valid | TM_VALID_AS_SUCH | (task ? TM_VALID_TASK : 0);
	unsigned int i;
	int err = 0;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(tm_sample_figures) && !err; i++) {
		if (valid & tm_sample_figures[i].valid)
			err = tm_put_figure(skb, &tm_sample_figures[i], sample);
	}
	if (!err && task)
		err = tm_put_task(skb, sample);
	if (err)
		nla_nest_cancel(skb, nest);
	else
		nla_nest_end(skb, nest);
	return err;
}

/** tm_put_state - a session's state as attributes. Return: 0, -EMSGSIZE where it does not fit. */
int tm_put_state(struct sk_buff *skb, const struct tm_state *state)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(tm_state_figures) && !err; i++)
		err = tm_put_figure(skb, &tm_state_figures[i], state);
	if (!err && state->flags & TM_STATE_NAMED)
		err = nla_put(skb, TASKMONITOR_A_SESSION_NAME,
			      strnlen(state->name, sizeof(state->name)), state->name);
	return err;
}
