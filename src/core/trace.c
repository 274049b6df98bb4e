// SPDX-License-Identifier: GPL-2.0-only
/* The one place where the trace event of trace.h becomes code. */
#define CREATE_TRACE_POINTS
#include "trace.h"
