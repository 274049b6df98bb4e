// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "group.h"

static size_t bucket_of(const char *label)
{
	uint32_t hash = 2166136261u;

	for (; *label; label++)
		hash = (hash ^ (unsigned char)*label) * 16777619u;
	return hash % GROUP_BUCKETS;
}

static struct group *find(const struct groups *groups, const char *label)
{
	struct group *group = groups->buckets[bucket_of(label)];

	while (group && strcmp(group->label, label))
		group = group->next;
	return group;
}

static void drop(struct group *group)
{
	free(group->label);
	free(group);
}

static struct group *add(struct groups *groups, const char *label)
{
	struct group **bucket = &groups->buckets[bucket_of(label)];
	struct group *group = calloc(1, sizeof(*group));

	if (!group)
		return NULL;
	group->label = strdup(label);
	if (!group->label) {
		free(group);
		return NULL;
	}
	group->next = *bucket;
	*bucket = group;
	return group;
}

int groups_init(struct groups *groups, size_t limit)
{
	memset(groups, 0, sizeof(*groups));
	groups->limit = limit;
	groups->other = add(groups, GROUP_OTHER);
	groups->kernel = add(groups, GROUP_KERNEL);
	if (groups->other && groups->kernel)
		return 0;
	groups_free(groups);
	return -1;
}

void groups_free(struct groups *groups)
{
	size_t i;

	for (i = 0; i < GROUP_BUCKETS; i++) {
		while (groups->buckets[i]) {
			struct group *group = groups->buckets[i];

			groups->buckets[i] = group->next;
			drop(group);
		}
	}
	memset(groups, 0, sizeof(*groups));
}

struct group *group_enter(struct group *group)
{
	group->members++;
	return group;
}

struct group *groups_enter(struct groups *groups, const char *label)
{
	struct group *group = find(groups, label);

	if (!group && groups->count < groups->limit) {
		group = add(groups, label);
		groups->count += group ? 1 : 0;
	}
	if (!group) {
		group = groups->other;
		groups->turned_away++;
	}
	return group_enter(group);
}

void group_leave(struct group *group, uint64_t now_ns)
{
	if (!--group->members)
		group->idle_since_ns = now_ns;
}

/* Whatever it had counted goes with it: had "other" inherited that, its rate would jump. */
static bool is_stale(const struct groups *groups, const struct group *group, uint64_t now_ns)
{
	return group != groups->other && group != groups->kernel && !group->members &&
	       now_ns > group->idle_since_ns && now_ns - group->idle_since_ns >= GROUP_IDLE_NS;
}

void groups_begin(struct groups *groups, uint64_t now_ns)
{
	size_t i;

	for (i = 0; i < GROUP_BUCKETS; i++) {
		struct group **link = &groups->buckets[i];

		while (*link) {
			struct group *group = *link;

			if (is_stale(groups, group, now_ns)) {
				*link = group->next;
				drop(group);
				groups->count--;
				groups->forgotten++;
				continue;
			}
			group->processes = 0;
			group->threads = 0;
			group->rss_bytes = 0;
			group->swap_bytes = 0;
			group->memory_known = false;
			link = &group->next;
		}
	}
}

struct group *groups_next(const struct groups *groups, const struct group *group)
{
	size_t i = 0;

	if (group && group->next)
		return group->next;
	if (group)
		i = bucket_of(group->label) + 1;
	for (; i < GROUP_BUCKETS; i++) {
		if (groups->buckets[i])
			return groups->buckets[i];
	}
	return NULL;
}
