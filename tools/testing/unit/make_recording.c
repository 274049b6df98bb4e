// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recording made of a script, for tests of what reads it: make_recording FILE
 * [MAX-SIZE] <SCRIPT. A line is
 *
 *	meta KEY VALUE			a number, or a text
 *	SEQ KIND PID START TIME PPID USR SYS RSS NAME	KIND as in enum tm_kind, times
 *					in ms; a USR or RSS of - is not known
 *	end SEQ PID START TIME EXIT PPID USR SYS CODE NAME	TM_KIND_EXIT, of EXIT
 *	denied SEQ PID TIME		TM_KIND_EXEC of what may not be looked into
 *	loss TIME WHAT COUNT		WHAT is a number of enum loss
 *	repeat COUNT PROCESSES STEP	so many ticks of PROCESSES from PID 1000 on, STEP ms
 *					apart, each with more CPU time than before
 *	idle COUNT PROCESSES STEP	the same, with nothing that changes
 *	commit TIME
 *	complete TIME			the end in order
 *	die				the end without: SIGKILL to ourselves
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../recording/writer.h"

#define MS	1000000ULL

static struct writer writer;
static uint64_t tick_seq, tick_ms;
static int open_writer;

static void check(int err, const char *line)
{
	if (!err)
		return;
	fprintf(stderr, "make_recording: %s: %s\n", line, sqlite3_errmsg(writer.db));
	if (open_writer)
		writer_abandon(&writer);
	exit(1);
}

static void set_known(struct task_sample *s, const char *usr, const char *rss)
{
	if (strcmp(usr, "-")) {
		s->utime = strtoull(usr, NULL, 10) * MS;
		s->valid |= TM_VALID_CPU;
	}
	if (strcmp(rss, "-")) {
		s->rss_bytes = strtoull(rss, NULL, 10);
		s->valid |= TM_VALID_MEM;
	}
}

static struct task_sample sample(uint64_t seq, int kind, int pid, uint64_t start, uint64_t time)
{
	return (struct task_sample){
		.seq = seq, .kind = (uint8_t)kind, .pid = pid, .tgid = pid, .threads = 1,
		.start_time_ns = start * MS, .time_ns = time * MS, .state = 'S', .uid = 1000,
	};
}

static int add_sample(const char *line)
{
	char usr[32], rss[32], comm[64] = "";
	uint64_t seq, start, time, sys;
	struct task_sample s;
	int kind, pid, ppid;

	if (sscanf(line, "%" SCNu64 " %d %d %" SCNu64 " %" SCNu64 " %d %31s %" SCNu64
		   " %31s %63[^\n]", &seq, &kind, &pid, &start, &time, &ppid, usr, &sys, rss,
		   comm) < 9)
		return 0;
	s = sample(seq, kind, pid, start, time);
	s.ppid = ppid;
	s.stime = sys * MS;
	set_known(&s, usr, rss);
	memcpy(s.comm, comm, sizeof(s.comm) - 1);
	check(writer_add(&writer, &s), line);
	return 1;
}

static int add_end(const char *line)
{
	uint64_t seq, start, time, end, usr, sys;
	char comm[64] = "";
	struct task_sample s;
	int pid, ppid, code;

	if (sscanf(line, "end %" SCNu64 " %d %" SCNu64 " %" SCNu64 " %" SCNu64 " %d %" SCNu64
		   " %" SCNu64 " %d %63[^\n]", &seq, &pid, &start, &time, &end, &ppid, &usr, &sys,
		   &code, comm) < 9)
		return 0;
	s = sample(seq, TM_KIND_EXIT, pid, start, time);
	s.ppid = ppid;
	s.utime = usr * MS;
	s.stime = sys * MS;
	s.exit_code = code;
	s.exit_time_ns = end * MS;
	s.valid = TM_VALID_CPU | TM_VALID_EXIT;
	memcpy(s.comm, comm, sizeof(s.comm) - 1);
	check(writer_add(&writer, &s), line);
	return 1;
}

static int add_denied(const char *line)
{
	uint64_t seq, time;
	struct task_sample s;
	int pid;

	if (sscanf(line, "denied %" SCNu64 " %d %" SCNu64, &seq, &pid, &time) != 3)
		return 0;
	s = sample(seq, TM_KIND_EXEC, pid, 0, time);
	s.flags = TM_SAMPLE_DENIED;
	check(writer_add(&writer, &s), line);
	return 1;
}

static int add_ticks(const char *line)
{
	uint64_t count, processes, step, i, p;
	int busy = !strncmp(line, "repeat", 6);

	if (sscanf(line, "%*s %" SCNu64 " %" SCNu64 " %" SCNu64, &count, &processes, &step) != 3)
		return 0;
	for (i = 0; i < count; i++) {
		tick_ms += step;
		for (p = 0; p < processes; p++) {
			struct task_sample s = sample(++tick_seq, TM_KIND_PERIODIC, 1000 + (int)p, 1,
						      tick_ms);

			s.valid = TM_VALID_CPU;
			s.utime = busy ? tick_ms * MS : MS;
			strcpy(s.comm, "busy");
			check(writer_add(&writer, &s), line);
			if (writer_wants_commit(&writer))
				check(writer_commit(&writer, writer.newest_ns), line);
		}
		if ((i + 1) * processes % 10000 < processes)
			check(writer_commit(&writer, tick_ms * MS), line);
	}
	check(writer_commit(&writer, tick_ms * MS), line);
	return 1;
}

static int add_meta(const char *line)
{
	char key[64], value[256] = "";

	if (sscanf(line, "meta %63s %255[^\n]", key, value) < 1)
		return 0;
	if (*value && strspn(value, "0123456789") == strlen(value))
		check(writer_meta_int(&writer, key, strtoull(value, NULL, 10)), line);
	else
		check(writer_meta_text(&writer, key, value), line);
	return 1;
}

static int add_other(const char *line)
{
	uint64_t time, count;
	unsigned int what;

	if (sscanf(line, "loss %" SCNu64 " %u %" SCNu64, &time, &what, &count) == 3)
		check(writer_add_loss(&writer, time * MS, (enum loss)what, count), line);
	else if (sscanf(line, "commit %" SCNu64, &time) == 1)
		check(writer_commit(&writer, time * MS), line);
	else if (sscanf(line, "complete %" SCNu64, &time) == 1)
		check(writer_end(&writer, time * MS), line);
	else if (!strncmp(line, "die", 3))
		raise(SIGKILL);
	else
		return 0;
	return 1;
}

int main(int argc, char **argv)
{
	char line[512];
	FILE *file;

	if (argc < 2)
		return 2;
	file = fopen(argv[1], "we");
	if (!file || fclose(file))
		return 1;
	check(writer_create(&writer, argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : 0), argv[1]);
	open_writer = 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (*line == '#' || *line == '\n')
			continue;
		if (!add_meta(line) && !add_end(line) && !add_denied(line) && !add_sample(line) &&
		    !(strncmp(line, "repeat", 6) && strncmp(line, "idle", 4) ? 0 : add_ticks(line)) &&
		    !add_other(line)) {
			fprintf(stderr, "make_recording: not understood: %s", line);
			return 2;
		}
	}
	return 0;
}
