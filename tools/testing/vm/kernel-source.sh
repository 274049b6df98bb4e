#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's source of a kernel, from its package linux-source-SERIES.
#
# usage: kernel-source.sh SERIES
#        kernel-source.sh SERIES VERSION DIR [TAR-OPTION...]
#
# The first prints the version that apt offers, and fails where it offers none. The
# second unpacks that version as DIR, which must not exist: from the package that is
# installed if it is that one, else from apt.

set -eu
export LC_ALL=C

die() { echo "kernel-source.sh: $*" >&2; exit 1; }

[ $# = 1 ] || [ $# -ge 3 ] || die "usage: kernel-source.sh SERIES [VERSION DIR [TAR-OPTION...]]"
package=linux-source-$1

# The package's version names the kernel: 6.12.117-1~deb12u1.
candidate() { apt-cache policy "$package" 2>/dev/null | sed -nE 's/^ *Candidate: ([0-9].*)/\1/p'; }

if [ $# = 1 ]; then
	version=$(candidate)
	[ -n "$version" ] || exit 1
	echo "$version"
	exit
fi

version=$2 dir=$3
shift 3
[ ! -e "$dir" ] || die "$dir is there already"
work=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$work"' EXIT
tarball=/usr/src/$package.tar.xz
if [ "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)" != "$version" ] ||
   [ ! -f "$tarball" ]; then
	(cd "$work" && apt-get -q -o APT::Sandbox::User=root download "$package=$version" >&2)
	dpkg -x "$work"/*.deb "$work/deb"
	tarball=$work/deb$tarball
fi
tar -C "$work" -xf "$tarball" "$@"
mv -T "$work/$package" "$dir"
