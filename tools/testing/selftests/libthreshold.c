// SPDX-License-Identifier: GPL-2.0-only
/* Thresholds: see threshold.h. */
#include <poll.h>

#include "threshold.h"

#define RECORDS 1024

struct tm_session_attr quiet_attr(unsigned int scope)
{
	return (struct tm_session_attr){
		.interval_ns = INTERVAL_NS,
		.scope = scope,
		.ring_records = RECORDS,
		.watermark = RECORDS / 2,
		.kinds = 1U << TM_KIND_THRESHOLD,
	};
}

int quiet_session_of(const struct tm_session_attr *attr)
{
	int fd = session_make(attr);

	session_nonblock(fd);
	return fd;
}

int quiet_session(unsigned int scope)
{
	struct tm_session_attr attr = quiet_attr(scope);

	return quiet_session_of(&attr);
}

int try_threshold(int fd, struct tm_threshold *t)
{
	return dev_ioctl(fd, TM_THRESHOLD_ADD, t);
}

unsigned int add_threshold(int fd, struct tm_threshold t)
{
	int err = try_threshold(fd, &t);

	if (err)
		tap_bail("TM_THRESHOLD_ADD of %u: %s", t.what, errno_name(err));
	return t.id;
}

int del_threshold(int fd, unsigned int id)
{
	return dev_ioctl(fd, TM_THRESHOLD_DEL, &id);
}

int list_thresholds(int fd, struct tm_threshold *thresholds, unsigned int capacity,
		    unsigned int *total)
{
	struct tm_threshold_list list = {
		.thresholds = (uintptr_t)thresholds,
		.capacity = capacity,
		.threshold_size = sizeof(*thresholds),
	};
	int err = dev_ioctl(fd, TM_THRESHOLDS, &list);

	if (total)
		*total = list.total;
	return err ?: (int)list.count;
}

struct tm_threshold look_up(int fd, unsigned int id)
{
	struct tm_threshold all[TM_THRESHOLDS_MAX];
	int i, n = list_thresholds(fd, all, ARRAY_SIZE(all), NULL);

	for (i = 0; i < n; i++) {
		if (all[i].id == id)
			return all[i];
	}
	return (struct tm_threshold){};
}

short events_of(int fd, short asked, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = asked };

	return poll(&p, 1, timeout_ms) < 0 ? -1 : p.revents;
}

bool next_crossing(int fd, struct task_sample *s)
{
	memset(s, 0, sizeof(*s));
	while (events_of(fd, POLLPRI, WAIT_MS) & POLLPRI) {
		while (read(fd, s, sizeof(*s)) == sizeof(*s)) {
			if (s->kind == TM_KIND_THRESHOLD)
				return true;
		}
	}
	return false;
}

void some_ticks(int fd, int n)
{
	struct tm_state before, now;

	session_state(fd, &before);
	if (!eventually((session_state(fd, &now), now.ticks >= before.ticks + n)))
		tap_bail("the sampler does not come by");
}

bool is_silent(int fd)
{
	struct task_sample s;

	some_ticks(fd, 5);
	return events_of(fd, POLLPRI, 0) == 0 && read(fd, &s, sizeof(s)) < 0 && errno == EAGAIN;
}

static void check_record(const struct task_sample *s, unsigned int id, pid_t pid, bool below,
			 const char *what)
{
	tap_ok(s->kind == TM_KIND_THRESHOLD && s->threshold_id == id && s->pid == pid &&
	       !!(s->flags & TM_SAMPLE_BELOW) == below, "%s: the record", what);
	tap_ok(s->valid & TM_VALID_THRESHOLD && !(s->valid & TM_VALID_WINDOW) && s->seq &&
	       s->start_time_ns && s->time_ns >= s->threshold_since_ns && s->threshold_since_ns &&
	       !s->cpu_avg_ppm && !s->cpu_max_ppm, "%s: is whole", what);
	if (below)
		tap_ok(s->threshold_value <= s->threshold_bound, "%s: %llu is no more than %llu",
		       what, (unsigned long long)s->threshold_value,
		       (unsigned long long)s->threshold_bound);
	else
		tap_ok(s->threshold_value > s->threshold_bound, "%s: %llu is more than %llu", what,
		       (unsigned long long)s->threshold_value,
		       (unsigned long long)s->threshold_bound);
}

void expect(int fd, unsigned int id, pid_t pid, bool below, const char *what,
	    struct task_sample *s)
{
	if (tap_ok(next_crossing(fd, s), "%s: is told of", what))
		check_record(s, id, pid, below, what);
}

void counts(int fd, unsigned int id, unsigned int crossed, unsigned int returned)
{
	struct tm_threshold t = look_up(fd, id);

	tap_ok(t.crossed == crossed && t.returned == returned && !t.unjudged,
	       "counted: %llu crossed, %llu returned, %llu not judged",
	       (unsigned long long)t.crossed, (unsigned long long)t.returned,
	       (unsigned long long)t.unjudged);
}
