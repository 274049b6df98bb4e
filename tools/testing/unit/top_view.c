// SPDX-License-Identifier: GPL-2.0-only
/* Who is shown and in which order, which columns fit, and what lines look like. */
#include <locale.h>
#include <stdlib.h>

#include "../../top/layout.h"
#include "../../top/machine.h"
#include "../../top/menu.h"
#include "../../top/view.h"
#include "tap.h"

#define SECOND	1000000000ULL
#define MS	1000000ULL
#define MANY	3000

static struct procs procs, threads;
static struct view view;
static const struct style ascii;

/* Two screens a second apart: each has used @cpu ms in between. */
static struct task_sample samples[2][MANY];
static size_t count;

static struct task_sample *add(int32_t pid, int32_t ppid, uint64_t cpu, const char *name)
{
	struct task_sample *sample = &samples[1][count];

	*sample = (struct task_sample){
		.pid = pid, .tgid = pid, .ppid = ppid, .threads = 1, .state = 'S',
		.start_time_ns = (uint64_t)pid, .valid = TM_VALID_CPU,
		.utime = (1000 + cpu) * MS,
	};
	snprintf(sample->comm, sizeof(sample->comm), "%s", name);
	count++;
	return sample;
}

static void fill(struct procs *p, const struct task_sample *from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		procs_add(p, &from[i]);
	procs_sweep(p);
	procs_settle(p);
}

static void screens(void)
{
	size_t i;

	memcpy(samples[0], samples[1], sizeof(samples[0]));
	for (i = 0; i < count; i++)
		samples[0][i].utime = 1000 * MS;
	procs_init(&procs, 0);
	procs_begin(&procs, 100 * SECOND, 0);
	fill(&procs, samples[0], count);
	procs_begin(&procs, 101 * SECOND, 0);
	fill(&procs, samples[1], count);
}

static void done(void)
{
	procs_free(&procs);
	procs_init(&procs, 0);
	view_free(&view);
	memset(&view, 0, sizeof(view));
	view.sort = column_find("cpu");
	count = 0;
}

/* The PIDs of the rows, as text, with their branches where it is a tree. */
static const char *rows(size_t most)
{
	static char text[4096];
	size_t used = 0, i;
	char branch[BRANCH_BYTES];

	text[0] = '\0';
	for (i = 0; i < view.count && i < most; i++) {
		view_branch(&view.rows[i], false, branch);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%d", i ? " " : "",
					 branch, view.rows[i].proc->pid);
	}
	return text;
}

static void test_order(void)
{
	done();
	add(1, 0, 0, "init");
	add(2, 1, 300, "b");
	add(3, 1, 900, "A");
	add(4, 1, 300, "c");
	add(5, 1, 0, "unknown")->valid = 0;
	screens();
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "3 2 4 1 5", "by CPU; equals by PID; the unknown last");
	view.inverted = true;
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "1 2 4 3 5", "inverted; the unknown is still last");
	view.inverted = false;
	view.sort = column_find("name");
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "3 2 4 1 5", "by name");
	view.sort = column_find("PID");
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "1 2 3 4 5", "by PID");
	CHECK(!column_find("nothing"), "there is no other key");
	done();
}

/* Names that are equal in their first eight bytes. */
static void test_long_names(void)
{
	done();
	add(1, 0, 0, "kworker/0:2");
	add(2, 0, 0, "kworker/0:1");
	add(3, 0, 0, "kworker");
	screens();
	view.sort = column_find("name");
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "3 2 1", "long names by all of their letters");
	view.inverted = true;
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "1 2 3", "  and the other way round");
	done();
}

static int by_pid(const void *a, const void *b)
{
	return ((const struct row *)a)->proc->pid - ((const struct row *)b)->proc->pid;
}

