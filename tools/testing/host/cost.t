#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the module costs, in instructions, against what it cost when that was
# last recorded. bench/compare.pl has the rule.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
bench=$here/../bench

# shellcheck disable=SC2154  # work is lib.sh's
if ! "$bench/run.sh" small >"$work/results" 2>"$work/said"; then
	echo "not ok 1 - it can be measured"
	sed 's/^/# /' "$work/said" "$work/results"
	echo "1..1"
	exit 1
fi
"$bench/compare.pl" "$work/results" "$bench/recorded-6.12.txt"
