#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for record.t. Speaks TAP.

result() {
	[ "$1" = 0 ] && echo "ok - $2" && return
	echo "not ok - $2"
	sed 's/^/stdout: /' out
	sed 's/^/stderr: /' err
}
is() {	# is WHAT GOT WANTED
	[ "$2" = "$3" ]
	result $? "$1"
	[ "$2" = "$3" ] || echo "'$2', not '$3'"
}
sql() { sqlite3 "$1" "$2" 2>&1; }
meta() { sql "$1" "SELECT value FROM meta WHERE key = '$2'"; }
# until_begun FILE: there is a first commit
until_begun() {
	until [ "$(meta "$1" records 2>/dev/null)" -ge 0 ] 2>/dev/null; do sleep 0.05; done
}
milliseconds() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

export PATH=/files:$PATH
cd /tmp || exit
touch out err
insmod "$TM_MODULE" log=N

# --- a command: what its parent hears, and what is recorded -----------------------------

tmctl record -o burn.tmr -i 20ms -- burn waits 50 120 10 0 200 >out 2>err
is "a command's exit code is passed on" $? 7
grep -q 'burn.tmr: .* records of 6 processes, none lost' err
result $? "the summary says what there is"
is "complete" "$(meta burn.tmr complete)" 1
is "nothing lost" "$(sql burn.tmr 'SELECT count(*) FROM loss WHERE what != "missed_ticks"')" 0
# wait4() cuts two figures to microseconds. Their sum is exact; the split is the kernel's guess.
same() { awk '{ d = $2 - $4; if ($1 != $3 || d < -2 || d > 2 || $5 != $6) { print; bad = 1 } } END { exit bad || NR != 5 }'; }
awk '{ print $1, $2 + $3, $4 }' waits >waited
sql burn.tmr "SELECT pid || ' ' || ((utime_ns + stime_ns) / 1000) || ' ' || (exit_code >> 8)
	FROM process p JOIN sample s ON s.process = p.id
	WHERE kind = 5 AND parent IS NOT NULL ORDER BY seq" >recorded
paste -d' ' waited recorded | awk '{ print $1, $2, $4, $5, $3, $6 }' | same >out
result $? "each child's CPU time and exit code are what wait4 says"
is "all are final" "$(sql burn.tmr 'SELECT count(*) FROM process WHERE final')" 6
tmctl report --csv burn.tmr >out 2>err
result $? "report"
tail -n +2 out | awk -F, '{ print $1, int($11 / 1000) }' >reported
while read -r pid us code; do
	echo "$pid $us $(grep "^$pid " reported) $code $code"
done <waited | same >out
result $? "report has the same totals"
tmctl report --tree burn.tmr >out 2>err && grep -q '     6 .* burn$' out
result $? "report --tree: six in the tree"
tmctl export burn.tmr >out 2>err
result $? "export"
is "export: a line for each sample" "$(($(wc -l <out) - 1))" "$(sql burn.tmr 'SELECT count(*) FROM sample')"
tmctl export -F trace burn.tmr >trace.json 2>err
result $? "export -F trace"
gzip -c trace.json | base64 | sed 's/^/@trace /'

tmctl record -q -o signal.tmr -- sh -c 'kill -9 $$' >out 2>err
is "ended by a signal: 128 and its number" $? 137
[ ! -s err ]
result $? "--quiet says nothing"
tmctl record -q -o signal.tmr -- true 2>err
is "the file is there: refused" $? 1
tmctl record -q -f -o signal.tmr -- nonexistent 2>err
is "no such command: 127" $? 127
is "and the recording that was there still is" "$(meta signal.tmr command)" 'sh -c kill -9 $$'
tmctl record -q -f -o signal.tmr -- /etc/passwd 2>err
is "cannot be run: 126" $? 126
tmctl record -q -o absent.tmr -- nonexistent 2>err
is "no such command: no file" "$(ls absent* 2>/dev/null)" ""
tmctl record -q -f -o signal.tmr -- true 2>err
is "--force replaces it" $? 0
is "and leaves nothing beside it" "$(echo signal.tmr*)" signal.tmr
tmctl record -j -o json.tmr -- true 2>err
grep -q '^{"schema":"taskmonitor.recorded/1","file":"json.tmr",.*"lost_records":0,.*"complete":true}$' err
result $? "--json: the summary as an object"

