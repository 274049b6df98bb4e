// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "watch_members.h"

#define NOBODY	UINT32_MAX

/* Where it stands, or the free place where it would: open addressing, never more than half full. */
static uint32_t *slot_of(const struct members *m, const struct task_sample *s)
{
	uint64_t hash = (s->start_time_ns ^ (uint64_t)(uint32_t)s->pid << 32) *
			UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 32) & (m->slot_count - 1);

	while (m->slots[i] != NOBODY && !same_process(&m->list[m->slots[i]].run.last, s))
		i = (i + 1) & (m->slot_count - 1);
	return &m->slots[i];
}

static void enter_all(struct members *m)
{
	size_t i;

	memset(m->slots, 0xff, m->slot_count * sizeof(*m->slots));
	for (i = 0; i < m->count; i++)
		*slot_of(m, &m->list[i].run.last) = (uint32_t)i;
}

static bool grow(struct members *m)
{
	size_t room = m->room ? 2 * m->room : 64;
	struct member *list = realloc(m->list, room * sizeof(*list));
	uint32_t *slots;

	if (!list)
		return false;
	m->list = list;
	slots = malloc(2 * room * sizeof(*slots));
	if (!slots)
		return false;
	free(m->slots);
	m->slots = slots;
	m->slot_count = 2 * room;
	m->room = room;
	enter_all(m);
	return true;
}

struct member *members_find(struct members *m, const struct task_sample *sample, bool *is_new)
{
	struct member *member;
	uint32_t *slot;

	if (m->count == m->room && !grow(m))
		return NULL;
	slot = slot_of(m, sample);
	*is_new = *slot == NOBODY;
	if (!*is_new)
		return &m->list[*slot];
	*slot = (uint32_t)m->count;
	member = &m->list[m->count++];
	memset(member, 0, sizeof(*member));
	member->run.last.pid = sample->pid;
	member->run.last.start_time_ns = sample->start_time_ns;
	return member;
}

size_t members_forget(struct members *m, uint64_t tick)
{
	bool keep_shown = m->count < MEMBERS_KEPT;
	size_t i, kept = 0, forgotten = 0;

	for (i = 0; i < m->count; i++) {
		const struct member *member = &m->list[i];

		if (member->tick >= tick || (member->shown && keep_shown))
			m->list[kept++] = *member;
		else
			forgotten += member->shown;
	}
	if (kept != m->count) {
		m->count = kept;
		enter_all(m);
	}
	return forgotten;
}

void members_free(struct members *m)
{
	free(m->list);
	free(m->slots);
}
