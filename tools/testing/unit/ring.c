// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of a mapped history, against one that a thread writes into a
 * memfd, by the module's protocol. Built a second time as ring-halves, with
 * 64-bit words loaded as 32-bit programs load them.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/internal.h"
#include "tap.h"

/**
 * struct fake - what the module is to the reader
 * @fd: of the memory
 * @header: where it begins
 * @records: behind the header
 * @size: of it
 */
struct fake {
	int fd;
	struct tm_ring_header *header;
	unsigned char *records;
	struct tmi_geometry size;
};

static void fake_make(struct fake *f, size_t header_size, size_t record_size, uint32_t capacity)
{
	f->size = (struct tmi_geometry){
		.header_size = header_size, .record_size = record_size, .capacity = capacity,
		.bytes = header_size + record_size * capacity,
	};
	f->fd = memfd_create("ring", MFD_CLOEXEC);
	if (f->fd < 0 || ftruncate(f->fd, (off_t)f->size.bytes))
		abort();
	f->header = mmap(NULL, f->size.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	if (f->header == MAP_FAILED)
		abort();
	f->records = (unsigned char *)f->header + header_size;
	f->header->magic = TM_RING_MAGIC;
	f->header->header_size = (uint32_t)header_size;
	f->header->record_size = (uint32_t)record_size;
	f->header->capacity = capacity;
}

static void fake_free(struct fake *f)
{
	munmap(f->header, f->size.bytes);
	close(f->fd);
}

/* What stands in a record's words, all of it made from its number. */
static uint64_t word_of(uint64_t seq, size_t i)
{
	return (seq + i) * UINT64_C(0x9e3779b97f4a7c15);
}

/* As tm_ring_put() in src/core/ring.c. */
static void fake_write(struct fake *f, uint64_t seq)
{
	const size_t seq_word = offsetof(struct task_sample, seq) / sizeof(uint64_t);
	uint64_t *slot = (uint64_t *)(f->records +
				      (size_t)((seq - 1) & (f->size.capacity - 1)) *
					      f->size.record_size);
	size_t i;

	__atomic_store_n(&slot[seq_word], 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	for (i = 0; i < f->size.record_size / sizeof(uint64_t); i++) {
		if (i != seq_word)
			__atomic_store_n(&slot[i], word_of(seq, i), __ATOMIC_RELAXED);
	}
	__atomic_store_n(&slot[seq_word], seq, __ATOMIC_RELEASE);
	__atomic_store_n((uint64_t *)&f->header->head, seq, __ATOMIC_RELEASE);
}

static void fake_write_to(struct fake *f, uint64_t first, uint64_t last)
{
	while (first <= last)
		fake_write(f, first++);
}

/* All that is ours of a record as long as @size; the rest of ours is 0. */
static int whole(const struct task_sample *record, size_t size)
{
	struct task_sample wanted;
	uint64_t words[sizeof(wanted) / sizeof(uint64_t)] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words) && i < size / sizeof(uint64_t); i++)
		words[i] = word_of(record->seq, i);
	memcpy(&wanted, words, sizeof(wanted));
	wanted.seq = record->seq;
	wanted.comm[TM_COMM_LEN - 1] = '\0';
	return !memcmp(&wanted, record, sizeof(wanted));
}

static struct tm_ring *map(struct fake *f)
{
	struct tm_ring *ring = tmi_ring_map(f->fd);

	if (!CHECK(ring != NULL, "map: records of %zu bytes, %u of them", f->size.record_size,
		   f->size.capacity))
		exit(tap_end());
	return ring;
}

/* tm_ring_next(), made of the two that copy nothing. */
static int next_in_place(struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
			 uint64_t *lost)
{
	const volatile struct task_sample *there;
	const volatile uint64_t *from;
	uint64_t *to = (uint64_t *)record;
	size_t i;

	while ((there = tm_ring_peek(ring, cursor, lost))) {
		from = (const volatile uint64_t *)there;
		for (i = 0; i < sizeof(*record) / sizeof(*to); i++)
			to[i] = from[i];
		record->comm[TM_COMM_LEN - 1] = '\0';
		if (tm_ring_keep(ring, cursor, there, lost))
			return 1;
	}
	return 0;
}

