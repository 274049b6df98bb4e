#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl-top's command line and manual. What it shows is tested by top_procs,
# top_view and in a virtual machine (host/top.t).

. "$(dirname "$0")/lib.sh"

top_program=$UNIT_OUT/top/tmctl-top
if [ ! -x "$top_program" ]; then
	skip "tmctl-top" "it is not built: no libncurses-dev"
	done_testing
fi

# wrong WHAT MESSAGE ARGUMENT...: is refused as wrong usage
wrong() {
	case=$1 message=$2
	shift 2
	run "$top_program" "$@"
	ok "$case: exit code 2" [ "$status" = 2 ]
	ok "$case: says why" err_has "$message"
	ok "$case: nothing on stdout" empty out
}

run "$top_program" --help
ok "help: exit code 0" [ "$status" = 0 ]
ok "help: on stdout" out_has "Usage: tmctl top [OPTION]..."
ok "help: has examples" out_has "tmctl top -b -n 1 -r 10"
ok "help: in 80 columns" eval '! grep -q ".\{81\}" "$work/out"'
options=$(sed -nE 's/^ +(-., )? *--([a-z-]+).*/\2/p' "$work/out")
run "$top_program" --version
ok "version" out_matches '^tmctl-top [0-9]+\.[0-9]+\.[0-9]+$'

wrong "an argument" "top: unexpected argument '1'" 1
wrong "an unknown option" "unknown option '-x'" -x
for delay in 0 0.049 3601 2h; do
	wrong "delay $delay" "top: delay '$delay' is not between 50ms and 1h" -d "$delay"
done
wrong "delay x" "top: invalid delay 'x'" --delay=x
wrong "no screens" "top: invalid number of screens '0'" -n 0
wrong "rows" "top: invalid number of rows 'many'" -b -r many
wrong "sort" "top: unknown key 'size' to sort by" -s size
wrong "pid" "top: invalid process '1x'" -b -p 1,1x
wrong "an empty pid" "top: invalid process ''" -b -p 1,
wrong "user" "top: no such user: 'nobody-of-that-name'" -U nobody-of-that-name
wrong "color" "top: color 'red': auto, always or never" --color=red
wrong "a long filter" "is longer than" -F 12345678901234567890123456789012
wrong "CSV without -b" "top: --csv is for -b" --csv
wrong "rows without -b" "top: --rows is for -b" -r 3
wrong "pid and cgroup" "top: --pid or --cgroup, not both" -b -p 1 -G /
run "$top_program" -b --csv --json
ok "JSON and CSV: exit code 2" [ "$status" = 2 ]
ok "JSON and CSV: says why" json_is 1 error '"top: --json or --csv, not both"'
run "$top_program" --json
ok "JSON without -b: exit code 2" [ "$status" = 2 ]
ok "JSON without -b: an object" json_is 1 exit 2

run "$top_program"
ok "no terminal: exit code 1" [ "$status" = 1 ]
ok "no terminal: what to do" err_has "standard input is no terminal (try: tmctl top -b)"
run "$top_program" -b --device="$work/none"
ok "no module: exit code 3" [ "$status" = 3 ]
ok "no module: what to do" err_has "top: $work/none: No such file or directory (is the module loaded?"
run "$top_program" -b -j --device="$work/none"
ok "no module, JSON: an object" json_is 1 exit 3
run "$top_program" -b -G no-such-cgroup
ok "no cgroup: exit code 1" [ "$status" = 1 ]
ok "no cgroup: says so" err_has "top: cgroup no-such-cgroup: No such file or directory"
run "$top_program" -b --device=/dev/null
ok "no such device: exit code 3" [ "$status" = 3 ]

# --- the manual --------------------------------------------------------------------------

page=$top/Documentation/man/tmctl-top.1
sed 's/\\-/-/g' "$page" >"$work/page"
ok "manual: there are options to look for" [ "$(echo "$options" | wc -w)" -gt 15 ]
for option in $options; do
	[ "$option" = help ] || [ "$option" = version ] ||
		ok "manual: --$option" grep -qF -e "--$option" "$work/page"
done
# The tables of keys: quoted, of columns.c behind two braces.
keys=$(sed -nE 's/.*\{ \{ "([a-z_]+)".*/\1/p; s/.*\.field = \{ "([a-z_]+)".*/\1/p' \
	"$top/tools/top/column.c"
	sed -nE 's/.*json_[a-z]+\(&json, "([a-z_]+)".*/\1/p' "$top/tools/top/summary.c")
ok "manual: there are keys to look for" [ "$(echo "$keys" | wc -w)" -gt 45 ]
sed -n '/^\.SH JSON/,/^\.SH NOTES/p' "$work/page" >"$work/keys"
for key in $(echo "$keys" | sort -u); do
	ok "manual: key $key" grep -qwE "$key" "$work/keys"
done
for key in $(grep -oE '\b[a-z]+_[a-z_]+\b' "$work/keys" | sort -u); do
	ok "manual: $key exists" eval 'echo "$keys" | grep -qx "$key"'
done
for key in $(sed -nE 's/^	  "([a-z]+)", -?[A-Z0-9_]+, .*/\1/p' "$top/tools/top/column.c"); do
	ok "manual: sort key $key" grep -qE "^\.B(R)? $key\b" "$work/page"
done

done_testing
