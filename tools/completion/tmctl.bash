# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of tmctl's command line for bash. Commands, options and columns are
# those that the tmctl at hand tells in its help, so this never goes stale.

# The word that is the command, behind common options; nothing: there is none yet.
_tmctl_command() {
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--device) i=$((i + 1)); [[ ${COMP_WORDS[i]-} != "=" ]] || i=$((i + 1)) ;;
		-*|=) ;;
		*) echo "$i"; return ;;
		esac
	done
}

_tmctl_commands() { "${COMP_WORDS[0]}" help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }

_tmctl_options() {	# of command $1
	"${COMP_WORDS[0]}" help $1 2>/dev/null | sed -nE 's/^  (-.,|   ) (--[a-z-]+)(=.*| .*|$)/\2/p'
}

_tmctl_keys() {	# of command $1
	"${COMP_WORDS[0]}" help "$1" 2>/dev/null | sed -n '/^Columns for -o/,/^$/s/^  \([a-z_]*\) .*/\1/p'
}

_tmctl_pids() { (cd /proc && printf '%s\n' [0-9]*); }

# Words for what stands behind option $2 of command $1; fails if it takes nothing special.
_tmctl_argument() {
	case $2 in
	-p|--pid) echo SELF; echo ALL; _tmctl_pids ;;
	-U|--user) compgen -u ;;
	-C|--command) cat /proc/[0-9]*/comm 2>/dev/null | sort -u ;;
	--color) echo "auto always never" ;;
	-o|--output)
		case $1 in
		get|list|watch) _tmctl_keys "$1" ;;
		*) return 1 ;;
		esac ;;
	*) return 1 ;;
	esac
}

_tmctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} at command="" option words
	at=$(_tmctl_command)
	[ -z "$at" ] || command=${COMP_WORDS[at]}
	COMPREPLY=()

	# "=" is a word of its own to bash.
	option=${COMP_WORDS[COMP_CWORD - 1]}
	[ "$cur" != "=" ] || cur=""
	[ "$option" != "=" ] || option=${COMP_WORDS[COMP_CWORD - 2]}
	[ "${COMP_WORDS[COMP_CWORD]}" != "=" ] || option=${COMP_WORDS[COMP_CWORD - 1]}

	if words=$(_tmctl_argument "$command" "$option"); then
		# The last of a list with commas.
		local before=""
		case $cur in *,*) before=${cur%,*}, ;; esac
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "${cur##*,}")
	elif [ -z "$command" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_tmctl_commands) $(_tmctl_options)" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_tmctl_options "$command")" -- "$cur")
	else
		case $command in
		help) mapfile -t COMPREPLY < <(compgen -W "$(_tmctl_commands)" -- "$cur") ;;
		get|list|pid|add|del|wait) mapfile -t COMPREPLY < <(compgen -W "$(_tmctl_pids)" -- "$cur") ;;
		run)	if [ "$option" = run ] || [ "$option" = -- ]; then
				mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			else
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			fi ;;
		report|export|plot|record) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		esac
	fi
}
complete -F _tmctl tmctl