static int next_copied(struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
		       uint64_t *lost)
{
	return tm_ring_next(ring, cursor, record, lost);
}

/* What the tests below take records with. */
static int (*take)(struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
		   uint64_t *lost) = next_copied;

/* Read to the end: how many there were, and how many of them whole and in order. */
static unsigned int drain(struct tm_ring *ring, size_t size, uint64_t *cursor,
			  uint64_t *lost, unsigned int *good)
{
	struct task_sample record;
	unsigned int n = 0;
	uint64_t last = *cursor;

	*good = 0;
	while (take(ring, cursor, &record, lost)) {
		*good += record.seq > last && record.seq == *cursor && whole(&record, size);
		last = record.seq;
		n++;
	}
	return n;
}

static void one_by_one(size_t header_size, size_t record_size, uint32_t capacity)
{
	uint64_t cursor = 0, lost = 0;
	struct task_sample record;
	struct tm_ring *ring;
	struct fake fake;
	unsigned int n, good;

	fake_make(&fake, header_size, record_size, capacity);
	ring = map(&fake);
	CHECK(tm_ring_capacity(ring) == capacity && tm_ring_head(ring) == 0, "empty: so it says");
	CHECK(!take(ring, &cursor, &record, &lost) && !cursor && !lost,
	      "empty: no record, none lost");
	fake_write_to(&fake, 1, capacity);
	n = drain(ring, record_size, &cursor, &lost, &good);
	CHECK(n == capacity && good == n && !lost, "full: each record, whole");
	CHECK(!take(ring, &cursor, &record, NULL), "full: and then none");

	fake_write_to(&fake, capacity + 1, 3 * (uint64_t)capacity + 2);
	n = drain(ring, record_size, &cursor, &lost, &good);
	CHECK(n == capacity && good == n, "overwritten: the newest are there");
	CHECK(lost == capacity + 2 && cursor == tm_ring_head(ring),
	      "overwritten: the others are counted");
	cursor = tm_ring_head(ring);
	CHECK(!take(ring, &cursor, &record, &lost), "from the head: nothing yet");
	cursor += 1000;
	CHECK(!take(ring, &cursor, &record, &lost) && cursor == tm_ring_head(ring) + 1000,
	      "a cursor from elsewhere: nothing, and it stays");
	tm_ring_unmap(ring);
	fake_free(&fake);
}

/* Records that are being written at the moment of reading. */
static void half_written(void)
{
	const uint32_t capacity = 16;
	uint64_t cursor = 0, lost = 0;
	struct tm_ring *ring;
	struct fake fake;
	unsigned int n, good;
	__u64 *seq;

	fake_make(&fake, 4096, sizeof(struct task_sample), capacity);
	ring = map(&fake);
	fake_write_to(&fake, 1, capacity);
	/* The writer stopped in the middle of record 17: head is still 16. */
	seq = (__u64 *)(fake.records + offsetof(struct task_sample, seq));
	*seq = 0;
	n = drain(ring, fake.size.record_size, &cursor, &lost, &good);
	CHECK(n == 15 && good == 15 && lost == 1, "half written: that one is lost, no other");
	*seq = 17;
	CHECK(!drain(ring, fake.size.record_size, &cursor, &lost, &good) && lost == 1,
	      "half written: not before head says so");
	cursor = lost = 0;
	*seq = 1 + (UINT64_C(1) << 32);
	n = drain(ring, fake.size.record_size, &cursor, &lost, &good);
	CHECK(n == 15 && lost == 1, "a number that differs in its high half is another");
	tm_ring_unmap(ring);
	fake_free(&fake);
}

