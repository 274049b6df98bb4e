// SPDX-License-Identifier: GPL-2.0-only
/* tmctl export: a recording for other programs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "export_formats.h"
#include "options.h"
#include "output.h"
#include "status.h"

enum format {
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_TRACE,
};

static struct {
	const char *format;
	const char *output;
} args;

static const struct {
	const char *name;
	enum format format;
} formats[] = {
	{ "csv", FORMAT_CSV },
	{ "json", FORMAT_JSON },
	{ "trace", FORMAT_TRACE },
};

/* What a file's name says. */
static const struct {
	const char *suffix;
	enum format format;
} suffixes[] = {
	{ ".trace.json", FORMAT_TRACE },
	{ ".perfetto.json", FORMAT_TRACE },
	{ ".trace", FORMAT_TRACE },
	{ ".json", FORMAT_JSON },
	{ ".jsonl", FORMAT_JSON },
	{ ".ndjson", FORMAT_JSON },
	{ ".csv", FORMAT_CSV },
};

static bool ends_with(const char *s, const char *end)
{
	size_t length = strlen(s), n = strlen(end);

	return length >= n && !strcmp(s + length - n, end);
}

static int choose_format(const struct options *opts, enum format *format)
{
	size_t i;

	*format = opts->json ? FORMAT_JSON : FORMAT_CSV;
	for (i = 0; args.format && i < ARRAY_SIZE(formats); i++) {
		if (!strcmp(args.format, formats[i].name)) {
			*format = formats[i].format;
			return STATUS_DONE;
		}
	}
	if (args.format)
		return fail_usage("export: unknown format '%s' (csv, json, trace)", args.format);
	for (i = 0; args.output && !opts->json && i < ARRAY_SIZE(suffixes); i++) {
		if (ends_with(args.output, suffixes[i].suffix)) {
			*format = suffixes[i].format;
			break;
		}
	}
	return STATUS_DONE;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int write_all(struct reader *reader, FILE *out, enum format format)
{
	int err;

	if (format == FORMAT_TRACE)
		err = export_trace(reader, out);
	else
		err = export_rows(reader, out, format == FORMAT_JSON ? TABLE_JSON : TABLE_CSV);
	return err ? reader_failed(reader, "export", err) : STATUS_DONE;
}

static int write_file(struct reader *reader, enum format format)
{
	FILE *out;
	int status;

	if (is_same_file(reader->path, args.output))
		return fail(STATUS_FAILED, "export: %s: this is the recording itself", args.output);
	out = fopen(args.output, "we");
	if (!out)
		return fail(STATUS_FAILED, "export: %s: %s", args.output, strerror(errno));
	status = write_all(reader, out, format);
	errno = EIO;
	if (ferror(out) | fclose(out) && !status)
		status = fail(STATUS_FAILED, "export: %s: %s", args.output, strerror(errno));
	return status;
}

static int cmd_export(const struct options *opts, int argc, char **argv)
{
	struct reader reader;
	enum format format;
	int status;

	if (!argc)
		return fail_usage("export: no file given");
	if (argc > 1)
		return fail_excess("export", argv[1]);
	status = choose_format(opts, &format);
	if (!status)
		status = reader_open(&reader, "export", argv[0]);
	if (status)
		return status;
	status = args.output ? write_file(&reader, format) : write_all(&reader, stdout, format);
	reader_close(&reader);
	return status;
}

static const struct opt export_opts[] = {
	OPT_VALUE('F', "format", "FORMAT", &args.format,
		  "csv, json (an object a line) or trace (Perfetto,\n"
		  "chrome://tracing); by default what the name of the\n"
		  "output says, or csv"),
	OPT_VALUE('o', "output", "OUTPUT", &args.output, "write to OUTPUT, not to standard output"),
	OPT_END
};

static const struct command command_export = {
	.name = "export",
	.run = cmd_export,
	.opts = export_opts,
	.usage = "FILE",
	.help = "a recording as CSV, JSON lines or a trace",
	.details =
		"FILE is one that tmctl record has made, or is making right now.\n"
		"\n"
		"Examples:\n"
		"  tmctl export build.tmr >build.csv            all samples\n"
		"  tmctl export build.tmr -F json | jq .comm    the same for jq\n"
		"  tmctl export build.tmr -o build.trace.json   for ui.perfetto.dev\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_export, argc, argv);
}
