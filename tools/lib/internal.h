/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the library's files share, and its tests get at. Not installed, and
 * exported by no shared library.
 */
#ifndef TM_LIB_INTERNAL_H
#define TM_LIB_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include <taskmonitor/taskmonitor.h>

/* The device's file, for reading alone where writing is not permitted; or -1. */
int tmi_open(const char *path);

/* close(), with errno as it was. */
void tmi_close(int fd);

/* The only way to the module. A driver's success may be any number but -1. */
int tmi_request(int fd, unsigned long number, void *arg);

/* TM_BATCH. */
ssize_t tmi_batch(int fd, struct task_sample *records, size_t n, size_t *total, uint64_t *time_ns);

/* Make a record that came from the module fit for strings' functions. */
static inline void tmi_settle(struct task_sample *record)
{
	record->comm[TM_COMM_LEN - 1] = '\0';
}

/**
 * struct tmi_geometry - where the records of a mapped history stand
 * @header_size: bytes in front of the first
 * @record_size: bytes of each
 * @capacity: how many, a power of two
 * @bytes: all of it
 */
struct tmi_geometry {
	size_t header_size;
	size_t record_size;
	uint32_t capacity;
	size_t bytes;
};

/* Read it from a header. Return: 0, or -1 and EPROTO: that is none we understand. */
int tmi_ring_geometry(const struct tm_ring_header *header, struct tmi_geometry *geometry);

/* Only the header of the file's history; munmap() it, one page. NULL: see mmap(2). */
const struct tm_ring_header *tmi_ring_map_header(int fd);

/* tm_ring_map() of a file. */
struct tm_ring *tmi_ring_map(int fd);

/* A session on a file that is open; @record_size: bytes of what read() gives. */
struct tm_session *tmi_session_of(int fd, size_t record_size);

#endif /* TM_LIB_INTERNAL_H */
