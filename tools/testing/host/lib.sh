# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests that boot machines, sourced: a place to work that goes again, TAP,
# and what is built to be taken along. $top is the checkout, $testing tools/testing.

set -u
unset MAKEFLAGS MFLAGS MAKELEVEL

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
testing=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # for those who source this
top=$(cd "$testing/../.." && pwd)

n=0 failed=""
ok() {	# ok WHAT COMMAND...: passes if COMMAND does
	local what=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		# shellcheck disable=SC2034  # for who wants to show more
		failed=1
	fi
}
skip() {	# skip WHAT WHY: WHY names what was missing
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# not_built WHAT: all there is to say of these tests, and no reason to end the others
not_built() {
	ok "$1 builds" false
	sed 's/^/# /' "$work/log"
	echo "1..$n"
	exit 1
}

# build_module: sets $kernel, MODULE, TMCTL and what else build.sh says.
# KERNEL=6.12 is the kernel to try.
# shellcheck disable=SC2034
build_module() {
	local built
	kernel=${KERNEL:-6.12}
	built=$("$testing/build.sh" "$kernel" 2>"$work/log") || not_built "the module for $kernel"
	eval "$built"
	: "${MODULE:?}" "${TMCTL:?}"
}

# build_programs FOLDER: what tools/FOLDER makes, linked dynamically, into $programs, where
# the host's tests have it already. Where its library is not here all tests are skipped.
build_programs() {
	local missing status
	programs=$top/build/unit/$1
	mkdir -p "$top/build"
	flock "$top/build/lock" make -s -C "$top/tools/$1" OUT="$programs" \
		LIBOUT="$top/build/unit/tmctl/lib" COMMONOUT="$top/build/unit/tmctl/common" >"$work/log" 2>&1
	status=$?
	missing=$(grep ' is not built: no ' "$work/log")
	if [ -n "$missing" ]; then
		echo "1..0 # SKIP ${missing//$'\n'/; }"
		exit
	fi
	[ $status = 0 ] || not_built "tools/$1"
}

relay() {	# relay PREFIX RUNNER-OPTION...: what a guest says becomes ours
	local prefix=$1 line status lines=0 tries=3
	shift
	while :; do
		"$testing/vm/run.sh" --timeout 300 --out "$work/out" "$@" >"$work/guest" 2>"$work/runner"
		status=$?
		# Who meets the emulator's fault is done anew: nothing of it has been told yet.
		[ $status != 0 ] && [ $((tries -= 1)) -gt 0 ] &&
			"$testing/vm/emulator-fault.sh" "$work/out/console.log" || break
		echo "# the machine died of QEMU's int3: another one"
	done
	while IFS= read -r line; do
		line=${line%$'\r'}
		case $line in
		'ok - '*|'not ok - '*)
			n=$((n + 1)) lines=$((lines + 1))
			echo "${line%% - *} $n - $prefix${line#* - }" ;;
		*) echo "# $line" ;;
		esac
	done <"$work/guest"
	ok "${prefix}the machine came to its end, without a complaint" \
		test $status = 0 -a $lines -gt 0
	[ $status = 0 ] || sed 's/^/# /' "$work/runner"
}

# with_libraries FILE...: --file options, a word a line, that put the libraries and
# the loader of programs where these look for them. Filters of ours are not theirs.
with_libraries() {
	ldd "$@" 2>/dev/null | grep -o '/[^ :()]*\.so[^ :()]*' | grep -v "^$work" | sort -u |
		sed 's/.*/--file\n&:&/'
}
