#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC1091,SC2016,SC2154  # lib.sh sets them; eval
#
# tmctl hidden on this machine's own /proc, with a library (fake_processes.c) that
# plays the module's views.

. "$(dirname "$0")/lib.sh"

fake=$UNIT_OUT/tmctl/fake-tmctl
filter=$UNIT_OUT/filter.so
tmctl() { "$fake" "$@"; }

sleep 1000 &
pid=$!
trap 'kill $pid; rm -rf "$work"' EXIT
row() { sed -n "$1p" "$work/out" | tr -s ' ' | sed 's/^ //; s/ $//'; }

# --- nobody hides ------------------------------------------------------------------

run tmctl hidden
ok "nobody: exit code 0" [ "$status" = 0 ]
ok "nobody: says so" out_matches '^None of [0-9]+ processes is hidden\.$'
ok "nobody: nothing else" eval 'out_lines 1 && empty err'
run tmctl hidden -j
ok "nobody: JSON: exit code 0" [ "$status" = 0 ]
ok "nobody: JSON: a summary alone" eval 'out_is_json && out_lines 1'
ok "nobody: JSON: its schema" json_is 1 schema '"taskmonitor.views/1"'
ok "nobody: JSON: none" json_is 1 hidden 0
# One after the other, on a machine where others come and go.
as_many() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(json 1 in_getdents)" != "$(json 1 in_readdir)" ] || return 0
		run tmctl hidden -j
	done
	return 1
}
ok "nobody: JSON: as many names by the system call" as_many
run tmctl hidden --csv
ok "nobody: CSV: the header alone" eval 'out_lines 1 && out_has pid,start_time_ns,uid,comm,lacks,reason'

# A machine where processes come and go.
storm() {
	while :; do
		/bin/true
		(:) &
		wait $!
	done
}
storm &
one=$!
storm &
two=$!
wrong=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	tmctl hidden >"$work/out" 2>&1 || wrong=$((wrong + 1))
done
kill "$one" "$two"
ok "processes come and go: nobody hides ($wrong of $i)" [ "$wrong" = 0 ]

# A zombie is no target of the module's: not hidden for that.
sh -c '(:) & exec sleep 1000' &
parent=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.1
	! grep -lq '^State:.Z' /proc/[0-9]*/status 2>/dev/null || break
done
run tmctl hidden
ok "a zombie does not hide" [ "$status" = 0 ]
kill "$parent"

# --- somebody does ------------------------------------------------------------------

# hides WHAT LACKS REASON: and he is the only one
hides() {
	ok "$1: exit code 1" [ "$status" = 1 ]
	ok "$1: a header and a row" out_lines 2
	ok "$1: the header" [ "$(row 1)" = "PID STARTED UID COMMAND NOT IN LIKELY" ]
	row 2 >"$work/row"
	ok "$1: the row" grep -qE "^$pid [0-9.]+ 0 sleep $2 $3\$" "$work/row"
	ok "$1: nothing on stderr" empty err
}
FAKE_LIST_LACKS=$pid run tmctl hidden
hides "off the task list" list "unlinked from the task list"
FAKE_TABLE_LACKS=$pid run tmctl hidden
hides "not in the PID table" table "removed from the PID table"
run env LD_PRELOAD="$filter" FILTER=$pid "$fake" hidden
hides "a filter of readdir" readdir "LD_PRELOAD filter"
run env LD_PRELOAD="$filter" FILTER=$pid "$fake" hidden -j
ok "a filter of readdir: JSON" eval 'out_is_json && out_lines 2'
ok "a filter of readdir: JSON: schema" json_is 1 schema '"taskmonitor.hidden/1"'
ok "a filter of readdir: JSON: pid" json_is 1 pid "$pid"
ok "a filter of readdir: JSON: name" json_is 1 comm '"sleep"'
ok "a filter of readdir: JSON: views" json_is 1 lacks '"readdir"'
ok "a filter of readdir: JSON: reason" json_is 1 reason '"LD_PRELOAD filter"'
ok "a filter of readdir: JSON: one" json_is 2 hidden 1
ok "a filter of readdir: JSON: one name less" \
	[ "$(json 2 in_getdents)" = $(($(json 2 in_readdir) + 1)) ]
FAKE_LIST_LACKS=$pid run env LD_PRELOAD="$filter" FILTER=$pid "$fake" hidden --csv
ok "CSV: exit code 1" [ "$status" = 1 ]
ok "CSV: a row" out_matches \
	"^$pid,[0-9]+,0,\"sleep\",\"list,readdir\",\"unlinked from the task list, LD_PRELOAD filter\"\$"

# --- errors ------------------------------------------------------------------------------

run tmctl hidden extra
ok "an argument: exit code 2" [ "$status" = 2 ]
run tmctl hidden --all
ok "another's option: exit code 2" [ "$status" = 2 ]
for case in 2:3 25:3 1:4 13:4 12:5 11:5; do
	FAKE_SESSION=${case%:*} run tmctl hidden
	ok "session: error ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
	FAKE_TASKS=${case%:*} run tmctl hidden -j
	ok "list: error ${case%:*}: exit code ${case#*:}" [ "$status" = "${case#*:}" ]
	ok "list: error ${case%:*}: an object" json_is 1 exit "${case#*:}"
done
FAKE_SESSION=12 run tmctl hidden
ok "names the object" err_has "tmctl: hidden: /dev/taskmonitor: Cannot allocate memory"
FAKE_OPEN=ENOENT run tmctl hidden
ok "no module: exit code 3" [ "$status" = 3 ]
tmctl hidden 2>"$work/err" | :
ok "the reader leaves: not a word" empty err

# --- the manual ---------------------------------------------------------------------------

manual=$top/Documentation/man/tmctl-hidden.8
keys=$(sed -n 's/^	{ { "\([a-z_]*\)", .*/\1/p' "$top/tools/tmctl/cmd_hidden.c" | sort -u)
ok "manual: there are keys to look for" [ "$(echo "$keys" | wc -l)" -gt 10 ]
for key in $keys; do
	ok "manual: key $key" grep -q "^\\.B $key\$" "$manual"
done
for view in table list getdents readdir proc kill; do
	ok "manual: view $view" grep -q "^\\.B $view\$" "$manual"
done

done_testing
