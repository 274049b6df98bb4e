// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "identity.h"

#define FIRST_SLOTS	256	/* a power of two */

/* Where it stands, or the free slot where it would. */
static struct identity_slot *slot_of(const struct identities *ids, int32_t pid, uint64_t start_ns)
{
	uint64_t hash = (start_ns ^ (uint64_t)(uint32_t)pid << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 32) & (ids->slot_count - 1);

	while (ids->slots[i].entry != NO_ENTRY &&
	       (ids->slots[i].pid != pid || ids->slots[i].start_time_ns != start_ns))
		i = (i + 1) & (ids->slot_count - 1);
	return &ids->slots[i];
}

static int make_room(struct identities *ids)
{
	struct identities old = *ids;
	size_t i;

	if (ids->count < ids->slot_count / 2)
		return 0;
	ids->slot_count = old.slot_count ? 2 * old.slot_count : FIRST_SLOTS;
	ids->slots = calloc(ids->slot_count, sizeof(*ids->slots));
	if (!ids->slots) {
		*ids = old;
		return -ENOMEM;
	}
	identities_clear(ids);
	for (i = 0; i < old.slot_count; i++) {
		const struct identity_slot *slot = &old.slots[i];

		if (slot->entry != NO_ENTRY)
			*slot_of(ids, slot->pid, slot->start_time_ns) = *slot;
	}
	ids->count = old.count;
	free(old.slots);
	return 0;
}

uint32_t identities_find(const struct identities *ids, const struct task_sample *sample)
{
	if (!ids->slot_count)
		return NO_ENTRY;
	return slot_of(ids, sample->pid, sample->start_time_ns)->entry;
}

int identities_add(struct identities *ids, const struct task_sample *sample, uint32_t entry)
{
	int err = make_room(ids);

	if (err)
		return err;
	*slot_of(ids, sample->pid, sample->start_time_ns) = (struct identity_slot){
		.start_time_ns = sample->start_time_ns,
		.pid = sample->pid,
		.entry = entry,
	};
	ids->count++;
	return 0;
}

void identities_clear(struct identities *ids)
{
	size_t i;

	for (i = 0; i < ids->slot_count; i++)
		ids->slots[i].entry = NO_ENTRY;
	ids->count = 0;
}

void identities_free(struct identities *ids)
{
	free(ids->slots);
	*ids = (struct identities){ 0 };
}
