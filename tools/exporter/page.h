/* SPDX-License-Identifier: GPL-2.0-only */
/* The metrics: one table of families, and what is printed of them. */
#ifndef TMCTL_EXPORTER_PAGE_H
#define TMCTL_EXPORTER_PAGE_H

#include "account.h"
#include "metric.h"
#include "source.h"

/**
 * struct page - what a page of metrics is made of
 * @account: who has used what
 * @source: where it comes from
 * @up: whether the last batch came; without, nothing is told of groups
 * @pids: of so many processes each by itself
 * @scrapes: batches that were asked for
 * @scrape_ns: how long the last one took
 * @connections: that have been accepted
 * @cut_short: of these, such as took too long
 * @textfile_failures: times that the text file could not be written
 */
struct page {
	const struct account *account;
	const struct source *source;
	bool up;
	size_t pids;
	uint64_t scrapes;
	uint64_t scrape_ns;
	uint64_t connections;
	uint64_t cut_short;
	uint64_t textfile_failures;
};

void page_print(FILE *out, enum dialect dialect, const struct page *page);

#endif /* TMCTL_EXPORTER_PAGE_H */
