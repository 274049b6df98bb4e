#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The trace event taskmonitor:task_sample, as perf and trace-cmd would use it.

t=/sys/kernel/tracing
n=0
ok() { n=$((n + 1)); echo "ok $n - $*"; }
nok() { n=$((n + 1)); echo "not ok $n - $*"; }
check() { what=$1; shift; if "$@"; then ok "$what"; else nok "$what"; fi; }

sleep 1000 &
target=$!
insmod "$TM_MODULE" target=$target interval_ms=10 log=0 || { echo "Bail out! insmod"; exit 1; }
check "the event is there" [ -d $t/events/taskmonitor/task_sample ]
for field in session seq time_ns kind pid comm utime stime rss_bytes valid \
	     threshold_value threshold_id flags; do
	check "field $field" grep -q "field:.* $field\(\[16\]\)\?;" \
		$t/events/taskmonitor/task_sample/format
done
echo 1 >$t/events/taskmonitor/task_sample/enable
line=$(grep -m 1 task_sample: $t/trace_pipe)	# waits for the next sample
echo 0 >$t/events/taskmonitor/task_sample/enable
echo "# $line"
case $line in
*"session=0 seq="*" kind=1 pid=$target "*" threshold_id=0 threshold_value=0") ok "a sample of the target comes by" ;;
*) nok "a sample of the target comes by" ;;
esac
echo 1 >$t/events/taskmonitor/task_sample/enable
tmctl wait --threads-above 0 --timeout 30 $target >/dev/null
echo 0 >$t/events/taskmonitor/task_sample/enable
line=$(grep -m 1 "kind=8 pid=$target " $t/trace)
echo "# $line"
case $line in
*" threshold_id=1 threshold_value=1") ok "a threshold that is crossed shows" ;;
*) nok "a threshold that is crossed shows" ;;
esac
kill $target
rmmod taskmonitor
check "the event goes with the module" [ ! -d $t/events/taskmonitor ]
echo "1..$n"
