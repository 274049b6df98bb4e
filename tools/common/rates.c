// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic alone: no input, no output, no clock. */
#include <string.h>

#include "rates.h"

bool same_process(const struct task_sample *a, const struct task_sample *b)
{
	return a->pid == b->pid && a->start_time_ns == b->start_time_ns;
}

static double percent(uint64_t from, uint64_t to, uint64_t duration)
{
	return 100.0 * (double)(to - from) / (double)duration;
}

/* Two counters of one group, both or none. */
static bool per_second(uint64_t duration, uint64_t from1, uint64_t to1, double *rate1,
		       uint64_t from2, uint64_t to2, double *rate2)
{
	if (to1 < from1 || to2 < from2)
		return false;
	*rate1 = 1e9 * (double)(to1 - from1) / (double)duration;
	*rate2 = 1e9 * (double)(to2 - from2) / (double)duration;
	return true;
}

static void counts_between(struct rates *r, const struct task_sample *from,
			   const struct task_sample *to)
{
	uint64_t both = from->valid & to->valid;

	r->faults_known = both & TM_VALID_FAULTS &&
		per_second(r->duration_ns, from->min_flt, to->min_flt, &r->min_flt,
			   from->maj_flt, to->maj_flt, &r->maj_flt);
	r->switches_known = both & TM_VALID_SWITCHES &&
		per_second(r->duration_ns, from->nvcsw, to->nvcsw, &r->nvcsw,
			   from->nivcsw, to->nivcsw, &r->nivcsw);
	r->io_known = both & TM_VALID_IO_BYTES &&
		per_second(r->duration_ns, from->read_bytes, to->read_bytes, &r->read,
			   from->write_bytes, to->write_bytes, &r->write);
}

struct rates rates_between(const struct task_sample *from, const struct task_sample *to)
{
	uint64_t both = from->valid & to->valid;
	struct rates rates;

	memset(&rates, 0, sizeof(rates));
	if (!same_process(from, to) || to->time_ns <= from->time_ns)
		return rates;
	rates.duration_ns = to->time_ns - from->time_ns;

	if (both & TM_VALID_CPU && to->utime >= from->utime && to->stime >= from->stime) {
		rates.cpu_known = true;
		rates.usr = percent(from->utime, to->utime, rates.duration_ns);
		rates.sys = percent(from->stime, to->stime, rates.duration_ns);
		rates.cpu = rates.usr + rates.sys;
	}
	if (both & TM_VALID_RUN_DELAY && to->run_delay_ns >= from->run_delay_ns) {
		rates.wait_known = true;
		rates.wait = percent(from->run_delay_ns, to->run_delay_ns, rates.duration_ns);
	}
	counts_between(&rates, from, to);
	return rates;
}

void run_begin(struct run *run, const struct task_sample *first)
{
	memset(run, 0, sizeof(*run));
	run->first = *first;
	run->last = *first;
}

struct rates run_add(struct run *run, const struct task_sample *sample)
{
	struct rates rates = rates_between(&run->last, sample);

	run->last = *sample;
	run->rows++;
	if (sample->valid & TM_VALID_MEM) {
		/* Step by step: a sum of bytes over days could overflow. */
		run->rss_rows++;
		run->rss_mean += ((double)sample->rss_bytes - run->rss_mean) /
				 (double)run->rss_rows;
	}
	return rates;
}

struct rates run_average(const struct run *run, struct task_sample *sample)
{
	*sample = run->last;
	if (run->rss_rows) {
		sample->valid |= TM_VALID_MEM;
		sample->rss_bytes = (uint64_t)(run->rss_mean + 0.5);
	} else {
		sample->valid &= ~TM_VALID_MEM;
	}
	return rates_between(&run->first, &run->last);
}

uint64_t next_deadline(uint64_t deadline, uint64_t interval, uint64_t now)
{
	deadline += interval;
	if (deadline <= now)
		deadline += ((now - deadline) / interval + 1) * interval;
	return deadline;
}
