#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What tmctl makes of the module's answers: fake-tmctl is tmctl with a library
# (fake.c) that plays them.

. "$(dirname "$0")/lib.sh"

fake=$UNIT_OUT/tmctl/fake-tmctl
tmctl() { "$fake" "$@"; }

# script LINE...: the samples to play
script() {
	printf '%s\n' "$@" >"$work/samples"
	export FAKE_SAMPLES="$work/samples"
}
# row N: the N-th line of stdout, blanks squeezed
row() { sed -n "$1p" "$work/out" | tr -s ' '; }
row_is() { [ "$(row "$1")" = "$2" ]; }
row_matches() { row "$1" | grep -qE -e "$2"; }

# --- get -------------------------------------------------------------------------

script '128 5 1000000000 36181127855 28725434471 4096000 yes'
run tmctl get
ok "get: the lab's line" row_is 1 "pid 128 usr 36181127855 sys 28725434471"
ok "get: and nothing else" out_lines 1
for args in "get -v" "get -a" "get --all"; do
	run tmctl $args
	ok "$args: PID" out_matches '^PID +128$'
	ok "$args: CPU time in seconds" out_matches '^usr +36\.181127855 s$'
	ok "$args: memory in KiB" out_matches '^RSS +4000 KiB$'
	ok "$args: unknown is -" out_matches '^Peak RSS +-$'
	ok "$args: name" out_matches '^Command +yes$'
done
run tmctl get -j
ok "get -j: JSON" out_is_json
ok "get -j: schema" json_is 1 schema '"taskmonitor.sample/1"'
ok "get -j: a number is a number" json_is 1 pid 128
ok "get -j: nanoseconds" json_is 1 utime_ns 36181127855
ok "get -j: bytes" json_is 1 rss_bytes 4096000
ok "get -j: unknown is null" json_is 1 peak_rss_bytes null
ok "get -j: parent not visible: null" json_is 1 ppid null
ok "get -j: a name" json_is 1 comm '"yes"'
ok "get -j: a state" json_is 1 state '"R"'
ok "get -j: a flag" json_is 1 exited false
ok "get -j: no percentage of nothing" json_is 1 cpu_percent absent

script '128 5 1000000000 - 0 - yes'
run tmctl get -j
ok "get -j: CPU time unknown: null" json_is 1 utime_ns null
ok "get -j: memory unknown: null" json_is 1 rss_bytes null

name=$(printf 'a"\\\377\033')
script "128 5 1000000000 1 1 1 $name"
run tmctl get -j
ok "get -j: any name is valid JSON" out_is_json
ok "get -j: escaped, invalid bytes replaced" json_is 1 comm '"a\"\\\ufffd\u001b"'
run tmctl get -v
ok "get -v: no name reaches the terminal raw" row_is "$(wc -l <"$work/out")" 'Command a"\??'

script
: >"$work/samples"
run tmctl get
ok "get: target gone: exit code 1" [ "$status" = 1 ]
ok "get: target gone: says which" err_has "tmctl: /dev/taskmonitor: target 128 has exited"
FAKE_TARGETS=0 run tmctl get
ok "get: no target: exit code 1" [ "$status" = 1 ]
ok "get: no target: the next step" err_has "no target (set one: tmctl pid PID)"
FAKE_PID=0 run tmctl get
ok "get: target not visible: says so" err_has "no target that is visible from here"

# --- what the module's errors become -----------------------------------------------

for case in ENOENT:3 ENODEV:3 ENXIO:3 EACCES:4 EPERM:4 EIO:1; do
	FAKE_OPEN=${case%:*} run tmctl status
	ok "open: ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
done
for case in EPERM:4 ENOTTY:3 EIO:1; do
	FAKE_CONTROL=${case%:*} run tmctl stop
	ok "stop: ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
	FAKE_STATE=${case%:*} run tmctl status
	ok "status: ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
	script "error ${case%:*}"
	run tmctl get
	ok "get: ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
	run tmctl watch
	ok "watch: ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
done

# --- start, stop, pid ----------------------------------------------------------------

