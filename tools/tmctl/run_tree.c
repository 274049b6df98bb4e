// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "run_tree.h"

#define FIRST_ROOM	128

void tree_init(struct tree *tree, uint64_t begin_ns, uint64_t suspended_ns, uint64_t interval_ns)
{
	memset(tree, 0, sizeof(*tree));
	tree->begin_ns = begin_ns;
	tree->suspended_ns = suspended_ns;
	tree->interval_ns = interval_ns;
	timeline_init(&tree->timeline, interval_ns);
}

void tree_free(struct tree *tree)
{
	free(tree->lives);
	identities_free(&tree->identities);
}

/* Of a moment before the run: its beginning. */
static uint64_t since_begin(const struct tree *tree, uint64_t time_ns)
{
	return time_ns > tree->begin_ns ? time_ns - tree->begin_ns : 0;
}

/* --- finding a life ------------------------------------------------------------- */

static int make_room(struct tree *tree)
{
	size_t room = tree->room ? 2 * tree->room : FIRST_ROOM;
	struct life *lives;

	if (tree->count < tree->room)
		return 0;
	lives = realloc(tree->lives, room * sizeof(*lives));
	if (!lives)
		return -ENOMEM;
	tree->lives = lives;
	tree->room = room;
	return 0;
}

/* NULL: no memory. */
static struct life *new_life(struct tree *tree, const struct task_sample *record)
{
	struct life *life;

	if (make_room(tree) || identities_add(&tree->identities, record, (uint32_t)tree->count))
		return NULL;
	life = &tree->lives[tree->count++];
	memset(life, 0, sizeof(*life));
	life->last.pid = record->pid;
	life->last.start_time_ns = record->start_time_ns;
	life->start_ns = since_begin(tree, record->start_time_ns - tree->suspended_ns);
	life->seen_ns = life->start_ns;
	return life;
}

const struct life *tree_find(const struct tree *tree, int32_t pid)
{
	size_t i;

	for (i = tree->count; i--;) {
		if (tree->lives[i].last.pid == pid)
			return &tree->lives[i];
	}
	return NULL;
}

/* --- what a record tells ------------------------------------------------------ */

/* The figures that a record lacks, from the one before. Memory is of its moment alone. */
static void keep(struct task_sample *to, const struct task_sample *from)
{
	uint64_t kept = from->valid & ~to->valid & ~TM_VALID_MEM;
	size_t i;

	for (i = 0; i < FIGURE_COUNT; i++) {
		if (kept & figures[i].needs)
			figure_set(&figures[i], to, figure_get(&figures[i], from));
	}
	if (kept & TM_VALID_EXIT) {
		to->exit_code = from->exit_code;
		to->exit_time_ns = from->exit_time_ns;
	}
	to->valid |= kept;
	/* Who made it, not who it was left to. */
	if (from->ppid)
		to->ppid = from->ppid;
}

/* The time that a record's CPU time is of: at the end that of the exit. */
static uint64_t cpu_moment(const struct tree *tree, const struct task_sample *record)
{
	return since_begin(tree, record->valid & TM_VALID_EXIT ? record->exit_time_ns
							       : record->time_ns);
}

static void note_cpu(struct tree *tree, struct life *life, const struct task_sample *record)
{
	uint64_t before = life_cpu_ns(life), now = record->utime + record->stime;
	uint64_t moment = cpu_moment(tree, record);

	if (!(record->valid & TM_VALID_CPU))
		return;
	if (now > before)
		timeline_add_cpu(&tree->timeline, life->seen_ns, moment, now - before);
	if (moment > life->seen_ns)
		life->seen_ns = moment;
}

static void set_rss(struct tree *tree, struct life *life, uint64_t rss_bytes)
{
	tree->rss_now += rss_bytes - life->rss_bytes;
	life->rss_bytes = rss_bytes;
}

static void note_memory(struct tree *tree, struct life *life, const struct task_sample *record)
{
	if (record->valid & TM_VALID_MEM) {
		if (life->stage == LIFE_ALIVE)
			set_rss(tree, life, record->rss_bytes);
		if (record->rss_bytes > life->peak_rss_bytes)
			life->peak_rss_bytes = record->rss_bytes;
	}
	if (record->valid & TM_VALID_PEAK_RSS && record->peak_rss_bytes > life->peak_rss_bytes)
		life->peak_rss_bytes = record->peak_rss_bytes;
}

static void close_tick(struct tree *tree)
{
	uint64_t at = since_begin(tree, tree->tick_ns);

	if (!tree->tick_ns)
		return;
	timeline_add_rss(&tree->timeline, at, tree->tick_rss);
	if (!tree->rss_known || tree->tick_rss > tree->rss_peak_bytes) {
		tree->rss_known = true;
		tree->rss_peak_bytes = tree->tick_rss;
		tree->rss_peak_at_ns = at;
	}
	tree->tick_ns = 0;
}

