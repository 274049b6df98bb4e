/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands that are programs of their own, for they need more than libc:
 * `tmctl NAME` runs tmctl-NAME, from beside tmctl or else from PATH.
 */
#ifndef TMCTL_EXTERNAL_H
#define TMCTL_EXTERNAL_H

/* Those that belong to the project, for the help. */
void external_print_help(void);

/**
 * external_run() - become tmctl-NAME
 * @name: NAME
 * @argv: its arguments from argv[1] on, a null behind them; argv[0] is set
 *
 * Return: an exit code, having said why it did not come to that.
 */
int external_run(const char *name, char **argv);

#endif /* TMCTL_EXTERNAL_H */
