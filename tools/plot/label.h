/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that somebody else has chosen, made fit for a picture. */
#ifndef PLOT_LABEL_H
#define PLOT_LABEL_H

#include <stddef.h>

/**
 * label_clean() - make a string fit to be drawn
 * @s: any bytes, terminated; a process chooses its name freely
 * @buf: where to put it; always terminated
 * @size: bytes at @buf, at least 1
 *
 * Beyond what utf8_printable() does, '?' also stands for what would turn the
 * direction of the text around it, and for code points that are no characters:
 * neither cairo nor XML takes those.
 */
void label_clean(const char *s, char *buf, size_t size);

/**
 * label_shorten() - take the last character away
 * @s: valid UTF-8; an ellipsis at its end stays there
 * @size: bytes at @s
 *
 * Return: whether there was one.
 */
int label_shorten(char *s, size_t size);

#endif /* PLOT_LABEL_H */
