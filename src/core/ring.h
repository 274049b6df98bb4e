/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TM_CORE_RING_H
#define TM_CORE_RING_H

#include <linux/spinlock.h>
#include <linux/taskmonitor.h>

struct vm_area_struct;

/**
 * struct tm_ring - a history: the newest records of a session
 * @lock: serialises writers. Raw, interrupts off: probes write. Readers, those
 *	in user space too, take none.
 * @header: the first page of the mapping; written here, never read back
 * @records: behind it
 * @head: records written so far; written under @lock
 * @mask: capacity - 1; the capacity is a power of two
 */
struct tm_ring {
	raw_spinlock_t lock;
	struct tm_ring_header *header;
	struct task_sample *records;
	u64 head;
	u32 mask;
};

/* What tm_ring_read() found. */
enum tm_ring_result {
	TM_RING_READ,	/* the record */
	TM_RING_EMPTY,	/* that one has not been written yet */
	TM_RING_LOST,	/* it was overwritten */
};

size_t tm_ring_bytes(u32 capacity);
int tm_ring_create(struct tm_ring *ring, u32 capacity);
void tm_ring_destroy(struct tm_ring *ring);
u64 tm_ring_write(struct tm_ring *ring, struct task_sample *samples, unsigned int n);
enum tm_ring_result tm_ring_read(const struct tm_ring *ring, u64 seq, struct task_sample *sample);
int tm_ring_mmap(struct tm_ring *ring, struct vm_area_struct *vma);

static inline u64 tm_ring_head(const struct tm_ring *ring)
{
	return smp_load_acquire(&ring->head);
}

static inline u32 tm_ring_capacity(const struct tm_ring *ring)
{
	return ring->mask + 1;
}

#endif /* TM_CORE_RING_H */
