// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "outcome.h"
#include "status.h"

/* Those that end processes; not every libc knows their short names. */
static const char *const signals[] = {
	[SIGHUP] = "SIGHUP", [SIGINT] = "SIGINT", [SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL",
	[SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT", [SIGBUS] = "SIGBUS", [SIGFPE] = "SIGFPE",
	[SIGKILL] = "SIGKILL", [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV",
	[SIGUSR2] = "SIGUSR2", [SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM",
	[SIGTERM] = "SIGTERM", [SIGXCPU] = "SIGXCPU", [SIGXFSZ] = "SIGXFSZ",
	[SIGSYS] = "SIGSYS",
};

static int32_t get(const struct field *field, const void *record)
{
	assert(field->size == sizeof(int32_t));
	return *(const int32_t *)((const char *)record + field->offset);
}

/* Its bits 0 to 6 are the signal; the rest may have the mark of a core dump. */
static int term_signal(int32_t code)
{
	return code & 0x7f;
}

static void outcome_text(const struct field *field, const void *record, char *buf)
{
	int32_t code = get(field, record);
	size_t number = (size_t)term_signal(code);

	if (!number)
		snprintf(buf, FIELD_TEXT_MAX, "%d", WEXITSTATUS(code));
	else if (number < ARRAY_SIZE(signals) && signals[number])
		snprintf(buf, FIELD_TEXT_MAX, "%s", signals[number]);
	else
		snprintf(buf, FIELD_TEXT_MAX, "signal %zu", number);
}

static void outcome_json(const struct field *field, const void *record, struct json *json)
{
	json_int(json, field->key, get(field, record));
}

const struct field_type field_outcome = { outcome_text, outcome_json };

static void exit_status_json(const struct field *field, const void *record, struct json *json)
{
	int32_t code = get(field, record);

	if (term_signal(code))
		json_null(json, field->key);
	else
		json_int(json, field->key, WEXITSTATUS(code));
}

const struct field_type field_exit_status = { outcome_text, exit_status_json };

static void term_signal_json(const struct field *field, const void *record, struct json *json)
{
	int32_t code = get(field, record);

	if (term_signal(code))
		json_int(json, field->key, term_signal(code));
	else
		json_null(json, field->key);
}

const struct field_type field_term_signal = { outcome_text, term_signal_json };

int outcome_shell(int32_t code)
{
	return term_signal(code) ? 128 + term_signal(code) : WEXITSTATUS(code);
}
