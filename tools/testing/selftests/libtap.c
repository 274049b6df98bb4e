// SPDX-License-Identifier: GPL-2.0-only
/* TAP: one line a check, the plan at the end. */
#define _GNU_SOURCE
#include <stdarg.h>

#include "harness.h"

static int tests;
static int failures;

__attribute__((constructor)) static void tap_init(void)
{
	/* Line by line, so that a child never has a line of its parent's left to print. */
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static bool tap_line(bool ok, const char *name, va_list args)
{
	printf("%sok %d - ", ok ? "" : "not ", ++tests);
	vprintf(name, args);
	putchar('\n');
	failures += !ok;
	return ok;
}

bool tap_ok(bool ok, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	tap_line(ok, name, args);
	va_end(args);
	return ok;
}

bool tap_is(long long got, long long want, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	if (!tap_line(got == want, name, args))
		tap_diag("got %lld, want %lld", got, want);
	va_end(args);
	return got == want;
}

bool tap_between(long long got, long long low, long long high, const char *name, ...)
{
	bool ok = got >= low && got <= high;
	va_list args;

	va_start(args, name);
	if (!tap_line(ok, name, args))
		tap_diag("got %lld, want %lld to %lld", got, low, high);
	va_end(args);
	return ok;
}

const char *errno_name(long result)
{
	return result < 0 ? strerrorname_np((int)-result) : "success";
}

/* @want: the errno, positive; 0: any success. */
bool tap_errno(long got, int want, const char *name, ...)
{
	bool ok = want ? got == -want : got >= 0;
	va_list args;

	va_start(args, name);
	if (!tap_line(ok, name, args))
		tap_diag("got %s (%ld), want %s", errno_name(got), got, errno_name(-want));
	va_end(args);
	return ok;
}

bool tap_str(const char *got, const char *want, const char *name, ...)
{
	bool ok = !strcmp(got, want);
	va_list args;

	va_start(args, name);
	if (!tap_line(ok, name, args))
		tap_diag("got \"%s\", want \"%s\"", got, want);
	va_end(args);
	return ok;
}

void tap_skip(const char *why, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	printf("ok %d - ", ++tests);
	vprintf(name, args);
	printf(" # SKIP %s\n", why);
	va_end(args);
}

void tap_diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

/* The runner unloads the module and ends whatever children are left. */
void tap_bail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("Bail out! ");
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	exit(1);
}

int tap_done(void)
{
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
