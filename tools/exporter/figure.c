// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "figure.h"

static const struct {
	size_t offset;
	uint64_t valid;
} places[FIGURES] = {
	[FIGURE_UTIME] = { offsetof(struct task_sample, utime), TM_VALID_CPU },
	[FIGURE_STIME] = { offsetof(struct task_sample, stime), TM_VALID_CPU },
	[FIGURE_RUN_DELAY] = { offsetof(struct task_sample, run_delay_ns), TM_VALID_RUN_DELAY },
	[FIGURE_MIN_FLT] = { offsetof(struct task_sample, min_flt), TM_VALID_FAULTS },
	[FIGURE_MAJ_FLT] = { offsetof(struct task_sample, maj_flt), TM_VALID_FAULTS },
	[FIGURE_NVCSW] = { offsetof(struct task_sample, nvcsw), TM_VALID_SWITCHES },
	[FIGURE_NIVCSW] = { offsetof(struct task_sample, nivcsw), TM_VALID_SWITCHES },
	[FIGURE_READ] = { offsetof(struct task_sample, read_bytes), TM_VALID_IO_BYTES },
	[FIGURE_WRITE] = { offsetof(struct task_sample, write_bytes), TM_VALID_IO_BYTES },
	[FIGURE_RCHAR] = { offsetof(struct task_sample, rchar_bytes), TM_VALID_IO_CHARS },
	[FIGURE_WCHAR] = { offsetof(struct task_sample, wchar_bytes), TM_VALID_IO_CHARS },
};

void figures_advance(struct figures *sum, struct figures *last, const struct task_sample *sample)
{
	unsigned int i;

	for (i = 0; i < FIGURES; i++) {
		uint64_t value;

		if (!(sample->valid & places[i].valid))
			continue;
		memcpy(&value, (const char *)sample + places[i].offset, sizeof(value));
		sum->known |= 1u << i;
		last->known |= 1u << i;
		if (value <= last->value[i])
			continue;
		sum->value[i] += value - last->value[i];
		last->value[i] = value;
	}
}