static void begin_sample(struct tree *tree, struct life *life, const struct task_sample *record)
{
	bool again = tree->tick_ns && life->tick == tree->tick;
	bool paused = tree->tick_ns && record->time_ns >= tree->tick_ns + tree->interval_ns / 2;

	if (again || paused)
		close_tick(tree);
	if (!tree->tick_ns)
		tree->tick++;
	life->tick = tree->tick;
}

static void end_sample(struct tree *tree, const struct task_sample *record)
{
	tree->tick_ns = record->time_ns;
	tree->tick_rss = tree->rss_now;
}

static void set_stage(struct tree *tree, struct life *life, enum life_stage stage)
{
	tree->unsettled -= life->stage == LIFE_EXITING;
	tree->unsettled += stage == LIFE_EXITING;
	life->stage = stage;
	set_rss(tree, life, 0);
}

static void note_end(struct tree *tree, struct life *life, const struct task_sample *record)
{
	if (record->kind == TM_KIND_EXITING && life->stage == LIFE_ALIVE)
		set_stage(tree, life, LIFE_EXITING);
	if (record->kind == TM_KIND_EXIT)
		set_stage(tree, life, LIFE_GONE);
	if (record->valid & TM_VALID_EXIT)
		life->end_ns = since_begin(tree, record->exit_time_ns);
}

/* Of such a record the PID alone is told: it is the last life of that number. */
static void note_denied(struct tree *tree, const struct task_sample *record)
{
	struct life *life = (struct life *)tree_find(tree, record->pid);

	if (life && life->stage == LIFE_ALIVE)
		set_stage(tree, life, LIFE_DENIED);
}

static void merge(struct life *life, const struct task_sample *record)
{
	struct task_sample before = life->last;

	life->last = *record;
	keep(&life->last, &before);
}

int tree_add(struct tree *tree, const struct task_sample *record)
{
	bool sampled = record->kind == TM_KIND_PERIODIC;
	struct life *life;
	uint32_t entry;

	if (record->flags & TM_SAMPLE_DENIED) {
		note_denied(tree, record);
		return 0;
	}
	entry = identities_find(&tree->identities, record);
	life = entry == NO_ENTRY ? new_life(tree, record) : &tree->lives[entry];
	if (!life)
		return -ENOMEM;
	/* A sample that was under way at the exit may come behind it: older news. */
	if (life->stage != LIFE_ALIVE && record->kind != TM_KIND_EXIT)
		return 0;
	if (sampled)
		begin_sample(tree, life, record);
	note_cpu(tree, life, record);
	note_memory(tree, life, record);
	note_end(tree, life, record);
	if (sampled)
		end_sample(tree, record);
	merge(life, record);
	return 0;
}

void tree_end(struct tree *tree)
{
	close_tick(tree);
}

/* --- sums ------------------------------------------------------------------------ */

static void add_figures(struct task_sample *total, const struct task_sample *one)
{
	size_t i;

	for (i = 0; i < FIGURE_COUNT; i++) {
		const struct figure *f = &figures[i];

		if (!f->counter || !(one->valid & f->needs))
			continue;
		total->valid |= f->needs;
		figure_set(f, total, figure_get(f, total) + figure_get(f, one));
	}
}

struct tree_sums tree_sum(const struct tree *tree)
{
	struct tree_sums sums;
	size_t i;

	memset(&sums, 0, sizeof(sums));
	for (i = 0; i < tree->count; i++) {
		const struct life *life = &tree->lives[i];

		add_figures(&sums.total, &life->last);
		sums.alive += life->stage == LIFE_ALIVE || life->stage == LIFE_EXITING;
		sums.denied += life->stage == LIFE_DENIED;
		if (life->end_ns > sums.end_ns)
			sums.end_ns = life->end_ns;
		if (life->peak_rss_bytes > (sums.largest ? sums.largest->peak_rss_bytes : 0))
			sums.largest = life;
	}
	return sums;
}

static int compare_cpu(const void *a, const void *b)
{
	const struct life *x = *(const struct life *const *)a;
	const struct life *y = *(const struct life *const *)b;
	uint64_t cpu_x = life_cpu_ns(x), cpu_y = life_cpu_ns(y);

	if (cpu_x != cpu_y)
		return cpu_x > cpu_y ? -1 : 1;
	/* Both are in one array: the earlier one first. */
	return x < y ? -1 : x > y;
}

const struct life **tree_by_cpu(const struct tree *tree)
{
	const struct life **lives = malloc((tree->count + 1) * sizeof(*lives));
	size_t i;

	if (!lives)
		return NULL;
	for (i = 0; i < tree->count; i++)
		lives[i] = &tree->lives[i];
	qsort(lives, tree->count, sizeof(*lives), compare_cpu);
	return lives;
}
