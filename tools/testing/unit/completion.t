#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion: what bash and zsh would offer. The shells' own machinery is played:
# the words are set, the function is called, what it offers is looked at.

. "$(dirname "$0")/lib.sh"

TMCTL=${TMCTL:-$UNIT_OUT/tmctl/tmctl}

# in_SHELL WORD...: what is offered for the last WORD, a line each, in $work/out
in_bash() {
	run bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_tmctl
		printf "%s\n" "${COMPREPLY[@]}"' - "$top/tools/completion/tmctl.bash" "$TMCTL" "$@"
}
in_zsh() {
	run zsh -f -c '
		compadd() { [[ $1 = -- ]] && shift; print -l -- $@ }
		_describe() { print -l -- ${(P)4%%:*} }
		_users() { print root }
		_files() { print -- files }
		_normal() { print -- command }
		compset() { : }
		file=$1
		shift
		words=("$@")
		CURRENT=$#
		. $file' - "$top/tools/completion/_tmctl" "$TMCTL" "$@"
}
line() { grep -qx -e "$1" "$work/out"; }

for shell in bash zsh; do
	if ! have $shell; then
		skip "completion in $shell" "no $shell"
		continue
	fi
	in_$shell ""
	ok "$shell: nothing on stderr" empty err
	for command in get list watch run wait top record plot; do
		ok "$shell: command $command" line $command
	done
	in_$shell --
	ok "$shell: common options" line --device
	in_$shell run --
	ok "$shell: options of run" line --wait-all
	ok "$shell: and the common ones" line --json
	in_$shell get --
	ok "$shell: not another's" eval '! line --wait-all'
	in_$shell -j list --
	ok "$shell: behind a common option" line --threads
	in_$shell list -o ""
	ok "$shell: columns" line rss_bytes
	in_$shell watch -p ""
	ok "$shell: PIDs" line 1
	ok "$shell: and ALL" line ALL
	in_$shell list -U roo
	ok "$shell: users" line root
	in_$shell get ""
	ok "$shell: PIDs by their place" line 1
	in_$shell help ""
	ok "$shell: help of a command" line watch
done
in_bash list -o pid,rss_b
ok "bash: the last of a list" line pid,rss_bytes
in_bash list --color = al
ok "bash: behind =" line always
in_bash run /bin/tru
ok "bash: run's command" line /bin/true
in_bash list --thr
ok "bash: what has been typed counts" [ "$(cat "$work/out")" = --threads ]

done_testing
