// SPDX-License-Identifier: GPL-2.0-only
/* Open files: had, handed on, read, waited for. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "fuzz.h"

static const int read_errors[] = { EAGAIN, EINVAL, EPERM, EFAULT, 0 };

void entry_close(struct entry *e)
{
	if (e->fd >= 0 && close(e->fd))
		shared->stop = true;
	*e = (struct entry){ .fd = -1 };
}

static bool entry_open(struct actor *a, struct entry *e)
{
	static const int away[] = { ENOENT, ENXIO, ENODEV, EACCES, 0 };
	int flags = rng_one_in(&a->rng, 3) ? O_RDONLY : O_RDWR;

	note(a, "open", flags, 0, 0);
	e->fd = open(DEVICE, flags | O_NONBLOCK | O_CLOEXEC);
	if (noted(a, e->fd < 0 ? -errno : e->fd) < 0) {
		if (!a->reload || !is_in(-errno, away))
			wrong(a, "open gave %s", strerror(errno));
		e->fd = -1;
		return false;
	}
	e->rights = a->rights;
	return true;
}

struct entry *pick_file(struct actor *a)
{
	struct entry *e = &a->files[rng_below(&a->rng, FILES_MAX)];

	return e->fd >= 0 || entry_open(a, e) ? e : NULL;
}

/* One that is a session of its own and nobody else's, if there is one. */
struct entry *pick_own(struct actor *a)
{
	unsigned int i, from = rng_below(&a->rng, FILES_MAX);

	for (i = 0; i < FILES_MAX; i++) {
		struct entry *e = &a->files[(from + i) % FILES_MAX];

		if (e->fd >= 0 && e->own && !e->shared)
			return e;
	}
	return NULL;
}

void op_open(struct actor *a)
{
	struct entry *e = &a->files[rng_below(&a->rng, FILES_MAX)];

	entry_close(e);
	entry_open(a, e);
}

void op_close(struct actor *a)
{
	struct entry *e = pick_file(a);

	if (!e)
		return;
	note(a, "close", e->fd, e->own, 0);
	entry_close(e);
	noted(a, 0);
}

/* Over to somebody else, or to another number of one's own; one may keep it, too. */
void op_give(struct actor *a)
{
	struct entry *e = pick_file(a), *f = &a->files[rng_below(&a->rng, FILES_MAX)];
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { .buf = { 0 } };
	struct iovec iov = { .iov_base = e, .iov_len = sizeof(*e) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	unsigned int to = rng_below(&a->rng, (unsigned int)a->n_outboxes);

	if (!e || a->keeps)
		return;
	e->shared = true;
	a->gave = true;
	if (rng_one_in(&a->rng, 3) && e != f) {
		entry_close(f);
		*f = *e;
		note(a, "dup", e->fd, 0, 0);
		f->fd = fcntl(e->fd, F_DUPFD_CLOEXEC, 0);
		noted(a, f->fd);
		return;
	}
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &e->fd, sizeof(int));
	note(a, "give", e->fd, to, 0);
	noted(a, sendmsg(a->outboxes[to], &msg, MSG_DONTWAIT) < 0 ? -errno : 0);
	if (rng_one_in(&a->rng, 2))
		entry_close(e);
}

void op_take(struct actor *a)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	struct entry *e = &a->files[rng_below(&a->rng, FILES_MAX)], got;
	struct iovec iov = { .iov_base = &got, .iov_len = sizeof(got) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;
	ssize_t n;

	note(a, "take", a->inbox, 0, 0);
	n = recvmsg(a->inbox, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	noted(a, n < 0 ? -errno : n);
	if (n != sizeof(got))
		return;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg)
		return;
	entry_close(e);
	*e = got;
	memcpy(&e->fd, CMSG_DATA(cmsg), sizeof(int));
}

/* One record: in its place in the row, if nobody else reads from this file. */
static const char *record_flaw(struct entry *e, const struct task_sample *s, uint64_t *last)
{
	unsigned int kinds = e->own && e->attr.kinds ? e->attr.kinds | 1U << TM_KIND_LOST : IN_FILE;
	const char *flaw = sample_flaw(s, kinds);
	uint64_t begin = s->seq - (s->kind == TM_KIND_LOST ? s->lost_records : 1);

	if (flaw)
		return flaw;
	if (!e->shared && begin != e->cursor)
		return "does not follow the one before";
	if (begin < *last)
		return "goes back";
	*last = e->cursor = s->seq;
	return NULL;
}

