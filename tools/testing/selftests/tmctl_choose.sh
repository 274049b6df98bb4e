#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl get, list, watch, add and del over processes one chooses: by PID, name,
# user or cgroup, with descendants, thread by thread.

# shellcheck source=tools/testing/selftests/libtmctl.sh
. "${0%/*}/libtmctl.sh"

insmod "$TM_MODULE" || bail "insmod"

# Two who are busy, one of them a user's, and one who is not.
sh -c 'echo -n spinner >/proc/$$/comm; while :; do :; done' &
one=$!
: >number
chmod 666 number
su alice -s /bin/sh -c 'echo -n twin >/proc/$$/comm; echo $$ >number; while :; do :; done' &
sleep 1000 &
idle=$!
i=0
until [ -s number ] && [ "$(cat /proc/$one/comm)" = spinner ]; do
	i=$((i + 1))
	[ $i -lt 500 ] || bail "the busy ones do not come up"
	usleep 10000
done
two=$(cat number)
# Busy where that is looked at; it takes both CPUs.
rest() { kill -STOP $one $two; }
work() { kill -CONT $one $two; }
rest

# --- get and list ------------------------------------------------------------------

run 0 get $one
has out "^pid $one usr [0-9]+ sys [0-9]+\$"
run 0 get $one $two,$idle
[ "$(wc -l <out)" = 3 ]
ok $? "  a line of each"
run 0 get -a $one $idle
has out "^PID +$one\$"
has out "^PID +$idle\$"
run 0 get -j $one $idle
is_json
has out "\"pid\":$idle,"
run 0 get -o pid,comm --csv $one
has out '^pid,comm$'
has out "^$one,\"spinner\"\$"
run 0 get -p SELF -o comm
has out 'tmctl'
run 1 get 4194300
has err 'tmctl: get: process 4194300: No such process \(see: ps -e\)'
silent out
run 1 get $one 4194300
has err 'process 4194300: No such process'
has out "^pid $one usr"
run 2 get $one,x
has err "invalid PID 'x'"
run 2 list -o pid,nonsense
has err "list: no column 'nonsense' \(see: tmctl help list\)"
run 2 list --color=perhaps
has err "color"
run 2 list -C '('
has err "invalid expression '\('"
run 2 list -U nobodyatall
has err "no user 'nobodyatall'"
run 1 list -G /nowhere
has err "cgroup '/nowhere': No such file"
run 2 list -p 1 -C x
has err "one of PIDs, --cgroup, and --command or --user"

run 0 list $one $idle
has out '^ +UID +PID +PPID'
has out " 0 +$one .* spinner\$"
has out " 0 +$idle .* sleep\$"
run 0 list -C '^spin'
[ "$(wc -l <out)" = 2 ]
ok $? "  one row, by name"
run 0 list -C 'nobody is called so'
[ "$(wc -l <out)" = 1 ]
ok $? "  none is no error"
run 0 list -U alice
has out "^ +1000 +$two "
! grep -q " $one " out
ok $? "  and nobody else"
run 0 list -U 1000,0 -C spinner
has out " $one "
run 0 list -p ALL --csv -o pid,rss_bytes,comm
[ "$(wc -l <out)" -gt 20 ]
ok $? "  everybody, kernel threads too"
has out '^2,,"kthreadd"$'
run 0 list --color=always $one
has out "$(printf '^\033\\[1m')"
NO_COLOR=1 tmctl list --color=auto $one >out
! grep -q "$(printf '\033')" out
ok $? "  no colour where there is no terminal"

# --- the default session's targets -----------------------------------------------------

run 0 list
has err 'list: no target \(add one: tmctl add PID'
run 0 add $one $idle
silent out
run 0 list -j
is_json
[ "$(wc -l <out)" = 2 ]
ok $? "  both"
run 1 add $one
has err "add: process $one is a target already"
run 0 del $idle
run 0 list
has out " $one "
! grep -q " $idle " out
ok $? "  the other is gone"
run 1 del $idle
has err "del: process $idle is no target \(see: tmctl list\)"
run 1 add 4194300
has err 'add: process 4194300: No such process'
run 2 add
has err 'add: no PID given'
run 2 del x
has err "del: invalid PID 'x'"

