/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TMCTL_UTF8_H
#define TMCTL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * utf8_decode() - read one character
 * @s: where it starts
 * @length: bytes at @s, at least 1
 * @code: set to the character
 *
 * Overlong forms, surrogates and what lies above U+10FFFF are invalid.
 *
 * Return: the bytes it takes, or 0 if @s does not start with valid UTF-8.
 */
size_t utf8_decode(const char *s, size_t length, uint32_t *code);

/**
 * utf8_printable() - make a string fit for a terminal
 * @s: any bytes, terminated; a process chooses its name freely
 * @buf: where to put the string; always terminated
 * @size: bytes at @buf, at least 1
 *
 * Control characters and invalid bytes become '?': no name may move a cursor.
 */
void utf8_printable(const char *s, char *buf, size_t size);

#endif /* TMCTL_UTF8_H */