static void check_records(struct actor *a, struct entry *e, const char *at, size_t n)
{
	struct task_sample s;
	const char *flaw = NULL;
	uint64_t last = 0;

	for (; n && !flaw; n -= sizeof(s), at += sizeof(s)) {
		memcpy(&s, at, sizeof(s));
		flaw = record_flaw(e, &s, &last);
	}
	if (flaw)
		wrong(a, "read: record %llu of kind %u %s (cursor %llu)", s.seq, s.kind, flaw,
		      (unsigned long long)e->cursor);
}

static long read_once(struct actor *a, struct entry *e, const struct place *p)
{
	size_t half = p->size / 2 / SAMPLE_SIZE * SAMPLE_SIZE;
	struct iovec iov[2] = { { p->at, half }, { p->at + half, p->size - half } };
	bool vector = half && rng_one_in(&a->rng, 4);
	ssize_t n;

	note(a, vector ? "readv" : "read", e->fd, (long long)p->size, p->writable);
	n = vector ? readv(e->fd, iov, 2) : read(e->fd, p->at, p->size);
	return noted(a, n < 0 ? -errno : n);
}

static void judge_read(struct actor *a, struct entry *e, const struct place *p, long n)
{
	if (n < 0 && !is_in(n, read_errors))
		wrong(a, "read gave %s, which is not documented", errno_name(n));
	if (n != -EPERM && surely_does_not(e))
		wrong(a, "read by one who may not control: %s", errno_name(n));
	if (n == -EPERM && surely_controls(e))
		wrong(a, "read gave EPERM to one who may");
	if (surely_controls(e) && (n == -EINVAL) != (p->size < SAMPLE_SIZE))
		wrong(a, "read of %zu bytes: %ld", p->size, n);
	if (n == -EFAULT && p->writable)
		wrong(a, "read gave EFAULT of good memory");
	if (n > 0 && (n % SAMPLE_SIZE || (size_t)n > p->size))
		wrong(a, "read of %zu bytes gave %ld", p->size, n);
	if (n == 0 && e->own && e->attr.scope > TM_SCOPE_TREE)
		wrong(a, "read: the end, in a scope that has none");
	if (!array_is_kept(p, n > 0 ? (size_t)n : 0))
		wrong(a, "read wrote behind its %ld bytes", n);
}

void op_read(struct actor *a)
{
	size_t size = SAMPLE_SIZE * rng_below(&a->rng, 12) +
		      (rng_one_in(&a->rng, 4) ? rng_below(&a->rng, SAMPLE_SIZE) : 0);
	struct place p = place_array(a, size);
	struct entry *e = pick_file(a);
	long n;

	if (!e)
		return;
	poison_array(&p);
	n = read_once(a, e, &p);
	judge_read(a, e, &p, n);
	if (n > 0 && n % SAMPLE_SIZE == 0)
		check_records(a, e, p.at, (size_t)n);
}

/*
 * Nothing is lost in silence: what was read and what was told to be lost make up
 * all that was produced. A probe that was under way at the stop may still add
 * to it, hence more than one look.
 */
void op_drain(struct actor *a)
{
	struct entry *e = pick_own(a);
	struct place p = { .at = a->arena.array, .size = 16 * SAMPLE_SIZE, .writable = true };
	struct tm_state state = { .samples = 0 };
	int looks;
	long n;

	if (!e)
		return;
	note(a, "drain", e->fd, 0, 0);
	noted(a, ioctl(e->fd, TM_STOP) ? -errno : 0);
	e->running = false;
	for (looks = 0; looks < 1000 && !shared->stop; looks++) {
		while ((n = read_once(a, e, &p)) > 0)
			check_records(a, e, p.at, (size_t)n);
		if (ioctl(e->fd, TM_STATE, &state))
			wrong(a, "TM_STATE of one's own session: %s", strerror(errno));
		if (state.samples == e->cursor)
			return;
	}
	if (!shared->stop)
		wrong(a, "%llu records were made, and %llu read or told lost", state.samples,
		      (unsigned long long)e->cursor);
}

