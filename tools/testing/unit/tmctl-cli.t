#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl's command line where there is no module: exit codes, messages, help.
# TMCTL=PATH tries another one than build/unit's.

. "$(dirname "$0")/lib.sh"

TMCTL=${TMCTL:-$UNIT_OUT/tmctl/tmctl}
nowhere=$work/nowhere/taskmonitor
tmctl() { "$TMCTL" "$@"; }

# --- help and versions ---------------------------------------------------------

for args in help --help -h; do
	run tmctl $args
	ok "$args: exit code 0" [ "$status" = 0 ]
	ok "$args: nothing on stderr" empty err
	ok "$args: commands, examples, exit codes" out_matches '^Examples:|^Exit codes:'
done
for command in get list watch pid add del start stop status run wait version help; do
	run tmctl help
	ok "help: lists $command" out_matches "^  $command "
	run tmctl help "$command"
	ok "help $command: usage" out_has "Usage: tmctl $command"
	ok "help $command: exit code 0" [ "$status" = 0 ]
	out >"$work/said"
	run tmctl "$command" --help
	ok "$command --help: the same" cmp -s "$work/said" "$work/out"
	run tmctl -h "$command"
	ok "-h $command: the same" cmp -s "$work/said" "$work/out"
done

version=$("$top/tools/version.sh")
for args in version --version -V; do
	run tmctl --device "$nowhere" $args
	ok "$args: exit code 0 without a module" [ "$status" = 0 ]
	ok "$args: tmctl's" out_matches "^tmctl +$version\$"
	ok "$args: the module's is unknown" out_matches '^taskmonitor.ko +-$'
done
run tmctl --device "$nowhere" version -j
ok "version -j: JSON" out_is_json
ok "version -j: the module's is null" json_is 1 module_version null
ok "version -j: the library's" json_is 1 library_version "\"$version\""

# --- wrong usage -----------------------------------------------------------------

# wrong NAMED ARG...: exit code 2, one line that names NAMED, and where to read on
wrong() {
	named=$1
	shift
	run tmctl --device "$nowhere" "$@"
	ok "$* : exit code 2" [ "$status" = 2 ]
	ok "$* : names $named" err_matches "^tmctl: .*$named"
	ok "$* : says where to read on" err_has "Try 'tmctl --help'"
	ok "$* : two lines" err_lines 2
	ok "$* : nothing on stdout" empty out
}
wrong "no command"
wrong "'frobnicate'" frobnicate
wrong "'ge'" ge
wrong "'frobnicate'" help frobnicate
wrong "'extra'" get extra
wrong "no PID" add
wrong "no PID" del
wrong "'x'" add 1 x
wrong "'x'" list -p 1,x
wrong "''" list -p 1,
wrong "'nobodyatall'" list -U nobodyatall
wrong "'\('" list -C '('
wrong "one of PIDs, --cgroup, and --command or --user" list -p 1 -U 0
wrong "one of PIDs, --cgroup, and --command or --user" list -C x 1
wrong "follow or --threads" list -t --follow -p 1
wrong "'nonsense'" list -o pid,nonsense
wrong "''" list -o pid,
wrong "'perhaps'" list --color=perhaps
wrong "threads goes with" watch -t
wrong "follow goes with" watch --follow
wrong "'extra'" start extra
wrong "'extra'" stop extra
wrong "'extra'" status extra
wrong "'extra'" version extra
wrong "'extra'" help get extra
wrong "'2'" pid 1 2
wrong "'3'" watch 1 2 3
wrong "'-x'" get -x
wrong "'-x'" -x get
wrong "'--bogus'" get --bogus
wrong "'--bogus'" --bogus
wrong "'-c'" get -c 1
wrong "'--count'" get --count 1
wrong "'--root'" watch --root x
wrong "'-i'" watch -i
wrong "'--device'" get --device
wrong "'12x'" pid 12x
wrong "'x12'" pid x12
wrong "''" pid ""
wrong "' 1'" pid ' 1'
wrong "'0'" pid 0
wrong "'-5'" pid -5
wrong "'-5'" pid -- -5
wrong "'\\+5'" pid +5
wrong "'1.5'" pid 1.5
wrong "'2147483648'" pid 2147483648
wrong "'99999999999999999999999'" pid 99999999999999999999999
wrong "'0'" watch 0
wrong "'0'" watch -i 0
wrong "'-1'" watch -i -1
wrong "'1x'" watch 1x
wrong "'99us'" watch -i 99us
wrong "'3601'" watch -i 3601
wrong "'x'" watch 1 x
wrong "'0'" watch 1 0
wrong "'0'" watch -c 0
wrong "'1.5'" watch -c 1.5
wrong "no command" run
wrong "no command" run --
wrong "--all or --top" run -a -n 3 true
wrong "'-x'" run -x true
wrong "'--rss-above'" run --rss-above 1 true
wrong "'1x'" run -i 1x true
wrong "'99us'" run -i 99us true
wrong "'15'" run --ring 15 true
wrong "'1048577'" run --ring 1048577 true
wrong "'x'" run -n x true
wrong "no PID" wait
wrong "'x'" wait 1 x
wrong "'0'" wait 0
wrong "'1P'" wait --rss-above 1P 1
wrong "'x'" wait --cpu-above x 1
wrong "one of" wait --exit --rss-above 1 1
wrong "one of" wait --cpu-above 1 --rss-above 1 1
wrong "'x'" wait --wait-above x 1
wrong "'1.5'" wait --threads-above 1.5 1
wrong "one of" wait --threads-above 1 --wait-above 1 1
wrong "'--for'|--for goes" wait --for 1 1
wrong "'--for'|--for goes" wait --exit --for 1 1
wrong "'x'" wait --rss-above 1 --for x 1
wrong "'x'" wait --timeout x 1
wrong "'2h'" wait -i 2h 1
wrong "'--csv'" wait --csv 1
wrong "two intervals" watch -i 1 2
wrong "two counts" watch -c 1 2 3

