// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file becomes a private session while a batch of the default session is on
 * its way through it. The batch waits in the midst of its copy, for a page that
 * comes when we say so.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "session.h"


static int file;
static struct tm_batch late;	/* into the page that is not there yet */

static void *ask_late(void *arg)
{
	(void)arg;
	return (void *)(long)dev_ioctl(file, TM_BATCH, &late);
}

/* A page of which the kernel asks us when it is touched. Return: the descriptor, or -errno. */
static int page_on_demand(char **page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)*page;
	range.range.len = PAGE;
	if (*page == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		tap_bail("userfaultfd: %s", strerror(errno));
	return fd;
}

/* A child, for it may wait for ever. */
static int ask_default(void *arg)
{
	struct task_sample sample;

	(void)arg;
	alarm(60);
	return session_batch(dev_open(), &sample, 1) == 1 ? 0 : 1;
}

static void meet(int uffd, char *page)
{
	struct uffdio_zeropage zero = { .range = { .start = (uintptr_t)page, .len = PAGE } };
	struct tm_session_attr attr = session_attr(TM_SCOPE_LIST);
	struct task_sample sample;
	struct uffd_msg msg;
	pthread_t thread;
	void *result;

	file = dev_open();
	late = (struct tm_batch){ .records = (uintptr_t)page, .capacity = 1,
				  .record_size = sizeof(sample) };
	pthread_create(&thread, NULL, ask_late, NULL);
	tap_ok(read(uffd, &msg, sizeof(msg)) == sizeof(msg) && msg.event == UFFD_EVENT_PAGEFAULT,
	       "a batch is in the midst of its copy");
	tap_errno(dev_ioctl(file, TM_SESSION, &attr), 0, "its file becomes a private session");
	tap_errno(ioctl(uffd, UFFDIO_ZEROPAGE, &zero) ? -errno : 0, 0, "the page comes");
	pthread_join(thread, &result);
	tap_errno((long)result, 0, "the batch is done");
	tap_is(late.count, 1, "with the default session's target");
	tap_is(run(ask_default, NULL), 0, "the default session gives batches as before");
	tap_is(session_batch(file, &sample, 1), 0, "so does the private one");
	close(file);
}

int main(void)
{
	char *page = NULL;
	int uffd = page_on_demand(&page);

	module_need("target=%d log=N", getpid());
	if (uffd < 0)
		tap_skip("this kernel has no userfaultfd", "a file changes under a batch");
	else
		meet(uffd, page);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