/* What the device has no answer to. */
void op_not_for_it(struct actor *a)
{
	static const int errors[] = { EINVAL, ESPIPE, EBADF, ENODEV, EOPNOTSUPP, ENOTTY, ENOTDIR,
				      EACCES, 0 };
	char *at = a->arena.array;
	struct entry *e = pick_file(a);
	unsigned int which = rng_below(&a->rng, 8);
	loff_t pos = 0;
	long n;

	if (!e)
		return;
	note(a, "not for it", e->fd, which, 0);
	switch (which) {
	case 0: n = write(e->fd, at, SAMPLE_SIZE); break;
	case 1: n = pread(e->fd, at, SAMPLE_SIZE, (off_t)(rng_next(&a->rng) >> 1)); break;
	case 2: n = lseek(e->fd, (off_t)rng_next(&a->rng), (int)rng_below(&a->rng, 5)); break;
	case 3: n = sendfile(a->outboxes[0], e->fd, NULL, SAMPLE_SIZE); break;
	case 4: n = ftruncate(e->fd, 0); break;
	case 5: n = fsync(e->fd); break;
	case 6: n = fallocate(e->fd, 0, 0, 4096); break;
	default: n = copy_file_range(e->fd, &pos, e->fd, NULL, 16, 0); break;
	}
	noted(a, n < 0 ? -errno : n);
	if (n >= 0 || !is_in(-errno, errors))
		wrong(a, "the device took what it has no answer to (%u): %ld, %s", which, n,
		      strerror(errno));
}

static void judge_events(struct actor *a, const struct entry *e, unsigned int events)
{
	if (events & ~(unsigned int)(POLLIN | POLLRDNORM | POLLPRI | POLLHUP | POLLERR))
		wrong(a, "poll told of %#x", events);
	if (!(events & POLLERR) && surely_does_not(e))
		wrong(a, "poll told %#x to one who may not control", events);
	if ((events & POLLERR) && surely_controls(e))
		wrong(a, "poll told of an error to one who may control");
	if ((events & POLLHUP) && e->own && e->attr.scope > TM_SCOPE_TREE)
		wrong(a, "poll told of the end, in a scope that has none");
}

void op_poll(struct actor *a)
{
	struct entry *e = pick_file(a);
	struct pollfd p = { .events = (short)rng_next(&a->rng) };
	int n;

	if (!e)
		return;
	p.fd = e->fd;
	note(a, "poll", p.fd, p.events, 0);
	n = poll(&p, 1, 0);
	noted(a, n < 0 ? -errno : p.revents);
	/* A bit that was not asked for is cut off by the kernel, but these two. */
	p.events |= POLLERR | POLLHUP;
	if (n > 0 && (e->own || !e->shared))
		judge_events(a, e, (unsigned int)p.revents);
}

/* A set of its own for each actor; files leave it as they are closed everywhere. */
void op_epoll(struct actor *a)
{
	static const int errors[] = { EEXIST, ENOENT, 0 };
	struct epoll_event event = { .events = (uint32_t)rng_next(&a->rng) &
					       (EPOLLIN | EPOLLPRI | EPOLLET | EPOLLONESHOT |
						EPOLLRDHUP) };
	struct epoll_event got[4];
	struct entry *e = pick_file(a);
	unsigned int which = rng_below(&a->rng, 4);
	int n;

	if (!e)
		return;
	note(a, "epoll", e->fd, which, event.events);
	switch (which) {
	case 0: n = epoll_ctl(a->epoll, EPOLL_CTL_ADD, e->fd, &event); break;
	case 1: n = epoll_ctl(a->epoll, EPOLL_CTL_DEL, e->fd, NULL); break;
	case 2: n = epoll_ctl(a->epoll, EPOLL_CTL_MOD, e->fd, &event); break;
	default: n = epoll_wait(a->epoll, got, ARRAY_SIZE(got), 0); break;
	}
	noted(a, n < 0 ? -errno : n);
	if (n < 0 && !is_in(-errno, errors))
		wrong(a, "epoll: %s", strerror(errno));
}
