#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Named sessions, by a shell alone: loading, every file with good and bad text,
# all scopes, odd names, rmdir of what runs, a thousand of them. tmctl lists them.

# shellcheck source=tools/testing/selftests/libtmctl.sh
. "${0%/*}/libtmctl.sh"

config=/sys/kernel/config
root=$config/taskmonitor

if [ ! -e "${TM_CONFIGFS:-}" ]; then
	echo "1..0 # SKIP no taskmonitor_configfs.ko here"
	exit
fi

# is NAME EXPECTED GOT
is() {
	[ "$2" = "$3" ]
	ok $? "$1"
	[ "$2" = "$3" ] || printf 'expected: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
}

web=$root/web
say() { cat "$web/$1"; }
# shellcheck disable=SC3037  # busybox's
put() { echo -ne "$2" 2>err >"$web/$1"; }	# with \n and \000 as echo has them

# takes FILE TEXT SAYS: without a newline and with one
takes() {
	put "$1" "$2" && [ "$(say "$1")" = "$3" ] && put "$1" "$2\\n" && [ "$(say "$1")" = "$3" ]
	ok $? "$1 takes '$2' and says '$(say "$1")'"
}

# refuses FILE TEXT REASON: and is as before
refuses() {
	before=$(say "$1")
	! put "$1" "$2" && grep -q "$3" err && [ "$(say "$1")" = "$before" ]
	ok $? "$1 refuses '$2': $3"
}

invalid="Invalid argument"
busy="busy"

sessions() { tmctl status -j | grep -c '"schema":"taskmonitor.session/1"'; }
# shellcheck disable=SC2009  # busybox has no pgrep here
sampler() { ps -o comm | grep -qx taskmonitor; }

# eventually COMMAND...
eventually() {
	i=0
	until "$@"; do
		i=$((i + 1))
		[ $i -lt 200 ] || return 1
		usleep 100000
	done
}
count() { # FILE PATTERN N: at least so many lines of it match
	[ "$(grep -cE "$2" "$1")" -ge "$3" ]
}
no_sampler() { ! sampler; }
key() { awk -v k="$1" '$1 == k { print $2 }' "$web/state"; }
has_key() { [ "$(key "$1")" -ge "$2" ]; }

# --- modules ---------------------------------------------------------------------

[ -d "$config" ] || insmod /lib/configfs.ko || bail "configfs does not load"
insmod "$TM_CONFIGFS" 2>/dev/null
[ ! -d /sys/module/taskmonitor_configfs ]
ok $? "it does not load without taskmonitor.ko"
insmod "$TM_MODULE" log=N || bail "taskmonitor.ko does not load"
insmod "$TM_CONFIGFS"
ok $? "it loads"
[ -d "$root" ] || mount -t configfs configfs "$config" || bail "configfs cannot be mounted"
is "the directory is root's alone" 700 "$(stat -c %a "$root")"
! rmmod taskmonitor 2>/dev/null
ok $? "taskmonitor.ko cannot go before it"

# --- a directory -------------------------------------------------------------------

mkdir "$web"
ok $? "mkdir"
is "its files" "cgroup history interval kinds records run sample scope state targets thresholds" \
	"$(find "$web" -type f | sed 's,.*/,,' | sort | xargs)"
is "those that are written are root's alone" 600 \
	"$(for f in cgroup history interval kinds run scope targets thresholds; do stat -c %a "$web/$f"; done | sort -u)"
is "the others, too" 400 \
	"$(for f in records sample state; do stat -c %a "$web/$f"; done | sort -u)"
is "what it is as it comes" "list  256 periodic fork exec exiting exit threshold 1s stop  " \
	"$(for f in scope cgroup history kinds interval run targets thresholds; do printf '%s ' "$(say $f)"; done | sed 's/ $//')"
[ -z "$(say sample)$(say records)" ]
ok $? "nothing is sampled, nothing recorded"
is "the keys of state" "targets targets_alive ticks missed_ticks stretched records dropped lateness_max_ns cost_ns" \
	"$(awk '{ print $1 }' "$web/state" | xargs)"
is "all of them 0" 0 "$(awk '{ print $2 }' "$web/state" | sort -u)"
is "as yet it is no session" 1 "$(sessions)"
! rmmod taskmonitor_configfs 2>/dev/null
ok $? "its module cannot go while it is there"
! mkdir "$web" 2>/dev/null
ok $? "no second one of that name"
! mkdir "$web/sub" 2>/dev/null
ok $? "nor one in it"
for f in sample records state; do
	! put $f x
	ok $? "$f is not written"
