#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for hidden.t. Speaks TAP.

CAP_SYS_PTRACE=19
CAP_SYS_ADMIN=21

result() { [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"; }
show() { sed 's/^/stdout: /' out; sed 's/^/stderr: /' err; }

# finds WHAT VIEWS REASON COMMAND...: the sleeper, with exit code 1
finds() {
	what=$1 want="^$pid [0-9.]+ 1000 sleep $2 $3\$"
	shift 3
	"$@" >out 2>err
	[ $? = 1 ]
	result $? "$what: exit code 1"
	tr -s ' ' <out | sed 's/^ //; s/ $//' | grep -qE "$want"
	found=$?
	result $found "$what: who, where not, why"
	[ $found = 0 ] || show
	[ ! -s err ]
	result $? "$what: nothing on stderr"
}

alone() {
	[ "$(wc -l <out)" = 2 ]
	result $? "$what: and nobody else"
}

nobody() {
	tmctl hidden >out 2>err
	status=$?
	result $status "$1: nobody hides"
	[ $status = 0 ] || show
}

cd /tmp || exit
insmod "$TM_MODULE" log=N
su alice -s /bin/sh -c 'exec sleep 10000' &
pid=$!
while [ "$(cat /proc/$pid/comm)" != sleep ]; do sleep 0.1; done

nobody "as it comes"
mkdir empty
mount --bind empty /proc/$pid
finds "mount" proc "mount over its /proc directory" tmctl hidden
alone
umount /proc/$pid
mount --bind /proc/1 /proc/$pid
finds "another's directory" proc "mount over its /proc directory" tmctl hidden
alone
umount /proc/$pid
nobody "after the mounts"

# To who may not look into others' processes.
hidepid() {
	unshare -m sh -c "mount -t proc -o hidepid=$1,gid=1001 proc /proc && \
		exec /files/without $CAP_SYS_PTRACE tmctl hidden"
}
for how in 2 4; do
	finds "hidepid=$how" getdents,readdir,proc "hidepid of /proc" hidepid $how
done
unshare -m sh -c 'mount -t proc -o hidepid=2,gid=1001 proc /proc && exec tmctl hidden' >out 2>err
result $? "hidepid, to who may look: nobody hides"
unshare -m sh -c "mount -t proc -o hidepid=1,gid=1001 proc /proc && \
	exec /files/without $CAP_SYS_PTRACE tmctl hidden" >out 2>err
result $? "hidepid=1 shows names and no contents: nobody hides"

export FILTER=$pid
finds "LD_PRELOAD" readdir "LD_PRELOAD filter" env LD_PRELOAD=/files/filter.so /files/dynamic-tmctl hidden
alone
LD_PRELOAD=/files/filter.so tmctl hidden >out 2>err
result $? "LD_PRELOAD: a static tmctl loads none"

insmod /files/hide.ko pid=$pid from=list
result $? "off the task list: done"
finds "off the task list" list "unlinked from the task list" tmctl hidden
alone
tmctl -j hidden >out 2>err
grep -q "\"pid\":$pid,.*\"lacks\":\"list\"" out
result $? "off the task list: JSON"
rmmod hide
nobody "on it again"
insmod /files/hide.ko pid=$pid from=table
result $? "out of the PID table: done"
# What had been looked up in /proc before may still be found there.
finds "out of the PID table" "table,getdents,readdir,(proc,)?kill" "removed from the PID table" tmctl hidden
alone
rmmod hide
nobody "in it again"

# Births and deaths on both CPUs, zombies among them: nobody is taken for hidden.
storm() {
	while :; do
		(:) &
		(exec /bin/busybox true) &
		wait
	done
}
storms=
for _ in 1 2 3 4; do
	storm &
	storms="$storms $!"
done
wrong=0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 \
	 31 32 33 34 35 36 37 38 39 40; do
	tmctl hidden >out 2>err || { wrong=$((wrong + 1)); show; }
done
# shellcheck disable=SC2086  # a list
kill $storms
[ $wrong = 0 ]
result $? "in a storm of forks nobody hides ($wrong of 40)"

# Where it cannot say.
unshare -m sh -c 'mount -t tmpfs none /proc && exec tmctl hidden' >out 2>err
[ $? = 5 ] && grep -q 'tmctl: hidden: /proc: .*is it mounted' err
result $? "no /proc: exit code 5"
unshare -p -f tmctl hidden >out 2>err
[ $? = 5 ] && grep -q 'tmctl: hidden: /proc: it shows another PID namespace' err
result $? "another namespace's /proc: exit code 5"
unshare -m -p -f sh -c 'mount -t proc proc /proc && tmctl hidden' >out 2>err
status=$?
result $status "in a PID namespace with its own /proc nobody hides"
[ $status = 0 ] || show
grep -qE 'None of [1-3] processes' out
result $? "  and nobody else is there"
chmod 666 /dev/taskmonitor
su alice -s /bin/sh -c 'tmctl hidden' >out 2>err
[ $? = 4 ] && grep -q '^tmctl: .*not permitted' err
result $? "a user: exit code 4"
/files/without $CAP_SYS_ADMIN tmctl hidden >out 2>err
result $? "CAP_PERFMON will do"
kill $pid
rmmod taskmonitor
result $? "rmmod"
