// SPDX-License-Identifier: GPL-2.0-only
/* Entries found by PID and start, as many as come. */
#include "../../common/identity.h"
#include "tap.h"

#define MANY	10000
#define TICK	10000000ULL	/* starts come in such steps */

/* Five lives of each PID. */
static struct task_sample nth(uint32_t i)
{
	return (struct task_sample){
		.pid = (int32_t)(1 + i / 5), .start_time_ns = i % 5 * TICK,
	};
}

/* How many of the first @n have the entry that they were given. */
static uint32_t found(const struct identities *ids, uint32_t n)
{
	uint32_t i, right = 0;

	for (i = 0; i < n; i++) {
		struct task_sample s = nth(i);

		right += identities_find(ids, &s) == i;
	}
	return right;
}

int main(void)
{
	struct task_sample s = nth(0), stranger = nth(MANY);
	struct identities ids = { 0 };
	uint32_t i, failed = 0;
	size_t slots;

	CHECK(identities_find(&ids, &s) == NO_ENTRY, "of none there is none");
	for (i = 0; i < MANY; i++) {
		s = nth(i);
		failed += identities_add(&ids, &s, i) != 0;
	}
	CHECK(!failed && ids.count == MANY, "%d are added", MANY);
	CHECK(found(&ids, MANY) == MANY, "each has its entry");
	CHECK(identities_find(&ids, &stranger) == NO_ENTRY, "a stranger has none");
	s = nth(7);
	s.start_time_ns++;
	CHECK(identities_find(&ids, &s) == NO_ENTRY, "nor has another start of a known PID");
	CHECK(ids.slot_count >= 2 * ids.count, "at most half of the slots are taken");

	slots = ids.slot_count;
	identities_clear(&ids);
	CHECK(found(&ids, MANY) == 0, "cleared: none has an entry");
	for (i = 0; i < MANY; i++) {
		s = nth(i);
		failed += identities_add(&ids, &s, i) != 0;
	}
	CHECK(!failed && ids.slot_count == slots && found(&ids, MANY) == MANY,
	      "as many again take no more memory");
	identities_free(&ids);
	CHECK(identities_find(&ids, &stranger) == NO_ENTRY, "freed: it is a set of none");
	return tap_end();
}
