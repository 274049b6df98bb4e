/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures that a picture is made of, for programs. */
#ifndef PLOT_FIGURES_H
#define PLOT_FIGURES_H

#include <stdio.h>

#include "series.h"
#include "table.h"

/* A row for each cell of each series of which anything is known. */
void figures_print(FILE *out, const struct series_set *set, const struct recording *rec,
		   enum group_by by, enum table_format format);

#endif /* PLOT_FIGURES_H */
