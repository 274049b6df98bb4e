// SPDX-License-Identifier: GPL-2.0-only
/* Views of processes held against each other. */
#include <stdbool.h>
#include <string.h>

#include "../../tmctl/hidden_views.h"
#include "tap.h"

static struct sighting seen(unsigned int views, uint64_t start_ns)
{
	return (struct sighting){ .pid = 7, .seen = views, .table_ns = start_ns,
				  .list_ns = start_ns, .proc_ticks = start_ns };
}

static unsigned int hides(unsigned int first, uint64_t first_ns, unsigned int second,
			  uint64_t second_ns)
{
	struct sighting a = seen(first, first_ns), b = seen(second, second_ns);

	return hidden_from(&a, &b);
}

static void two_looks(void)
{
	const unsigned int all = SEEN_IN_ALL, names = SEEN_GETDENTS | SEEN_READDIR;
	struct sighting a, b;

	CHECK(!hides(all, 5, all, 5), "in all views: not hidden");
	CHECK(hides(all & ~SEEN_LIST, 5, all & ~SEEN_LIST, 5) == SEEN_LIST, "off the list, twice");
	CHECK(!hides(all & ~SEEN_LIST, 5, all, 5), "once is no time");
	CHECK(!hides(all, 5, all & ~SEEN_LIST, 5), "nor the other way round");
	CHECK(!hides(all & ~SEEN_LIST, 5, all & ~SEEN_LIST, 6), "another process of the same number");
	CHECK(!hides(names, 5, names, 5), "names alone tell no start: not known to be the same");
	CHECK(hides(SEEN_PROC | names, 5, SEEN_PROC | names, 5) ==
	   (SEEN_TABLE | SEEN_LIST | SEEN_KILL), "/proc alone tells one");
	CHECK(hides(SEEN_LIST, 5, SEEN_LIST, 5) == (all & ~SEEN_LIST), "on the list alone");
	CHECK(!hides(SEEN_LIST, 5, SEEN_TABLE, 5), "each time in another view");
	CHECK(hides(all & ~SEEN_GETDENTS, 5, all & ~names, 5) == SEEN_GETDENTS,
	   "hidden from what lacks it both times");

	a = b = seen(all & ~SEEN_TABLE, 5);
	a.exited = b.exited = true;
	CHECK(!hidden_from(&a, &b), "a zombie is in no table of the module's");
	b.exited = false;
	CHECK(!hidden_from(&a, &b), "whichever look says so");
	a = b = seen(all & ~SEEN_PROC, 5);
	a.silent = SEEN_PROC;
	CHECK(!hidden_from(&a, &b), "what may not be looked at is not missing");
}

static void merging(void)
{
	struct look look = { 0 };
	struct sighting *row;

	look_merge(&look);
	CHECK(!look.n && !look_find(&look, 1), "nobody");
	for (int pid = 600; pid; pid--)
		look_add(&look, pid, SEEN_GETDENTS);
	row = look_add(&look, 300, SEEN_LIST);
	row->list_ns = 77;
	row->known = true;
	strcpy(row->comm, "name");
	row = look_add(&look, 300, SEEN_TABLE);
	row->table_ns = 88;
	look_merge(&look);
	CHECK(look.n == 600, "one row a number");
	row = look_find(&look, 300);
	CHECK(row && row->seen == (SEEN_GETDENTS | SEEN_LIST | SEEN_TABLE), "with all that have it");
	CHECK(row && row->list_ns == 77 && row->table_ns == 88, "and each one's start");
	CHECK(row && row->known && !strcmp(row->comm, "name"), "and its name");
	CHECK(look_find(&look, 1) && look_find(&look, 600) && !look_find(&look, 601),
	   "all can be found");
	look_free(&look);
	CHECK(!look.rows && !look.n, "and nothing is left");
}

static bool because(unsigned int views, bool hidepid, bool covered, const char *want)
{
	struct proc_mount mount = { .hidepid = hidepid, .covered = covered };
	char reason[REASON_MAX];

	hidden_reason(views, &mount, reason);
	if (strcmp(reason, want))
		printf("# '%s', not '%s'\n", reason, want);
	return !strcmp(reason, want);
}

static void reasons(void)
{
	const unsigned int names = SEEN_GETDENTS | SEEN_READDIR;
	char text[VIEW_NAMES_MAX];

	view_names(SEEN_IN_ALL, text);
	CHECK(!strcmp(text, "table,list,getdents,readdir,proc,kill"), "the views' names");
	view_names(SEEN_LIST, text);
	CHECK(!strcmp(text, "list"), "one view's name");
	CHECK(because(SEEN_LIST, false, false, "unlinked from the task list"), "list");
	CHECK(because(SEEN_IN_ALL & ~SEEN_LIST, true, true, "removed from the PID table"),
	   "table: the rest follows from it");
	CHECK(because(SEEN_READDIR, true, false, "LD_PRELOAD filter"), "readdir");
	CHECK(because(names | SEEN_PROC, true, false, "hidepid of /proc"), "hidepid");
	CHECK(because(SEEN_PROC, false, true, "mount over its /proc directory"), "mount");
	CHECK(because(names, false, false, "names in /proc filtered in the kernel"), "names");
	CHECK(because(SEEN_PROC | SEEN_KILL, false, false,
		   "its /proc directory filtered in the kernel, kill(2) filtered in the kernel"),
	   "the kernel's own");
}

int main(void)
{
	two_looks();
	merging();
	reasons();
	return tap_end();
}
