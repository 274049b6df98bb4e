#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guide's transcript of named sessions, played: each of its commands in the
# guest's shell, and what comes of it as the guide has it, but for the numbers. The
# guest's part is named-guest.sh.

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
kernel=${KERNEL:-6.12}

# Between the mark and the next table: lines that are indented.
sed -n '/^## Named sessions/,/^| file/p' "$here/../../../Documentation/guide.md" |
	sed -n '/^Then, /,$p' | sed -n 's/^    //p' >"$work/transcript"
ok "the guide has a transcript" test "$(grep -c '^# ' "$work/transcript")" -gt 10

built=$("$testing/build.sh" "$kernel") || { echo "Bail out! the build failed"; exit 1; }
eval "$built"
: "${MODULE:?}" "${CONFIGFS?}" "${TMCTL:?}"
if [ -z "$CONFIGFS" ]; then
	skip "it is played" "$kernel has no configfs"
	echo "1..$n"
	exit
fi

# Numbers are the machine's own, and so is the state of a process that runs.
same() { sed -E 's/[0-9]+/N/g; s/ state [RSD] / state - /' "$1"; }

"$testing/vm/run.sh" -k "$kernel" --timeout 120 --module "$MODULE" --configfs "$CONFIGFS" \
	--out "$work/out" --file "$work/transcript" --exec "$here/named-guest.sh" \
	>"$work/said" 2>"$work/runner"
ok "it is played, and the machine comes to its end without a complaint" test $? = 0
[ -z "$failed" ] || sed 's/^/# /' "$work/runner"
tr -d '\r' <"$work/said" >"$work/played"
ok "what comes of it is what the guide has" \
	diff -u <(same "$work/transcript") <(same "$work/played")
echo "1..$n"
