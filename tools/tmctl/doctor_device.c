// SPDX-License-Identifier: GPL-2.0-only
/* The device, what may be done through it, and how the sampler fares. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#include "doctor.h"

#define ATTRIBUTES	"/sys/class/misc/taskmonitor"

static bool is_same_device(const struct patient *p, const struct stat *st, char *number, size_t size)
{
	unsigned int major, minor;

	if (file_text(p, ATTRIBUTES "/dev", number, size) ||
	    sscanf(number, "%u:%u", &major, &minor) != 2)
		return true;
	/* A test's device is any file. */
	return *p->root || (S_ISCHR(st->st_mode) && st->st_rdev == makedev(major, minor));
}

void check_device(struct patient *p, struct diagnosis *d)
{
	const char *device = p->opts->device;
	char path[PATH_BYTES], number[32] = "";
	struct stat st;

	file_path(p, device, path);
	if (stat(path, &st)) {
		say(d, VERDICT_FAIL, "%s: %s", device, strerror(errno));
		if (p->loaded && !file_text(p, ATTRIBUTES "/dev", number, sizeof(number)))
			say_next(d, "is devtmpfs mounted on /dev? by hand: mknod %s c %s", device,
				 number);
		else
			say_next(d, "load the module first");
	} else if (!p->loaded) {
		say(d, VERDICT_FAIL, "%s is a leftover: the module is not loaded", device);
		say_next(d, "rm %s, then load the module", device);
	} else if (!is_same_device(p, &st, number, sizeof(number))) {
		say(d, VERDICT_FAIL, "%s is not the module's device, which is %s", device, number);
		say_next(d, "rm %s, then mknod %s c %s", device, device, number);
	} else {
		say(d, VERDICT_OK, "%s, mode %04o, user %u, group %u", device,
		    (unsigned int)(st.st_mode & 07777), (unsigned int)st.st_uid,
		    (unsigned int)st.st_gid);
	}
}

/* Effective capabilities; false: unknown. */
static bool capabilities(const struct patient *p, unsigned long long *caps)
{
	char text[4096], path[PATH_BYTES], *at;
	size_t n;
	FILE *file;

	file_path(p, "/proc/self/status", path);
	file = fopen(path, "re");
	n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file)
		fclose(file);
	text[n] = '\0';
	at = strstr(text, "CapEff:");
	if (at)
		*caps = strtoull(at + strlen("CapEff:"), NULL, 16);
	return at;
}

