// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sample as a row of text, the same in every file that has rows.
 *
 * It is the lab's line, then further "key value" pairs, comm last since it may
 * hold anything. New pairs go before comm. A figure that is unknown is "-".
 */
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "../compat.h"
#include "session.h"

static void tm_put(struct seq_file *m, const struct task_sample *s, u64 valid, const char *key,
		   u64 value)
{
	seq_printf(m, " %s ", key);
	if (s->valid & valid)
		seq_put_decimal_ull(m, "", value);
	else
		seq_putc(m, '-');
}

/**
 * tm_show_row - a sample as a row
 * @m: where to
 * @s: the sample
 */
void tm_show_row(struct seq_file *m, const struct task_sample *s)
{
	if (s->valid & TM_VALID_CPU)
		seq_printf(m, "pid %d usr %llu sys %llu", s->pid, s->utime, s->stime);
	else
		seq_printf(m, "pid %d usr - sys -", s->pid);
	seq_printf(m, " state %c ppid %d uid %u threads %u cpu %u", s->state, s->ppid, s->uid,
		   s->threads, s->cpu);
	seq_printf(m, " start_time_ns %llu", s->start_time_ns);
	tm_put(m, s, TM_VALID_MEM, "vsize_bytes", s->vsize_bytes);
	tm_put(m, s, TM_VALID_MEM, "rss_bytes", s->rss_bytes);
	tm_put(m, s, TM_VALID_PEAK_RSS, "peak_rss_bytes", s->peak_rss_bytes);
	tm_put(m, s, TM_VALID_MEM, "swap_bytes", s->swap_bytes);
	tm_put(m, s, TM_VALID_FAULTS, "min_flt", s->min_flt);
	tm_put(m, s, TM_VALID_FAULTS, "maj_flt", s->maj_flt);
	tm_put(m, s, TM_VALID_SWITCHES, "nvcsw", s->nvcsw);
	tm_put(m, s, TM_VALID_SWITCHES, "nivcsw", s->nivcsw);
	tm_put(m, s, TM_VALID_RUN_DELAY, "run_delay_ns", s->run_delay_ns);
	tm_put(m, s, TM_VALID_IO_BYTES, "read_bytes", s->read_bytes);
	tm_put(m, s, TM_VALID_IO_BYTES, "write_bytes", s->write_bytes);
	tm_put(m, s, TM_VALID_IO_CHARS, "rchar_bytes", s->rchar_bytes);
	tm_put(m, s, TM_VALID_IO_CHARS, "wchar_bytes", s->wchar_bytes);
	tm_put(m, s, TM_VALID_CGROUP, "cgroup_id", s->cgroup_id);
	tm_put(m, s, TM_VALID_EXIT, "exit_code", s->exit_code);
	tm_put(m, s, TM_VALID_EXIT, "exit_time_ns", s->exit_time_ns);
	seq_puts(m, " comm ");
	/* As /proc/PID/status has it. */
	seq_escape_str(m, s->comm, ESCAPE_SPACE | ESCAPE_SPECIAL, "\n\\");
	seq_putc(m, '\n');
}
TM_EXPORT(tm_show_row);