# --- processes that are chosen ------------------------------------------------------------

sleep 1000 &
one=$!
tmctl record -q -o list.tmr -p $one -i 10ms 2>err &
recorder=$!
until_begun list.tmr
sleep 0.5
kill $one
wait $recorder
is "-p: ends with the process" $? 0
is "-p: it alone" "$(sql list.tmr 'SELECT group_concat(pid) FROM process')" $one
is "-p: how it ended" "$(sql list.tmr 'SELECT exit_code FROM process')" 15
is "-p: a run without change is short" "$(sql list.tmr 'SELECT count(*) < 12 FROM sample')" 1
# Who had the name stays in, whatever it is called at the end.
mkfifo go
sh -c 'printf named >/proc/$$/comm; read -r _ <go; exec sleep 0.1' &
named=$!
until [ "$(cat /proc/$named/comm)" = named ]; do sleep 0.01; done
tmctl record -q -o name.tmr -C '^named$' -i 10ms -d 10s 2>err &
recorder=$!
until_begun name.tmr
echo on >go
wait $named
sleep 0.5
kill $recorder
wait $recorder
is "-C: one process, to its end under another name" \
	"$(sql name.tmr 'SELECT count(*), max(pid), max(comm), max(final) FROM process')" "1|$named|sleep|1"
tmctl record -q -o none.tmr -p 4194000 2>err
is "-p: no such process" $? 1
is "-p: and no file" "$(ls none* 2>/dev/null)" ""
sh -c 'while :; do :; done' &
two=$!
began=$(milliseconds)
tmctl record -q -o busy.tmr -a -i 50ms -d 1s 2>err
is "-d: ends" $? 0
took=$(($(milliseconds) - began))
[ "$took" -ge 1000 ] && [ "$took" -lt 10000 ]
result $? "-d: after that time ($took ms)"
# A CPU is busy all the time: the recording tells of all of its span.
tmctl report --csv busy.tmr >out 2>err
awk -F, -v pid=$two '$1 == pid { used = $11; lived = $8 } END { exit !(lived > 0.9e9 && used > 0.7 * lived && used < 1.01 * lived) }' out
result $? "-a: a process from before, for all of the time"
tmctl report -j --from 200ms --to 300ms busy.tmr >out 2>err
grep -q "\"pid\":$two,.*\"elapsed_ns\":100000000," out
result $? "report --from --to: a tenth of a second"
kill -STOP $two	# until there is something to fill a file with

# --- ends ------------------------------------------------------------------------------------

for signal in INT TERM; do
	rm -f end.tmr
	# A shell's background processes ignore SIGINT.
	sh -c 'trap - INT; exec tmctl record -q -o end.tmr -a -i 10ms' 2>err &
	recorder=$!
	until [ "$(meta end.tmr records 2>/dev/null)" -gt 0 ] 2>/dev/null; do sleep 0.05; done
	if [ $signal = INT ]; then
		tmctl record -q -f -o end.tmr -a 2>out
		is "while it goes on: no other may record there" $? 1
		grep -q 'another tmctl is recording' out
		result $? "and says so"
		tmctl report -n 1 end.tmr >out 2>err
		result $? "while it goes on: report"
	fi
	kill -$signal $recorder
	wait $recorder
	is "SIG$signal: exit code 0" $? 0
	is "SIG$signal: complete" "$(meta end.tmr complete)" 1
	is "SIG$signal: one file" "$(echo end.tmr*)" end.tmr
done

