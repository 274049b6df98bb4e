// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>

#include "clock.h"
#include "metric.h"

static const char *ending(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER:
		return "_total";
	case METRIC_INFO:
		return "_info";
	case METRIC_GAUGE:
		break;
	}
	return "";
}

static const char *type_name(const struct family *family, enum dialect dialect)
{
	switch (family->type) {
	case METRIC_COUNTER:
		return "counter";
	case METRIC_INFO:
		/* The older dialect has no such type. */
		return dialect == DIALECT_OPENMETRICS ? "info" : "gauge";
	case METRIC_GAUGE:
		break;
	}
	return "gauge";
}

static void put_escaped(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*s == '\\' || *s == '"')
			putc('\\', out);
		putc(*s, out);
	}
}

/* OpenMetrics describes the family; the older dialect what stands below it, ending and all. */
void metric_family(FILE *out, enum dialect dialect, const struct family *family)
{
	const char *end = dialect == DIALECT_OPENMETRICS ? "" : ending(family->type);

	fprintf(out, "# HELP %s%s %s\n", family->name, end, family->help);
	fprintf(out, "# TYPE %s%s %s\n", family->name, end, type_name(family, dialect));
	if (dialect == DIALECT_OPENMETRICS && family->unit)
		fprintf(out, "# UNIT %s %s\n", family->name, family->unit);
}

static void put_name(FILE *out, const struct family *family, const struct label *labels, size_t n)
{
	size_t i;

	fprintf(out, "%s%s", family->name, ending(family->type));
	for (i = 0; i < n; i++) {
		fprintf(out, "%c%s=\"", i ? ',' : '{', labels[i].name);
		put_escaped(out, labels[i].value);
		putc('"', out);
	}
	fputs(n ? "} " : " ", out);
}

void metric_uint(FILE *out, const struct family *family, const struct label *labels, size_t n,
		 uint64_t value)
{
	put_name(out, family, labels, n);
	fprintf(out, "%" PRIu64 "\n", value);
}

void metric_seconds(FILE *out, const struct family *family, const struct label *labels, size_t n,
		    uint64_t ns)
{
	put_name(out, family, labels, n);
	fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC);
}

void metric_end(FILE *out, enum dialect dialect)
{
	if (dialect == DIALECT_OPENMETRICS)
		fputs("# EOF\n", out);
}
