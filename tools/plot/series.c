// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "life.h"
#include "series.h"
#include "status.h"

/**
 * struct group - what processes of one group used together
 * @first: place of the process that it is named after
 * @processes: how many there are
 * @cpu_ns: CPU time in the picture
 * @rss_byte_ns: resident bytes times nanoseconds there
 * @score: how much it matters
 */
struct group {
	size_t first;
	size_t processes;
	uint64_t cpu_ns;
	double rss_byte_ns;
	double score;
};

static int no_memory(const struct recording *rec)
{
	return fail(STATUS_FAILED, "plot: %s: %s", rec->path, strerror(ENOMEM));
}

/* --- first reading: sums --------------------------------------------------- */

static void note_first(struct series_set *set, uint64_t at_ns)
{
	if (at_ns < set->first_ns)
		set->first_ns = at_ns;
}

static void sum_cpu(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t cpu_ns)
{
	struct series_set *set = life->arg;
	struct process *p = life->p;

	note_first(set, from_ns);
	p->cpu_ns += grid_cpu_within(set->grid, from_ns, to_ns, cpu_ns);
	p->cpu_known |= grid_overlap(set->grid, from_ns, to_ns) ||
			(cpu_ns && from_ns >= set->grid->begin_ns && to_ns <= set->grid->end_ns);
}

static void raise_peak(struct process *p, uint64_t bytes)
{
	if (!p->peak_known || bytes > p->peak_rss_bytes)
		p->peak_rss_bytes = bytes;
	p->peak_known = true;
}

/* A thread's memory is its process's: it is drawn once, with the first thread. */
static bool has_memory(const struct process *p)
{
	return !p->thread || p->pid == p->tgid;
}

static void sum_rss(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t bytes)
{
	struct series_set *set = life->arg;
	struct process *p = life->p;
	uint64_t ns = grid_overlap(set->grid, from_ns, to_ns);

	note_first(set, from_ns);
	if (!ns || !has_memory(p))
		return;
	p->rss_byte_ns += (double)bytes * (double)ns;
	p->rss_known = true;
	raise_peak(p, bytes);
}

static void sum_peak(const struct life *life, uint64_t at_ns, uint64_t bytes)
{
	struct series_set *set = life->arg;

	note_first(set, at_ns);
	if (at_ns <= set->grid->end_ns && has_memory(life->p))
		raise_peak(life->p, bytes);
}

/* --- second reading: cells ------------------------------------------------- */

static struct series *series_of(const struct life *life, const struct series_set *set,
				const struct processes *all)
{
	return (struct series *)&set->list[set->place[life->p - all->list]];
}

/* The second reading's arg. */
struct filling {
	struct series_set *set;
	const struct processes *all;
};

static void fill_cpu(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t cpu_ns)
{
	const struct filling *f = life->arg;

	grid_add_cpu(f->set->grid, series_of(life, f->set, f->all)->cells, from_ns, to_ns, cpu_ns);
}

static void fill_rss(const struct life *life, uint64_t from_ns, uint64_t to_ns, uint64_t bytes)
{
	const struct filling *f = life->arg;

	if (has_memory(life->p))
		grid_add_rss(f->set->grid, series_of(life, f->set, f->all)->cells, from_ns, to_ns,
			     bytes);
}

static void fill_no_peak(const struct life *life, uint64_t at_ns, uint64_t bytes)
{
	(void)life;
	(void)at_ns;
	(void)bytes;
}

/* --- a reading ------------------------------------------------------------- */

static int read_lives(struct life *life, const struct recording *rec, struct processes *all)
{
	sqlite3_stmt *samples = life_prepare(rec);
	int status = samples ? STATUS_DONE : STATUS_FAILED;
	size_t i;

	for (i = 0; i < all->n && !status; i++) {
		life->p = &all->list[i];
		if (life->p->wanted)
			status = life_walk(life, rec, samples);
	}
	sqlite3_finalize(samples);
	return status;
}

/* --- groups ---------------------------------------------------------------- */

static void add_to_group(struct group *group, const struct process *p)
{
	group->first = p->group;
	group->processes++;
	group->cpu_ns += p->cpu_ns;
	group->rss_byte_ns += p->rss_byte_ns;
}

static int compare_scores(const void *a, const void *b)
{
	const struct group *one = a, *other = b;

	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return one->first < other->first ? -1 : one->first > other->first;
}

static void set_scores(struct group *groups, size_t n, unsigned int what)
{
	double cpu = 0, rss = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		cpu += (double)groups[i].cpu_ns;
		rss += groups[i].rss_byte_ns;
	}
	for (i = 0; i < n; i++) {
		if (what & WHAT_CPU && cpu > 0)
			groups[i].score += (double)groups[i].cpu_ns / cpu;
		if (what & WHAT_RSS && rss > 0)
			groups[i].score += groups[i].rss_byte_ns / rss;
	}
}