# Killed at any moment: what was committed is there, up to a second before.
storm() { while :; do (:) & (exec /bin/busybox true) & wait; done; }
storm 2>/dev/null &
storms=$!
broken="" late=""
for moment in 0.05 0.4 1.03 1.6 4.5; do
	rm -f kill.tmr*
	tmctl-record -q -o kill.tmr -a -i 2ms 2>err &
	recorder=$!
	[ ${moment%.*} = 0 ] || until_begun kill.tmr
	sleep $moment
	killed=$(milliseconds)
	kill -9 $recorder
	wait $recorder 2>/dev/null
	# Before the first transaction it is empty, and no one says that it is damaged.
	if ! tmctl report kill.tmr >out 2>err && [ ${moment%.*} = 0 ]; then
		grep -qE 'empty: not a recording|No such file' err || broken="$broken $moment"
		continue
	fi
	[ "$(sql kill.tmr 'PRAGMA integrity_check')" = ok ] || broken="$broken $moment"
	tmctl report kill.tmr >out 2>err || broken="$broken $moment"
	end=$(sql kill.tmr "SELECT value / 1000000 FROM meta WHERE key = 'end_ns'")
	# Nor before the first commit behind it, which says until when.
	[ -n "$end" ] || [ ${moment%.*} != 0 ] || continue
	case $end in
	''|*[!0-9]*) broken="$broken $moment:$end"; continue ;;
	esac
	# A second, and on a host that is busy the time that a commit takes.
	[ $((killed - end)) -lt 3000 ] || late="$late $moment:$((killed - end))"
done
is "kill -9 at any moment: it can be read" "$broken" ""
is "and lacks the last second alone (ms: $((killed - end)))" "$late" ""
kill $storms

# --- where there is not enough room --------------------------------------------------------------

kill -CONT $two
mkdir full
mount -t tmpfs -o size=400k tmpfs full
timeout 60 tmctl-record -q -o full/a.tmr -a -i 1ms 2>err
is "a full disk: exit code 1" $? 1
grep -qE '^tmctl: record: full/a.tmr: .*full.*(is kept)' err
result $? "a full disk: what failed, and what is left"
tmctl report full/a.tmr >out 2>err
result $? "a full disk: what was committed can be read there"
is "a full disk: and is sound" "$(sql full/a.tmr 'PRAGMA integrity_check')" ok
[ "$(meta full/a.tmr records)" -gt 1000 ]
result $? "a full disk: it is not little"
timeout 60 tmctl-record -q -o full/b.tmr -- sh -c 'sleep 0.2; exit 5' 2>err
is "a full disk from the beginning: nothing is run" $? 1
is "and no file is left" "$(ls full/b* 2>/dev/null)" ""
umount full

timeout 60 tmctl-record -o bound.tmr -a -i 1ms -d 3s --max-size 1M >out 2>err &
recorder=$!
greatest=0
while kill -0 $recorder 2>/dev/null; do
	size=$(cat bound.tmr bound.tmr-wal 2>/dev/null | wc -c)
	[ "$size" -le "$greatest" ] || greatest=$size
	sleep 0.05
done
wait $recorder
is "--max-size: exit code 0" $? 0
[ "$greatest" -le 1048576 ] && [ "$greatest" -gt 300000 ]
result $? "--max-size: never larger ($greatest)"
grep -q 'oldest samples have gone' err
result $? "--max-size: it says what has gone"
tmctl report -n 1 bound.tmr >out 2>err
result $? "--max-size: it can be read"

# --- many, and who may -----------------------------------------------------------------------------

kill $two
many=
for _ in $(seq 200); do
	sleep 1000 &
	many="$many $!"
done
tmctl record -o many.tmr -a -i 100ms -d 2s 2>err
is "200 processes: exit code" $? 0
is "200 processes: nothing lost" "$(meta many.tmr lost_records)" 0
is "200 processes: all are there" "$(sql many.tmr 'SELECT count(*) FROM process WHERE comm = "sleep"')" 200
# shellcheck disable=SC2086  # a list
kill $many
chmod 666 /dev/taskmonitor
su alice -s /bin/sh -c 'cd /tmp; PATH=/files:$PATH; tmctl record -q -o alice.tmr -a' 2>err
is "a user: all processes are not permitted" $? 4
is "and no file" "$(ls alice* 2>/dev/null)" ""
su alice -s /bin/sh -c 'cd /tmp; PATH=/files:$PATH; tmctl record -q -o alice.tmr -- sleep 0.1' 2>err
is "a user: an own command is" $? 0
is "for the user alone" "$(stat -c %a alice.tmr)" 600
wait
rmmod taskmonitor
result $? "rmmod"
tmctl record -q -o nothing.tmr -a 2>err
is "no module: exit code 3" $? 3
is "no module: no file" "$(ls nothing* 2>/dev/null)" ""
