// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what. The device is opened to all; then it is the opener who
 * counts, whoever holds the file later.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "session.h"

#define ALICE	1000
#define BOB	1001

enum { GET, TEXT, PID_GET, PID_SET, START, STOP, STATE, N_REQUESTS };

static const char * const names[N_REQUESTS] = {
	"TM_GET", "TM_GET_TEXT", "TM_PID to get", "TM_PID to set", "TM_START", "TM_STOP", "TM_STATE",
};

/* What each request gave, asked by a process that cannot speak TAP. */
struct answers {
	int open, result[N_REQUESTS], pid;
	int proc_read, proc_write, lab_read, lab_write, attr_write, version;
	pid_t own;	/* what to set */
};

static struct answers *answers;
static int passed_fd;

static void ask(int fd, struct answers *a)
{
	struct task_sample sample;
	char text[TM_TEXT_SIZE];
	struct tm_state state;
	int pid = -1;

	a->result[GET] = dev_ioctl(fd, TM_GET, &sample);
	a->result[TEXT] = dev_ioctl(fd, TM_GET_TEXT, text);
	a->result[PID_GET] = dev_ioctl(fd, TM_PID, &pid);
	a->pid = pid;
	pid = a->own;
	a->result[PID_SET] = dev_ioctl(fd, TM_PID, &pid);
	a->result[START] = dev_ioctl(fd, TM_START, NULL);
	a->result[STOP] = dev_ioctl(fd, TM_STOP, NULL);
	a->result[STATE] = dev_ioctl(fd, TM_STATE, &state);
}

static void ask_files(struct answers *a)
{
	char text[1024];

	a->proc_read = file_read(PROC_FILE, text, sizeof(text));
	a->proc_write = file_write(PROC_FILE, "stop");
	a->lab_read = file_read(LAB_FILE, text, sizeof(text));
	a->lab_write = file_write(LAB_FILE, "stop");
	a->attr_write = file_write(ATTRIBUTES "running", "0");
	a->version = file_read(ATTRIBUTES "version", text, sizeof(text));
}

static int open_and_ask(struct answers *a)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	a->open = fd < 0 ? -errno : 0;
	if (fd >= 0)
		ask(fd, a);
	ask_files(a);
	return 0;
}

static int as_alice(void *arg)
{
	become(ALICE);
	return open_and_ask(arg);
}

/* A container's root: every capability, but not here. */
static int as_root_of_a_container(void *arg)
{
	become(ALICE);
	if (unshare(CLONE_NEWUSER))
		return 77;
	return open_and_ask(arg);
}

static int as_alice_with_roots_file(void *arg)
{
	become(ALICE);
	ask(passed_fd, arg);
	return 0;
}

/* Everything but reading one's own process. */
static void controls_refused(const char *who)
{
	int i;

	for (i = PID_SET; i < N_REQUESTS; i++)
		tap_errno(answers->result[i], EPERM, "%s: %s", who, names[i]);
}

static void target_refused(const char *who)
{
	tap_errno(answers->result[GET], EPERM, "%s: TM_GET", who);
	tap_errno(answers->result[TEXT], EPERM, "%s: TM_GET_TEXT", who);
	tap_errno(answers->result[PID_GET], EPERM, "%s: TM_PID to get", who);
	tap_is(answers->pid, -1, "%s: the PID is not told", who);
}

static void set_target(const struct child *c)
{
	char text[32];

	snprintf(text, sizeof(text), "set %d", c->pid);
	if (file_write(PROC_FILE, text) < 0)
		tap_bail("set does not work");
	memset(answers, 0, sizeof(*answers));
	answers->own = c->pid;
}

static void modes(void)
{
	tap_is(file_mode(DEVICE), 0600, "the device is root's");
	tap_is(file_mode(PROC_FILE), 0600, PROC_FILE " is root's");
	tap_is(file_mode(LAB_FILE), 0600, LAB_FILE " is root's");
	tap_is(file_mode(ATTRIBUTES "running"), 0600, "running is root's");
	tap_is(file_mode(ATTRIBUTES "interval_ns"), 0600, "interval_ns is root's");
	tap_is(file_mode(ATTRIBUTES "target"), 0400, "target is root's to read");
	tap_is(file_mode(ATTRIBUTES "ticks"), 0400, "ticks is root's to read");
	tap_is(file_mode(ATTRIBUTES "version"), 0444, "version is for everybody");
}

