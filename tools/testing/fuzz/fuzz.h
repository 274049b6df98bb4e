/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer, seen from inside.
 *
 *   main.c      options, the kept seeds, one campaign after the other
 *   campaign.c  one seed: module, cast, workers, and what must hold afterwards
 *   actor.c     a worker's threads: what is done next, and by whom
 *   trail.c     the last steps of each actor, in shared memory
 *   memory.c    where arguments lie: good places and bad ones
 *   check.c     what no answer of the module may be
 *   requests.c, targets.c, session.c, batch.c, thresholds.c   the requests
 *   io.c, map.c        read, poll, mmap
 *   text.c      files in /proc, sysfs, debugfs
 *   netlink.c   requests to the netlink family, and its events
 *   people.c    processes that come and go
 *   leftover.c  the kernel's log and memory after a campaign
 *
 * An actor is a thread that does one random thing after the other. It has its
 * own stream of random numbers, its own descriptors and its own idea (struct
 * entry) of what each open file must be like; the files themselves wander
 * between actors. What is known for certain only while a file is one's own is
 * not asked of a shared one.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <linux/taskmonitor.h>

#include "harness.h"
#include "rng.h"

#define PAGE_BYTES ((size_t)PAGE)
#define FILES_MAX  6	/* of an actor */
#define MAPS_MAX   3
#define KIDS_MAX   4
#define ACTORS_MAX 32
#define SLOTS_MAX  (2 * ACTORS_MAX)
#define TRAIL_MAX  24
#define BOARD_MAX  64	/* numbers of processes that anybody may pick */
#define CAST_MAX   4
#define OPS_MAX	   40
#define CGROUPS	   3

#define ALICE	     1000
#define CGROUP	     "/sys/fs/cgroup/fuzz"
#define SUID_COPY    "/tmp/fuzz-suid"
#define MEMLOCK_MAX  (4UL << 20)	/* of the workers; rings of the privileged are small by choice */
#define SAMPLE_SIZE  sizeof(struct task_sample)

/* --- trail.c --------------------------------------------------------------- */

struct step {
	unsigned long number;
	const char *what;	/* a literal: good in every process forked from ours */
	long long arg[3];
	long result;
	bool done;
};

/* One actor's part of the shared memory. */
struct slot {
	int used;
	pid_t tid;
	int actor;
	unsigned long step;
	struct step trail[TRAIL_MAX];
	char wrong[512];	/* the first thing that was */
};

/* A process that lives as long as the campaign, and whose user never changes. */
struct cast {
	pid_t pid;
	uid_t uid;
};

struct shared {
	volatile bool stop;	/* somebody failed, or time is up */
	volatile bool pause;	/* the module is about to go: let go of the device */
	unsigned long steps;	/* of all actors */
	unsigned long people;	/* processes that were made */
	struct slot slots[SLOTS_MAX];
	struct cast cast[CAST_MAX];
	volatile pid_t board[BOARD_MAX];
	struct {
		unsigned long runs, good;
	} tally[OPS_MAX];
};

extern struct shared *shared;

struct actor;

int slot_take(int actor);
void slot_leave(int slot);
void note(struct actor *a, const char *what, long long x, long long y, long long z);
long noted(struct actor *a, long result);
void wrong(struct actor *a, const char *format, ...) PRINTF(2, 3);
const char *trail_wrong(void);
void trail_print(void);

/* --- actors ------------------------------------------------------------------ */

struct rights {
	bool control;	/* CAP_SYS_ADMIN */
	bool everyone;	/* CAP_SYS_PTRACE */
	bool system;	/* CAP_PERFMON, or control */
	uid_t uid;
};

/* What is known of an open file. */
struct entry {
	int fd;			/* -1: none */
	struct rights rights;	/* of whoever opened it */
	bool shared;		/* others act on it too: the rest may have changed */
	bool own;		/* it is a private session; never undone */
	bool running;
	unsigned int targets;	/* scope list alone */
	unsigned int thresholds;	/* of a session of one's own */
	uint32_t threshold_id;	/* the last that was given */
	struct tm_session_attr attr;
	uint64_t cursor;	/* last record read */
	uint64_t samples;	/* the most that was ever told */
	struct task_sample got;	/* the last answer to TM_GET */
};

struct mapping {
	const char *at;		/* NULL: none */
	size_t size;
	bool spoilt;		/* parts may be gone: not to be touched by us */
	bool holed;		/* parts are other memory now */
	uint32_t capacity;	/* 0: not known */
	uint64_t head;
};

struct kid {
	pid_t pid;		/* 0: none */
	int slot;		/* of one that is an actor itself, or -1 */
};

struct place {
	char *at;
	size_t size;
	bool readable, writable;	/* all of it */
	char *low, *high;	/* what was poisoned or filled, and is compared afterwards */
};

struct arena {
	char *rw, *rw_end;	/* writable; no page behind it */
	char *ro;		/* one page that can only be read, none behind it */
	char *ro_alias;		/* the same, to be written */
	char *array, *array_end;	/* writable, no page behind it */
	char *saved;		/* copy of what was in rw before the call */
};

