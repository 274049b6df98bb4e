// SPDX-License-Identifier: GPL-2.0-only
/* tmctl record: its command line. */
#include <errno.h>

#include "clock.h"
#include "error.h"
#include "parse.h"
#include "record.h"
#include "status.h"

#define DURATION_MAX_NS	(UINT64_C(366) * 86400 * NSEC_PER_SEC)

struct record_args record_args;

const struct opt record_opts[] = {
	OPT_VALUE('o', "output", "FILE", &record_args.output, "the recording"),
	OPT_FLAG('f', "force", &record_args.force, "replace FILE if it is a recording"),
	OPT_VALUE('i', "interval", "TIME", &record_args.interval,
		  "between two samples (default: 100ms)"),
	OPT_VALUE('d', "duration", "TIME", &record_args.duration, "end after so long"),
	SELECTION_OPTS(record_args.chosen),
	SELECTION_THREADS(record_args.chosen),
	OPT_FLAG('a', "all", &record_args.all, "all processes, as -p ALL"),
	OPT_FLAG('w', "wait-all", &record_args.wait_all,
		 "until every descendant has exited, not CMD alone"),
	OPT_VALUE(0, "max-size", "SIZE", &record_args.max_size,
		  "let the oldest samples go so that FILE with its\n"
		  "log is never larger (1M or more)"),
	OPT_VALUE('r', "ring", "RECORDS", &record_args.ring,
		  "length of the history (default: 65536, or less)"),
	OPT_FLAG('q', "quiet", &record_args.quiet,
		 "no line while it goes on, and none at the end"),
	OPT_END
};

static int set_times(struct record *rec)
{
	int err;

	if (record_args.interval) {
		err = parse_interval(record_args.interval, (uint64_t *)&rec->attr.interval_ns);
		if (err == -ERANGE)
			return fail_usage("record: interval '%s' is not between 100us and 1h",
					  record_args.interval);
		if (err)
			return fail_usage("record: invalid interval '%s' (such as 10ms or 0.5)",
					  record_args.interval);
	}
	if (record_args.duration &&
	    parse_duration(record_args.duration, 1, DURATION_MAX_NS, &rec->duration_ns))
		return fail_usage("record: invalid duration '%s' (such as 10s or 5m)",
				  record_args.duration);
	return STATUS_DONE;
}

static int set_sizes(struct record *rec)
{
	uint64_t ring;

	if (record_args.max_size && parse_size(record_args.max_size, &rec->max_bytes))
		return fail_usage("record: invalid size '%s' (such as 100M)", record_args.max_size);
	if (record_args.max_size && rec->max_bytes < BOUND_MIN_BYTES)
		return fail_usage("record: size '%s' is less than 1M", record_args.max_size);
	if (!record_args.ring)
		return STATUS_DONE;
	if (parse_uint(record_args.ring, TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX, &ring))
		return fail_usage("record: invalid number of records '%s' (%d to %u)",
				  record_args.ring, TM_RING_RECORDS_MIN, TM_RING_RECORDS_MAX);
	rec->attr.ring_records = (uint32_t)ring;
	return STATUS_DONE;
}

static int choose(struct record *rec, int argc)
{
	bool given = selection_given(&record_args.chosen);

	if (record_args.all && given)
		return fail_usage("record: --all or a choice of processes, not both");
	if (record_args.all)
		record_args.chosen.pids = "ALL";
	if (!argc && !given && !record_args.all)
		return fail_usage("record: nothing to watch (-p PID, -a, or a command)");
	if (argc && (given || record_args.all))
		return fail_usage("record: a command or a choice of processes, not both");
	if (record_args.wait_all && !argc)
		return fail_usage("record: --wait-all goes with a command");
	if (argc)
		rec->attr.scope = TM_SCOPE_TREE;
	return argc ? STATUS_DONE
		    : selection_parse(&rec->selection, &record_args.chosen, "record", 0, NULL);
}

int record_set_options(struct record *rec, int argc)
{
	int status;

	if (!record_args.output)
		return fail_usage("record: no file given (such as: tmctl record -o FILE -a)");
	status = set_times(rec);
	if (!status)
		status = set_sizes(rec);
	return status ? status : choose(rec, argc);
}

