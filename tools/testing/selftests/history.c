// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mapped history: readers that ask nobody, against a writer that waits for
 * nobody. The ring is as small as it may be, so that the writer comes round all
 * the time; what a reader takes for whole must be whole: every word of a record
 * belongs to the one process it names.
 */
#include <fcntl.h>
#include <linux/taskmonitor.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "harness.h"

#define TARGETS 48
#define READERS 8
#define PIDS	65536
#define RECORDS	rounds(200000) /* until so many were written */

static const struct tm_ring_header *ring;
static volatile bool stopped; /* nothing more will be written */
static unsigned long long starts[PIDS];
static int index_of[PIDS];

union record {
	struct task_sample sample;
	unsigned long long words[sizeof(struct task_sample) / sizeof(unsigned long long)];
};

struct reader {
	pthread_t thread;
	unsigned long long whole, torn, lost, last;
	bool wrong;
};

static unsigned long long load_acquire(const unsigned long long *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static unsigned long long head(void)
{
	return load_acquire((const unsigned long long *)&ring->head);
}

/* The protocol of <linux/taskmonitor.h>, word for word. */
static bool read_record(unsigned long long n, union record *r, bool *torn)
{
	const char *slot = (const char *)ring + ring->header_size +
			   (n - 1) % ring->capacity * ring->record_size;
	const unsigned long long *seq =
		(const void *)(slot + offsetof(struct task_sample, seq));
	const volatile unsigned long long *from = (const volatile void *)slot;
	size_t i;

	*torn = false;
	if (load_acquire(seq) != n)
		return false;
	for (i = 0; i < ARRAY_SIZE(r->words); i++)
		r->words[i] = from[i];
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*torn = __atomic_load_n(seq, __ATOMIC_RELAXED) != n;
	return !*torn;
}

/* Every target has its own name, start and user id: a mixture of two would show. */
static bool is_whole(const struct task_sample *s, unsigned long long n)
{
	char name[TM_COMM_LEN];

	if (s->seq != n || s->pid <= 0 || s->pid >= PIDS || s->tgid != s->pid || !starts[s->pid])
		return false;
	snprintf(name, sizeof(name), "target-%d", index_of[s->pid]);
	return s->start_time_ns == starts[s->pid] && !strcmp(s->comm, name) &&
	       s->uid == 3000U + index_of[s->pid] && s->kind == TM_KIND_PERIODIC &&
	       s->ppid == getpid();
}

static void *reader(void *arg)
{
	unsigned long long next = 1, newest;
	struct reader *r = arg;
	union record record;
	bool torn;

	for (;;) {
		bool end = stopped;

		newest = head();
		if (next > newest) {
			if (end)
				break;
			continue;
		}
		if (read_record(next, &record, &torn)) {
			if (!is_whole(&record.sample, next) || next <= r->last)
				r->wrong = true;
			r->last = next++;
			r->whole++;
			continue;
		}
		r->torn += torn;
		/* Overwritten: on to the oldest that can still be there. */
		newest = head();
		newest = newest >= ring->capacity ? newest - ring->capacity + 1 : 1;
		if (newest <= next)
			newest = next + 1;
		r->lost += newest - next;
		next = newest;
	}
	return NULL;
}

/* A sleeper of its own name and user. */
static pid_t target(int i)
{
	char name[TM_COMM_LEN];
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		tap_bail("no pipe");
	pid = fork();
	if (!pid) {
		snprintf(name, sizeof(name), "target-%d", i);
		file_write("/proc/self/comm", name);
		if (setuid(3000 + i) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		tap_bail("a target did not begin");
	close(ready[0]);
	close(ready[1]);
	index_of[pid] = i;
	return pid;
}

static int make_session(pid_t *pids)
{
	struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.interval_ns = TM_INTERVAL_MIN_NS,
		.ring_records = TM_RING_RECORDS_MIN,
	};
	struct task_sample samples[TARGETS];
	struct tm_batch batch = {
		.records = (unsigned long)samples,
		.capacity = TARGETS,
		.record_size = sizeof(samples[0]),
	};
	int fd = dev_open();
	int i;

	if (fd < 0 || dev_ioctl(fd, TM_SESSION, &attr))
		tap_bail("no session");
	for (i = 0; i < TARGETS; i++) {
		struct tm_target_spec spec = { .pid = pids[i] };

		if (dev_ioctl(fd, TM_ADD, &spec))
			tap_bail("cannot add a target");
	}
	if (dev_ioctl(fd, TM_BATCH, &batch) || batch.count != TARGETS)
		tap_bail("no batch");
	for (i = 0; i < TARGETS; i++)
		starts[samples[i].pid] = samples[i].start_time_ns;
	return fd;
}

static void check_header(size_t size)
{
	tap_ok(ring->magic == TM_RING_MAGIC, "the magic");
	tap_is(ring->header_size, PAGE, "records begin behind the header");
	tap_is(ring->record_size, sizeof(struct task_sample), "size of a record");
	tap_is(ring->capacity, TM_RING_RECORDS_MIN, "capacity");
	tap_is(ring->targets_alive, TARGETS, "living targets");
	tap_is(ring->head, 0, "nothing was written yet");
	tap_ok(mprotect((void *)ring, size, PROT_READ | PROT_WRITE) && errno == EACCES,
	       "cannot be made writable");
}

int main(void)
{
	size_t size = PAGE + TM_RING_RECORDS_MIN * sizeof(struct task_sample);
	unsigned long long whole = 0, torn = 0, wanted;
	struct reader readers[READERS] = {};
	pid_t pids[TARGETS];
	int i, fd, right = 0, sums = 0;

	module_need("max_cpu_pct=90");
	for (i = 0; i < TARGETS; i++)
		pids[i] = target(i);
	fd = make_session(pids);
	ring = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	check_header(size);

	for (i = 0; i < READERS; i++)
		pthread_create(&readers[i].thread, NULL, reader, &readers[i]);
	dev_ioctl(fd, TM_START, NULL);
	wanted = RECORDS;
	eventually(head() >= wanted);
	tap_ok(head() >= wanted, "%llu records are written while %d threads read", wanted, READERS);
	dev_ioctl(fd, TM_STOP, NULL);
	stopped = true;
	for (i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		right += !readers[i].wrong;
		sums += readers[i].whole + readers[i].lost == head();
		whole += readers[i].whole;
		torn += readers[i].torn;
	}
	tap_is(right, READERS, "every record that was seen is whole, and numbers only grow");
	tap_is(sums, READERS, "each reader's records and losses make up all");
	tap_ok(whole > 0, "there were records to see");
	tap_diag("%llu whole, %llu torn and found out", whole, torn);

	for (i = 0; i < TARGETS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	tap_ok(eventually(!ring->targets_alive), "the header tells when no target is left");
	munmap((void *)ring, size);
	close(fd);
	tap_is(module_unload(), 0, "unloads");
	return tap_done();
}
