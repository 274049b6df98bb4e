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
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

build_module
build_programs top
gcc -O2 -static -pthread -o "$work/actor" "$here/top-actor.c"
ok "the actor is built" test -x "$work/actor"
tmctl_top=$programs/tmctl-top
files=(--tmctl "$TMCTL" --file "$tmctl_top:bin/tmctl-top" --file "$work/actor")

tmux=$(command -v tmux) locale=$(find /usr/lib/locale/C.utf8 -type f 2>/dev/null)
terminals=$(find /lib/terminfo /usr/share/terminfo -name tmux-256color -o -name screen -o -name vt100 \
	-o -name dumb 2>/dev/null)
if [ -n "$tmux" ] && [ -n "$locale" ] && [ -n "$terminals" ]; then
	mapfile -t libraries < <(with_libraries "$tmctl_top" "$tmux")
	mapfile -t data < <(printf -- '--file\n%s\n' $locale $terminals | sed 's/^[^-].*/&:&/')
	relay "" -k "$kernel" --module "$MODULE" "${files[@]}" "${libraries[@]}" \
		--file "$tmux:bin/tmux" "${data[@]}" --exec "$here/top-guest.sh"
else
	skip "tmctl top on a terminal" "no ${tmux:-tmux, no }${locale:-locale C.UTF-8}"
fi

# In instructions: one a nanosecond, so CPU time is their number.
bench=$top/build/bench
make -s -C "$testing/bench" OUT="$bench" "$bench/crowd" "$bench/peers_programs" \
	>"$work/log" 2>&1
if [ -x /usr/bin/top ]; then
	mapfile -t libraries < <(with_libraries "$tmctl_top" /usr/bin/top)
	relay "" -k "$kernel" --module "$MODULE" "${files[@]}" "${libraries[@]}" --accel icount --cpus 1 \
		--file /usr/bin/top:usr/bin/top --file "$bench/crowd" --file "$bench/peers_programs" \
		--file /lib/terminfo/d/dumb:lib/terminfo/d/dumb --exec "$here/top-cost-guest.sh"
else
	skip "what a screen costs, beside top" "no top (procps)"
fi
echo "1..$n"
