// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "record_target.h"

/*
 * Of a thousand processes ten times a second these are six seconds: so long the
 * disk may keep us waiting. Where less memory may be locked there is less.
 */
#define RING_RECORDS		65536
#define RING_RECORDS_LEAST	1024

/* Any other error is one that the session itself will meet. */
static bool fits(const char *device, uint32_t records)
{
	struct tm_session_attr attr = { .flags = TM_SESSION_STOPPED, .ring_records = records };
	struct tm_session *session = tm_session_open(device, &attr);
	bool fitting = session || errno != ENOMEM;

	tm_session_close(session);
	return fitting;
}

uint32_t target_ring_records(const char *device, uint32_t wanted)
{
	uint32_t records = RING_RECORDS;

	if (wanted)
		return fits(device, wanted) ? wanted : 0;
	while (records > RING_RECORDS_LEAST && !fits(device, records))
		records /= 2;
	return records;
}

int target_map(struct target *target)
{
	target->ring = tm_ring_map(target->session);
	return target->ring ? 0 : -1;
}

void target_close(struct target *target)
{
	tm_ring_unmap(target->ring);
	tm_session_close(target->session);
}
