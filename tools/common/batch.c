// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "batch.h"

/* Some more than there are: there may be more by the time that we come again. */
static int make_room(struct batch *batch, size_t total)
{
	size_t room = total + total / 8 + 64;
	struct task_sample *samples = calloc(room, sizeof(*samples));

	if (!samples)
		return ENOMEM;
	free(batch->samples);
	batch->samples = samples;
	batch->room = room;
	return 0;
}

/* Of @session, or else of @dev. */
static int take(struct batch *batch, struct tm_session *session, struct tm_device *dev,
		uint64_t *time_ns)
{
	size_t total = 0;
	ssize_t n;
	int err;

	batch->count = 0;
	for (;;) {
		n = session ? tm_session_batch(session, batch->samples, batch->room, &total,
					       time_ns)
			    : tm_batch(dev, batch->samples, batch->room, &total);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (total <= batch->room)
			break;
		err = make_room(batch, total);
		if (err)
			return err;
	}
	batch->count = (size_t)n;
	return 0;
}

int batch_take(struct batch *batch, struct tm_session *session, uint64_t *time_ns)
{
	return take(batch, session, NULL, time_ns);
}

int batch_take_default(struct batch *batch, struct tm_device *dev)
{
	return take(batch, NULL, dev, NULL);
}

void batch_free(struct batch *batch)
{
	free(batch->samples);
	*batch = (struct batch){ 0 };
}