static void name_missing(unsigned long long caps, char *text, size_t size)
{
	static const struct {
		int bit;
		const char *what;
	} wanted[] = {
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN (the module's own session)" },
		{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE (others' processes)" },
		{ CAP_PERFMON, "CAP_PERFMON (cgroups and the whole system)" },
	};
	size_t i;

	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (caps >> wanted[i].bit & 1)
			continue;
		if (wanted[i].bit == CAP_PERFMON && caps >> CAP_SYS_ADMIN & 1)
			continue;
		snprintf(text + strlen(text), size - strlen(text), "%s%s", *text ? ", " : "",
			 wanted[i].what);
	}
}

/* A group that has the device may be joined, or one be given it. */
static void say_who_may(const struct patient *p, struct diagnosis *d, const char *path)
{
	const char *device = p->opts->device;
	struct stat st;

	if (!stat(path, &st) && st.st_gid && (st.st_mode & 0060) == 0060)
		say_next(d, "run tmctl as root, or join its group and log in again: "
			 "adduser USER $(stat -c %%G %s)", device);
	else
		say_next(d, "run tmctl as root, or let a group in: chgrp GROUP %s; chmod 660 %s",
			 device, device);
}

void check_rights(struct patient *p, struct diagnosis *d)
{
	unsigned long long caps = 0;
	char path[PATH_BYTES], missing[256];
	int fd;

	file_path(p, p->opts->device, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	if (fd < 0 && (errno == EACCES || errno == EPERM)) {
		say(d, VERDICT_FAIL, "user %u may not open %s", (unsigned int)geteuid(),
		    p->opts->device);
		say_who_may(p, d, path);
		return;
	}
	if (!capabilities(p, &caps)) {
		say(d, VERDICT_WARN, "the capabilities cannot be read in /proc/self/status");
		say_next(d, "mount -t proc proc /proc");
		return;
	}
	name_missing(caps, missing, sizeof(missing));
	if (!*missing) {
		say(d, VERDICT_OK, "user %u has the capabilities for everything",
		    (unsigned int)geteuid());
		return;
	}
	say(d, VERDICT_WARN, "one's own processes alone; not there: %s", missing);
	say_next(d, "run tmctl as root for more");
}

void check_version(struct patient *p, struct diagnosis *d)
{
	char version[64];

	if (file_text(p, ATTRIBUTES "/version", version, sizeof(version)) || !*version) {
		say(d, VERDICT_UNKNOWN, "tmctl %s, no module to compare with", TM_LIB_VERSION);
	} else if (!strcmp(version, TM_LIB_VERSION)) {
		say(d, VERDICT_OK, "tmctl and module %s", version);
	} else {
		say(d, VERDICT_WARN, "tmctl is %s, the module %s", TM_LIB_VERSION, version);
		say_next(d, "install both from the same sources, then rmmod and modprobe taskmonitor");
	}
}

/* The worst a sampler's figures can be without being worth a word: one deadline in a hundred. */
static bool is_behind(const struct tm_state *state)
{
	return state->missed_ticks > (state->ticks + state->missed_ticks) / 100 ||
	       state->stretched > state->ticks / 100;
}

static void judge_sampler(const struct patient *p, const struct tm_state *state,
			  struct diagnosis *d)
{
	char pct[16];

	if (file_text(p, "/sys/module/taskmonitor/parameters/max_cpu_pct", pct, sizeof(pct)))
		memcpy(pct, "?", 2);
	say(d, VERDICT_OK, "%s, %u targets; %llu ticks, %llu missed, %llu stretched by "
	    "max_cpu_pct=%s", state->flags & TM_STATE_RUNNING ? "running" : "stopped",
	    state->targets, (unsigned long long)state->ticks,
	    (unsigned long long)state->missed_ticks, (unsigned long long)state->stretched, pct);
	if (!is_behind(state))
		return;
	d->verdict = VERDICT_WARN;
	say_next(d, "a longer interval or fewer targets; or a greater max_cpu_pct, in "
		 "/sys/module/taskmonitor/parameters");
}

void check_sampler(struct patient *p, struct diagnosis *d)
{
	struct tm_device *dev = p->loaded ? tm_open(p->opts->device) : NULL;
	struct tm_state state;

	if (!p->loaded)
		say(d, VERDICT_UNKNOWN, "there is none without the module");
	else if (!dev || tm_state(dev, &state))
		say(d, VERDICT_UNKNOWN, "not told to this user: %s", strerror(errno));
	else
		judge_sampler(p, &state, d);
	tm_close(dev);
}

/* A sample of tmctl itself; -1: none can be had. */
static int sample_oneself(const char *device, struct task_sample *sample)
{
	const struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.ring_records = TM_RING_RECORDS_MIN,
	};
	struct tm_session *s = tm_session_open(device, &attr);
	ssize_t n = -1;

	if (s && !tm_session_add(s, getpid()))
		n = tm_session_batch(s, sample, 1, NULL, NULL);
	tm_session_close(s);
	return n == 1 ? 0 : -1;
}

void check_cpu_time(struct patient *p, struct diagnosis *d)
{
	struct task_sample sample;

	if (!p->loaded || sample_oneself(p->opts->device, &sample))
		say(d, VERDICT_UNKNOWN, "no sample can be had");
	else if (sample.flags & TM_SAMPLE_CPU_AS_OF_TICK)
		say(d, VERDICT_WARN, "as of the last tick: this kernel's configuration does not let "
		    "the current slice be read");
	else
		say(d, VERDICT_OK, "exact, with the slice that runs");
}
