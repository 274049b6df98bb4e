// SPDX-License-Identifier: GPL-2.0-only
/*
 * No address of the kernel's anywhere: every file, every structure that a
 * request fills, every byte of the history, read and mapped, the trace and what
 * the log says, with the kernel told to hide none (kptr_restrict 0).
 *
 * In binary an address is a word of 8 bytes in the kernel's half; in text it is
 * 16 hexadecimal digits in a row, or 0xffff and more.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "named.h"
#include "session.h"

#define EVENTS	"/sys/kernel/tracing/"
#define RECORDS 256
#define SLACK	4096	/* behind structures that we know: how longer ones are filled */

/* -1 and other small negatives are no addresses. */
static bool is_address(uint64_t word)
{
	return word >= 0xffff800000000000ULL && word < 0xfffffffffff00000ULL;
}

/* Words at their natural places; what does not begin at a multiple of 8 is no pointer. */
static size_t addresses_in(const void *bytes, size_t size)
{
	size_t i, n = 0;
	uint64_t word;

	for (i = 0; i + sizeof(word) <= size; i += sizeof(word)) {
		memcpy(&word, (const char *)bytes + i, sizeof(word));
		if (is_address(word)) {
			tap_diag("at %zu: %#llx", i, (unsigned long long)word);
			n++;
		}
	}
	return n;
}

static bool looks_like_address(const char *digits, size_t n)
{
	return n == 16 || (n > 8 && !strncasecmp(digits, "ffff", 4));
}

static size_t addresses_in_text(const char *text)
{
	size_t n = 0;

	while (*text) {
		size_t digits = strspn(text, "0123456789abcdefABCDEF");
		/* Sixteen decimal digits are a time or a count. */
		bool decimal = strspn(text, "0123456789") >= digits;

		if (digits && !decimal && looks_like_address(text, digits)) {
			tap_diag("%.*s", (int)digits, text);
			n++;
		}
		text += digits ?: 1;
	}
	return n;
}

/* The functions that look do find one: it would be silent for ever otherwise. */
static void can_be_found(void)
{
	uint64_t words[3] = { 1, 0xffff888012345678ULL, (uint64_t)-22 };

	tap_is((long long)addresses_in(words, sizeof(words)), 1, "one of three words is found");
	tap_is((long long)addresses_in_text("at ffffffffc0a81000 00000000c0ffee00 1234567890123456"),
	       2, "two of three in a text are found");
}

static char text[1 << 20];

static void clean_file(const char *path)
{
	int len = file_read(path, text, sizeof(text));

	tap_ok(len >= 0 && addresses_in_text(text) == 0, "%s (%d bytes)", path, len);
}

static void clean_directory(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	char path[512];

	if (!d)
		tap_bail("%s: %s", dir, strerror(errno));
	while ((entry = readdir(d))) {
		snprintf(path, sizeof(path), "%s%s", dir, entry->d_name);
		if (entry->d_type == DT_REG)
			clean_file(path);
	}
	closedir(d);
}

static void clean(const char *what, const void *bytes, size_t size)
{
	tap_is((long long)addresses_in(bytes, size), 0, "%s (%zu bytes)", what, size);
}

/* A request that fills a structure, of a caller who has more room than there is. */
static void clean_request(int fd, const char *what, unsigned int cmd, size_t size)
{
	static unsigned char buf[2 * SLACK];

	memset(buf, 0, sizeof(buf));
	tap_errno(dev_ioctl(fd, _IOC(_IOC_DIR(cmd), TM_IOC_MAGIC, _IOC_NR(cmd), size + SLACK), buf),
		  0, "%s", what);
	clean(what, buf, size + SLACK);
}

/* A request that fills an array: its elements, of the size that the caller gave. */
static void clean_array(int fd, const char *what, unsigned int cmd, void *arg,
			const __u32 *count, unsigned int least, const void *elements, size_t size)
{
	tap_errno(dev_ioctl(fd, cmd, arg), 0, "%s", what);
	tap_ok(*count >= least, "it has elements");
	clean(what, elements, *count * size);
}

static void clean_batch(int fd)
{
	static unsigned char records[512 * 64];
	struct tm_batch batch = {
		.records = (uintptr_t)records, .capacity = 64, .record_size = 512,
	};

	clean_array(fd, "TM_BATCH", TM_BATCH, &batch, &batch.count, 1, records, 512);
	batch.records = 0;
	clean("its argument", &batch, sizeof(batch));
}

