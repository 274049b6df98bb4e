#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl top on a real terminal, in a virtual machine: tmux draws what it draws, and
# what is on the screen is looked at. Then what a screen costs, beside procps' top,
# in instructions. The guest's parts, which speak TAP, are top-guest.sh and
# top-cost-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
top=$(cd "$testing/../.." && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
kernel=${KERNEL:-6.12}

built=$("$testing/build.sh" "$kernel") || { echo "Bail out! the build failed"; exit 1; }
eval "$built"
: "${MODULE:?}" "${TMCTL:?}"

files=()
# stage PROGRAM DEST: with its libraries and its loader, where it looks for them
stage() {
	local library
	files+=(--file "$1:$2")
	while read -r library; do
		files+=(--file "$library:$library")
	done < <(ldd "$1" | grep -o '/[^ :]*\.so[^ :]*' | sort -u)
}

make -s -C "$top/tools/top" OUT="$top/build/top" >"$work/log" 2>&1
if [ ! -x "$top/build/top/tmctl-top" ]; then
	sed 's/^/# /' "$work/log"
	skip "tmctl top on a terminal" "it is not built: no libncurses-dev"
	echo "1..$n"
	exit
fi
stage "$top/build/top/tmctl-top" bin/tmctl-top
gcc -O2 -static -pthread -o "$work/actor" "$here/top-actor.c"
ok "the actor is built" test -x "$work/actor"
files+=(--file "$work/actor")

tmux=$(command -v tmux) locale=$(find /usr/lib/locale/C.utf8 -type f 2>/dev/null)
terminals=$(find /lib/terminfo /usr/share/terminfo -name tmux-256color -o -name screen -o -name vt100 \
	-o -name dumb 2>/dev/null)
if [ -n "$tmux" ] && [ -n "$locale" ] && [ -n "$terminals" ]; then
	on_terminal=("${files[@]}")
	stage "$tmux" bin/tmux
	for file in $locale $terminals; do
		files+=(--file "$file:$file")
	done
	relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" "${files[@]}" \
		--exec "$here/top-guest.sh"
	files=("${on_terminal[@]}")
else
	skip "tmctl top on a terminal" "no ${tmux:-tmux, no }${locale:-locale C.UTF-8}"
fi

# In instructions: one a nanosecond, so CPU time is their number.
bench=$top/build/bench
make -s -C "$testing/bench" OUT="$bench" "$bench/crowd" "$bench/peers_programs" \
	>"$work/log" 2>&1
if [ -x /usr/bin/top ]; then
	stage /usr/bin/top usr/bin/top
	relay "" -k "$kernel" --module "$MODULE" "${files[@]}" --accel icount --cpus 1 \
		--file "$bench/crowd" --file "$bench/peers_programs" \
		--file /lib/terminfo/d/dumb:lib/terminfo/d/dumb --exec "$here/top-cost-guest.sh"
else
	skip "what a screen costs, beside top" "no top (procps)"
fi
echo "1..$n"
