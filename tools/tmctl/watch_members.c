// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "watch_members.h"

#define FIRST_ROOM	64

static bool make_room(struct members *m)
{
	size_t room = m->room ? 2 * m->room : FIRST_ROOM;
	struct member *list;

	if (m->count < m->room)
		return true;
	list = realloc(m->list, room * sizeof(*list));
	if (!list)
		return false;
	m->list = list;
	m->room = room;
	return true;
}

struct member *members_find(struct members *m, const struct task_sample *sample, bool *is_new)
{
	uint32_t entry = identities_find(&m->identities, sample);
	struct member *member;

	*is_new = entry == NO_ENTRY;
	if (!*is_new)
		return &m->list[entry];
	if (!make_room(m) || identities_add(&m->identities, sample, (uint32_t)m->count))
		return NULL;
	member = &m->list[m->count++];
	memset(member, 0, sizeof(*member));
	member->run.last.pid = sample->pid;
	member->run.last.start_time_ns = sample->start_time_ns;
	return member;
}

/* Their numbers have changed. There are fewer than there were: memory is there. */
static void enter_all(struct members *m)
{
	size_t i;

	identities_clear(&m->identities);
	for (i = 0; i < m->count; i++)
		identities_add(&m->identities, &m->list[i].run.last, (uint32_t)i);
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
	identities_free(&m->identities);
}
