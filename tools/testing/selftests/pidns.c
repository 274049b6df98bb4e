// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader in a PID namespace of its own sees the targets that live there, by
 * the numbers that they have there, and no other.
 */
#define _GNU_SOURCE
#include <linux/taskmonitor.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

/* What the process inside has seen, for the one outside to judge. */
struct view {
	int get, text, pid_get, pid_first;
	int cat, rows, first_row;
	char target[64], line[TM_TEXT_SIZE];
	struct task_sample sample;
};

struct shared {
	pid_t outsider;		/* a target outside, by its number there */
	pid_t inside;		/* the child of the process inside, by its number inside */
	struct view outsider_first, insider_first;
	int add_self, add_outsider, set_outsider, del_outsider, set_inside;
	int rows_after_add;
	bool ready;		/* nested() has done its part */
};

static struct shared *sh;

static void look(struct view *v)
{
	char text[256], row[ROW_SIZE];
	int fd = dev_open();

	v->pid_first = -1;
	v->get = dev_ioctl(fd, TM_GET, &v->sample);
	v->text = dev_ioctl(fd, TM_GET_TEXT, v->line);
	v->pid_get = dev_ioctl(fd, TM_PID, &v->pid_first);
	v->cat = file_read(LAB_FILE, text, sizeof(text));
	file_read(ATTRIBUTES "target", v->target, sizeof(v->target));
	v->rows = row_count();
	if (row_read_nth(0, row))
		v->first_row = (int)row_value(row, "pid");
	close(fd);
}

static int command(const char *word, pid_t pid)
{
	char text[64];
	int done;

	snprintf(text, sizeof(text), "%s %d", word, pid);
	done = file_write(PROC_FILE, text);
	return done < 0 ? done : 0;
}

/* The first process of the new namespace; the module has the outsider as its target. */
static int inside(void *unused)
{
	struct child c;
	int fd;

	(void)unused;
	child_start(&c);
	sh->inside = c.pid;
	command("add", c.pid);
	look(&sh->outsider_first);

	sh->add_outsider = command("add", sh->outsider);
	sh->del_outsider = command("del", sh->outsider);
	sh->add_self = command("add", getpid());
	sh->rows_after_add = row_count();

	fd = dev_open();
	sh->set_outsider = dev_ioctl(fd, TM_PID, &sh->outsider);
	sh->set_inside = dev_ioctl(fd, TM_PID, &c.pid);
	close(fd);
	look(&sh->insider_first);

	child_end(&c);
	return 0;
}

static void outsider_first(pid_t inside_pid)
{
	struct view *v = &sh->outsider_first;
	char want[64];

	tap_errno(v->get, ESRCH, "first target outside: TM_GET");
	tap_errno(v->text, ESRCH, "first target outside: TM_GET_TEXT");
	tap_errno(v->pid_get, 0, "first target outside: TM_PID");
	tap_is(v->pid_first, 0, "first target outside: it gets 0");
	tap_errno(v->cat, ESRCH, "first target outside: cat");
	tap_is(v->rows, 1, "only the row of the one inside is seen");
	tap_is(v->first_row, inside_pid, "by its number inside");
	snprintf(want, sizeof(want), "%d\n", inside_pid);
	tap_ok(!strcmp(v->target, want), "target shows it alone");
}

static void insider_first(pid_t inside_pid)
{
	struct view *v = &sh->insider_first;

	tap_errno(v->get, 0, "first target inside: TM_GET");
	tap_is(v->sample.pid, inside_pid, "first target inside: pid");
	tap_is(v->sample.tgid, inside_pid, "first target inside: tgid");
	tap_is(v->sample.ppid, 1, "first target inside: its parent is the first process");
	tap_errno(v->text, 0, "first target inside: TM_GET_TEXT");
	v->line[strcspn(v->line, "\n")] = '\0';
	tap_ok(is_lab_line(v->line, inside_pid), "first target inside: the line has that number");
	tap_is(v->pid_first, inside_pid, "first target inside: TM_PID gets it");
	tap_errno(v->cat, 0, "first target inside: cat");
}

static void commands(void)
{
	tap_errno(sh->add_outsider, ESRCH, "inside, a number from outside cannot be added");
	tap_errno(sh->del_outsider, ESRCH, "nor deleted");
	tap_errno(sh->set_outsider, ESRCH, "nor set");
	tap_errno(sh->add_self, 0, "inside, PID 1 is the namespace's own");
	tap_is(sh->rows_after_add, 2, "and seen as such");
	tap_errno(sh->set_inside, 0, "inside, TM_PID takes a number of there");
}

/* From outside, what was added inside has a number of outside. */
static void seen_from_outside(pid_t first)
{
	struct task_sample s;
	int fd = dev_open(), pid = -1;

	tap_errno(dev_ioctl(fd, TM_PID, &pid), 0, "from outside: TM_PID");
	tap_ok(pid > first, "from outside: the one inside has a number of outside");
	/* Its end came with its namespace's. */
	tap_errno(dev_ioctl(fd, TM_GET, &s), ESRCH, "from outside: it has exited");
	tap_is(row_count(), 1, "from outside: its row is seen");
	close(fd);
}

/* Adds itself and a child of its own. */
static int nested(void *unused)
{
	struct child c;

	(void)unused;
	child_start(&c);
	sh->add_self = command("add", getpid()) ?: command("add", c.pid);
	__atomic_store_n(&sh->ready, true, __ATOMIC_RELEASE);
	pause();
	return 0;
}

static void from_outside(void)
{
	pid_t first;
	char row[ROW_SIZE];

	if (file_write(PROC_FILE, "clear") < 0)
		tap_bail("clear does not work");
	first = run_start_in(CLONE_NEWPID, nested, NULL);
	tap_ok(eventually(__atomic_load_n(&sh->ready, __ATOMIC_ACQUIRE)), "two are added inside");
	tap_is(row_count(), 2, "from outside: both rows are seen");
	row_read_nth(0, row);
	tap_is(row_value(row, "pid"), first, "its first process by its number outside");
	tap_is(row_value(row, "ppid"), getpid(), "with its parent outside");
	row_read_nth(1, row);
	tap_is(row_value(row, "ppid"), first, "and its child, whose parent it is");
	kill(first, SIGKILL);
	tap_is(run_end(first), -1, "the namespace ends");
	tap_ok(eventually(file_number(ATTRIBUTES "targets_alive") == 0), "both are seen to exit");
}

int main(void)
{
	struct child outsider;
	pid_t first;

	sh = shared_memory(sizeof(*sh));
	child_start(&outsider);
	sh->outsider = outsider.pid;
	module_need("target=%d interval_ms=10 log=N", outsider.pid);
	tap_ok(outsider.pid > 50, "the outsider's number means nothing inside");

	first = run_start_in(CLONE_NEWPID, inside, NULL);
	tap_is(run_end(first), 0, "the process inside has done its part");
	outsider_first(sh->inside);
	commands();
	insider_first(sh->inside);
	seen_from_outside(first);
	from_outside();

	child_end(&outsider);
	tap_errno(module_unload(), 0, "rmmod");
	return tap_done();
}