static bool in_picture(const struct process *p)
{
	return p->wanted && (p->cpu_known || p->rss_known);
}

/* The groups of the list's places, those that are none taken out; most important first. */
static size_t rank_groups(const struct processes *all, struct group *groups, unsigned int what)
{
	size_t n = 0, i;

	for (i = 0; i < all->n; i++) {
		if (in_picture(&all->list[i]))
			add_to_group(&groups[all->list[i].group], &all->list[i]);
	}
	for (i = 0; i < all->n; i++) {
		if (groups[i].processes)
			groups[n++] = groups[i];
	}
	set_scores(groups, n, what);
	qsort(groups, n, sizeof(*groups), compare_scores);
	return n;
}

static void place_series(struct series_set *set, const struct processes *all,
			 const struct group *groups, size_t n, size_t top)
{
	size_t i;

	/* One more takes no more room than a rest of one. */
	set->n = n <= top + 1 ? n : top + 1;
	for (i = 0; i < all->n; i++)
		set->place[i] = PROCESS_NONE;
	for (i = 0; i < n; i++) {
		size_t at = i < set->n ? i : set->n - 1;

		set->place[groups[i].first] = at;
		set->list[at].processes += groups[i].processes;
		set->list[at].cpu_ns += groups[i].cpu_ns;
		set->list[at].first = i > top ? NULL : &all->list[groups[i].first];
	}
	/* Backwards through the groups' names: they stand in the list themselves. */
	for (i = 0; i < all->n; i++) {
		const struct process *p = &all->list[i];
		bool named = p->group == i;

		if (!named && in_picture(p))
			set->place[i] = set->place[p->group];
	}
	for (i = 0; i < all->n; i++) {
		struct process *p = &all->list[i];

		p->wanted = in_picture(p);
		if (!p->wanted)
			set->place[i] = PROCESS_NONE;
		else
			set->list[set->place[i]].cpu_known |= p->cpu_known;
	}
}

static int make_groups(struct series_set *set, const struct processes *all, unsigned int what,
		       size_t top)
{
	struct group *groups = calloc(all->n + 1, sizeof(*groups));
	size_t i;

	set->place = reallocarray(NULL, all->n + 1, sizeof(*set->place));
	if (groups && set->place)
		place_series(set, all, groups, rank_groups(all, groups, what), top);
	free(groups);
	for (i = 0; groups && set->place && i < set->n; i++) {
		set->list[i].cells = calloc(set->grid->n, sizeof(struct cell));
		if (!set->list[i].cells)
			return -ENOMEM;
	}
	return groups && set->place ? 0 : -ENOMEM;
}

/* --- the whole ------------------------------------------------------------- */

static void raise_series_peak(struct series *series, uint64_t bytes)
{
	if (!series->peak_known || bytes > series->peak_rss_bytes)
		series->peak_rss_bytes = bytes;
	series->peak_known = true;
}

/* What several had together is known by cells; one alone may have had more, for a moment. */
static void find_peaks(struct series_set *set, const struct processes *all)
{
	const struct grid *grid = set->grid;
	size_t series, i;

	for (i = 0; i < all->n; i++) {
		if (set->place[i] != PROCESS_NONE && all->list[i].peak_known)
			raise_series_peak(&set->list[set->place[i]], all->list[i].peak_rss_bytes);
	}
	for (series = 0; series < set->n; series++) {
		const struct cell *cells = set->list[series].cells;

		for (i = 0; i < grid->n; i++) {
			if (cells[i].rss_known)
				raise_series_peak(&set->list[series],
						  (uint64_t)(cells[i].rss_byte_ns /
							     (double)grid_length(grid, i)));
		}
	}
}

int series_make(struct series_set *set, const struct recording *rec, struct processes *all,
		const struct grid *grid, unsigned int what, size_t top)
{
	struct life sums = { .cpu = sum_cpu, .rss = sum_rss, .peak = sum_peak, .arg = set };
	struct filling filling = { set, all };
	struct life fills = { .cpu = fill_cpu, .rss = fill_rss, .peak = fill_no_peak,
			      .arg = &filling };
	int status;

	memset(set, 0, sizeof(*set));
	set->grid = grid;
	set->first_ns = UINT64_MAX;
	status = read_lives(&sums, rec, all);
	if (status)
		return status;
	if (make_groups(set, all, what, top))
		return no_memory(rec);
	status = read_lives(&fills, rec, all);
	find_peaks(set, all);
	return status;
}

void series_free(struct series_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		free(set->list[i].cells);
	free(set->place);
	set->place = NULL;
	set->n = 0;
}
