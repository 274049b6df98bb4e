// SPDX-License-Identifier: GPL-2.0-only
/* Each errno of each request; what fails changes nothing. */
#include <limits.h>
#include <linux/taskmonitor.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "harness.h"

/* Numbers that later versions may give to new requests. */
#define NR_RESERVED_FIRST	0xA0
#define NR_RESERVED_LAST	0xBF

#define NO_SUCH_PID		4194304	/* PID_MAX_LIMIT: one more than the greatest */

static struct child target;
static int fd;

static int get_pid(void)
{
	int pid = -1;

	return dev_ioctl(fd, TM_PID, &pid) ?: pid;
}

static int set_pid(int pid)
{
	return dev_ioctl(fd, TM_PID, &pid);
}

static void no_target(void)
{
	struct task_sample sample;
	char text[TM_TEXT_SIZE];

	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET without a target");
	tap_errno(dev_ioctl(fd, TM_GET_TEXT, text), ESRCH, "TM_GET_TEXT without a target");
	tap_is(get_pid(), 0, "TM_PID without a target gets 0");
}

static void unknown_number(void)
{
	static const unsigned int dirs[] = { _IOC_NONE, _IOC_READ, _IOC_WRITE,
					     _IOC_READ | _IOC_WRITE };
	unsigned int nr, d, wrong = 0;
	char buf[TM_TEXT_SIZE];

	for (nr = 0; nr < 256; nr++) {
		if (nr >= NR_RESERVED_FIRST && nr <= NR_RESERVED_LAST)
			continue;
		for (d = 0; d < ARRAY_SIZE(dirs); d++) {
			unsigned int size = dirs[d] ? sizeof(buf) : 0;

			wrong += dev_ioctl(fd, _IOC(dirs[d], 'N', nr, size), buf) != -ENOTTY;
		}
	}
	tap_is(wrong, 0, "ENOTTY for every unknown number");
}

struct request {
	const char *name;
	unsigned long cmd;
};

static const struct request requests[] = {
	{ "TM_GET", TM_GET },	  { "TM_GET_TEXT", TM_GET_TEXT }, { "TM_START", TM_START },
	{ "TM_STOP", TM_STOP },	  { "TM_PID", TM_PID },		  { "TM_STATE", TM_STATE },
};

static void wrong_type_and_direction(const struct request *r)
{
	unsigned int dir, nr = _IOC_NR(r->cmd), size = _IOC_SIZE(r->cmd) ?: 8;
	char buf[4096];

	for (dir = 0; dir < 4; dir++) {
		if (dir == _IOC_DIR(r->cmd))
			continue;
		tap_errno(dev_ioctl(fd, _IOC(dir, 'N', nr, dir ? size : 0), buf), ENOTTY,
			  "%s in direction %u", r->name, dir);
	}
	tap_errno(dev_ioctl(fd, _IOC(_IOC_DIR(r->cmd), 'M', nr, _IOC_SIZE(r->cmd)), buf), ENOTTY,
		  "%s of another type", r->name);
}

static void unknown_requests(void)
{
	size_t i;

	unknown_number();
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		wrong_type_and_direction(&requests[i]);
	tap_errno(dev_ioctl(fd, _IOC(_IOC_NONE, 'N', _IOC_NR(TM_START), 4), NULL), ENOTTY,
		  "TM_START with a size");
	tap_errno(dev_ioctl(fd, _IOC(_IOC_NONE, 'N', _IOC_NR(TM_STOP), 16), NULL), ENOTTY,
		  "TM_STOP with a size");
	tap_errno(dev_ioctl(fd, TM_START, (void *)-1L), 0, "TM_START looks at no pointer");
	tap_errno(dev_ioctl(fd, TM_STOP, (void *)-1L), 0, "TM_STOP looks at no pointer");
}

