#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Show the module at work in a guest: vm/guest/demo runs there, its output is seen
# here as it comes. The kernel is chosen by the environment's KERNEL=6.1.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
export KERNEL="${KERNEL:-6.12}"
built=$("$here/build.sh" "$KERNEL")
eval "$built"
echo "booting Linux $KVER" >&2
[ -t 1 ] || set -- "$@" --append NO_COLOR=1	# for the guest's environment
exec "$here/vm/run.sh" --module "$MODULE" --tmctl "$TMCTL" "$@" --exec "$here/vm/guest/demo"
