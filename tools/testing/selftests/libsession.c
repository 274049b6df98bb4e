// SPDX-License-Identifier: GPL-2.0-only
/* Private sessions: see session.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "session.h"

#define BATCH_MAX 4096

struct tm_session_attr session_attr(unsigned int scope)
{
	return (struct tm_session_attr){
		.interval_ns = TM_INTERVAL_MAX_NS,
		.scope = scope,
		.ring_records = 4096,
	};
}

/* An open file that is a session, or a negative errno. */
int session_try(const struct tm_session_attr *attr)
{
	struct tm_session_attr copy = *attr;
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = dev_ioctl(fd, TM_SESSION, &copy);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int session_make(const struct tm_session_attr *attr)
{
	int fd = session_try(attr);

	if (fd < 0)
		tap_bail("no session: %s", errno_name(fd));
	return fd;
}

int session_open(unsigned int scope)
{
	struct tm_session_attr attr = session_attr(scope);

	return session_make(&attr);
}

int session_add_flags(int fd, pid_t pid, unsigned int flags)
{
	struct tm_target_spec spec = { .pid = pid, .flags = flags };

	return dev_ioctl(fd, TM_ADD, &spec);
}

int session_del_flags(int fd, pid_t pid, unsigned int flags)
{
	struct tm_target_spec spec = { .pid = pid, .flags = flags };

	return dev_ioctl(fd, TM_DEL, &spec);
}

int session_add(int fd, pid_t pid)
{
	return session_add_flags(fd, pid, 0);
}

int session_del(int fd, pid_t pid)
{
	return session_del_flags(fd, pid, 0);
}

void session_child(int fd, struct child *c)
{
	child_start(c);
	if (session_add(fd, c->pid))
		tap_bail("no target");
}

int session_interval(int fd, unsigned long long ns)
{
	return dev_ioctl(fd, TM_INTERVAL, &ns);
}

int session_pid(int fd)
{
	int pid = -1, err = dev_ioctl(fd, TM_PID, &pid);

	return err ?: pid;
}

void session_nonblock(int fd)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		tap_bail("O_NONBLOCK: %s", strerror(errno));
}

void session_state(int fd, struct tm_state *state)
{
	int err = dev_ioctl(fd, TM_STATE, state);

	if (err)
		tap_bail("TM_STATE: %s", errno_name(err));
}

int sessions_total(void)
{
	struct tm_session_list list = { .state_size = sizeof(struct tm_state) };
	int fd = dev_open();
	int err = dev_ioctl(fd, TM_SESSIONS, &list);

	close(fd);
	return err ?: (int)list.total;
}

int wait_sessions(int n)
{
	(void)eventually(sessions_total() == n);
	return sessions_total();
}

int session_batch(int fd, struct task_sample *samples, unsigned int capacity)
{
	struct tm_batch batch = {
		.records = (uintptr_t)samples,
		.capacity = capacity,
		.record_size = sizeof(*samples),
	};
	int err = dev_ioctl(fd, TM_BATCH, &batch);

	return err ?: (int)batch.count;
}

/* Is @pid a target? @sample: what the batch says of it, or NULL */
bool session_has(int fd, pid_t pid, struct task_sample *sample)
{
	static struct task_sample samples[BATCH_MAX];
	int i, n = session_batch(fd, samples, BATCH_MAX);

	for (i = 0; i < n; i++) {
		if (samples[i].pid != pid)
			continue;
		if (sample)
			*sample = samples[i];
		return true;
	}
	return false;
}

void diary_begin(struct diary *d, int fd)
{
	memset(d, 0, sizeof(*d));
	d->fd = fd;
	session_nonblock(fd);
}

void diary_end(struct diary *d)
{
	close(d->fd);
	free(d->records);
}

void diary_read(struct diary *d)
{
	ssize_t len;

	do {
		if (d->n == d->room) {
			d->room = d->room ? 2 * d->room : 256;
			d->records = realloc(d->records, d->room * sizeof(*d->records));
			if (!d->records)
				tap_bail("no memory");
		}
		len = read(d->fd, &d->records[d->n], sizeof(*d->records));
		if (len == sizeof(*d->records) && d->records[d->n++].kind == TM_KIND_LOST)
			tap_bail("the history of this test is too small");
	} while (len > 0);
	if (len < 0 && errno != EAGAIN)
		tap_bail("read: %s", strerror(errno));
}

/* The first record of this kind that is known by now, or NULL; good until more is read. */
const struct task_sample *diary_find(struct diary *d, pid_t pid, unsigned int kind)
{
	unsigned int i;

	diary_read(d);
	for (i = 0; i < d->n; i++) {
		if (d->records[i].pid == pid && d->records[i].kind == kind)
			return &d->records[i];
	}
	return NULL;
}

const struct task_sample *diary_await(struct diary *d, pid_t pid, unsigned int kind)
{
	(void)eventually(diary_find(d, pid, kind));
	return diary_find(d, pid, kind);
}

unsigned int diary_count(struct diary *d, pid_t pid, unsigned int kind)
{
	unsigned int i, n = 0;

	diary_read(d);
	for (i = 0; i < d->n; i++)
		n += d->records[i].pid == pid && d->records[i].kind == kind;
	return n;
}

size_t ring_bytes(unsigned int records)
{
	return (PAGE + records * sizeof(struct task_sample) + PAGE - 1) / PAGE * PAGE;
}

const struct tm_ring_header *ring_map(int fd)
{
	struct tm_state state;
	void *p;

	session_state(fd, &state);
	p = mmap(NULL, ring_bytes(state.ring_records), PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

void ring_unmap(const struct tm_ring_header *ring)
{
	munmap((void *)ring, ring_bytes(ring->capacity));
}

unsigned long long ring_head(const struct tm_ring_header *ring)
{
	return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
}

/* As long as the writer has not come round. */
bool ring_has(const struct tm_ring_header *ring, pid_t pid, unsigned int kind)
{
	const struct task_sample *records = (const void *)((const char *)ring + ring->header_size);
	unsigned long long i, head = ring_head(ring);

	for (i = 0; i < head && i < ring->capacity; i++) {
		if (records[i].pid == pid && records[i].kind == kind)
			return true;
	}
	return false;
}

void file_send(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	sendmsg(sock, &msg, 0);
}

int file_receive(int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

void cgroup_move(const char *cgroup, pid_t pid)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	snprintf(text, sizeof(text), "%d", pid);
	if (file_write(path, text) < 0)
		tap_bail("%s: cannot move %d there", path, pid);
}

bool is_blocked_in(pid_t tid, long syscall_nr)
{
	char path[64], buf[256];
	struct proc_stat st;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	return file_read(path, buf, sizeof(buf)) > 0 && buf[0] != 'r' &&
	       atol(buf) == syscall_nr && proc_stat(tid, &st) && st.state == 'S';
}

pid_t passer_by(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		tap_bail("fork or waitpid does not work");
	return pid;
}

pid_t unused_pid(void)
{
	return passer_by();
}
