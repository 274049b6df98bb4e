/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording can be exported as. */
#ifndef TMCTL_EXPORT_FORMATS_H
#define TMCTL_EXPORT_FORMATS_H

#include <stdio.h>

#include "reader.h"
#include "table.h"

/*
 * All samples, in the order of the history, as CSV or JSON lines; and as what
 * chrome://tracing and Perfetto read. Return: 0 or SQLite's code.
 */
int export_rows(struct reader *reader, FILE *out, enum table_format format);
int export_trace(struct reader *reader, FILE *out);

#endif /* TMCTL_EXPORT_FORMATS_H */
