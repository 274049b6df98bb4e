#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl events in a virtual machine: processes that are known, in text, JSON and
# CSV; who may; loss that is counted. The guest's part, which speaks TAP, is
# events-guest.sh.
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

events=$top/build/events/tmctl-events
make -s -C "$top/tools/events" OUT="$top/build/events" >"$work/log" 2>&1
if [ ! -x "$events" ]; then
	sed 's/^/# /' "$work/log"
	skip "tmctl events" "it is not built: no libnl-genl-3-dev"
	echo "1..$n"
	exit
fi
mapfile -t libraries < <(with_libraries "$events")
relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" --file "$events:bin/tmctl-events" \
	"${libraries[@]}" --exec "$here/events-guest.sh"
echo "1..$n"
