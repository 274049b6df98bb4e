// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module's ways to the figures of a crowd cost.
 *
 *   base.refused  an ioctl that the device knows nothing of: the least that a
 *                 request can cost
 *   ours.get16    TM_GET, the lab's 16 bytes; ours.get: all of it
 *   ours.batch    TM_BATCH, copied to user space; ours.system: of scope system
 *   ours.tick     the sampler's tick into the ring, by TM_STATE
 *   ours.mmap     the records out of the mapped ring, copied by libtaskmonitor
 *   ours.peek     the same, looked at where they are: CPU time and memory
 *   ours.inplace  that by the protocol which the header describes, no library
 *   ours.read     the records by read()
 */
#include "bench.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <taskmonitor/taskmonitor.h>
#include <unistd.h>

#define TICKS 10
#define TICK_NS (100 * MS)
#define RING_RECORDS 65536
#define PERIODIC (1U << TM_KIND_PERIODIC)
#define SPARE 4096	/* processes that are not of the crowd, in scope system */

static int device;
static void *argument;
static unsigned long request;
static struct task_sample *samples;

static void one_request(void)
{
	ioctl(device, request, argument);
}

static void one_getppid(void)
{
	syscall(SYS_getppid);
}

static double best_request(unsigned long what, void *arg)
{
	request = what;
	argument = arg;
	return best(one_request, 20, 50);
}

static void on_demand(void)
{
	emit_call("base.getppid", "call", best(one_getppid, 20, 50));
	emit_call("base.refused", "call", best_request(_IO(TM_IOC_MAGIC, 0xff), NULL));
	emit_call("ours.get16", "call",
		  best_request(_IOC(_IOC_READ, TM_IOC_MAGIC, _IOC_NR(TM_GET), 16), samples));
	emit_call("ours.get", "call", best_request(TM_GET, samples));
}

static void batch(const char *method, unsigned int capacity)
{
	struct tm_batch batch = {
		.records = (unsigned long)samples,
		.capacity = capacity,
		.record_size = sizeof(*samples),
	};
	double cost;

	request = TM_BATCH;
	argument = &batch;
	cost = best_sample(one_request);
	emit(method, "sample", cost, NULL, batch.count);
}

/* The cheapest tick: between two looks at the session there is one, and nothing else. */
static void tick(void)
{
	unsigned long long least = ~0ULL;
	struct tm_state last, state;
	int i;

	ioctl(device, TM_START);
	usleep(3 * TICK_NS / 2000);
	last = session_state(device);
	for (i = 0; i < TICKS; i++) {
		usleep(TICK_NS / 1000);
		state = session_state(device);
		if (state.ticks == last.ticks + 1 && state.cost_ns - last.cost_ns < least)
			least = state.cost_ns - last.cost_ns;
		last = state;
	}
	emit_sample("ours.tick", least);
}

static struct tm_ring *ring;

static void consume(void)
{
	uint64_t cursor = tm_ring_head(ring), lost = 0;
	int i;

	cursor -= crowd.n;
	for (i = 0; i < crowd.n; i++) {
		if (tm_ring_next(ring, &cursor, samples, &lost) != 1 || lost)
			die("the ring");
	}
}

static const struct tm_ring_header *header;
static volatile unsigned long long taken;

static void consume_by_peeking(void)
{
	uint64_t cursor = tm_ring_head(ring) - crowd.n, lost = 0;
	const volatile struct task_sample *s;
	unsigned long long sum = 0, figures;

	while ((s = tm_ring_peek(ring, &cursor, &lost))) {
		figures = s->utime + s->stime + s->rss_bytes;
		if (tm_ring_keep(ring, &cursor, s, &lost))
			sum += figures;
	}
	if (lost)
		die("the ring");
	taken = sum;
}

static void consume_in_place(void)
{
	const struct task_sample *slots = (const void *)((const char *)header + header->header_size);
	uint64_t mask = header->capacity - 1, head, seq;

	head = __atomic_load_n(&header->head, __ATOMIC_ACQUIRE);
	for (seq = head - crowd.n + 1; seq <= head; seq++) {
		const struct task_sample *s = &slots[(seq - 1) & mask];
		unsigned long long figures;

		if (__atomic_load_n(&s->seq, __ATOMIC_ACQUIRE) != seq)
			die("the ring");
		figures = s->utime + s->stime + s->rss_bytes;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&s->seq, __ATOMIC_RELAXED) != seq)
			die("the ring");
		taken = figures;
	}
}

static void map_header(int fd)
{
	size_t size;

	header = mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED)
		die("mmap");
	size = header->header_size + (size_t)header->capacity * header->record_size;
	header = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED)
		die("mmap");
}

/* By the library, on a session of its own; its records are those of the last tick. */
static void mapped(void)
{
	struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.interval_ns = TICK_NS,
		.ring_records = RING_RECORDS,
		.kinds = PERIODIC,
	};
	struct tm_session *s = tm_session_open(NULL, &attr);
	int i;

	if (!s)
		die("tm_session_open");
	ring = tm_ring_map(s);
	if (!ring)
		die("tm_ring_map");
	for (i = 0; i < crowd.n; i++) {
		if (tm_session_add(s, crowd.pids[i]))
			die("tm_session_add");
	}
	tm_session_start(s);
	usleep(5 * TICK_NS / 2000);
	tm_session_stop(s);
	emit_sample("ours.mmap", best_sample(consume));
	emit_sample("ours.peek", best_sample(consume_by_peeking));
	map_header(tm_session_fd(s));
	emit_sample("ours.inplace", best_sample(consume_in_place));
	tm_ring_unmap(ring);
	tm_session_close(s);
}

/* Once a tick, all of it. The session runs already. */
static void by_read(void)
{
	double least = 1e30;
	int i;

	fcntl(device, F_SETFL, O_NONBLOCK);
	while (read(device, samples, (crowd.n + SPARE) * sizeof(*samples)) > 0)
		;
	for (i = 0; i < TICKS; i++) {
		long long begin;
		ssize_t got;

		usleep(TICK_NS / 1000);
		begin = now_ns();
		got = read(device, samples, crowd.n * sizeof(*samples));
		begin = now_ns() - begin;
		if (got == (ssize_t)(crowd.n * sizeof(*samples)) && begin < least)
			least = begin;
	}
	emit_sample("ours.read", least);
}

int main(void)
{
	int i;

	crowd_read();
	if (crowd.n < 1)
		return 2;
	samples = calloc(crowd.n + SPARE, sizeof(*samples));
	if (!samples)
		die("memory");
	memset(samples, 1, (crowd.n + SPARE) * sizeof(*samples));

	device = session(TM_SCOPE_LIST, TICK_NS, RING_RECORDS, PERIODIC, TM_SESSION_STOPPED);
	for (i = 0; i < crowd.n; i++)
		session_add(device, crowd.pids[i]);
	if (crowd.n == 1)
		on_demand();
	batch("ours.batch", crowd.n);
	tick();
	by_read();
	close(device);
	mapped();

	device = session(TM_SCOPE_SYSTEM, TICK_NS, 1024, PERIODIC, TM_SESSION_STOPPED);
	batch("ours.system", crowd.n + SPARE);
	close(device);
	return 0;
}
