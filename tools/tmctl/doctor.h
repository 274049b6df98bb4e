/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tmctl doctor looks at: one function a check, each gives a verdict and
 * the next step. Files are looked for below a root, which is empty but in tests.
 */
#ifndef TMCTL_DOCTOR_H
#define TMCTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tmctl.h"

enum verdict {
	VERDICT_UNKNOWN,
	VERDICT_OK,
	VERDICT_WARN,
	VERDICT_FAIL,
};

/**
 * struct patient - the machine as far as it has been looked at
 * @opts: the command line's
 * @root: what is put before each path
 * @release: the running kernel's, or empty
 * @loaded: the module is
 * @file: its file for this kernel, without the root, or empty
 */
struct patient {
	const struct options *opts;
	const char *root;
	char release[128];
	bool loaded;
	char file[512];
};

struct diagnosis {
	enum verdict verdict;
	char text[512];
	char next[256];
};

/* The verdict, and where something is to be done, what. */
void say(struct diagnosis *d, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void say_next(struct diagnosis *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

void check_kernel(struct patient *p, struct diagnosis *d);
void check_module(struct patient *p, struct diagnosis *d);
void check_build(struct patient *p, struct diagnosis *d);
void check_signature(struct patient *p, struct diagnosis *d);
void check_taint(struct patient *p, struct diagnosis *d);
void check_device(struct patient *p, struct diagnosis *d);
void check_rights(struct patient *p, struct diagnosis *d);
void check_version(struct patient *p, struct diagnosis *d);
void check_sampler(struct patient *p, struct diagnosis *d);
void check_cpu_time(struct patient *p, struct diagnosis *d);

#define PATH_BYTES	1024

/* @path below the root, into PATH_BYTES bytes. */
void file_path(const struct patient *p, const char *path, char *buf);
bool file_exists(const struct patient *p, const char *path);

/* The first bytes of a file, terminated, without the newline. -1: it cannot be read. */
int file_text(const struct patient *p, const char *path, char *buf, size_t size);

/* The value behind "KEY=" in the module's file; false: it cannot be told. */
bool module_info(const struct patient *p, const char *key, char *buf, size_t size);
bool module_is_compressed(const struct patient *p);
bool module_is_signed(const struct patient *p);

/* Where modules.dep of that kernel, or a place beside it, has the module. */
bool module_find(const struct patient *p, const char *release, char *buf, size_t size, bool *known);

/* Another kernel that has it installed. */
bool module_elsewhere(const struct patient *p, char *buf, size_t size);

#endif /* TMCTL_DOCTOR_H */
