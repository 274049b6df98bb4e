// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "harness.h"

/* All of a file, NUL-terminated. */
int file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t got;
	int err = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while (done < size - 1 && (got = read(fd, buf + done, size - 1 - done)) != 0) {
		if (got < 0) {
			err = -errno;
			break;
		}
		done += (size_t)got;
	}
	buf[done] = '\0';
	close(fd);
	return err ?: (int)done;
}

/* One write(2), as it is. */
int fd_write(int fd, const void *bytes, size_t size)
{
	ssize_t done = write(fd, bytes, size);

	return done < 0 ? -errno : (int)done;
}

int file_write_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int done;

	if (fd < 0)
		return -errno;
	done = fd_write(fd, bytes, size);
	close(fd);
	return done;
}

int file_write(const char *path, const char *text)
{
	return file_write_bytes(path, text, strlen(text));
}

/* The number that a file begins with; negative errno where it cannot be read. */
long long file_number(const char *path)
{
	char buf[128];
	int len = file_read(path, buf, sizeof(buf));

	return len < 0 ? len : atoll(buf);
}

int file_mode(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -errno : (int)(st.st_mode & 07777);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Zeroed, and the same for every process that is forked from here on. */
void *shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		tap_bail("no memory");
	return p;
}

/* What is logged from now on. */
void kmsg_open(struct kmsg *k)
{
	k->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd < 0)
		tap_bail("/dev/kmsg: %s", strerror(errno));
	lseek(k->fd, 0, SEEK_END);
}

/* "6,339,5140900,-;text\n KEY=value\n" */
static bool kmsg_parse(struct kmsg *k, const char *record)
{
	const char *text = strchr(record, ';');

	if (!text || sscanf(record, "%*d,%*d,%lld", &k->usec) != 1)
		return false;
	snprintf(k->line, sizeof(k->line), "%.*s", (int)strcspn(text + 1, "\n"), text + 1);
	return true;
}

/* The next line of the kernel's log; false where none comes in time. */
bool kmsg_next(struct kmsg *k, int timeout_ms)
{
	struct pollfd p = { .fd = k->fd, .events = POLLIN };
	char record[2048];
	ssize_t len;

	for (;;) {
		len = read(k->fd, record, sizeof(record) - 1);
		if (len >= 0)
			break;
		if (errno == EPIPE)
			tap_bail("the kernel's log overflowed");
		if (errno != EAGAIN || poll(&p, 1, timeout_ms) <= 0)
			return false;
	}
	record[len] = '\0';
	return kmsg_parse(k, record);
}

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* The next line of the module's. */
bool kmsg_ours(struct kmsg *k, int timeout_ms)
{
	long long end = now_ns() + timeout_ms * NSEC_PER_MSEC;

	for (;;) {
		long long left = (end - now_ns()) / NSEC_PER_MSEC;

		if (!kmsg_next(k, left > 0 ? (int)left : 0))
			return false;
		if (strstr(k->line, "loading out-of-tree") || strstr(k->line, "verification failed"))
			continue;
		if (begins(k->line, "pid ") || strstr(k->line, "monitor thread") ||
		    begins(k->line, "taskmonitor: "))
			return true;
	}
}

/* "pid 128 usr 36181127855 sys 28725434471", not a character more or less */
bool is_lab_line(const char *line, pid_t pid)
{
	unsigned long long usr, sys;
	char again[128];
	int n;

	if (sscanf(line, "pid %d usr %llu sys %llu", &n, &usr, &sys) != 3)
		return false;
	snprintf(again, sizeof(again), "pid %d usr %llu sys %llu", pid, usr, sys);
	return !strcmp(line, again);
}
