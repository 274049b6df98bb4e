// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private session in several hands: its mapped history, which outlives the
 * file; the file passed on, inherited, and left behind at exec.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "session.h"

#define RECORDS 64

static int my_forks(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_TREE);
	int fd;

	attr.kinds = 1U << TM_KIND_FORK;
	attr.ring_records = RECORDS;
	fd = session_make(&attr);
	if (session_add(fd, getpid()))
		tap_bail("cannot watch myself");
	return fd;
}

/* Maps and unmaps again: 0 or a negative errno. */
static int try_map(int fd, size_t size, int prot, int flags, off_t offset)
{
	void *p = mmap(NULL, size, prot, flags, fd, offset);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, size);
	return 0;
}

static bool is_forbidden(int err)
{
	return err == -EPERM || err == -EACCES;
}

static void mappings(void)
{
	size_t size = ring_bytes(RECORDS);
	int fd = my_forks(), read_only;
	void *p;

	tap_errno(try_map(fd, size, PROT_READ, MAP_SHARED, 0), 0, "mmap");
	tap_errno(try_map(fd, size, PROT_READ, MAP_PRIVATE, 0), 0, "mmap: private");
	tap_errno(try_map(fd, PAGE, PROT_READ, MAP_SHARED, 0), 0, "mmap: the header alone");
	tap_ok(is_forbidden(try_map(fd, size, PROT_READ | PROT_WRITE, MAP_SHARED, 0)),
	       "mmap to write is refused");
	tap_ok(is_forbidden(try_map(fd, size, PROT_WRITE, MAP_SHARED, 0)), "to write alone too");
	tap_ok(is_forbidden(try_map(fd, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0)),
	       "private too");
	tap_errno(try_map(fd, size + PAGE, PROT_READ, MAP_SHARED, 0), EINVAL,
		  "mmap: beyond its end");
	tap_errno(try_map(fd, PAGE, PROT_READ, MAP_SHARED, PAGE), EINVAL, "mmap: from its middle");
	tap_errno(try_map(fd, PAGE, PROT_READ, MAP_SHARED, (off_t)size), EINVAL,
		  "mmap: from its end");
	tap_errno(try_map(fd, PAGE, PROT_READ, MAP_SHARED, (off_t)1 << 30), EINVAL,
		  "mmap: far away");

	p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	tap_ok(mprotect(p, size, PROT_READ | PROT_WRITE) && errno == EACCES,
	       "mprotect to write is refused");
	tap_ok(mremap(p, size, size + PAGE, MREMAP_MAYMOVE) == MAP_FAILED, "it cannot grow");
	munmap(p, size);

	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	tap_ok(mprotect(p, size, PROT_READ | PROT_WRITE) && errno == EACCES,
	       "private: mprotect to write is refused");
	munmap(p, size);
	close(fd);

	read_only = open(DEVICE, O_RDONLY | O_CLOEXEC);
	tap_errno(dev_ioctl(read_only, TM_SESSION, &(struct tm_session_attr){
				  .interval_ns = NSEC_PER_SEC, .ring_records = RECORDS }),
		  0, "a session of a file opened to read");
	tap_errno(try_map(read_only, size, PROT_READ, MAP_SHARED, 0), 0, "can be mapped");
	tap_errno(try_map(read_only, size, PROT_READ | PROT_WRITE, MAP_SHARED, 0), EACCES,
		  "and not be written");
	close(read_only);
}

static void header(void)
{
	int fd = my_forks();
	const struct tm_ring_header *ring = ring_map(fd);
	pid_t pid;

	tap_ok(ring->magic == TM_RING_MAGIC && ring->record_size == sizeof(struct task_sample) &&
		       ring->capacity == RECORDS && !ring->reserved && !ring->dropped,
	       "the header tells what there is");
	tap_is(ring_head(ring), 0, "nothing is written");
	tap_is(ring->targets_alive, 1, "one target lives");
	pid = passer_by();
	tap_is(ring_head(ring), 1, "one record");
	tap_ok(ring_has(ring, pid, TM_KIND_FORK), "which is the one");
	tap_ok(eventually(ring->targets_alive == 1), "one target lives again");
	ring_unmap(ring);
	close(fd);
}

static void outlives_the_file(void)
{
	int fd = my_forks();
	const struct tm_ring_header *ring = ring_map(fd);
	unsigned long long head;

	close(fd);
	tap_is(sessions_total(), 2, "closed but mapped: the session is there");
	head = ring_head(ring);
	passer_by();
	tap_is(ring_head(ring), head + 1, "and goes on recording");
	/* A part of it holds it as well as the whole. */
	munmap((char *)ring + PAGE, ring_bytes(RECORDS) - PAGE);
	passer_by();
	tap_is(ring_head(ring), head + 2, "with the header alone mapped, too");
	tap_ok(module_unload() == -EAGAIN, "the module is in use");
	munmap((void *)ring, PAGE);
	tap_is(wait_sessions(1), 1, "unmapped: it is gone");
}

struct inherited {
	int go[2], done[2];
	int fd;
	const struct tm_ring_header *ring;
};

/* Wait for the word, then look into what was inherited. */
static int heir(void *arg)
{
	struct inherited *in = arg;
	struct task_sample sample;
	unsigned long long head;
	char byte;

	close(in->go[1]);
	if (read(in->go[0], &byte, 1) != 1)
		return 1;
	head = ring_head(in->ring);
	passer_by();
	if (ring_head(in->ring) != head + 1 || sessions_total() != 2)
		return 2;
	if (read(in->fd, &sample, sizeof(sample)) != sizeof(sample) || sample.seq != 1)
		return 3;
	close(in->fd);
	passer_by();
	return ring_head(in->ring) == head + 2 ? 0 : 4;
}