struct actor {
	struct rng rng;
	int number;
	int slot;
	int depth;		/* 1: forked by another actor */
	struct rights rights;	/* what it may do when it opens */
	bool ipc_lock;
	bool reload;		/* the module comes and goes */
	bool keeps;		/* files of this process go nowhere else */
	bool gave;		/* they have gone */
	int inbox;
	const int *outboxes;
	int n_outboxes;
	int epoll;
	struct entry files[FILES_MAX];
	struct mapping maps[MAPS_MAX];
	struct kid kids[KIDS_MAX];
	struct arena arena;
};

struct op {
	const char *name;
	unsigned int weight;
	void (*run)(struct actor *a);
	bool away;		/* needs no open device */
};

extern const struct op ops[];
unsigned int ops_count(void);

/* One of them open, or NULL: the module is not there. */
struct entry *pick_file(struct actor *a);
struct entry *pick_own(struct actor *a);
void entry_close(struct entry *e);
void actor_let_go(struct actor *a);
int actor_loop(struct actor *a, unsigned long steps);

struct worker {
	int number, actors;
	uint64_t seed;
	unsigned long steps;
	bool reload;
	const int *inboxes, *outboxes;
	int n_boxes;
};

int worker_run(const struct worker *w);

/* --- memory.c ---------------------------------------------------------------- */

void arena_make(struct arena *m);
void arena_drop(struct arena *m);
struct place place_good(struct actor *a, size_t size);
struct place place_any(struct actor *a, size_t size);
struct place place_array(struct actor *a, size_t size);
void place_fill(struct actor *a, struct place *p, const void *data, size_t size);
bool place_untouched(struct actor *a, const struct place *p);
bool place_kept_inside(struct actor *a, const struct place *p);

/* --- check.c ----------------------------------------------------------------- */

#define IN_READ	   (1U << TM_KIND_READ)
#define IN_HISTORY TM_KINDS_ALL
#define IN_FILE	   (TM_KINDS_ALL | 1U << TM_KIND_LOST)

const char *sample_flaw(const struct task_sample *s, unsigned int kinds);
/* @numbered: whoever asks may know the session's number. */
const char *state_flaw(const struct tm_state *s, bool numbered);
const char *words_flaw(const void *data, size_t size);
const char *text_flaw(const char *text, size_t size);
bool is_foreign(const struct rights *r, pid_t pid);
bool is_in(long result, const int *errors);

/* --- requests.c and others ------------------------------------------------------ */

struct call {
	const char *name;
	unsigned int cmd;	/* with the size as it was called */
	const int *errors;	/* as documented */
	long result;
};

bool surely_controls(const struct entry *e);
bool surely_does_not(const struct entry *e);
unsigned int pick_size(struct actor *a, unsigned int least, unsigned int ours);
long call_run(struct actor *a, struct entry *e, struct call *c, struct place *p);
void judge(struct actor *a, const struct entry *e, const struct call *c, const struct place *p,
	   bool reads, bool writes);
pid_t pick_pid(struct actor *a);
uint64_t pick_interval(struct actor *a);

void poison_array(const struct place *array);
bool array_is_kept(const struct place *array, size_t used);

void op_get(struct actor *a);
void op_get_text(struct actor *a);
void op_start(struct actor *a);
void op_stop(struct actor *a);
void op_pid(struct actor *a);
void op_state(struct actor *a);
void op_session(struct actor *a);
void op_add(struct actor *a);
void op_del(struct actor *a);
void op_interval(struct actor *a);
void op_batch(struct actor *a);
void op_sessions(struct actor *a);
void op_tasks(struct actor *a);
void op_threshold_add(struct actor *a);
void op_threshold_del(struct actor *a);
void op_thresholds(struct actor *a);
void op_no_request(struct actor *a);

void op_open(struct actor *a);
void op_close(struct actor *a);
void op_give(struct actor *a);
void op_take(struct actor *a);
void op_read(struct actor *a);
void op_drain(struct actor *a);
void op_not_for_it(struct actor *a);
void op_poll(struct actor *a);
void op_epoll(struct actor *a);

void map_drop(struct mapping *m);
void op_map(struct actor *a);
void op_look(struct actor *a);
void op_unmap(struct actor *a);
void op_remap(struct actor *a);
void op_advise(struct actor *a);
void op_overwrite(struct actor *a);

void op_write_text(struct actor *a);
void op_read_text(struct actor *a);

/* netlink.c */
void op_netlink(struct actor *a);

/* people.c */
void op_beget(struct actor *a);
void op_reap(struct actor *a);
void op_double(struct actor *a);
void op_move(struct actor *a);
void op_signal(struct actor *a);
void people_end(struct actor *a);
void exec_main(int argc, char **argv);
pid_t cast_start(uid_t uid);

/* --- campaign.c, leftover.c ------------------------------------------------------- */

struct campaign {
	uint64_t seed;
	unsigned long steps;
	int workers;
	bool reload;
	bool verbose;
};

bool campaign_run(const struct campaign *c);

struct stock;
struct stock *stock_take(void);
bool stock_is_back(const struct stock *before, unsigned long people);
void stock_drop(struct stock *s);

void log_begin(const struct campaign *c);
bool log_is_clean(void);

#endif /* FUZZ_H */