for args in start stop "pid 7"; do
	run tmctl $args
	ok "$args: exit code 0" [ "$status" = 0 ]
	ok "$args: silent" eval 'empty out && empty err'
done
run tmctl -j start
ok "start -j" json_is 1 running true
run tmctl -j stop
ok "stop -j" json_is 1 running false
run tmctl pid
ok "pid: the target" row_is 1 128
ok "pid: nothing on stderr" empty err
run tmctl -j pid
ok "pid -j" json_is 1 pid 128
FAKE_PID=0 run tmctl pid
ok "pid: none: exit code 0" [ "$status" = 0 ]
ok "pid: none: 0" row_is 1 0
ok "pid: none: says so" err_has "tmctl: no target (set one: tmctl pid PID)"
FAKE_PID=0 run tmctl -j pid
ok "pid -j: none: null" json_is 1 pid null
run tmctl pid 999
ok "pid: no such process: exit code 1" [ "$status" = 1 ]
ok "pid: no such process: names it" err_has "tmctl: process 999: No such process"

# --- status, version -------------------------------------------------------------------

run tmctl status
ok "status: running" out_matches '^Running +yes$'
ok "status: interval" out_matches '^Interval +100 ms$'
ok "status: missed" out_matches '^Missed +2$'
ok "status: lateness" out_matches '^Worst lateness +1\.235 ms$'
ok "status: cost" out_matches '^Cost of a tick +2 us$'
ok "status: module" out_matches '^Module +1\.2\.3$'
run tmctl status -j
ok "status -j: JSON" out_is_json
ok "status -j: running" json_is 1 running true
ok "status -j: interval in ns" json_is 1 interval_ns 100000000
ok "status -j: module's version" json_is 1 module_version '"1.2.3"'
ok "status -j: cost of a tick" json_is 1 cost_per_tick_ns 2000
FAKE_TICKS=0 FAKE_PID=0 run tmctl status -j
ok "status -j: no tick yet: no lateness" json_is 1 lateness_max_ns null
ok "status -j: no tick yet: no cost of one" json_is 1 cost_per_tick_ns null
ok "status -j: no target: null" json_is 1 pid null

# The table of sessions: under the block, a row each, and as JSON an object each.
sessions_in() { grep -c '"schema":"taskmonitor.session/1"' "$work/out"; }
FAKE_SESSIONS=6 run tmctl status
table=$(grep -n '^ *ID ' "$work/out" | cut -d: -f1)
row_is() { [ "$(row "$1" | sed 's/^ //')" = "$2" ]; }
ok "status: a table of sessions" [ -n "$table" ]
ok "status: under the block" [ "$(row $((table - 1)))" = "" ]
ok "status: its columns" row_is "$table" \
	"ID OWNER SCOPE RUNNING INTERVAL TARGETS ALIVE RECORDS DROPPED MISSED NAME"
ok "status: the default session first" row_is $((table + 1)) "0 - list no - 0 0 0 0 0 -"
ok "status: a private one" row_is $((table + 2)) "1 4001 list yes 1.500 ms 3 2 123456789 7 9 -"
ok "status: an owner out of sight is -" row_is $((table + 3)) \
	"2 - tree no 1.500 ms 3 2 123456789 7 9 -"
ok "status: scopes" eval 'row_is $((table + 4)) "3 4003 cgroup yes 1.500 ms 3 2 123456789 7 9 -" &&
	row_is $((table + 5)) "4 4004 system no 1.500 ms 3 2 123456789 7 9 -"'
ok "status: a scope of a later module is -" row_is $((table + 6)) \
	"5 4005 - yes 1.500 ms 3 2 123456789 7 9 -"
