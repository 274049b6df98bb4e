// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer of everything that the module offers. As a test it needs no
 * arguments: the kept seeds first, then a moderate number of steps. What an
 * option may be told may also be in the environment (FUZZ_STEPS, ...), which the
 * kernel's command line reaches.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "fuzz.h"

#define STEPS_DEFAULT	20000
#define STEPS_CAMPAIGN	25000
#define STEPS_KEPT	1500
#define WORKERS_DEFAULT 4

/* From the file seeds; see the Makefile. */
static const struct {
	uint64_t seed;
	bool reload;
} kept[] = {
#include "seeds.inc"
};

struct options {
	uint64_t seed;
	bool seed_given;
	unsigned long steps;
	long long until_ns;	/* 0: by steps */
	struct campaign c;
};

static void usage(void)
{
	fprintf(stderr, "usage: fuzz [-s SEED] [-n STEPS] [-m MINUTES] [-j WORKERS] [-l] [-v]\n"
			"  -s SEED     begin with this seed, and leave out the kept ones\n"
			"  -n STEPS    of all actors together, default %d\n"
			"  -m MINUTES  go on for so long instead\n"
			"  -j WORKERS  processes of two actors each, 1 to %d, default %d\n"
			"  -l          unload and load the module meanwhile\n"
			"  -v          tell how often each thing was done\n",
		STEPS_DEFAULT, ACTORS_MAX / 2, WORKERS_DEFAULT);
	exit(2);
}

static unsigned long long number(const char *text)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || *end || end == text) {
		fprintf(stderr, "fuzz: %s is no number\n", text);
		usage();
	}
	return n;
}

static void take(struct options *o, int option, const char *arg)
{
	switch (option) {
	case 's':
		o->seed = number(arg);
		o->seed_given = true;
		break;
	case 'n': o->steps = number(arg); break;
	case 'm': o->until_ns = now_ns() + (long long)number(arg) * 60 * NSEC_PER_SEC; break;
	case 'j': o->c.workers = (int)number(arg); break;
	case 'l': o->c.reload = true; break;
	case 'v': o->c.verbose = true; break;
	default: usage();
	}
}

static void take_environment(struct options *o)
{
	static const struct {
		const char *name;
		int option;
	} names[] = {
		{ "FUZZ_SEED", 's' }, { "FUZZ_STEPS", 'n' }, { "FUZZ_MINUTES", 'm' },
		{ "FUZZ_WORKERS", 'j' },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = getenv(names[i].name);

		if (text && *text)
			take(o, names[i].option, text);
	}
}

/* For an exec that has another user afterwards. */
static void suid_copy_make(void)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(SUID_COPY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, (size_t)n) != n)
			tap_bail(SUID_COPY ": %s", strerror(errno));
	}
	if (n < 0 || fchmod(to, 04755))
		tap_bail(SUID_COPY ": %s", strerror(errno));
	close(from);
	close(to);
}

static bool run_kept(const struct options *o)
{
	struct campaign c = o->c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		c.seed = kept[i].seed;
		c.steps = STEPS_KEPT;
		c.reload = kept[i].reload;
		if (!campaign_run(&c))
			return false;
	}
	return true;
}

/* The first with the seed itself, so that it repeats what it is told to. */
static void run_new(const struct options *o)
{
	struct rng seeds = { .state = o->seed };
	struct campaign c = o->c;
	unsigned long done = 0;

	for (c.seed = o->seed; o->until_ns ? now_ns() < o->until_ns : done < o->steps;
	     c.seed = rng_next(&seeds)) {
		c.steps = STEPS_CAMPAIGN;
		if (!o->until_ns && o->steps - done < STEPS_CAMPAIGN)
			c.steps = o->steps - done;
		if (!campaign_run(&c))
			return;
		done += c.steps;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .steps = STEPS_DEFAULT, .c.workers = WORKERS_DEFAULT };
	int option;

	exec_main(argc, argv);
	take_environment(&o);
	while ((option = getopt(argc, argv, "s:n:m:j:lv")) != -1)
		take(&o, option, optarg);
	if (optind != argc || o.c.workers < 1 || o.c.workers > ACTORS_MAX / 2)
		usage();
	shared = shared_memory(sizeof(*shared));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	suid_copy_make();
	if (o.seed_given || run_kept(&o))
		run_new(&o);
	unlink(SUID_COPY);
	return tap_done();
}
