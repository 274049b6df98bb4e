// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's history, mapped: read without a lock and without a system call.
 *
 * The protocol is that of struct tm_ring_header. Record n is whole if the seq
 * in its slot was n before it was copied and is n afterwards:
 *
 *	module				here
 *	seq = 0				load seq, acquire: n?
 *	write barrier			copy, word by word
 *	the record's words		acquire fence
 *	seq = n, release		load seq: n still?
 *
 * A copy that took a word of a later record is found out, for the fence orders
 * that word's load before the second look, and the module's barrier the 0
 * before that word. Words are loaded as atomics, so that the compiler neither
 * tears them nor loads them twice. tm_ring_peek() leaves the copying to the
 * caller, whose reads are of volatile fields, and tm_ring_keep() has the rest.
 *
 * What the header says of sizes is looked at once, and kept: nothing that is
 * written there later leads outside the mapping.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

/**
 * struct tm_ring - a mapped history
 * @header: where it begins
 * @records: the first record's place
 * @size: geometry, as it was when we mapped it
 * @common: bytes of a record that the module and we know
 * @epoll_fd: wakes who waits, by edges; -1: the file cannot be waited for
 * @ended: the last edge told of the end
 * @copy: what tm_ring_peek() shows where the module's records are shorter than ours
 */
struct tm_ring {
	const struct tm_ring_header *header;
	const unsigned char *records;
	struct tmi_geometry size;
	size_t common;
	int epoll_fd;
	int ended;
	struct task_sample copy;
};

/* A word of a mapping may hold any type. */
typedef uint64_t __attribute__((may_alias)) word;
typedef uint32_t __attribute__((may_alias)) half;

#if !defined(TMI_LOAD_BY_HALVES) && !defined(__LP64__) && !defined(__x86_64__)
#define TMI_LOAD_BY_HALVES	1
#endif

#ifdef TMI_LOAD_BY_HALVES
/*
 * A 32-bit program beside a 64-bit kernel. An atomic load of eight bytes may be
 * a compare-and-swap there, which writes, and this memory is read-only. So: the
 * low half between two equal high halves. Of head, which only grows, that is a
 * value it had. Of a slot's seq it may have a low half of 0 from between two
 * records; that is taken for record n only if n's low half is 0 too, and then
 * one of the two looks at it sees another.
 */
static uint64_t load_acquire(const __u64 *from)
{
	const half *halves = (const half *)from;
	const int high = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	uint32_t before, low, after;

	after = __atomic_load_n(&halves[high], __ATOMIC_ACQUIRE);
	do {
		before = after;
		low = __atomic_load_n(&halves[!high], __ATOMIC_ACQUIRE);
		after = __atomic_load_n(&halves[high], __ATOMIC_ACQUIRE);
	} while (before != after);
	return (uint64_t)before << 32 | low;
}

static void copy_words(struct task_sample *to, const unsigned char *from, size_t bytes)
{
	half *dst = (half *)to;
	const half *src = (const half *)from;
	size_t i;

	for (i = 0; i < bytes / sizeof(half); i++)
		dst[i] = __atomic_load_n(&src[i], __ATOMIC_RELAXED);
}
#else
static uint64_t load_acquire(const __u64 *from)
{
	return __atomic_load_n(from, __ATOMIC_ACQUIRE);
}

static void copy_words(struct task_sample *to, const unsigned char *from, size_t bytes)
{
	word *dst = (word *)to;
	const word *src = (const word *)from;
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i < bytes / sizeof(word); i++)
		dst[i] = __atomic_load_n(&src[i], __ATOMIC_RELAXED);
}
#endif

int tmi_ring_geometry(const struct tm_ring_header *header, struct tmi_geometry *geometry)
{
	struct tmi_geometry g = {
		.header_size = header->header_size,
		.record_size = header->record_size,
		.capacity = header->capacity,
	};

	if (header->magic != TM_RING_MAGIC ||
	    g.header_size < sizeof(*header) || g.header_size % sizeof(word) ||
	    g.record_size < offsetof(struct task_sample, start_time_ns) ||
	    g.record_size % sizeof(word) ||
	    !g.capacity || g.capacity & (g.capacity - 1) ||
	    __builtin_mul_overflow(g.record_size, (size_t)g.capacity, &g.bytes) ||
	    __builtin_add_overflow(g.bytes, g.header_size, &g.bytes)) {
		errno = EPROTO;
		return -1;
	}
	*geometry = g;
	return 0;
}

static const void *map(int fd, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void unmap(const void *memory, size_t bytes)
{
	int err = errno;

	munmap((void *)memory, bytes);
	errno = err;
}

const struct tm_ring_header *tmi_ring_map_header(int fd)
{
	return map(fd, (size_t)sysconf(_SC_PAGESIZE));
}

static int read_geometry(int fd, struct tmi_geometry *geometry)
{
	const struct tm_ring_header *header = tmi_ring_map_header(fd);
	int err;

	if (!header)
		return -1;
	err = tmi_ring_geometry(header, geometry);
	unmap(header, (size_t)sysconf(_SC_PAGESIZE));
	return err;
}

/*
 * By edges: poll() tells of what read() has not fetched, and who maps the
 * history fetches nothing so. The watched file is the mapping's, and stays open
 * as long as that, also when its descriptor does not.
 */
static int open_epoll(int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLPRI | EPOLLET };
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_fd < 0)
		return -1;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) {
		tmi_close(epoll_fd);
		return -1;
	}
	return epoll_fd;
}

