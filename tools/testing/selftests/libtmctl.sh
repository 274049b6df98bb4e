# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the scripts that try tmctl in the guest: TAP, and what a command said.
# done_testing prints the plan and exits.

dev=/dev/taskmonitor
tests=0
failed=0

ok() { # STATUS NAME
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		failed=1
		[ ! -s out ] || sed 's/^/# stdout: /' out
		[ ! -s err ] || sed 's/^/# stderr: /' err
	fi
}

bail() { echo "Bail out! $*"; exit 1; }

# ends STATUS COMMAND...: its words are in out and err
ends() {
	want=$1
	shift
	"$@" >out 2>err </dev/null
	got=$?
	[ $got = "$want" ]
	ok $? "$*: exit code $want (got $got)"
}

# run STATUS ARGUMENT...: the same of tmctl
run() {
	want=$1
	shift
	ends "$want" tmctl "$@"
}

has() { # FILE REGEXP
	grep -qE -e "$2" "$1"
	ok $? "  $1 has: $2"
}

silent() { # FILE
	[ ! -s "$1" ]
	ok $? "  $1 is empty"
}

# rounds N: what is done over and over, less often on slow machines
rounds() {
	echo $(($1 / ${SLOWNESS:-1}))
}

string='"([^"\\]|\\.)*"'
value="(-?[0-9]+(\\.[0-9]+)?|true|false|null|$string)"
object="\\{\"schema\":\"taskmonitor\\.[a-z]+/[0-9]+\"(,\"[a-z_]+\":$value)*\\}"

# Each line is one JSON object, and there is one at least.
is_json() { # [FILE]
	[ -s "${1:-out}" ] && ! grep -qvE "^$object\$" "${1:-out}"
	ok $? "  every line is a JSON object"
}

# A busy process that can be asked for nothing.
busy() {
	while :; do :; done
}

# until_lines FILE N: empty FILE before its writer starts, which opens it when it likes.
until_lines() {
	i=0
	until [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; do
		i=$((i + 1))
		[ $i -lt 200 ] || return 1
		usleep 100000
	done
}

done_testing() {
	echo "1..$tests"
	exit $failed
}
