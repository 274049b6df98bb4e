// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures of all processes by BPF's task iterator: it is made, read to its
 * end, closed. The programs are beside this one, in bpf/.
 *
 *   bpf.all   as much of struct task_sample as BPF can fill
 *   bpf.nine  nine figures
 *
 * That the program does as much as ours is tried: its records of the crowd must
 * be those of TM_BATCH, but for what all.bpf.c says that it cannot have.
 */
#include "bench.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BUFFER (16 << 20)

static struct bpf_link *iterator;
static char *buffer;
static size_t bytes;

static void read_all(void)
{
	int fd = bpf_iter_create(bpf_link__fd(iterator));
	ssize_t n;

	if (fd < 0)
		die("bpf_iter_create");
	bytes = 0;
	while ((n = read(fd, buffer + bytes, BUFFER - bytes)) > 0)
		bytes += n;
	if (n < 0)
		die("the iterator");
	close(fd);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static struct bpf_object *load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);

	if (!object)
		die(path);
	if (bpf_object__load(object)) {
		bpf_object__close(object);
		return NULL;
	}
	return object;
}

static const struct task_sample *find(pid_t pid)
{
	const struct task_sample *s = (void *)buffer;
	size_t i;

	for (i = 0; i < bytes / sizeof(*s); i++) {
		if (s[i].tgid == pid)
			return &s[i];
	}
	errno = ESRCH;
	die("bpf.all: a process of the crowd");
}

/* The crowd sleeps: nothing changes between the one's look and the other's. */
static void compare(const struct task_sample *is, const struct task_sample *ours)
{
	const char *what = NULL;

#define SAME(field) do { if (is->field != ours->field) what = #field; } while (0)
	SAME(start_time_ns);
	SAME(pid);
	SAME(ppid);
	SAME(uid);
	SAME(threads);
	SAME(cpu);
	SAME(state);
	SAME(vsize_bytes);
	SAME(swap_bytes);
	SAME(min_flt);
	SAME(maj_flt);
	SAME(nvcsw);
	SAME(nivcsw);
	SAME(run_delay_ns);
	SAME(read_bytes);
	SAME(write_bytes);
	SAME(rchar_bytes);
	SAME(wchar_bytes);
	SAME(cgroup_id);
#undef SAME
	if (is->utime + is->stime != ours->utime + ours->stime)
		what = "utime + stime";
	if (strcmp(is->comm, ours->comm))
		what = "comm";
	if (!what)
		return;
	fprintf(stderr, "bpf.all: %s of process %d is not as TM_BATCH has it\n", what, is->tgid);
	exit(1);
}

static void compare_all(void)
{
	struct tm_batch batch = { .capacity = crowd.n, .record_size = sizeof(struct task_sample) };
	struct task_sample *ours = calloc(crowd.n, sizeof(*ours));
	int fd = session(TM_SCOPE_LIST, 1000 * MS, 16, 0, TM_SESSION_STOPPED);
	int i;

	for (i = 0; i < crowd.n; i++)
		session_add(fd, crowd.pids[i]);
	batch.records = (unsigned long)ours;
	if (!ours || ioctl(fd, TM_BATCH, &batch) || batch.count != (unsigned int)crowd.n)
		die("TM_BATCH");
	close(fd);
	for (i = 0; i < crowd.n; i++)
		compare(find(ours[i].tgid), &ours[i]);
	free(ours);
}

/* @other: for kernels that do not take @path. */
static void measure(const char *method, size_t record, const char *path, const char *other,
		    void (*check)(void))
{
	struct bpf_object *object = load(path);
	double cost;

	if (!object && other) {
		if (crowd.threads > 1) {
			fprintf(stderr, "%s: not measured: this kernel's BPF has no iterator over "
				"the threads of a process (Linux 6.7 has)\n", method);
			return;
		}
		object = load(other);
	}
	if (!object)
		die(method);
	iterator = bpf_program__attach(bpf_object__find_program_by_name(object, "sample"));
	if (!iterator)
		die(method);
	cost = best_sample(read_all);
	if (check)
		check();
	emit(method, "sample", cost, NULL, bytes / record);
	bpf_link__destroy(iterator);
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	crowd_read();
	if (crowd.n < 1)
		return 2;
	buffer = malloc(BUFFER);
	if (!buffer)
		die("memory");
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	if (argc < 2 || strcmp(argv[1], "-v"))
		libbpf_set_print(quiet);
	measure("bpf.all", sizeof(struct task_sample), "all-threads.bpf.o", "all.bpf.o",
		compare_all);
	measure("bpf.nine", 64, "nine.bpf.o", NULL, NULL);
	return 0;
}
