#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A prompt in a guest that has the module loaded. Options go to run.sh; the
# kernel is chosen by the environment's KERNEL=6.1.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
export KERNEL="${KERNEL:-6.12}"
built=$("$here/build.sh" "$KERNEL")
eval "$built"
exec "$here/vm/run.sh" --module "$MODULE" --configfs "$CONFIGFS" --tmctl "$TMCTL" "$@" --shell