# --- watch --------------------------------------------------------------------------

work
run 0 watch -p $one 0.2 3
[ "$(grep -c " $one " out)" = 4 ]
ok $? "  three rows and an average"
has out '%usr +%system +%wait +%CPU +CPU +RSS +Command$'
has out '^Average: .* spinner$'
run 0 watch -p $one,$idle 0.2 2
[ "$(grep -c " $idle " out)" = 3 ]
ok $? "  the idle too, if named"
run 0 watch -C 'spinner|sleep' 0.3 2
has out " $one .* spinner\$"
! grep -q " $idle " out
ok $? "  the idle not, if found by name"
run 0 watch -a -C 'spinner|sleep' 0.2 1
has out " $idle "
run 0 watch -U alice -r -d -w 0.3 1
has out 'minflt/s +majflt/s'
has out 'kB_rd/s +kB_wr/s'
has out 'cswch/s +nvcswch/s'
has out "^[0-9:.]+ +1000 +$two "
run 0 watch -p ALL --csv 0.3 2
[ "$(grep -c '^realtime_ns,' out)" = 1 ]
ok $? "  one header"
has out ",$one,"
run 0 watch -p ALL -j 0.3 1
is_json
has out '"schema":"taskmonitor.average/1"'
run 2 watch -t 1 1
has err 'watch: --threads goes with -p, -C or -U'
run 2 watch --follow -t -p 1
has err '--follow or --threads, not both'

rest

# Who lives a moment: hundreds between two rows, in a tree, each with a row.
many=$(rounds 200)
mkfifo go.fifo done.fifo
exec 7<>go.fifo
sh -c 'read -r go; i=0; while [ $i -lt "$0" ]; do /bin/busybox true; i=$((i + 1)); done
	echo done >done.fifo; read -r go' "$many" <go.fifo &
tree=$!
: >rows
# -a: the tree's root idles, and its row says that the watch has begun
tmctl watch -a --follow -p $tree -j 0.5 >rows 2>err &
watcher=$!
until_lines rows 1
ok $? "watch --follow: it begins"
echo go >&7
read -r _ <done.fifo
gone() {
	grep '"schema":"taskmonitor.sample/1"' rows | grep '"exited":true\|"exit_code":0' |
		grep -c '"comm":"busybox"\|"comm":"true"\|"comm":"sh"'
}
i=0
until [ "$(gone)" -ge "$many" ] || [ $((i += 1)) -gt 30 ]; do usleep 100000; done
kill -INT $watcher
wait $watcher
ok $? "watch --follow: SIGINT ends it, exit code 0"
n=$(gone)
[ "$n" -ge "$many" ]
ok $? "  each of $many that lived a moment has a row ($n)"
grep -q '"schema":"taskmonitor.average/1"' rows
ok $? "  and averages"

# Thread by thread.
work
run 0 watch -t -p $one 0.2 1
has out 'UID +TGID +TID '
has out " $one +$one "

# An exit ends a watch of named processes.
exec 8<>done.fifo
sh -c 'read -r go; exit 3' <done.fifo &
brief=$!
: >out
tmctl watch -p $brief 0.3 >out 2>err &
watcher=$!
until_lines out 2
echo go >&8
wait $watcher
[ $? = 1 ]
ok $? "watch -p: ends with whom it watched, exit code 1"
has err 'watch: all 1 have exited'
has out " $brief "

# --- an ordinary user ---------------------------------------------------------------------

chmod 666 $dev
as_alice() {
	want=$1
	shift
	ends "$want" su alice -s /bin/sh -c "tmctl $*"
}
as_alice 0 list $two
has out " $two "
as_alice 4 list $one
has err "process $one: Operation not permitted"
as_alice 0 list -U alice
has out " $two "
as_alice 0 list -C .
has out " $two "
! grep -q " $one " out
ok $? "  nobody else's"
as_alice 4 list -p ALL
has err 'all processes: Operation not permitted \(try as root, or with CAP_PERFMON\)'
as_alice 0 watch -C twin 0.2 1
has err 'watch: own processes alone'
has out " $two "

kill -9 $one $two $idle $tree
exec 7>&-
rmmod taskmonitor
ok $? "rmmod"
done_testing