done

# --- good and bad text --------------------------------------------------------------

for s in tree cgroup system list; do takes scope $s $s; done
for s in "\\n" lists "list " " list" LIST 0 "list\\ntree" "list\\n\\n" "list\\000"; do
	refuses scope "$s" "$invalid"
done
takes history 16 16
takes history 17 32
takes history 1048576 1048576
for s in 15 1048577 4294967312 -16 x 16x "16 17" 1e3; do refuses history "$s" "$invalid"; done
takes history 64 64
takes kinds exit exit
takes kinds "exit fork exit" "fork exit"
for s in window lost read "exit  fork" "exit " "exit,fork" all 5; do refuses kinds "$s" "$invalid"; done
all="periodic fork exec exiting exit threshold"
takes kinds "$all" "$all"
takes interval 100us 100us
takes interval 3600s 1h
takes interval 1500ms 1500ms
for s in 100 99us 3601s 61m "1 s" -1s 1.5s s 0s; do refuses interval "$s" "$invalid"; done
refuses interval 99999999999999999999s "out of range"
takes interval 20ms 20ms
mkdir -p /sys/fs/cgroup/tm-test/sub || bail "no cgroup"
takes cgroup tm-test /tm-test
takes cgroup /tm-test/sub /tm-test/sub
refuses cgroup tm-nowhere "No such file"
refuses cgroup tm-test/cgroup.procs "Not a directory"
refuses cgroup "tm-test\\nx" "$invalid"
takes cgroup / /
put cgroup "\\n" && [ -z "$(say cgroup)" ]
ok $? "an empty line takes the cgroup away"
for s in "\\n" x 0 -0 - 1x "1 x" "1,2" 1.0 "\\000" "1\\0002" 1111111111111111111; do
	refuses targets "$s" "$invalid"
done
refuses targets 99999999999 "out of range"
refuses targets 2147483647 "No such process"
refuses targets -$$ "No such process"
for s in go starts "start stop" 1; do refuses run "$s" "$invalid"; done
put run stop
ok $? "stop, before it was ever started"
for s in "\\n" rss "rss above" "rss 5" "rss above x" "rss above 5%" "rss above K" "cpu above 5G" "threads above 5%" \
	"threads above 5K" "rss above 1M above 2M" "rss above 1M below 2M" "rss above 1M below 0" "rss below 1M" \
	"rss above 1M for" "rss above 1M for 5" "rss above 1M  for 5s" "rss above 1M " "exit above 1" "exit for 1s" \
	"disk above 1" "rss above -1" - -x "-1 -2"; do
	refuses thresholds "$s" "$invalid"
done
refuses thresholds "rss above 18446744073709551615K" "out of range"
refuses thresholds "rss above 18446744073709551616" "out of range"
refuses thresholds -1 "No such file"
put kinds "fork exit" && refuses thresholds exit "$invalid"
put kinds "$all"
is "after all that there is no session" 1 "$(sessions)"

# --- targets ---------------------------------------------------------------------------

sleep 1000 &
a=$!
sleep 1000 &
b=$!
busy &
c=$!
put targets "$a"
ok $? "a target"
is "now it is a session" 2 "$(sessions)"
is "of nobody, with a name" "null web" \
	"$(tmctl status -j | sed -nE 's/.*"id":[1-9].*"owner":(\w+),.*"name":"(\w+)".*/\1 \2/p')"
for s in scope=list history=64 kinds=exit cgroup=/; do
	refuses "${s%=*}" "${s#*=}" "$busy"
done
refuses scope lists "$invalid"
put targets "$a\\n"
ok $? "the same again is no error"
put targets "$b $c\\n" && put targets "-$b"
ok $? "two more, and one less"
is "a PID a line" "$a $c" "$(say targets | xargs)"
! put targets " $b\\n2147483647 1\\n"
ok $? "one of three does not exist"
is "the one before it was added, the one behind it not" "$a $c $b" "$(say targets | xargs)"
echo "add $a" >/proc/taskmonitor
is "a row has the keys of /proc/taskmonitor" "$(awk '{ for (i = 1; i < NF; i += 2) print $i }' /proc/taskmonitor | xargs)" \
	"$(awk 'NR == 1 { for (i = 1; i < NF; i += 2) print $i }' "$web/sample" | xargs)"