ok "status: and no more" out_lines $((table + 6))
row_is() { [ "$(row "$1")" = "$2" ]; }
FAKE_SESSIONS=6 run tmctl status -j
ok "status -j: sessions: JSON" out_is_json
ok "status -j: sessions: the block first" json_is 1 schema '"taskmonitor.status/1"'
ok "status -j: sessions: an object each" eval '[ "$(sessions_in)" = 6 ] && out_lines 7'
ok "status -j: session: id" json_is 3 id 1
ok "status -j: session: owner" json_is 3 owner 4001
ok "status -j: session: an owner out of sight: null" json_is 4 owner null
ok "status -j: session: scope" json_is 4 scope '"tree"'
ok "status -j: session: a later module's scope: null" json_is 7 scope null
ok "status -j: session: running" json_is 3 running true
ok "status -j: session: interval" json_is 3 interval_ns 1500000
ok "status -j: session: no window: null" json_is 3 window_ns null
ok "status -j: session: no tick yet: no lateness" json_is 2 lateness_max_ns null
ok "status -j: session: dropped" json_is 3 dropped 7
ok "status -j: session: no name: null" json_is 3 name null
row_is() { [ "$(row "$1" | sed 's/^ //')" = "$2" ]; }
FAKE_SESSIONS=7 run tmctl status
ok "status: a name that would move the cursor" row_is $((table + 7)) \
	'6 - list no 1.500 ms 3 2 123456789 7 9 w?[2J"eb??'
row_is() { [ "$(row "$1")" = "$2" ]; }
FAKE_SESSIONS=7 run tmctl status -j
ok "status -j: session: a name of any bytes: JSON" out_is_json
ok "status -j: session: its name" grep -q '"name":"w\\u001b\[2J\\"eb' "$work/out"
ok "status -j: session: nobody's" json_is 8 owner null
FAKE_SESSIONS=1000 run tmctl status -j
ok "status: a thousand sessions are asked for twice" eval '[ "$(sessions_in)" = 1000 ]'
for case in EPERM ENOTTY; do
	FAKE_SESSIONS_ERROR=$case run tmctl status
	ok "status: sessions: $case: exit code 0" [ "$status" = 0 ]
	ok "status: sessions: $case: the block alone" eval 'out_matches "^Running " && ! out_has OWNER'
	ok "status: sessions: $case: not a word" empty err
done
FAKE_SESSIONS_ERROR=ENOMEM run tmctl status
ok "status: sessions: ENOMEM: exit code 1" [ "$status" = 1 ]

run tmctl version
ok "version: the module's" out_matches '^taskmonitor.ko +1\.2\.3$'
FAKE_STATE=EPERM run tmctl version
ok "version: not told: exit code 0" [ "$status" = 0 ]
ok "version: not told: -" out_matches '^taskmonitor.ko +-$'

# --- watch -----------------------------------------------------------------------------

# Three seconds: 50 % usr, then 25 % usr and 25 % sys, then idle.
three() {
	script '128 5 10000000000 1000000000 2000000000 1024000 yes' \
	       '128 5 11000000000 1500000000 2000000000 2048000 yes' \
	       '128 5 12000000000 1750000000 2250000000 4096000 yes' \
	       '128 5 13000000000 1750000000 2250000000 3072000 yes' \
	       '128 5 14000000000 9750000000 2250000000 3072000 yes'
}
three
run tmctl watch 0.01 3
ok "watch: exit code 0" [ "$status" = 0 ]
ok "watch: header" row_is 1 "Time UID PID %usr %system %wait %CPU CPU RSS Command"
ok "watch: first row" row_matches 2 '^[0-9:.]+ 0 128 50\.00 0\.00 - 50\.00 0 2000 yes$'
ok "watch: second row" row_matches 3 '^[0-9:.]+ 0 128 25\.00 25\.00 - 50\.00 0 4000 yes$'
ok "watch: idle is 0, not unknown" row_matches 4 '^[0-9:.]+ 0 128 0\.00 0\.00 - 0\.00 0 3000 yes$'
ok "watch: average over the run" row_is 5 "Average: 0 128 25.00 8.33 - 33.33 0 3000 yes"
ok "watch: nothing else" out_lines 5
ok "watch: milliseconds in the time" row_matches 2 '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} '
cp "$work/out" "$work/text"
for args in "watch -i 10ms -c 3" "watch -i10ms 3" "watch --interval=0.01 --count=3" \
	    "watch 0.01 -c 3"; do
	# A lone positional is the interval: with -i it is one too many.
	run tmctl $args
	if [ "$args" = "watch -i10ms 3" ]; then
		ok "$args: exit code 2" [ "$status" = 2 ]
	else
		ok "$args: the same" [ "$(row 5)" = "$(sed -n 5p "$work/text" | tr -s ' ')" ]
	fi
