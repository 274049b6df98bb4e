#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module built into a kernel, as place.sh puts it there: the kernel is built
# from Debian's sources, once, and booted; with a target that lives at that moment
# (init), and with one that does not. The guest's part, which speaks TAP, is
# builtin-guest.sh.
#
#	SERIES="6.1 6.12"	which kernels

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
# shellcheck source=tools/testing/host/lib.sh
. "$testing/host/lib.sh"

# Whatever the machine's kernel is, tmctl is the same.
make -s -C "$testing/../tmctl" OUT="$work/tmctl" LDFLAGS=-static >"$work/log" 2>&1
ok "tmctl is built" test -x "$work/tmctl/tmctl"

for series in ${SERIES:-6.1 6.12}; do
	"$testing/vm/kernels.sh" "$series:builtin" >"$work/log" 2>&1
	status=$?
	ok "$series: a kernel with the module built in" test $status = 0
	if [ $status != 0 ]; then
		sed 's/^/# /' "$work/log"
		continue
	fi
	boot() {	# boot NAME PARAMETERS
		relay "$series, $1: " -k "$series:builtin" --tmctl "$work/tmctl/tmctl" --append "$2" \
			--exec "$here/builtin-guest.sh" "$1"
	}
	boot init "taskmonitor.target=1 taskmonitor.interval_ms=100"
	boot idle ""
	boot nobody "taskmonitor.target=4000000"
done
echo "1..$n"
