// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history as it is mapped. A mapping of which parts have been taken away is
 * looked at by the kernel alone, on our behalf: there is no SIGBUS in that.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "fuzz.h"

#define CHUNK 32	/* records that the writer appends before it moves the head */

static struct mapping *pick_map(struct actor *a)
{
	struct mapping *m = &a->maps[rng_below(&a->rng, MAPS_MAX)];

	return m->at ? m : NULL;
}

void map_drop(struct mapping *m)
{
	if (m->at)
		munmap((void *)m->at, m->size);
	memset(m, 0, sizeof(*m));
}

static size_t ring_size(uint32_t records)
{
	return (PAGE_BYTES + records * SAMPLE_SIZE + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static const char *header_flaw(const struct tm_ring_header *h)
{
	if (h->magic != TM_RING_MAGIC || h->header_size != PAGE_BYTES || h->record_size != SAMPLE_SIZE ||
	    h->reserved)
		return "is not one";
	if (h->capacity < TM_RING_RECORDS_MIN || h->capacity > TM_RING_RECORDS_MAX ||
	    h->capacity & (h->capacity - 1))
		return "has a capacity that cannot be";
	if ((int64_t)h->targets_alive < 0)
		return "counts targets below 0";
	return words_flaw(h, sizeof(*h));
}

static void check_map(struct actor *a, struct mapping *m)
{
	const struct tm_ring_header *h = (const void *)m->at;
	const char *flaw = header_flaw(h);

	if (!flaw && m->capacity && h->capacity != m->capacity)
		flaw = "has changed its capacity";
	if (flaw)
		wrong(a, "mapping: the header %s", flaw);
	m->capacity = h->capacity;
}

/* Why this must not be mapped, or NULL. */
static const char *why_not(const struct entry *e, size_t size, int prot, off_t offset)
{
	if (prot & PROT_WRITE)
		return "to be written";
	if (offset)
		return "from its middle";
	if (surely_does_not(e))
		return "to one who may not control";
	if (e->own && size > ring_size(e->attr.ring_records))
		return "beyond its end";
	return NULL;
}

void op_map(struct actor *a)
{
	static const int errors[] = { EPERM, EINVAL, EACCES, ENOMEM, EOVERFLOW, ENODEV, 0 };
	struct mapping *m = &a->maps[rng_below(&a->rng, MAPS_MAX)];
	int prot = rng_one_in(&a->rng, 6) ? (int)rng_below(&a->rng, 8) : PROT_READ;
	int flags = rng_one_in(&a->rng, 6) ? MAP_PRIVATE : MAP_SHARED;
	off_t offset = rng_one_in(&a->rng, 10) ? (off_t)(rng_next(&a->rng) >> 1 & -PAGE_BYTES) : 0;
	struct entry *e = pick_file(a);
	size_t size;
	void *at;

	if (!e)
		return;
	size = e->own && rng_below(&a->rng, 8) ? ring_size(e->attr.ring_records) :
						  PAGE_BYTES * (1 + rng_below(&a->rng, 300));
	note(a, "mmap", e->fd, (long long)size, prot);
	at = mmap(NULL, size, prot, flags | (rng_one_in(&a->rng, 4) ? MAP_POPULATE : 0), e->fd,
		  offset);
	noted(a, at == MAP_FAILED ? -errno : 0);
	if (at == MAP_FAILED) {
		if (!is_in(-errno, errors))
			wrong(a, "mmap gave %s", strerror(errno));
		if (errno == EINVAL && !why_not(e, size, prot, offset) && e->own)
			wrong(a, "mmap refused %zu bytes of a history", size);
		return;
	}
	if (why_not(e, size, prot, offset))
		wrong(a, "mmap of a history %s", why_not(e, size, prot, offset));
	map_drop(m);
	*m = (struct mapping){ .at = at, .size = size, .spoilt = !(prot & PROT_READ) };
	if (!m->spoilt)
		check_map(a, m);
}

/*
 * The record @n, copied as the documents say a reader has to. If it is not whole
 * the writer must have come round meanwhile, or be about to.
 */
static void look_at(struct actor *a, struct mapping *m, uint64_t n)
{
	const struct tm_ring_header *h = (const void *)m->at;
	size_t at = PAGE_BYTES + (n - 1) % m->capacity * SAMPLE_SIZE;
	const struct task_sample *slot = (const void *)(m->at + at);
	struct task_sample s;
	const char *flaw;
	uint64_t seq, head;

	if (at + sizeof(s) > m->size)
		return;
	seq = __atomic_load_n(&slot->seq, __ATOMIC_ACQUIRE);
	memcpy(&s, slot, sizeof(s));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (seq == n && __atomic_load_n(&slot->seq, __ATOMIC_RELAXED) == n) {
		s.seq = n;
		flaw = sample_flaw(&s, IN_HISTORY);
		if (flaw)
			wrong(a, "mapping: record %llu %s", (unsigned long long)n, flaw);
		return;
	}
	head = __atomic_load_n(&h->head, __ATOMIC_ACQUIRE);
	if (head + CHUNK < n + m->capacity)
		wrong(a, "mapping: %llu is in the place of record %llu, head %llu",
		      (unsigned long long)seq, (unsigned long long)n, (unsigned long long)head);
}

void op_look(struct actor *a)
{
	struct mapping *m = pick_map(a);
	const struct tm_ring_header *h;
	char bytes[64];
	uint64_t head;

	if (!m)
		return;
	note(a, "look", (long long)(uintptr_t)m->at, m->spoilt, 0);
	if (m->spoilt) {
		/* By the kernel, on our behalf: it may not be there. */
		struct iovec to = { bytes, sizeof(bytes) };
		struct iovec from = { (char *)m->at + rng_below(&a->rng, (unsigned int)m->size),
				      sizeof(bytes) };

		noted(a, process_vm_readv(getpid(), &to, 1, &from, 1, 0) < 0 ? -errno : 0);
		return;
	}
	h = (const void *)m->at;
	head = __atomic_load_n(&h->head, __ATOMIC_ACQUIRE);
	noted(a, (long)(head >> 1));
	if (head < m->head)
		wrong(a, "mapping: the head went back from %llu to %llu",
		      (unsigned long long)m->head, (unsigned long long)head);
	m->head = head;
	check_map(a, m);
	if (head)
		look_at(a, m, head);
	if (head > 1)
		look_at(a, m, head - rng_next(&a->rng) % (head < m->capacity ? head : m->capacity));
}

/* All of it, or a page that makes two mappings out of one; its place stays taken. */
void op_unmap(struct actor *a)
{
	struct mapping *m = pick_map(a);
	size_t pages, page;

	if (!m)
		return;
	pages = m->size / PAGE_BYTES;
	page = rng_below(&a->rng, (unsigned int)pages);
	note(a, "munmap", (long long)(uintptr_t)m->at, (long long)page, (long long)pages);
	if (pages > 1 && rng_one_in(&a->rng, 2)) {
		noted(a, mmap((char *)m->at + page * PAGE_BYTES, PAGE_BYTES, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ?
				 -errno : 0);
		m->spoilt = m->holed = true;
	} else {
		map_drop(m);
		noted(a, 0);
	}
}

/* To another place, or smaller; it must not grow. */
void op_remap(struct actor *a)
{
	struct mapping *m = pick_map(a);
	size_t size;
	void *at;

	if (!m || m->spoilt)
		return;
	size = PAGE_BYTES * (1 + rng_below(&a->rng, (unsigned int)(2 * m->size / PAGE_BYTES)));
	note(a, "mremap", (long long)(uintptr_t)m->at, (long long)m->size, (long long)size);
	at = mremap((void *)m->at, m->size, size, MREMAP_MAYMOVE);
	noted(a, at == MAP_FAILED ? -errno : 0);
	if (at == MAP_FAILED)
		return;
	if (size > m->size)
		wrong(a, "mremap: a history of %zu bytes has grown to %zu", m->size, size);
	m->at = at;
	m->size = size;
}

void op_advise(struct actor *a)
{
	static const int advice[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTFORK,
		MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_MERGEABLE, MADV_COLD, MADV_PAGEOUT, MADV_POPULATE_READ,
		/* From here on pages may be gone afterwards. */
		MADV_POPULATE_WRITE, MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_WIPEONFORK,
	};
	struct mapping *m = pick_map(a);
	unsigned int which = rng_below(&a->rng, ARRAY_SIZE(advice));

	if (!m)
		return;
	note(a, "madvise", (long long)(uintptr_t)m->at, advice[which], 0);
	if (which >= 14)
		m->spoilt = true;
	/* A child of ours has the mapping only while we may fork it. */
	if (advice[which] == MADV_DONTFORK)
		m->spoilt = true;
	noted(a, madvise((void *)m->at, m->size, advice[which]) ? -errno : 0);
}

/* By nobody, in no way. */
void op_overwrite(struct actor *a)
{
	struct mapping *m = pick_map(a);
	unsigned int which = rng_below(&a->rng, 3);
	struct iovec to, from;
	char zero[8] = { 0 };
	long done = -1;
	int fd;

	if (!m || m->holed)
		return;
	to = (struct iovec){ (char *)m->at, sizeof(zero) };
	from = (struct iovec){ zero, sizeof(zero) };
	note(a, "overwrite", (long long)(uintptr_t)m->at, which, 0);
	switch (which) {
	case 0:
		done = mprotect((void *)m->at, PAGE_BYTES, PROT_READ | PROT_WRITE);
		break;
	case 1:
		done = process_vm_writev(getpid(), &from, 1, &to, 1, 0);
		break;
	case 2:
		fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
		done = pwrite(fd, zero, sizeof(zero), (off_t)(uintptr_t)m->at);
		close(fd);
		break;
	}
	noted(a, done < 0 ? -errno : done);
	if (done >= 0)
		wrong(a, "a mapped history was written to, or made writable (%u)", which);
}