done
run tmctl watch 1 1
ok "watch: whole seconds have no fraction" row_matches 2 '^[0-9]{2}:[0-9]{2}:[0-9]{2} '

run tmctl watch -j 0.01 3
ok "watch -j: JSON" out_is_json
ok "watch -j: four objects" out_lines 4
ok "watch -j: rows are samples" json_is 3 schema '"taskmonitor.sample/1"'
ok "watch -j: percent" json_is 2 usr_percent 25
ok "watch -j: duration" json_is 2 duration_ns 1000000000
ok "watch -j: bytes" json_is 2 rss_bytes 4096000
ok "watch -j: no run delay: null" json_is 2 wait_percent null
ok "watch -j: the last is an average" json_is 4 schema '"taskmonitor.average/1"'
ok "watch -j: average's rows" json_is 4 rows 3
ok "watch -j: average's duration" json_is 4 duration_ns 3000000000
ok "watch -j: average's memory" json_is 4 rss_bytes 3072000
ok "watch -j: average has no totals" json_is 4 utime_ns absent

three
run tmctl watch 0.01
ok "watch: target exits: exit code 1" [ "$status" = 1 ]
ok "watch: target exits: says which" err_has "tmctl: target 128 (yes) has exited"
ok "watch: target exits: average all the same" row_matches 6 '^Average: 0 128 '
FAKE_TARGETS=0 run tmctl watch 0.01
ok "watch: target removed: says so" err_has "target 128 (yes) is no longer a target"
run tmctl watch -j 0.01
ok "watch -j: target exits: average, then the error" [ "$(json 5 rows)" = 4 ]
ok "watch -j: target exits: the error has the exit code" json_is 6 exit 1
script
: >"$work/samples"
FAKE_TARGETS=0 run tmctl watch
ok "watch: no target at all: exit code 1" [ "$status" = 1 ]
ok "watch: no target at all: says so" err_has "no target (set one: tmctl pid PID)"
ok "watch: no target at all: no average of nothing" empty out

# Another target under way; the second has the first one's pid, the third has not.
script '128 5 10000000000 9000000000 0 1024 one' \
       '128 5 11000000000 9500000000 0 1024 one' \
       '128 7 12000000000 100000000 0 2048 two' \
       '128 7 13000000000 200000000 0 2048 two' \
       '300 9 14000000000 800000000000 0 4096 three'
run tmctl watch 0.01 4
ok "watch: switch: row of the first" row_matches 2 ' 128 50\.00 .* one$'
ok "watch: switch: the first's average" row_is 3 "Average: 0 128 50.00 0.00 - 50.00 0 1 one"
ok "watch: switch: the header again" eval 'row_is 4 "" && row_matches 5 "^Time UID PID"'
ok "watch: switch: a reused pid's first row has no percentages" row_matches 6 ' 0 128 - - - - 0 2 two$'
ok "watch: switch: its second has" row_matches 7 ' 0 128 10\.00 0\.00 - 10\.00 0 2 two$'
ok "watch: switch: its average" row_is 8 "Average: 0 128 10.00 0.00 - 10.00 0 2 two"
ok "watch: switch: the third" row_matches 11 ' 0 300 - - - - 0 4 three$'
ok "watch: switch: no average of no time" out_lines 11
run tmctl watch -j 0.01 4
ok "watch -j: switch: unknown percentages are null" json_is 3 cpu_percent null
ok "watch -j: switch: JSON" out_is_json

script '128 5 10000000000 - 0 - kthread' '128 5 11000000000 - 0 - kthread'
run tmctl watch 0.01 1
ok "watch: unknown is -" row_matches 2 ' 0 128 - - - - 0 - kthread$'
ok "watch: so is its average" row_is 3 "Average: 0 128 - - - - 0 - kthread"

