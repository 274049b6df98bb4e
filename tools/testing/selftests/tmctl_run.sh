#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl run and tmctl wait against the real module: what they print, and how
# they end. Their figures are looked at by run_totals.c.

# shellcheck source=tools/testing/selftests/libtmctl.sh
. "${0%/*}/libtmctl.sh"

# is FILE TEXT: that and nothing else
is() {
	[ "$(cat "$1")" = "$2" ]
	ok $? "  $1 is: $2"
}

has_not() {
	! grep -qE -e "$2" "$1"
	ok $? "  $1 has no: $2"
}

string='"([^"\\]|\\.)*"'
value="(-?[0-9]+(\\.[0-9]+)?|true|false|null|$string)"
object="\\{\"schema\":\"taskmonitor\\.[a-z]+/[0-9]+\"(,\"[a-z_]+\":$value)*\\}"

# json FILE SCHEMA KEY: from the last object of that schema
json() {
	grep "\"taskmonitor.$2/1\"" "$1" | tail -n 1 | sed -E "s/.*\"$3\":($string|[^,}]*).*/\\1/"
}

# value FILE SCHEMA KEY WANTED
value() {
	[ "$(json "$1" "$2" "$3")" = "$4" ]
	ok $? "  $2: $3 is $4 (got $(json "$1" "$2" "$3"))"
}

# --- no module ------------------------------------------------------------------

run 3 run touch ran
has err "^tmctl: run: $dev: No such file or directory .*try: modprobe taskmonitor"
[ ! -e ran ]
ok $? "  nothing was run"
run 3 wait 1
has err "^tmctl: wait: $dev: .*try: modprobe taskmonitor"

insmod "$TM_MODULE" log=N || bail "the module does not load"

# --- a command, its output and its end ----------------------------------------------

run 0 run echo a word
is out "a word"
has err '^Command +echo a word$'
has err '^Exit +0$'
has err '^Lost records +0$'
has err '^Processes +1$'
has err ' echo$'
run 0 run -- cat /proc/self/comm
is out cat
run 3 run sh -c 'exit 3'
has err '^Exit +3$'
run 137 run sh -c 'kill -9 $$'
has err '^Exit +SIGKILL$'
has err ' SIGKILL +sh$'
run 127 run nonsense-that-is-nowhere -x
is err "tmctl: run: nonsense-that-is-nowhere: No such file or directory (is it in the PATH?)"
run 126 run /etc/passwd
is err "tmctl: run: /etc/passwd: Permission denied"
run 2 run
run 0 run -q sh -c 'sleep 0.1; sleep 0.1; exit 0'
has_not err '^CPU \|'
has err '^Processes +3$'
run 0 run sh -c 'sleep 0.2'
has err '^CPU \|.*\| up to [0-9.]+ %$'
has err '^RSS \|.*\| up to [0-9]+ KiB$'
has_not err '[^ -~]'
LANG=C.UTF-8 tmctl run sh -c 'md5sum /bin/busybox; sleep 0.1' >out 2>err
has err '█'
run 0 run -n 2 sh -c 'true & /bin/busybox true; /bin/busybox true; wait'
has err '^\([1-9] more; --all shows them\)$'
run 0 run -a sh -c '/bin/busybox true; /bin/busybox true; wait'
has_not err more
printf 'one\ntwo\n' | tmctl run cat >out 2>err
is out "$(printf 'one\ntwo')"

# --- for machines ----------------------------------------------------------------------

run 5 run --json -o report sh -c 'sleep 0.05; (exit 7); sleep 0.05; exit 5'
silent out
silent err
is_json report
value report run exit_code 1280
value report run exit_status 5
value report run term_signal null
value report run lost_records 0
value report run processes 4
value report run interval_ns 10000000
[ "$(tail -n 1 report | grep -c '"taskmonitor.run/1"')" = 1 ]
ok $? "  the summary is the last line"
[ "$(grep -c '"taskmonitor.process/1"' report)" = 4 ]
ok $? "  a line for each process"
has report '"exit_status":7,.*"comm":"sh"'
[ "$(json report run elapsed_ns)" -ge 100000000 ]
ok $? "  elapsed: a tenth of a second at least"
run 143 run --json sh -c 'kill $$'
is_json err
value err run term_signal 15
value err run exit_status null
run 0 run --csv -o report sh -c 'sleep 0.01; exit 0'
[ "$(wc -l <report)" = 3 ]
ok $? "  a header and two rows"
[ "$(head -n 1 report | cut -d, -f1-5)" = pid,ppid,uid,start_time_ns,start_offset_ns ]
ok $? "  the header names the columns"
[ "$(awk -F, '{ print NF }' report | sort -u | wc -l)" = 1 ]
ok $? "  every row has as many"
run 1 run -o /nowhere/report touch ran
has err 'tmctl: run: /nowhere/report: No such file'
[ ! -e ran ]
ok $? "  nothing was run"
run 1 run -o /dev/full true
has err 'tmctl: run: /dev/full: No space left on device'
{ tmctl run true; echo $? >status; } 2>&1 | head -n 1 >/dev/null
is status 0

# What the command inherits is what tmctl did: SIGPIPE kills.
tmctl run sh -c 'yes; echo $? >&2' 2>err | head -n 1 >/dev/null
has err '^141$'

