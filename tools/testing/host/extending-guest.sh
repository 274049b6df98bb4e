#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for extending.t. Speaks TAP.

result() {	# result STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

cd /tmp || exit
sleep 1000 &
sleeper=$!
insmod "$TM_MODULE" log=N target=$$,$sleeper,2
result $? "it loads"

# --- a front end ------------------------------------------------------------------

cat /proc/taskmonitor_csv >csv
[ "$(head -n 1 csv)" = pid,start_time_ns,rss_bytes ] && [ "$(wc -l <csv)" = 4 ]
result $? "front end: a heading, a line a target"
grep -Eq "^$sleeper,[0-9]+,[1-9][0-9]*\$" csv
result $? "front end: what is known of a process"
grep -Eq "^2,[0-9]+,\$" csv
result $? "front end: a kernel thread has no memory, not 0"
[ "$(stat -c %a /proc/taskmonitor_csv)" = 400 ]
result $? "front end: it is root's"

# --- a field ----------------------------------------------------------------------

children() { sed -n "s/^pid $1 .* children_ns \([0-9-]*\) comm .*/\1/p" /proc/taskmonitor; }
# The kernel's own sum, in ticks of 10 ms.
kernels() { awk '{ print ($16 + $17) * 10000000 }' "/proc/$1/stat"; }

before=$(children $$)
md5sum /tmp/csv >/dev/null
dd if=/dev/zero bs=1M count=40 2>/dev/null | md5sum >/dev/null
low=$(kernels $$)
after=$(children $$)
high=$(kernels $$)
[ "$after" -gt "$before" ]
result $? "field: it grows when a child has been waited for"
# Each look is by children of ours, whose time is in the next one.
[ "$after" -ge "$low" ] && [ "$after" -lt $((high + 20000000)) ]
result $? "field: it is what /proc/PID/stat says, to a tick for each half ($low $after $high)"
[ "$(children $sleeper)" = 0 ]
result $? "field: 0 where there was no child"
# There have been more of them since.
now=$(tmctl get -p $$ --json | sed -n 's/.*"children_ns":\([0-9]*\)[,}].*/\1/p')
[ -n "$now" ] && [ "$now" -ge "$after" ]
result $? "field: tmctl knows it"

# --- a scope ------------------------------------------------------------------------

/files/kernel-threads >pids
result $? "scope: the session is made"
grep -qx 2 pids
result $? "scope: kthreadd is in it"
strangers=
while read -r pid; do
	flags=$(awk '{ print $9 }' "/proc/$pid/stat" 2>/dev/null) || continue
	[ -z "$flags" ] || [ $((flags & 0x200000)) != 0 ] || strangers="$strangers $pid"
done <pids
[ -z "$strangers" ] && ! grep -qx "$$" pids
result $? "scope: none but kernel threads$strangers"
missing=
for pid in $(ps -o pid,comm | awk '/kthreadd|ksoftirqd|migration/ { print $1 }'); do
	grep -qx "$pid" pids || missing="$missing $pid"
done
[ -z "$missing" ] && [ "$(wc -l <pids)" -gt 10 ]
result $? "scope: all of them$missing"

rmmod taskmonitor
result $? "it unloads"
