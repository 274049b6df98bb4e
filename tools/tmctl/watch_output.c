// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "watch_output.h"

/* How many rows fit under a header; 0: it is printed once and scrolls nowhere. */
static unsigned int lines_on_screen(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 5)
		return 0;
	return size.ws_row - 3u;
}

void watch_output_header(struct watch_output *out)
{
	if (out->report.format == TABLE_JSON || (out->report.format == TABLE_CSV && out->printed))
		return;
	if (out->printed)
		putchar('\n');
	report_header(&out->report, "Time");
	out->lines_left = lines_on_screen();
}

/* Milliseconds only where rows come more often than seconds pass. */
static void time_of_day(const struct watch_output *out, uint64_t realtime_ns, char *buf,
			size_t size)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	size_t length = 0;
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		length = strftime(buf, size, "%H:%M:%S", &tm);
	if (out->interval_ns % NSEC_PER_SEC)
		snprintf(buf + length, size - length, ".%03u",
			 (unsigned int)(realtime_ns % NSEC_PER_SEC / NSEC_PER_MSEC));
}

void watch_output_plain_row(struct watch_output *out, const struct row *row)
{
	char when[32] = "";

	time_of_day(out, row->realtime_ns, when, sizeof(when));
	report_row(&out->report, when, row);
	out->printed++;
}

void watch_output_row(struct watch_output *out, const struct row *row)
{
	if (!out->printed || out->lines_left == 1)
		watch_output_header(out);
	else if (out->lines_left)
		out->lines_left--;
	watch_output_plain_row(out, row);
}

void watch_output_average(struct watch_output *out, const struct row *row)
{
	if (out->report.format != TABLE_CSV)
		report_row(&out->average, "Average:", row);
}