static void clean_sessions(int fd)
{
	static unsigned char states[512 * 8];
	struct tm_session_list list = {
		.states = (uintptr_t)states, .capacity = 8, .state_size = 512,
	};

	clean_array(fd, "TM_SESSIONS", TM_SESSIONS, &list, &list.count, 2, states, 512);
}

static void clean_tasks(int fd)
{
	static unsigned char tasks[128 * 64];
	struct tm_task_list list = {
		.tasks = (uintptr_t)tasks, .capacity = 64, .task_size = 128,
	};

	clean_array(fd, "TM_TASKS", TM_TASKS, &list, &list.count, 2, tasks, 128);
}

static void clean_history(int fd)
{
	static struct task_sample records[RECORDS];
	const struct tm_ring_header *ring;
	ssize_t len;

	ring = ring_map(fd);
	tap_ok(ring && ring_head(ring) > RECORDS, "the history is full");
	if (ring) {
		clean("the history, mapped, whole", ring, ring_bytes(RECORDS));
		ring_unmap(ring);
	}
	session_nonblock(fd);
	len = read(fd, records, sizeof(records));
	tap_ok(len > 0, "it is read");
	clean("the history, read", records, len > 0 ? (size_t)len : 0);
}

static int system_session(void)
{
	struct tm_session_attr attr = session_attr(TM_SCOPE_SYSTEM);
	int i, fd;

	attr.ring_records = RECORDS;
	attr.interval_ns = 10 * NSEC_PER_MSEC;
	attr.window_ns = 20 * NSEC_PER_MSEC;
	fd = session_make(&attr);
	for (i = 0; i < RECORDS; i++)
		passer_by();
	return fd;
}

static void clean_requests(int fd, const char *whose)
{
	tap_diag("%s", whose);
	clean_request(fd, "TM_STATE", TM_STATE, sizeof(struct tm_state));
	clean_batch(fd);
}

static void clean_log(struct kmsg *k)
{
	size_t lines = 0, n = 0;

	while (kmsg_next(k, 200)) {
		n += addresses_in_text(k->line);
		lines++;
	}
	tap_ok(lines > 2 && !n, "the kernel's log, %zu lines of it", lines);
}

static void unhide(void)
{
	if (file_write("/proc/sys/kernel/kptr_restrict", "0") < 0 ||
	    file_write("/proc/sys/kernel/dmesg_restrict", "0") < 0)
		tap_bail("the kernel cannot be told to hide nothing");
}

/* Of the whole system, with some records. */
static void clean_named(void)
{
	if (!named_possible("the files of a named session"))
		return;
	named_need();
	if (named_make("web") || named_put("web", "scope", "system") < 0 ||
	    named_put("web", "interval", "10ms") < 0 || named_put("web", "run", "start") < 0)
		tap_bail("no named session");
	tap_ok(eventually(named_state("web", "records") > 0), "a named session");
	clean_directory(NAMED_ROOT "/web/");
	tap_errno(named_unload(), 0, "rmmod taskmonitor_configfs");
}

int main(void)
{
	struct child c;
	struct kmsg k;
	int fd, own;

	can_be_found();
	unhide();
	kmsg_open(&k);
	child_start(&c);
	module_need("target=%d interval_ms=10", c.pid);
	if (file_write(EVENTS "events/taskmonitor/task_sample/enable", "1") < 0)
		tap_bail("no trace event");

	own = system_session();
	fd = dev_open();
	clean_request(fd, "TM_GET", TM_GET, sizeof(struct task_sample));
	clean_request(fd, "TM_GET_TEXT", TM_GET_TEXT, TM_TEXT_SIZE);
	clean_requests(fd, "the default session:");
	clean_sessions(fd);
	clean_tasks(fd);
	clean_requests(own, "the whole system:");
	clean_history(own);

	clean_file(PROC_FILE);
	clean_file(LAB_FILE);
	clean_directory(ATTRIBUTES);
	clean_directory(PARAMETERS);
	clean_directory(DEBUGFS "/");
	clean_directory(EVENTS "events/taskmonitor/task_sample/");
	clean_named();
	clean_file(EVENTS "trace");

	file_write(EVENTS "events/taskmonitor/task_sample/enable", "0");
	/* What is refused is said nowhere, or without an address. */
	(void)module_load("target=0");
	file_write(PROC_FILE, "nonsense");
	close(fd);
	close(own);
	tap_errno(module_unload_patiently(), 0, "rmmod");
	clean_log(&k);
	child_end(&c);
	return tap_done();
}
