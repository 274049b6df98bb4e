// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a campaign leaves behind in the kernel: complaints in its log, and
 * objects that nobody has any more.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <regex.h>

#include "fuzz.h"

#define SPLATS	   "/etc/splats"	/* expressions, one a line, from the runner */
#define SPLATS_MAX 80
#define SLABS	   "/sys/kernel/slab/"

/* --- the log ----------------------------------------------------------------- */

static struct kmsg messages;
static regex_t splats[SPLATS_MAX];
static int n_splats;

static void splats_read(void)
{
	FILE *f = fopen(SPLATS, "re");
	char line[256];

	while (f && n_splats < SPLATS_MAX && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && !regcomp(&splats[n_splats], line, REG_EXTENDED | REG_NOSUB))
			n_splats++;
	}
	if (f)
		fclose(f);
}

/* The seed goes there first: it is what the console of a machine that crashed shows. */
void log_begin(const struct campaign *c)
{
	char text[160];

	if (!n_splats)
		splats_read();
	else
		close(messages.fd);
	kmsg_open(&messages);
	snprintf(text, sizeof(text),
		 "<5>taskmonitor-fuzz: seed %#llx steps %lu workers %d%s\n",
		 (unsigned long long)c->seed, c->steps, c->workers, c->reload ? " reload" : "");
	file_write("/dev/kmsg", text);
}

bool log_is_clean(void)
{
	bool clean = true;
	int i;

	while (kmsg_next(&messages, 0)) {
		for (i = 0; i < n_splats; i++) {
			if (regexec(&splats[i], messages.line, 0, NULL, 0))
				continue;
			if (clean)
				tap_diag("the kernel says: %s", messages.line);
			clean = false;
			break;
		}
	}
	return clean;
}

/* --- memory -------------------------------------------------------------------- */

/*
 * Where the module's references and its own objects would pile up. The names
 * differ from kernel to kernel; what is not there is not looked at. kmalloc
 * caches serve all of the kernel, and more of them may stay.
 */
static const struct {
	const char *name;
	long long stay;
} slabs[] = {
	{ "pid", 16 },		{ "cred_jar", 16 },	  { "mm_struct", 16 },
	{ "task_struct", 16 },	{ "signal_cache", 16 },	  { "filp", 100 },
	{ "kmalloc-512", 100 }, { "kmalloc-cg-512", 100 }, { "kmalloc-1k", 100 },
	{ "kmalloc-2k", 100 },	{ "kmalloc-cg-1k", 100 },  { "kmalloc-cg-2k", 100 },
};

struct stock {
	long long objects[ARRAY_SIZE(slabs)];
};

/* How many there are once what the CPUs hold back has been given back; -1: not known. */
static long long slab_objects(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), SLABS "%s/shrink", name);
	if (file_write(path, "1") < 0)
		return -1;
	snprintf(path, sizeof(path), SLABS "%s/objects", name);
	return file_number(path);
}

static void stock_count(struct stock *s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slabs); i++)
		s->objects[i] = slab_objects(slabs[i].name);
}

struct stock *stock_take(void)
{
	struct stock *s = calloc(1, sizeof(*s));

	if (!s)
		tap_bail("no memory");
	stock_count(s);
	return s;
}

void stock_drop(struct stock *s)
{
	free(s);
}

/* The first cache that has grown by more than may be; or NULL. */
static const char *stock_grown(const struct stock *before, const struct stock *now,
			       unsigned long people, long long *by)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slabs); i++) {
		*by = now->objects[i] - before->objects[i];
		if (before->objects[i] >= 0 && *by > slabs[i].stay + (long long)people / 16)
			return slabs[i].name;
	}
	return NULL;
}

/*
 * Some growth is the kernel's own; what grows with the number of processes that
 * were made is a reference that was not put. Freeing lags behind: look again.
 */
bool stock_is_back(const struct stock *before, unsigned long people)
{
	const char *name = NULL;
	struct stock now;
	long long by;

	(void)eventually((stock_count(&now), name = stock_grown(before, &now, people, &by),
			  !name));
	if (name)
		tap_diag("%lld objects more in slab %s, of %lu processes", by, name, people);
	return !name;
}
