#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Other kernels and machines than make check has: the tests in the guest on each
# of them, a build against every package of kernel headers that apt offers, kernels
# that have the module built in, and a Debian into which the packages are installed.
# Takes an hour or two, and 3 GB in the cache. Closes as make check does.
#
#   KERNELS="6.12:arm64"     these kernels only ("" for none: the builds alone)
#   HEADERS=REGEX            of the headers these packages only ("" for none)
#   BUILTIN="6.12"           built into these only ("" for none)
#   PACKAGES="6.12"          packages in a Debian with these only ("" for none)
#   ACCEL=, TESTS=, V=1      as make check has them

set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
results=$top/build/results

kernels=${KERNELS-6.1:rt-amd64 6.12:rt-amd64 6.1:cloud-amd64 6.12:cloud-amd64
	6.1:arm64 6.12:arm64 6.12:arm64-16k 6.12:rt-arm64 6.1:s390x}
headers=${HEADERS-.}
builtin=${BUILTIN-6.1 6.12}
packages=${PACKAGES-6.1 6.12}
built=$results/_headers.tap

mkdir -p "$results"
"$here/setup.sh" arm64 s390x
also=""
if [ -n "$headers" ]; then
	echo "building against each package of headers" >&2
	"$here/headers.sh" "$headers" | tee "$built" >&2
	also=$built
fi
if [ -n "$builtin" ]; then
	echo "building kernels that have it built in" >&2
	SERIES=$builtin "$here/debug/builtin.t" >"$results/builtin.tap" || :
	also+=" $results/builtin.tap"
fi
for k in $packages; do
	echo "installing the packages in a Debian with $k" >&2
	KERNEL=$k "$here/debian/packages.t" >"$results/packages-$k.tap" || :
	also+=" $results/packages-$k.tap"
done
if [ -z "$kernels" ]; then
	# What the builds are is a result here, and no mere condition for one.
	[ -z "$headers" ] || cp "$built" "$results/headers.tap"
	also=${also/"$built"/"$results/headers.tap"}
	# shellcheck disable=SC2086  # files
	exec "$here/tap.pl" ${V:+-v} $also
fi
began=$SECONDS status=0
KERNELS=$kernels SUITE=guest ALSO=$also "$here/check.sh" || status=$?
echo "machines.sh: the tests took $((SECONDS - began)) s" >&2
exit "$status"
