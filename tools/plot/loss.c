// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "loss.h"
#include "status.h"

/* Recordings look for loss once a second: all of that time may have had it. */
static uint64_t noticed_after(const struct recording *rec)
{
	return rec->interval_ns > NSEC_PER_SEC ? rec->interval_ns : NSEC_PER_SEC;
}

static void mark(struct loss *loss, const struct grid *grid, uint64_t from_ns, uint64_t to_ns,
		 unsigned char what)
{
	size_t i = grid_cell(grid, from_ns), last = grid_cell(grid, to_ns);

	if (to_ns < grid->begin_ns || from_ns > grid->end_ns)
		return;
	for (; i <= last; i++)
		loss->cells[i] |= what;
}

static uint64_t *counter_of(struct loss *loss, const char *what)
{
	if (!strcmp(what, "missed_ticks"))
		return &loss->missed_ticks;
	return !strcmp(what, "dropped") ? &loss->dropped : &loss->lost_records;
}

static void take_loss(struct loss *loss, const struct recording *rec, const struct grid *grid,
		      sqlite3_stmt *row)
{
	const char *what = (const char *)sqlite3_column_text(row, 1);
	uint64_t at_ns, count, before = noticed_after(rec);

	if (!what || !column_uint(row, 0, &at_ns) || !column_uint(row, 2, &count) || !count)
		return;
	if (at_ns < grid->begin_ns || (at_ns > grid->end_ns && at_ns - grid->end_ns > before))
		return;
	*counter_of(loss, what) += count;
	mark(loss, grid, at_ns > before ? at_ns - before : 0, at_ns,
	     strcmp(what, "missed_ticks") ? LOSS_RECORDS : LOSS_TICKS);
}

static int read_losses(struct loss *loss, const struct recording *rec, const struct grid *grid)
{
	sqlite3_stmt *row = recording_prepare(rec, "SELECT time_ns, what, count FROM loss");
	int err;

	if (!row)
		return STATUS_FAILED;
	while ((err = sqlite3_step(row)) == SQLITE_ROW)
		take_loss(loss, rec, grid, row);
	sqlite3_finalize(row);
	return err == SQLITE_DONE ? STATUS_DONE : recording_fail(rec);
}

/* Of the whole the recording's own sums may know more than the moments do. */
static void take_sums(struct loss *loss, const struct recording *rec, const struct grid *grid)
{
	if (grid->begin_ns != rec->begin_ns || grid->end_ns != rec->end_ns)
		return;
	if (rec->lost_records > loss->lost_records)
		loss->lost_records = rec->lost_records;
	if (rec->dropped > loss->dropped)
		loss->dropped = rec->dropped;
}

int loss_read(struct loss *loss, const struct recording *rec, const struct grid *grid,
	      uint64_t first_ns)
{
	int status;

	memset(loss, 0, sizeof(*loss));
	loss->cells = calloc(grid->n, 1);
	if (!loss->cells)
		return fail(STATUS_FAILED, "plot: %s: %s", rec->path, strerror(ENOMEM));
	status = read_losses(loss, rec, grid);
	take_sums(loss, rec, grid);
	loss->evicted = rec->evicted && first_ns > grid->begin_ns;
	if (loss->evicted)
		mark(loss, grid, grid->begin_ns, first_ns, LOSS_RECORDS);
	return status;
}

void loss_free(struct loss *loss)
{
	free(loss->cells);
	loss->cells = NULL;
}
