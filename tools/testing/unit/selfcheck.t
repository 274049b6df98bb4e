#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# That these tests can fail: tap.h and lib.sh turn a failed check into a red run.

. "$(dirname "$0")/lib.sh"

CC=${CC:-gcc}

# program CHECKS: build and run a test program with these checks
program() {
	printf '#include "tap.h"\nint main(void)\n{\n%s\nreturn tap_end();\n}\n' "$1" \
		>"$work/program.c"
	$CC -I"$unit" -o "$work/program" "$work/program.c" 2>"$work/err" || return
	run "$work/program"
}

program 'CHECK(1, "a"); CHECK_STR("x", "x", "b");'
ok "tap.h: passed: exit code 0" [ "$status" = 0 ]
ok "tap.h: passed: plan" out_has "1..2"
program 'CHECK(1, "a"); CHECK(0, "b"); CHECK(1, "c");'
ok "tap.h: failed: exit code 1" [ "$status" = 1 ]
ok "tap.h: failed: the line" out_has "not ok 2 - b"
ok "tap.h: failed: goes on" out_has "ok 3 - c"
program 'CHECK_STR("x", "y", "a");'
ok "tap.h: strings differ: exit code 1" [ "$status" = 1 ]
ok "tap.h: strings differ: shows both" eval "out_has \"got    'x'\" && out_has \"wanted 'y'\""
program ''
ok "tap.h: no check at all: exit code 1" [ "$status" = 1 ]

# script CHECKS: the same with a script
script() {
	mkdir -p "$work/a/b/c"
	cp "$unit/lib.sh" "$work/a/b/c"
	printf '. "$(dirname "$0")/lib.sh"\n%s\ndone_testing\n' "$1" >"$work/a/b/c/script.t"
	run sh "$work/a/b/c/script.t"
}
script 'ok a true'
ok "lib.sh: passed: exit code 0" [ "$status" = 0 ]
script 'ok a true; ok b false; ok c true'
ok "lib.sh: failed: exit code 1" [ "$status" = 1 ]
ok "lib.sh: failed: the line" out_has "not ok 2 - b"
ok "lib.sh: failed: the plan" out_has "1..3"
script ''
ok "lib.sh: no check at all: exit code 1" [ "$status" = 1 ]
script 'echo "{" >"$work/out"; ok a out_is_json'
ok "lib.sh: broken JSON is seen" [ "$status" = 1 ]
script ': >"$work/out"; ok a out_is_json'
ok "lib.sh: no JSON at all is seen" [ "$status" = 1 ]

done_testing
