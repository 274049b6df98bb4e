#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Copy the sources of this checkout, as they are: what git knows of, or without git
# everything but build/.
#
# usage: copy-sources.sh DIR

set -eu
[ $# = 1 ] || { echo "usage: copy-sources.sh DIR" >&2; exit 2; }
mkdir -p "$1"
to=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

# Whoever may read a checkout may build from it, also if it is another user's. One that
# lies in the midst of another project is not that one's.
git() { command git -c "safe.directory=*" "$@"; }
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
	git ls-files -z
else
	find . -path ./build -prune -o \( -type f -o -type l \) -print0
fi | xargs -0 cp -P --preserve=mode,timestamps --parents -t "$to"