struct tm_ring *tmi_ring_map(int fd)
{
	struct tm_ring *ring = calloc(1, sizeof(*ring));
	int err;

	if (!ring)
		return NULL;
	if (read_geometry(fd, &ring->size))
		goto out_free;
	ring->header = map(fd, ring->size.bytes);
	if (!ring->header)
		goto out_free;
	ring->records = (const unsigned char *)ring->header + ring->size.header_size;
	ring->common = ring->size.record_size;
	if (ring->common > sizeof(struct task_sample))
		ring->common = sizeof(struct task_sample);
	ring->epoll_fd = open_epoll(fd);
	if (ring->epoll_fd < 0 && errno != EPERM)
		goto out_unmap;
	return ring;

out_unmap:
	unmap(ring->header, ring->size.bytes);
out_free:
	err = errno;
	free(ring);
	errno = err;
	return NULL;
}

void tm_ring_unmap(struct tm_ring *ring)
{
	int err = errno;

	if (!ring)
		return;
	if (ring->epoll_fd >= 0)
		close(ring->epoll_fd);
	unmap(ring->header, ring->size.bytes);
	free(ring);
	errno = err;
}

uint64_t tm_ring_head(const struct tm_ring *ring)
{
	assert(ring);
	return load_acquire(&ring->header->head);
}

uint64_t tm_ring_dropped(const struct tm_ring *ring)
{
	assert(ring);
	return load_acquire(&ring->header->dropped);
}

uint64_t tm_ring_targets_alive(const struct tm_ring *ring)
{
	assert(ring);
	return load_acquire(&ring->header->targets_alive);
}

size_t tm_ring_capacity(const struct tm_ring *ring)
{
	assert(ring);
	return ring->size.capacity;
}

static const unsigned char *slot_of(const struct tm_ring *ring, uint64_t seq)
{
	size_t slot = (size_t)(seq - 1) & (ring->size.capacity - 1);

	return ring->records + slot * ring->size.record_size;
}

/* Whether the record was there, and all of the copy is of it. */
static int read_record(const struct tm_ring *ring, uint64_t seq, struct task_sample *record)
{
	const unsigned char *from = slot_of(ring, seq);
	const __u64 *seq_at = (const __u64 *)(from + offsetof(struct task_sample, seq));

	if (load_acquire(seq_at) != seq)
		return 0;
	copy_words(record, from, ring->common);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return load_acquire(seq_at) == seq;
}

int tm_ring_next(const struct tm_ring *ring, uint64_t *cursor, struct task_sample *record,
		 uint64_t *lost)
{
	uint64_t seen, head, missed = 0;
	int found = 0;

	assert(ring && cursor && record);
	seen = *cursor;
	/* Of what head counts each is in its slot, or overwritten; so each is told of. */
	while (!found && (head = tm_ring_head(ring)) > seen) {
		if (head - seen > ring->size.capacity) {
			missed += head - seen - ring->size.capacity;
			seen = head - ring->size.capacity;
		}
		found = read_record(ring, ++seen, record);
		missed += !found;
	}
	*cursor = seen;
	if (lost)
		*lost += missed;
	if (!found)
		return 0;
	memset((unsigned char *)record + ring->common, 0, sizeof(*record) - ring->common);
	tmi_settle(record);
	return 1;
}

/* Where the module's records are shorter than ours. */
static const volatile struct task_sample *peek_copy(struct tm_ring *ring, uint64_t *cursor,
						    uint64_t *lost)
{
	if (!tm_ring_next(ring, cursor, &ring->copy, lost))
		return NULL;
	--*cursor;
	return &ring->copy;
}

const volatile struct task_sample *tm_ring_peek(struct tm_ring *ring, uint64_t *cursor,
						uint64_t *lost)
{
	const struct task_sample *record;
	uint64_t head;

	assert(ring && cursor);
	if (ring->common < sizeof(*record))
		return peek_copy(ring, cursor, lost);
	while ((head = tm_ring_head(ring)) > *cursor) {
		uint64_t missed = 1;

		if (head - *cursor > ring->size.capacity) {
			missed = head - *cursor - ring->size.capacity;
		} else {
			record = (const struct task_sample *)slot_of(ring, *cursor + 1);
			if (load_acquire(&record->seq) == *cursor + 1)
				return record;
		}
		*cursor += missed;
		if (lost)
			*lost += missed;
	}
	return NULL;
}

int tm_ring_keep(const struct tm_ring *ring, uint64_t *cursor,
		 const volatile struct task_sample *record, uint64_t *lost)
{
	uint64_t seq = ++*cursor;

	if (record == &ring->copy)
		return 1;
	/* What was read of it before this look at its number. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (load_acquire((const __u64 *)&record->seq) == seq)
		return 1;
	if (lost)
		++*lost;
	return 0;
}

int tm_ring_wait(struct tm_ring *ring, int timeout_ms)
{
	struct epoll_event event;
	int n;

	assert(ring);
	if (ring->epoll_fd < 0) {
		errno = EPERM;
		return -1;
	}
	/* That edge has been; there is another only if a target is added. */
	if (ring->ended && !tm_ring_targets_alive(ring))
		return TM_WAIT_END;
	n = epoll_wait(ring->epoll_fd, &event, 1, timeout_ms);
	if (n <= 0)
		return n;
	if (event.events & EPOLLERR) {
		errno = EPERM;
		return -1;
	}
	ring->ended = !!(event.events & EPOLLHUP);
	return (event.events & (EPOLLIN | EPOLLPRI) ? TM_WAIT_RECORDS : 0) | (ring->ended ? TM_WAIT_END : 0);
}