/* Numbers about 2^32, where a 32-bit program has to look twice. */
static void many(void)
{
	const uint64_t first = (UINT64_C(1) << 32) - 5;
	uint64_t cursor = first - 1, lost = 0;
	struct tm_ring *ring;
	struct fake fake;
	unsigned int n, good;

	fake_make(&fake, 4096, sizeof(struct task_sample), 64);
	ring = map(&fake);
	fake_write_to(&fake, first, first + 9);
	n = drain(ring, fake.size.record_size, &cursor, &lost, &good);
	CHECK(n == 10 && good == 10 && !lost, "numbers pass 2^32");
	cursor = lost = 0;
	n = drain(ring, fake.size.record_size, &cursor, &lost, &good);
	CHECK(n == 10 && n + lost == tm_ring_head(ring), "billions lost are counted too");
	tm_ring_unmap(ring);
	fake_free(&fake);
}

static void refused(void)
{
	static const struct {
		const char *what;
		struct tm_ring_header header;
	} cases[] = {
		{ "another magic", { 1, 4096, 256, 16, 0, 0, 0, 0 } },
		{ "no record", { TM_RING_MAGIC, 4096, 256, 0, 0, 0, 0, 0 } },
		{ "no power of two", { TM_RING_MAGIC, 4096, 256, 24, 0, 0, 0, 0 } },
		{ "records without a number", { TM_RING_MAGIC, 4096, 16, 16, 0, 0, 0, 0 } },
		{ "crooked records", { TM_RING_MAGIC, 4096, 260, 16, 0, 0, 0, 0 } },
		{ "a header shorter than itself", { TM_RING_MAGIC, 8, 256, 16, 0, 0, 0, 0 } },
		{ "a crooked header", { TM_RING_MAGIC, 4100, 256, 16, 0, 0, 0, 0 } },
		{ "all zeroes", { 0, 0, 0, 0, 0, 0, 0, 0 } },
	};
	struct fake fake;
	size_t i;

	fake_make(&fake, 4096, 256, 16);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		*fake.header = cases[i].header;
		errno = 0;
		CHECK(!tmi_ring_map(fake.fd) && errno == EPROTO, "refused: %s", cases[i].what);
	}
	*fake.header = (struct tm_ring_header){
		TM_RING_MAGIC, 4096, 0xfffffff8, 1U << 31, 0, 0, 0, 0,
	};
	CHECK(!tmi_ring_map(fake.fd), "refused: more than an address space");
	fake_free(&fake);
	errno = 0;
	CHECK(!tmi_ring_map(-1) && errno == EBADF, "refused: no file");
	tm_ring_unmap(NULL);
}

static void counters(void)
{
	struct tm_ring *ring;
	struct fake fake;

	fake_make(&fake, 4096, 256, 16);
	ring = map(&fake);
	fake.header->dropped = UINT64_C(0x100000002);
	fake.header->targets_alive = 3;
	CHECK(tm_ring_dropped(ring) == UINT64_C(0x100000002), "dropped, from the header");
	CHECK(tm_ring_targets_alive(ring) == 3, "targets alive, from the header");
	/* What is written there later leads nowhere. */
	fake.header->capacity = 1U << 30;
	fake.header->record_size = 1U << 20;
	fake_write_to(&fake, 1, 16);
	CHECK(tm_ring_capacity(ring) == 16, "sizes stay as they were mapped");
	errno = 0;
	CHECK(tm_ring_wait(ring, 0) == -1 && errno == EPERM, "wait: not on this file");
	tm_ring_unmap(ring);
	fake_free(&fake);
}

/* --- readers and a writer at once ------------------------------------------ */

#define READERS	4

/**
 * struct race - readers that have the writer come round under their hands
 * @fake: what is written
 * @records: how many
 * @done: all have been
 */
struct race {
	struct fake fake;
	uint64_t records;
	int done;
};

struct racer {
	struct race *race;
	pthread_t thread;
	uint64_t got, lost, torn, disorder;
};

