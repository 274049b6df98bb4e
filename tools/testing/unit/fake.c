// SPDX-License-Identifier: GPL-2.0-only
/*
 * A libtaskmonitor without a module, for tests of what tmctl makes of it.
 *
 * FAKE_SAMPLES names a file; each request for a sample takes its next line:
 *
 *	PID START TIME USR SYS RSS NAME		a sample: ns, RSS in bytes; a USR
 *						or RSS of - is not known
 *	error NAME				the request fails with that errno
 *	forever					the sample before, a second later
 *						each time, from now on
 *
 * and fails with ESRCH behind the last. FAKE_OPEN, FAKE_CONTROL and FAKE_STATE
 * name the errno with which tm_open(), tm_start() and tm_stop(), and tm_state()
 * fail; FAKE_PID is the first target, FAKE_TARGETS how many there are.
 *
 * FAKE_SESSIONS is how many sessions there are, the default one included;
 * FAKE_SESSIONS_ERROR names the errno with which tm_sessions_list() fails.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taskmonitor/taskmonitor.h>

struct tm_device {
	FILE *script;
	struct task_sample last;
	int forever;
};

static int errno_named(const char *name)
{
	static const struct {
		const char *name;
		int value;
	} names[] = {
		{ "ENOENT", ENOENT }, { "ENODEV", ENODEV }, { "ENXIO", ENXIO },
		{ "EACCES", EACCES }, { "EPERM", EPERM }, { "ESRCH", ESRCH },
		{ "EINTR", EINTR }, { "ENOTTY", ENOTTY }, { "EIO", EIO },
		{ "ENOMEM", ENOMEM },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(names[i].name, name))
			return names[i].value;
	}
	fprintf(stderr, "fake.c: unknown errno %s\n", name);
	abort();
}

static int fails(const char *variable)
{
	const char *name = getenv(variable);

	if (name)
		errno = errno_named(name);
	return name ? -1 : 0;
}

static int number(const char *variable, int otherwise)
{
	return getenv(variable) ? atoi(getenv(variable)) : otherwise;
}

const char *tm_lib_version(void)
{
	return "fake";
}

struct tm_device *tm_open(const char *path)
{
	const char *script = getenv("FAKE_SAMPLES");
	struct tm_device *dev;

	(void)path;
	if (fails("FAKE_OPEN"))
		return NULL;
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		abort();
	dev->script = fopen(script ? script : "/dev/null", "re");
	if (!dev->script)
		abort();
	return dev;
}

void tm_close(struct tm_device *dev)
{
	if (!dev)
		return;
	fclose(dev->script);
	free(dev);
}

int tm_fd(const struct tm_device *dev)
{
	return fileno(dev->script);
}

static void parse_sample(const char *line, struct task_sample *s)
{
	char usr[32], rss[32], comm[64] = "";

	memset(s, 0, sizeof(*s));
	if (sscanf(line, "%" SCNd32 " %" SCNu64 " %" SCNu64 " %31s %" SCNu64 " %31s %63[^\n]",
		   &s->pid, (uint64_t *)&s->start_time_ns, (uint64_t *)&s->time_ns, usr,
		   (uint64_t *)&s->stime, rss, comm) < 6) {
		fprintf(stderr, "fake.c: not a sample: %s", line);
		abort();
	}
	s->tgid = s->pid;
	s->threads = 1;
	s->state = 'R';
	memcpy(s->comm, comm, sizeof(s->comm) - 1);
	if (strcmp(usr, "-")) {
		s->utime = strtoull(usr, NULL, 10);
		s->valid |= TM_VALID_CPU;
	}
	if (strcmp(rss, "-")) {
		s->rss_bytes = strtoull(rss, NULL, 10);
		s->valid |= TM_VALID_MEM;
	}
}

static int next(struct tm_device *dev)
{
	char line[256];

	if (dev->forever) {
		dev->last.time_ns += 1000000000;
		return 0;
	}
	if (!fgets(line, sizeof(line), dev->script)) {
		errno = ESRCH;
		return -1;
	}
	if (!strncmp(line, "error ", 6)) {
		line[strcspn(line, "\n")] = '\0';
		errno = errno_named(line + 6);
		return -1;
	}
	if (!strcmp(line, "forever\n")) {
		dev->forever = 1;
		return next(dev);
	}
	parse_sample(line, &dev->last);
	return 0;
}

int tm_get(struct tm_device *dev, struct task_sample *sample)
{
	if (next(dev))
		return -1;
	*sample = dev->last;
	return 0;
}

int tm_get_text(struct tm_device *dev, char *text, size_t size)
{
	if (next(dev))
		return -1;
	return snprintf(text, size, "pid %" PRId32 " usr %" PRIu64 " sys %" PRIu64 "\n",
			dev->last.pid, (uint64_t)dev->last.utime, (uint64_t)dev->last.stime);
}

int tm_start(struct tm_device *dev)
{
	(void)dev;
	return fails("FAKE_CONTROL");
}

int tm_stop(struct tm_device *dev)
{
	(void)dev;
	return fails("FAKE_CONTROL");
}

pid_t tm_pid_get(struct tm_device *dev)
{
	(void)dev;
	return number("FAKE_PID", 128);
}

int tm_target_add(struct tm_device *dev, pid_t pid)
{
	(void)dev;
	(void)pid;
	return fails("FAKE_CONTROL");
}

int tm_target_del(struct tm_device *dev, pid_t pid)
{
	(void)dev;
	(void)pid;
	return fails("FAKE_CONTROL");
}

ssize_t tm_batch(struct tm_device *dev, struct task_sample *records, size_t n, size_t *total)
{
	struct task_sample sample;

	*total = 1;
	if (!n)
		return 0;
	if (tm_get(dev, &sample))
		return -1;
	*records = sample;
	return 1;
}

int tm_pid_set(struct tm_device *dev, pid_t pid)
{
	(void)dev;
	if (pid != 999)
		return 0;
	errno = ESRCH;
	return -1;
}

int tm_state(struct tm_device *dev, struct tm_state *state)
{
	(void)dev;
	if (fails("FAKE_STATE"))
		return -1;
	memset(state, 0, sizeof(*state));
	state->version = 1 << 16 | 2 << 8 | 3;
	state->flags = TM_STATE_RUNNING;
	state->targets = number("FAKE_TARGETS", 1);
	state->targets_alive = state->targets;
	state->interval_ns = 100000000;
	state->ticks = number("FAKE_TICKS", 40);
	state->missed_ticks = 2;
	state->samples = 40;
	state->lateness_max_ns = 1234567;
	state->cost_ns = 80000;
	return 0;
}

/* The default session, then private ones of all scopes in turn, and one unknown. */
static void fill_session(struct tm_state *state, unsigned int id)
{
	memset(state, 0, sizeof(*state));
	state->id = id;
	if (!id)
		return;
	state->flags = TM_STATE_PRIVATE | (id % 2 ? TM_STATE_RUNNING : 0);
	state->scope = (id - 1) % 5;
	state->owner = id == 2 ? 0 : 4000 + (int)id;
	/* One that has a name belongs to nobody. */
	if (id == 6) {
		state->flags = TM_STATE_NAMED;
		state->owner = 0;
		snprintf(state->name, sizeof(state->name), "%s", "w\033[2J\"eb\377\n");
	}
	state->interval_ns = 1500000;
	state->targets = 3;
	state->targets_alive = 2;
	state->samples = 123456789;
	state->dropped = 7;
	state->missed_ticks = 9;
	state->ticks = id;
	state->ring_records = 1024;
}

ssize_t tm_sessions_list(struct tm_device *dev, struct tm_state *states, size_t n, size_t *total)
{
	size_t i, count = (size_t)number("FAKE_SESSIONS", 1);

	(void)dev;
	if (fails("FAKE_SESSIONS_ERROR"))
		return -1;
	*total = count;
	for (i = 0; i < n && i < count; i++)
		fill_session(&states[i], (unsigned int)i);
	return (ssize_t)i;
}
