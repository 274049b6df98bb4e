#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Unpack a Debian package beside the system, for the programs in it: installed, it
# would start a service. Prints where; nothing, where it cannot be had.
#
# usage: unpack.sh PACKAGE

set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/taskmonitor/packages
if [ ! -d "$cache/$1" ]; then
	command -v apt-get >/dev/null || exit 0
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/.unpack.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$1") >/dev/null 2>&1 || exit 0
	dpkg -x "$work"/*.deb "$work/root"
	mv "$work/root" "$cache/$1"
fi
echo "$cache/$1"
