// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no answer may look like, whatever was asked and whoever interfered.
 */
#define _GNU_SOURCE
#include <time.h>

#include "fuzz.h"

#define KERNEL_BEGIN	0xffff800000000000ULL
#define SMALL_NEGATIVE	(-65536LL)
#define VALID_ALL	((TM_VALID_THRESHOLD << 1) - 1)
#define SAMPLE_FLAGS	((TM_SAMPLE_BELOW << 1) - 1)
#define YEARS_NS	(100ULL * 365 * 86400 * NSEC_PER_SEC)

bool is_in(long result, const int *errors)
{
	for (; *errors; errors++) {
		if (result == -*errors)
			return true;
	}
	return false;
}

static bool is_kernel_address(uint64_t word)
{
	return word >= KERNEL_BEGIN && (int64_t)word < SMALL_NEGATIVE;
}

/* An address of the kernel's, or what it fills freed memory with. */
const char *words_flaw(const void *data, size_t size)
{
	const char *at = data;
	uint64_t word;

	for (; size >= sizeof(word); at += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		if (is_kernel_address(word))
			return "holds an address of the kernel's";
		if (word == 0x6b6b6b6b6b6b6b6bULL || word == 0x5a5a5a5a5a5a5a5aULL)
			return "holds freed memory";
	}
	return NULL;
}

/* The same of text: numbers of either base that are addresses. */
const char *text_flaw(const char *text, size_t size)
{
	char word[32];
	size_t i, n;

	for (i = 0; i < size; i += n + 1) {
		for (n = 0; i + n < size && strchr("0123456789abcdef", text[i + n]) && text[i + n];)
			n++;
		if (n < 16 || n >= sizeof(word))
			continue;
		memcpy(word, text + i, n);
		word[n] = '\0';
		if (n == 16 && is_kernel_address(strtoull(word, NULL, 16)))
			return "holds an address of the kernel's";
		if (strspn(word, "0123456789") == n && n >= 20 &&
		    is_kernel_address(strtoull(word, NULL, 10)))
			return "holds an address of the kernel's as a number";
	}
	return NULL;
}