static char *pages(int prot)
{
	char *p = mmap(NULL, 2 * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		tap_bail("no memory");
	return p;
}

static void bad_pointer(const struct request *r, void *p, const char *what)
{
	tap_errno(dev_ioctl(fd, r->cmd, p), EFAULT, "%s with %s", r->name, what);
}

static void bad_pointers(const struct request *r)
{
	char *gone = pages(PROT_READ), *readonly = pages(PROT_READ);
	char *half = pages(PROT_READ | PROT_WRITE);

	munmap(gone, 2 * PAGE);
	munmap(half + PAGE, PAGE);
	bad_pointer(r, NULL, "a null pointer");
	bad_pointer(r, gone, "memory that is not there");
	bad_pointer(r, (void *)-4096L, "the kernel's memory");
	bad_pointer(r, half + PAGE - 2, "memory that ends too soon");
	if (r->cmd == TM_PID) {
		*(int *)half = -1;
		mprotect(half, PAGE, PROT_READ);
		bad_pointer(r, half, "memory that cannot be written, to get");
	} else {
		bad_pointer(r, readonly, "memory that cannot be written");
	}
	munmap(readonly, 2 * PAGE);
	munmap(half, PAGE);
}

/* Where memory ends behind the figures that the caller has room for, and where it does not. */
static void pointer_to_the_end(void)
{
	char *half = pages(PROT_READ | PROT_WRITE);

	munmap(half + PAGE, PAGE);
	tap_errno(dev_ioctl(fd, TM_GET_16, half + PAGE - 16), 0,
		  "TM_GET of 16 bytes at the end of memory");
	tap_errno(dev_ioctl(fd, _IOC(_IOC_READ, 'N', _IOC_NR(TM_GET), 1024), half + PAGE - 512),
		  EFAULT, "TM_GET with its zeroes beyond the end of memory");
	munmap(half, PAGE);
}

static pid_t a_thread(void)
{
	char path[64], first[16];
	pid_t tid;

	/* The child has one more thread, with the next number that was free. */
	child_do(&target, CHILD_THREADS, 1);
	for (tid = target.pid + 1; tid < target.pid + 1000; tid++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", target.pid, tid);
		if (file_read(path, first, sizeof(first)) > 0)
			return tid;
	}
	tap_bail("the child's thread is not to be found");
}

static pid_t a_zombie(void)
{
	struct child c;

	child_start(&c);
	child_exit(&c, 0);
	return c.pid;
}

static void set_fails(int pid, int want, const char *what)
{
	tap_errno(set_pid(pid), want, "TM_PID with %s", what);
	tap_is(get_pid(), target.pid, "the target is kept");
}

static void pids(void)
{
	static const int negative[] = { -1, -2, -300, INT_MIN };
	pid_t zombie = a_zombie();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(negative); i++) {
		int pid = negative[i];

		tap_errno(dev_ioctl(fd, TM_PID, &pid), 0, "TM_PID with %d", negative[i]);
		tap_is(pid, target.pid, "gets the target");
	}
	set_fails(0, EINVAL, "zero");
	set_fails(NO_SUCH_PID, ESRCH, "a PID beyond all");
	set_fails(INT_MAX, ESRCH, "the greatest number");
	set_fails(zombie, ESRCH, "a zombie");
	waitpid(zombie, NULL, 0);
	set_fails(zombie, ESRCH, "a process that is gone");
	set_fails(a_thread(), ESRCH, "a thread's number");
	tap_errno(set_pid(target.pid), 0, "TM_PID with the target's own PID");
}

static void dead_target(void)
{
	struct task_sample sample;
	char text[TM_TEXT_SIZE];
	struct child c;

	child_start(&c);
	tap_errno(set_pid(c.pid), 0, "TM_PID");
	child_exit(&c, 0);
	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET of a zombie");
	tap_errno(dev_ioctl(fd, TM_GET_TEXT, text), ESRCH, "TM_GET_TEXT of a zombie");
	waitpid(c.pid, NULL, 0);
	tap_errno(dev_ioctl(fd, TM_GET, &sample), ESRCH, "TM_GET of a target that is gone");
	tap_errno(dev_ioctl(fd, TM_GET_TEXT, text), ESRCH, "TM_GET_TEXT of a target that is gone");
}

static void not_a_file(void)
{
	char buf[16];

	tap_ok(read(fd, buf, sizeof(buf)) < 0, "the device cannot be read (yet)");
	tap_ok(write(fd, buf, sizeof(buf)) < 0, "the device cannot be written");
	tap_ok(lseek(fd, 0, SEEK_SET) == -1 || lseek(fd, 0, SEEK_CUR) == 0, "nor has it a place");
}

int main(void)
{
	size_t i;

	child_start(&target);
	module_need("%s", "");
	fd = dev_open();
	no_target();
	if (set_pid(target.pid))
		tap_bail("TM_PID does not work");
	unknown_requests();
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		if (_IOC_SIZE(requests[i].cmd))
			bad_pointers(&requests[i]);
	}
	pointer_to_the_end();
	pids();
	dead_target();
	not_a_file();
	close(fd);
	tap_errno(module_unload(), 0, "rmmod");
	child_end(&target);
	return tap_done();
}
