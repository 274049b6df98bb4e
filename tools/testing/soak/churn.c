// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens in a minute of the soak: processes are forked, some with threads
 * or children of their own; sessions of all scopes are made, used in every way
 * and closed; all as the seed has it, the same in each run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "soak.h"

#define SLOTS 6
#define REQUESTS 12	/* in a minute */

struct churned churned;

static unsigned int seed;
static const pid_t *stayers;
static unsigned int n_stayers;

static struct slot {
	struct tally tally;
	const struct tm_ring_header *ring;
	bool open, records;
} slots[SLOTS];

static unsigned int dice(unsigned int sides)
{
	return (unsigned int)rand_r(&seed) / 16 % sides;
}

static void must(long err, const char *what)
{
	if (err >= 0)
		return;
	if (!churned.wrong++)
		tap_diag("%s: %s", what, errno_name(err));
}

void churn_begin(unsigned int from, const pid_t *pids, unsigned int n)
{
	seed = from;
	stayers = pids;
	n_stayers = n;
}

static void *thread(void *unused)
{
	return unused;
}

/* Alone, with threads, with children, or killed. Every process is one that we have counted. */
static void live_and_die(unsigned int way)
{
	pthread_t t[3];
	unsigned int i;

	switch (way) {
	case 0:
		for (i = 0; i < ARRAY_SIZE(t); i++)
			pthread_create(&t[i], NULL, thread, NULL);
		for (i = 0; i < ARRAY_SIZE(t); i++)
			pthread_join(t[i], NULL);
		break;
	case 1:
		for (i = 0; i < 2; i++)
			passer_by();
		break;
	case 2:
		raise(SIGKILL);
		break;
	}
	_exit(0);
}

static void one_process(void)
{
	unsigned int way = dice(16);
	pid_t pid = fork();

	if (!pid)
		live_and_die(way);
	churned.processes += way == 1 ? 3 : 1;
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		must(-ECHILD, "fork");
}

static void close_slot(struct slot *s)
{
	if (!s->open)
		return;
	must(dev_ioctl(s->tally.fd, TM_STOP, NULL), "TM_STOP");
	if (!tally_adds_up(&s->tally))
		must(-EBADMSG, "a session's records");
	churned.records += s->tally.received;
	churned.lost += s->tally.lost;
	if (s->ring)
		ring_unmap(s->ring);
	close(s->tally.fd);
	memset(s, 0, sizeof(*s));
}

static void open_slot(struct slot *s)
{
	static const unsigned int scopes[] = { TM_SCOPE_LIST, TM_SCOPE_LIST, TM_SCOPE_TREE,
					       TM_SCOPE_SYSTEM };
	struct tm_session_attr attr = session_attr(scopes[dice(ARRAY_SIZE(scopes))]);
	int fd;

	attr.interval_ns = (unsigned long long)(1 + dice(50)) * 100 * NSEC_PER_MSEC;
	attr.window_ns = dice(3) ? 0 : attr.interval_ns * (1 + dice(9));
	attr.ring_records = TM_RING_RECORDS_MIN << dice(7);
	attr.flags = dice(5) ? 0 : TM_SESSION_STOPPED;
	fd = session_try(&attr);
	must(fd, "TM_SESSION");
	if (fd < 0)
		return;
	churned.sessions++;
	tally_begin(&s->tally, fd);
	s->open = true;
}

static void request(struct slot *s)
{
	static struct task_sample samples[256];
	int fd = s->tally.fd, pid = stayers[dice(n_stayers)];
	long err;

	churned.requests++;
	switch (dice(8)) {
	case 0: must(dev_ioctl(fd, TM_START, NULL), "TM_START"); break;
	case 1: must(dev_ioctl(fd, TM_STOP, NULL), "TM_STOP"); break;
	case 2: must(session_batch(fd, samples, ARRAY_SIZE(samples)), "TM_BATCH"); break;
	case 3: tally_read(&s->tally); break;
	case 4: case 5:
		err = session_add(fd, pid);
		/* Of scope system nobody can be added. */
		must(err == -EEXIST || err == -EINVAL ? 0 : err, "TM_ADD");
		break;
	case 6:
		err = session_del(fd, pid);
		must(err == -ESRCH || err == -EINVAL ? 0 : err, "TM_DEL");
		break;
	case 7:
		if (!s->ring)
			s->ring = ring_map(fd);
		must(s->ring ? 0 : -errno, "mmap");
		break;
	}
}

void churn_minute(unsigned int forks)
{
	unsigned int i;

	for (i = 0; i < forks; i++)
		one_process();
	for (i = 0; i < REQUESTS; i++) {
		struct slot *s = &slots[dice(SLOTS)];

		if (!s->open) {
			open_slot(s);
		} else if (!dice(6)) {
			close_slot(s);
		} else {
			request(s);
		}
		/* So that they meet ticks at any moment. */
		usleep(dice(1000) * 1000);
	}
}

/* All that it holds is given back. */
void churn_rest(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		close_slot(&slots[i]);
}
