// SPDX-License-Identifier: GPL-2.0-only
/* tmctl top -b: one screen after the other as text, for scripts and for measuring. */
#include <errno.h>
#include <stdio.h>

#include "clock.h"
#include "output.h"
#include "rates.h"
#include "top.h"

static void print_text(struct top *top, size_t rows)
{
	static char lines[SUMMARY_LINES][LINE_BYTES];
	static char line[LINE_BYTES];
	size_t n = summary_lines(&top->summary, lines, SUMMARY_LINES, LINE_COLUMNS), i;
	char branch[BRANCH_BYTES];
	struct layout layout;
	struct place place;

	for (i = 0; i < n; i++)
		puts(lines[i]);
	layout_fit(&layout, LINE_COLUMNS, top->view.sort);
	layout_headings(&layout, top->view.sort, &place, line);
	printf("\n%s\n", line);
	for (i = 0; i < rows; i++) {
		view_branch(&top->view.rows[i], top->style.utf8, branch);
		layout_line(&layout, top->view.rows[i].proc, branch, &top->style, line);
		puts(line);
	}
	putchar('\n');
}

static void print_screen(struct top *top, uint64_t screen)
{
	size_t rows = top->view.count < top->rows ? top->view.count : (size_t)top->rows, i;

	if (!top->opts->json && !top->csv) {
		print_text(top, rows);
		return;
	}
	if (top->opts->json)
		summary_print_json(stdout, &top->summary, screen);
	for (i = 0; i < rows; i++)
		record_print(stdout, top->view.rows[i].proc, top->csv, screen,
				  top->summary.realtime_ns);
}

static int sample(struct top *top)
{
	size_t rows;
	int err = top_sample(top);

	if (!err)
		err = view_build(&top->view, &top->procs,
				 top->rows < SIZE_MAX ? (size_t)top->rows : SIZE_MAX) ? ENOMEM : 0;
	if (err || !top->view.threads)
		return err;
	rows = top->view.count < top->rows ? top->view.count : (size_t)top->rows;
	err = threads_screen(&top->threads, top->view.rows, rows, &top->procs);
	if (!err && view_add_threads(&top->view, &top->procs, &top->threads.procs))
		err = ENOMEM;
	return err;
}

/* In parts where it is long, so that no exit is overwritten. False: stopped. */
static bool rest(struct top *top, uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();

	while (deadline_ns > now + DRAIN_NS) {
		if (!clock_sleep_until(now + DRAIN_NS))
			return false;
		source_drain(&top->source);
		now = clock_monotonic_ns();
	}
	return clock_sleep_until(deadline_ns);
}

/* The first sample is what the first screen is compared with. */
int batch_run(struct top *top)
{
	uint64_t deadline_ns, screen = 0;
	int err;

	clock_catch_signals();
	if (top->csv)
		record_print_csv_header(stdout);
	err = sample(top);
	deadline_ns = top->procs.time_ns;
	while (!err && (!top->screens || screen < top->screens)) {
		deadline_ns = next_deadline(deadline_ns, top->delay_ns, clock_monotonic_ns());
		if (!rest(top, deadline_ns))
			break;
		err = sample(top);
		if (err)
			break;
		print_screen(top, ++screen);
		if (!output_flush())
			break;
	}
	return err ? top_failed(top, err) : STATUS_DONE;
}
