// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module is loaded and unloaded by the system calls themselves: insmod
 * and rmmod make words of the errors.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "harness.h"

#define PF_EXITING	0x00000004
#define PF_KTHREAD	0x00200000
#define THREADS_MAX	16

static int module_vload(const char *format, va_list args)
{
	const char *path = getenv("TM_MODULE");
	char params[4096];
	int fd, err = 0;

	if (!path)
		tap_bail("TM_MODULE is not set");
	vsnprintf(params, sizeof(params), format, args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		err = -errno;
	close(fd);
	return err;
}

/* @format: the parameters, such as "target=%d" */
int module_load(const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = module_vload(format, args);
	va_end(args);
	return err;
}

void module_need(const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = module_vload(format, args);
	va_end(args);
	if (err)
		tap_bail("the module does not load: %s", errno_name(err));
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "taskmonitor", O_NONBLOCK) ? -errno : 0;
}

/* A process that was killed closes its files a moment later. */
int module_unload_patiently(void)
{
	int err = -EAGAIN;

	(void)eventually((err = module_unload()) != -EAGAIN);
	return err;
}

int module_refs(void)
{
	return (int)file_number(MODULE_DIR "/refcnt");
}

/* The first that is there of what a loaded module shows, or "nothing". */
const char *module_trace(void)
{
	static const char * const traces[] = {
		MODULE_DIR, LAB_FILE, PROC_FILE, DEVICE, "/sys/class/misc/taskmonitor", DEBUGFS,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(traces); i++) {
		if (file_exists(traces[i]))
			return traces[i];
	}
	return "nothing";
}

int dev_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		tap_bail(DEVICE ": %s", strerror(errno));
	return fd;
}

int dev_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* A sampler that lives: not one on its way out, which the next may meet there. */
static bool is_sampler(pid_t pid)
{
	struct proc_stat st;
	char path[64], comm[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (file_read(path, comm, sizeof(comm)) < 0 || strcmp(comm, "taskmonitor\n"))
		return false;
	return proc_stat(pid, &st) && (st.flags & PF_KTHREAD) && !(st.flags & PF_EXITING);
}

/*
 * How many samplers are there at once? Two that were seen may have been there
 * one after the other; the first must still be there once the second was seen.
 */
int sampler_threads(pid_t *pid)
{
	pid_t seen[THREADS_MAX];
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int i, n = 0, together = 0;

	while (dir && (entry = readdir(dir)) && n < THREADS_MAX) {
		pid_t candidate = atoi(entry->d_name);

		if (candidate > 0 && is_sampler(candidate))
			seen[n++] = candidate;
	}
	closedir(dir);
	for (i = 0; i < n - 1; i++)
		together += is_sampler(seen[i]);
	if (n && pid)
		*pid = seen[n - 1];
	return n ? together + 1 : 0;
}

/* One that has been stopped is seen for a moment longer. Returns how many there are. */
int wait_sampler_threads(int n)
{
	(void)eventually(sampler_threads(NULL) == n);
	return sampler_threads(NULL);
}
