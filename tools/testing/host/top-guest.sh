#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for top.t: a shell in tmux, tmctl top in that, and what is to be
# seen then. Speaks TAP.

result() { [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"; }
now() { cut -d. -f1 /proc/uptime; }

keys() { tmux send-keys "$@"; }
shows() { tmux capture-pane -p >screen && "$@"; }
has() { grep -qE -e "$1" screen; }
lacks() { ! grep -qE -e "$1" screen; }

# until_true COMMAND...: does it come true in time, on a host that is busy too?
until_true() {
	deadline=$(($(now) + 40))
	while ! "$@"; do
		[ "$(now)" -lt $deadline ] || return 1
		sleep 0.05
	done
}

# sees WHAT CONDITION...: of the screen
sees() {
	what=$1
	shift
	until_true shows "$@"
	seen=$?
	result $seen "$what"
	[ $seen = 0 ] || sed 's/^/screen: /' screen
}

# first ROW: the first row below the headings has it
first() { sed -n '/ PID .*COMMAND/{n;p;}' screen | grep -qE -e "$1"; }
many() { [ "$(grep -cE '^.[ 0-9]{7} ' screen)" -gt 10 ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }
started() { [ "$(cat /proc/"$1"/comm 2>/dev/null)" = "$2" ]; }
running() { pidof tmctl-top >/dev/null; }
ended() { ! running; }

# actor NAME ROLE [NUMBER]: sets $actor, once it is called so
actor() {
	/files/actor "$2" "$1" $3 &
	actor=$!
	until_true started $actor "$1"
}

cd /tmp || exit
insmod "$TM_MODULE" log=N
export LC_ALL=C.UTF-8 TERM=screen PS1='prompt> '

# --- without a terminal -------------------------------------------------------------

actor busybee busy
busy=$actor
actor idlebird idle
idle=$actor
actor clan family
actor weaver threads
actor brood brood 25
brood=$actor

tmctl top -b -n 1 -d 0.2 -r 1 >out 2>err
result $? "-b: exit code 0"
sed -n '/ PID .*COMMAND/{n;p;}' out | grep -qE "$busy .* [0-9.]+ .* busybee\$"
result $? "-b: the busiest first"
[ "$(grep -cE '(busybee|idlebird)' out)" = 1 ]
result $? "-b --rows: no more than asked for"
tmctl top -b -n 2 -d 0.1 -j -p $busy,$idle >out
[ "$(grep -c '"schema":"taskmonitor.system/1".*"processes":2,' out)" = 2 ] &&
	[ "$(grep -c "\"schema\":\"taskmonitor.top/1\".*\"pid\":$busy,.*\"comm\":\"busybee\"" out)" = 2 ]
result $? "-b --json --pid: two screens of two processes"
tmctl top -b -n 1 -d 0.1 --csv -C idlebird >out
[ "$(wc -l <out)" = 2 ] && head -n 1 out | grep -q '^screen,realtime_ns,.*,comm$' &&
	tail -n 1 out | grep -q ',"idlebird"$'
result $? "-b --csv --command: a header and a row"
tmctl top -b -n 1 -d 0.1 -t -F clan >out
grep -q 'COMMAND' out && tail -n 4 out | grep -qE '└─clan-child$' &&
	grep -qE '  └─clan-grand$' out
result $? "-b --tree --filter"
tmctl top -b -n 1 -d 0.1 -H -C weaver >out
[ "$(grep -cE '~weaver(-[123])?$' out)" = 4 ]
result $? "-b --threads: four of them"
mkdir /sys/fs/cgroup/some
echo $idle >/sys/fs/cgroup/some/cgroup.procs
tmctl top -b -n 1 -d 0.1 -G some >out
grep -q '^Tasks 1, ' out && grep -q 'idlebird$' out
result $? "-b --cgroup: who is in it"
tmctl top -b -n 1 -d 0.1 -p 999999 >out 2>err
[ $? = 1 ] && grep -q 'top: process 999999: No such process' err
result $? "-p: no such process"
tmctl top -b -n 3 -d 0.1 >/dev/full 2>err
[ $? = 1 ] && grep -q 'standard output: No space left' err
result $? "-b: a full disk is told of"
tmctl top -b -d 0.1 | head -n 1 >out
grep -q '^tmctl top ' out
result $? "-b: ends when nobody reads"

# Who comes and goes between two samples is told of once, whichever screen it falls on.
tmctl top -b -d 0.3 >out &
reader=$!
until_true grep -q COMMAND out
kill -USR1 $brood
told() { [ "$(grep -cE '^x.* brood-young \[3\]$' out)" = 25 ]; }
until_true told
result $? "-b: twenty-five that came and went are shown, with their exit status"
screens=$(grep -c COMMAND out)
more() { [ "$(grep -c COMMAND out)" -gt $((screens + 1)) ]; }
until_true more && told
result $? "  each on one screen"
kill -TERM $reader
wait $reader
result $? "-b: SIGTERM ends it well"
# Whoever has gone has a row.
[ "$(awk '/^Gone / { n += $2 } END { print n }' out)" = "$(grep -c '^x' out)" ]
result $? "-b: as many have gone as are shown"

# --- with one --------------------------------------------------------------------------

tmux -f /dev/null new-session -d -x 80 -y 24 sh
sees "a shell" has '^prompt>'
keys 'tmctl top -d 0.3' Enter
sees "the screen: head, headings, keys" eval \
	'has "^tmctl top .*every 0.3 s" && has " PID USER .*COMMAND" && has "^F1HelpF3Search"'
sees "the busiest is the first" first 'busybee *$'
sees "with percentages and a history" first '[0-9]+\.[0-9] .*█+ busybee'
sees "as high as the terminal" eval '[ "$(wc -l <screen)" = 24 ] && many'

keys N
sees "N: by PID" first '^ +1 root .* init *$'
keys I
sees "I: the other way round" eval '! first " init *$"'
keys I P
sees "P: by CPU again" first 'busybee'
keys F6
sees "F6: what to sort by" has '^ Sort by'
keys Home Enter
sees "  the first of them" first '^ +1 root '
keys P

# It takes a CPU; from here on others are looked at.
kill -STOP $busy
keys '\' BEE
sees "filter: one is left" eval 'has busybee && lacks idlebird && has "^Filter: BEE"'
keys Enter
sees "filter: stays" has 'filter: BEE'
keys '\' Escape
sees "filter: Esc shows all again" eval 'lacks filter: && many'

keys t '/' clan Enter
sees "a tree" eval 'has " └─clan-child *$" && has "   └─clan-grand *$"'
keys -
sees "folded: the bar has followed what was found" eval 'has "\[\+2\] clan *$" && lacks clan-child'
keys +
sees "unfolded" has 'clan-child'
keys t

keys '\' weaver Enter H
sees "threads" eval 'has "~weaver-1 *$" && has "~weaver-2 *$" && has "└─~weaver"'
keys H
sees "no threads" lacks '~weaver'
keys '\' Escape

# On a screen that stays long enough to be seen.
keys d BSpace BSpace BSpace 3 Enter
breeds() { kill -USR1 $brood; has "$1"; }
sees "short lives are counted" breeds '^Gone [0-9]+ processes.*[:,] brood-young x[0-9]+'
keys '\' brood Enter
sees "and shown, with how they ended" breeds '^x.* brood-young \[3\]'
keys '\' Escape d BSpace 0.3 Enter

keys u
sees "u: users" has '^ root'
keys Escape
keys F1
sees "F1: help" has 'the bar follows the process'
keys Escape
keys z
sees "z: frozen" has 'PAUSED'
keys z
sees "z: goes on" lacks 'PAUSED'
keys d BSpace 2 Enter
sees "d: another delay" has 'every 0.2 s'
keys d BSpace BSpace BSpace x Enter
sees "d: one that is none" has 'No delay between 50ms and 1h'

# A signal reaches whom it is for, and nobody else.
keys '/' idlebird Enter F9
sees "F9: whom, and what" eval 'has "Send to process $idle \(idlebird\)" && has "15 SIGTERM"'
keys Escape
sees "  not now" has 'COMMAND'
keys '/' idlebird Enter k
sees "k: the same" has 'Send to process'
keys Enter
sees "sent" has 'SIGTERM sent to 1 process'
until_true gone $idle
result $? "and received"
actor lastbird idle
keys '\' lastbird Enter
sees "another" has 'lastbird'
keys k
sees "a signal to it" has "Send to process $actor"
kill -9 $actor
wait $actor 2>/dev/null
keys Enter
sees "that comes too late" has "SIGTERM to process $actor \(lastbird\): No such process"
keys '\' Escape

# Names that would spoil the screen.
actor "$(printf '\033[2Jevil\007')" busy
evil=$actor
sees "control characters" has ' \?\[2Jevil\? *$'
kill $evil
actor "$(printf '\344\270\255\346\226\207\377end')" busy
sees "wide characters, and bytes that are none" has ' 中文\?end *$'
kill $actor

kill -CONT $busy
tmux resize-window -x 40 -y 10
sees "40 by 10" eval '[ "$(wc -l <screen)" = 10 ] && has " PID S +%CPU +RES COMMAND" && first busybee'
tmux resize-window -x 20 -y 5
sees "20 by 5" eval 'has "^ +PID +%CPU COMM" && has "^ +[0-9]+ +[0-9.]+ busy"'
tmux resize-window -x 2 -y 1
tmux resize-window -x 200 -y 50
sees "200 by 50" eval '[ "$(wc -l <screen)" = 50 ] && has "%wait.*majf/s.*HISTORY +COMMAND"'
tmux resize-window -x 80 -y 24
sees "80 by 24 again" has '^F1HelpF3Search'

keys C-z
sees "Ctrl-Z: the shell's prompt" has '^prompt>|Stopped'
keys 'fg' Enter
sees "and on" first 'busybee'
tmux capture-pane -p -e | grep -q "$(printf '\033')\[[0-9;]*3[0-9]m"
result $? "there are colours"
keys q
sees "q: the shell" has 'prompt> *$'
until_true ended
result $? "it has ended"
keys Enter 'echo status $?; stty -a | grep -o " icanon\| echo " | tr -d "\n"' Enter
sees "the terminal is as it was" eval 'has "icanon +echo|echo +icanon"'

keys C-l 'tmctl top -d 0.3 --color=never' Enter
sees "without colour" has '^F1HelpF3Search'
tmux capture-pane -p -e | grep -q "$(printf '\033')\[[0-9;]*[34][0-7]m"
[ $? = 1 ]
result $? "there are none"
tmux capture-pane -p -e | grep -q "$(printf '\033')\[[0-9;]*7m"
result $? "but reverse video"
kill -TERM "$(pidof tmctl-top)"
sees "SIGTERM: the shell" has 'prompt> *$'
keys 'TERM=dumb tmctl top; echo status $?' Enter
sees "a dumb terminal" eval 'has "terminal .dumb.: no full screen" && has "^status 1"'
keys C-l 'LC_ALL=C tmctl top -d 0.05 -n 10; echo status $?' Enter
sees "twenty screens a second, ten of them" has '^status 0'
keys C-l 'LC_ALL=C tmctl top -d 0.3' Enter
sees "without UTF-8" first '[0-9] +.*@+ busybee'
keys q

keys C-l 'tmctl top -d 0.2' Enter
sees "once more" first 'busybee'
tmux kill-server
until_true ended
result $? "it ends when the terminal goes away"

# --- without rights ----------------------------------------------------------------------

su alice -s /bin/sh -c 'tmctl top -b -n 1' >out 2>err
[ $? = 4 ] && grep -q 'top: /dev/taskmonitor: Permission denied' err
result $? "the device is not open to alice"
chmod 666 /dev/taskmonitor
su alice -s /bin/sh -c '/files/actor idle alicebird &
	until [ $(cat /proc/$!/comm) = alicebird ]; do :; done; tmctl top -b -n 1 -d 0.2' >out 2>err
grep -q '^Only your own processes' out && grep -q 'alice .* alicebird$' out && ! grep -q ' root ' out
seen=$?
result $seen "alice sees her own, and is told so"
[ $seen = 0 ] || sed 's/^/# /' out err
su alice -s /bin/sh -c 'tmctl top -b -n 1 -d 0.1 -p 1' >out 2>err
[ $? = 4 ] && grep -q 'top: process 1: Operation not permitted' err
result $? "and not another's when she asks for it"
su alice -s /bin/sh -c 'tmctl top -b -n 1 -d 0.1 -G some' >out 2>err
[ $? = 4 ]
result $? "nor a cgroup"

killall actor 2>/dev/null
rmmod taskmonitor
result $? "rmmod"
tmctl top -b >out 2>err
[ $? = 3 ] && grep -q 'is the module loaded' err
result $? "no module: exit code 3"
