# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests that boot machines, sourced: a place to work that goes again, and
# TAP. $testing is tools/testing.

set -u
unset MAKEFLAGS MFLAGS MAKELEVEL

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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
