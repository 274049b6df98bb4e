/* SPDX-License-Identifier: GPL-2.0-only */
/* What may be known of a row of tmctl report, above the bits of its counters. */
#ifndef TMCTL_REPORT_COLUMNS_H
#define TMCTL_REPORT_COLUMNS_H

#include <stdint.h>

#define KNOWN_CPU	(UINT64_C(1) << 32)
#define KNOWN_PERCENT	(UINT64_C(1) << 33)
#define KNOWN_EXIT	(UINT64_C(1) << 34)
#define KNOWN_UID	(UINT64_C(1) << 35)
#define KNOWN_REALTIME	(UINT64_C(1) << 36)
#define KNOWN_TREE_CPU	(UINT64_C(1) << 37)
#define KNOWN_TREE_IO	(UINT64_C(1) << 38)

#endif /* TMCTL_REPORT_COLUMNS_H */
