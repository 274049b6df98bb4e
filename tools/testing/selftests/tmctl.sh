#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl against the real module: what each command prints, and how it ends.

# shellcheck source=tools/testing/selftests/libtmctl.sh
. "${0%/*}/libtmctl.sh"

lab=/sys/kernel/taskmonitor

# says FILE REGEXP: all of FILE is one line, and it matches.
says() {
	[ "$(wc -l <"$1")" = 1 ] && grep -qE "^$2\$" "$1"
	ok $? "  std$1: $2"
}

# --- no module ----------------------------------------------------------------

run 3 get
silent out
says err "tmctl: $dev: No such file or directory \\(is the module loaded\\? try: modprobe taskmonitor\\)"
for command in watch start stop pid "pid 1" status; do
	# shellcheck disable=SC2086  # words
	run 3 $command
	has err 'try: modprobe taskmonitor'
done
run 3 --json get
is_json
has out '"exit":3'
run 0 version
run 0 --json version
is_json
has out '"module_version":null'

# --- usage ----------------------------------------------------------------------

run 0 --help
has out '^Usage: tmctl'
silent err
run 0 help watch
has out '^Usage: tmctl watch'
run 0 --version
for wrong in "" nonsense "get it" "pid 0" "pid -1" "pid x" "pid 1x" "pid 1 2" "start now" \
	"stop now" "status all" "watch 0" "watch x" "watch 1 0" "watch 1 x" "watch -c 0" \
	"watch -i 2h" "watch 1 2 3" "--nonsense" "get --nonsense"; do
	# shellcheck disable=SC2086
	run 2 $wrong
	silent out
	has err '^tmctl: '
	has err "Try 'tmctl --help'"
done

# --- a target ---------------------------------------------------------------------

busy &
target=$!
sleep 1000 &
idle=$!
insmod "$TM_MODULE" "target=$target" log=N || bail "the module does not load"

run 0 get
says out "pid $target usr [0-9]+ sys [0-9]+"
silent err
run 0 get --all
has out '^[A-Za-z].*sh$'
run 0 --json get
is_json
says out '.*"schema":"taskmonitor.sample/1".*'
has out "\"pid\":$target,"
has out "\"ppid\":$$,"
has out '"utime_ns":[1-9][0-9]*'
has out '"rss_bytes":[1-9][0-9]*'
has out '"state":"R"'
has out '"exit_code":null'
has out '"seq":null'

run 0 pid
says out "$target"
run 0 --json pid
is_json
has out "\"pid\":$target}"
run 0 pid $idle
silent out
silent err
run 0 pid
says out "$idle"
run 1 pid 4194304
says err 'tmctl: process 4194304: No such process.*'
run 0 pid
says out "$idle"
run 1 --json pid 4194304
is_json
has out '"exit":1'
run 0 pid $target

# --- stop and start -----------------------------------------------------------------

run 0 stop
silent out
silent err
[ "$(cat /sys/class/misc/taskmonitor/running)" = 0 ]
ok $? "it is stopped"
run 0 stop
run 0 get
says out "pid $target usr [0-9]+ sys [0-9]+"
run 0 --json status
is_json
has out '"running":false'
run 0 start
silent out
[ "$(cat /sys/class/misc/taskmonitor/running)" = 1 ]
ok $? "it is started"
run 0 start
run 0 --json start
is_json
run 0 status
has out '^Running'
run 0 --json status
is_json
has out '"running":true'
has out "\"pid\":$target"
has out '"targets":1'
has out '"interval_ns":1000000000'
run 0 --json version
is_json
has out '"module_version":"[0-9.]+"'

# --- watch ------------------------------------------------------------------------------

run 0 watch -i 0.1 -c 2
has out '%usr +%system +%wait +%CPU +CPU +RSS'
[ "$(grep -cE "^[0-9:.]+ +0 +$target " out)" = 2 ]
ok $? "  two rows"
[ "$(tail -n 1 out | grep -cE '^Average: ')" = 1 ]
ok $? "  the last line is the average"
run 0 watch 100ms 1
[ "$(grep -cE "^[0-9:.]+ +0 +$target " out)" = 1 ]
ok $? "  one row"

run 0 --json watch -i 0.1 -c 3
is_json
[ "$(grep -c '"schema":"taskmonitor.sample/1"' out)" = 3 ]
ok $? "  three samples"
has out '"cpu_percent":[0-9.]+'
[ "$(tail -n 1 out | grep -c '"rows":3')" = 1 ]
ok $? "  the summary is of three rows"

# Line by line, also into a file; a signal brings the summary.
: >out
tmctl --json watch 0.1 >out 2>err &
pid=$!
until_lines out 3
ok $? "watch writes each row at once"
kill -TERM $pid
wait $pid
ok $? "watch ends well at SIGTERM"
is_json
[ "$(tail -n 1 out | grep -c '"rows"')" = 1 ]
ok $? "  with a summary"
timeout -s INT 2 tmctl watch 0.1 >out 2>err
ok $? "watch ends well at SIGINT"
has out '^Average: '
tmctl watch 0.1 2>err | head -n 2 >out
[ "$(wc -l <out)" = 2 ]
ok $? "watch into head"
silent err

# The target exits meanwhile.
run 0 pid $idle
: >out
tmctl watch 0.1 >out 2>err &
pid=$!
until_lines out 3
kill -9 $idle
wait $idle 2>/dev/null
wait $pid
[ $? = 1 ]
ok $? "watch ends with 1 when the target exits"
says err "tmctl: target $idle \\(.*\\) has exited"
has out '^Average: '

# --- no target --------------------------------------------------------------------------

run 1 get
silent out
says err "tmctl: $dev: target $idle has exited \\(set another: tmctl pid PID\\)"
run 1 pid $idle
echo clear >/proc/taskmonitor
run 1 get
says err "tmctl: $dev: no target \\(set one: tmctl pid PID\\)"
run 1 watch
run 0 pid
says out 0
run 0 --json pid
is_json
has out '"pid":null'
run 1 --json get
is_json
has out '"exit":1'

# --- not permitted ------------------------------------------------------------------------

# as_alice STATUS COMMAND
as_alice() {
	su alice -s /bin/sh -c "tmctl $2" >out 2>err </dev/null
	got=$?
	[ $got = "$1" ]
	ok $? "alice: tmctl $2: exit code $1 (got $got)"
}

echo "set $target" >/proc/taskmonitor
as_alice 4 get
says err "tmctl: $dev: Permission denied \\(.+\\)"
as_alice 4 '--json get'
is_json
has out '"exit":4'
chmod 666 $dev
for command in get watch start stop pid "pid $target" status; do
	as_alice 4 "$command"
	says err "tmctl: $dev: Operation not permitted \\(.+\\)"
	silent out
done
run 0 status

# --- other devices ---------------------------------------------------------------------------

run 3 --device=/dev/null get
says err 'tmctl: /dev/null: Inappropriate ioctl for device.*'
run 3 --device=/dev/nothing get
TASKMONITOR_DEVICE=/dev/null tmctl get >out 2>err
[ $? = 3 ]
ok $? "TASKMONITOR_DEVICE names the device"
tmctl get >/dev/full 2>err
[ $? = 1 ]
ok $? "output that cannot be written is a failure"

kill -9 $target
[ -e $lab ] && rmmod taskmonitor
ok $? "rmmod"
run 3 get
done_testing
