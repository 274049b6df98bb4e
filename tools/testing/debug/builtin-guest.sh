#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for builtin.t: what is there when the kernel has come up.
#
# usage: builtin-guest.sh init|idle|nobody

result() {	# result STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

parameters=/sys/module/taskmonitor/parameters
files="/proc/taskmonitor /dev/taskmonitor /sys/kernel/taskmonitor /sys/class/misc/taskmonitor/version
	/sys/kernel/debug/taskmonitor/sampler /sys/kernel/tracing/events/taskmonitor/task_sample"

there() {	# how many of the files
	n=0
	for f in $files; do [ ! -e "$f" ] || n=$((n + 1)); done
	echo $n
}

# shellcheck disable=SC2009  # busybox has no pgrep here
sampler() { ps -o comm | grep -qx taskmonitor; }
# A thread that has ended stays on the list for a moment.
sampler_goes() {
	i=0
	while sampler; do
		i=$((i + 1))
		[ $i -lt 50 ] || return 1
		sleep 0.1
	done
}

# Both stand in the log, the first before the second.
before() {
	dmesg | awk -v a="$1" -v b="$2" 'index($0, a) && !x { x = NR } index($0, b) { y = NR }
		END { exit !(x && y && x < y) }'
}

named=/sys/kernel/config/taskmonitor
mount -t configfs configfs /sys/kernel/config
result $? "there is configfs"

cd /tmp || exit
[ "$(cat /proc/sys/kernel/tainted)" = 0 ]
result $? "the kernel is not tainted"

case $1 in
init|idle)
	[ "$(there)" = 6 ]
	result $? "every file is there"
	[ "$(stat -c %a /dev/taskmonitor)" = 600 ]
	result $? "the device is root's"
	! rmmod taskmonitor 2>/dev/null
	result $? "there is nothing to unload"
	;;
nobody)
	# Small kernels have no names for errors.
	dmesg | grep -qE 'taskmonitor: target 4000000: (-ESRCH|-3)$'
	result $? "the log says that there is no such process"
	# The event is the kernel's, whatever becomes of the rest.
	[ "$(there)" = 1 ]
	result $? "and nothing is left of it"
	[ ! -e $named ]
	result $? "nor are there named sessions"
	exit
	;;
esac

case $1 in
init)
	before 'starting monitor thread' 'Run /init'
	result $? "it samples before init runs"
	grep -q '^pid 1 usr [0-9]* sys [0-9]* ' /proc/taskmonitor
	result $? "init is its target"
	grep -q '^pid 1 usr ' /sys/kernel/taskmonitor
	result $? "and is shown"
	[ "$(cat $parameters/interval_ms)" = 100 ] && [ "$(cat $parameters/target)" = 1 ]
	result $? "parameters are what the command line says"
	sampler && echo stop >/sys/kernel/taskmonitor && sampler_goes
	result $? "stop ends the thread"
	echo start >/sys/kernel/taskmonitor && sampler
	result $? "start makes one"
	;;
idle)
	! sampler && [ -z "$(cat /proc/taskmonitor)" ]
	result $? "without a target it does nothing"
	echo "set $$" >/proc/taskmonitor && grep -q "^pid $$ " /proc/taskmonitor
	result $? "a target"
	;;
esac

mkdir $named/web && echo tree >$named/web/scope && echo $$ >$named/web/targets &&
	echo start >$named/web/run && grep -q "^pid $$ " $named/web/sample && rmdir $named/web
result $? "a named session"

tmctl run --json sh -c 'sh -c : & wait' >out 2>err
result $? "a session of a whole tree"
grep -q '"processes":[2-9]' out err
result $? "hears of every process in it"
tmctl status >/dev/null
result $? "tmctl status"
