// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "field.h"
#include "record_live.h"
#include "status.h"
#include "utf8.h"

#define LINE_MAX	160

static bool shown;

static void print_size(char *buf, size_t size, uint64_t bytes)
{
	if (bytes < 1 << 20)
		snprintf(buf, size, "%" PRIu64 " KiB", (bytes + 1023) / 1024);
	else
		snprintf(buf, size, "%.1f MiB", (double)bytes / (1 << 20));
}

/* In the last column a terminal would begin another line. */
static int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2)
		return 79;
	return size.ws_col - 1;
}

void live_show(const struct progress *p)
{
	char line[LINE_MAX], bytes[32];

	print_size(bytes, sizeof(bytes), p->size_bytes);
	snprintf(line, sizeof(line), "%.1f s: %" PRIu64 " records, %" PRIu64 " processes, %"
		 PRIu64 " lost, %s", (double)p->duration_ns / NSEC_PER_SEC, p->records, p->alive,
		 p->lost_records + p->dropped, bytes);
	fprintf(stderr, "\r%.*s\033[K", terminal_width(), line);
	shown = true;
}

void live_clear(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}

#define PROGRESS(member)	FIELD_AT(struct progress, member)

static const struct field fields[] = {
	{ "file", NULL, NULL, &field_string, PROGRESS(path) },
	{ "duration_ns", NULL, NULL, &field_seconds, PROGRESS(duration_ns) },
	{ "records", NULL, NULL, &field_number, PROGRESS(records) },
	{ "processes", NULL, NULL, &field_number, PROGRESS(processes) },
	{ "processes_alive", NULL, NULL, &field_number, PROGRESS(alive) },
	{ "lost_records", NULL, NULL, &field_number, PROGRESS(lost_records) },
	{ "dropped", NULL, NULL, &field_number, PROGRESS(dropped) },
	{ "missed_ticks", NULL, NULL, &field_number, PROGRESS(missed_ticks) },
	{ "evicted_samples", NULL, NULL, &field_number, PROGRESS(evicted_samples) },
	{ "size_bytes", NULL, NULL, &field_bytes, PROGRESS(size_bytes) },
	{ "complete", NULL, NULL, &field_flag, PROGRESS(complete), .mask = 1 },
};

static void print_losses(FILE *out, const struct progress *p)
{
	if (p->lost_records)
		fprintf(out, "%" PRIu64 " records were lost (a longer history helps, --ring, or a "
			"longer interval)\n", p->lost_records);
	if (p->dropped)
		fprintf(out, "%" PRIu64 " processes could not be watched\n", p->dropped);
	if (p->missed_ticks)
		fprintf(out,
			"%" PRIu64 " samples came too late and were left out (a longer interval "
			"helps)\n",
			p->missed_ticks);
	if (p->evicted_samples)
		fprintf(out, "the %" PRIu64 " oldest samples have gone, for --max-size\n",
			p->evicted_samples);
}

void progress_print(FILE *out, const struct progress *p, bool json)
{
	char bytes[32], path[256];

	if (json) {
		fields_print_json(out, "taskmonitor.recorded/1", fields, ARRAY_SIZE(fields), p, 0);
		return;
	}
	print_size(bytes, sizeof(bytes), p->size_bytes);
	utf8_printable(p->path, path, sizeof(path));
	fprintf(out, "%s: %.1f s, %" PRIu64 " records of %" PRIu64 " processes, %s%s\n", path,
		(double)p->duration_ns / NSEC_PER_SEC, p->records, p->processes,
		p->lost_records || p->dropped ? "" : "none lost, ", bytes);
	print_losses(out, p);
}
