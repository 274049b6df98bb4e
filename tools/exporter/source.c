// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "clock.h"
#include "source.h"

#define RING_MOST	16384	/* records: 4 MiB, which an ordinary user may lock */
#define RING_LEAST	1024

#define KINDS	(1u << TM_KIND_FORK | 1u << TM_KIND_EXEC | 1u << TM_KIND_EXIT)

/* Return: 0, or what errno was. */
static int open_of_length(struct source *source, uint32_t records)
{
	struct tm_session_attr attr = {
		.scope = TM_SCOPE_SYSTEM,
		.cgroup_fd = -1,
		.kinds = KINDS,
		.ring_records = records,
		.watermark = records / 4,
	};
	int err;

	source->session = tm_session_open(source->device, &attr);
	if (!source->session)
		return errno;
	source->ring = tm_ring_map(source->session);
	if (source->ring)
		return 0;
	err = errno;
	tm_session_close(source->session);
	source->session = NULL;
	return err;
}

/* Whether it is still time to keep away. A device that is gone has made way. */
static bool keeps_away(struct source *source)
{
	if (!source->released_ns)
		return false;
	if (clock_monotonic_ns() < source->released_ns && !access(source->device, F_OK))
		return true;
	source->released_ns = 0;
	return false;
}

int source_open(struct source *source)
{
	struct tm_state state;
	uint32_t records;
	int err = 0;

	if (source->session)
		return 0;
	if (keeps_away(source))
		return EAGAIN;
	/* A shorter history where a long one may not be locked. */
	for (records = RING_MOST; records >= RING_LEAST; records /= 2) {
		err = open_of_length(source, records);
		if (err != ENOMEM)
			break;
	}
	if (err)
		return err;
	source->cursor = 0;
	source->sessions++;
	if (!tm_session_state(source->session, &state))
		source->version = state.version;
	return 0;
}

uint64_t source_unwatched(const struct source *source)
{
	return source->unwatched + (source->ring ? tm_ring_dropped(source->ring) : 0);
}

uint64_t source_cost_ns(const struct source *source)
{
	struct tm_state state;

	if (!source->session || tm_session_state(source->session, &state))
		return source->cost_ns;
	return source->cost_ns + state.cost_ns;
}

/* What is mapped goes last, see tm_session_close(). */
void source_close(struct source *source)
{
	source->unwatched = source_unwatched(source);
	source->cost_ns = source_cost_ns(source);
	tm_session_close(source->session);
	tm_ring_unmap(source->ring);
	batch_free(&source->batch);
	source->session = NULL;
	source->ring = NULL;
}

void source_release(struct source *source)
{
	source_close(source);
	source->released_ns = clock_monotonic_ns() + RELEASE_NS;
}

void source_drain(struct source *source, struct account *account)
{
	struct task_sample record;

	while (source->ring &&
	       tm_ring_next(source->ring, &source->cursor, &record, &source->lost)) {
		source->records++;
		account_record(account, &record);
	}
}

int source_batch(struct source *source, struct account *account)
{
	uint64_t time_ns;
	size_t i;
	int err;

	source_drain(source, account);
	err = batch_take(&source->batch, source->session, &time_ns);
	if (err)
		return err;
	account_begin(account, time_ns);
	for (i = 0; i < source->batch.count; i++)
		account_sample(account, &source->batch.samples[i]);
	source_drain(source, account);
	account_end(account);
	return 0;
}
