// SPDX-License-Identifier: GPL-2.0-only
/* The requests about thresholds: what is refused and changes nothing, sizes, pointers, the limit. */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "threshold.h"

#define ADD_OF(size) _IOC(_IOC_READ | _IOC_WRITE, TM_IOC_MAGIC, 0xAD, size)

static unsigned int total_of(int fd)
{
	unsigned int total = 0;

	list_thresholds(fd, NULL, 0, &total);
	return total;
}

static void refused(int fd, struct tm_threshold t, int want, const char *what)
{
	struct tm_threshold copy = t;

	tap_errno(try_threshold(fd, &t), want, "%s", what);
	if (memcmp(&t, &copy, sizeof(t)) || total_of(fd))
		tap_ok(false, "%s: nothing has changed", what);
}

#define REFUSED(...)                                                                               \
	refused(fd, (struct tm_threshold){ __VA_ARGS__ }, EINVAL, #__VA_ARGS__)

static void check_refusals(void)
{
	struct tm_session_attr attr = quiet_attr(TM_SCOPE_LIST);
	int fd = quiet_session(TM_SCOPE_LIST), other;

	REFUSED(.what = 0);
	REFUSED(.what = TM_THRESHOLD_EXIT + 1);
	REFUSED(.what = UINT32_MAX);
	REFUSED(.what = TM_THRESHOLD_RSS, .above = 1, .below = 2);
	REFUSED(.what = TM_THRESHOLD_RSS, .flags = 1);
	REFUSED(.what = TM_THRESHOLD_RSS, .reserved = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .above = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .above = 1, .below = 1);
	REFUSED(.what = TM_THRESHOLD_EXIT, .for_ns = 1);
	attr.kinds = 1U << TM_KIND_EXIT | 1U << TM_KIND_PERIODIC;
	other = session_make(&attr);
	refused(other, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT }, EINVAL,
		"a session whose kinds lack them");
	close(other);
	close(fd);
}

/* What a caller has that was built with another header. */
static void check_sizes(void)
{
	int fd = quiet_session(TM_SCOPE_LIST);
	struct { struct tm_threshold t; unsigned long long more; } longer = {
		.t.what = TM_THRESHOLD_EXIT,
	};
	struct tm_threshold_list list = {};

	tap_errno(dev_ioctl(fd, ADD_OF(TM_THRESHOLD_SIZE_VER0 - 8), &longer), EINVAL, "too short");
	longer.more = 1;
	tap_errno(dev_ioctl(fd, ADD_OF(sizeof(longer)), &longer), E2BIG, "longer, with something");
	tap_is(total_of(fd), 0, "nothing was added");
	longer.more = 0;
	tap_errno(dev_ioctl(fd, ADD_OF(sizeof(longer)), &longer), 0, "longer, with nothing");
	tap_is(longer.t.id, 1, "it is the first");

	memset(&longer, POISON, sizeof(longer));
	list.thresholds = (uintptr_t)&longer;
	list.capacity = 1;
	list.threshold_size = sizeof(longer);
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), 0, "listed to a longer one");
	tap_ok(list.count == 1 && list.total == 1 && longer.t.id == 1 && !longer.more,
	       "with zeroes behind what is known");
	list.threshold_size = TM_THRESHOLD_SIZE_VER0 - 8;
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EINVAL, "listed to a shorter one");
	list.threshold_size = TM_THRESHOLD_SIZE_VER0 + 4;
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EINVAL, "listed to an odd one");
	tap_errno(dev_ioctl(fd, _IOW(TM_IOC_MAGIC, 0xAE, unsigned long long), &longer), EINVAL,
		  "a number that is too long");
	tap_errno(dev_ioctl(fd, _IOW(TM_IOC_MAGIC, 0xAF, struct tm_threshold_list), &list), ENOTTY,
		  "another direction");
	close(fd);
}

static void check_pointers(void)
{
	int fd = quiet_session(TM_SCOPE_LIST);
	struct tm_threshold *fixed = mmap(NULL, (size_t)PAGE, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tm_threshold_list list = { .thresholds = 8, .capacity = 1,
		.threshold_size = sizeof(*fixed) };

	fixed->what = TM_THRESHOLD_EXIT;
	mprotect(fixed, (size_t)PAGE, PROT_READ);
	tap_errno(dev_ioctl(fd, TM_THRESHOLD_ADD, NULL), EFAULT, "no threshold");
	tap_errno(try_threshold(fd, fixed), EFAULT, "one that cannot be given its number");
	tap_is(total_of(fd), 0, "is not there");
	tap_errno(dev_ioctl(fd, TM_THRESHOLD_DEL, NULL), EFAULT, "no number");
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, NULL), EFAULT, "no list");
	add_threshold(fd, (struct tm_threshold){ .what = TM_THRESHOLD_EXIT });
	tap_errno(dev_ioctl(fd, TM_THRESHOLDS, &list), EFAULT, "an array that is none");
	munmap(fixed, (size_t)PAGE);
	close(fd);
}

static void check_limit(void)
{
	int fd = quiet_session(TM_SCOPE_LIST), i;
	struct tm_threshold all[TM_THRESHOLDS_MAX + 1], t = { .what = TM_THRESHOLD_CPU };
	unsigned int id = 0, total = 0;

	for (i = 0; i < TM_THRESHOLDS_MAX; i++)
		id = add_threshold(fd, (struct tm_threshold){
			.what = i % 2 ? TM_THRESHOLD_EXIT : TM_THRESHOLD_CPU });
	tap_is(id, TM_THRESHOLDS_MAX, "as many as there may be");
	tap_errno(try_threshold(fd, &t), ENOSPC, "one more");
	tap_is(list_thresholds(fd, all, 3, &total), 3, "three of them are listed");
	tap_is(total, TM_THRESHOLDS_MAX, "out of all");
	tap_is(list_thresholds(fd, all, ARRAY_SIZE(all), NULL), TM_THRESHOLDS_MAX, "all are");
	tap_errno(del_threshold(fd, 0), ENOENT, "there is no number 0");
	tap_errno(del_threshold(fd, TM_THRESHOLDS_MAX + 1), ENOENT, "nor one that was not given");
	tap_errno(del_threshold(fd, 4), 0, "one less");
	tap_errno(del_threshold(fd, 4), ENOENT, "once");
	tap_errno(try_threshold(fd, &t), 0, "there is room again");
	close(fd);
}

int main(void)
{
	module_need("log=N");
	check_refusals();
	check_sizes();
	check_pointers();
	check_limit();
	tap_errno(module_unload_patiently(), 0, "rmmod");
	return tap_done();
}
