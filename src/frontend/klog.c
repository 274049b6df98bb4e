// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel log: the lab's line, once a second and target, and word of the
 * sampling's start and end. The lines carry no prefix: they are the lab's.
 *
 * Not oftener than once a second, whatever the interval, and not for more than
 * log_max targets: the log is for everybody, and a record lost from it is lost.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include "../core/session.h"
#include "frontends.h"

static bool tm_log = true;
module_param_named(log, tm_log, bool, 0644);
MODULE_PARM_DESC(log, "log a line a second and target while sampling (default Y)");

static unsigned int tm_log_max = 16;
module_param_named(log_max, tm_log_max, uint, 0644);
MODULE_PARM_DESC(log_max, "most lines a second (default 16)");

/*
 * How early a tick may come and still be the next second's: deadlines are exact,
 * their service is late by a little more or less each time.
 */
#define TM_LOG_SLACK_NS (50 * NSEC_PER_MSEC)

/* The sampler's thread alone uses these; tm_klog_started() runs while it does not. */
static u64 tm_next_log_ns;
static bool tm_logging;
static bool tm_cap_said;

static void tm_klog_started(void)
{
	tm_next_log_ns = 0;
	if (READ_ONCE(tm_log))
		pr_info("starting monitor thread\n");
}

static void tm_klog_stopped(void)
{
	if (READ_ONCE(tm_log))
		pr_info("halting monitor thread\n");
}

/* On a grid of seconds that begins with the first line. */
static bool tm_log_is_due(u64 now_ns)
{
	if (!READ_ONCE(tm_log) || now_ns + TM_LOG_SLACK_NS < tm_next_log_ns)
		return false;
	if (now_ns >= tm_next_log_ns + NSEC_PER_SEC)
		tm_next_log_ns = now_ns;
	tm_next_log_ns += NSEC_PER_SEC;
	return true;
}

static void tm_klog_sampled(const struct task_sample *sample, unsigned int position)
{
	unsigned int max = READ_ONCE(tm_log_max);
	char line[TM_LINE_SIZE];

	if (!position)
		tm_logging = tm_log_is_due(sample->time_ns);
	if (!tm_logging)
		return;
	if (position < max) {
		tm_format_line(line, sizeof(line), sample);
		pr_info("%s", line);
	} else if (!tm_cap_said) {
		tm_cap_said = true;
		pr_info("taskmonitor: more than %u targets, the others are not logged (parameter log_max)\n",
			max);
	}
}

static const struct tm_observer tm_klog_observer = {
	.started = tm_klog_started,
	.stopped = tm_klog_stopped,
	.sampled = tm_klog_sampled,
};

int tm_klog_init(void)
{
	tm_session_observe(tm_default_session(), &tm_klog_observer);
	return 0;
}

void tm_klog_exit(void)
{
}
