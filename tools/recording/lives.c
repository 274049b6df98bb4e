// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "lives.h"

#define FIRST_CHAINS	1024	/* a power of two */

int lives_init(struct lives *lives)
{
	*lives = (struct lives){ .chain_count = FIRST_CHAINS };
	lives->chains = calloc(FIRST_CHAINS, sizeof(struct life *));
	return lives->chains ? 0 : -1;
}

void lives_free(struct lives *lives)
{
	size_t i;

	for (i = 0; lives->chains && i < lives->chain_count; i++) {
		struct life *life = lives->chains[i], *next;

		for (; life; life = next) {
			next = life->next;
			free(life);
		}
	}
	free(lives->chains);
	*lives = (struct lives){ 0 };
}

static size_t chain_of(int32_t pid, size_t chain_count)
{
	return (uint32_t)pid * UINT32_C(0x9e3779b1) & (chain_count - 1);
}

static bool is_thread(const struct task_sample *record)
{
	return record->flags & TM_SAMPLE_THREAD;
}

static bool is_of(const struct life *life, const struct task_sample *record)
{
	return life->last.pid == record->pid &&
	       life->last.start_time_ns == record->start_time_ns &&
	       is_thread(&life->last) == is_thread(record);
}

struct life *lives_find(const struct lives *lives, const struct task_sample *record)
{
	struct life *life = lives->chains[chain_of(record->pid, lives->chain_count)];

	while (life && !is_of(life, record))
		life = life->next;
	return life;
}

struct life *lives_of_pid(const struct lives *lives, int32_t pid)
{
	struct life *life = lives->chains[chain_of(pid, lives->chain_count)];

	while (life && (life->last.pid != pid || is_thread(&life->last)))
		life = life->next;
	return life;
}

/* Chains keep their order: the latest first. Without memory they just stay long. */
static void grow(struct lives *lives)
{
	size_t count = 2 * lives->chain_count, i;
	struct life **chains = calloc(count, sizeof(struct life *)), ***ends;

	ends = calloc(count, sizeof(*ends));
	for (i = 0; chains && ends && i < count; i++)
		ends[i] = &chains[i];
	for (i = 0; chains && ends && i < lives->chain_count; i++) {
		struct life *life = lives->chains[i], *next;

		for (; life; life = next) {
			struct life ***end = &ends[chain_of(life->last.pid, count)];

			next = life->next;
			life->next = NULL;
			**end = life;
			*end = &life->next;
		}
	}
	if (chains && ends) {
		free(lives->chains);
		lives->chains = chains;
		lives->chain_count = count;
	} else {
		free(chains);
	}
	free(ends);
}

struct life *lives_add(struct lives *lives, const struct task_sample *record)
{
	struct life *life = calloc(1, sizeof(*life)), **chain;

	if (!life)
		return NULL;
	if (lives->count >= lives->chain_count)
		grow(lives);
	life->last = *record;
	life->ppid = record->ppid;
	life->first_ns = record->time_ns;
	life->last_ns = record->time_ns;
	chain = &lives->chains[chain_of(record->pid, lives->chain_count)];
	life->next = *chain;
	*chain = life;
	lives->count++;
	lives->alive++;
	return life;
}

void lives_touch(struct lives *lives, struct life *life)
{
	if (life->dirty)
		return;
	life->dirty = true;
	life->next_dirty = lives->dirty;
	lives->dirty = life;
}

struct life *lives_take_dirty(struct lives *lives)
{
	struct life *life = lives->dirty;

	if (life) {
		lives->dirty = life->next_dirty;
		life->dirty = false;
	}
	return life;
}

void lives_set_stage(struct lives *lives, struct life *life, enum life_stage stage)
{
	if (stage <= life->stage)
		return;
	lives->alive -= life->stage == LIFE_ALIVE;
	lives->exiting -= life->stage == LIFE_EXITING;
	lives->exiting += stage == LIFE_EXITING;
	life->stage = stage;
}

void lives_forget(struct lives *lives, uint64_t time_ns)
{
	size_t i;

	for (i = 0; i < lives->chain_count; i++) {
		struct life **link = &lives->chains[i];

		while (*link) {
			struct life *life = *link;

			if (life->stage == LIFE_GONE && !life->dirty && life->last_ns < time_ns) {
				*link = life->next;
				free(life);
				lives->count--;
			} else {
				link = &life->next;
			}
		}
	}
}

int lives_each(const struct lives *lives, int (*visit)(struct life *life, void *arg), void *arg)
{
	struct life *life;
	size_t i;
	int ret;

	for (i = 0; i < lives->chain_count; i++) {
		for (life = lives->chains[i]; life; life = life->next) {
			ret = visit(life, arg);
			if (ret)
				return ret;
		}
	}
	return 0;
}
