// SPDX-License-Identifier: GPL-2.0-only
#include "amount.h"

void amounts_advance(struct amounts *sum, struct amounts *last, const struct task_sample *sample)
{
	unsigned int i;

	for (i = 0; i < FIGURE_COUNT; i++) {
		uint64_t value;

		if (!figures[i].counter || !(sample->valid & figures[i].needs))
			continue;
		value = figure_get(&figures[i], sample);
		sum->known |= 1u << i;
		last->known |= 1u << i;
		if (value <= last->value[i])
			continue;
		sum->value[i] += value - last->value[i];
		last->value[i] = value;
	}
}