/* The first of many are the same whether all are sorted or they alone. */
static void test_selection(void)
{
	static struct row all[MANY];
	static const size_t wants[] = { 0, 1, 2, 3, 50, 999, MANY - 1, MANY, MANY + 5 };
	size_t i, j, k, wrong = 0;
	unsigned int seed = 1;

	for (i = 0; i < 30; i++) {
		size_t n = i < 20 ? i + 1 : MANY;

		done();
		for (j = 0; j < n; j++)
			add((int32_t)j + 1, 0, (uint64_t)rand_r(&seed) % (i % 2 ? 5 : 100000), "x");
		screens();
		view_build(&view, &procs, SIZE_MAX);
		memcpy(all, view.rows, n * sizeof(*all));
		for (k = 0; k < sizeof(wants) / sizeof(*wants); k++) {
			view_build(&view, &procs, wants[k]);
			for (j = 0; j < wants[k] && j < n; j++)
				wrong += view.rows[j].proc != all[j].proc;
			qsort(view.rows, view.count, sizeof(*view.rows), by_pid);
			for (j = 0; j < n; j++)
				wrong += view.rows[j].proc->pid != (int32_t)j + 1;
		}
	}
	CHECK(!wrong, "a part sorted is the beginning of all sorted (%zu wrong)", wrong);
	done();
}

static void test_filter(void)
{
	regex_t name;

	done();
	add(1, 0, 9, "init");
	add(2, 1, 8, "Shell")->uid = 7;
	add(3, 1, 7, "bash")->valid |= TM_VALID_MEM;
	add(4, 1, 6, "sh")->uid = 7;
	screens();
	strcpy(view.filter, "sH");
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "2 3 4", "a part of the name, in either case");
	view.by_user = true;
	view.uid = 7;
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "2 4", "and of one user");
	view.filter[0] = '\0';
	regcomp(&name, "^sh$", REG_EXTENDED | REG_NOSUB);
	view.name = &name;
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "4", "a name, by an expression");
	view.name = NULL;
	regfree(&name);
	view.by_user = false;
	view.no_kernel = true;
	view_build(&view, &procs, SIZE_MAX);
	CHECK_STR(rows(9), "3", "without kernel threads: those that never had memory");
	view.no_kernel = false;
	strcpy(view.filter, "nobody");
	view_build(&view, &procs, SIZE_MAX);
	CHECK(!view.count && view_search(&view, "x", 3) == SIZE_MAX, "nobody");
	view.filter[0] = '\0';
	view_build(&view, &procs, SIZE_MAX);
	CHECK(view_search(&view, "SH", 0) == 1 && view_search(&view, "sh", 2) == 2 &&
	      view_search(&view, "init", 1) == 0, "a search goes on around the end");
	done();
}

static void test_tree(void)
{
	done();
	view.tree = true;
	add(1, 0, 0, "init");
	add(10, 1, 5, "a");
	add(11, 10, 5, "aa");
	add(12, 10, 9, "ab");
	add(13, 12, 1, "aba");
	add(20, 1, 7, "b");
	add(30, 77, 1, "orphan");
	add(40, 50, 1, "older than its parent");
	add(50, 40, 1, "a ring");
	screens();
	view_build(&view, &procs, 1);
	CHECK_STR(rows(99), "30 40 `-50 1 |-20 `-10   |-12   | `-13   `-11",
		  "a tree, siblings by CPU");
	procs_alive(&procs, 10)->folded = true;
	view_build(&view, &procs, 1);
	CHECK_STR(rows(99), "30 40 `-50 1 |-20 `-[+3] 10", "folded, with how many are behind it");
	procs_alive(&procs, 10)->folded = false;
	strcpy(view.filter, "a");
	view_build(&view, &procs, 1);
	CHECK_STR(rows(99), "10 |-12 | `-13 `-11 30 40 `-50", "filtered: what is left of it");
	strcpy(view.filter, "aba");
	procs_alive(&procs, 12)->folded = true;
	view_build(&view, &procs, 1);
	CHECK_STR(rows(99), "13", "one whose ancestors are not shown, folded or not");
	done();
}

/* Deeper than is drawn, and more than is shown at once. */
static void test_deep_tree(void)
{
	char branch[BRANCH_BYTES];
	size_t i, longest = 0;

	done();
	view.tree = true;
	for (i = 1; i <= MANY; i++)
		add((int32_t)i, (int32_t)i - 1, 0, "x");
	screens();
	view_build(&view, &procs, 1);
	for (i = 0; i < view.count; i++) {
		view_branch(&view.rows[i], true, branch);
		if (strlen(branch) > longest)
			longest = strlen(branch);
	}
	CHECK(view.count == MANY && view.rows[MANY - 1].depth == MANY - 1 &&
	      longest < BRANCH_BYTES, "a chain of %d", MANY);
	procs_alive(&procs, 1)->folded = true;
	view_build(&view, &procs, 1);
	CHECK(view.count == 1 && view.rows[0].children == MANY - 1, "folded");
	done();
}

