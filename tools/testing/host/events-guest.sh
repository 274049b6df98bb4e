#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for events.t. Speaks TAP.

result() { [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"; }
show() { sed 's/^/stdout: /' out; sed 's/^/stderr: /' err; }

# says WHAT STATUS REASON COMMAND...: it fails so, and says why
says() {
	what=$1 want=$2 reason=$3
	shift 3
	"$@" >out 2>err
	status=$?
	[ $status = "$want" ] && grep -q "^tmctl: $reason" err
	said=$?
	result $said "$what: exit code $want, and why"
	[ $said = 0 ] || { echo "exit code $status"; show; }
}

# listen OPTION...: in the background, as $listener, until end; returns once it listens
listen() {
	: >out
	tmctl events "$@" >out 2>err &
	listener=$!
	case " $* " in
	*" --json "*) until joined || ! kill -0 $listener; do sleep 0.1; done ;;
	*) until [ -s out ] || ! kill -0 $listener; do sleep 0.1; done ;;
	esac
}

# Somebody is a member of a group of generic netlink's (16).
joined() { awk '$2 == 16 && $4 !~ /^0+$/ { n++ } END { exit !n }' /proc/net/netlink; }

# await REGEX [COMMAND...]: until a line of the output has it, COMMAND being done before each look;
# 10 s is too long
await() {
	want=$1 tries=0
	shift
	until "$@"; grep -qE "$want" out; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { show; return 1; }
		sleep 0.1
	done
}

# end WHAT: interrupted, it ends well
end() {
	kill -INT $listener
	wait $listener
	result $? "$1: interrupted, it ends with 0"
}

cd /tmp || exit
says "no module" 3 "events: there is no netlink family" tmctl events
insmod "$TM_MODULE" log=N
says "an argument" 2 "events: unexpected argument" tmctl events 1
says "no such kind" 2 "events: kinds 'fork,no'" tmctl events -k fork,no
says "both formats" 2 "events: one of --json and --csv" tmctl events --json --csv
says "a session and processes" 2 "events: --session is for others'" tmctl events -s 1 -p 1
says "no such process" 1 "events: .*process" tmctl events -p 4194000
says "a user" 4 "events: not permitted to listen" su alice -s /bin/sh -c 'tmctl events'

listen -p ALL -k fork,exec,exit
sh -c 'exit 7' &
pid=$!
wait $pid
await "^[0-9]+-[0-9]+-[0-9]+ [0-9:.]+ +exit +[0-9]+ +$pid +$$ .* 7 +sh *$"
result $? "everybody: an exit, its parent, its code, its name"
grep -qE " fork +[0-9]+ +$pid +$$ " out && grep -qE " exec +[0-9]+ +$pid +$$ " out
result $? "everybody: its birth and its exec"
! grep -q exiting out
result $? "everybody: the kinds that were chosen alone"
sleep 10000 &
pid=$!
await " exec +[0-9]+ +$pid "
while [ "$(cat /proc/$pid/comm)" != sleep ]; do sleep 0.1; done
kill -9 $pid
await "exit +[0-9]+ +$pid .* SIGKILL +sleep *$"
result $? "everybody: what a signal has ended"
end "everybody"
[ ! -s err ]
result $? "everybody: nothing was lost, nothing on stderr"

# The module's own session, beside another one.
sleep 10000 &
pid=$!
while [ "$(cat /proc/$pid/comm)" != sleep ]; do sleep 0.05; done
tmctl pid $pid
tmctl start
listen -s 0
kill $pid
wait $pid
await "exit +0 +$pid .* SIGTERM +sleep *$"
result $? "the module's own session"
end "the module's own session"
tmctl stop

# A tree: what it starts, and nobody else.
mkfifo go
(read -r _ <go; (exit 3); (exit 4); true) &
pid=$!
listen -p $pid --follow -k exit --csv -n 3
head -n 1 out | grep -q '^realtime_ns,event,number,lost,'
result $? "CSV: a header"
(exit 5)
echo >go
wait $listener
result $? "a tree: ends after so many"
[ "$(tail -n +2 out | wc -l)" = 3 ] && grep -q ',768,3,,' out && grep -q ',1024,4,,' out &&
	! grep -q ',1280,5,,' out
told=$?
result $told "a tree: its processes, with their ends, and nobody else's"
[ $told = 0 ] || show

# Names that are meant for the terminal.
listen -p ALL -k exit --json
sh -c 'printf "a\033[31m\377b" >/proc/self/comm; printf "a\033[31m\377b" >/proc/$$/comm; exit 9'
await '"comm":"a.u001b\[31m.*b"'
result $? "JSON: a name with an escape"
awk '!/^\{"schema":"taskmonitor.event\/1","realtime_ns":[0-9]+,"event":"exit","number":[0-9]+,.*\}$/ {
	n++ } END { exit n || !NR }' out
result $? "JSON: an object a line"
end "JSON"
listen -p ALL -k exit
sh -c 'printf "a\033[31m\377b" >/proc/$$/comm; exit 9'
await ' 9 +a\?\[31m\?b *$'
result $? "text: no escape reaches the terminal"
end "text"

# Somebody who does not read is told how much it has missed.
listen -p ALL --json -b 4K
kill -STOP $listener
i=0
while [ $i -lt 100 ]; do
	(:)
	i=$((i + 1))
done
kill -CONT $listener
# One that comes before it has made room is lost, too.
await '"event":"exit",.*"exit_status":11,' sh -c 'exit 11'
result $? "a slow listener: goes on"
kill -INT $listener
wait $listener
result $? "a slow listener: ends with 0"
grep -q '"event":"lost",.*"where":"listener"' out && grep -qE '^tmctl: events: [0-9]+ were lost$' err
result $? "a slow listener: is told of what it has lost"
sed 's/.*"number":\([0-9]*\),"lost":\([0-9a-z]*\),.*/\1 \2/' out | awk '
	{ step = $2 == "null" ? 1 : $2 }
	NR > 1 && $1 != last + step { bad++ }
	{ last = $1 }
	END { exit bad || NR < 10 }'
whole=$?
result $whole "a slow listener: told and lost are all"
[ $whole = 0 ] || show

# Who has seen enough. What was in the file must not be taken for his.
: >out
tmctl events -p ALL 2>err | head -n 2 >out &
reader=$!
until [ -s out ] || ! kill -0 $reader 2>/dev/null; do (:); sleep 0.05; done
wait $reader
tries=0
while pidof tmctl-events >/dev/null && [ $tries -lt 100 ]; do (:); sleep 0.1; tries=$((tries + 1)); done
[ $tries -lt 100 ] && [ ! -s err ]
result $? "a reader that goes away ends it without a word"

# The module goes when nobody has a session, whoever listens.
listen
rmmod taskmonitor
result $? "rmmod while it listens"
wait $listener
[ $? = 3 ] && grep -q '^tmctl: events: the module has been unloaded' err
result $? "rmmod: it ends, and says why"
