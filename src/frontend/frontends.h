/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What main.c knows of the front ends: how each comes up and goes down. A
 * front end whose mechanism the kernel lacks vanishes here, not by #ifdefs
 * where it is used.
 */
#ifndef TM_FRONTENDS_H
#define TM_FRONTENDS_H

struct device;

int tm_klog_init(void);
void tm_klog_exit(void);
int tm_sysfs_init(void);
void tm_sysfs_exit(void);
int tm_chardev_init(void);
void tm_chardev_exit(void);

/* One value a file, under the misc device: chardev registers them with it. */
extern const struct attribute_group *tm_attribute_groups[];

#ifdef CONFIG_PROC_FS
int tm_procfs_init(void);
void tm_procfs_exit(void);
#else
static inline int tm_procfs_init(void)
{
	return 0;
}

static inline void tm_procfs_exit(void)
{
}
#endif

#ifdef CONFIG_DEBUG_FS
int tm_debugfs_init(void);
void tm_debugfs_exit(void);
#else
static inline int tm_debugfs_init(void)
{
	return 0;
}

static inline void tm_debugfs_exit(void)
{
}
#endif

#ifdef CONFIG_NET
int tm_netlink_init(void);
void tm_netlink_exit(void);
#else
static inline int tm_netlink_init(void)
{
	return 0;
}

static inline void tm_netlink_exit(void)
{
}
#endif

#endif /* TM_FRONTENDS_H */
