/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit codes, as tmctl(8) promises them. */
#ifndef TMCTL_STATUS_H
#define TMCTL_STATUS_H

enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,	/* also: no such process, no target */
	STATUS_FOUND = 1,	/* hidden, doctor: something was */
	STATUS_USAGE = 2,
	STATUS_NO_MODULE = 3,
	STATUS_NOT_PERMITTED = 4,
	STATUS_UNABLE = 5,	/* failed, where 1 is an answer */
	STATUS_TIMEOUT = 124,	/* wait: as timeout(1) has it */
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#endif /* TMCTL_STATUS_H */
