// SPDX-License-Identifier: GPL-2.0-only
/* tmctl doctor: what stands in the way, and the next step. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "error.h"
#include "field.h"

void say(struct diagnosis *d, enum verdict verdict, const char *format, ...)
{
	va_list args;

	d->verdict = verdict;
	va_start(args, format);
	vsnprintf(d->text, sizeof(d->text), format, args);
	va_end(args);
}

void say_next(struct diagnosis *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->next, sizeof(d->next), format, args);
	va_end(args);
}

/* Later ones know what earlier ones have found. */
static const struct {
	const char *name;
	void (*run)(struct patient *p, struct diagnosis *d);
} checks[] = {
	{ "kernel", check_kernel },
	{ "module", check_module },
	{ "build", check_build },
	{ "signature", check_signature },
	{ "taint", check_taint },
	{ "device", check_device },
	{ "rights", check_rights },
	{ "version", check_version },
	{ "sampler", check_sampler },
	{ "cpu_time", check_cpu_time },
};

struct line {
	const char *check;
	const char *verdict;
	const char *text;
	const char *next;
};

#define LINE(member)	FIELD_AT(struct line, member)
#define HAVE_NEXT	1ULL
#define HAVE_VERDICT	2ULL

static const struct field fields[] = {
	{ "check", NULL, NULL, &field_string, LINE(check) },
	{ "verdict", NULL, NULL, &field_string, LINE(verdict), HAVE_VERDICT },
	{ "text", NULL, NULL, &field_string, LINE(text) },
	{ "next", NULL, NULL, &field_string, LINE(next), HAVE_NEXT },
};

static void print_diagnosis(const struct options *opts, const char *check,
			    const struct diagnosis *d)
{
	static const char *const verdicts[] = { "-", "ok", "warn", "FAIL" };
	struct line line = { check, verdicts[d->verdict], d->text, d->next };
	uint64_t known = (*d->next ? HAVE_NEXT : 0) | (d->verdict ? HAVE_VERDICT : 0);

	if (opts->json)
		fields_print_json(stdout, "taskmonitor.check/1", fields, ARRAY_SIZE(fields), &line,
				  known);
	else
		printf("%-4s  %-9s  %s%s%s\n", line.verdict, line.check, line.text,
		       *line.next ? "; next: " : "", line.next);
}

static const char *root;

static int cmd_doctor(const struct options *opts, int argc, char **argv)
{
	struct patient patient = { .opts = opts, .root = root ? root : "" };
	int status = STATUS_DONE;
	size_t i;

	if (argc)
		return fail_excess("doctor", argv[0]);
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		struct diagnosis d = { .verdict = VERDICT_UNKNOWN };

		checks[i].run(&patient, &d);
		print_diagnosis(opts, checks[i].name, &d);
		if (d.verdict == VERDICT_FAIL)
			status = STATUS_FOUND;
	}
	return status;
}

static const struct opt doctor_opts[] = {
	OPT_VALUE('R', "root", "DIR", &root, "look at the files of the machine below DIR"),
	OPT_END
};

const struct command command_doctor = {
	.name = "doctor",
	.run = cmd_doctor,
	.opts = doctor_opts,
	.usage = "",
	.help = "why something does not work, and what to do",
	.details = "Exit codes: 0 nothing is in the way (warnings may be), 1 something is.\n",
};