static const char *times_flaw(const struct task_sample *s)
{
	struct timespec ts;
	uint64_t boot;

	if ((long long)s->time_ns > now_ns())
		return "was taken in the future";
	clock_gettime(CLOCK_BOOTTIME, &ts);
	boot = (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
	if (s->start_time_ns > boot)
		return "began in the future";
	if ((s->valid & TM_VALID_EXIT) && (long long)s->exit_time_ns > now_ns())
		return "exited in the future";
	if ((s->valid & TM_VALID_CPU) && (s->utime > YEARS_NS || s->stime > YEARS_NS))
		return "has used more CPU time than there was";
	return NULL;
}

static const char *window_flaw(const struct task_sample *s)
{
	if (!(s->valid & TM_VALID_WINDOW))
		return s->kind == TM_KIND_WINDOW ? "is a window without one" : NULL;
	if (!s->window_samples)
		return "is a window without a sample";
	if (s->cpu_min_ppm > s->cpu_max_ppm || s->rss_min_bytes > s->rss_max_bytes)
		return "has a least that is more than the most";
	if (s->rss_avg_bytes > s->rss_max_bytes + 1024)
		return "has an average above the most";
	return NULL;
}

static const char *threshold_flaw(const struct task_sample *s)
{
	bool below = s->flags & TM_SAMPLE_BELOW;

	if (!(s->valid & TM_VALID_THRESHOLD) != (s->kind != TM_KIND_THRESHOLD))
		return "is a threshold's without one, or has one without being so";
	if (s->kind != TM_KIND_THRESHOLD)
		return below ? "is below what it never crossed" : NULL;
	if (!s->threshold_id || s->threshold_what < TM_THRESHOLD_RSS ||
	    s->threshold_what > TM_THRESHOLD_EXIT)
		return "tells of no threshold that can be";
	if (s->valid & TM_VALID_WINDOW || s->cpu_avg_ppm || s->cpu_max_ppm)
		return "has a threshold, and more in its place";
	if (s->threshold_since_ns > s->time_ns)
		return "was above before it was";
	if (s->threshold_what == TM_THRESHOLD_EXIT)
		return !(s->valid & TM_VALID_EXIT) || below || s->threshold_bound ||
		       s->threshold_value != (uint32_t)s->exit_code ? "tells of an exit, wrongly" : NULL;
	return below == (s->threshold_value > s->threshold_bound) ? "is on the wrong side" : NULL;
}

static const char *lost_flaw(const struct task_sample *s)
{
	if (s->valid || s->pid || s->flags)
		return "tells of loss, and more";
	if (!s->lost_records || s->lost_records > s->seq)
		return "tells of a loss that cannot be";
	return NULL;
}

/* Is of a kind out of @kinds, and all in it can be. */
const char *sample_flaw(const struct task_sample *s, unsigned int kinds)
{
	const char *flaw = words_flaw(s, sizeof(*s));

	if (flaw)
		return flaw;
	if (s->kind > TM_KIND_THRESHOLD || !(kinds & 1U << s->kind))
		return "is of a kind that does not belong there";
	if (s->valid & ~VALID_ALL || s->flags & ~SAMPLE_FLAGS)
		return "has bits that there are not";
	if (!memchr("RSDTtXZPI-", s->state, 10))
		return "has no state";
	if (!memchr(s->comm, '\0', sizeof(s->comm)))
		return "has a name without an end";
	if (s->kind == TM_KIND_LOST)
		return lost_flaw(s);
	if (s->kind == TM_KIND_READ ? s->seq != 0 : s->seq == 0)
		return "has a wrong number";
	if (s->pid < 0 || s->tgid < 0 || s->ppid < 0)
		return "has a PID below 0";
	if (s->flags & TM_SAMPLE_DENIED && (s->valid || s->comm[0] || s->utime || s->start_time_ns))
		return "tells what it says it must not";
	if (s->threads > 1000000 || s->cpu > 65536)
		return "has more threads or CPUs than there are";
	flaw = times_flaw(s) ?: threshold_flaw(s);
	return flaw ?: window_flaw(s);
}

const char *state_flaw(const struct tm_state *s, bool numbered)
{
	if (words_flaw(s, sizeof(*s)))
		return words_flaw(s, sizeof(*s));
	if (s->flags & ~(TM_STATE_RUNNING | TM_STATE_PRIVATE) || s->reserved)
		return "has bits that there are not";
	/* The fuzzer makes none. */
	if (s->name[0])
		return "has a name";
	if (!!s->id != (numbered && s->flags & TM_STATE_PRIVATE))
		return "has a number that it should not have, or none";
	if (s->scope > TM_SCOPE_SYSTEM || s->kinds & ~TM_KINDS_ALL || !s->kinds)
		return "has no scope, or no kinds";
	if (s->interval_ns < TM_INTERVAL_MIN_NS || s->interval_ns > TM_INTERVAL_MAX_NS ||
	    (s->window_ns && s->window_ns < s->interval_ns))
		return "has an interval that cannot be";
	if (s->ring_records < TM_RING_RECORDS_MIN || s->ring_records > TM_RING_RECORDS_MAX ||
	    s->ring_records & (s->ring_records - 1))
		return "has a history of no length";
	if (!s->watermark || s->watermark > s->ring_records / 2)
		return "has a watermark that cannot be";
	if (s->owner < 0 || (int)s->targets < 0 || (int)s->targets_alive < 0)
		return "counts below 0";
	return NULL;
}

/* A process that whoever has these rights may not look into, for certain. */
bool is_foreign(const struct rights *r, pid_t pid)
{
	int i;

	if (r->everyone)
		return false;
	if (pid == 1 || pid == 2)
		return pid == 2 || r->uid != 0;
	for (i = 0; i < CAST_MAX; i++) {
		if (shared->cast[i].pid == pid && pid)
			return shared->cast[i].uid != r->uid;
	}
	return false;
}
