// SPDX-License-Identifier: GPL-2.0-only
/* A filter of readdir(3), for LD_PRELOAD: the name in FILTER is not told. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define FILTER(function, type)								\
	struct type *function(DIR *dir)							\
	{										\
		struct type *(*next)(DIR *dir) =					\
			(struct type *(*)(DIR *))dlsym(RTLD_NEXT, #function);		\
		const char *hidden = getenv("FILTER");					\
		struct type *entry;							\
											\
		do {									\
			entry = next(dir);						\
		} while (entry && hidden && !strcmp(entry->d_name, hidden));		\
		return entry;								\
	}

FILTER(readdir, dirent)
FILTER(readdir64, dirent64)
