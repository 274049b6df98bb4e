#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for named.t: plays /files/transcript. Its lines that begin with "# "
# are commands; the others are what came of them once, and are left out.

[ -d /sys/kernel/config ] || insmod /lib/configfs.ko || exit
insmod "$TM_MODULE" log=N && insmod "$TM_CONFIGFS" || exit
mount -t configfs configfs /sys/kernel/config || exit
exec 2>&1
sed -n 's/^# //p' /files/transcript >/tmp/commands
while read -r command <&3; do
	echo "# $command"
	eval "$command"
done 3</tmp/commands
