// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the arguments of requests lie: in good memory, at the very end of it,
 * half behind its end, in memory that cannot be written, or in none at all.
 *
 * Around what is writable a poisoned margin tells of a module that writes
 * outside of what it was given.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "fuzz.h"

#define RW_PAGES    6
#define ARRAY_PAGES 8
#define MARGIN	    64

static char *map_pages(size_t pages, int fd)
{
	/* One more, for nothing. */
	char *at = mmap(NULL, (pages + 1) * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED ||
	    mmap(at, pages * PAGE_BYTES, PROT_READ | PROT_WRITE,
		 MAP_FIXED | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED), fd, 0) != at)
		tap_bail("no memory: %s", strerror(errno));
	return at;
}

void arena_make(struct arena *m)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE_BYTES))
		tap_bail("memfd: %s", strerror(errno));
	m->rw = map_pages(RW_PAGES, -1);
	m->rw_end = m->rw + RW_PAGES * PAGE_BYTES;
	m->array = map_pages(ARRAY_PAGES, -1);
	m->array_end = m->array + ARRAY_PAGES * PAGE_BYTES;
	m->ro_alias = map_pages(1, fd);
	m->ro = map_pages(1, fd);
	if (mprotect(m->ro, PAGE_BYTES, PROT_READ))
		tap_bail("mprotect: %s", strerror(errno));
	m->saved = map_pages(RW_PAGES, -1);
	close(fd);
}

void arena_drop(struct arena *m)
{
	munmap(m->rw, (RW_PAGES + 1) * PAGE_BYTES);
	munmap(m->array, (ARRAY_PAGES + 1) * PAGE_BYTES);
	munmap(m->ro_alias, 2 * PAGE_BYTES);
	munmap(m->ro, 2 * PAGE_BYTES);
	munmap(m->saved, (RW_PAGES + 1) * PAGE_BYTES);
}

static struct place place_make(char *at, size_t size, bool readable, bool writable)
{
	return (struct place){ .at = at, .size = size, .readable = readable,
			       .writable = writable, .low = at, .high = at };
}

/* Readable and writable, aligned as anything, odd, or up to the last byte of a page. */
struct place place_good(struct actor *a, size_t size)
{
	struct arena *m = &a->arena;

	switch (rng_below(&a->rng, 4)) {
	case 0: return place_make(m->rw_end - size, size, true, true);
	case 1: return place_make(m->rw + MARGIN + rng_below(&a->rng, 64), size, true, true);
	default: return place_make(m->rw + MARGIN, size, true, true);
	}
}

static struct place place_bad(struct actor *a, size_t size)
{
	static const uint64_t nowhere[] = {
		0, 8, 0x00007ffffffff000, 0x0000800000000000, 0xffff888000000000,
		0xffffffff81000000, 0xffffffffff600000, 0xfffffffffffffff8,
	};
	struct arena *m = &a->arena;
	uint64_t address;

	switch (size ? rng_below(&a->rng, 4) : 3) {
	case 0:	/* a part of it, or nothing */
		return place_make(m->rw_end - rng_below(&a->rng, (unsigned int)size), size, false,
				  false);
	case 1:
		if (size <= PAGE_BYTES)
			return place_make(m->ro, size, true, false);
		/* fall through */
	case 2: return place_make(m->rw_end, size, false, false);
	default:
		address = nowhere[rng_below(&a->rng, ARRAY_SIZE(nowhere))];
		return place_make((char *)(uintptr_t)address, size, !size, !size);
	}
}

struct place place_any(struct actor *a, size_t size)
{
	return rng_one_in(&a->rng, 6) ? place_bad(a, size) : place_good(a, size);
}

/* For the array that a structure points to: it has memory of its own. */
struct place place_array(struct actor *a, size_t size)
{
	struct arena *m = &a->arena;

	if (!rng_one_in(&a->rng, 8) && size <= ARRAY_PAGES * PAGE_BYTES)
		return place_make(m->array_end - size, size, true, true);
	if (size && size <= ARRAY_PAGES * PAGE_BYTES && rng_one_in(&a->rng, 2))
		return place_make(m->array_end - rng_below(&a->rng, (unsigned int)size), size,
				  false, false);
	return place_make(rng_one_in(&a->rng, 2) ? m->array_end : m->ro, size, !size, !size);
}

static bool is_rw(const struct arena *m, const char *at)
{
	return at >= m->rw && at <= m->rw_end;
}

/* Poison the place and its margin; then the argument goes in, as much as there is room. */
void place_fill(struct actor *a, struct place *p, const void *data, size_t size)
{
	struct arena *m = &a->arena;
	size_t room;

	if (p->at == m->ro) {
		memset(m->ro_alias, POISON, p->size);
		memcpy(m->ro_alias, data, size);
		return;
	}
	if (!is_rw(m, p->at))
		return;
	p->low = p->at - m->rw < MARGIN ? m->rw : p->at - MARGIN;
	p->high = (size_t)(m->rw_end - p->at) < p->size + MARGIN ? m->rw_end :
								   p->at + p->size + MARGIN;
	memset(p->low, POISON, p->high - p->low);
	room = m->rw_end - p->at;
	if (size)
		memcpy(p->at, data, size < room ? size : room);
	memcpy(m->saved + (p->low - m->rw), p->low, p->high - p->low);
}

static bool is_same(const struct arena *m, const char *from, const char *to)
{
	return from >= to || !memcmp(m->saved + (from - m->rw), from, to - from);
}

/* Nothing was written at all. */
bool place_untouched(struct actor *a, const struct place *p)
{
	return !is_rw(&a->arena, p->at) || is_same(&a->arena, p->low, p->high);
}

/* Nothing was written outside of the place. */
bool place_kept_inside(struct actor *a, const struct place *p)
{
	return !is_rw(&a->arena, p->at) || (is_same(&a->arena, p->low, p->at) &&
					    is_same(&a->arena, p->at + p->size, p->high));
}