is "three rows" "$a $c $b" "$(awk '$1 == "pid" { print $2 }' "$web/sample" | xargs)"
is "nothing runs, nothing is recorded" "stop 0" "$(say run) $(key records)"
no_sampler
ok $? "there is no sampler"
put run start && put run "start\\n"
ok $? "start, twice"
is "it runs" start "$(say run)"
eventually has_key records 6 && has_key ticks 2
ok $? "it ticks"
takes interval 10ms 10ms
kill $b
wait $b 2>/dev/null
eventually grep -q "kind exit pid $b " "$web/records"
ok $? "the end of a target is recorded"
grep -qE "^seq [0-9]+ time_ns [0-9]+ kind periodic pid $c usr [0-9]+ sys [0-9]+ state R .* comm " "$web/records"
ok $? "a record is a row behind its number, time and kind"
eventually has_key records 70
ok $? "more of them than its history holds"
put run stop
awk '{ if ($2 != last + 1 && NR > 1) bad = 1; last = $2 } END { exit bad || NR != 64 }' "$web/records"
ok $? "the newest 64 records, without a gap"
is "the exited target keeps its row" "$a $c $b" "$(say targets | xargs)"
is "and is none that lives" "3 2" "$(key targets) $(key targets_alive)"
put targets "-$b" && put run stop
ok $? "it can be removed, and stop what is stopped"
no_sampler || eventually no_sampler
ok $? "the sampler is gone"
run 0 status
has out "^ +[1-9][0-9]* +- +list +no +10 ms .* web\$"
rmdir "$web"
ok $? "rmdir"
is "no session is left" 1 "$(sessions)"

# --- scopes -------------------------------------------------------------------------------

mkdir "$web"
put scope tree && put targets $$ && put run start
ok $? "a tree that is ours"
# shellcheck disable=SC2034
for i in 1 2 3; do (exit 7); done
for kind in fork exec exiting exit; do
	[ $kind != exec ] || sleep 0
	eventually count "$web/records" " kind $kind pid " 1
	ok $? "$kind is recorded"
done
grep -q ' exit_code 1792 ' "$web/records"
ok $? "with its exit code"
count "$web/sample" "^pid ($$|$a|$c) " 3
ok $? "its members are sampled"
rmdir "$web"
ok $? "rmdir while it runs"

mkdir "$web"
put scope cgroup
refuses run start "$invalid"
refuses targets $$ "$invalid"
put cgroup tm-test && put scope list
refuses run start "$invalid"
put scope cgroup && put run start
ok $? "a cgroup"
[ -z "$(say sample)" ]
ok $? "nobody is in it"
echo $c >/sys/fs/cgroup/tm-test/sub/cgroup.procs
eventually count "$web/sample" "^pid $c " 1
ok $? "who moves there is sampled"
refuses targets $a "$invalid"
is "targets are those that it found" $c "$(say targets)"
echo $c >/sys/fs/cgroup/cgroup.procs
rmdir /sys/fs/cgroup/tm-test/sub /sys/fs/cgroup/tm-test
ok $? "the cgroup can be removed beneath it"
rmdir "$web"
ok $? "rmdir"

mkdir "$web"
put scope system && put run start && put interval 1h
ok $? "the whole system"
grep -q "^pid 1 " "$web/sample" && grep -q "^pid $$ " "$web/sample"
ok $? "everybody is sampled"
mkdir "$root/web2" && echo $$ >"$root/web2/targets" && echo start >"$root/web2/run"
is "sessions are as they stand in the list" "system list" \
	"$(tmctl status -j | sed -nE 's/.*"id":[1-9].*"scope":"(\w+)".*/\1/p' | xargs)"
rmdir "$web" "$root/web2"
ok $? "rmdir of both"

# --- thresholds ------------------------------------------------------------------------------

# listed LINE...: these are the thresholds, but for their counts
listed() {
	printf '%s\n' "$@" >want
	sed -E 's/ crossed [0-9]+ returned [0-9]+ unjudged [0-9]+$//' "$web/thresholds" | cmp -s - want
	ok $? "thresholds: $(xargs <want)" || sed 's/^/# /' "$web/thresholds"
}

mkdir "$web"
put thresholds "rss above 1M below 512K for 10s\\n"
listed "id 1 what rss above 1048576 below 524288 for_ns 10000000000"
is "now it is a session" 2 "$(sessions)"
refuses scope tree "$busy"
put thresholds -1 && [ -z "$(say thresholds)" ]
ok $? "one can be removed"
refuses thresholds -1 "No such file"
put thresholds "cpu above 150% for 1m" && put thresholds "threads for 0s below 2 above 3"
listed "id 2 what cpu above 1500000 below 1500000 for_ns 60000000000" "id 3 what threads above 3 below 2 for_ns 0"
put thresholds "cpu above 250000" && put thresholds "rss above 16777215T" && put thresholds exit
listed "id 2 what cpu above 1500000 below 1500000 for_ns 60000000000" "id 3 what threads above 3 below 2 for_ns 0" \
	"id 4 what cpu above 250000 below 250000 for_ns 0" \
	"id 5 what rss above 18446742974197923840 below 18446742974197923840 for_ns 0" \
	"id 6 what exit above 0 below 0 for_ns 0"