script '128 5 10000000000 0 0 1024 yes' 'error EINTR' 'error EINTR' \
       '128 5 11000000000 500000000 0 1024 yes'
run tmctl watch 0.01 1
ok "watch: an interrupted request is made again" row_matches 2 ' 50\.00 0\.00 - 50\.00 0 1 yes$'

# --- watch: who has gone before the first look ---------------------------------------------

FAKE_EXIT=777 run tmctl watch -p SELF 0.01 1
ok "watch -p: an exit at once: exit code 0" [ "$status" = 0 ]
ok "watch -p: an exit at once: has a row, shares unknown" out_matches ' 777( +-)+$'

# --- watch: whom it could not show ---------------------------------------------------------

run tmctl watch -p SELF 0.01 1
ok "watch -p: exit code 0" eval '[ "$status" = 0 ] && empty err'
FAKE_DROPPED=0 run tmctl watch -p SELF 0.01 1
ok "watch -p: none missing: exit code 0" eval '[ "$status" = 0 ] && empty err'
FAKE_DROPPED=3 run tmctl watch -p SELF 0.01 1
ok "watch -p: not watched: exit code 1" [ "$status" = 1 ]
ok "watch -p: not watched: says how many" err_has \
	"tmctl: watch: 3 processes could not be watched: they were born too fast"
ok "watch -p: not watched: the rows all the same" out_matches '^Average: '
FAKE_LOST=12 FAKE_DROPPED=3 run tmctl watch -p SELF 0.01 1
ok "watch -p: lost: says how many" err_has "tmctl: watch: 12 exits came too fast to be shown"
ok "watch -p: lost and not watched: both" err_has "watch: 3 processes could not be watched"
FAKE_LOST=12 run tmctl watch -p SELF 0.01 1
ok "watch -p: lost: exit code 1" [ "$status" = 1 ]

# --- watch: signals and pipes -------------------------------------------------------------

script '128 5 10000000000 0 0 1024 yes' forever
mkfifo "$work/rows"
for signal in INT TERM; do
	"$fake" watch 0.01 >"$work/rows" 2>"$work/err" &
	pid=$!
	{ read -r _ && read -r _ && kill -$signal "$pid" && cat; } <"$work/rows" >"$work/out"
	wait "$pid"
	status=$?
	ok "watch: SIG$signal: exit code 0" [ "$status" = 0 ]
	ok "watch: SIG$signal: ends with the average" eval 'tail -n 1 "$work/out" | grep -q ^Average:'
	ok "watch: SIG$signal: not a word" empty err
done

# A signal at any moment ends a sleep that has just begun, or is about to.
slow=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	began=$(date +%s)
	"$fake" watch 20s >/dev/null 2>&1 &
	pid=$!
	# Until it catches SIGTERM, 0x4000, and SIGINT, 0x2.
	until grep -q '^SigCgt:.*[4567cdef]..[2367abef]$' "/proc/$pid/status" 2>/dev/null; do
		[ -d "/proc/$pid" ] || break
	done
	kill -TERM "$pid"
	wait "$pid" || slow=$((slow + 1))
	[ $(($(date +%s) - began)) -lt 10 ] || slow=$((slow + 1))
done
ok "watch: a signal never waits for the interval to end ($slow of $i)" [ "$slow" = 0 ]

tmctl watch 0.01 2>"$work/err" | head -n 3 >"$work/out"
ok "watch: the reader leaves: it ends, without a word" empty err
{ tmctl watch 0.01; echo $? >"$work/status"; } | head -n 1 >/dev/null
ok "watch: the reader leaves: exit code 0" [ "$(cat "$work/status")" = 0 ]
if [ -c /dev/full ]; then
	tmctl watch 0.01 >/dev/full 2>"$work/err"
	status=$?
	ok "watch: disk full: it ends with 1" [ "$status" = 1 ]
	ok "watch: disk full: says so" err_has "standard output: No space left on device"
else
	skip "watch: disk full" "no /dev/full"
fi

done_testing