static void test_threads(void)
{
	static struct task_sample own[4];
	size_t i;

	done();
	add(1, 0, 9, "one");
	add(2, 1, 5, "two");
	screens();
	procs_init(&threads, 0);
	for (i = 0; i < 4; i++)
		own[i] = (struct task_sample){
			.pid = (int32_t)(i == 3 ? 99 : 2 + i), .tgid = i == 3 ? 98 : 2,
			.start_time_ns = 2 + i, .valid = TM_VALID_CPU, .flags = TM_SAMPLE_THREAD,
			.comm = "t",
		};
	procs_begin(&threads, 100 * SECOND, 0);
	fill(&threads, own, 4);
	view_build(&view, &procs, SIZE_MAX);
	CHECK(!view_add_threads(&view, &procs, &threads), "threads can be added");
	CHECK_STR(rows(99), "1 2 |-~2 |-~3 `-~4", "below their process, and no stranger's");
	view.tree = true;
	view_build(&view, &procs, SIZE_MAX);
	view_add_threads(&view, &procs, &threads);
	CHECK_STR(rows(99), "1 `-2   |-~2   |-~3   `-~4", "in a tree too");
	CHECK(view.rows[2].thread && !view.rows[1].thread, "they are told apart");
	procs_free(&threads);
	done();
}

static int has_column(const struct layout *layout, const char *heading)
{
	size_t i;

	for (i = 0; i < layout->count; i++) {
		if (!strcmp(layout->columns[i]->field.heading, heading))
			return 1;
	}
	return 0;
}

static void test_layout(void)
{
	char line[LINE_BYTES];
	struct layout layout;
	struct place place;
	int width, wrong = 0, used;
	size_t before = 0;

	done();
	add(4194304, 4194303, 1000, "a process name!")->uid = 4294967294u;
	screens();
	for (width = 1; width < 1200; width++) {
		layout_fit(&layout, width, view.sort);
		wrong += layout.count < before;
		before = layout.count;
		layout_headings(&layout, view.sort, &place, line);
		wrong += strlen(line) > (size_t)width;
		layout_line(&layout, procs.all[0], "`-`-`-", &ascii, line);
		wrong += text_columns(line, LINE_COLUMNS, &used) != strlen(line) || used > width;
		wrong += !has_column(&layout, "PID") || !has_column(&layout, "COMMAND");
	}
	CHECK(!wrong, "lines fit in each width, and a wider one has no fewer columns (%d wrong)",
	      wrong);
	layout_fit(&layout, 80, view.sort);
	layout_headings(&layout, view.sort, &place, line);
	CHECK_STR(line, "     PID USER     S  THR   %CPU    RES      TIME HISTORY    COMMAND",
		  "in 80 columns");
	CHECK(!strncmp(line + place.start, "%CPU", place.length), "where the sorted heading stands");
	layout_line(&layout, procs.all[0], "", &ascii, line);
	CHECK_STR(line, " 4194304 42949672 S    1  100.0      -   0:02.00          @ a process name!",
		  "a line");
	layout_fit(&layout, 30, column_find("swap"));
	CHECK(has_column(&layout, "SWAP"), "the column that is sorted by is there in any case");
	done();
}

static const char *size_of(uint64_t bytes)
{
	static char text[TEXT_MAX];

	text_size(text, bytes);
	return text;
}

static const char *time_of(uint64_t ns)
{
	static char text[TEXT_MAX];

	text_cpu_time(text, ns);
	return text;
}