static void files_refused(const char *who, int want)
{
	tap_errno(answers->proc_write, want, "%s: writing " PROC_FILE, who);
	tap_errno(answers->lab_write, want, "%s: writing " LAB_FILE, who);
	tap_errno(answers->attr_write, want, "%s: writing running", who);
	tap_ok(answers->version > 0, "%s: version can be read", who);
}

static void closed_to_others(const struct child *c)
{
	set_target(c);
	tap_is(run(as_alice, answers), 0, "alice, as things are");
	tap_errno(answers->open, EACCES, "alice: opening the device");
	tap_errno(answers->proc_read, EACCES, "alice: reading " PROC_FILE);
	tap_errno(answers->lab_read, EACCES, "alice: reading " LAB_FILE);
	files_refused("alice", EACCES);
}

static void open_to_all(void)
{
	static const char * const paths[] = { DEVICE, PROC_FILE, LAB_FILE, ATTRIBUTES "running" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		if (chmod(paths[i], 0666))
			tap_bail("chmod %s: %s", paths[i], strerror(errno));
	}
}

static void anothers_target(const char *who, const struct child *c)
{
	set_target(c);
	tap_is(run(as_alice, answers), 0, "alice, the target is %s", who);
	tap_errno(answers->open, 0, "%s: alice opens the device", who);
	target_refused(who);
	controls_refused(who);
	files_refused(who, EPERM);
}

static void own_target(const struct child *c)
{
	set_target(c);
	tap_is(run(as_alice, answers), 0, "alice, the target is her own");
	tap_errno(answers->result[GET], 0, "her own: TM_GET");
	tap_errno(answers->result[TEXT], 0, "her own: TM_GET_TEXT");
	tap_errno(answers->result[PID_GET], 0, "her own: TM_PID to get");
	tap_is(answers->pid, c->pid, "her own: it gets the PID");
	controls_refused("her own");
}

static void container(const struct child *roots)
{
	int status;

	set_target(roots);
	status = run(as_root_of_a_container, answers);
	if (status == 77) {
		tap_skip("no user namespaces", "a container's root");
		return;
	}
	tap_is(status, 0, "a container's root");
	target_refused("a container's root");
	controls_refused("a container's root");
	files_refused("a container's root", EPERM);
}

/* Root opens, alice uses. */
static void roots_file(const struct child *c)
{
	int i;

	set_target(c);
	passed_fd = dev_open();
	tap_is(run(as_alice_with_roots_file, answers), 0, "alice with a file that root opened");
	for (i = 0; i < N_REQUESTS; i++)
		tap_errno(answers->result[i], 0, "root's file: %s", names[i]);
	tap_is(answers->pid, c->pid, "root's file: the PID");
	close(passed_fd);
}

static int open_and_pass(void *arg)
{
	become(ALICE);
	file_send(*(int *)arg, open(DEVICE, O_RDWR | O_CLOEXEC));
	return 0;
}

/* Alice opens, root uses. */
static void alices_file(const struct child *roots, const struct child *hers)
{
	int sock[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sock))
		tap_bail("no socket");
	tap_is(run(open_and_pass, &sock[1]), 0, "alice passes a file that she opened");
	fd = file_receive(sock[0]);
	set_target(roots);
	ask(fd, answers);
	target_refused("alice's file in root's hands");
	controls_refused("alice's file in root's hands");
	set_target(hers);
	ask(fd, answers);
	tap_errno(answers->result[GET], 0, "alice's file in root's hands: her own process");
	close(fd);
	close(sock[0]);
	close(sock[1]);
}

static void nothing_changed(void)
{
	tap_is(file_number(ATTRIBUTES "running"), 1, "after all that it still runs");
	tap_is(file_number(ATTRIBUTES "targets"), 1, "with one target");
}

int main(void)
{
	struct child roots, hers, bobs, secret;

	answers = shared_memory(sizeof(*answers));
	child_start(&roots);
	child_start_as(&hers, ALICE);
	child_start_as(&bobs, BOB);
	child_start_as(&secret, ALICE);
	child_do(&secret, CHILD_NOT_DUMPABLE, 0);
	module_need("target=%d log=N", roots.pid);

	modes();
	closed_to_others(&roots);
	open_to_all();
	anothers_target("root's", &roots);
	anothers_target("bob's", &bobs);
	anothers_target("her own, but not dumpable", &secret);
	own_target(&hers);
	container(&roots);
	alices_file(&roots, &hers);
	nothing_changed();
	roots_file(&roots);

	tap_errno(module_unload_patiently(), 0, "rmmod");
	child_end(&roots);
	child_end(&hers);
	child_end(&bobs);
	child_end(&secret);
	return tap_done();
}