# --- no module -------------------------------------------------------------------

run tmctl --device /dev/null/x pid
ok "a device below a file: exit code 1" [ "$status" = 1 ]

for args in get "get -v" watch start stop pid "pid 1" status; do
	run tmctl --device "$nowhere" $args
	ok "$args: exit code 3" [ "$status" = 3 ]
	ok "$args: one line" err_lines 1
	ok "$args: the object, the reason, the next step" err_has "tmctl: $nowhere: No such\
 file or directory (is the module loaded? try: modprobe taskmonitor)"
	ok "$args: nothing on stdout" empty out

	run tmctl $args --device=/dev/null
	ok "$args: no taskmonitor device: exit code 3" [ "$status" = 3 ]
	ok "$args: no taskmonitor device: says so" err_has \
		"tmctl: /dev/null: Inappropriate ioctl for device (no taskmonitor device"
done
for args in "run -- touch $work/ran" "wait 1"; do
	run tmctl --device "$nowhere" $args
	ok "$args: exit code 3" [ "$status" = 3 ]
	ok "$args: one line" err_lines 1
	ok "$args: the command, the object, the reason, the next step" err_has "tmctl: ${args%% *}:\
 $nowhere: No such file or directory (is the module loaded? try: modprobe taskmonitor)"
	ok "$args: nothing on stdout" empty out
	run tmctl --device /dev/null $args
	ok "$args: no taskmonitor device: exit code 3" [ "$status" = 3 ]
done
ok "run: without a session nothing is run" [ ! -e "$work/ran" ]
run tmctl --device "$nowhere" -j run -o "$work/report" true
ok "run -j -o: the error is in the file" grep -q '"exit":3' "$work/report"
ok "run -j -o: stdout is the command's" empty out
run tmctl --device "$nowhere" run -o "$work/none/report" true
ok "run -o: no such directory: exit code 1" [ "$status" = 1 ]
ok "run -o: names the file" err_has "tmctl: run: $work/none/report: No such file"
run tmctl --device "$nowhere" -j run --csv true
ok "run -j --csv: exit code 2" [ "$status" = 2 ]
ok "run -j --csv: says so" err_has "tmctl: run: --json or --csv, not both"
ok "run -j --csv: as JSON too" json_is 1 exit 2
run tmctl --device "$nowhere" run true -5
ok "run: what follows the command is the command's" [ "$status" = 3 ]

if [ -e /dev/taskmonitor ]; then
	skip "the device's default path" "/dev/taskmonitor is there"
else
	run tmctl get
	ok "the device's default path" err_has "tmctl: /dev/taskmonitor: No such file"
fi

run env TASKMONITOR_DEVICE="$nowhere/env" "$TMCTL" get
ok "TASKMONITOR_DEVICE" err_has "$nowhere/env:"
run env TASKMONITOR_DEVICE="$nowhere/env" "$TMCTL" --device "$nowhere/option" get
ok "--device is stronger" err_has "$nowhere/option:"

