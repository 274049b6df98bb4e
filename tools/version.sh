#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the version, as in 0.1.0. It stands in include/uapi/linux/taskmonitor.h.

set -eu
header=$(dirname "$0")/../include/uapi/linux/taskmonitor.h
number() { sed -n "s/^#define TM_VERSION_$1[[:space:]]*\([0-9][0-9]*\)\$/\1/p" "$header"; }
version=$(number MAJOR).$(number MINOR).$(number PATCH)
case $version in
.*|*..*|*.) echo "version.sh: $header does not say which version it is of" >&2; exit 1 ;;
esac
echo "$version"
