// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs, twice: the lab's file /sys/kernel/taskmonitor, and one value a file
 * under /sys/class/misc/taskmonitor/.
 *
 * A sysfs handler is not given the file that was opened, so rights are a matter
 * of modes here: root's alone; and a write asks current for CAP_SYS_ADMIN too,
 * for a container's root owns these files as well.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../core/sampler.h"
#include "../core/session.h"
#include "frontends.h"

/* Nothing behind a NUL: the functions that read words and numbers end there. */
static bool tm_is_text(const char *buf, size_t count)
{
	return !memchr(buf, '\0', count);
}

static ssize_t taskmonitor_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct task_sample sample;
	int err;

	err = tm_session_first(tm_default_session(), NULL, task_active_pid_ns(current), &sample);
	if (err)
		return err;
	return tm_format_line(buf, PAGE_SIZE, &sample);
}

static ssize_t taskmonitor_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!tm_is_text(buf, count))
		err = -EINVAL;
	else if (sysfs_streq(buf, "start"))
		err = tm_session_start(tm_default_session());
	else if (sysfs_streq(buf, "stop"))
		err = tm_session_stop(tm_default_session());
	else
		err = -EINVAL;
	return err ?: count;
}

static struct kobj_attribute tm_lab_attribute = __ATTR_RW_MODE(taskmonitor, 0600);

int tm_sysfs_init(void)
{
	return sysfs_create_file(kernel_kobj, &tm_lab_attribute.attr);
}

void tm_sysfs_exit(void)
{
	sysfs_remove_file(kernel_kobj, &tm_lab_attribute.attr);
}

static ssize_t version_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", TM_VERSION_STRING);
}
static DEVICE_ATTR_RO(version);

static ssize_t running_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tm_state state;

	tm_session_state(tm_default_session(), &init_pid_ns, &state);
	return sysfs_emit(buf, "%d\n", !!(state.flags & TM_STATE_RUNNING));
}

static ssize_t running_store(struct device *dev, struct device_attribute *attr, const char *buf,
			     size_t count)
{
	bool running;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = tm_is_text(buf, count) ? kstrtobool(buf, &running) : -EINVAL;
	if (err)
		return err;
	err = running ? tm_session_start(tm_default_session()) :
			tm_session_stop(tm_default_session());
	return err ?: count;
}
static DEVICE_ATTR_ADMIN_RW(running);

static ssize_t interval_ns_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tm_state state;

	tm_session_state(tm_default_session(), &init_pid_ns, &state);
	return sysfs_emit(buf, "%llu\n", state.interval_ns);
}

static ssize_t interval_ns_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t count)
{
	u64 interval_ns;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = tm_is_text(buf, count) ? kstrtou64(buf, 10, &interval_ns) : -EINVAL;
	if (err)
		return err;
	err = tm_session_set_interval(tm_default_session(), interval_ns);
	return err ?: count;
}
static DEVICE_ATTR_ADMIN_RW(interval_ns);

/* The PIDs of all targets, as the reader's namespace numbers them, on one line. */
static ssize_t target_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct task_sample sample;
	unsigned int row;
	int len = 0;

	for (row = 0; tm_session_row(tm_default_session(), &row, ns, &sample); row++) {
		/* A number that would not fit whole is not begun. */
		if (len > PAGE_SIZE - 16)
			break;
		len += sysfs_emit_at(buf, len, "%s%d", len ? " " : "", sample.pid);
	}
	return len + sysfs_emit_at(buf, len, "\n");
}
static DEVICE_ATTR_ADMIN_RO(target);

#define TM_STATE_ATTRIBUTE(_name, _format)                                                         \
	static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)  \
	{                                                                                          \
		struct tm_state state;                                                             \
												   \
		tm_session_state(tm_default_session(), &init_pid_ns, &state);                                    \
		return sysfs_emit(buf, _format "\n", state._name);                                 \
	}                                                                                          \
	static DEVICE_ATTR_ADMIN_RO(_name)

TM_STATE_ATTRIBUTE(targets, "%u");
TM_STATE_ATTRIBUTE(targets_alive, "%u");
TM_STATE_ATTRIBUTE(ticks, "%llu");
TM_STATE_ATTRIBUTE(missed_ticks, "%llu");
TM_STATE_ATTRIBUTE(samples, "%llu");
TM_STATE_ATTRIBUTE(lateness_max_ns, "%llu");
TM_STATE_ATTRIBUTE(cost_ns, "%llu");

static struct attribute *tm_attributes[] = {
	&dev_attr_version.attr,
	&dev_attr_running.attr,
	&dev_attr_interval_ns.attr,
	&dev_attr_target.attr,
	&dev_attr_targets.attr,
	&dev_attr_targets_alive.attr,
	&dev_attr_ticks.attr,
	&dev_attr_missed_ticks.attr,
	&dev_attr_samples.attr,
	&dev_attr_lateness_max_ns.attr,
	&dev_attr_cost_ns.attr,
	NULL,
};

static const struct attribute_group tm_attribute_group = { .attrs = tm_attributes };

const struct attribute_group *tm_attribute_groups[] = { &tm_attribute_group, NULL };
