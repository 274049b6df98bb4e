#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the Debian packages out of this checkout, as any user: make deb.
#
# usage: deb.sh [DIR]
#
# They come to lie in DIR (default build/deb; another is to be empty), the log beside them. What git knows of
# is copied there and built: what else lies around has no part in it.

set -eu
export LC_ALL=C
# Called by make, dpkg's makes must not take part in its job control.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

die() { echo "deb.sh: $*" >&2; exit 1; }

case ${1-} in
-h|--help) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
-*) echo "usage: deb.sh [DIR]" >&2; exit 2 ;;
esac
top=$(cd "$(dirname "$0")/../.." && pwd -P)
out=$(realpath -m "${1:-$top/build/deb}")

command -v dpkg-buildpackage >/dev/null || die "no dpkg-buildpackage here (Debian: apt install dpkg-dev)"
missing=$(cd "$top" && dpkg-checkbuilddeps tools/packaging/debian/control 2>&1) || {
	echo "deb.sh: $missing" >&2
	die "as root: apt-get build-dep --no-install-recommends $top/tools/packaging"
}
version=$("$top/tools/version.sh")
packaged=$(dpkg-parsechangelog -l "$top/tools/packaging/debian/changelog" -S Version)
[ "${packaged%%[+~]*}" = "$version" ] ||
	die "the changelog ends at $packaged, and the sources are $version: add an entry to it"

[ $# = 0 ] || [ -z "$(ls -A "$out" 2>/dev/null)" ] || die "$out: there are files in it"
rm -rf "$out"
source=$out/taskmonitor-$version
"$top/tools/packaging/copy-sources.sh" "$source"
cp -R "$source/tools/packaging/debian" "$source/debian"

cd "$source"
if ! dpkg-buildpackage -b -us -uc >"$out/build.log" 2>&1; then
	tail -n 40 "$out/build.log" >&2
	die "the packages do not build; the whole log is $out/build.log"
fi
rm -rf "$source"
ls "$out"/*.deb
