/* SPDX-License-Identifier: GPL-2.0-only */
/* A picture into a file: all of it or nothing. */
#ifndef PLOT_SAVE_H
#define PLOT_SAVE_H

#include "canvas.h"

/**
 * save_check() - whether a picture may go there
 * @path: where
 * @source: the file that it is made of, which it must not replace
 *
 * Return: a status; what is wrong has been said.
 */
int save_check(const char *path, const char *source);

/**
 * save_picture() - put it there
 * @canvas: the picture
 * @path: where; "-" is standard output. What is there is replaced when the
 *	picture is whole, or is written to if it is no regular file.
 *
 * Return: a status; what is wrong has been said.
 */
int save_picture(struct canvas *canvas, const char *path);

#endif /* PLOT_SAVE_H */
