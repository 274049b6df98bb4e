/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TMCTL_EXPORTER_TEXTFILE_H
#define TMCTL_EXPORTER_TEXTFILE_H

#include <stddef.h>

/**
 * textfile_write() - put a text into a file, all of it or nothing
 * @path: the file; what it held before is there until the new text is whole
 * @text: the text
 * @length: its bytes
 *
 * Return: 0, or what errno was; then the file is as it was.
 */
int textfile_write(const char *path, const char *text, size_t length);

#endif /* TMCTL_EXPORTER_TEXTFILE_H */
