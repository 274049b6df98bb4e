/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics as text, in the two dialects that Prometheus reads: OpenMetrics 1.0, and
 * the older exposition format 0.0.4, which node_exporter's text files are in.
 */
#ifndef TMCTL_EXPORTER_METRIC_H
#define TMCTL_EXPORTER_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum dialect {
	DIALECT_OPENMETRICS,
	DIALECT_TEXT,
	DIALECTS
};

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,
	METRIC_INFO,
};

/**
 * struct family - metrics of one name
 * @name: the name, without the ending that counters (_total) and infos (_info) get
 * @type: what it is
 * @unit: its unit, with which @name ends; or NULL
 * @help: one sentence
 */
struct family {
	const char *name;
	enum metric_type type;
	const char *unit;
	const char *help;
};

/* A label: its value may be any bytes of valid UTF-8. */
struct label {
	const char *name;
	const char *value;
};

/* What stands before a family's metrics. All of these come next, in one piece. */
void metric_family(FILE *out, enum dialect dialect, const struct family *family);

/* One metric, a number as it is. */
void metric_uint(FILE *out, const struct family *family, const struct label *labels, size_t n,
		 uint64_t value);

/* One metric, nanoseconds that are told in seconds, exactly. */
void metric_seconds(FILE *out, const struct family *family, const struct label *labels, size_t n,
		    uint64_t ns);

/* What ends the text. */
void metric_end(FILE *out, enum dialect dialect);

#endif /* TMCTL_EXPORTER_METRIC_H */