static void inherited(void)
{
	struct inherited in = { .fd = my_forks() };
	pid_t pid;

	in.ring = ring_map(in.fd);
	if (pipe(in.go))
		tap_bail("no pipe");
	pid = run_start(heir, &in);
	close(in.fd);
	ring_unmap(in.ring);
	close(in.go[0]);
	if (write(in.go[1], "", 1) != 1)
		tap_bail("the child is gone");
	tap_is(run_end(pid), 0, "a child goes on with file and mapping when its parent has let go");
	tap_is(wait_sessions(1), 1, "when it has exited the session is gone");
	close(in.go[1]);
}

/* Whoever gets the file makes use of it. */
static int use_passed(void *arg)
{
	struct task_sample samples[4];
	const struct tm_ring_header *ring;
	int fd = file_receive(*(int *)arg);
	struct tm_state state;

	if (fd < 0)
		return 1;
	session_state(fd, &state);
	if (!(state.flags & TM_STATE_PRIVATE) || state.owner != getppid())
		return 2;
	if (read(fd, samples, sizeof(samples)) != 3 * sizeof(samples[0]) || samples[0].seq != 1)
		return 3;
	if (!session_has(fd, getppid(), NULL) || session_add(fd, getppid()) != -EEXIST)
		return 4;
	ring = ring_map(fd);
	if (!ring || ring_head(ring) != 3)
		return 5;
	return dev_ioctl(fd, TM_STOP, NULL) ? 6 : 0;
}

static void passed_on(void)
{
	struct task_sample sample;
	struct tm_state state;
	int sock[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		tap_bail("no socket");
	/* The process that gets it is there before: it does not inherit the file. */
	pid = run_start(use_passed, &sock[1]);
	fd = my_forks();
	passer_by();
	passer_by();
	passer_by();
	file_send(sock[0], fd);
	tap_is(run_end(pid), 0, "another process uses a file that was passed to it");
	session_state(fd, &state);
	tap_ok(!(state.flags & TM_STATE_RUNNING), "it is the same session: stopped now");
	session_nonblock(fd);
	tap_ok(read(fd, &sample, sizeof(sample)) < 0 && errno == EAGAIN,
	       "with one cursor: the records are read");

	/* On its way, in nobody's hands, it is held by the socket alone. */
	file_send(sock[0], fd);
	close(fd);
	tap_is(sessions_total(), 2, "on its way through a socket: the session is there");
	close(sock[0]);
	close(sock[1]);
	tap_is(wait_sessions(1), 1, "the socket is closed: it is gone");
}

/* Alice makes a session whose memory counts as hers, passes it on and dies. */
static int make_and_pass(void *arg)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	int fd;

	attr.interval_ns = NSEC_PER_MSEC;
	attr.ring_records = RECORDS;
	fd = session_try(&attr);
	if (fd < 0 || session_add(fd, getpid()))
		return 1;
	file_send(*(int *)arg, fd);
	return 0;
}

static void maker_dies(void)
{
	struct tm_state state;
	int sock[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		tap_bail("no socket");
	tap_is(run(make_and_pass, &sock[1]), 0, "a process passes its session on and exits");
	fd = file_receive(sock[0]);
	tap_ok(eventually((session_state(fd, &state), !state.targets_alive)), "its target is gone");
	tap_errno(session_add(fd, getpid()), 0, "it can be used");
	tap_ok(eventually((session_state(fd, &state), state.samples > 20)), "and samples");
	close(fd);
	tap_is(wait_sessions(1), 1, "closed: it is gone");
	close(sock[0]);
	close(sock[1]);
}

/* This program again: says that it is there, and waits. */
static void exec_main(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "--wait"))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(STDOUT_FILENO, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

struct execer {
	int out;
	bool keep;
};

static int session_and_exec(void *arg)
{
	struct execer *e = arg;
	int fd = my_forks();

	if (e->keep)
		fcntl(fd, F_SETFD, 0);
	dup2(e->out, STDOUT_FILENO);
	execl("/proc/self/exe", "session_map", "--wait", NULL);
	return 1;
}

static void across_exec(bool keep)
{
	struct execer e = { .keep = keep };
	int fds[2];
	char byte;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		tap_bail("no pipe");
	e.out = fds[1];
	pid = run_start(session_and_exec, &e);
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		tap_bail("exec does not work");
	if (keep)
		tap_is(sessions_total(), 2, "exec keeps a session of a file without O_CLOEXEC");
	else
		tap_is(wait_sessions(1), 1, "exec ends the session of an O_CLOEXEC file");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_is(wait_sessions(1), 1, "when the program has died there is none");
	close(fds[0]);
}

/* However a process dies, its sessions die with it. */
static int dies_with_sessions(void *arg)
{
	int i;

	for (i = 0; i < 20; i++) {
		if (!ring_map(my_forks()))
			return 1;
	}
	if (write(*(int *)arg, "", 1) != 1)
		return 1;
	for (;;)
		pause();
}

static void killed(void)
{
	int fds[2];
	char byte;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		tap_bail("no pipe");
	pid = run_start(dies_with_sessions, &fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		tap_bail("no sessions");
	tap_is(sessions_total(), 21, "a process with 20 mapped sessions");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_is(wait_sessions(1), 1, "is killed: they are gone");
	tap_is(wait_sampler_threads(0), 0, "and the sampler");
	close(fds[0]);
	close(fds[1]);
}

int main(int argc, char **argv)
{
	exec_main(argc, argv);
	module_need("log=N");
	mappings();
	header();
	outlives_the_file();
	inherited();
	passed_on();
	maker_dies();
	across_exec(false);
	across_exec(true);
	killed();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
