/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine says of itself in /proc: memory and load. */
#ifndef TMCTL_TOP_MACHINE_H
#define TMCTL_TOP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct machine - how it is doing
 * @cpus: that are online
 * @memory_known: whether the next four are
 * @total_bytes: of memory
 * @available_bytes: of that
 * @swap_total_bytes: of swap
 * @swap_free_bytes: of that
 * @load: of the last minute, five and fifteen, as /proc/loadavg says it; "": not known
 */
struct machine {
	unsigned int cpus;
	bool memory_known;
	uint64_t total_bytes;
	uint64_t available_bytes;
	uint64_t swap_total_bytes;
	uint64_t swap_free_bytes;
	char load[32];
};

/* Read it afresh. */
void machine_read(struct machine *machine);

/* From the text of /proc/meminfo. False: a figure is missing. */
bool machine_parse_memory(struct machine *machine, const char *text);

#endif /* TMCTL_TOP_MACHINE_H */
