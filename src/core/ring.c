// SPDX-License-Identifier: GPL-2.0-only
/*
 * History: a ring of whole records that nobody has to watch.
 *
 * The writer never waits: it overwrites the oldest. A reader finds out by
 * itself, from the record alone: record n is whole if its seq was n before it
 * was copied and is n afterwards. So readers in user space need neither lock
 * nor system call, however fast the writer is, and a reader that is stopped for
 * an hour holds up nobody. include/uapi/linux/taskmonitor.h has the protocol
 * from their side.
 *
 * Memory is mapped read-only, and the kernel keeps its own head and mask: what
 * a program may do to its mapping matters to nobody else.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "../compat.h"
#include "ring.h"

size_t tm_ring_bytes(u32 capacity)
{
	return PAGE_ALIGN(PAGE_SIZE + (size_t)capacity * sizeof(struct task_sample));
}

/**
 * tm_ring_create - an empty ring
 * @ring: to be set up
 * @capacity: records, a power of two
 *
 * Return: 0 or -ENOMEM.
 */
int tm_ring_create(struct tm_ring *ring, u32 capacity)
{
	void *memory = vmalloc_user(tm_ring_bytes(capacity));

	if (!memory)
		return -ENOMEM;
	raw_spin_lock_init(&ring->lock);
	ring->header = memory;
	ring->records = memory + PAGE_SIZE;
	ring->head = 0;
	ring->mask = capacity - 1;
	ring->header->magic = TM_RING_MAGIC;
	ring->header->header_size = PAGE_SIZE;
	ring->header->record_size = sizeof(struct task_sample);
	ring->header->capacity = capacity;
	return 0;
}

/** tm_ring_destroy - its memory goes when the last mapping has. @ring: also one never created */
void tm_ring_destroy(struct tm_ring *ring)
{
	vfree(ring->header);
	ring->header = NULL;
}

static __always_inline void tm_ring_put(struct tm_ring *ring, u64 seq, struct task_sample *sample)
{
	struct task_sample *slot = &ring->records[(seq - 1) & ring->mask];

	WRITE_ONCE(slot->seq, 0);
	smp_wmb();	/* pairs with the barrier before the second look at seq */
	memcpy(slot, sample, sizeof(*slot));
	smp_store_release(&slot->seq, seq);	/* pairs with the first look at seq */
	sample->seq = seq;
}

/**
 * tm_ring_write - append records
 * @ring: the ring
 * @samples: the records, with seq 0; it is set to their numbers
 * @n: how many, at least one
 *
 * From any context. Return: the last one's number.
 */
u64 tm_ring_write(struct tm_ring *ring, struct task_sample *samples, unsigned int n)
{
	unsigned long flags;
	u64 seq;

	raw_spin_lock_irqsave(&ring->lock, flags);
	for (seq = ring->head; n; n--, samples++)
		tm_ring_put(ring, ++seq, samples);
	smp_store_release(&ring->header->head, seq);
	smp_store_release(&ring->head, seq);	/* pairs with tm_ring_head() */
	raw_spin_unlock_irqrestore(&ring->lock, flags);
	return seq;
}

/**
 * tm_ring_read - copy a record out
 * @ring: the ring
 * @seq: which, from 1
 * @sample: filled where TM_RING_READ is returned
 */
enum tm_ring_result tm_ring_read(const struct tm_ring *ring, u64 seq, struct task_sample *sample)
{
	const struct task_sample *slot = &ring->records[(seq - 1) & ring->mask];

	if (seq > tm_ring_head(ring))
		return TM_RING_EMPTY;
	if (smp_load_acquire(&slot->seq) != seq)
		return TM_RING_LOST;
	memcpy(sample, slot, sizeof(*sample));
	smp_rmb();	/* the copy before the second look */
	return READ_ONCE(slot->seq) == seq ? TM_RING_READ : TM_RING_LOST;
}

/**
 * tm_ring_mmap - map the header and the records behind it, for reading
 *
 * @ring: the ring
 * @vma: from the ring's beginning, as much of it as is wanted
 *
 * Return: 0; -EINVAL (beyond the end, or not from the beginning); -EPERM (to
 * be written, now or by a later mprotect()).
 */
int tm_ring_mmap(struct tm_ring *ring, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	if (vma->vm_pgoff ||
	    vma->vm_end - vma->vm_start > tm_ring_bytes(tm_ring_capacity(ring)))
		return -EINVAL;
	tm_vm_forbid_write(vma);
	return remap_vmalloc_range(vma, ring->header, 0);
}
