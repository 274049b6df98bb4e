// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "selection_proc.h"
#include "threads.h"

void threads_init(struct threads *threads, const char *device)
{
	memset(threads, 0, sizeof(*threads));
	threads->device = device;
	procs_init(&threads->procs, 0);
}

/* Nothing shall be in its history: it is stopped, and sampled on demand. */
static int open_session(struct threads *threads)
{
	struct tm_session_attr attr = {
		.flags = TM_SESSION_STOPPED,
		.scope = TM_SCOPE_LIST,
		.ring_records = TM_RING_RECORDS_MIN,
		.kinds = 1u << TM_KIND_EXIT,
	};

	if (!threads->session)
		threads->session = tm_session_open(threads->device, &attr);
	return threads->session ? 0 : errno;
}

/* One that has ended since, or that we may not see, is left out. */
static void add_thread(pid_t tid, void *arg)
{
	struct threads *threads = arg;

	if (!procs_alive(&threads->procs, tid))
		tm_session_add_thread(threads->session, tid);
}

/* In the rows, by the mark that is set there. */
static bool is_wanted(const struct task_sample *sample, const struct procs *processes)
{
	const struct proc *proc = procs_alive(processes, sample->tgid);

	return !(sample->flags & (TM_SAMPLE_EXITED | TM_SAMPLE_DENIED)) && proc && proc->unfolded;
}

int threads_screen(struct threads *threads, const struct row *rows, size_t count,
		   const struct procs *processes)
{
	struct batch *batch = &threads->batches[!threads->latest];
	uint64_t time_ns;
	size_t i;
	int err = open_session(threads);

	if (err)
		return err;
	for (i = 0; i < processes->count; i++)
		processes->all[i]->unfolded = false;
	for (i = 0; i < count; i++) {
		struct proc *proc = rows[i].proc;

		proc->unfolded = proc->stage == PROC_ALIVE && proc->now->threads > 1;
		if (proc->unfolded)
			selection_each_thread(proc->pid, add_thread, threads);
	}
	err = batch_take(batch, threads->session, &time_ns);
	if (err)
		return err;
	threads->latest = !threads->latest;
	procs_begin(&threads->procs, time_ns, clock_boottime_ahead_ns());
	for (i = 0; i < batch->count; i++) {
		const struct task_sample *sample = &batch->samples[i];

		if (!is_wanted(sample, processes))
			tm_session_del_thread(threads->session, sample->pid);
		else if (procs_add(&threads->procs, sample))
			err = ENOMEM;
	}
	procs_settle(&threads->procs);
	return err;
}

void threads_close(struct threads *threads)
{
	tm_session_close(threads->session);
	procs_free(&threads->procs);
	batch_free(&threads->batches[0]);
	batch_free(&threads->batches[1]);
	threads_init(threads, threads->device);
}
