// SPDX-License-Identifier: GPL-2.0-only
/* libtaskmonitor where there is no module: what fails, how, and what it leaves alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <taskmonitor/taskmonitor.h>

#include "tap.h"

static int untouched(const void *buf, size_t size)
{
	const unsigned char *byte = buf;

	while (size--) {
		if (*byte++ != 0xcc)
			return 0;
	}
	return 1;
}

static void opening(void)
{
	struct tm_device *dev;

	errno = 0;
	dev = tm_open("/dev/null/no/such/device");
	CHECK(!dev && errno == ENOTDIR, "open: below what is no directory: ENOTDIR");
	errno = 0;
	dev = tm_open("/nowhere/taskmonitor");
	CHECK(!dev && errno == ENOENT, "open: no such file: ENOENT");
	errno = 4711;
	tm_close(NULL);
	CHECK(errno == 4711, "close: nothing to do with NULL, errno stays");
}

/* A file that its user may only read; root may write any, and so steps down for it. */
static void opening_read_only(void)
{
	char path[] = "/tmp/taskmonitor-unit-XXXXXX";
	int fd = mkstemp(path);
	struct tm_device *dev;
	uid_t uid = geteuid();

	if (fd < 0 || fchmod(fd, 0444) || (!uid && seteuid(65534))) {
		CHECK(0, "open: cannot make a file to try it on");
		return;
	}
	dev = tm_open(path);
	if (CHECK(dev != NULL, "open: a file that may only be read"))
		CHECK((fcntl(tm_fd(dev), F_GETFL) & O_ACCMODE) == O_RDONLY, "open: it is read");
	tm_close(dev);
	if (seteuid(uid))
		CHECK(0, "open: cannot become root again");
	close(fd);
	unlink(path);
}

static void descriptors(struct tm_device *dev)
{
	int fd = tm_fd(dev);

	CHECK(fd > 2 && fcntl(fd, F_GETFD) == FD_CLOEXEC, "fd: closed on exec");
	CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR, "fd: read and write where it may");
}

#define CHECK_FAILS(call, wanted, name) do {		\
	errno = 0;					\
	CHECK((call) == -1 && errno == (wanted), name);	\
} while (0)

static void requests(struct tm_device *dev)
{
	struct task_sample sample;
	struct tm_state state;
	char text[TM_TEXT_SIZE];

	memset(&sample, 0xcc, sizeof(sample));
	memset(&state, 0xcc, sizeof(state));
	memset(text, 0xcc, sizeof(text));

	CHECK_FAILS(tm_get(dev, &sample), ENOTTY, "get: no such request: ENOTTY");
	CHECK(untouched(&sample, sizeof(sample)), "get: the sample is left alone");
	CHECK_FAILS(tm_get_text(dev, text, sizeof(text)), ENOTTY, "get_text: ENOTTY");
	CHECK(untouched(text, sizeof(text)), "get_text: the text is left alone");
	CHECK_FAILS(tm_state(dev, &state), ENOTTY, "state: ENOTTY");
	CHECK(untouched(&state, sizeof(state)), "state: it is left alone");
	CHECK_FAILS(tm_start(dev), ENOTTY, "start: ENOTTY");
	CHECK_FAILS(tm_stop(dev), ENOTTY, "stop: ENOTTY");
	CHECK_FAILS(tm_pid_get(dev), ENOTTY, "pid_get: ENOTTY");
	CHECK_FAILS(tm_pid_set(dev, 1), ENOTTY, "pid_set: ENOTTY");
	CHECK_FAILS(tm_pid_set(dev, 0), EINVAL, "pid_set 0: EINVAL, not asked");
	CHECK_FAILS(tm_pid_set(dev, -1), EINVAL, "pid_set -1: EINVAL, not taken for a question");
}

int main(void)
{
	struct tm_device *dev = tm_open("/dev/null");

	CHECK_STR(tm_lib_version(), TM_LIB_VERSION, "the version is the header's");
	opening();
	opening_read_only();
	if (CHECK(dev != NULL, "open: /dev/null")) {
		descriptors(dev);
		requests(dev);
	}
	tm_close(dev);
	return tap_end();
}