static void *write_all(void *arg)
{
	struct race *race = arg;

	fake_write_to(&race->fake, 1, race->records);
	__atomic_store_n(&race->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void *read_all(void *arg)
{
	struct racer *r = arg;
	struct tm_ring *ring = tmi_ring_map(r->race->fake.fd);
	uint64_t cursor = 0, last = 0;
	struct task_sample record;
	int done;

	if (!ring)
		abort();
	do {
		done = __atomic_load_n(&r->race->done, __ATOMIC_ACQUIRE);
		while (take(ring, &cursor, &record, &r->lost)) {
			r->got++;
			r->torn += !whole(&record, r->race->fake.size.record_size);
			r->disorder += record.seq <= last || record.seq != cursor ||
				       r->got + r->lost != cursor;
			last = record.seq;
		}
	} while (!done);
	tm_ring_unmap(ring);
	return NULL;
}

static void racing(size_t record_size, uint32_t capacity, uint64_t records)
{
	struct racer racers[READERS] = { { .got = 0 } };
	struct race race = { .records = records };
	unsigned int i, whole_ones = 0, ordered = 0, exact = 0;
	uint64_t got = 0;
	pthread_t writer;

	fake_make(&race.fake, 4096, record_size, capacity);
	for (i = 0; i < READERS; i++) {
		racers[i].race = &race;
		if (pthread_create(&racers[i].thread, NULL, read_all, &racers[i]))
			abort();
	}
	if (pthread_create(&writer, NULL, write_all, &race))
		abort();
	pthread_join(writer, NULL);
	for (i = 0; i < READERS; i++) {
		pthread_join(racers[i].thread, NULL);
		whole_ones += !racers[i].torn;
		ordered += !racers[i].disorder;
		exact += racers[i].got + racers[i].lost == records;
		got += racers[i].got;
	}
	CHECK(got > 0, "race, %u records of %zu bytes: %llu were read", capacity, record_size,
	      (unsigned long long)got);
	CHECK(whole_ones == READERS, "race: every record is whole");
	CHECK(ordered == READERS, "race: numbers only grow, and add up at each");
	CHECK(exact == READERS, "race: received and lost are what was produced");
	fake_free(&race.fake);
}

/* Overwritten between the look and the question: not kept, and counted. */
static void overwritten_under_the_eye(void)
{
	const volatile struct task_sample *there;
	uint64_t cursor = 0, lost = 0;
	struct tm_ring *ring;
	struct fake fake;

	fake_make(&fake, 4096, sizeof(struct task_sample), 16);
	ring = map(&fake);
	fake_write_to(&fake, 1, 3);
	there = tm_ring_peek(ring, &cursor, &lost);
	CHECK(there && there->seq == 1 && !cursor, "peek: the first, and the cursor stays");
	CHECK(there == tm_ring_peek(ring, &cursor, &lost) && !cursor, "peek: again the same");
	fake_write_to(&fake, 4, 17);
	CHECK(!tm_ring_keep(ring, &cursor, there, &lost) && cursor == 1 && lost == 1,
	      "keep: overwritten, so lost");
	there = tm_ring_peek(ring, &cursor, NULL);
	CHECK(there && there->seq == 2 && tm_ring_keep(ring, &cursor, there, NULL) && cursor == 2,
	      "keep: the next one is whole");
	tm_ring_unmap(ring);
	fake_free(&fake);
}

static void all_of_it(void)
{
	one_by_one(4096, sizeof(struct task_sample), 16);
	one_by_one(4096, sizeof(struct task_sample), 1);
	one_by_one(4096, sizeof(struct task_sample), 4096);
	one_by_one(sizeof(struct tm_ring_header), sizeof(struct task_sample), 16);
	one_by_one(65536, sizeof(struct task_sample) + 8, 32);
	one_by_one(4096, 4 * sizeof(struct task_sample), 2);
	one_by_one(4096, sizeof(struct task_sample) - 24, 16);
	half_written();
	many();
	racing(sizeof(struct task_sample), 16, 1000000);
	racing(sizeof(struct task_sample), 1, 300000);
	racing(sizeof(struct task_sample) + 64, 64, 500000);
	racing(sizeof(struct task_sample), 1U << 16, 1000000);
}

int main(void)
{
	refused();
	counters();
	overwritten_under_the_eye();
	all_of_it();
	take = next_in_place;
	all_of_it();
	return tap_end();
}
