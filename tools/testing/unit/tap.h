/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TAP for a test program in C: each check prints a line, tap_end() the plan.
 *
 *	CHECK(condition, "what holds")
 *	return tap_end();
 *
 * A failed check says where it stands; the program goes on and exits with 1.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 5, 6)))
static int tap_check(int passed, const char *file, int line, const char *source,
		     const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	if (!passed) {
		tap_failed++;
		printf("# %s:%d: %s\n", file, line, source);
	}
	return passed;
}

#define CHECK(condition, ...) \
	tap_check(!!(condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

/* Two strings; both are shown where they differ. */
#define CHECK_STR(got, wanted, ...) do {					\
	const char *got_ = (got), *wanted_ = (wanted);				\
	if (!CHECK(!strcmp(got_, wanted_), __VA_ARGS__))			\
		printf("# got    '%s'\n# wanted '%s'\n", got_, wanted_);	\
} while (0)

static int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return fflush(stdout) || tap_failed || !tap_count;
}

#endif /* TAP_H */