put thresholds "run_delay above 0%" || grep -q "not supported" err
ok $? "one of run_delay, where the kernel counts that"
put thresholds -2 && put thresholds -3
for i in 1 2 3 4; do put thresholds "threads above $i"; done
[ "$(say thresholds | wc -l)" = 8 ] || put thresholds "threads above 5"
refuses thresholds exit "No space left"
sleep 1000 &
b=$!
put interval 10ms && put targets "$b $c" && put run start
ok $? "it runs"
crossed() { grep -E "kind threshold threshold $1 what $2 .* below 0 pid $3 " "$web/records" >found; }
eventually crossed 4 cpu "$c"
ok $? "a busy target crosses 25 % of a CPU"
grep -qE "value [0-9]{6,} bound 250000 since_ns [0-9]+ below 0 pid $c usr [0-9]" found
ok $? "its record says by how much: $(sed 's/ pid .*//' found)"
kill $b
wait $b 2>/dev/null
eventually crossed 6 exit "$b"
ok $? "an exit crosses"
grep -qE " what exit value 15 bound 0 " found
ok $? "its record has the exit code"
is "an exit is counted" 1 "$(sed -nE 's/^id 6 .* crossed ([0-9]+) .*/\1/p' "$web/thresholds")"
rmdir "$web"
ok $? "rmdir"

# --- odd names ------------------------------------------------------------------------------

n63=$(printf '%063d' 7)
esc=$(printf '\033[2J\r')
line=$(printf 'one\ntwo')
bytes=$(printf '\377\200')
left=$(($(rounds 12) + 2))	# of these
# shellcheck disable=SC1003
for name in "$esc" "$n63" "a b" " " "'" '"' '\' -rf ... '*' '%s%n' 'ünïcode' "$line" "$bytes"; do
	[ $left -gt 0 ] || break
	left=$((left - 1))
	shown=$(printf '%s' "$name" | tr -d '\000-\037\177' | tr '\200-\377' '?')
	mkdir -- "$root/$name" && echo $$ >"$root/$name/targets" && echo start >"$root/$name/run" &&
		[ "$(cat "$root/$name/targets")" = $$ ]
	ok $? "a session called '$shown'"
	run 0 status
	is "  a line a session" 3 "$(awk '/^ +ID /,0' out | wc -l)"
	! grep -q "$(printf '\033')" out
	ok $? "  the cursor stays where it is"
	run 0 status -j
	is_json out
	is "  a line a session in debugfs" 2 "$(wc -l </sys/kernel/debug/taskmonitor/sessions)"
	rmdir -- "$root/$name"
	ok $? "  rmdir"
done
for name in "${n63}8" "$n63$n63$n63$n63"; do
	ends 1 mkdir "$root/$name"
	has err "File name too long"
done

# --- a thousand ---------------------------------------------------------------------------

many=$(rounds 1000)
cd "$root" || bail "$root"
seq $many | xargs mkdir
ok $? "$many directories"
is "are no session" 1 "$(cd / && sessions)"
for d in *; do
	echo $c >"$d/targets" && echo start >"$d/run" || break
done
is "$many sessions that run" $((many + 1)) "$(cd / && sessions)"
# shellcheck disable=SC2009
is "with one thread" 1 "$(ps -o comm | grep -cx taskmonitor)"
served() {
	for d in 1 $((many / 2)) $many; do
		[ "$(awk '$1 == "records" { print $2 }' "$d/state")" -ge 2 ] || return
	done
}
eventually served
ok $? "each is served"
seq $many | xargs rmdir
ok $? "rmdir of all, while they run"
cd /tmp || bail /tmp
is "no session is left" 1 "$(sessions)"
eventually no_sampler
ok $? "no sampler is left"

kill $a $c
rmmod taskmonitor_configfs
ok $? "its module goes"
[ ! -e "$root" ]
ok $? "and the directory with it"
eventually rmmod taskmonitor 2>/dev/null
ok $? "taskmonitor.ko goes"
done_testing