static void test_text(void)
{
	char text[TEXT_MAX];

	CHECK_STR(size_of(0), "0K", "size 0");
	CHECK_STR(size_of(9999 * 1024), "9999K", "largest in K");
	CHECK_STR(size_of(10000 * 1024), "9M", "smallest in M");
	CHECK_STR(size_of(12ULL << 30), "12.0G", "in G");
	CHECK_STR(size_of(UINT64_MAX), "15.9E", "the largest");
	CHECK_STR(time_of(0), "0:00.00", "time 0");
	CHECK_STR(time_of(61 * SECOND + 230 * MS), "1:01.23", "a minute");
	CHECK_STR(time_of(60000 * SECOND - 1), "999:59.99", "the most in minutes");
	CHECK_STR(time_of(60060 * SECOND), "16h41", "in hours");
	text_uint(text, UINT64_MAX);
	CHECK_STR(text, "18446744073709551615", "the largest number");
	text_tenths(text, 5);
	CHECK_STR(text, "0.5", "tenths");
}

static const char *name_of(const char *name, int most, bool utf8, int *used)
{
	static char text[TEXT_MAX];

	text_name(text, name, most, utf8, used);
	return text;
}

static void test_hostile_names(void)
{
	int used;

	CHECK_STR(name_of("\033[2J\a\x7f\r", 20, true, &used), "?[2J???", "control characters");
	CHECK(used == 7, "their columns");
	CHECK_STR(name_of("\xff\xc3", 20, true, &used), "??", "invalid UTF-8");
	CHECK_STR(name_of("\xc3\xa9", 20, false, &used), "??", "a locale without it");
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		printf("ok %d - names in UTF-8 # SKIP no locale C.UTF-8\n", ++tap_count);
		return;
	}
	CHECK_STR(name_of("\xc3\xa9t\xc3\xa9", 20, true, &used), "\xc3\xa9t\xc3\xa9", "letters");
	CHECK(used == 3, "three columns");
	CHECK_STR(name_of("\xe4\xb8\xad\xe6\x96\x87", 3, true, &used), "\xe4\xb8\xad",
		  "a wide one that does not fit is left out");
	CHECK(used == 2, "two columns");
	CHECK_STR(name_of("a\xe2\x80\xae" "b\xcc\x81", 20, true, &used), "a?b?",
		  "what turns the direction, or has no width");
	CHECK(text_columns("\xe4\xb8\xad\xe6\x96\x87", 3, &used) == 3 && used == 2,
	      "a line is cut between characters");
}

static void test_machine(void)
{
	struct machine machine = { 0 };

	CHECK(machine_parse_memory(&machine, "MemTotal:  1000 kB\nMemFree: 1 kB\n"
				   "MemAvailable:   400 kB\nSwapTotal: 8 kB\nSwapFree: 3 kB\n") &&
	      machine.total_bytes == 1024000 && machine.available_bytes == 409600 &&
	      machine.swap_total_bytes == 8192 && machine.swap_free_bytes == 3072,
	      "/proc/meminfo");
	CHECK(!machine_parse_memory(&machine, "MemTotal:  1000 kB\n"), "one without all of it");
}

static void test_menu(void)
{
	struct menu menu = { 0 };
	char label[8];
	int i;

	menu_begin(&menu, "title");
	menu_move(&menu, 1, 5);
	CHECK(menu.selected == 0 && menu.offset == 0, "an empty menu");
	menu_jump(&menu, 'x', 5);
	for (i = 0; i < 100; i++) {
		snprintf(label, sizeof(label), "%2d %c", i, 'a' + i % 26);
		menu_add(&menu, label, (uint64_t)i, i == 50);
	}
	menu_move(&menu, 0, 5);
	CHECK(menu.selected == 50 && menu.offset == 46, "the bar is in view");
	menu_jump(&menu, 'A', 5);
	CHECK(menu.selected == 52, "a letter leads to the next one");
	menu_move(&menu, -1000, 5);
	CHECK(menu.selected == 0 && menu.offset == 0, "no further than the first");
	menu_move(&menu, 1000, 5);
	CHECK(menu.selected == 99 && menu.offset == 95, "nor than the last");
	menu.fixed = true;
	menu_move(&menu, 1000, 200);
	CHECK(menu.offset == 0, "what fits is not moved");
	menu_free(&menu);
}

int main(void)
{
	view.sort = column_find("cpu");
	test_order();
	test_long_names();
	test_selection();
	test_filter();
	test_tree();
	test_deep_tree();
	test_threads();
	test_layout();
	test_text();
	test_hostile_names();
	test_machine();
	test_menu();
	return tap_end();
}
