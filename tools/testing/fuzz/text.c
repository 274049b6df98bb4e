// SPDX-License-Identifier: GPL-2.0-only
/* The files of the default session and the module's parameters. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>

#include "fuzz.h"

#define TEXT_MAX 6000

enum words { COMMANDS, STARTS, NUMBERS, SWITCHES };

static const struct {
	const char *path;
	enum words words;
	bool control;	/* CAP_SYS_ADMIN is asked for */
} written[] = {
	{ PROC_FILE, COMMANDS, true },
	{ PROC_FILE, COMMANDS, true },
	{ PROC_FILE, COMMANDS, true },
	{ LAB_FILE, STARTS, true },
	{ ATTRIBUTES "running", SWITCHES, true },
	{ ATTRIBUTES "interval_ns", NUMBERS, true },
	{ ATTRIBUTES "target", NUMBERS, true },
	{ PARAMETERS "log_max", NUMBERS, false },
	{ PARAMETERS "max_cpu_pct", NUMBERS, false },
	{ PARAMETERS "interval_ms", NUMBERS, false },
	{ DEBUGFS "/sessions", NUMBERS, false },
};

static const char *const readable[] = {
	PROC_FILE, PROC_FILE, PROC_FILE, LAB_FILE,
	ATTRIBUTES "version", ATTRIBUTES "running", ATTRIBUTES "interval_ns", ATTRIBUTES "target",
	ATTRIBUTES "targets", ATTRIBUTES "targets_alive", ATTRIBUTES "ticks",
	ATTRIBUTES "missed_ticks", ATTRIBUTES "samples", ATTRIBUTES "lateness_max_ns",
	ATTRIBUTES "cost_ns", PARAMETERS "target", PARAMETERS "log", PARAMETERS "max_cpu_pct",
	DEBUGFS "/sessions", DEBUGFS "/sampler", DEBUGFS "/history", MODULE_DIR "/refcnt",
};

static int command(struct actor *a, char *text, size_t size)
{
	static const char *const units[] = { "ns", "us", "ms", "s", "m", "h", "", "years" };
	static const char *const words[] = { "add", "del", "set", "clear", "start", "stop" };
	unsigned int which = rng_below(&a->rng, 7);
	const char *end = rng_one_in(&a->rng, 3) ? "" : "\n";

	if (which == 6)
		return snprintf(text, size, "interval %u%s%s", 1 + rng_below(&a->rng, 1000),
				units[rng_below(&a->rng, ARRAY_SIZE(units))], end);
	if (which < 3)
		return snprintf(text, size, "%s %d%s", words[which], pick_pid(a), end);
	return snprintf(text, size, "%s%s", words[which], end);
}

static int one_of(struct actor *a, enum words words, char *text, size_t size)
{
	static const char *const starts[] = { "start", "stop", "start\n", "stop\n" };
	static const char *const switches[] = { "0", "1", "y", "N\n", "on", "off" };

	switch (words) {
	case COMMANDS: return command(a, text, size);
	case STARTS: return snprintf(text, size, "%s", starts[rng_below(&a->rng, 4)]);
	case SWITCHES: return snprintf(text, size, "%s", switches[rng_below(&a->rng, 6)]);
	default:
		return snprintf(text, size, "%llu\n", (unsigned long long)
				(rng_one_in(&a->rng, 2) ? pick_interval(a) :
							  rng_below(&a->rng, 120)));
	}
}

/* Several words, or one that is bent: cut off, with bytes in it, or endless. */
static size_t make_text(struct actor *a, enum words words, char *text)
{
	size_t n = (size_t)one_of(a, words, text, 128);

	while (rng_one_in(&a->rng, 3) && n < TEXT_MAX - 128)
		n += (size_t)one_of(a, words, text + n, 128);
	switch (rng_below(&a->rng, 12)) {
	case 0:
		n = rng_below(&a->rng, (unsigned int)n + 1);
		break;
	case 1:
		text[rng_below(&a->rng, (unsigned int)n)] = (char)rng_next(&a->rng);
		break;
	case 2:
		memset(text + n, (int)rng_below(&a->rng, 256), TEXT_MAX - n);
		n += rng_below(&a->rng, (unsigned int)(TEXT_MAX - n));
		break;
	}
	return n;
}

/* At the end of accessible memory, or beyond it. */
static const char *place_text(struct actor *a, const char *text, size_t n)
{
	char *at = a->arena.array_end - n;

	if (rng_one_in(&a->rng, 16))
		return n ? a->arena.array_end - n / 2 : NULL;
	memcpy(at, text, n);
	return at;
}

/* A file that is removed while it is open: sysfs says the one, procfs and debugfs the other. */
static bool is_being_removed(const struct actor *a)
{
	return a->reload && (errno == ENODEV || errno == EIO);
}

void op_write_text(struct actor *a)
{
	static const int errors[] = { EINVAL, ESRCH, EEXIST, ENOSPC, ERANGE, EFAULT, EPERM,
				      ENOMEM, EINTR, EBADF, 0 };
	static const int open_errors[] = { EACCES, ENOENT, EPERM, ENODEV, ENXIO, 0 };
	unsigned int which = rng_below(&a->rng, ARRAY_SIZE(written));
	size_t n = make_text(a, written[which].words, a->arena.saved);
	const char *at = place_text(a, a->arena.saved, n);
	int fd = open(written[which].path, O_RDWR | O_CLOEXEC);
	long done;

	note(a, written[which].path, fd, (long long)n, n ? *(unsigned char *)a->arena.saved : 0);
	if (fd < 0) {
		noted(a, -errno);
		if (!is_in(-errno, open_errors))
			wrong(a, "open %s gave %s", written[which].path, strerror(errno));
		return;
	}
	done = write(fd, at, n);
	noted(a, done < 0 ? -errno : done);
	if (done < 0 && !is_in(-errno, errors) && !is_being_removed(a))
		wrong(a, "write to %s gave %s", written[which].path, strerror(errno));
	if (done > (long)n)
		wrong(a, "write of %zu bytes to %s gave %ld", n, written[which].path, done);
	if (done > 0 && written[which].control && !a->rights.control)
		wrong(a, "%s was written by one who may not control", written[which].path);
	close(fd);
}

void op_read_text(struct actor *a)
{
	static const int errors[] = { ESRCH, EINVAL, ENOMEM, EFAULT, 0 };
	const char *path = readable[rng_below(&a->rng, ARRAY_SIZE(readable))];
	size_t size = rng_one_in(&a->rng, 2) ? 4096 : rng_below(&a->rng, 300);
	off_t offset = rng_one_in(&a->rng, 3) ? (off_t)(rng_next(&a->rng) >>
							(1 + rng_below(&a->rng, 63))) : 0;
	struct place p = place_array(a, size);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long n;

	note(a, path, fd, (long long)size, (long long)offset);
	if (fd < 0) {
		noted(a, -errno);
		return;
	}
	poison_array(&p);
	n = rng_one_in(&a->rng, 2) ? pread(fd, p.at, size, offset) : read(fd, p.at, size);
	noted(a, n < 0 ? -errno : n);
	if (n < 0 && !is_in(-errno, errors) && !is_being_removed(a))
		wrong(a, "read of %s gave %s", path, strerror(errno));
	if (n > (long)size || (n >= 0 && p.writable && !array_is_kept(&p, (size_t)n)))
		wrong(a, "read of %s gave more than %zu bytes", path, size);
	if (n > 0 && text_flaw(p.at, (size_t)n))
		wrong(a, "%s %s", path, text_flaw(p.at, (size_t)n));
	close(fd);
}
