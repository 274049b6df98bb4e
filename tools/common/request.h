/* SPDX-License-Identifier: GPL-2.0-only */
/* The library's requests, and what tmctl says when one fails. */
#ifndef TMCTL_REQUEST_H
#define TMCTL_REQUEST_H

#include <taskmonitor/taskmonitor.h>

#include "columns.h"
#include "options.h"
#include "status.h"

/* Open the device; NULL, having complained, with the exit code in @status. */
struct tm_device *request_open(const struct options *opts, int *status);

/**
 * request_failed() - complain about a request
 * @opts: name the device
 * @dev: the device, to ask it why there is no sample
 * @err: what errno was
 *
 * Return: the exit code.
 */
int request_failed(const struct options *opts, struct tm_device *dev, int err);

/* Put a sample into a row, beside the time of day it was taken at. */
void row_fill(struct row *row, const struct task_sample *sample);

#endif /* TMCTL_REQUEST_H */