: >"$work/closed"
chmod 000 "$work/closed"
if [ "$(id -u)" != 0 ]; then
	run tmctl --device "$work/closed" get
elif have setpriv && setpriv --reuid=65534 --clear-groups "$TMCTL" version >/dev/null 2>&1; then
	chmod 711 "$work"
	run setpriv --reuid=65534 --clear-groups "$TMCTL" --device "$work/closed" get
else
	status=skip
fi
if [ "$status" = skip ]; then
	skip "no permission" "runs as root, and there is no way to step down"
else
	ok "no permission: exit code 4" [ "$status" = 4 ]
	ok "no permission: says whom to ask" err_matches \
		'^tmctl: .*/closed: Permission denied \(try as root'
fi

# --- JSON --------------------------------------------------------------------------

for args in "-j get" "get -j" "--json get" "get --json" "-j pid 12x" "pid 12x -j" "-j" \
	    "frobnicate -j" "get --bogus --json"; do
	run tmctl --device "$nowhere" $args
	ok "$args: an error is an object" json_is 1 schema '"taskmonitor.error/1"'
	ok "$args: one line" out_lines 1
	ok "$args: has the exit code" json_is 1 exit "$status"
	ok "$args: a person is told as well" err_matches '^tmctl: '
done
run tmctl --device "$work/\"q\\" -j get
ok "a path with quotes is escaped" out_is_json

# --- stdout --------------------------------------------------------------------------

if [ -c /dev/full ]; then
	tmctl help >/dev/full 2>"$work/err"
	status=$?
	ok "output lost: exit code 1" [ "$status" = 1 ]
	ok "output lost: says so" err_has "tmctl: standard output: No space left on device"
else
	skip "output lost" "no /dev/full"
fi

mkfifo "$work/pipe"
{ sleep 5 & } 3<>"$work/pipe"
sleeper=$!
# Nobody reads: the pipe's only reader is closed before tmctl writes.
exec 4<>"$work/pipe"
exec 5>"$work/pipe"
exec 4<&-
kill "$sleeper" 2>/dev/null
wait "$sleeper" 2>/dev/null
tmctl help >&5 2>"$work/err"
status=$?
exec 5>&-
ok "reader gone: exit code 0" [ "$status" = 0 ]
ok "reader gone: not a word" empty err

# --- the manual ------------------------------------------------------------------------

manual=$top/Documentation/man/tmctl.8
documented() { sed 's/\\-/-/g' "$manual" | grep -qE -e "$1"; }
for command in get list watch pid add del start stop status run wait version help; do
	ok "manual: $command" documented "^\\.B.* tmctl $command|^\\.BR? $command"
done
for option in --json --device --help --version --all --interval --count; do
	ok "manual: $option" documented "$option"
done
keys=$(sed -n 's/^	[{ ]*"\([a-z_]*\)", .*/\1/p' "$top/tools/common/columns.c" \
	"$top/tools/tmctl/cmd_status.c" | sort -u)
ok "manual: there are keys to look for" [ "$(echo "$keys" | wc -l)" -gt 50 ]
for key in $keys; do
	ok "manual: key $key" documented "^\\.B $key\$"
done
run grep -hE '^\.B [a-z]+_[a-z_]+$' "$manual"
for key in $(sed 's/^\.B //' "$work/out"); do
	ok "manual: $key exists" eval 'echo "$keys" | grep -qx "$key"'
done

# page NAME SOURCE...: its keys are those of the sources, both ways
page() {
	manual=$top/Documentation/man/$1
	name=$1
	shift
	keys=$(cd "$top/tools/tmctl" && sed -n 's/^	[{ ]*"\([a-z_]*\)", .*/\1/p' "$@" | sort -u)
	ok "$name: there are keys to look for" [ "$(echo "$keys" | wc -l)" -gt 10 ]
	for key in $keys; do
		ok "$name: key $key" documented "^\\.B $key\$"
	done
	run grep -hE '^\.B [a-z]+_[a-z_]+$' "$manual"
	for key in $(sed 's/^\.B //' "$work/out"); do
		ok "$name: $key exists" eval 'echo "$keys" | grep -qx "$key"'
	done
}
page tmctl-run.1 run_report.c
for option in interval top all output json csv no-chart wait-all ring device; do
	ok "tmctl-run.1: --$option" documented "--$option"
done
page tmctl-wait.1 wait_event.c
for option in exit rss-above cpu-above wait-above threads-above for any timeout interval json; do
	ok "tmctl-wait.1: --$option" documented "--$option"
done

done_testing