# --- signals -----------------------------------------------------------------------------

# signalled SIGNAL: to tmctl alone, which passes it on
signalled() {
	: >ready
	# shellcheck disable=SC2016  # for the other shell
	tmctl run sh -c 'trap "echo caught; exit 6" TERM INT HUP; echo >ready
		while :; do sleep 0.02; done' >out 2>err &
	pid=$!
	until [ -s ready ]; do usleep 10000; done
	kill "-$1" $pid
	wait $pid
	[ $? = 6 ]
	ok $? "SIG$1 is passed on"
	is out caught
	has err '^Exit +6$'
}
signalled TERM
signalled HUP

# With --wait-all the rest of the tree is waited for, until a signal.
run 0 run -w sh -c 'sleep 0.3 & exit 0'
has err '^Processes +2$'
has err '^  still alive +0$'
mkfifo gone
tmctl run -w sh -c 'sleep 1000 & echo >gone; exit 4' >out 2>err &
pid=$!
read -r _ <gone
# The shell has still to exit, and tmctl to hear of it.
while grep -qs "^PPid:[[:space:]]*$pid\$" /proc/[0-9]*/status; do
	usleep 10000
done
kill $pid
wait $pid
[ $? = 4 ]
ok $? "a signal ends --wait-all, with the command's exit code"
has err '^  still alive +1$'
killall sleep

# --- wait: exits ---------------------------------------------------------------------------

sh -c 'sleep 0.3; exit 9' &
pid=$!
run 0 wait $pid
has out "^process $pid \\(sh\\) exited with 9: CPU [0-9]+\\.[0-9]{9} s"
silent err
sleep 0.2 &
first=$!
sleep 0.4 &
second=$!
run 0 --json wait --exit $first $second
is_json out
[ "$(wc -l <out)" = 2 ]
ok $? "  one line each"
value out wait event '"exit"'
value out wait pid $second
value out wait exit_code 0
value out wait rss_bytes null
sleep 1000 &
long=$!
sleep 0.2 &
run 0 wait --any $long $!
has out "^process $! "
(usleep 300000; kill -9 $long) &
run 0 --json wait $long
value out wait term_signal 9
value out wait exit_status null

sleep 1000 &
long=$!
before=$(awk '{ print int($1 * 10) }' /proc/uptime)
run 124 wait --timeout 0.5 $long
after=$(awk '{ print int($1 * 10) }' /proc/uptime)
[ $((after - before)) -ge 5 ]
ok $? "  after half a second"
has err "^tmctl: wait: process $long: nothing within 0.5\$"
silent out
run 124 --json wait --timeout 10ms $long
is_json out
value out error exit 124
kill $long

run 1 wait 4194304
has err '^tmctl: wait: process 4194304: No such process'
run 2 wait
run 2 wait 1 1
run 2 wait nobody

# --- wait: memory and CPU -----------------------------------------------------------------------

# Linux 6.1 holds back up to 64 faults of a process: a large one is seen.
sh -c 'usleep 300000; exec dd if=/dev/zero of=/dev/null bs=8M' 2>/dev/null &
busy=$!
run 0 wait --cpu-above 20 --for 300ms --timeout 30 $busy
has out "^process $busy \\(.*\\) uses [0-9.]+ % of one CPU\$"
run 0 --json wait --cpu-above 20% -i 50ms --timeout 30 $busy
is_json out
value out wait event '"cpu"'
value out wait exit_code null
run 0 wait --rss-above 4M --timeout 30 $busy
has out "^process $busy \\(.*\\) has a resident set of [0-9]+ KiB\$"
run 124 wait --rss-above 100M --timeout 0.3 $busy
run 124 wait --cpu-above 1000 --timeout 0.3 $busy
run 0 wait --threads-above 0 --timeout 30 $busy
has out "^process $busy \\(.*\\) has 1 threads\$"
run 124 wait --threads-above 1 --timeout 0.3 $busy
run 124 wait --wait-above 100000 --timeout 0.3 $busy
(usleep 300000; kill -9 $busy) &
run 1 wait --rss-above 100M $busy
has err "^tmctl: wait: process $busy \\(.*\\) has exited before\$"

# --- rights -----------------------------------------------------------------------------------------

# as_alice STATUS COMMAND
as_alice() {
	su alice -s /bin/sh -c "cd; tmctl $2" >out 2>err </dev/null
	got=$?
	[ $got = "$1" ]
	ok $? "alice: tmctl $2: exit code $1 (got $got)"
}

as_alice 4 'run true'
has err "^tmctl: run: $dev: Permission denied \\(.+\\)"
as_alice 4 'wait 1'
chmod 666 $dev
as_alice 0 'run sh -c "sleep 0.05; echo hers"'
is out hers
has err '^Processes +2$'
as_alice 4 'wait 1'
has err '^tmctl: wait: process 1: Operation not permitted \(it is not yours; try as root\)$'
as_alice 1 'run --ring=1048576 true'
has err '^tmctl: run: .*: Cannot allocate memory \(ask for a shorter one, --ring=1024'

rmmod taskmonitor
ok $? "rmmod"
done_testing
