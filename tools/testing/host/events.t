#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl events in a virtual machine: processes that are known, in text, JSON and
# CSV; who may; loss that is counted. The guest's part, which speaks TAP, is
# events-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

build_module
build_programs events
events=$programs/tmctl-events
mapfile -t libraries < <(with_libraries "$events")
relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" --file "$events:bin/tmctl-events" \
	"${libraries[@]}" --exec "$here/events-guest.sh"
echo "1..$n"
